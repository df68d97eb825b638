"""The optimum of a 0/1 program, proved in whole numbers whatever the solver says.

Method  1. Prices from the linear program bound every point (weak duality, see `program`).
        2. A column whose reduced value exceeds the gap between that bound and the best known point can be fixed.
        3. The columns left over are enumerated in the declared order; a branch ends where the losses against the bound
           (reduced values forgone, units left over at a price) use up the gap.
        4. Where that takes more than BUDGET steps, the integer program proposes a better point, and the most fractional
           column splits the program in two, each with prices of its own.
        Steps 2 to 4 compare whole numbers only, so that no tolerance can change the answer.
Ties    the declared first optimum of `program`, where it is asked for.

Source: Balas and Martin 1980 (fixing by reduced values); Land and Doig 1960.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mechanisms.auctions.packages.program import PRECISION, Program, propagate
from mechanisms.auctions.packages.solvers import NAMES, Model

BUDGET = 2000  # steps of enumeration before a program is split


@dataclass(frozen=True)
class Optimum:
    """The best point, its value, and how it is known. `point` is None where no point is feasible."""

    point: tuple[int, ...] | None
    value: int
    method: str


class _Spent(Exception):  # noqa: N818 - a signal of this module to itself
    """The enumeration has used up its budget."""


class Solver:
    """One program and its solver, kept for several questions."""

    def __init__(self, program: Program, solver: str = "highs") -> None:
        self.program = program
        self._model = Model(program, solver)
        self._name = NAMES[solver]

    def best(
        self, high: Sequence[int] | None = None, known: Sequence[int] | None = None, declared: bool = True
    ) -> Optimum:
        """The optimum among points that are at most `high`.

        Parameters
        ----------
        high : (n,) 0 for columns that must stay out; all may enter without it
        known : a point to start from; it counts only where it is feasible
        declared : whether of several optimal points the declared first is wanted; without, any of them
        """
        top = list(high) if high is not None else [1] * len(self.program.values)
        question = _Question(self.program, self._model, declared)
        if known is not None and all(one <= most for one, most in zip(known, top, strict=True)):
            question.offer(known)
        question.settle([0] * len(top), top, first=True)
        if not question.split:
            left = f", then exact search among the {question.open} bids that its prices could not exclude"
            method = f"linear program ({self._name})" + (left if question.open else ", proved by its prices")
        else:
            method = f"integer program ({self._name}), then exact search over {question.split} splits with prices of their own"
        return Optimum(question.point, question.value, method)


class _Question:
    """The state of one search: the best point so far."""

    def __init__(self, program: Program, model: Model, declared: bool) -> None:
        self._program = program
        self._model = model
        self._declared = declared
        self.point: tuple[int, ...] | None = None
        self.value = -1
        self.open = 0  # columns that the first prices left open
        self.split = 0
        self._proposed = False

    def offer(self, point: Sequence[int]) -> None:
        """Keep a point if it is feasible and better, or as good and earlier in the declared order."""
        value = self._program.worth(point)
        if value < self.value or not self._program.feasible(point):
            return
        if value > self.value or (self._declared and self.point is not None and tuple(point) > self.point):
            self.value, self.point = value, tuple(point)

    def _hopeless(self, ceiling: int, prefix: Sequence[int]) -> bool:
        """Whether points worth at most `ceiling` (in units of 1/PRECISION) that begin with `prefix` cannot help."""
        worth = ceiling // PRECISION
        if worth != self.value:
            return worth < self.value
        return not self._declared or (self.point is not None and tuple(prefix) < self.point[: len(prefix)])

    def settle(self, low: list[int], high: list[int], first: bool = False) -> None:
        """Find all that can be found between low and high."""
        pending = [(low, high)]
        while pending:
            low, high = pending.pop()
            if not propagate(self._program, low, high):
                continue
            if low == high:
                self.offer(low)
                continue
            prices, fractional = self._model.prices(low, high)
            reduced = self._program.reduced(prices)
            rounded = [
                min(most, max(least, int(part > 1 - 1e-6)))
                for part, least, most in zip(fractional, low, high, strict=True)
            ]
            self.offer(rounded)
            ceiling = self._program.ceiling(prices, reduced, low, high)
            if not self._fix(ceiling, reduced, low, high):
                continue
            if first:
                self.open, first = sum(least != most for least, most in zip(low, high, strict=True)), False
            try:
                _Enumeration(self, self._program, prices, reduced, low, high).run(ceiling)
                continue
            except _Spent:
                self.split += 1
            if not self._proposed:
                self._proposed = True
                self.offer(self._model.proposal(low, high))
            free = [column for column, least in enumerate(low) if least != high[column]]
            branch = min(free, key=lambda column: (abs(fractional[column] - 0.5), -reduced[column], column))
            for end in (0, 1):  # the last one pushed is looked at first
                below, above = list(low), list(high)
                below[branch] = above[branch] = end
                pending.append((below, above))

    def _fix(self, ceiling: int, reduced: Sequence[int], low: list[int], high: list[int]) -> bool:
        """Fix columns by their reduced values; False where nothing between low and high can help."""
        if self._hopeless(ceiling, ()):
            return False
        room = ceiling - self.value * PRECISION
        for column, margin in enumerate(reduced):
            if low[column] != high[column] and abs(margin) > room:
                low[column] = high[column] = int(margin > 0)
        return propagate(self._program, low, high)


class _Enumeration:
    """All points between low and high in the declared order, as far as losses allow."""

    def __init__(
        self,
        question: _Question,
        program: Program,
        prices: Sequence[int],
        reduced: Sequence[int],
        low: Sequence[int],
        high: Sequence[int],
    ) -> None:
        self._question = question
        self._program = program
        self._prices = prices
        self._reduced = reduced
        self._low = low
        self._high = high
        self._left = BUDGET
        self._columns = program.columns
        self._rest = [self._ranges(place) for place in range(len(low) + 1)] if len(low) * len(prices) < 20_000 else None

    def _ranges(self, place: int) -> list[tuple[int, int]]:
        """For each row the least and the most that the columns from a place on can add."""
        ranges = []
        for row in self._program.rows:
            ends = [
                (factor * self._low[column], factor * self._high[column])
                for column, factor in row.coefficients.items()
                if column >= place
            ]
            ranges.append((sum(map(min, ends)), sum(map(max, ends))))
        return ranges

    def run(self, ceiling: int) -> None:
        """Enumerate; raises _Spent where the budget does not do."""
