"""Ties broken at random: the auction declares its lottery, [(probability, (allocation, payments)), ...].

Nothing is drawn here. Whoever runs the auction draws; whoever judges it takes exact expectations. Unlike the rules that
favour the lowest index, these treat equal bids equally.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from mechanisms.auctions.outcome import Amount, Lottery, sold


def second_price(bids: Sequence[Amount], reserve: Amount = 0) -> Lottery:
    """`single_item.second_price`, the winner drawn uniformly from the highest bidders.

    Claims  As there; the price does not depend on the draw, and anonymous at ties as well.
    Source  Vickrey 1961; Krishna 2010, Section 2.2.
    """
    return k_plus_one_price(bids, 1, reserve)


def k_plus_one_price(bids: Sequence[Amount], items: int, reserve: Amount = 0) -> Lottery:
    """`k_items.k_plus_one_price`, items that a tie reaches for drawn uniformly among its bidders.

    Claims  As there, DSIC and ex-post IR in every draw (a tied winner pays its bid, so it does not care who wins);
            anonymous at ties as well.
    Source  Vickrey 1961; Krishna 2010, Chapter 13.
    """
    willing = [agent for agent, bid in enumerate(bids) if bid >= reserve]
    if len(willing) <= items:
        return [(Fraction(1), sold(len(bids), willing, reserve))]
    price = sorted(bids, reverse=True)[items]
    sure = [agent for agent, bid in enumerate(bids) if bid > price]
    tied = [agent for agent, bid in enumerate(bids) if bid == price]
    completions = list(combinations(tied, items - len(sure)))
    return [(Fraction(1, len(completions)), sold(len(bids), (*sure, *drawn), price)) for drawn in completions]


def posted_price(bids: Sequence[Amount], price: Amount) -> Lottery:
    """`single_item.posted_price`, the buyer drawn uniformly from those whose bid reaches the price.

    Claims  DSIC and ex-post IR in expectation (nobody pays above its value in any draw), never pays anybody, monotone.
            The lottery makes it anonymous, and envy-free in expectation: all who are willing have the same chance at
            the same price. Not efficient.
    Source  Chawla, Hartline, Malec, Sivan 2010, with the order of arrival drawn uniformly.
    """
    willing = [agent for agent, bid in enumerate(bids) if bid >= price]
    if not willing:
        return [(Fraction(1), sold(len(bids), (), 0))]
    return [(Fraction(1, len(willing)), sold(len(bids), (agent,), price)) for agent in willing]
