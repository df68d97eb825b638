"""Two sides that rank each other: a matching pairs members of one side with members of the other, one to one.

The agents are the proposers and, after them, the receivers. A share is the place of the partner on the other side, or
None for nobody. Whom an agent does not list it likes less than to stay alone, which is worth 0.

Source: Gale and Shapley 1962; Roth and Sotomayor 1990, Chapter 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from verifier.domains.base import Slack
from verifier.domains.ordinal import Objection, Ordinal
from verifier.domains.outcome import Share


@dataclass(frozen=True, slots=True)
class Matching(Ordinal):
    """`proposers`, how many of the agents are on the first side; share = place of the partner on the other, or None."""

    proposers: int = 1

    kind: ClassVar[str] = "matching"
    options: ClassVar[tuple[str, ...]] = ("proposers",)

    @property
    def dimension(self) -> int:
        return max(self.proposers, len(self.agents) - self.proposers)

    def ranked(self, agent: int) -> tuple[str, ...]:
        return self.agents[self.proposers :] if agent < self.proposers else self.agents[: self.proposers]

    def partner(self, agent: int, share: Share) -> int | None:
        """The index of the agent whom a share names; None for nobody, and for a place that the other side lacks."""
        if not isinstance(share, int) or share >= len(self.ranked(agent)):
            return None
        return share + self.proposers if agent < self.proposers else share

    def place(self, agent: int) -> int:
        """The place of an agent on its side."""
        return agent if agent < self.proposers else agent - self.proposers

    def slacks(self, shares: tuple[Share, ...]) -> Iterator[Slack]:
        for agent, share in enumerate(shares):
            other = self.partner(agent, share)
            kept = share is None if other is None else shares[other] == self.place(agent)
            yield f"whoever {self.agents[agent]} is matched with is matched with it", int(kept) - 1

    def alternatives(self) -> Iterator[tuple[Share, ...]]:
        yield from self._matched(0, (None,) * len(self.agents))

    def _matched(self, proposer: int, shares: tuple[Share, ...]) -> Iterator[tuple[Share, ...]]:
        """Every way of matching this proposer and those after it."""
        if proposer == self.proposers:
            yield shares
            return
        for place in range(len(self.agents) - self.proposers):
            if shares[self.proposers + place] is None:
                yield from self._matched(proposer + 1, self._paired(proposer, place, shares))
        yield from self._matched(proposer + 1, shares)

    def _paired(self, proposer: int, place: int, shares: tuple[Share, ...]) -> tuple[Share, ...]:
        found = list(shares)
        found[proposer], found[self.proposers + place] = place, proposer
        return tuple(found)

    def objections(self) -> Iterator[Objection]:
        """To stay alone; to leave one's partners for each other."""
        nobody: tuple[Share, ...] = (None,) * len(self.agents)
        for agent in range(len(self.agents)):
            yield Objection((agent,), nobody)
        for proposer in range(self.proposers):
            for place in range(len(self.agents) - self.proposers):
                yield Objection((proposer, self.proposers + place), self._paired(proposer, place, nobody))

    def extra(self) -> dict[str, object]:
        return {"lists": self.lists, "proposers": self.proposers}
