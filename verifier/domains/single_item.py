"""One indivisible item: at most one agent gets it; a type is what the item is worth to the agent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from verifier.domains.base import Domain, Slack
from verifier.domains.outcome import Consumption, Share
from verifier.errors import DomainError
from verifier.exact import Money, size


def quantity(share: Share) -> Money:
    """The share as an amount of the good; DomainError where it is none."""
    if share is None or isinstance(share, tuple):
        raise DomainError(f"a share is {share} where an amount was expected; write 0 for nothing")
    return share


def unit_slacks(shares: tuple[Share, ...], names: tuple[str, ...], supply: int) -> Iterator[Slack]:
    """Whole, non-negative amounts of at most one unit each, and no more than the supply in all."""
    amounts = [quantity(share) for share in shares]
    for name, amount in zip(names, amounts, strict=True):
        yield f"{name} receives all of a unit or nothing", -min(size(amount), size(amount - 1))
    yield f"no more than {supply} of {supply} units are given out", supply - sum(amounts)


@dataclass(frozen=True, slots=True)
class SingleItem(Domain):
    """One item; share 1 has it and share 0 does not."""

    kind: ClassVar[str] = "single-item"

    @property
    def dimension(self) -> int:
        return 1

    def consumption(self, share: Share) -> Consumption:
        return (quantity(share),)

    def slacks(self, shares: tuple[Share, ...]) -> Iterator[Slack]:
        return unit_slacks(shares, self.agents, 1)

    def alternatives(self) -> Iterator[tuple[Share, ...]]:
        count = len(self.agents)
        yield (0,) * count
        for winner in range(count):
            yield tuple(int(agent == winner) for agent in range(count))
