"""Two truthful ways to share out tokens: the exact optimum with Clarke payments, and greedy with critical payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from mechanisms.allocation.context.fairness import shared
from mechanisms.allocation.context.optimum import optimum
from mechanisms.allocation.context.requests import Want
from mechanisms.auctions.outcome import Amount

Shared: TypeAlias = tuple[list[int], list[Amount]]  # (n,) tokens beyond the guarantees, and (n,) payments


def exact(wants: Sequence[Want], capacity: int, fairness: str | None = None) -> Shared:
    """The allocation of most value, of several the fair one; an agent pays what the others lose by its report.

    Claims  DSIC: utility is the most value in total, less what it would be had the agent reported zero, which it cannot
            move. That is not negative, and neither is a payment: ex-post IR, no deficit. The comparison is with a
            report of zero and not with an absent agent, since its guarantee is kept from the others in either case; a
            guarantee costs nothing. Which of several allocations of most value is taken makes no difference.
    Source  Vickrey 1961, Clarke 1971, Groves 1973; Nisan et al. 2007, Theorem 9.17.
    """
    value, extra = optimum(wants, capacity)
    extra = shared(wants, extra, fairness)
    payments: list[Amount] = []
    for agent, want in enumerate(wants):
        if not extra[agent]:  # nobody would have had its tokens
            payments.append(0)
            continue
        own = want.value * want.useful(extra[agent])
        nothing = [replace(other, value=0) if one == agent else other for one, other in enumerate(wants)]
        payments.append(optimum(nothing, capacity)[0] - (value - own))
    return extra, payments


def greedy(wants: Sequence[Want], capacity: int) -> Shared:
    """By value per token, equal ones in their order: each gets what it wants and is left, if that is worth anything.

    Claims  Who reports more moves ahead, where at least as much is left: monotone. Payments are critical: tokens are
            paid at the values at which they would be lost. Together DSIC and ex-post IR; a payment is never negative.
    Loss    Without guarantees at least 1 - m of the most value, where m is the largest minimum as a part of the
            capacity: before anybody is passed over more than 1 - m of it is filled by value per token, and the most
            value of a window is concave in its size once minimum amounts are left out. Without minima nothing is lost.
    Source  Myerson 1981; Lehmann, O'Callaghan and Shoham 2002 (greedy with critical payments).
    """
    order = sorted(range(len(wants)), key=lambda agent: wants[agent].value, reverse=True)
    extra, left = [0] * len(wants), capacity
    for agent in order:
        extra[agent] = _taken(wants[agent], left)
        left -= extra[agent]
    if any(want.least for want in wants):
        return extra, [critical(wants, order, agent, capacity) for agent in range(len(wants))]
    rest = [(agent, wants[agent].most - extra[agent]) for agent in order if extra[agent] < wants[agent].most]
    return extra, [_displaced(wants, rest, agent, tokens) for agent, tokens in enumerate(extra)]


def _taken(want: Want, left: int) -> int:
    """What an agent takes of so many tokens."""
    taken = min(want.most, left)
    return taken if taken >= want.least else 0


def _displaced(wants: Sequence[Want], rest: Sequence[tuple[int, int]], agent: int, tokens: int) -> Amount:
    """What an agent's tokens are worth to those who wanted more, the highest first: `critical` without minima."""
    paid: Amount = 0
    for other, wanted in rest:
        if not tokens:
            break
        if other != agent:
            taken = min(wanted, tokens)
            paid += wants[other].value * taken
            tokens -= taken
    return paid


def critical(wants: Sequence[Want], order: Sequence[int], agent: int, capacity: int) -> Amount:
    """The values of those behind whom the agent would get less, times how much less, down to the last."""
    others = [other for other in order if other != agent]
    left = [capacity]
    for other in others:
        left.append(left[-1] - _taken(wants[other], left[-1]))
    useful = [wants[agent].useful(_taken(wants[agent], tokens)) for tokens in left]
    place = order.index(agent)
    lost = zip(others[place:], useful[place:], useful[place + 1 :], strict=False)
    payment: Amount = 0
    for other, ahead, behind in lost:
        payment += wants[other].value * (ahead - behind)
    return payment
