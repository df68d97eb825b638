"""k identical items, every bidder wants one: the uniform (k+1)-price auction."""

from __future__ import annotations

from collections.abc import Sequence

from mechanisms.auctions.outcome import Amount, Result, ranked, sold


def k_plus_one_price(bids: Sequence[Amount], items: int, reserve: Amount = 0) -> Result:
    """The `items` highest bids that reach the reserve win, each at the (items + 1)-th highest bid or a larger reserve.

    With no more bidders than items there is no such bid: all who reach the reserve win at the reserve. With one item it
    is the second-price auction.

    Ties    Lowest index wins. Where the tie reaches past the last item, the price is the tied bid.
    Claims  DSIC: the price is the lowest bid with which each winner would still win. Ex-post IR, never pays anybody,
            monotone, anonymous off ties, envy-free (one price, which losers do not exceed). Efficient where the reserve
            is 0.
    Source  Vickrey 1961; Krishna 2010, Chapter 13 (the Vickrey auction with single-unit demand).
    """
    order = ranked(bids)
    winners = [agent for agent in order[:items] if bids[agent] >= reserve]
    return sold(len(bids), winners, max([reserve, *(bids[agent] for agent in order[items : items + 1])]))
