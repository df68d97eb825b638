"""What every setting knows: its agents, what they may bid, what a type is worth, what is feasible, how big it is.

A type is a vector of d exact numbers and an allocation gives agent i a consumption vector of the same length; what it
is worth to i is their inner product. Single items, identical items and slots all have this form, so do lotteries (their
consumption is the expected one), and every margin is therefore linear in types and payments.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import ClassVar, TypeAlias

from verifier.domains.outcome import Consumption, Outcome, Profile, Share, Type
from verifier.errors import DomainError, TooLarge, nearest
from verifier.exact import Money, money, show

Bid: TypeAlias = (
    Money | Type | list[str]
)  # what the subject sees: a number if types have one coordinate, a tuple, a list
Slack: TypeAlias = tuple[str, Money]  # a feasibility constraint in words, and by how much it is kept (negative: broken)

AMOUNTS = ("reals", "integers")


@dataclass(frozen=True, slots=True)
class Domain(ABC):
    """A setting: who takes part, which types the grid has, and the continuum that the grid samples.

    Attributes
    ----------
    agents : (n,) names
    types : (n,) for each agent the tuple of its types, simplest first
    upper : the largest value of the continuum, None where it has no end; the smallest is 0
    amounts : "reals", or "integers": then values are whole numbers, and nothing lies between two neighbours
    """

    agents: tuple[str, ...]
    types: tuple[tuple[Type, ...], ...]
    upper: Money | None = None
    amounts: str = field(default="reals", kw_only=True)

    kind: ClassVar[str]
    ordinal: ClassVar[bool] = False  # whether types are rankings, of which only the order means anything
    options: ClassVar[tuple[str, ...]] = ()  # further keys of the [domain] table

    @property
    @abstractmethod
    def dimension(self) -> int:
        """d, the number of coordinates of a type and of a consumption vector."""

    @property
    def whole(self) -> bool:
        """Whether every admissible value is a whole number."""
        return self.amounts == "integers"

    @abstractmethod
    def consumption(self, share: Share) -> Consumption:
        """(d,) what a share gives: value = sum(type * consumption). Total, also for infeasible amounts.

        Raises DomainError where the share means nothing here (a slot that does not exist).
        """

    def together(self, first: Share, second: Share) -> Consumption:
        """(d,) what somebody has who holds two shares; their sum, where the kind does not overrule it."""
        pair = zip(self.consumption(first), self.consumption(second), strict=True)
        return tuple(one + other for one, other in pair)

    @abstractmethod
    def slacks(self, shares: tuple[Share, ...]) -> Iterator[Slack]:
        """Every feasibility constraint on an allocation, with its slack; feasible means that none is negative."""

    @abstractmethod
    def alternatives(self) -> Iterator[tuple[Share, ...]]:
        """Every feasible deterministic allocation (of those that can be efficient: goods have free disposal)."""

    def extra(self) -> dict[str, object]:
        """The options of this kind, as the certificate writes them."""
        return {}

    def type_constraints(self) -> Iterator[tuple[dict[int, Money], Money]]:
        """The continuum of types: linear forms (coefficient by coordinate, constant) that must not be positive."""
        for coordinate in range(self.dimension):
            yield {coordinate: -1}, 0
            if self.upper is not None:
                yield {coordinate: 1}, -self.upper

    def size(self) -> int:
        """How many profiles of types the grid has."""
        return math.prod(len(types) for types in self.types)

    def profiles(self) -> Iterator[Profile]:
        """Every profile of types, the last agent's varying fastest."""
        return product(*self.types)

    def bids(self, profile: Profile) -> tuple[Bid, ...]:
        """The reports as a mechanism sees them: plain numbers where types have one coordinate."""
        return tuple(report[0] for report in profile) if self.dimension == 1 else profile

    def expected_consumption(self, outcome: Outcome, agent: int) -> Consumption:
        """(d,) exact expectation of the agent's consumption over the draws of a lottery."""
        return self._expected(outcome, lambda shares: self.consumption(shares[agent]))

    def expected_together(self, outcome: Outcome, agent: int, other: int) -> Consumption:
        """(d,) exact expectation of what one has who holds the shares of both agents."""
        return self._expected(outcome, lambda shares: self.together(shares[agent], shares[other]))

    def _expected(self, outcome: Outcome, held: Callable[[tuple[Share, ...]], Consumption]) -> Consumption:
        total: list[Money] = [0] * self.dimension
        for draw in outcome.draws:
            for coordinate, amount in enumerate(held(draw.shares)):
                total[coordinate] += draw.probability * amount
        return tuple(total)

    def least_slack(self, outcome: Outcome) -> Slack:
        """The tightest feasibility constraint over all draws, with its slack."""
        slacks = (slack for draw in outcome.draws for slack in self.slacks(draw.shares))
        return min(slacks, key=lambda slack: slack[1])

    def to_json(self) -> dict[str, object]:
        """The setting as the certificate holds it, rationals as "p/q"."""
        return {
            "kind": self.kind,
            "agents": list(self.agents),
            "types": [[[show(amount) for amount in type_] for type_ in types] for types in self.types],
            "upper": None if self.upper is None else show(self.upper),
            "amounts": self.amounts,
            **self.extra(),
        }


def zeros(domain: Domain) -> dict[int, int]:
    """Agents among whose types is the one to whom nothing is worth anything, with its index."""
    nothing = (0,) * domain.dimension
    return {agent: types.index(nothing) for agent, types in enumerate(domain.types) if nothing in types}


def value(type_: Type, consumption: Consumption) -> Money:
    """What a consumption vector is worth to an agent of that type, in money."""
    return sum((worth * amount for worth, amount in zip(type_, consumption, strict=True)), Fraction(0))


_KEY = {"bidder": "agents", "buyer": "buyers", "seller": "sellers"}


def agent_names(written: object, one: str = "bidder") -> tuple[str, ...]:
    """Names from a count (3 gives "bidder 1".."bidder 3", or what `one` says) or from a list of names.

    Raises DomainError for none, for a repeated name, or for anything else.
    """
    if isinstance(written, int) and not isinstance(written, bool):
        names = tuple(f"{one} {index + 1}" for index in range(written))
    elif isinstance(written, list | tuple) and all(isinstance(name, str) for name in written):
        names = tuple(written)
    else:
        raise DomainError(f"{_KEY[one]} must be a count or a list of names, not {written!r}")
    if not names:
        raise DomainError("a domain needs at least one agent")
    if len(set(names)) < len(names):
        raise DomainError(f"agents {list(names)} repeat a name")
    return names


def positive_count(table: Mapping[str, object], key: str) -> int:
    """A whole number of at least 1 under `key`, or a DomainError that says so."""
    written = table.get(key)
    if not isinstance(written, int) or isinstance(written, bool) or written < 1:
        raise DomainError(f"{key} must be a whole number of at least 1, not {written!r}")
    return written


def upper_end(table: Mapping[str, object]) -> Money | None:
    """The declared end of the continuum, None where it has none."""
    written = table.get("upper")
    return None if written is None else money(written)


def amounts_of(table: Mapping[str, object], values: Iterable[Money], upper: Money | None) -> str:
    """The declared kind of amounts, to which the first few values of every grid and the upper end have to belong.

    Raises DomainError for another kind, and for what is not whole among whole numbers.
    """
    written = table.get("amounts", AMOUNTS[0])
    if not isinstance(written, str) or written not in AMOUNTS:
        raise DomainError(f"amounts must be {' or '.join(map(repr, AMOUNTS))}, not {written!r}")
    named = [*(("values", value) for value in values), *([] if upper is None else [("upper", upper)])]
    for key, amount in named if written == "integers" else ():
        if amount.denominator != 1:
            mend = "give amounts in the smallest unit, such as cents"
            raise DomainError(f'{key} has {amount}, but amounts = "integers" admits whole numbers only; {mend}')
    return written


def check_keys(table: Mapping[str, object], known: tuple[str, ...]) -> None:
    """Raise DomainError at the first key that the kind does not know, naming the nearest that it does."""
    for key in table:
        if key not in known:
            raise DomainError(f"unknown key {key!r} in the domain{nearest(key, list(known))}")


def refuse_above(profiles: int, budget: int) -> None:
    """Raise TooLarge before a grid is built that has more profiles than the budget allows."""
    if profiles > budget:
        raise TooLarge(profiles, budget)
