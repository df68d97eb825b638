"""Stability: nobody would rather leave what it has, alone or together with whoever would leave with it.

Definition   With truthful reports there is no objection: no agent that likes nothing (or what it owns) better than what
             it has; no two agents of two sides that like each other better than their partners; no agent that likes an
             object better than its own while a place of it is free, or held by somebody of lower priority. Without
             priorities a place that is held is nobody else's to claim, and what remains is that nothing is wasted.
Margin       the least that an agent of the objection loses by it, in places of its ranking, where it can have what it
             asks for, else 0; negative = all of them gain at least that many places.
Refutation   a profile, the agents who object, and what they would have instead.
Decided by   exhaustive.
Source       Gale and Shapley 1962; Roth and Sotomayor 1990, Def. 2.2 and 2.3; Abdulkadiroglu and Sonmez 2003, Section 2
             (priorities); Balinski and Sonmez 1999.
"""

from __future__ import annotations

from typing import Any

from verifier.properties.base import Property
from verifier.properties.cases import ObjectionCase, Over, Quantity, positive, worth


def margin(case: ObjectionCase) -> tuple[Quantity, ...]:
    """What each of those who object loses by it, if they can have it."""
    available: Any = 1
    if case.seat is not None:
        alternative, capacity, before = case.seat
        held: Any = 0
        for agent in before:
            held = held + case.run.consumption(agent)[alternative]
        available = 1 - positive(held + (1 - capacity))
    return tuple(
        (worth(type_, case.run.consumption(agent)) - worth(type_, gets)) * available
        for agent, type_, gets in zip(case.agents, case.types, case.gets, strict=True)
    )


STABLE = Property(
    name="stable",
    statement="With truthful reports nobody, and no two who could do so together, would rather leave what they have.",
    formula="for all t there is no objection (S, y) that S can carry out with y_i >_i x_i(t) for all i in S",
    over=Over.OBJECTIONS,
    margin=margin,
    on_symbols=False,
    settings=frozenset({"house-allocation", "matching"}),
)
