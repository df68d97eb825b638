"""Null bidder: who bids nothing and gets nothing might as well have stayed away.

Definition   For all i and b with b_i = 0 and x_i(b) = 0: without agent i the others get and pay what they do with it,
             and agent i pays nothing. A price or a reserve that depends on how many take part, or an auction that needs
             two bids to sell, is what breaks it.
Margin       minus the sum of all differences, in money and units of the good; 0 where agent i gets something.
Refutation   the outcome at a profile, and the outcome without the agent, which is shown with nothing for it.
Decided by   exhaustive, where zero is among an agent's types and there are at least two agents.
Source       the null player of cooperative games (Shapley 1953), as a metamorphic relation (Chen, Cheung and Yiu 1998).
"""

from __future__ import annotations

from typing import Any

from verifier.properties.base import Property
from verifier.properties.cases import AbsenceCase, Over, Quantity, positive


def margin(case: AbsenceCase) -> Quantity:
    """Minus the distance of the two runs, where the agent gets nothing."""
    total: Any = 0
    for agent in range(case.agents):
        total = total - abs(case.run.payment(agent) - case.absent.payment(agent))
        for amount, after in zip(case.run.consumption(agent), case.absent.consumption(agent), strict=True):
            total = total - abs(amount - after)
    gets: Any = 0
    for amount in case.run.consumption(case.agent):
        gets = gets + abs(amount)
    return total * (1 - positive(gets))  # type: ignore[no-any-return]


NULL_BIDDER = Property(
    name="null-bidder",
    statement="An agent that reports zero and gets nothing pays nothing, and without it all others fare the same.",
    formula="for all i, b with b_i = 0 and x_i(b) = 0: p_i(b) = 0 and (x, p)_-i(b) = (x, p)(b_-i)",
    over=Over.ABSENCES,
    on_symbols=False,
    margin=margin,
)
