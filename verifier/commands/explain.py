"""`verify explain`: the definition of a property, from the docstring of its module."""

from __future__ import annotations

import click

_EPILOG = """\b
Examples:
  verify explain dsic
  verify explain ex-post-ir
  verify explain contract      what a proof may take for granted about an optimiser
  verify explain poa           what is known of the price of anarchy, and on which assumptions
  verify list                  names all properties
"""


@click.command(epilog=_EPILOG)
@click.argument("name", metavar="PROPERTY")
def explain(name: str) -> None:
    """Print what a property means: definition, margin, source. The words `contract` and `poa` are explained too."""
    from inspect import cleandoc

    from verifier.adapters import contracts
    from verifier.oracles import anarchy_table
    from verifier.properties import find_property

    others = {"contract": lambda: cleandoc(contracts.__doc__ or ""), "poa": anarchy_table.explanation}
    click.echo(others[name]() if name in others else find_property(name).explanation())
