"""Objects for agents without money: houses, school seats, tasks. Every agent gets one object at most.

A share is the place of an object among `objects`, or None for nothing. Objects have capacities (1 unless told) and may
have priorities, an order of all agents each. An object that an agent does not list is worse to it than nothing.

With an endowment every agent owns an object and must end with one. Types are then shifted so that its own object is
worth 0 to each agent: to stay away is to keep what one has.

Source: Shapley and Scarf 1974 (endowments); Hylland and Zeckhauser 1979; Abdulkadiroglu and Sonmez 2003 (priorities).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from verifier.domains.base import Slack
from verifier.domains.ordinal import Objection, Ordinal
from verifier.domains.outcome import Consumption, Share
from verifier.errors import DomainError


@dataclass(frozen=True, slots=True)
class HouseAllocation(Ordinal):
    """Objects with capacities, priorities and perhaps owners; share = place of an object, or None.

    Attributes
    ----------
    objects : (m,) names
    capacities : (m,) how many agents an object can serve
    priorities : (m,) for each object all agents, who goes first standing first; () where there are none
    endowment : (n,) which object each agent owns; () where nobody owns anything
    """

    objects: tuple[str, ...] = ()
    capacities: tuple[int, ...] = ()
    priorities: tuple[tuple[int, ...], ...] = ()
    endowment: tuple[int, ...] = ()

    kind: ClassVar[str] = "house-allocation"
    options: ClassVar[tuple[str, ...]] = ("objects", "capacities", "priorities", "endowment")

    @property
    def dimension(self) -> int:
        return len(self.objects)

    def ranked(self, agent: int) -> tuple[str, ...]:
        return self.objects

    def consumption(self, share: Share) -> Consumption:
        if share is None and self.endowment:
            raise DomainError("an agent has no object, although each owns one to begin with")
        return super(HouseAllocation, self).consumption(share)

    def slacks(self, shares: tuple[Share, ...]) -> Iterator[Slack]:
        for place, (name, capacity) in enumerate(zip(self.objects, self.capacities, strict=True)):
            yield f"{name} is given to at most {capacity}", capacity - sum(share == place for share in shares)

    def alternatives(self) -> Iterator[tuple[Share, ...]]:
        yield from self._assigned((), list(self.capacities))

    def _assigned(self, shares: tuple[Share, ...], left: list[int]) -> Iterator[tuple[Share, ...]]:
        """Every way of going on that leaves no object with more agents than it serves."""
        if len(shares) == len(self.agents):
            yield shares
            return
        for place, seats in enumerate(left):
            if seats:
                less = [seats - (other == place) for other, seats in enumerate(left)]
                yield from self._assigned((*shares, place), less)
        if not self.endowment:
            yield from self._assigned((*shares, None), left)

    def objections(self) -> Iterator[Objection]:
        """To have nothing, or what one owns; to have an object of which a place is free or held by who goes later."""
        everybody = range(len(self.agents))
        for agent in everybody:
            alone = self.endowment[agent] if self.endowment else None
            yield Objection((agent,), tuple(alone if other == agent else None for other in everybody))
            for place, capacity in enumerate(self.capacities):
                if place == alone:
                    continue  # its own
                wanted = tuple(place if other == agent else None for other in everybody)
                yield Objection((agent,), wanted, (place, capacity, self._before(agent, place)))

    def _before(self, agent: int, place: int) -> tuple[int, ...]:
        """Who cannot be made to leave the object for that agent: without priorities everybody else."""
        if not self.priorities:
            return tuple(other for other in range(len(self.agents)) if other != agent)
        order = self.priorities[place]
        return tuple(sorted(order[: order.index(agent)]))

    def extra(self) -> dict[str, object]:
        return {
            "lists": self.lists,
            "objects": list(self.objects),
            "capacities": list(self.capacities),
            "priorities": [list(order) for order in self.priorities],
            "endowment": list(self.endowment),
        }
