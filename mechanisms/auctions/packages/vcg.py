"""Vickrey-Clarke-Groves and pay as bid over package bids.

Definition   VCG: the bids that are worth the most together win; every bidder pays what its presence costs the others,
             the best welfare without it less what the others have. Pay as bid: the same winners pay what they offered.
Ties         as `winners` breaks them; VCG utilities do not depend on it.
Claims       VCG: truthful, individually rational, efficient, no deficit; in general not in the core, revenue may be 0,
             may fall when bidders join, and one bidder may gain by several names (Ausubel and Milgrom 2006). Pay as
             bid: efficient only where bids are values, not truthful.
Constraints  Rows that do not depend on what a bidder reports keep VCG truthful (the set of allocations is fixed).
             Fairness in terms of reported values is not of that kind: a lie then moves the set itself.
Source       Vickrey 1961; Clarke 1971; Groves 1973; Cramton, Shoham and Steinberg 2006, Chapter 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mechanisms.auctions.packages.model import Row
from mechanisms.auctions.packages.winners import WinnerDetermination, Winners
from verifier.domains.packages import Auction, Choice
from verifier.exact import Money


@dataclass(frozen=True, slots=True)
class Optimality:
    """What the mechanism itself says of its optimum; a judge proves it or does not (`verify run`)."""

    optimal_welfare: Money
    achieved_welfare: Money
    gap: Money
    method: str


@dataclass(frozen=True, slots=True)
class VCGResult:
    """The outcome: (n,) accepted places, (n, m) units, (n,) payments, welfare and revenue in money."""

    choice: Choice
    allocations: tuple[tuple[int, ...], ...]
    payments: tuple[Money, ...]
    social_welfare: Money
    revenue: Money
    optimality: Optimality


def vcg(auction: Auction, rows: Sequence[Row] = (), solver: str = "highs") -> VCGResult:
    """Run VCG: one solve with everybody, one without each winner (who wins nothing pays nothing).

    Parameters
    ----------
    rows : further constraints on the choice; they must hold without any bidder too
    solver : "highs" or "cbc"
    """
    determination = WinnerDetermination(auction, solver, rows)
    best = determination.best(ties=True)
    payments: list[Money] = []
    for bidder, places in enumerate(best.choice):
        if places or rows:
            without = determination.best([bidder]).welfare
            payments.append(clarke_pivot(auction, best, bidder, without))
        else:
            payments.append(0)  # the same choice is the best without it
    return _result(auction, best, payments)


def clarke_pivot(auction: Auction, best: Winners, bidder: int, without: Money) -> Money:
    """What a bidder's presence costs the others: the best welfare without it, less what the others have with it."""
    return without - (best.welfare - auction.value(best.choice, bidder))


def pay_as_bid(auction: Auction, rows: Sequence[Row] = (), solver: str = "highs") -> VCGResult:
    """The first-price combinatorial auction: the best choice wins, and winners pay what they offered."""
    best = WinnerDetermination(auction, solver, rows).best(ties=True)
    return _result(auction, best, [auction.value(best.choice, bidder) for bidder in range(len(auction.bidders))])


def _result(auction: Auction, best: Winners, payments: Sequence[Money]) -> VCGResult:
    units = [[0] * len(auction.goods) for _ in auction.bidders]
    for bidder, bid in auction.accepted(best.choice):
        units[bidder] = [have + more for have, more in zip(units[bidder], bid.units, strict=True)]
    return VCGResult(
        best.choice,
        tuple(map(tuple, units)),
        tuple(payments),
        best.welfare,
        sum(payments, 0),
        Optimality(best.welfare, best.welfare, 0, best.method),
    )
