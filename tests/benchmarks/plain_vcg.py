"""The combinatorial auction that all contestants judge: two bidders, two goods, brute force in plain Python."""

from __future__ import annotations

from collections.abc import Sequence


def vcg(bids: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    """The first best assignment of two goods, and what it takes from the others is what a bidder pays.

    A bid lists the values of good 0, of good 1 and of both; bundles are numbered the same way from 1, 0 is nothing.
    """
    assignments = [(3, 0), (2, 1), (1, 2), (0, 3)]

    def value(bidder: int, bundle: int) -> int:
        return bids[bidder][bundle - 1] if bundle else 0

    def welfare(bundles: tuple[int, int]) -> int:
        return value(0, bundles[0]) + value(1, bundles[1])

    chosen = max(assignments, key=welfare)
    paid = [value(1, 3) - value(1, chosen[1]), value(0, 3) - value(0, chosen[0])]
    return list(chosen), paid
