"""The right winner at the wrong price. One item unless `items` or `click_rates` says otherwise; ties: lowest index."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from mechanisms.auctions.multi_unit import Vector, ranked_units, units_won
from mechanisms.auctions.outcome import Amount, Result, ranked, sold
from mechanisms.auctions.single_item import highest_bidder
from mechanisms.auctions.single_item import second_price as correct
from mechanisms.auctions.slots import Seating, seated


def lowest_winning_bid(bids: Sequence[Amount], items: int) -> Result:
    """Charges the lowest winning bid, the k-th, where the (k+1)-th belongs. Breaks: dsic"""
    winners = ranked(bids)[:items]
    return sold(len(bids), winners, bids[winners[-1]])


def next_bid_each(bids: Sequence[Amount], items: int) -> Result:
    """Lets every winner of identical items pay the bid that follows its own, as in slots. Breaks: envy-free"""
    order = ranked(bids)
    allocation, payments = sold(len(bids), order[:items], 0)
    for place, agent in enumerate(order[:items]):
        payments[agent] = bids[order[place + 1]] if place + 1 < len(order) else 0
    return allocation, payments


def half_for_the_runner_up(bids: Sequence[Amount]) -> Result:
    """Lets the winner pay half of the second price, with which it would have lost. Breaks: critical-payment"""
    allocation, payments = correct(bids)
    return allocation, [Fraction(1, 2) * payment for payment in payments]


def everybody_pays_its_own_bid(bids: Sequence[Amount], items: int) -> Result:
    """Sells identical items at the bids, which two winners can lower together. Breaks: pairwise-strategyproof"""
    winners = ranked(bids)[:items]
    allocation, _ = sold(len(bids), winners, 0)
    return allocation, [bid * share for bid, share in zip(bids, allocation, strict=True)]


def reserve_not_charged(bids: Sequence[Amount], reserve: Amount) -> Result:
    """Holds the bid against the reserve but forgets the reserve in the payment. Breaks: dsic"""
    winner = highest_bidder(bids, reserve)
    if winner is None:
        return sold(len(bids), (), 0)
    return sold(len(bids), (winner,), max([0, *bids[:winner], *bids[winner + 1 :]]))


def first_price_for_one(bids: Sequence[Amount]) -> Result:
    """Lets bidder 1 pay its own bid, everybody else the second price. Breaks: dsic"""
    allocation, payments = correct(bids)
    if allocation[0]:
        payments[0] = bids[0]
    return allocation, payments


def skips_the_runner_up(bids: Sequence[Amount]) -> Result:
    """Drops two sorted bids from the front, not one, to exclude the winner's from the price. Breaks: dsic"""
    winner = ranked(bids)[0]
    return sold(len(bids), (winner,), max(sorted(bids, reverse=True)[2:], default=0))


def excludes_the_neighbour(bids: Sequence[Amount]) -> Result:
    """Slices one place too far, so that the bidder after the winner never sets the price. Breaks: dsic"""
    winner = ranked(bids)[0]
    return sold(len(bids), (winner,), max([0, *bids[:winner], *bids[winner + 2 :]]))


def increment_at_seven(bids: Sequence[Amount]) -> Result:
    """Adds a bid increment of 1 when the second price is exactly 7, and only then. Breaks: dsic"""
    allocation, payments = correct(bids)
    return allocation, [paid + 1 if won and paid == 7 else paid for won, paid in zip(allocation, payments, strict=True)]


def wraps_at_32_bits(bids: Sequence[Amount]) -> Result:
    """Lets a price above 2147483647 wrap around into the negative, as int32 does. Breaks: no-positive-transfers"""
    allocation, payments = correct(bids)
    return allocation, [paid - 4294967296 if paid > 2147483647 else paid for paid in payments]


def rounded_down(bids: Sequence[Amount]) -> Result:
    """Rounds the price down to whole money although bids have decimals. Breaks: dsic"""
    allocation, payments = correct(bids)
    return allocation, [paid // 1 for paid in payments]


def sign_flipped(bids: Sequence[Amount]) -> Result:
    """Writes the price as the winner's change of wealth, a negative payment. Breaks: no-deficit"""
    allocation, payments = correct(bids)
    return allocation, [-paid for paid in payments]


def shares_the_revenue(bids: Sequence[Amount]) -> Result:
    """Hands the price back in equal parts, so that the runner-up raises its own part. Breaks: dsic"""
    allocation, payments = correct(bids)
    part = Fraction(1, len(bids)) * sum(payments)
    return allocation, [paid - part for paid in payments]


def entry_fee(bids: Sequence[Amount], fee: Amount = 1) -> Result:
    """Charges everybody for taking part, and nobody can stay away. Breaks: ex-post-ir"""
    allocation, payments = correct(bids)
    return allocation, [paid + fee for paid in payments]


def vickrey_with_own_bids(bids: Sequence[Vector], items: int) -> Result:
    """Multi-unit Vickrey that counts the winner's own losing bids among those it displaces. Breaks: dsic"""
    units = ranked_units(bids)
    won = units_won(len(bids), units[:items])
    return won, [sum(bid for _, bid in units[items : items + amount]) for amount in won]


def vcg_free_last_slot(bids: Sequence[Amount], click_rates: Sequence[Amount]) -> Seating:
    """VCG for slots that forgets that the clicks drop to 0 after the last slot, which is then free. Breaks: dsic"""
    order = ranked(bids)
    paid: list[Amount] = [0] * len(bids)
    cost: Amount = 0
    for slot in reversed(range(min(len(order), len(click_rates)) - 1)):
        cost = cost + (click_rates[slot] - click_rates[slot + 1]) * bids[order[slot + 1]]
        paid[order[slot]] = cost
    return seated(order, len(click_rates)), paid


def vcg_neighbour_rate(bids: Sequence[Amount], click_rates: Sequence[Amount]) -> Seating:
    """Charges the next bid for the clicks of the next slot, not for the clicks in between. Breaks: dsic"""
    order = ranked(bids)
    paid: list[Amount] = [0] * len(bids)
    for slot, agent in enumerate(order[: len(click_rates)]):
        if slot + 1 < min(len(order), len(click_rates)):
            paid[agent] = click_rates[slot + 1] * bids[order[slot + 1]]
    return seated(order, len(click_rates)), paid
