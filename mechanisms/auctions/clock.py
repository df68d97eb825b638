"""One item, an open auction: a clock shows a price, which rises or falls in steps until it is settled who buys.

A bid is the most that its bidder would pay; the auction needs no more than to compare it with prices.
"""

from __future__ import annotations

from collections.abc import Sequence

from mechanisms.auctions.outcome import Amount, Result, sold


def ascending_clock(bids: Sequence[Amount], step: Amount = 1) -> Result:
    """The price starts at 0 and rises by `step` as long as two or more bidders stay; who is left pays the last price.

    A bidder whose bid is below the next price leaves before it is called. When the last ones leave together, the first
    of them wins at the price at which all of them were still there.

    Ties    Lowest index wins, also among bids that differ by less than a step and leave together.
    Claims  For whole values and a step of 1 it is the second-price auction: DSIC, ex-post IR, efficient, envy-free,
            monotone, anonymous off ties, never pays anybody. For other values it is none of DSIC, efficient, envy-free
            and anonymous: who leaves together with a bidder of lower index and a smaller value would have won by
            staying for one step more, at the same price. Ex-post IR and monotone all the same.
    Source  Milgrom, Weber 1982 (the clock); Rothkopf, Harstad 1994 (prices in steps).
    """
    _check(step)
    active = list(range(len(bids)))
    price: Amount = 0
    while len(active) > 1:
        staying = [agent for agent in active if bids[agent] >= price + step]
        if not staying:
            break
        active = staying
        if len(active) > 1:
            price += step
    return sold(len(bids), active[:1], price)


def descending_clock(bids: Sequence[Amount], start: Amount, step: Amount = 1) -> Result:
    """The Dutch clock: the price falls from `start` by `step`, and the first bidder whose bid it meets buys at it.

    Prices end above or at 0; where nobody stops the clock nothing is sold.

    Ties    Lowest index wins, also among bids that differ by less than a step and are met at the same price.
    Claims  It is the first-price auction on bids rounded down to a price of the clock, and strategically the same: not
            DSIC, a lower bid that still wins pays less. Ex-post IR, monotone, never pays anybody. Efficient and
            envy-free where every value is a price of the clock; a start below two values, or a coarse step, may sell to
            the smaller of them.
    Source  Vickrey 1961 (the Dutch and the first-price auction are the same game); Krishna 2010, Section 1.3.
    """
    _check(step)
    price = start
    while price >= 0:
        for agent, bid in enumerate(bids):
            if bid >= price:
                return sold(len(bids), (agent,), price)
        price = price - step
    return sold(len(bids), (), 0)


def _check(step: Amount) -> None:
    if step <= 0:
        raise ValueError(f"step {step}; the clock must move, give a positive step")
