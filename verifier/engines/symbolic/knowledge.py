"""What is known about the bids on a path: difference bounds, closed under addition, and other inequalities."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.engines.symbolic.atoms import Atom, Bounds
from verifier.exact import Money


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known on one path: its difference bounds, closed, and its other atoms."""

    bounds: Bounds
    others: frozenset[Atom]

    def facts(self) -> list[Atom]:
        """Everything known, as atoms; bounds as the atoms that state them."""
        return [*map(bound_atom, self.bounds.table.items()), *self.others]


def bound_atom(entry: tuple[tuple[int, int], tuple[Money, int]]) -> Atom:
    """The atom that states one difference bound."""
    (high, low), (limit, closed) = entry
    terms = sorted([(v, c) for v, c in ((high, 1), (low, -1)) if v >= 0])
    return Atom(tuple(terms), -limit, not closed)
