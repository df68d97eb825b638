"""The mechanism that all contestants judge: one item, plain Python, nothing about verification in it."""

from __future__ import annotations

from collections.abc import Sequence


def second_price(bids: Sequence[int]) -> tuple[list[int], list[int]]:
    """Highest bid wins, the lowest index among equals, and pays the highest of the other bids."""
    winner = bids.index(max(bids))
    price = max(bid for agent, bid in enumerate(bids) if agent != winner)
    won = [0] * len(bids)
    paid = [0] * len(bids)
    won[winner] = 1
    paid[winner] = price
    return won, paid
