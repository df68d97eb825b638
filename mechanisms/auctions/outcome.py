"""What an auction returns, and the steps that several auctions share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import TypeAlias

Amount: TypeAlias = int | Fraction
Result: TypeAlias = tuple[list[int], list[Amount]]  # (n,) units won and (n,) payments, positive = the bidder pays
Lottery: TypeAlias = list[tuple[Fraction, Result]]  # (probability, result) pairs; the probabilities add up to 1


def ranked(bids: Sequence[Amount]) -> list[int]:
    """Bidders from the highest bid down, equal bids in the order of the bidders (a stable sort keeps them so)."""
    return sorted(range(len(bids)), key=lambda agent: bids[agent], reverse=True)


def sold(agents: int, winners: Collection[int], price: Amount) -> Result:
    """One unit to every winner at the same price; nothing, for nothing, to the others."""
    allocation = [int(agent in winners) for agent in range(agents)]
    return allocation, [price if units else 0 for units in allocation]
