"""Envy-freeness (with money).

Definition   For every profile of types, reported truthfully, and agents i, j: u_i at i's own share and payment is at
             least what u_i would be at j's share and payment.
Margin       own utility less utility in the other's place, in money; negative = how much i would pay to swap. For a
             declared lottery: in exact expectation.
Refutation   a profile and two agents, the first of which would rather have the second's share and payment.
Decided by   exhaustive, symbolic.
Source       Foley 1967; Varian 1974; for prices per bundle Walrasian equilibrium implies it.
"""

from __future__ import annotations

from verifier.properties.base import Property
from verifier.properties.cases import Over, PairCase, Quantity, utility, worth


def margin(case: PairCase) -> Quantity:
    """Own utility less the utility of the other's share at the other's payment."""
    type_ = case.types[case.agent]
    elsewhere = worth(type_, case.run.consumption(case.other)) - case.run.payment(case.other)
    return utility(case.run, case.agent, type_) - elsewhere  # type: ignore[no-any-return]


ENVY_FREE = Property(
    name="envy-free",
    statement="No agent that reports its type would rather have another agent's share and payment.",
    formula="for all i, j, t: v_i(t_i, x_i(t)) - p_i(t) >= v_i(t_i, x_j(t)) - p_j(t)",
    over=Over.PAIRS,
    margin=margin,
    settings=frozenset({"money", "house-allocation", "procurement"}),
)
