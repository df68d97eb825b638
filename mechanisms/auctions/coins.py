"""Mechanisms that draw from a source that they are given, or from the module `random`: subjects for [subject.random].

random_serial_dictatorship
    In every order of the agents no lie helps, so it is universally truthful, and no lie is better in the sense of
    stochastic dominance. Abdulkadiroglu and Sonmez 1998; Gibbard 1977.
random_sampling_posted_price
    The price for one half of the bidders is made of the bids of the other half. Under each split nobody moves the own
    price: universally truthful. Goldberg, Hartline, Karlin, Saks and Wright 2006, Section 4.
hedged_lottery
    Truthful in expectation, not universally. One bidder, values 0 to 4. After bid b it gets the item with probability
    b/4, and a fair coin decides between paying 0 and paying b^2/4, which is b^2/8 on average. A value v expects
    v b/4 - b^2/8 = (v^2 - (v - b)^2)/8, which is largest at b = v alone. But where the coin says that nothing is paid,
    and the other draw is at least v, bidding more than that draw gets the item for nothing: v in the place of 0.
coin_between_prices
    Second price or pay-as-bid, by a fair coin: neither. A winner of value v that bids b < v, and still wins, gains
    (v - b)/2 on average.
uniform_posted_price
    A price drawn from a continuum before anybody bids: universally truthful, since no bid moves it. Draws cannot be
    enumerated, so that they are sampled.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Protocol

from verifier.exact import Money

Outcome = tuple[list[Money], list[Money]]
Lists = Mapping[str, Sequence[str]]


class Source(Protocol):
    """What the mechanisms ask of `random.Random`."""

    def random(self) -> float: ...
    def randrange(self, start: int, /) -> int: ...
    def shuffle(self, x: list[str], /) -> None: ...


def random_serial_dictatorship(lists: Lists) -> dict[str, str | None]:
    """Agents choose in an order that the module `random` shuffles; None where nothing that one lists is left."""
    order = list(lists)
    random.shuffle(order)
    taken: set[str] = set()
    found: dict[str, str | None] = {}
    for agent in order:
        found[agent] = next((item for item in lists[agent] if item not in taken), None)
        taken.update(item for item in [found[agent]] if item is not None)
    return found


def random_sampling_posted_price(bids: Sequence[Money], rng: Source) -> Outcome:
    """Digital goods: a coin per bidder splits them; whoever bids at least the other half's best price pays it."""
    sides = [rng.randrange(2) for _ in bids]
    allocation: list[Money] = []
    payments: list[Money] = []
    for bid, side in zip(bids, sides, strict=True):
        price = _best_price([other for other, there in zip(bids, sides, strict=True) if there != side])
        sold = price is not None and bid >= price
        allocation.append(int(sold))
        payments.append(price if sold and price is not None else 0)
    return allocation, payments


def _best_price(bids: Sequence[Money]) -> Money | None:
    """The bid that, as a price, earns the most from these bidders; the highest such; None without bidders."""
    return max(bids, key=lambda price: (price * sum(bid >= price for bid in bids), price), default=None)


def hedged_lottery(bids: Sequence[Money], rng: Source) -> Outcome:
    """One bidder with values 0 to 4: a lottery for the item, and a coin for what it costs."""
    (bid,) = bids
    won = rng.randrange(4) < bid
    return [int(won)], [Fraction(bid * bid, 4) if rng.randrange(2) else 0]


def coin_between_prices(bids: Sequence[Money], rng: Source) -> Outcome:
    """The highest bid wins, the first of equal ones; a fair coin decides whether it pays the second bid or its own."""
    winner = max(range(len(bids)), key=lambda agent: bids[agent])
    second = max((bid for agent, bid in enumerate(bids) if agent != winner), default=0)
    price = bids[winner] if rng.randrange(2) else second
    return [int(agent == winner) for agent in range(len(bids))], [
        price if agent == winner else 0 for agent in range(len(bids))
    ]


def uniform_posted_price(bids: Sequence[Money], rng: Source, top: Money) -> Outcome:
    """The first bidder whose bid is at least a price that is uniform between 0 and `top` gets the item for it."""
    price = top * Fraction(rng.random())
    winner = next((agent for agent, bid in enumerate(bids) if bid >= price), None)
    allocation = [int(agent == winner) for agent in range(len(bids))]
    return list(allocation), [price * share for share in allocation]
