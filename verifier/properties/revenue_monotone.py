"""Revenue monotonicity: more bidders never bring the seller less.

Definition   sum_j p_j(b) >= sum_j p_j(0_i, b_-i) for every agent i and profile b. To report zero for everything stands
             for staying away: a mechanism that treats the two differently is not judged on that.
Margin       the left side less the right, in money: negative = what the seller loses by the agent's coming.
Refutation   an agent and two profiles that differ in its report, zero in the second.
Decided by   exhaustive, for agents whose grid has a type of zeros.
Source       Ausubel and Milgrom 2002, Section 4.2; Rastegari, Condon and Leyton-Brown 2011.
"""

from __future__ import annotations

from verifier.properties.base import Property
from verifier.properties.cases import Over, Quantity, WithdrawalCase


def margin(case: WithdrawalCase) -> Quantity:
    """What the seller has more with the agent than without it."""
    agents = range(case.agents)
    present, absent = (sum(run.payment(agent) for agent in agents) for run in (case.present, case.absent))
    return present - absent


REVENUE_MONOTONE = Property(
    name="revenue-monotone",
    statement="The payments of all agents never add up to less because one more agent bids.",
    formula="for all i, b: sum_j p_j(b) >= sum_j p_j(0, b_-i)",
    over=Over.WITHDRAWALS,
    margin=margin,
    on_symbols=False,
)
