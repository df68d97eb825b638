"""Consumer sovereignty: who outbids all others together gets something.

Definition   For every agent i and reports b_-i of the others there is a report d_i with which i gets something. On a
             grid, where reports end somewhere: for all b_-i whose largest amounts add up to less than the largest that
             i can report. Otherwise every auction of one item would break it where two report the most.
Margin       0 if some report gets i a positive amount of something, else -1; in no unit.
Refutation   an agent and the profiles with all of its reports, none of which gets it anything.
Decided by   exhaustive.
Source       Moulin 1999; Moulin and Shenker 2001, Section 2 (they ask for one report that does it whatever b_-i is).
"""

from __future__ import annotations

from typing import Any

from verifier.properties.base import Property
from verifier.properties.cases import MenuCase, Over, Quantity, positive


def margin(case: MenuCase) -> tuple[Quantity, ...]:
    """For each report whether it gets the agent something."""
    found = []
    for run in case.runs:
        total: Any = 0
        for amount in run.consumption(case.agent):
            total = total + amount
        found.append(positive(total) - 1)
    return tuple(found)


CONSUMER_SOVEREIGNTY = Property(
    name="consumer-sovereignty",
    statement="An agent that can report more than all others together report gets something by one of its reports.",
    formula="for all i and b_-i with sum_j max b_j < max of i's reports there is d: x_i(d, b_-i) > 0",
    over=Over.MENUS,
    margin=margin,
    on_symbols=False,
)
