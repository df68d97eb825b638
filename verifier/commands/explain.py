"""`verify explain`: the definition of a property, from the docstring of its module."""

from __future__ import annotations

import click

_EPILOG = """\b
Examples:
  verify explain dsic
  verify explain ex-post-ir
  verify list                  names all properties
"""


@click.command(epilog=_EPILOG)
@click.argument("name", metavar="PROPERTY")
def explain(name: str) -> None:
    """Print what a property means: definition, margin, source."""
    from verifier.properties import find_property

    click.echo(find_property(name).explanation())
