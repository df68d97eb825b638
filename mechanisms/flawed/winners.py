"""The wrong winner. One item unless `items` says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from mechanisms.auctions.multi_unit import Vector, ranked_units
from mechanisms.auctions.outcome import Amount, Result, ranked, sold


def tie_sold_twice(bids: Sequence[Amount]) -> Result:
    """Gives the item to everyone who bid the maximum. Breaks: feasible"""
    best = max(bids)
    winners = [agent for agent, bid in enumerate(bids) if bid == best]
    return sold(len(bids), winners, max(sorted(bids, reverse=True)[1:], default=0))


def tie_split(bids: Sequence[Amount]) -> tuple[list[Amount], list[Amount]]:
    """Cuts an indivisible item into equal parts among tied bidders. Breaks: feasible"""
    best = max(bids)
    part = Fraction(1, sum(bid == best for bid in bids))
    price = max(sorted(bids, reverse=True)[1:], default=0)
    shares: list[Amount] = [part if bid == best else 0 for bid in bids]
    return shares, [share * price for share in shares]


def tie_unsold(bids: Sequence[Amount]) -> Result:
    """Keeps the item when the two highest bids are equal. Breaks: efficient"""
    order = ranked(bids)
    if len(bids) == 1:
        return sold(1, order, 0)
    if bids[order[0]] == bids[order[1]]:
        return sold(len(bids), (), 0)
    return sold(len(bids), order[:1], bids[order[1]])


def all_at_clearing_price(bids: Sequence[Vector], items: int) -> Result:
    """Uniform price that serves every marginal bid equal to the lowest winning one. Breaks: feasible"""
    price = ranked_units(bids)[items - 1][1]
    won = [sum(bid >= price for bid in vector) for vector in bids]
    return won, [amount * price for amount in won]


def outlier_discarded(bids: Sequence[Amount]) -> Result:
    """Discards a highest bid of more than twice the second as a typing error. Breaks: monotone"""
    order = ranked(bids)
    if len(bids) > 1 and bids[order[0]] > 2 * bids[order[1]]:
        order = order[1:]
    return sold(len(bids), order[:1], bids[order[1]] if len(order) > 1 else 0)


def incumbent_favoured(bids: Sequence[Amount], advantage: Amount = 2) -> Result:
    """Adds a hidden advantage to the bid of bidder 1, priced so that bidding stays truthful. Breaks: anonymous"""
    scores = [bids[0] + advantage, *bids[1:]]
    winner, *others = ranked(scores)
    price = max([0, *(scores[agent] for agent in others)])
    return sold(len(bids), (winner,), max(0, price - advantage) if winner == 0 else price)
