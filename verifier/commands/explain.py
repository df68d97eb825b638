"""`verify explain`: the definition of a property, from the docstring of its module."""

from __future__ import annotations

import click

_EPILOG = """\b
Examples:
  verify explain dsic
  verify explain ex-post-ir
  verify explain contract      what a proof may take for granted about an optimiser
  verify list                  names all properties
"""


@click.command(epilog=_EPILOG)
@click.argument("name", metavar="PROPERTY")
def explain(name: str) -> None:
    """Print what a property means: definition, margin, source. The word `contract` is explained too."""
    from inspect import cleandoc

    from verifier.adapters import contracts
    from verifier.properties import find_property

    click.echo(cleandoc(contracts.__doc__ or "") if name == "contract" else find_property(name).explanation())
