"""Who gets how many of k tokens and what they pay, where everybody bids a number of tokens and a price for each.

All but `proportional` give the tokens to the highest prices, equal ones in the order of the bids, and cut the last
bid that is served short: the allocation of most value, since values are linear up to the number asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

from mechanisms.auctions.outcome import Amount

Bid: TypeAlias = tuple[int, Amount]  # tokens, and the most for each
Sold: TypeAlias = tuple[list[int], list[Amount]]  # (n,) tokens and (n,) payments


def served(bids: Sequence[Bid], capacity: int) -> list[int]:
    """(n,) tokens by price."""
    tokens, left = [0] * len(bids), capacity
    for agent in sorted(range(len(bids)), key=lambda one: bids[one][1], reverse=True):
        tokens[agent] = min(bids[agent][0], left)
        left -= tokens[agent]
    return tokens


def clearing_price(bids: Sequence[Bid], tokens: Sequence[int]) -> Amount:
    """The highest price of a bid that is not served in full; 0 where all are."""
    return max([0, *(price for (wanted, price), got in zip(bids, tokens, strict=True) if got < wanted)])


def uniform(bids: Sequence[Bid], capacity: int) -> Sold:
    """Every token costs the clearing price.

    Claims  Not DSIC with several tokens each: who is cut short sets the price itself, and asks for fewer (demand
            reduction). Ex-post IR, no deficit, efficient under truthful bids.
    Source  Ausubel, Cramton, Pycia, Rostek, Weretka 2014.
    """
    tokens = served(bids, capacity)
    price = clearing_price(bids, tokens)
    return tokens, [price * got for got in tokens]


def vcg(bids: Sequence[Bid], capacity: int) -> Sold:
    """Everybody pays what its tokens would be worth to the others.

    Claims  DSIC in price and number of tokens, since a bid is a value; efficient, ex-post IR, no deficit.
    Source  Vickrey 1961; Nisan et al. 2007, Theorem 9.17.
    """
    tokens = served(bids, capacity)
    payments: list[Amount] = []
    for agent, got in enumerate(tokens):
        others = [(0 if one == agent else wanted, price) for one, (wanted, price) in enumerate(bids)]
        without = served(others, capacity) if got else tokens
        paid: Amount = 0
        for one, (_, price) in enumerate(bids):
            if one != agent:
                paid += price * (without[one] - tokens[one])
        payments.append(paid)
    return tokens, payments


def first_price(bids: Sequence[Bid], capacity: int) -> Sold:
    """Everybody pays its own price. Not DSIC: bidding less pays less. Ex-post IR with utility 0."""
    tokens = served(bids, capacity)
    return tokens, [price * got for (_, price), got in zip(bids, tokens, strict=True)]


def ascending(bids: Sequence[Bid], capacity: int, step: Amount = 1) -> Sold:
    """A price rises by `step` from 0 until no more is wanted than there is; those who stayed pay it.

    What is left when the last step drives too many away goes, in the order of the bids, to those who left at it, at the
    price before. Whole prices and a step of 1: the uniform price, or one step less for what is cut short.

    Claims  As of `uniform`.
    Source  Milgrom 2004, Chapter 7 (clock auctions).
    """
    price: Amount = 0
    staying = [wanted for wanted, _ in bids]
    before = staying
    while sum(staying) > capacity:
        price += step
        before, staying = staying, [wanted if most >= price else 0 for wanted, most in bids]
    left = capacity - sum(staying)
    tokens, payments = list(staying), [price * wanted for wanted in staying]
    for agent, (was, now) in enumerate(zip(before, staying, strict=True)):
        if price and now < was:
            more = min(was, left)
            tokens[agent], payments[agent] = more, (price - step) * more
            left -= more
    return tokens, payments


def descending(bids: Sequence[Bid], capacity: int, start: Amount, step: Amount = 1) -> Sold:
    """A price falls by `step` from `start`; whoever will pay it takes what it wants at it, while there is some.

    Claims  As of `first_price`: prices are rounded down to steps. At 0 the rest is free.
    """
    if step <= 0:
        raise ValueError(f"a step of {step} never ends; give a positive one")
    tokens, payments, left, price = [0] * len(bids), list[Amount]([0] * len(bids)), capacity, start
    while left > 0:
        at = price if price > 0 else 0
        for agent, (wanted, most) in enumerate(bids):
            if not tokens[agent] and most >= at:
                tokens[agent] = min(wanted, left)
                payments[agent] = at * tokens[agent]
                left -= tokens[agent]
        if price <= 0:
            break
        price -= step
    return tokens, payments


def proportional(bids: Sequence[Bid], capacity: int) -> Sold:
    """Everybody pays its whole budget, tokens times price, and gets tokens in proportion, rounded down.

    Claims  Not DSIC, not ex-post IR; in equilibrium at least 3/4 of the most value for concave values.
    Source  Kelly 1997; Johari and Tsitsiklis 2004, Theorem 3.
    """
    budgets = [wanted * price for wanted, price in bids]
    total = sum(budgets)
    if total == 0:
        return [0] * len(bids), list(budgets)
    return [int(Fraction(capacity * budget) / total) for budget in budgets], list(budgets)


MODES: dict[str, Callable[[Sequence[Bid], int], Sold]] = {
    "uniform": uniform,
    "vcg": vcg,
    "first-price": first_price,
    "ascending": ascending,
    "proportional": proportional,
}


def pairs(bids: Sequence[tuple[Amount, Amount]], items: int, mode: str) -> Sold:
    """A mode as a plain function of (tokens, price) pairs, for claims."""
    return MODES[mode]([(int(tokens), price) for tokens, price in bids], items)
