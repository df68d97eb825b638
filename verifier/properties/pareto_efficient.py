"""Pareto efficiency of the allocation: nobody can be given more without somebody being given less.

Definition   With truthful reports no other feasible allocation y is worth at least as much to every agent and more to
             some: not (v_i(t_i, y_i) >= v_i(t_i, x_i(t)) for all i, with > for some i). Payments stay as they are; with
             payments that can move as well it is the same as efficiency, which implies it.
Margin       minus what the alternative adds to welfare where it makes nobody worse off, else 0; in money.
Refutation   a profile and a dominating allocation.
Decided by   exhaustive. A dominating allocation is one of the domain's, not a lottery over them.
Source       Mas-Colell, Whinston and Green 1995, Definition 16.B.2; Nisan et al. 2007, Section 9.3.
"""

from __future__ import annotations

from typing import Any

from verifier.properties.base import ANYWHERE, Property
from verifier.properties.cases import AlternativeCase, Over, Quantity, positive, worth


def margin(case: AlternativeCase) -> Quantity:
    """What the alternative takes from welfare, if nobody loses by it."""
    total: Any = 0
    harmless: Any = 1
    for agent, type_ in enumerate(case.types):
        loss: Any = worth(type_, case.run.consumption(agent)) - worth(type_, case.alternative[agent])
        total = total + loss
        harmless = harmless * (1 - positive(loss))
    return total * harmless  # type: ignore[no-any-return]


PARETO_EFFICIENT = Property(
    name="pareto-efficient",
    statement="With truthful reports no feasible allocation is worth more to one agent and no less to any other.",
    formula="for all t and feasible y: v_i(t_i, y_i) >= v_i(t_i, x_i(t)) for all i implies equality for all i",
    over=Over.ALTERNATIVES,
    margin=margin,
    on_symbols=False,
    settings=ANYWHERE,
)
