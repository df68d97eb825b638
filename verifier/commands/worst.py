"""`verify worst`: true values that push a mechanism's price of anarchy up."""

from __future__ import annotations

from pathlib import Path

import click

from verifier.commands import exits, options
from verifier.errors import SpecError, VerifierError

_EPILOG = """\b
Examples:
  verify worst slots.game.toml
  verify worst slots.game.toml --tries 2000 --seed 7
  verify worst slots.game.toml --synthesis

"""


@click.command("worst", epilog=_EPILOG + exits.HELP)
@click.argument("file", metavar="GAME")
@options.output
@click.option("--tries", type=click.IntRange(min=1), default=500, show_default=True, help="The most instances priced.")
@click.option(
    "--synthesis",
    is_flag=True,
    help="Pure equilibria over all real values, by at most 20 x TRIES exact linear programs.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the random starts.")
@options.as_json
@options.quiet
@click.pass_context
def worst(
    ctx: click.Context, file: str, output: Path, tries: int, synthesis: bool, seed: int, as_json: bool, quiet: bool
) -> None:
    """Search true values on a grid for the largest price of anarchy, and certify what was found.

    GAME is a game file with a [subject], its [domain], values, and a [[gate]] that names the concept. The worst values
    are written to NAME-worst.game.toml with a certificate and a page. That the local search found nothing worse proves
    nothing; with --synthesis, exact linear programs decide whether any real values up to the grid's largest are worse.
    """
    import json

    from verifier.commands import game_files
    from verifier.commands.output import Reports
    from verifier.commands.streams import one_line
    from verifier.games.files import read_game_file
    from verifier.games.formats import read_game
    from verifier.reporting import games as reporting
    from verifier.worst_values import worst_values

    def tell(line: str) -> None:
        if not quiet:
            click.echo(line, err=True)

    try:
        (path, *others) = game_files.paths([file])
        if others:
            raise SpecError("name one file", file)
        found = game_files.read(path)
        if not found.gates:
            raise SpecError("no [[gate]] says whose equilibria count; add one with a concept", str(path))
        text = path.read_text(encoding="utf-8")
        answer = worst_values(
            text,
            str(path),
            found.gates[0],
            tries=tries * (20 if synthesis else 1),
            seed=seed,
            synthesis=synthesis,
            tell=tell,
        )
        if not answer.text:
            raise SpecError("no instance has a price of anarchy under this concept", str(path))
        reports = Reports(output)
        name = f"{game_files.name_of(path)}-worst"
        written = output / f"{name}.game.toml"
        written.write_text(answer.text, encoding="utf-8")
        reread = read_game_file(answer.text, str(path), read_game)
        certificate = game_files.audit(reread, name, 0, lambda stage: None)
        reports.add_game(certificate)
        reports.finish()
    except VerifierError as error:
        click.echo(one_line(str(error)), err=True)
        ctx.exit(exits.USAGE)
    if as_json:
        click.echo(json.dumps({"certificates": reports.games}, sort_keys=True, indent=1))
    elif not quiet:
        click.echo(reporting.console(certificate))
        click.echo(f"{answer.summary}; the worst values are {answer.values}, in {written}")
    ctx.exit(exits.MET)
