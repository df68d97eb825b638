"""The integer program behind the plain face of a combinatorial auction: a value for every bundle, winners by bundle.

A bid lists the value of every bundle, bundle s (a number whose binary digit g tells whether good g belongs to it) at
place s - 1. The bundles become XOR bids. Allocations are bundles by bidder, 0 for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mechanisms.auctions.packages import vcg as over_packages
from verifier.domains.packages import Auction, Bidder, PackageBid
from verifier.exact import Money, from_subject

Outcome = tuple[list[int], list[Money]]


def vcg(bids: Sequence[Sequence[object]], goods: int) -> Outcome:
    """Vickrey-Clarke-Groves by integer programs.

    Definition  The assignment with the highest sum of values; everybody pays what its presence costs the others.
    Ties        the first in the order of bidders and bundle numbers (`packages.winners`).
    Claims      truthful, ex-post individually rational, efficient, no deficit; not envy-free.
    Source      Vickrey 1961; Clarke 1971; Groves 1973.
    """
    return _run(over_packages.vcg, bids, goods)


def pay_as_bid(bids: Sequence[Sequence[object]], goods: int) -> Outcome:
    """The first-price combinatorial auction.

    Definition  The assignment with the highest sum of offers; winners pay what they offered for their bundle.
    Ties        as `vcg`.
    Claims      ex-post individually rational, no deficit, efficient on truthful bids; not truthful.
    Source      Cramton, Shoham and Steinberg 2006, Chapter 1; Bernheim and Whinston 1986.
    """
    return _run(over_packages.pay_as_bid, bids, goods)


def _run(
    mechanism: Callable[[Auction], over_packages.VCGResult], bids: Sequence[Sequence[object]], goods: int
) -> Outcome:
    packages = [tuple(bundle >> good & 1 for good in range(goods)) for bundle in range(1, 2**goods)]
    bidders = [
        Bidder(f"bidder {index}", tuple(map(PackageBid, packages, map(from_subject, values))))
        for index, values in enumerate(bids)
    ]
    found = mechanism(Auction(tuple(f"good {good}" for good in range(goods)), (1,) * goods, tuple(bidders)))
    return [places[0] + 1 if places else 0 for places in found.choice], list(found.payments)
