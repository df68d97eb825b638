"""No free riding: what is received for a report of zero costs nobody else anything that is not paid for.

Definition   p_i(0, b_-i) >= v_j(b_j, x_j and x_i) - v_j(b_j, x_j) for all agents i and j, reports b_-i: who says that
             nothing is worth anything to it, and gets something, pays what that would have been worth to each other
             agent beside what it has. A minimum guarantee that is given whatever is bid breaks it: the guaranteed
             agent does best to bid nothing and let others go without.
Margin       the left side less the right, in money: negative = what the free ride costs agent j.
Refutation   i, j and the profile at which i reports zero.
Decided by   exhaustive, for agents whose grid has a type of zeros.
Source       our reading of "free riding" on minimum guarantees; an efficient outcome with payments of at least zero
             never breaks it, since i's share at j is a feasible alternative. Moulin and Shenker 2001 on guarantees.
"""

from __future__ import annotations

from typing import Any

from verifier.properties.base import Property
from verifier.properties.cases import IdlerCase, Over, Quantity, worth


def margin(case: IdlerCase) -> Quantity:
    """What the idler pays, less what its share would add to what the other agent has."""
    alone: Any = worth(case.type, case.run.consumption(case.other))
    added: Any = worth(case.type, case.run.together(case.agent, case.other)) - alone
    return case.run.payment(case.agent) - added  # type: ignore[no-any-return]


NO_FREE_RIDING = Property(
    name="no-free-riding",
    statement="Who receives something for a report of zero pays no less than it would add to what any other agent has.",
    formula="for all i, j, b: p_i(0, b_-i) >= v_j(b_j, x_j and x_i) - v_j(b_j, x_j)",
    over=Over.IDLERS,
    margin=margin,
    on_symbols=False,
)
