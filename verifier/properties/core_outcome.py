"""The core: no group of bidders can, together with the seller, do better by leaving the others out.

Definition   With truthful reports, for every set S of agents and every feasible allocation y that gives goods to S
             alone: sum_i p_i(t) + sum_{i in S} u_i(t) >= sum_{i in S} v_i(t_i, y_i). The seller's utility is what is
             paid. Sets without the seller have nothing to share; that nobody loses alone is ex-post-ir.
Margin       sum_i p_i + sum_i min(0, u_i - v_i(y_i)), in money, for every feasible y: the members of the set that
             objects most to y are those whom y gives more than they have. What y gives to others can be thrown away.
             Negative = what seller and objectors can have more.
Refutation   a profile and a feasible allocation, with the objectors that it makes.
Decided by   exhaustive. The minimum is not linear in payments, so the symbolic engine answers UNKNOWN.
Source       Ausubel and Milgrom 2002, Section 4; Day and Raghavan 2007; Nisan et al. 2007, Section 15.2.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from verifier.properties.base import Property
from verifier.properties.cases import AlternativeCase, Over, Quantity, utility, worth


def margin(case: AlternativeCase) -> Quantity:
    """What the seller has, less what the agents who prefer the alternative would have more there."""
    total: Any = 0
    for agent, type_ in enumerate(case.types):
        lead: Any = utility(case.run, agent, type_) - worth(type_, case.alternative[agent])
        total = total + case.run.payment(agent) + (lead - abs(lead)) * Fraction(1, 2)
    return total  # type: ignore[no-any-return]


CORE = Property(
    name="core",
    statement="With truthful reports no set of agents can, together with the seller, have more among themselves.",
    formula="for all t, S and feasible y within S: sum_i p_i(t) + sum_{i in S} u_i(t) >= sum_{i in S} v_i(t_i, y_i)",
    over=Over.ALTERNATIVES,
    margin=margin,
    on_symbols=False,
)
