"""Every good in a sealed-bid auction of its own, all at the same time: bidders bid on goods, not on bundles.

A bid is a valuation of bundles, as in `combinatorial`, of which only the values of single goods are read.
"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.exact import Money


def second_price(bids: Sequence[Sequence[Money]], goods: int) -> tuple[list[int], list[Money]]:
    """Simultaneous second price auctions.

    Ties    lowest index, good by good.
    Claims  not truthful where goods are substitutes: a bidder that wants one of two may win and pay for both. For
            unit demand, and where nobody overbids, an equilibrium in pure strategies has at least half of the welfare.
    Source  Christodoulou, Kovacs and Schapira 2008; Bhawalkar and Roughgarden 2011.
    """
    bundles = [0] * len(bids)
    payments: list[Money] = [0] * len(bids)
    for good in range(goods):
        offers = [values[(1 << good) - 1] for values in bids]
        winner = offers.index(max(offers))
        if offers[winner] > 0:
            bundles[winner] |= 1 << good
            payments[winner] += max([offer for bidder, offer in enumerate(offers) if bidder != winner], default=0)
    return bundles, payments
