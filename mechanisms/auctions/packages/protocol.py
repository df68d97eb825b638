"""The package auctions as plain mechanisms that the verifier can run: bids in, (bundles, payments) out.

A bid lists the value of every bundle, bundle s (a number whose binary digit g tells whether good g belongs to it) at
place s - 1; it becomes XOR bids for the bundles that are worth something. Allocations are bundles by bidder, 0 for
nothing. Goods that nobody's accepted bid asks for are thrown away.

Source: Nisan 2006, "Bidding Languages", in Combinatorial Auctions (every valuation is an XOR bid).
"""

from __future__ import annotations

from collections.abc import Sequence

from mechanisms.auctions.packages.clarke import VCGResult
from mechanisms.auctions.packages.clarke import pay_as_bid as _pay_as_bid
from mechanisms.auctions.packages.clarke import vcg as _vcg
from mechanisms.auctions.packages.constraints import Constraints, Fairness
from verifier.domains.packages import Auction, Bidder, PackageBid
from verifier.exact import Money

Returned = tuple[list[int], list[Money]]


def vcg(bids: Sequence[Sequence[Money]], goods: int, solver: str = "highs") -> Returned:
    """Vickrey-Clarke-Groves by integer programming.

    Ties    the first bidder gets its first bundle in numerical order that is part of a best choice, nothing last; then
            the second bidder, and so on.
    Claims  truthful, ex-post individually rational for monotone values, efficient, no deficit.
    Source  Vickrey 1961; Clarke 1971; Groves 1973.
    """
    return _returned(_vcg(_auction(bids, goods), None, solver))


def pay_as_bid(bids: Sequence[Sequence[Money]], goods: int, solver: str = "highs") -> Returned:
    """The same winners, but everybody pays what it bid: bidding less pays less.

    Source  Bernheim and Whinston 1986 (the menu auction).
    """
    return _returned(_pay_as_bid(_auction(bids, goods), None, solver))


def envy_free_vcg(bids: Sequence[Sequence[Money]], goods: int, solver: str = "highs") -> Returned:
    """Clarke payments on the best choice in which nobody prefers another's bundle, payments aside. Not truthful.

    Which choices are free of envy depends on the bids: a bidder that claims to envy nobody's bundle frees the choice
    that it wants, and one that claims to envy blocks those of others.
    """
    return _returned(_vcg(_auction(bids, goods), Constraints(fairness=(Fairness("envy_free"),)), solver))


def _auction(bids: Sequence[Sequence[Money]], goods: int) -> Auction:
    bidders = []
    for index, values in enumerate(bids):
        offers = (
            PackageBid(tuple(bundle >> good & 1 for good in range(goods)), value)
            for bundle, value in enumerate(values, start=1)
            if value
        )
        bidders.append(Bidder(f"bidder {index}", tuple(offers)))
    return Auction(tuple(f"good {good}" for good in range(goods)), (1,) * goods, tuple(bidders))


def _returned(result: VCGResult) -> Returned:
    bundles = [sum(1 << good for good, units in enumerate(held) if units) for held in result.allocations]
    return bundles, list(result.payments)
