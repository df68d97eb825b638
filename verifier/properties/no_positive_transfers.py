"""No positive transfers: nobody is ever paid by the mechanism.

Definition   For every profile and agent i: p_i >= 0. Implies no deficit.
Margin       the payment of the agent, in money; negative = what it is paid. For a declared lottery: in expectation.
Refutation   a profile and an agent that receives money.
Decided by   exhaustive, symbolic.
Source       Nisan et al. 2007, Def. 9.18.
"""

from __future__ import annotations

from verifier.properties.base import TOLD, Property
from verifier.properties.cases import AgentCase, Over, Quantity


def margin(case: AgentCase) -> Quantity:
    """What the agent pays."""
    return case.run.payment(case.agent)


NO_POSITIVE_TRANSFERS = Property(
    name="no-positive-transfers",
    statement="No agent is ever paid by the mechanism.",
    formula="for all i, b: p_i(b) >= 0",
    over=Over.AGENTS,
    margin=margin,
    settings=frozenset({"money"}) | TOLD,
)
