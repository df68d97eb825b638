"""A simultaneous ascending auction of several items, for bidders who want one item each.

Definition   Prices start at 0. Every bidder names the items that it would like best at the prices, if any is worth more
             than its price. While not everybody can be served, prices rise by one step on a set of items in excess
             demand: one that more bidders want than it has items, and of which every part is wanted by more of these
             bidders than it has items. At the end everybody gets an item that it named, at its price.
Steps        The step is the largest amount of which all values are multiples, so that the final prices are exact.
Ties         bidders are served in order, by augmenting paths that try items in order.
Claims       the final prices are the least that clear the market, and equal the VCG payments; so bidding by one's true
             values is an equilibrium. With several items wanted together this fails: see `exposed`.
Source       Demange, Gale and Sotomayor 1986; Leonard 1983 (least prices are VCG payments); Andersson, Andersson and
             Talman 2013 (sets in excess demand).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier.exact import Money, common_denominator, simplest


@dataclass(frozen=True, slots=True)
class AscendingResult:
    """(n,) the item of each bidder, None for nothing; (m,) final prices; how many rounds it took."""

    items: tuple[int | None, ...]
    prices: tuple[Money, ...]
    rounds: int

    def payments(self) -> tuple[Money, ...]:
        """(n,) the price of what each bidder gets."""
        return tuple(0 if item is None else self.prices[item] for item in self.items)


def ascending(values: Sequence[Sequence[Money]]) -> AscendingResult:
    """Run the auction.

    Parameters
    ----------
    values : (n, m) what each item is worth to each bidder, not negative

    Raises
    ------
    ValueError : a negative value, or rows of different lengths.
    """
    width = len(values[0]) if values else 0
    for index, row in enumerate(values):
        if len(row) != width:
            raise ValueError(f"bidder {index} values {len(row)} items, the first one {width}")
        if any(value < 0 for value in row):
            raise ValueError(f"bidder {index} has a negative value; an item that is not wanted is worth 0")
    parts = common_denominator(value for row in values for value in row)
    scaled = [[int(value * parts) for value in row] for row in values]
    step = math.gcd(*(value for row in scaled for value in row)) or 1
    steps = [[value // step for value in row] for row in scaled]
    prices, rounds = [0] * width, 0
    while True:
        demands = [_demand(row, prices) for row in steps]
        items, excess = _served(demands)
        if not excess:
            break
        rounds += 1
        for item in excess:
            prices[item] += 1
    for item, price in enumerate(prices):
        if price and item not in items:
            _place(item, items, steps, prices)
    return AscendingResult(tuple(items), tuple(simplest(Fraction(price * step, parts)) for price in prices), rounds)


def _demand(row: Sequence[int], prices: Sequence[int]) -> list[int]:
    """The items of largest gain; none where no gain is positive, so that going without is as good."""
    gains = [value - price for value, price in zip(row, prices, strict=True)]
    most = max(gains, default=0)
    return [item for item, gain in enumerate(gains) if gain == most] if most > 0 else []


def _served(demands: Sequence[Sequence[int]]) -> tuple[list[int | None], set[int]]:
    """Items for all who want one and no excess, or the items that an unserved bidder's alternating paths reach."""
    holder: dict[int, int] = {}
    for bidder, demand in enumerate(demands):
        reached: dict[int, int] = {}  # item -> the bidder through whose demand it was reached
        waiting = [bidder] if demand else []
        free = None
        while waiting and free is None:
            asking = waiting.pop(0)
            for item in demands[asking]:
                if item not in reached:
                    reached[item] = asking
                    if item not in holder:
                        free = item
                        break
                    waiting.append(holder[item])
        if free is None:
            if demand:
                return [], set(reached)
            continue
        while True:  # along the path back to the bidder everybody moves on by one item
            asking = reached[free]
            before = next((item for item, owner in holder.items() if owner == asking), None)
            holder[free] = asking
            if before is None:
                break
            free = before
    items: list[int | None] = [None] * len(demands)
    for item, owner in holder.items():
        items[owner] = item
    return items, set()


def _place(item: int, items: list[int | None], values: Sequence[Sequence[int]], prices: Sequence[int]) -> None:
    """Give an item that has a price but no holder to somebody who likes it as well as what it has.

    That one's item passes on in the same way, until it costs nothing or goes to somebody who had none: a bidder who
    dropped out at just this price gains nothing, and the price would be too high without it.
    """
    passed: dict[int, tuple[int, int | None]] = {}  # bidder -> what it takes, what it leaves
    waiting = [item]
    while waiting:
        offered = waiting.pop(0)
        for bidder, held in enumerate(items):
            gain = 0 if held is None else values[bidder][held] - prices[held]
            if bidder in passed or held == offered or values[bidder][offered] - prices[offered] != gain:
                continue
            passed[bidder] = (offered, held)
            if held is not None and prices[held]:
                waiting.append(held)
                continue
            taking: int | None = bidder
            while taking is not None:  # back along the way that the offers came
                taken = passed[taking][0]
                items[taking] = taken
                taking = next((one for one, (_, left) in passed.items() if left == taken), None)
            return


def exposed(package: Money, single: Sequence[Money]) -> tuple[Money, Money]:
    """What a bidder who wants two items together pays and gains where the items are sold one clock each.

    It is worth `package` only with both; another bidder wants each item alone, for `single[g]`. It bids on while the
    two prices are below `package`, not knowing the others: in steps of 1, raising the cheaper clock. Returns its
    payment and its gain: negative where it is left with one item, the exposure problem (Milgrom 2004, Section 7.2).
    """
    prices = [Fraction(0), Fraction(0)]
    while any(price < rival for price, rival in zip(prices, single, strict=True)):
        if sum(prices) >= package:
            won = [price for price, rival in zip(prices, single, strict=True) if price >= rival]
            return simplest(Fraction(sum(won))), simplest(-Fraction(sum(won)))
        open_ = [item for item, rival in enumerate(single) if prices[item] < rival]
        prices[min(open_, key=lambda item: (prices[item], item))] += 1
    paid = Fraction(sum(prices))
    return simplest(paid), simplest(package - paid)
