"""The best welfare of small auctions without any solver: by trying everything, and by dynamic programming.

`dynamic` keeps the best value for every vector of units that is left, bidder after bidder, where a vector can occur;
`tabulated` does so for all vectors at once in an array, 2^m entries for single units, up to some 18 goods.

Source: Rothkopf, Pekec and Harstad 1998, Section 4.1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from verifier.domains.packages import Auction, Bidder, Choice
from verifier.exact import Money, common_denominator, simplest

Units = tuple[int, ...]

_AXES = 32  # of an array, in numpy before 2
_ENTRIES = 2**18  # of a table of machine words, or of Python's whole numbers, which take longer
_STEPS = {"int64": 2 * 10**6, "object": 10**5}  # additions that take some hundredths of a second


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


def number_type(auction: Auction) -> str:
    """The numbers of a table: machine words only where nothing can exceed them."""
    scale = common_denominator(bid.value for bidder in auction.bidders for bid in bidder.bids)
    largest = scale * sum(bid.value for bidder in auction.bidders for bid in bidder.bids)
    return "int64" if largest < 2**63 else "object"


def tabulable(auction: Auction, patience: int = 1) -> bool:
    """Whether the table of `tabulated` is small, and filled in some hundredths of a second, times `patience`."""
    entries, bids = states(auction), sum(len(bidder.bids) for bidder in auction.bidders)
    few = len(auction.goods) <= _AXES and entries <= _ENTRIES
    return few and entries * bids <= patience * _STEPS[number_type(auction)]


def tabulated(auction: Auction) -> Money:
    """The best welfare, by a table over all vectors of units: what the bidders so far can have of each."""
    import numpy as np

    scale = common_denominator(bid.value for bidder in auction.bidders for bid in bidder.bids)
    best: Any = np.zeros([units + 1 for units in auction.supply], dtype=number_type(auction))
    for bidder in auction.bidders:
        for bids in [bidder.bids] if bidder.language == "xor" else [(bid,) for bid in bidder.bids]:
            before = best.copy()
            for bid in bids:
                pairs = list(zip(bid.units, auction.supply, strict=True))
                if all(units <= supply for units, supply in pairs):
                    to = best[tuple(slice(units, None) for units, _ in pairs)]
                    rest = before[tuple(slice(0, supply + 1 - units) for units, supply in pairs)]
                    np.maximum(to, rest + int(bid.value * scale), out=to)
    return simplest(Fraction(int(best.flat[-1]), scale))


def _options(bidder: Bidder) -> Iterator[tuple[int, ...]]:
    """What can be accepted of one bidder, nothing first."""
    most = min(1, len(bidder.bids)) if bidder.language == "xor" else len(bidder.bids)
    for count in range(most + 1):
        yield from combinations(range(len(bidder.bids)), count)
