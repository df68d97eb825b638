"""What the distributions share: a market makes bidders one by one, and their offers become an auction.

An offer is a set of goods and a price in whole thousandths, so that prices are finite decimals.

Source: Leyton-Brown, Pearson and Shoham 2000 (bidders with substitutable bids, joined by XOR).
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from typing import ClassVar, TypeAlias

from verifier.domains.packages import Auction, Bidder, PackageBid
from verifier.exact import simplest

Offers: TypeAlias = dict[frozenset[int], int]  # price in thousandths by package; one bidder's, in order of preference

THOUSAND = 1000
MOST_SUBSTITUTES = 5  # XOR bids of one bidder


class Market(ABC):
    """A kind of market: the names of its goods, and bidders without end."""

    fewest: ClassVar[int] = 1  # goods that make sense

    def __init__(self, goods: int, source: random.Random) -> None:
        self.goods = goods
        self.source = source

    @abstractmethod
    def names(self) -> list[str]:
        """A name for each good."""

    @abstractmethod
    def bidder(self) -> Offers:
        """The offers of one more bidder, at least one, each of some goods at a positive price."""


def collect(market: Market, bids: int) -> Auction:
    """The auction of as many bidders as have so many bids; the last one may lose some."""
    bidders: list[Bidder] = []
    left = bids
    while left:
        offers = list(market.bidder().items())[:left]
        left -= len(offers)
        made = tuple(
            PackageBid(tuple(int(good in package) for good in range(market.goods)), simplest(Fraction(price, THOUSAND)))
            for package, price in offers
        )
        bidders.append(Bidder(f"bidder {len(bidders) + 1}", made))
    return Auction(tuple(market.names()), (1,) * market.goods, tuple(bidders))


def weighted(source: random.Random, weights: Sequence[int]) -> int:
    """A place drawn in proportion to its whole weight; some weight is positive."""
    drawn = source.randrange(sum(weights))
    place = 0
    while drawn >= weights[place]:
        drawn -= weights[place]
        place += 1
    return place
