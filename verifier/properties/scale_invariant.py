"""Scale invariance: the outcome does not depend on the currency in which bids are written.

Definition   x(2b) = x(b) and p(2b) = 2 p(b) for every profile b whose double can be reported. Two stands for any
             factor; a reserve, a fee or a threshold in money is what breaks it.
Margin       minus the sum of all differences, in money and units of the good; negative = the scale matters.
Refutation   two profiles, the second twice the first.
Decided by   exhaustive, on the profiles whose double is on the grid; search, on all.
Source       a metamorphic relation (Chen, Cheung and Yiu 1998); homogeneity as in Moulin 1988, Section 2.3.
"""

from __future__ import annotations

from typing import Any

from verifier.domains import Type
from verifier.properties.base import MARKETS, Property
from verifier.properties.cases import Over, Quantity, TransformCase


def doubled(type_: Type) -> Type:
    """Twice the type."""
    return tuple(2 * amount for amount in type_)


def margin(case: TransformCase) -> Quantity:
    """Minus the distance of the second run from the first with its payments doubled."""
    total: Any = 0
    for agent in range(case.agents):
        total = total - abs(case.moved.payment(agent) - 2 * case.run.payment(agent))
        for amount, after in zip(case.run.consumption(agent), case.moved.consumption(agent), strict=True):
            total = total - abs(amount - after)
    return total  # type: ignore[no-any-return]


SCALE_INVARIANT = Property(
    name="scale-invariant",
    statement="Doubling all reports doubles all payments and leaves the allocation as it is.",
    formula="for all b: x(2b) = x(b) and p(2b) = 2 p(b)",
    over=Over.TRANSFORMS,
    margin=margin,
    settings=frozenset({"money"}) | MARKETS,
    on_symbols=False,
    transform=doubled,
)
