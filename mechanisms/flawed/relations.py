"""Outcomes that hang on what they should not: the currency, what all bids have in common, losing bids. One item."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from mechanisms.auctions.outcome import Amount, Result, ranked, sold


def flat_discount(bids: Sequence[Amount]) -> Result:
    """Takes 1 off the second bid, which in cents is another discount than in euros. Breaks: scale-invariant"""
    order = ranked(bids)
    second = bids[order[1]] if len(order) > 1 else 0
    return sold(len(bids), order[:1], max(0, second - 1))


def reserve_for_a_crowd(bids: Sequence[Amount]) -> Result:
    """Charges at least one less than there are bidders, whoever they are. Breaks: null-bidder"""
    order = ranked(bids)
    price = max(bids[order[1]] if len(order) > 1 else 0, len(bids) - 1)
    return sold(len(bids), order[:1] if bids[order[0]] >= price else (), price)


def nearest_to_the_average(bids: Sequence[Amount]) -> Result:
    """Sells to the bid that is nearest to the average of all, at that bid. Breaks: losers-irrelevant"""
    average = Fraction(sum(bids)) / len(bids)
    winner = min(range(len(bids)), key=lambda agent: (abs(bids[agent] - average), agent))
    return sold(len(bids), [winner], bids[winner])


def discount_in_percent(bids: Sequence[Amount]) -> Result:
    """Takes a tenth off the second bid, of what all bids have in common, too. Breaks: translation-invariant"""
    order = ranked(bids)
    second = bids[order[1]] if len(order) > 1 else 0
    return sold(len(bids), order[:1], second * Fraction(9, 10))
