"""Proportional shares of one divisible good: everybody pays its bid and gets the part that it paid of the total."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

Amount: TypeAlias = int | Fraction

ONE = Fraction(1)


def proportional_share(bids: Sequence[Amount]) -> tuple[list[Amount], list[Amount]]:
    """Agent i pays its bid b_i and receives b_i / sum(b); where all bids are 0 nobody receives anything.

    Ties    Equal bids give equal shares.
    Claims  Not DSIC and, with two agents or more, not ex-post IR, not efficient and not envy-free: who bids its value t
            while the others bid B in all gets t / (t + B) < 1 and pays t for it, a utility of -t B / (t + B). The best
            bid is d = sqrt(t B) - B, or 0 where that is negative. Feasible, never pays anybody, monotone (d / (d + B)
            increases in d), anonymous.
    Notes   It is meant for agents who do shade their bids: in the equilibrium at least 3/4 of the best welfare remains.
    Source  Kelly 1997, Charging and rate control for elastic traffic; Johari and Tsitsiklis 2004, Efficiency loss in a
            network resource allocation game, Theorem 3 (the bound of 3/4).
    """
    total = sum(bids)
    if total == 0:
        return [0] * len(bids), list(bids)
    return [ONE * bid / total for bid in bids], list(bids)


def weighted_share(bids: Sequence[Amount], weights: Sequence[Amount]) -> tuple[list[Amount], list[Amount]]:
    """As `proportional_share`, with w_i b_i in the place of b_i for the shares: a larger weight makes a bid go further.

    Claims  As above, but not anonymous where weights differ. Feasible, never pays anybody, monotone.
    Source  Kelly 1997 (weights); Nguyen and Vojnovic 2011 (weighted proportional allocation).
    """
    shares, _ = proportional_share([weight * bid for weight, bid in zip(weights, bids, strict=True)])
    return shares, list(bids)


def equilibrium_of_two(values: tuple[Amount, Amount]) -> tuple[Fraction, Fraction]:
    """The bids of two agents with values per share v and w where neither gains by another one: v^2 w / (v + w)^2.

    The best bid d against b for a value t solves t b = (d + b)^2. With v = w it is a quarter of the value, and the
    shares are v / (v + w): of the welfare (v^2 + w^2) / (v + w) at least 2 (sqrt 2 - 1) = 0.828 of max(v, w) is left.

    Raises ValueError where a value is not positive: then the other wins with any bid, and there is no least one.
    """
    one, other = values
    if one <= 0 or other <= 0:
        raise ValueError("both values have to be positive for an equilibrium")
    total = Fraction(one + other) ** 2
    return one * one * other / total, one * other * other / total
