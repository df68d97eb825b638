"""Settings in which agents sell: exchanges between buyers and sellers, and reverse auctions, where all agents sell.

Every agent trades one unit at most. A buyer's type is what a unit is worth to it, a seller's what parting with its unit
costs. A share counts units received: 1 for a buyer that trades, -1 for a seller that does, so that a seller's cost is
its type times its share; what a seller is paid is a negative payment.

In an exchange no more units are bought than sold. In a reverse auction (procurement) the buyer is no agent, and exactly
so many units are bought as it needs: what it would lose without them is not known.

Source: McAfee 1992; Myerson and Satterthwaite 1983 (exchanges); Nisan and Ronen 2001 (procurement).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

from verifier.domains.base import Domain, Slack, agent_names
from verifier.domains.outcome import Consumption, Share
from verifier.domains.single_item import quantity
from verifier.errors import DomainError
from verifier.exact import Money, size


@dataclass(frozen=True, slots=True)
class Market(Domain):
    """Agents with at most one unit each to trade; the first `buying` of them buy, the others sell."""

    @property
    def buying(self) -> int:
        """How many agents buy."""
        return 0

    @property
    def dimension(self) -> int:
        return 1

    def consumption(self, share: Share) -> Consumption:
        return (quantity(share),)

    def _one_unit_each(self, shares: tuple[Share, ...]) -> Iterator[Slack]:
        for agent, (name, share) in enumerate(zip(self.agents, shares, strict=True)):
            amount = quantity(share)
            if agent < self.buying:
                yield f"{name} buys one unit or none", -min(size(amount), size(amount - 1))
            else:
                yield f"{name} sells one unit or none", -min(size(amount), size(amount + 1))


@dataclass(frozen=True, slots=True)
class TwoSided(Market):
    """An exchange; `buyers` is how many of the agents, the first ones, buy."""

    buyers: int = 1

    kind: ClassVar[str] = "two-sided"
    options: ClassVar[tuple[str, ...]] = ("buyers",)

    @property
    def buying(self) -> int:
        return self.buyers

    def slacks(self, shares: tuple[Share, ...]) -> Iterator[Slack]:
        yield from self._one_unit_each(shares)
        yield "no more units are bought than sold", -_total(shares)

    def alternatives(self) -> Iterator[tuple[Share, ...]]:
        everybody = range(len(self.agents))
        for trades in range(min(self.buyers, len(self.agents) - self.buyers) + 1):
            for buying in combinations(everybody[: self.buyers], trades):
                for selling in combinations(everybody[self.buyers :], trades):
                    yield tuple(int(agent in buying) - int(agent in selling) for agent in everybody)

    def extra(self) -> dict[str, object]:
        return {"buyers": self.buyers}


@dataclass(frozen=True, slots=True)
class Procurement(Market):
    """A reverse auction for `items` units, one from each seller at most."""

    items: int = 1

    kind: ClassVar[str] = "procurement"
    options: ClassVar[tuple[str, ...]] = ("items",)

    def slacks(self, shares: tuple[Share, ...]) -> Iterator[Slack]:
        yield from self._one_unit_each(shares)
        yield f"exactly {self.items} of the units on offer are bought", -size(self.items + _total(shares))

    def alternatives(self) -> Iterator[tuple[Share, ...]]:
        everybody = range(len(self.agents))
        for selling in combinations(everybody, self.items):
            yield tuple(-int(agent in selling) for agent in everybody)

    def extra(self) -> dict[str, object]:
        return {"items": self.items}


def _total(shares: tuple[Share, ...]) -> Money:
    total: Money = 0
    for share in shares:
        total += quantity(share)
    return total


def joined(table: Mapping[str, object]) -> dict[str, object]:
    """The table of an exchange with all its agents under `agents`, and under `buyers` how many of them buy.

    Raises DomainError where a side is missing, nobody, or shares a name with the other.
    """
    for key in ("buyers", "sellers"):
        if key not in table:
            raise DomainError(f"the domain lacks the key {key!r}")
    if "agents" in table:
        raise DomainError("agents of an exchange are buyers and sellers; name them under these keys")
    buyers, sellers = agent_names(table["buyers"], "buyer"), agent_names(table["sellers"], "seller")
    if set(buyers) & set(sellers):
        raise DomainError("buyers and sellers share a name; every agent needs one of its own")
    rest = {key: written for key, written in table.items() if key != "sellers"}
    return {**rest, "agents": [*buyers, *sellers], "buyers": len(buyers)}
