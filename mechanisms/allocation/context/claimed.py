"""The allocators as plain functions of bids, for claims: a bid is what the whole window would be worth at one's rate.

Sizes are arguments; shares are parts of the window. Where somebody's guarantee lies below its minimum a share is worth
less than in proportion, so claims about truthfulness keep guarantees at or above minimum amounts, or at 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from mechanisms.allocation.context.mechanisms import Shared, exact, greedy
from mechanisms.allocation.context.requests import ContextConstraints, ContextRequest, Want, wants
from mechanisms.auctions.outcome import Amount

Outcome = tuple[list[Fraction], list[Amount]]


def exact_window(
    bids: Sequence[Amount],
    total: int,
    requested: Sequence[int],
    minimum: Sequence[int] = (),
    guarantee: int = 0,
) -> Outcome:
    """The allocation of most value with Clarke payments; sizes for each agent, who takes part first."""
    return _shares(exact(*_window(bids, total, requested, minimum, guarantee)), total, requested, guarantee)


def greedy_window(
    bids: Sequence[Amount],
    total: int,
    requested: Sequence[int],
    minimum: Sequence[int] = (),
    guarantee: int = 0,
) -> Outcome:
    """By value per token, with critical payments."""
    return _shares(greedy(*_window(bids, total, requested, minimum, guarantee)), total, requested, guarantee)


def reported_sizes(bids: Sequence[tuple[Amount, ...]], total: int) -> Outcome:
    """The exact allocator where sizes are reported too: a bid is tokens, and what each of them is worth."""
    requests = [int(tokens) for tokens, _ in bids]
    worths = [each * total for _, each in bids]
    tokens, payments = exact(*_window(worths, total, requests, (), 0))
    return [Fraction(one) for one in tokens], payments


def _window(
    bids: Sequence[Amount], total: int, requested: Sequence[int], minimum: Sequence[int], guarantee: int
) -> tuple[list[Want], int]:
    requests = [
        ContextRequest(str(agent), requested[agent], bid * Fraction(1, total), minimum[agent] if minimum else 0)
        for agent, bid in enumerate(bids)
    ]
    return wants(requests, ContextConstraints(total, min_per_agent=guarantee))


def _shares(shared: Shared, total: int, requested: Sequence[int], guarantee: int) -> Outcome:
    extra, payments = shared
    held = [more + min(guarantee, requested[agent]) for agent, more in enumerate(extra)]
    return [Fraction(tokens, total) for tokens in held], payments
