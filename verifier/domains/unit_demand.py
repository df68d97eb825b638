"""k identical items, every agent wants one: a type is what one item is worth to the agent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

from verifier.domains.base import Domain, Slack
from verifier.domains.outcome import Consumption, Share
from verifier.domains.single_item import quantity, unit_slacks


@dataclass(frozen=True, slots=True)
class UnitDemand(Domain):
    """`items` identical items; share 1 has one and share 0 has none."""

    items: int = 1

    kind: ClassVar[str] = "unit-demand"
    options: ClassVar[tuple[str, ...]] = ("items",)

    @property
    def dimension(self) -> int:
        return 1

    def consumption(self, share: Share) -> Consumption:
        return (quantity(share),)

    def together(self, first: Share, second: Share) -> Consumption:
        """A second item is worth nothing."""
        return (max(quantity(first), quantity(second)),)

    def slacks(self, shares: tuple[Share, ...]) -> Iterator[Slack]:
        return unit_slacks(shares, self.agents, self.items)

    def alternatives(self) -> Iterator[tuple[Share, ...]]:
        count = len(self.agents)
        for winners in combinations(range(count), min(self.items, count)):
            yield tuple(int(agent in winners) for agent in range(count))

    def extra(self) -> dict[str, object]:
        return {"items": self.items}
