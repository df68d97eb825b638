"""Options that commands with reports share, so that they mean and say the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import update_wrapper
from pathlib import Path
from typing import Any

import click

output = click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("verify-report"),
    show_default=True,
    metavar="DIR",
    help="Where certificates (*.json) and pages (*.html) are written.",
)
as_json = click.option(
    "--json", "as_json", is_flag=True, help='Print one document, {"certificates": [...]}, and no table.'
)
quiet = click.option("--quiet", is_flag=True, help="No progress, no talk, no table: the exit code tells.")


@dataclass(frozen=True, slots=True)
class Beside:
    """What is written beside certificates and pages, each where it is asked for.

    Attributes
    ----------
    junit, sarif, attest : a JUnit, a SARIF and an attestation file
    sign_key : ed25519 private key (PEM) that signs the attestation
    events : a file for NDJSON, `-` for standard output
    """

    junit: Path | None = None
    sarif: Path | None = None
    attest: Path | None = None
    sign_key: Path | None = None
    events: str | None = None

    def files(self) -> list[Path]:
        """The files that are written when a run is over."""
        return [path for path in (self.junit, self.sarif, self.attest) if path is not None]


def beside(command: Callable[..., object]) -> Callable[..., object]:
    """The options of `Beside`; the command gets all of them as its argument `beside`."""

    def gathered(*args: Any, **given: Any) -> object:
        asked = Beside(**{field.name: given.pop(field.name) for field in fields(Beside)})
        if asked.sign_key is not None and asked.attest is None:
            raise click.UsageError("--sign-key signs an attestation: say where to with --attest FILE")
        if asked.events == "-" and given.get("as_json"):
            raise click.UsageError("--events - and --json would both write to standard output; give --events a file")
        events = [] if asked.events is None else [Path(asked.events)]
        files = [path.resolve() for path in (*asked.files(), *events)]
        if len(set(files)) < len(files):
            raise click.UsageError("two of --junit, --sarif, --attest and --events name the same file")
        return command(*args, **given, beside=asked)

    file = click.Path(dir_okay=False, path_type=Path)
    key = click.Path(exists=True, dir_okay=False, path_type=Path)
    with_options: Callable[..., object] = update_wrapper(gathered, command)
    for option in (
        click.option("--events", metavar="FILE", help="Write what happens as lines of JSON; - for standard output."),
        click.option("--sign-key", type=key, metavar="PEM", help="Sign the attestation with this ed25519 key."),
        click.option("--attest", type=file, metavar="FILE", help="Also write an in-toto attestation of the verdicts."),
        click.option("--sarif", type=file, metavar="FILE", help="Also write SARIF 2.1.0, for code scanning."),
        click.option("--junit", type=file, metavar="FILE", help="Also write JUnit XML."),
    ):
        with_options = option(with_options)
    return with_options
