"""Combinatorial auctions whose winners are found by an optimiser: dynamic programming over bundles, in whole numbers.

Bids and allocations are as in `combinatorial`. `best_assignment` stands where others call an integer program: it
computes with numbers in a way that symbolic bids cannot follow. `assignments` lists what it may return and what that is
worth; claims files declare the two as an argmax contract, `contracts = { "...:best_assignment" = "...:assignments" }`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mechanisms.auctions.outcome import Amount

Valuation = Sequence["Amount"]
Assignment = tuple[int, ...]  # the bundle of each bidder
Optimiser = Callable[[Sequence[Valuation], int], Assignment]


def vcg(bids: Sequence[Valuation], goods: int) -> tuple[list[int], list[Amount]]:
    """Vickrey-Clarke-Groves on top of an optimiser, which is asked once with everybody and once without each bidder.

    Definition  The assignment of all goods with the highest sum of values; every bidder pays what the others could have
                had without it, less what they have.
    Ties        as `best_assignment` breaks them.
    Claims      truthful, ex-post individually rational for monotone values, efficient, no deficit; not envy-free.
    Source      Vickrey 1961; Clarke 1971; Groves 1973; Nisan et al. 2007, Section 9.3.3.
    """
    return charged(bids, goods, best_assignment)


def charged(bids: Sequence[Valuation], goods: int, optimise: Optimiser) -> tuple[list[int], list[Amount]]:
    """The assignment of an optimiser; every bidder pays by how much its presence changes that of the others."""
    chosen = optimise(bids, goods)
    payments: list[Amount] = []
    for bidder in range(len(bids)):
        rest = [*bids[:bidder], *bids[bidder + 1 :]]
        could_have = welfare(rest, optimise(rest, goods)) if rest else 0
        payments.append(could_have - welfare(rest, (*chosen[:bidder], *chosen[bidder + 1 :])))
    return list(chosen), payments


def welfare(bids: Sequence[Valuation], bundles: Assignment) -> Amount:
    """The sum of what the bidders' bundles are worth to them."""
    return sum(bid[bundle - 1] for bid, bundle in zip(bids, bundles, strict=True) if bundle)


def best_assignment(bids: Sequence[Valuation], goods: int) -> Assignment:
    """An assignment of all goods with the highest sum of values.

    Ties    the first in lexicographic order of the bundles: bidder 0 gets the least of its possible bundles, then
            bidder 1, and so on.
    Method  `most[k][s]` is the most that the bidders from k on can make of bundle s, over all ways to split it between
            bidder k and those after it: 3^goods sums for each bidder. Amounts are scaled to whole numbers first.
    Source  Rothkopf, Pekec and Harstad 1998, Section 4.1.
    """
    ratios = [[value.as_integer_ratio() for value in bid] for bid in bids]
    scale = math.lcm(*(below for bid in ratios for _, below in bid))
    worth = [[0, *(above * (scale // below) for above, below in bid)] for bid in ratios]
    most = [worth[-1]]
    for own in reversed(worth[:-1]):
        after = most[0]
        most.insert(0, [max(own[part] + after[left ^ part] for part in _parts(left)) for left in range(2**goods)])
    bundles: list[int] = []
    left = 2**goods - 1
    for own, after, best in zip(worth[:-1], most[1:], most, strict=False):
        bundles.append(next(part for part in _parts(left) if own[part] + after[left ^ part] == best[left]))
        left ^= bundles[-1]
    return (*bundles, left)


def _parts(bundle: int) -> list[int]:
    """All bundles within a bundle, the least number first."""
    return [part for part in range(bundle + 1) if part & bundle == part]


def assignments(bids: Sequence[Valuation], goods: int) -> Iterator[tuple[Assignment, Amount]]:
    """What `best_assignment` may return for these arguments, in the order in which it prefers equals, and its worth."""
    bidders = range(len(bids))
    for bundles in sorted(
        tuple(sum(1 << good for good, owner in enumerate(owners) if owner == bidder) for bidder in bidders)
        for owners in product(bidders, repeat=goods)
    ):
        yield bundles, welfare(bids, bundles)
