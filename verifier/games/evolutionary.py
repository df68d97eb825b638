"""Evolutionarily stable strategies (ESS) of a symmetric two-player game with payoffs A to the row player.

Definition   x is stable if x A x >= y A x for all y, and x A y > y A y wherever y != x earns as much against x.
Decided by   z = y - x for y over the best replies to x: z A z < 0 for all such z != 0. Directions of the support are
             free and are completed to squares; the rest must be strictly copositive, tested set by set.
Refutation   a mutant y that earns more against x, or as much and no less against itself than x does.

Source: Maynard Smith and Price 1973; Haigh 1975; Hadeler 1983 (strict copositivity).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from verifier.errors import DomainError, TooLarge
from verifier.exact import Money, simplest
from verifier.games.normal_form import Mixed

MOST_REPLIES = 14  # outside the support: their subsets are all looked at


def mutant(matrix: Sequence[Sequence[Money]], strategy: Mixed) -> Mixed | None:
    """A mutant that the strategy does not drive out; None if the strategy is evolutionarily stable."""
    count = len(matrix)
    if len(strategy) != count or any(len(row) != count for row in matrix):
        raise DomainError(f"a symmetric game needs a square matrix and as many probabilities, here {count}")
    if min(strategy) < 0 or sum(strategy) != 1:
        raise DomainError(f"probabilities must be at least 0 and sum to 1, not {sum(strategy)}")
    worth = [sum((a * p for a, p in zip(row, strategy, strict=True)), 0) for row in matrix]
    best = max(worth)
    for action, p in enumerate(strategy):
        if p and worth[action] < best:
            top = worth.index(best)
            return tuple(int(other == top) for other in range(count))
    support = [action for action, p in enumerate(strategy) if p]
    others = [action for action in range(count) if worth[action] == best and not strategy[action]]
    if len(others) > MOST_REPLIES:
        raise TooLarge(2 ** len(others), 2**MOST_REPLIES, "sets of other best replies")
    base, free = support[0], support[1:]

    def form(a: int, b: int) -> Fraction:
        """Minus the symmetric part of A on the directions e_a - e_base, e_b - e_base."""
        twice = sum(matrix[i][j] - matrix[i][base] - matrix[base][j] + matrix[base][base] for i, j in ((a, b), (b, a)))
        return -Fraction(twice) / 2

    for size in range(len(others) + 1):
        for extra in combinations(others, size):
            move = _not_positive([[form(a, b) for b in (*free, *extra)] for a in (*free, *extra)], len(free))
            if move is not None:
                step = dict(zip((*free, *extra), move, strict=True))
                step[base] = -sum(move, Fraction(0))
                length = min((strategy[a] / -d for a, d in step.items() if d < 0), default=Fraction(1))
                return tuple(simplest(Fraction(p + length * step.get(a, 0))) for a, p in enumerate(strategy))
    return None


def is_stable(matrix: Sequence[Sequence[Money]], strategy: Mixed) -> bool:
    """Whether a strategy is evolutionarily stable, exactly."""
    return mutant(matrix, strategy) is None


def _not_positive(form: list[list[Fraction]], free: int) -> list[Fraction] | None:
    """A z != 0 with z Q z <= 0, positive after the first `free` places; None if this set of places has none.

    Smaller sets of places have none, so that all leading forms are positive until the last place.
    """
    size = len(form)
    columns: list[list[Fraction]] = []  # columns[k] makes place k conjugate to the places before it
    for k in range(size):
        z = [Fraction(int(k == i)) for i in range(size)]
        for earlier in columns:
            along = _value(form, earlier, z) / _value(form, earlier, earlier)
            z = [a - along * b for a, b in zip(z, earlier, strict=True)]
        if _value(form, z, z) <= 0:
            return z if all(a > 0 for a in z[free:k]) and (k < free or k == size - 1) else None
        columns.append(z)
    return None


def _value(form: list[list[Fraction]], left: list[Fraction], right: list[Fraction]) -> Fraction:
    return sum(
        (a * q * b for a, row in zip(left, form, strict=True) for q, b in zip(row, right, strict=True)), Fraction(0)
    )
