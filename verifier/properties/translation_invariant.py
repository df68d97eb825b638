"""Translation invariance: a value that everybody has on top of its own changes nobody's share, and is paid for.

Definition   x(b + 1) = x(b) and p_i(b + 1) = p_i(b) + the units that i gets, for every profile b in which everybody
             can report one more for each unit. One stands for any amount. It holds where prices are set by bids alone
             and somebody is left without: not with a reserve, nor with more units than bidders want.
Margin       minus the sum of all differences, in money and units of the good; negative = the common part changes more.
Refutation   two profiles, the second one more than the first in every coordinate.
Decided by   exhaustive, on the profiles that can be moved on the grid; search, on all.
Source       a metamorphic relation (Chen, Cheung and Yiu 1998); translation invariance as in Moulin 1988, Section 2.3.
"""

from __future__ import annotations

from typing import Any

from verifier.domains import Type
from verifier.properties.base import MARKETS, Property
from verifier.properties.cases import Over, Quantity, TransformCase


def raised(type_: Type) -> Type:
    """One more in every coordinate."""
    return tuple(amount + 1 for amount in type_)


def margin(case: TransformCase) -> Quantity:
    """Minus the distance of the second run from the first with a payment of 1 for every unit on top."""
    total: Any = 0
    for agent in range(case.agents):
        due: Any = case.run.payment(agent)
        for amount, after in zip(case.run.consumption(agent), case.moved.consumption(agent), strict=True):
            due = due + amount
            total = total - abs(amount - after)
        total = total - abs(case.moved.payment(agent) - due)
    return total  # type: ignore[no-any-return]


TRANSLATION_INVARIANT = Property(
    name="translation-invariant",
    statement="One more in all reports adds one per unit to every payment and leaves the allocation as it is.",
    formula="for all i, b: x(b + 1) = x(b) and p_i(b + 1) = p_i(b) + sum_c x_ic(b)",
    over=Over.TRANSFORMS,
    margin=margin,
    settings=frozenset({"money"}) | MARKETS,
    on_symbols=False,
    transform=raised,
)
