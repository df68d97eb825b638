"""Dominant-strategy incentive compatibility (DSIC, strategyproofness, truthfulness).

Definition   For every agent i, true type t, deviation d and reports b_-i of the others:
             u_i(t; t, b_-i) >= u_i(t; d, b_-i), where u_i(t; r, b_-i) is the quasi-linear utility of i, being of type t
             and reporting r. For a declared lottery utilities are exact expectations (truthful in expectation).
Margin       left minus right, in money; negative = the deviation gains that much. The largest gain of an agent is its
             regret.
Refutation   (i, t, d, b_-i) with both outcomes and the exact gain.
Decided by   exhaustive, symbolic.
Source       Vickrey 1961; Nisan, Roughgarden, Tardos, Vazirani 2007, Def. 9.14.
"""

from __future__ import annotations

from verifier.properties.base import ANYWHERE, MARKETS, TOLD, Property
from verifier.properties.cases import DeviationCase, Over, Quantity, utility


def margin(case: DeviationCase) -> Quantity:
    """Utility of the truth less utility of the lie, both at the true type."""
    truthful = utility(case.truth, case.agent, case.type)
    return truthful - utility(case.lie, case.agent, case.type)  # type: ignore[no-any-return]


DSIC = Property(
    name="dsic",
    statement="No agent can gain by misreporting its type, whatever the others report.",
    formula="for all i, t, d, b_-i: u_i(t; t, b_-i) >= u_i(t; d, b_-i)",
    over=Over.DEVIATIONS,
    margin=margin,
    settings=ANYWHERE | MARKETS | TOLD,
)
