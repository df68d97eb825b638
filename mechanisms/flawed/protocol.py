"""No outcome, or one that cannot be read: crashes, wrong shapes, changed inputs. A second price is meant."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from mechanisms.auctions.outcome import Amount, Lottery, Result, ranked, sold
from mechanisms.auctions.single_item import second_price as correct


def crash_one_bidder(bids: Sequence[Amount]) -> Result:
    """Takes the second of the sorted bids without asking whether there is one. Breaks: dsic"""
    return sold(len(bids), ranked(bids)[:1], sorted(bids)[-2])


def crash_below_reserve(bids: Sequence[Amount], reserve: Amount) -> Result:
    """Expects that somebody bids the reserve. Breaks: dsic"""
    winner = max((agent for agent, bid in enumerate(bids) if bid >= reserve), key=lambda agent: bids[agent])
    return sold(len(bids), (winner,), max([reserve, *bids[:winner], *bids[winner + 1 :]]))


def nan_without_rivals(bids: Sequence[Amount]) -> tuple[list[int], list[Amount | float]]:
    """Leaves out bids of 0 and lets the maximum of no bids be NaN. Breaks: ex-post-ir"""
    winner = ranked(bids)[0]
    rivals: list[Amount | float] = [bid for agent, bid in enumerate(bids) if agent != winner and bid > 0]
    price = max(rivals, default=float("nan"))
    return [int(agent == winner) for agent in range(len(bids))], [price if a == winner else 0 for a in range(len(bids))]


def winners_only(bids: Sequence[Amount]) -> Result:
    """Returns payments of winners alone, one entry for n bidders. Breaks: no-deficit"""
    allocation, payments = correct(bids)
    return allocation, [paid for won, paid in zip(allocation, payments, strict=True) if won]


def sorts_the_callers_list(bids: list[Amount]) -> Result:
    """Finds the price by sorting the list that it was lent. Breaks: deterministic"""
    winner = bids.index(max(bids))
    bids.sort()
    return sold(len(bids), (winner,), bids[-2] if len(bids) > 1 else 0)


def lottery_over_everybody(bids: Sequence[Amount]) -> Lottery:
    """Draws from the tied bidders with probability 1/n each, right only if all are tied. Breaks: feasible"""
    best = max(bids)
    price = max(sorted(bids, reverse=True)[1:], default=0)
    tied = [agent for agent, bid in enumerate(bids) if bid == best]
    return [(Fraction(1, len(bids)), sold(len(bids), (agent,), price)) for agent in tied]
