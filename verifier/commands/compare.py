"""`verify compare`: mechanisms side by side on their games, and which one to take."""

from __future__ import annotations

import click

from verifier.commands import exits, options
from verifier.errors import MoneyError, VerifierError

_EPILOG = """\b
Examples:
  verify compare vcg.game.toml first-price.game.toml
  verify compare vcg.game.toml shares.game.toml --gate 4/3 --json
"""


@click.command("compare", epilog=_EPILOG)
@click.argument("games", nargs=-1, metavar="GAME...", required=True)
@click.option("--gate", default="6/5", show_default=True, help="What the price of anarchy must stay below.")
@options.output
@options.as_json
@options.quiet
@click.pass_context
def compare(ctx: click.Context, games: tuple[str, ...], gate: str, output: str, as_json: bool, quiet: bool) -> None:
    """Compare mechanisms: prices of anarchy, truthfulness, revenue and budget; recommend one, with reasons.

    A GAME is a game file with a [subject], its [domain] and true values in [game], or a directory of such files. Exit
    code 1 where none can be recommended.
    """
    import json
    from pathlib import Path

    from verifier.commands import game_files
    from verifier.commands.files import Unwritable
    from verifier.commands.streams import one_line
    from verifier.comparison import compare as compared
    from verifier.exact import money
    from verifier.reporting import comparisons

    try:
        limit = money(gate)
        if limit <= 1:
            raise click.BadParameter("no price of anarchy is below 1; give a gate above it", param_hint="--gate")
        read = [(game_files.name_of(path), game_files.read(path)) for path in game_files.paths(games)]
        found = compared(read, limit)
    except MoneyError as error:
        raise click.BadParameter(str(error), param_hint="--gate") from error
    except VerifierError as error:
        click.echo(one_line(str(error)), err=True)
        ctx.exit(exits.USAGE)
    page = Path(output) / "comparison.html"
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(comparisons.page(found), encoding="utf-8")
    except OSError as error:
        raise Unwritable(f"cannot write to {error.filename}: {error.strerror}") from error
    if as_json:
        click.echo(json.dumps(comparisons.document(found), sort_keys=True, indent=1))
    elif not quiet:
        click.echo(comparisons.console(found))
        click.echo(f"HTML page: {page}")
    ctx.exit(exits.MET if found.recommended is not None else exits.MISSED)
