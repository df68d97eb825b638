"""One item, sealed bids: first price, second price, all-pay, posted price.

In all of them a bid equal to the reserve (or posted price) is good enough, and among equal bids the lowest index wins.
Without bidders nothing is sold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mechanisms.auctions.outcome import Amount, Result, sold

if TYPE_CHECKING:
    from mechanisms.auctions.batch import Integers


def highest_bidder(bids: Sequence[Amount], reserve: Amount) -> int | None:
    """Index of the highest bid, the first one among equals; None where there is no bid or it is below the reserve."""
    if not bids:
        return None
    winner = max(range(len(bids)), key=lambda agent: bids[agent])
    return winner if bids[winner] >= reserve else None


def first_price(bids: Sequence[Amount], reserve: Amount = 0) -> Result:
    """The highest bid wins, if it reaches the reserve, and its bidder pays it.

    Ties    Lowest index wins.
    Claims  Not DSIC: who still wins with a lower bid pays less, a bidder alone included. Truthful bidders have utility
            0, hence ex-post IR and envy-free (nobody values the item above its price). Never pays anybody, monotone,
            anonymous off ties. Efficient where the reserve is 0.
    Source  Vickrey 1961; Krishna 2010, Section 2.3.
    """
    winner = highest_bidder(bids, reserve)
    if winner is None:
        return sold(len(bids), (), 0)
    return sold(len(bids), (winner,), bids[winner])


def second_price(bids: Sequence[Amount], reserve: Amount = 0) -> Result:
    """The highest bid wins, if it reaches the reserve; its bidder pays the highest other bid, or a larger reserve.

    One bidder, or only one at or above the reserve, wins at the reserve.

    Ties    Lowest index wins. The price is then the common bid, so that none of the tied gains by winning.
    Claims  DSIC: the winner pays its critical bid, which it cannot move. Ex-post IR, envy-free, never pays anybody,
            monotone, anonymous off ties. Efficient where the reserve is 0; a reserve withholds the item from values
            between 0 and itself.
    Source  Vickrey 1961; Krishna 2010, Section 2.2 and, for the reserve, 2.5.
    """
    winner = highest_bidder(bids, reserve)
    if winner is None:
        return sold(len(bids), (), 0)
    return sold(len(bids), (winner,), max([reserve, *bids[:winner], *bids[winner + 1 :]]))


def _second_price_batch(bids: Integers, reserve: int = 0) -> tuple[Integers, Integers]:
    """`second_price` on many profiles at once; numpy is loaded only when this is called."""
    from mechanisms.auctions.batch import second_price_batch

    return second_price_batch(bids, reserve)


second_price.run_batch = _second_price_batch  # type: ignore[attr-defined]  # the optional protocol of vectorised subjects


def all_pay(bids: Sequence[Amount]) -> Result:
    """The highest bid wins, and every bidder pays its own bid, winner or not.

    Ties    Lowest index wins.
    Claims  Not DSIC and not ex-post IR: a truthful loser pays for nothing, and bidding 0 would have saved it. Not
            envy-free: of two losers the one that bid more envies the other. Efficient (under truthful bids), never pays
            anybody, monotone, anonymous off ties.
    Source  Krishna 2010, Section 3.2; Baye, Kovenock, de Vries 1996.
    """
    winner = highest_bidder(bids, 0)
    return [int(agent == winner) for agent in range(len(bids))], list(bids)


def posted_price(bids: Sequence[Amount], price: Amount) -> Result:
    """The first bidder, in the order of the bidders, whose bid reaches the price buys at that price.

    Ties    There are none to break: the order alone decides, and a bid equal to the price buys.
    Claims  DSIC: a bid moves neither the price nor one's turn. Ex-post IR, never pays anybody, monotone. Not efficient:
            an early bidder with a smaller value buys, and nobody buys below the price. Not anonymous: early bidders are
            favoured. Not envy-free: a late bidder whose value is above the price goes without.
    Source  Chawla, Hartline, Malec, Sivan 2010 (sequential posted pricing).
    """
    for agent, bid in enumerate(bids):
        if bid >= price:
            return sold(len(bids), (agent,), price)
    return sold(len(bids), (), 0)
