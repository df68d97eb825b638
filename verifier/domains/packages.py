"""One sealed-bid auction of several goods with package bids: the data that winner determination starts from.

An auction has m goods, each with a supply of units, and n bidders. A package bid asks for units of each good and offers
one sum for all of them together. A bidder's bids are joined by XOR (at most one is accepted) or by OR (any number is).
A choice says which bids are accepted: for each bidder the increasing places of its accepted bids. Goods have free
disposal: what nobody is given is thrown away.

Source: Nisan 2006, "Bidding Languages", in Cramton, Shoham and Steinberg, Combinatorial Auctions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from verifier.errors import DomainError, nearest
from verifier.exact import Money, money

LANGUAGES = ("xor", "or")

Choice: TypeAlias = tuple[tuple[int, ...], ...]  # (n,) for each bidder the increasing places of its accepted bids


@dataclass(frozen=True, slots=True)
class PackageBid:
    """An offer of `value` for `units`: (m,) how many units of each good, whole numbers >= 0, not all 0."""

    units: tuple[int, ...]
    value: Money


@dataclass(frozen=True, slots=True)
class Bidder:
    """One bidder: its name, its package bids, and how they are joined ("xor" or "or")."""

    name: str
    bids: tuple[PackageBid, ...]
    language: str = "xor"


@dataclass(frozen=True, slots=True)
class Auction:
    """Goods with their supply in units, (m,) each, and the bidders with their bids. Checked when it is made.

    Raises DomainError, which names the good, the bidder and the bid: no goods, a repeated name, a supply that is not
    positive, a bid with the wrong number of units, for nothing, or of negative value, an unknown language.
    """

    goods: tuple[str, ...]
    supply: tuple[int, ...]
    bidders: tuple[Bidder, ...]

    def __post_init__(self) -> None:
        if not self.goods:
            raise DomainError("an auction needs at least one good")
        if len(self.supply) != len(self.goods):
            raise DomainError(f"{len(self.goods)} goods, but {len(self.supply)} supplies; give one for each good")
        _distinct("good", self.goods)
        _distinct("bidder", [bidder.name for bidder in self.bidders])
        for good, units in zip(self.goods, self.supply, strict=True):
            if not _whole(units) or units < 1:
                raise DomainError(f"the supply of {good!r} is {units!r}; it must be a whole number of at least 1")
        for bidder in self.bidders:
            if bidder.language not in LANGUAGES:
                raise DomainError(f"bidder {bidder.name!r}: language {bidder.language!r}; it must be 'xor' or 'or'")
            for place, bid in enumerate(bidder.bids):
                self._check(f"bidder {bidder.name!r}, bid {place + 1}", bid)

    def _check(self, where: str, bid: PackageBid) -> None:
        if len(bid.units) != len(self.goods):
            raise DomainError(f"{where}: units of {len(bid.units)} goods, but the auction has {len(self.goods)}")
        for good, units in zip(self.goods, bid.units, strict=True):
            if not _whole(units) or units < 0:
                raise DomainError(f"{where}: {units!r} units of {good!r}; it must be a whole number, not negative")
        if not any(bid.units):
            raise DomainError(f"{where} asks for nothing")
        if bid.value < 0:
            raise DomainError(f"{where} offers {bid.value}; a value must not be negative")

    def accepted(self, choice: Choice) -> Iterator[tuple[int, PackageBid]]:
        """The accepted bids, each with its bidder's index."""
        for index, (bidder, places) in enumerate(zip(self.bidders, choice, strict=True)):
            for place in places:
                yield index, bidder.bids[place]

    def value(self, choice: Choice, bidder: int) -> Money:
        """What a bidder offers for its accepted bids."""
        return sum((self.bidders[bidder].bids[place].value for place in choice[bidder]), 0)

    def welfare(self, choice: Choice) -> Money:
        """The sum of all accepted offers."""
        return sum((bid.value for _, bid in self.accepted(choice)), 0)

    def fault(self, choice: Choice) -> str | None:
        """Why a choice is infeasible, None where it is feasible."""
        if len(choice) != len(self.bidders):
            return f"accepted bids of {len(choice)} bidders, but there are {len(self.bidders)}"
        for bidder, places in zip(self.bidders, choice, strict=True):
            if list(places) != sorted(set(places)) or any(not 0 <= place < len(bidder.bids) for place in places):
                return f"bidder {bidder.name!r}: {list(places)} are not increasing places of its bids"
            if bidder.language == "xor" and len(places) > 1:
                return f"bidder {bidder.name!r}: {len(places)} of its XOR bids are accepted"
        given = [0] * len(self.goods)
        for _, bid in self.accepted(choice):
            given = [sum(pair) for pair in zip(given, bid.units, strict=True)]
        for good, units, supply in zip(self.goods, given, self.supply, strict=True):
            if units > supply:
                return f"{units} units of {good!r} are given, but there are {supply}"
        return None

    def without(self, *bidders: int) -> Auction:
        """The same auction where some bidders have no bids; everybody keeps its index."""
        kept = tuple(
            Bidder(bidder.name, (), bidder.language) if index in bidders else bidder
            for index, bidder in enumerate(self.bidders)
        )
        return Auction(self.goods, self.supply, kept)


def auction(
    supply: Mapping[str, int] | Sequence[str],
    bids: Mapping[str, Sequence[tuple[Mapping[str, int] | Sequence[str], object]]],
    language: str = "xor",
) -> Auction:
    """An auction as a person writes it.

    Parameters
    ----------
    supply : units by good, or the goods, of each of which there is one unit
    bids : by bidder, pairs of a package (units by good, or the goods, one unit of each) and an exact value
    language : how each bidder's bids are joined, "xor" or "or"

    Raises
    ------
    DomainError : an unknown good, and all that `Auction` refuses; MoneyError : a value that is no exact amount.
    """
    units = dict(supply) if isinstance(supply, Mapping) else dict.fromkeys(supply, 1)
    if not isinstance(supply, Mapping):
        _distinct("good", supply)
    goods = tuple(units)
    bidders = []
    for name, offers in bids.items():
        packages = []
        for place, (package, worth) in enumerate(offers):
            asked = dict(package) if isinstance(package, Mapping) else dict.fromkeys(package, 1)
            for good in asked:
                if good not in units:
                    known = nearest(str(good), list(goods))
                    raise DomainError(f"bidder {name!r}, bid {place + 1}: unknown good {good!r}{known}")
            packages.append(PackageBid(tuple(asked.get(good, 0) for good in goods), money(worth)))
        bidders.append(Bidder(name, tuple(packages), language))
    return Auction(goods, tuple(units.values()), tuple(bidders))


def _distinct(kind: str, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise DomainError(f"two of the {kind}s are named {name!r}")
        seen.add(name)


def _whole(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool)
