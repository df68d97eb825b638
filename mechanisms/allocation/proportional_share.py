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
