"""Ex-post individual rationality (IR, voluntary participation).

Definition   For every agent i and profile of reports in which i reports its type t_i: u_i(t_i; t) >= 0. The agent never
             loses by taking part, staying out being worth 0. For a declared lottery: in exact expectation.
Margin       the utility of the truthful agent, in money; negative = what it loses.
Refutation   a profile and an agent whose truthful report leaves it worse off than staying out.
Decided by   exhaustive, symbolic.
Source       Nisan et al. 2007, Def. 9.18.
"""

from __future__ import annotations

from verifier.properties.base import ANYWHERE, MARKETS, TOLD, Property
from verifier.properties.cases import AgentCase, Over, Quantity, utility


def margin(case: AgentCase) -> Quantity:
    """Utility of the agent at its true type."""
    return utility(case.run, case.agent, case.types[case.agent])


EX_POST_IR = Property(
    name="ex-post-ir",
    statement="No agent that reports its type ends up worse off than if it had stayed away.",
    formula="for all i, t: u_i(t_i; t) >= 0",
    over=Over.AGENTS,
    margin=margin,
    settings=(ANYWHERE | MARKETS | TOLD) - {"voting"},
)
