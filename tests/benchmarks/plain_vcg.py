"""The combinatorial auction that all contestants judge: brute force, plain Python, nothing about verification."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product


def vcg(bids: Sequence[Sequence[int]], goods: int) -> tuple[list[int], list[int]]:
    """The first best assignment of all goods; a bidder pays what the others lose by its being there.

    A bid lists the value of every bundle but the empty one. Bundle s holds the goods whose binary digit in s is 1.
    """
    bidders = range(len(bids))
    assignments = [
        [sum(1 << good for good, owner in enumerate(owners) if owner == bidder) for bidder in bidders]
        for owners in product(bidders, repeat=goods)
    ]

    def value(bidder: int, bundle: int) -> int:
        return bids[bidder][bundle - 1] if bundle else 0

    def welfare(bundles: Sequence[int], leaving_out: int = -1) -> int:
        return sum(value(bidder, bundles[bidder]) for bidder in bidders if bidder != leaving_out)

    chosen = max(assignments, key=welfare)
    paid = []
    for bidder in bidders:
        alone = [bundles for bundles in assignments if not bundles[bidder]]
        paid.append(max(welfare(bundles, bidder) for bundles in alone) - welfare(chosen, bidder))
    return chosen, paid
