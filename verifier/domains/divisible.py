"""One divisible good: a share is any part of it, a type is what the whole of it is worth, in proportion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from verifier.domains.base import Domain, Slack
from verifier.domains.outcome import Consumption, Share
from verifier.domains.single_item import quantity


@dataclass(frozen=True, slots=True)
class Divisible(Domain):
    """One good of size 1 that can be cut at will (bandwidth, time, a budget); values are linear in the share."""

    kind: ClassVar[str] = "divisible"

    @property
    def dimension(self) -> int:
        return 1

    def consumption(self, share: Share) -> Consumption:
        return (quantity(share),)

    def slacks(self, shares: tuple[Share, ...]) -> Iterator[Slack]:
        amounts = [quantity(share) for share in shares]
        for name, amount in zip(self.agents, amounts, strict=True):
            yield f"{name} receives no negative amount", amount
        yield "no more than the whole good is given out", 1 - sum(amounts)

    def alternatives(self) -> Iterator[tuple[Share, ...]]:
        """All to one agent: welfare is linear in the shares, so that one of these is an optimum."""
        count = len(self.agents)
        for owner in range(count):
            yield tuple(int(agent == owner) for agent in range(count))
