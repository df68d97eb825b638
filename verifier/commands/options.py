"""Options that commands with reports share, so that they mean and say the same."""

from __future__ import annotations

from pathlib import Path

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
