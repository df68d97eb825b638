"""A second-price auction among bidders with public budgets, and a plausible rule that ends its truthfulness.

A budget is the most that a bidder can pay; the auctioneer knows it, bidders report values only.
"""

from __future__ import annotations

from collections.abc import Sequence

from mechanisms.auctions.outcome import Amount, Result, sold


def capped(bids: Sequence[Amount], budgets: Sequence[Amount]) -> Result:
    """The second-price auction on bids that count no further than their bidders' budgets.

    Definition  The highest of min(bid, budget) wins and pays the second highest of them.
    Ties        the bidder that is named first.
    Claims      truthful, individually rational, no deficit, nobody pays more than its budget; not efficient: a bidder
                of high value and low budget loses.
    Source      Che and Gale 1998 (in a second-price auction the lesser of value and budget is bid).
    """
    counted = [min(bid, budget) for bid, budget in zip(bids, budgets, strict=True)]
    return sold(len(bids), (counted.index(max(counted)),), sorted([0, *counted])[-2])


def discounted(bids: Sequence[Amount], budgets: Sequence[Amount]) -> Result:
    """The highest bid wins, and a winner who cannot pay the second price pays its budget instead.

    Definition  The highest bid wins and pays the lesser of the second highest bid and its own budget.
    Ties        the bidder that is named first.
    Claims      no deficit, nobody pays more than its budget, efficient on truthful bids; not truthful: whoever has a
                small budget outbids everybody and pays no more than that.
    Source      Borgs, Chayes, Immorlica, Mahdian and Saberi 2005 (budgets end the truthfulness of VCG).
    """
    won, paid = sold(len(bids), (bids.index(max(bids)),), sorted([0, *bids])[-2])
    return won, [min(payment, budget) for payment, budget in zip(paid, budgets, strict=True)]
