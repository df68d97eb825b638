"""A property claimed for some of the agents only: one-sided truthfulness, of buyers or of proposers alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from verifier.domains import Domain
from verifier.properties.base import Property


def restricted(prop: Property, domain: Domain, names: Sequence[str]) -> Property:
    """The property for the named agents alone; the same one where no names are given."""
    if not names:
        return prop
    only = frozenset(domain.agents.index(name) for name in names)
    return replace(prop, only=only, statement=statement(prop, names))


def statement(prop: Property, names: Sequence[str]) -> str:
    """What is claimed, with the agents about whom it is where these are not all."""
    return f"{prop.statement} Claimed for {', '.join(names)} alone." if names else prop.statement
