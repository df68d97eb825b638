"""Combinatorial auctions solved by trying every assignment: small, plain, and easy to believe.

A bid lists the value of every bundle, bundle s (a number whose binary digit g tells whether good g belongs to it) at
place s - 1. Allocations are bundles by bidder, 0 for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mechanisms.auctions.outcome import Amount

Valuation = Sequence["Amount"]


def bundles_of(owners: Sequence[int], bidders: int) -> list[int]:
    """The bundle of each bidder when `owners[g]` holds good g."""
    return [sum(1 << good for good, owner in enumerate(owners) if owner == bidder) for bidder in range(bidders)]


def vcg(bids: Sequence[Valuation], goods: int) -> tuple[list[int], list[Amount]]:
    """Vickrey-Clarke-Groves by brute force.

    Definition  The assignment of all goods with the highest sum of values; every bidder pays what the others could have
                had without it, less what they have.
    Ties        the first assignment in the order of `itertools.product` of owners, good 0 slowest.
    Claims      truthful, ex-post individually rational for monotone values, efficient, no deficit; not envy-free.
    Source      Vickrey 1961; Clarke 1971; Groves 1973; Nisan et al. 2007, Section 9.3.3.
    """
    bidders = range(len(bids))
    assignments = [bundles_of(owners, len(bids)) for owners in product(bidders, repeat=goods)]

    def value(bidder: int, bundle: int) -> Amount:
        return bids[bidder][bundle - 1] if bundle else 0

    def welfare(bundles: Sequence[int], without: int = -1) -> Amount:
        return sum(value(bidder, bundles[bidder]) for bidder in bidders if bidder != without)

    chosen = max(assignments, key=welfare)
    payments = []
    for bidder in bidders:
        rest = [bundles for bundles in assignments if not bundles[bidder]]
        best = max((welfare(bundles, bidder) for bundles in rest), default=0)
        payments.append(best - welfare(chosen, bidder))
    return chosen, payments
