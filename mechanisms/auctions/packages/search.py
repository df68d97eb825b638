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
PATIENCE = 100  # splits before the integer program is asked, which costs as much as some dozens of them
DEPTH = 300  # columns that an enumeration may leave open: it calls itself once for each
SPLITS = 20_000  # splits before the search gives up: a count, so that runs repeat


class TooHard(ArithmeticError):
    """The optimum could not be proved within SPLITS. Ask about fewer bids, or raise SPLITS; there is no half answer."""


@dataclass(frozen=True)
class Optimum:
    """The best point, its value, and how it is known. `point` is None where no point is feasible."""

    point: tuple[int, ...] | None
    value: int
    method: str


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
        question.settle([0] * len(top), top)
        if not question.split:
            kind = "integer" if question.proposed else "linear"
            left = f"then exact search among the {question.open} bids that prices could not exclude"
            method = f"{kind} program ({self._name}), {left if question.open else 'proved by its prices'}"
        else:
            parts = f"{question.split} splits, each with prices of its own"
            method = f"integer program ({self._name}), then exact search over {parts}"
        return Optimum(question.point, question.value, method)


class _Question:
    """The state of one search: the best point so far."""

    def __init__(self, program: Program, model: Model, declared: bool) -> None:
        self._program = program
        self._model = model
        self._declared = declared
        self.point: tuple[int, ...] | None = None
        self.value = -1
        self.open = 0  # columns that the prices of the undivided program left open
        self.split = 0
        self.proposed = False

    def offer(self, point: Sequence[int]) -> None:
        """Keep a point if it is feasible and better, or as good and earlier in the declared order."""
        value = self._program.worth(point)
        if value < self.value or not self._program.feasible(point):
            return
        if value > self.value or (self._declared and self.point is not None and tuple(point) > self.point):
            self.value, self.point = value, tuple(point)

    def hopeless(self, ceiling: int, first: Sequence[int]) -> bool:
        """Whether no point helps that is worth at most `ceiling` (in 1/PRECISION) and not before `first` in order."""
        worth = ceiling // PRECISION
        if worth != self.value or self.point is None:
            return worth <= self.value if self.point is None else worth < self.value
        return not self._declared or tuple(first) <= self.point

    def settle(self, low: list[int], high: list[int]) -> None:
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
            self._round(fractional, low, high)
            reduced = self._program.reduced(prices)
            while self._fix(prices, reduced, low, high):
                free = [column for column, least in enumerate(low) if least != high[column]]
                if not self.split:
                    self.open = len(free)
                if _Enumeration(self, self._program, prices, reduced, low, high).run(free):
                    break
                if not self.proposed and self.split >= PATIENCE:
                    self.proposed = True
                    self.offer(self._model.proposal(low, high))
                    continue
                self.split += 1
                if self.split > SPLITS:
                    raise TooHard(f"no proof after {SPLITS:,} splits of the program; ask about fewer bids")
                branch = min(free, key=lambda column: (abs(fractional[column] - 0.5), -reduced[column], column))
                for end in (0, 1):  # the last one pushed is looked at first
                    below, above = list(low), list(high)
                    below[branch] = above[branch] = end
                    pending.append((below, above))
                break

    def _round(self, fractional: Sequence[float], low: Sequence[int], high: Sequence[int]) -> None:
        """Offer what a fractional point leads to: its largest parts first, as far as the rows have room."""
        point = list(low)
        room = [row.limit for row in self._program.rows]
        columns = self._program.columns
        for column, taken in enumerate(point):
            if taken:
                for row, factor in columns[column]:
                    room[row] -= factor
        for column in sorted(range(len(point)), key=lambda column: (-round(fractional[column], 6), column)):
            if point[column] < high[column] and all(factor <= max(0, room[row]) for row, factor in columns[column]):
                point[column] = 1
                for row, factor in columns[column]:
                    room[row] -= factor
        self.offer(point)

    def _fix(self, prices: Sequence[int], reduced: Sequence[int], low: list[int], high: list[int]) -> bool:
        """Fix columns by their reduced values; False where nothing is left between low and high that can help."""
        ceiling = self._program.ceiling(prices, reduced, low, high)
        if self.hopeless(ceiling, high):
            return False
        room = ceiling - self.value * PRECISION
        for column, margin in enumerate(reduced):
            if low[column] != high[column] and abs(margin) > room:
                low[column] = high[column] = int(margin > 0)
        return propagate(self._program, low, high)


class _Enumeration:
    """All points between low and high in the declared order, as far as losses against the ceiling allow.

    For each row it follows `tight`, the room left if all later columns take as little as they can (below 0 the branch
    is infeasible), and `unfilled`, the room that no later column can fill (lost, at the row's price).
    """

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
        self._columns = program.columns
        self._prices = prices
        self._reduced = reduced
        self._left = BUDGET
        self._point = list(high)
        self._tight = []
        self._unfilled = []
        for row in program.rows:
            ends = [(factor * low[column], factor * high[column]) for column, factor in row.coefficients.items()]
            self._tight.append(row.limit - sum(map(min, ends)))
            self._unfilled.append(row.limit - sum(map(max, ends)))
        lost = sum(price * max(0, room) for price, room in zip(prices, self._unfilled, strict=True))
        self._start = program.ceiling(prices, reduced, low, high) - lost

    def run(self, free: Sequence[int]) -> bool:
        """Enumerate the free columns; False where the budget does not do."""
        self._free = free
        if len(free) > DEPTH:
            return False
        self._effects = [tuple(self._effect(column, taken) for taken in (0, 1)) for column in free]
        self._visit(0, self._start)
        return self._left > 0

    def _effect(self, column: int, taken: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """(row, units) that a decision uses up for good, and that it leaves to nobody after it."""
        used = [(row, abs(factor)) for row, factor in self._columns[column] if (factor > 0) == (taken == 1)]
        freed = [(row, abs(factor)) for row, factor in self._columns[column] if (factor > 0) != (taken == 1)]
        return used, freed

    def _visit(self, depth: int, ceiling: int) -> None:
        self._left -= 1
        place = self._free[depth] if depth < len(self._free) else len(self._point)
        if self._left <= 0 or self._question.hopeless(ceiling, self._point):
            return
        if place == len(self._point):
            self._question.offer(self._point)
            return
        tight, unfilled, prices = self._tight, self._unfilled, self._prices
        for taken in (1, 0):
            self._point[place] = taken
            used, freed = self._effects[depth][taken]
            feasible = True
            for row, units in used:
                tight[row] -= units
                if tight[row] < 0:
                    feasible = False
            if feasible:
                loss = max(0, self._reduced[place] * (1 - 2 * taken))
                for row, units in freed:
                    before = unfilled[row]
                    unfilled[row] = after = before + units
                    if after > 0:
                        loss += prices[row] * (units if before > 0 else after)
                self._visit(depth + 1, ceiling - loss)
                for row, units in freed:
                    unfilled[row] -= units
            for row, units in used:
                tight[row] += units
        self._point[place] = 1
