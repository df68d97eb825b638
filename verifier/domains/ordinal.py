"""Preferences in place of money: agents rank alternatives, nobody pays, and only the order counts.

A ranking becomes a type, so that engines and margins need nothing new: the k listed alternatives are worth k, ..., 1 in
their order, a share consumes the unit vector of its alternative, and payments are 0. What is not listed is worth less
than all that is, see the kinds. Between two sure outcomes the margins of such types have the sign that every other
representation of the ranking gives them. Their size means places in the ranking, and between lotteries it means
nothing: there only stochastic dominance can be decided.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import ClassVar, TypeAlias

from verifier.domains.base import Domain
from verifier.domains.outcome import Consumption, Profile, Share, Type
from verifier.errors import DomainError

Ranking: TypeAlias = tuple[int, ...]  # places of the alternatives that are listed, the best first

LISTS = ("complete", "truncated")
PREFERENCES = (*LISTS, "single-peaked")


@dataclass(frozen=True, slots=True)
class Objection:
    """Agents who would rather have something else: (n,) `shares`, of which those of `agents` are what they would have.

    `seat` is (alternative, capacity, agents who go before): the objection counts only where fewer of these hold the
    alternative than it has places; None where nobody else is asked.
    """

    agents: tuple[int, ...]
    shares: tuple[Share, ...]
    seat: tuple[int, int, tuple[int, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Ordinal(Domain):
    """A setting in which types are rankings; `lists` tells whether a report names all alternatives or only some."""

    lists: str = "complete"

    ordinal: ClassVar[bool] = True

    @abstractmethod
    def ranked(self, agent: int) -> tuple[str, ...]:
        """Names of the alternatives that the agent ranks, in the order of the coordinates."""

    def ballot(self, agent: int, type_: Type) -> list[str]:
        """The report of a type as the subject sees it: names, the best first."""
        names = self.ranked(agent)
        listed = [place for place in range(len(names)) if self.lists == "complete" or type_[place] > 0]
        return [names[place] for place in sorted(listed, key=lambda place: -type_[place])]

    def bids(self, profile: Profile) -> tuple[list[str], ...]:
        return tuple(self.ballot(agent, type_) for agent, type_ in enumerate(profile))

    def consumption(self, share: Share) -> Consumption:
        if share is None:
            return (0,) * self.dimension
        if not isinstance(share, int) or not 0 <= share < self.dimension:
            raise DomainError(f"{share} is no place among {self.dimension} alternatives")
        return tuple(int(place == share) for place in range(self.dimension))

    def objections(self) -> Iterator[Objection]:
        """What could speak against a stable outcome; none where the kind has no such thing."""
        return iter(())


def worths(ranking: Sequence[int], count: int, unlisted: int) -> Type:
    """(count,) the type of a ranking: k for the best of k listed ones, 1 for the last, `unlisted` for the others."""
    found = [unlisted] * count
    for place, alternative in enumerate(ranking):
        found[alternative] = len(ranking) - place
    return tuple(found)


def how_many(preferences: str, count: int) -> int:
    """How many rankings of `count` alternatives there are; known before they are listed."""
    if preferences == "complete":
        return math.factorial(count)
    if preferences == "single-peaked":
        return int(2 ** (count - 1))
    return sum(math.perm(count, listed) for listed in range(count + 1))


def rankings(preferences: str, count: int) -> Iterator[Ranking]:
    """All rankings of a kind, those that list fewer alternatives and earlier ones first.

    "complete" names all; "truncated" any number of them, none too; "single-peaked" all of them, so that on either side
    of the best, along the order in which the domain names them, what lies further away is liked less (Black 1948).
    """
    if preferences == "complete":
        yield from permutations(range(count))
    elif preferences == "truncated":
        for listed in range(count + 1):
            yield from permutations(range(count), listed)
    else:
        yield from sorted(ranking for peak in range(count) for ranking in _descending((peak,), peak, peak, count))


def _descending(chosen: Ranking, low: int, high: int, count: int) -> Iterator[Ranking]:
    """Continue a single-peaked ranking whose places so far are the interval from low to high."""
    if len(chosen) == count:
        yield chosen
    if low > 0:
        yield from _descending((*chosen, low - 1), low - 1, high, count)
    if high < count - 1:
        yield from _descending((*chosen, high + 1), low, high + 1, count)
