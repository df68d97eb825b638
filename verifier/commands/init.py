"""`verify init`: a claims file for somebody else's mechanism, from what a few runs of it show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from verifier.commands import asking, exits

_EPILOG = (
    """\b
Examples:
  verify init auction.py:run                                 which settings it could be for
  verify init auction.py:run --domain single-item            the claims file, on standard output
  verify init auction.py:run --domain single-item --output auction.toml

"""
    + exits.HELP
)


@click.command(epilog=_EPILOG)
@click.argument("target", metavar="TARGET")
@asking.told
@click.option("--trust", is_flag=True, help="Run the code in this process.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it there.")
@click.pass_context
def init(ctx: click.Context, target: str, told: asking.Told, trust: bool, output: Path | None) -> None:
    """Write a claims file for a mechanism, to look through and to run with `verify run`.

    The mechanism is tried on a few profiles. What was inferred stands in comments; where its results can be read in
    several ways these are listed, and none is chosen. Without --domain the settings are listed that it could be for.
    """
    from verifier.commands.files import Unwritable, write_whole
    from verifier.commands.streams import foreign_output_to_stderr
    from verifier.sheets.drafts import draft
    from verifier.sheets.looking import look

    subject, domain = told.tables(target)
    if "kind" not in domain:
        with foreign_output_to_stderr():
            lines = _settings(target, told, trust)
        click.echo("\n".join(lines), err=True)
        ctx.exit(exits.USAGE)
    if output is not None and output.exists():
        raise Unwritable(f"{output} is there already; it is not overwritten")
    with foreign_output_to_stderr():
        found = look(subject, domain, trusted=trust)
        text = draft(found, domain, None if output is None else output.parent)
    for line in found.said:
        click.echo(line, err=True)
    if output is None:
        click.echo(text, nl=False)
        return
    write_whole(output, text)
    click.echo(f"written to {output}; run it with: verify run {output}", err=True)


def _settings(target: str, told: asking.Told, trust: bool) -> list[str]:
    """A line for every kind of domain: how the target reads there, or why it does not."""
    from verifier.domains import KINDS
    from verifier.errors import SpecError
    from verifier.sheets.looking import look

    lines = ["--domain is missing. Tried on a few profiles of each setting:"]
    for kind in KINDS:
        subject, domain = replace(told, domain=kind).tables(target)
        try:
            said = "; ".join(look(subject, domain, trusted=trust).said)
            lines.append(f"  {kind}: fits, {said}")
        except SpecError as error:
            lines.append(f"  {kind}: {error}")
    return lines
