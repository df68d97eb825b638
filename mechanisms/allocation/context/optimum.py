"""The most value that tokens can have: an exact search with one linear relaxation for every node.

Problem      Agent i gets e_i = 0, or least_i <= e_i <= most_i, tokens beyond its guarantee, sum e_i <= capacity; its
             value is v_i times the useful tokens. Minimum amounts make it a knapsack (Kellerer, Pferschy and Pisinger
             2004, Chapter 2); without them filling by value per token is optimal.
Relaxation   Of an undecided agent the least concave function above its value: a line from nothing to its least amount,
             then its value per token. Filling such pieces by slope is optimal (Dantzig 1957), and cuts at most one
             short. Where this is not on the way to somebody's least amount the relaxed optimum is attained, so that it
             is the optimum; else that agent is decided, either way.
Ties         Equal slopes in the order that is given; of equal optima the first that is found. Truthfulness does not
             depend on which.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from mechanisms.allocation.context.requests import Want
from mechanisms.auctions.outcome import Amount

Decided = dict[int, bool]  # by agent: served or not; only of agents that have a least amount


def optimum(wants: Sequence[Want], capacity: int) -> tuple[Amount, list[int]]:
    """The most value, and (n,) tokens beyond the guarantees that have it."""
    best: tuple[Amount, list[int]] | None = None
    waiting: list[Decided] = [{}]
    while waiting:
        decided = waiting.pop()
        relaxed = _relaxed(wants, capacity, decided)
        if relaxed is None or (best is not None and relaxed[0] <= best[0]):
            continue
        value, extra, cut = relaxed
        if cut is None:
            best = value, extra
            continue
        waiting += [{**decided, cut: False}, {**decided, cut: True}]  # the last is looked at first
    if best is None:
        raise AssertionError("to serve nobody beyond the guarantees is always possible")
    return best


def _relaxed(wants: Sequence[Want], capacity: int, decided: Decided) -> tuple[Amount, list[int], int | None] | None:
    """Value and tokens of the relaxation, and the undecided agent that is cut short; None where it does not fit."""
    extra = [want.least if decided.get(agent) else 0 for agent, want in enumerate(wants)]
    left = capacity - sum(extra)
    if left < 0:
        return None
    value: Amount = 0
    pieces: list[tuple[Amount, int, int, bool]] = []  # slope, agent, tokens, whether they lead to a least amount
    for agent, want in enumerate(wants):
        undecided = want.least > 0 and agent not in decided
        served = want.least == 0 or decided.get(agent, False)
        value += want.value * (want.useful(extra[agent]) if served else 0)
        if undecided and want.most > 0:
            steep = Fraction(want.setup + want.least, want.least) if want.setup else 1
            pieces.append((want.value * steep, agent, want.least, True))
        if undecided or served:
            pieces.append((want.value, agent, want.most - max(extra[agent], want.least), False))
    cut = None
    for slope, agent, room, leading in sorted(pieces, key=lambda one: one[0], reverse=True):
        taken = max(0, min(room, left))
        extra[agent] += taken
        value += slope * taken
        left -= taken
        if leading and 0 < taken < room:
            cut = agent
    return value, extra, cut
