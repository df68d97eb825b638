"""Which paths know a fact, remembered: the same few facts serve many lemmas, of all agents and properties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from verifier.engines.symbolic.atoms import Atom, Bounds
from verifier.engines.symbolic.knowledge import Knowledge

Paths: TypeAlias = int  # a set of paths, as the bits of an integer


class Knowers:
    """The knowledge of all paths, asked fact by fact."""

    def __init__(self, paths: Sequence[Knowledge]) -> None:
        self.paths = paths
        self._everybody = (1 << len(paths)) - 1
        self._by_fact: dict[Atom, Paths] = {}

    def of(self, facts: Iterable[Atom]) -> Paths:
        """The paths that know all of the facts."""
        known = self._everybody
        for fact in facts:
            found = self._by_fact.get(fact)
            if found is None:
                found = self._by_fact[fact] = self._ask(fact)
            known &= found
        return known

    def _ask(self, fact: Atom) -> Paths:
        """As `Knowledge.holds` of every path, with the form of the fact looked at once."""
        edge, known = Bounds.edge(fact), 0
        ends, limit = edge or (None, None)
        for place, path in enumerate(self.paths):
            bound = path.bounds.table.get(ends) if ends else None
            if (bound is not None and limit is not None and bound <= limit) or fact in path.others:
                known |= 1 << place
        return known
