"""`verify study`: how often a mechanism's price of anarchy stays below a gate, over values drawn at random."""

from __future__ import annotations

from pathlib import Path

import click

from verifier.commands import exits, options
from verifier.errors import SpecError, VerifierError

_EPILOG = """\b
Examples:
  verify study first-price.study.toml
  verify study first-price.study.toml --workers 2 --json

"""


@click.command("study", epilog=_EPILOG + exits.HELP)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@options.output
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes; same result.")
@options.as_json
@options.quiet
@click.pass_context
def study(ctx: click.Context, file: Path, output: Path, workers: int, as_json: bool, quiet: bool) -> None:
    """Sample instances by a plan that is fixed first, decide each exactly, and say what that shows.

    A FILE has [study], [subject] and [domain] (see the README). Every outcome goes into a journal in the output
    directory; after Ctrl-C or a crash the same command goes on where it ended. Exit code 0 where the claim is
    supported, 1 where it is not.
    """
    import json

    from verifier.anarchy_study import carry_out, read_study, simplest_worst, sizes
    from verifier.commands.files import Unwritable
    from verifier.commands.streams import one_line
    from verifier.reporting import studies
    from verifier.statistics.study import Progress

    def tell(progress: Progress) -> None:
        if not quiet and (progress.done % 100 == 0 or progress.done == progress.total):
            click.echo(f"{progress.done:,} of {progress.total:,} instances, {progress.passes:,} pass", err=True)

    name = file.name.removesuffix(".toml").removesuffix(".study")
    parts: list[studies.Part] = []
    try:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SpecError(f"cannot be read ({error})", str(file)) from error
        counts = sizes(text, str(file))
        read = [read_study(text, str(file), count) for count in counts]  # before anything takes time
        title = read[0].title
        try:
            output.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unwritable(f"cannot write to {error.filename}: {error.strerror}") from error
        for count, one in zip(counts, read, strict=True):
            journal = output / f"{name}{'' if count is None else f'-{count}'}.study.jsonl"
            found = carry_out(text, str(file), journal, agents=count, workers=workers, progress=tell)
            worst = found.summary.worst if found.summary.complete else None
            simple = None if worst is None else simplest_worst(text, str(file), worst[1], count)
            parts.append(studies.Part(len(one.domain.agents), found, simple))
            if not found.summary.complete:
                break
        told = {"studies": [part.to_json() for part in parts]} if counts != [None] else parts[0].to_json()
        (output / f"{name}.study.html").write_text(studies.page(title, parts), encoding="utf-8")
        (output / f"{name}.study.json").write_text(json.dumps(told, sort_keys=True, indent=1), "utf-8")
    except VerifierError as error:
        click.echo(one_line(str(error)), err=True)
        ctx.exit(exits.USAGE)
    if as_json:
        click.echo(json.dumps(told, sort_keys=True, indent=1))
    elif not quiet:
        click.echo(studies.console(title, parts))
        click.echo(f"HTML page: {output / f'{name}.study.html'}")
    if not parts[-1].found.summary.complete:
        click.echo("interrupted; the same command goes on where it ended", err=True)
        ctx.exit(exits.INTERRUPTED)
    ctx.exit(exits.MET if all(part.found.summary.supported for part in parts) else exits.MISSED)
