"""Combinatorial VCG whose optimiser misses the best assignment. Bids are values of bundles, as in `combinatorial`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from mechanisms.auctions.combinatorial import bundles_of
from mechanisms.auctions.combinatorial_by_optimiser import Assignment, Valuation, best_assignment, charged, welfare
from mechanisms.auctions.outcome import Amount


def greedy_assignment(bids: Sequence[Valuation], goods: int) -> tuple[list[int], list[Amount]]:
    """Gives good by good to whom it adds most, though some want two only together. Breaks: efficient"""
    return charged(bids, goods, _good_by_good)


def whole_amounts(bids: Sequence[Valuation], goods: int) -> tuple[list[int], list[Amount]]:
    """Drops the cents on the way to an optimiser that takes whole numbers. Breaks: efficient"""
    return charged(bids, goods, _in_whole_numbers)


def _good_by_good(bids: Sequence[Valuation], goods: int) -> Assignment:
    bundles = [0] * len(bids)
    for good in range(goods):
        gains = [_worth(bid, held | 1 << good) - _worth(bid, held) for bid, held in zip(bids, bundles, strict=True)]
        bundles[gains.index(max(gains))] |= 1 << good
    return tuple(bundles)


def _worth(bid: Valuation, bundle: int) -> Amount:
    return bid[bundle - 1] if bundle else 0


def _in_whole_numbers(bids: Sequence[Valuation], goods: int) -> Assignment:
    return best_assignment([[int(value) for value in bid] for bid in bids], goods)


def _owner_by_owner(bids: Sequence[Valuation], goods: int) -> Iterator[tuple[Assignment, Amount]]:
    """The alternatives of `_good_by_good`, in the order in which it would prefer equals."""
    for owners in product(range(len(bids)), repeat=goods):
        bundles = tuple(bundles_of(owners, len(bids)))
        yield bundles, welfare(bids, bundles)
