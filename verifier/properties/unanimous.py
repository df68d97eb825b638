"""Unanimity: a candidate whom every voter likes best is elected.

Definition   For every candidate c and profile of rankings in which all voters rank c strictly above all others, c wins.
Margin       0 where c wins or somebody likes another one as much, else -1; in no unit.
Refutation   a profile and the candidate on top of all ballots.
Decided by   exhaustive.
Source       Moulin 1988, Section 10.1; Mas-Colell, Whinston and Green 1995, Section 21.E.
"""

from __future__ import annotations

from typing import Any

from verifier.properties.base import Property
from verifier.properties.cases import AlternativeCase, Over, Quantity, positive


def margin(case: AlternativeCase) -> Quantity:
    """Minus 1 where all like the candidate best and another one is elected."""
    (elected,) = [place for place, amount in enumerate(case.alternative[0]) if amount]
    best: Any = 1
    for type_ in case.types:
        worths: tuple[Any, ...] = type_
        for place, worth in enumerate(worths):
            if place != elected:
                best = best * positive(worths[elected] - worth)
    return best * (case.run.consumption(0)[elected] - 1)  # type: ignore[no-any-return]


UNANIMOUS = Property(
    name="unanimous",
    statement="A candidate whom all voters like best is elected.",
    formula="for all b and c: (c >_i a for all i and a != c) implies x(b) = c",
    over=Over.ALTERNATIVES,
    margin=margin,
    on_symbols=False,
    settings=frozenset({"voting"}),
)
