"""k identical items with decreasing marginal values: coordinate j of a type is what the (j+1)-th item adds.

Types are non-increasing vectors (m_1 >= m_2 >= ... >= m_k >= 0). A share is a number of items q; it consumes the first
q units, so its value is m_1 + ... + m_q.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from verifier.domains.base import Bid, Domain, Slack
from verifier.domains.outcome import Consumption, Profile, Share
from verifier.domains.single_item import quantity
from verifier.exact import Money, size


def _compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """All ways to write `total` as an ordered sum of `parts` non-negative integers."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _compositions(total - first, parts - 1):
            yield (first, *rest)


@dataclass(frozen=True, slots=True)
class MultiUnit(Domain):
    """`items` identical items; a share is a whole number of them.

    Where marginal values are `flat`, a bid is a pair: how many items are wanted, and what each of them is worth.
    """

    items: int = 1
    flat: bool = False

    kind: ClassVar[str] = "multi-unit"
    options: ClassVar[tuple[str, ...]] = ("items",)

    @property
    def dimension(self) -> int:
        return self.items

    def consumption(self, share: Share) -> Consumption:
        amount = quantity(share)
        return tuple(_clip(amount - unit) for unit in range(self.items))

    def together(self, first: Share, second: Share) -> Consumption:
        """The first units, as many as both shares have."""
        return self.consumption(quantity(first) + quantity(second))

    def slacks(self, shares: tuple[Share, ...]) -> Iterator[Slack]:
        amounts = [quantity(share) for share in shares]
        for name, amount in zip(self.agents, amounts, strict=True):
            yield f"{name} receives a non-negative number of items", amount
            yield f"{name} receives a whole number of items", -size(amount - round(amount))
        yield f"no more than {self.items} of {self.items} items are given out", self.items - sum(amounts)

    def alternatives(self) -> Iterator[tuple[Share, ...]]:
        return _compositions(self.items, len(self.agents))

    def type_constraints(self) -> Iterator[tuple[dict[int, Money], Money]]:
        yield from super(MultiUnit, self).type_constraints()
        for unit in range(self.items - 1):
            yield {unit + 1: 1, unit: -1}, 0

    def bids(self, profile: Profile) -> tuple[Bid, ...]:
        if self.flat:
            return tuple((sum(worth > 0 for worth in report), report[0]) for report in profile)
        return super(MultiUnit, self).bids(profile)

    def extra(self) -> dict[str, object]:
        return {"items": self.items, **({"flat": True} if self.flat else {})}


def _clip(amount: Money) -> Money:
    """`amount` forced into [0, 1]: how much of one unit is consumed."""
    return max(0, min(1, amount))
