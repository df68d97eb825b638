"""`verify ledger`: whether a ledger of evidence was tampered with."""

from __future__ import annotations

import json
from pathlib import Path

import click

from verifier.commands import exits

_EPILOG = """\b
Examples:
  verify ledger evidence.sqlite
  verify ledger evidence.sqlite --head 9f2c...     a head that was kept elsewhere has to be in it

\b
Exit codes:
  0  the chain is whole, every transfer sums to zero
  2  wrong usage, or the file is no ledger
  4  it was tampered with, or is damaged; the first entry that is wrong is named
"""


@click.command(epilog=_EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--head", metavar="HASH", help="A hash that was the head once: shows a cut end, or a chain written anew.")
@click.option("--json", "as_json", is_flag=True, help="Print one document.")
@click.pass_context
def ledger(ctx: click.Context, file: Path, head: str | None, as_json: bool) -> None:
    """Check a ledger of evidence from its first entry to its last.

    The file is opened read-only. Hashes, order, times, keys and the sums of transfers are computed again. An end that
    was cut off cannot be seen in the file itself; a head that was kept elsewhere shows it.
    """
    from verifier.ledger import check_ledger

    found = check_ledger(file, head)
    if as_json:
        told = {"file": str(file), "entries": found.entries, "head": found.head, "problem": found.problem}
        click.echo(json.dumps(told, sort_keys=True, indent=1))
    elif found.problem is None:
        click.echo(f"{file}: {found.entries:,} entries, the chain is whole; head {found.head}")
    else:
        click.echo(f"{file}: {found.problem}")
    ctx.exit(exits.MET if found.problem is None else exits.INTERNAL)
