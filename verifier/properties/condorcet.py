"""Condorcet consistency: a candidate who beats every other one in a vote between the two is elected.

Definition   For every profile of rankings and candidate c: if for each other candidate a more voters rank c above
             a than a above c, then c wins. There need not be such a candidate; then nothing is asked.
Margin       0 where c wins or is beaten or tied by somebody, else -1; in no unit.
Refutation   a profile and its Condorcet winner.
Decided by   exhaustive.
Source       Condorcet 1785; Moulin 1988, Def. 9.2.
"""

from __future__ import annotations

from typing import Any

from verifier.properties.base import Property
from verifier.properties.cases import AlternativeCase, Over, Quantity, positive


def margin(case: AlternativeCase) -> Quantity:
    """Minus 1 where the candidate beats all others and another one is elected."""
    (elected,) = [place for place, amount in enumerate(case.alternative[0]) if amount]
    wins: Any = 1
    for rival in range(len(case.alternative[0])):
        if rival != elected:
            lead: Any = 0
            for type_ in case.types:
                difference: Any = type_[elected] - type_[rival]
                lead = lead + positive(difference) - positive(-difference)
            wins = wins * positive(lead)
    return wins * (case.run.consumption(0)[elected] - 1)  # type: ignore[no-any-return]


CONDORCET = Property(
    name="condorcet",
    statement="A candidate who beats each other one in a vote between the two is elected.",
    formula="for all b and c: (|{i: c >_i a}| > |{i: a >_i c}| for all a != c) implies x(b) = c",
    over=Over.ALTERNATIVES,
    margin=margin,
    on_symbols=False,
    settings=frozenset({"voting"}),
)
