"""The outcome depends on more than the amounts bid: earlier calls, set order, number types, chance."""

from __future__ import annotations

import random
from collections.abc import Sequence

from mechanisms.auctions.outcome import Amount, Result, sold
from mechanisms.auctions.single_item import second_price as correct


class LearnedReserve:
    """Remembers half of the best bid so far and makes it the reserve of the next auction. Breaks: deterministic"""

    def __init__(self, start: Amount = 0) -> None:
        self.reserve = start

    def run(self, bids: Sequence[Amount]) -> Result:
        """One second-price auction, with what earlier ones taught."""
        result = correct(bids, self.reserve)
        self.reserve = max(self.reserve, max(bids) // 2)
        return result


def cached_by_sorted_bids(
    bids: Sequence[Amount],
    seen: dict[tuple[Amount, ...], Result] = {},  # noqa: B006  the bug
) -> Result:
    """Caches results under the sorted bids, so that who asked first also wins later. Breaks: deterministic"""
    key = tuple(sorted(bids))
    if key not in seen:
        seen[key] = correct(bids)
    return seen[key]


def tie_by_set_order(bids: Sequence[Amount]) -> Result:
    """Breaks ties by the order of a set of names, which changes with PYTHONHASHSEED. Breaks: deterministic"""
    names = {f"bidder {agent}" for agent in range(len(bids))}
    winner = max(names, key=lambda name: bids[int(name.split()[1])])
    return sold(len(bids), (int(winner.split()[1]),), max(sorted(bids, reverse=True)[1:], default=0))


def tie_by_chance(bids: Sequence[Amount]) -> Result:
    """Draws among tied bidders without declaring a lottery. Breaks: deterministic"""
    winner = random.choice([agent for agent, bid in enumerate(bids) if bid == max(bids)])
    return sold(len(bids), (winner,), max(sorted(bids, reverse=True)[1:], default=0))


def floats_pay_their_bid(bids: Sequence[Amount | float]) -> tuple[list[int], list[Amount | float]]:
    """Takes another branch for floats, in which the winner pays its own bid. Breaks: dsic"""
    best = max(bids)
    winner = bids.index(best)
    price = best if isinstance(best, float) else max(sorted(bids, reverse=True)[1:], default=0)
    return [int(agent == winner) for agent in range(len(bids))], [price if a == winner else 0 for a in range(len(bids))]
