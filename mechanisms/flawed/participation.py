"""Wrong about who takes part: bidders who come, stay away, come twice, or are left out."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from mechanisms.auctions.outcome import Amount, Lottery, Result, ranked, sold


def third_price(bids: Sequence[Amount]) -> Result:
    """Charges the third bid, so that seller and runner-up had better deal without the winner. Breaks: core"""
    order = ranked(bids)
    return sold(len(bids), order[:1], bids[order[2]] if len(order) > 2 else 0)


def one_bid_is_no_auction(bids: Sequence[Amount]) -> Result:
    """Keeps the item when only one bidder bids above zero. Breaks: pareto-efficient"""
    order = ranked(bids)
    if sum(bid > 0 for bid in bids) == 1:
        return sold(len(bids), (), 0)
    return sold(len(bids), order[:1], bids[order[1]] if len(order) > 1 else 0)


def rebate_for_a_crowd(bids: Sequence[Amount]) -> Result:
    """Halves the price when more than two bid above zero, to draw more of them. Breaks: revenue-monotone"""
    order = ranked(bids)
    price: Amount = bids[order[1]] if len(order) > 1 else 0
    return sold(len(bids), order[:1], Fraction(price, 2) if sum(bid > 0 for bid in bids) > 2 else price)


def one_ticket_per_bidder(bids: Sequence[Amount], price: Amount) -> Lottery:
    """Raffles the item at a fixed price, with a ticket for every name that takes part. Breaks: false-name-proof"""
    takers = [agent for agent, bid in enumerate(bids) if bid >= price]
    if not takers:
        return [(Fraction(1), sold(len(bids), (), 0))]
    return [(Fraction(1, len(takers)), sold(len(bids), (taker,), price)) for taker in takers]


def last_of_the_list(bids: Sequence[Amount]) -> Result:
    """Looks for the highest bid in a range that ends before the last bidder. Breaks: consumer-sovereignty"""
    winner = max(range(max(1, len(bids) - 1)), key=lambda agent: bids[agent])
    others = [bid for agent, bid in enumerate(bids) if agent != winner]
    return sold(len(bids), (winner,), min(bids[winner], max(others, default=0)))


def guaranteed_item(bids: Sequence[Amount], items: int) -> Result:
    """Sets one item aside for bidder 1 whatever it bids, for nothing. Breaks: no-free-riding"""
    winners = [0, *(agent for agent in ranked(bids) if agent != 0)][:items]
    price = max((bid for agent, bid in enumerate(bids) if agent not in winners), default=0)
    allocation, payments = sold(len(bids), winners, price)
    return allocation, [0, *payments[1:]]
