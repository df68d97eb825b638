"""Efficiency (welfare maximisation under truthful reports).

Definition   For every profile of types, reported truthfully, and every feasible allocation y:
             sum_i v_i(t_i, x_i(t)) >= sum_i v_i(t_i, y_i). Payments do not count: they move money, not welfare.
Margin       welfare of the outcome less welfare of the alternative, in money; negative = the welfare lost.
Refutation   a profile and a feasible allocation that is worth more in total.
Decided by   exhaustive, symbolic (against every alternative that the domain enumerates).
Source       Nisan et al. 2007, Section 9.3; Vickrey 1961.
"""

from __future__ import annotations

from typing import Any

from verifier.properties.base import MARKETS, Property
from verifier.properties.cases import AlternativeCase, Over, Quantity, worth


def margin(case: AlternativeCase) -> Quantity:
    """Welfare of what was chosen less welfare of the alternative."""
    total: Any = 0
    for agent, type_ in enumerate(case.types):
        total = total + worth(type_, case.run.consumption(agent)) - worth(type_, case.alternative[agent])
    return total  # type: ignore[no-any-return]


EFFICIENT = Property(
    name="efficient",
    statement="With truthful reports no feasible allocation is worth more to the agents in total.",
    formula="for all t and feasible y: sum_i v_i(t_i, x_i(t)) >= sum_i v_i(t_i, y_i)",
    over=Over.ALTERNATIVES,
    margin=margin,
    settings=frozenset({"money"}) | MARKETS,
)
