"""Advertising slots: generalized second price (GSP) and Vickrey-Clarke-Groves (VCG).

A bid is per click; slot s brings `click_rates[s]` clicks, which do not increase from slot to slot. Both auctions seat
the bidders in the order of their bids, equal bids by lowest index, and differ in payments only. Payments are totals,
not per click. Bidders left over get None; slots left over stay empty. Bids of 0 are seated too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from mechanisms.auctions.outcome import Amount, ranked

Seating: TypeAlias = tuple[list[int | None], list[Amount]]  # (n,) slot of each bidder or None, and (n,) payments


def seated(order: Sequence[int], slots: int) -> list[int | None]:
    """(n,) slot of each bidder when the first `slots` of the order are seated."""
    places: list[int | None] = [None] * len(order)
    for slot, agent in enumerate(order[:slots]):
        places[agent] = slot
    return places


def generalized_second_price(bids: Sequence[Amount], click_rates: Sequence[Amount]) -> Seating:
    """The bidder in slot s pays, for each click, the next lower bid; 0 where there is none.

    Claims  Not DSIC with two slots or more: a lower slot may cost so much less that it is worth bidding for. Not
            envy-free under truthful bids, for the same reason. Ex-post IR, efficient, never pays anybody, monotone,
            anonymous off ties. With a single slot it is the second-price auction.
    Source  Edelman, Ostrovsky, Schwarz 2007 (Remark 3: not truthful); Varian 2007.
    """
    order = ranked(bids)
    paid: list[Amount] = [0] * len(bids)
    for slot, (agent, rate) in enumerate(zip(order, click_rates, strict=False)):
        if slot + 1 < len(order):
            paid[agent] = rate * bids[order[slot + 1]]
    return seated(order, len(click_rates)), paid


def vcg(bids: Sequence[Amount], click_rates: Sequence[Amount]) -> Seating:
    """The bidder in slot s pays what its presence costs those below, each of whom would move up by one slot.

    That is the sum over slots t >= s of (click_rates[t] - click_rates[t + 1]) times the bid of the bidder that comes
    after the one in slot t; a slot past the last has rate 0, a bidder past the last bids 0.

    Claims  DSIC, efficient, ex-post IR, never pays anybody, monotone, anonymous off ties. Envy-free: the extra clicks
            of a slot over the next one cost the bid of the next holder, which its own holder is willing to pay and
            those further down are not.
    Source  Edelman, Ostrovsky, Schwarz 2007; Nisan et al. 2007, Theorem 9.17 and Chapter 28; Leonard 1983.
    """
    order = ranked(bids)
    paid: list[Amount] = [0] * len(bids)
    cost: Amount = 0
    for slot in reversed(range(min(len(order), len(click_rates)))):
        if slot + 1 < len(order):
            below = click_rates[slot + 1] if slot + 1 < len(click_rates) else 0
            cost = cost + (click_rates[slot] - below) * bids[order[slot + 1]]
        paid[order[slot]] = cost
    return seated(order, len(click_rates)), paid
