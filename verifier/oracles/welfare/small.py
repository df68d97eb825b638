"""The best welfare of small auctions without any solver: by trying everything, and by dynamic programming.

`dynamic` keeps the best value for every vector of units that is left, bidder after bidder: the table has as many
entries as there are such vectors, 2^m for single units.

Source: Rothkopf, Pekec and Harstad 1998, Section 4.1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations, product

from verifier.domains.packages import Auction, Bidder, Choice
from verifier.exact import Money

Units = tuple[int, ...]


def exhaustive(auction: Auction) -> tuple[Money, Choice]:
    """The best welfare and the first choice that has it, over all choices."""
    found: tuple[Money, Choice] = (0, ((),) * len(auction.bidders))
    for choice in product(*map(_options, auction.bidders)):
        welfare = auction.welfare(choice)
        if welfare > found[0] and auction.fault(choice) is None:
            found = welfare, choice
    return found


def choices(auction: Auction) -> int:
    """How many choices `exhaustive` would try."""
    return math.prod(
        len(bidder.bids) + 1 if bidder.language == "xor" else 2 ** len(bidder.bids) for bidder in auction.bidders
    )


def states(auction: Auction) -> int:
    """How many vectors of units `dynamic` may have to keep."""
    return math.prod(units + 1 for units in auction.supply)


def dynamic(auction: Auction) -> Money:
    """The best welfare, by what is left for the bidders that come next."""
    best: dict[Units, Money] = {auction.supply: 0}
    for bidder in auction.bidders:
        steps = [bidder.bids] if bidder.language == "xor" else [(bid,) for bid in bidder.bids]
        for bids in steps:  # of each step at most one bid is accepted
            after = dict(best)
            for left, welfare in best.items():
                for bid in bids:
                    rest = tuple(map(int.__sub__, left, bid.units))
                    if min(rest) >= 0 and welfare + bid.value > after.get(rest, -1):
                        after[rest] = welfare + bid.value
            best = after
    return max(best.values())


def _options(bidder: Bidder) -> Iterator[tuple[int, ...]]:
    """What can be accepted of one bidder, nothing first."""
    most = min(1, len(bidder.bids)) if bidder.language == "xor" else len(bidder.bids)
    for count in range(most + 1):
        yield from combinations(range(len(bidder.bids)), count)
