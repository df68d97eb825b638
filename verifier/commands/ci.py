"""`verify ci`: print the file that makes a service run the claims of a repository."""

from __future__ import annotations

import click

FILES = {
    "github": "github-action/action.yml",
    "gitlab": "gitlab-ci.yml",
    "pre-commit": "pre-commit-hooks.yaml",
}

_EPILOG = """\b
Examples:
  verify ci github > .github/actions/verify/action.yml
  verify ci gitlab >> .gitlab-ci.yml
  verify ci pre-commit > .pre-commit-config.yaml
"""


@click.command("ci", epilog=_EPILOG)
@click.argument("service", metavar="SERVICE", type=click.Choice([*FILES]))
def ci(service: str) -> None:
    """Print the file that has SERVICE (github, gitlab or pre-commit) run `verify run claims`.

    Its comments say where it belongs and what it needs. It only calls this command.
    """
    from verifier.resources import specs_dir

    click.echo((specs_dir() / "integrations" / FILES[service]).read_text(encoding="utf-8"), nl=False)
