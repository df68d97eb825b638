"""Advertising slots with click rates: a type is the value of one click; slot s brings click_rates[s] clicks.

A share is the index of the agent's slot, 0 the best, or None for no slot. Every agent may hold at most one slot and
every slot at most one agent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import ClassVar

from verifier.domains.base import Domain, Slack
from verifier.domains.outcome import Consumption, Share
from verifier.errors import DomainError
from verifier.exact import Money, show


@dataclass(frozen=True, slots=True)
class Slots(Domain):
    """(s,) `click_rates`, non-increasing; share = index of a slot or None."""

    click_rates: tuple[Money, ...] = (1,)

    kind: ClassVar[str] = "slots"
    options: ClassVar[tuple[str, ...]] = ("click_rates",)

    @property
    def dimension(self) -> int:
        return 1

    def consumption(self, share: Share) -> Consumption:
        if share is None:
            return (0,)
        if not isinstance(share, int) or not 0 <= share < len(self.click_rates):
            raise DomainError(f"slot {share} does not exist; slots are 0..{len(self.click_rates) - 1}, or None")
        return (self.click_rates[share],)

    def together(self, first: Share, second: Share) -> Consumption:
        """The better of two slots: nobody can use more than one."""
        return max(self.consumption(first), self.consumption(second))

    def slacks(self, shares: tuple[Share, ...]) -> Iterator[Slack]:
        holders = Counter(share for share in shares if share is not None)
        for slot in range(len(self.click_rates)):
            yield f"slot {slot} is held by at most one agent", 1 - holders[slot]

    def alternatives(self) -> Iterator[tuple[Share, ...]]:
        count, slots = len(self.agents), len(self.click_rates)
        seats = permutations(range(max(count, slots)), count)  # seats past the last slot are worth nothing
        yield from dict.fromkeys(tuple(seat if seat < slots else None for seat in holders) for holders in seats)

    def extra(self) -> dict[str, object]:
        return {"click_rates": [show(rate) for rate in self.click_rates]}
