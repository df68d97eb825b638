"""One winner for all: voters rank candidates, and everybody consumes the one who is elected.

Everybody's share is the place of the elected candidate, the same for all. Where ballots may be truncated, a voter is
indifferent among the candidates that it leaves out and likes them less than those that it lists; to list nobody is to
abstain. "Single-peaked" refers to the order in which the candidates are written.

Source: Arrow 1951; Gibbard 1973; Satterthwaite 1975; Black 1948 (single-peaked preferences).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from verifier.domains.base import Slack
from verifier.domains.ordinal import Ordinal
from verifier.domains.outcome import Consumption, Share
from verifier.errors import DomainError


@dataclass(frozen=True, slots=True)
class Voting(Ordinal):
    """(m,) `candidates`, of whom one is elected; share = the place of the elected one."""

    candidates: tuple[str, ...] = ()

    kind: ClassVar[str] = "voting"
    options: ClassVar[tuple[str, ...]] = ("candidates",)

    @property
    def dimension(self) -> int:
        return len(self.candidates)

    def ranked(self, agent: int) -> tuple[str, ...]:
        return self.candidates

    def consumption(self, share: Share) -> Consumption:
        if share is None:
            raise DomainError("nobody is elected; one of the candidates has to be")
        return super(Voting, self).consumption(share)

    def slacks(self, shares: tuple[Share, ...]) -> Iterator[Slack]:
        yield "one candidate is elected for all", 1 - len(set(shares))

    def alternatives(self) -> Iterator[tuple[Share, ...]]:
        for place in range(len(self.candidates)):
            yield (place,) * len(self.agents)

    def extra(self) -> dict[str, object]:
        return {"lists": self.lists, "candidates": list(self.candidates)}
