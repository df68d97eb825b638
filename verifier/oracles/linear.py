"""Linear programs in exact rationals: maximise c x subject to A x <= b, E x = f, x >= 0.

HiGHS proposes a basis in doubles. From there the criss-cross method pivots on an integer tableau until the basis is
exactly optimal, which is mostly at once; without a proposal it starts from the slacks. Where only the proposed point is
off and its prices are right, the dual simplex method comes first. Every answer carries what proves it, and `check`
tests that on the program alone:

Optimal     x and prices y, both feasible, with c x = y (b, f): neither can be improved.
Infeasible  y with y A >= 0 on every column, y >= 0 on rows of A, y (b, f) < 0: no x >= 0 meets the rows.
Unbounded   a feasible x and a ray d >= 0 with A d <= 0, E d = 0, c d > 0.

Source: Terlaky 1985 (criss-cross); Lemke 1954 (dual simplex); Edmonds 1967 and Bareiss 1968 (integer pivots);
Farkas 1902; Gleixner, Steffy and Wolter 2016 (exact from floating-point bases).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from verifier.errors import DomainError, TooLarge
from verifier.exact import Money, common_denominator, simplest, size
from verifier.oracles.silent_highs import silent_highs

Row: TypeAlias = Mapping[int, Money]  # column -> coefficient, zeros left out
Vector: TypeAlias = tuple[Money, ...]

MOST_DUAL = 5  # pivots for each row before another method is tried
MOST_CELLS = 4_000_000  # of the integer tableau


@dataclass(frozen=True, slots=True)
class LinearProgram:
    """Maximise `objective` x over x >= 0 with `rows` x <= `limits` and `equal_rows` x = `equal_limits`.

    Attributes
    ----------
    columns : how many variables
    objective : a coefficient by column
    rows, limits : (m,) inequalities
    equal_rows, equal_limits : (k,) equations

    Raises
    ------
    DomainError : rows without limits, or a column that does not exist.
    TooLarge : a tableau that would not fit in memory.
    """

    columns: int
    objective: Row
    rows: tuple[Row, ...] = ()
    limits: Vector = ()
    equal_rows: tuple[Row, ...] = ()
    equal_limits: Vector = ()

    def __post_init__(self) -> None:
        if len(self.rows) != len(self.limits) or len(self.equal_rows) != len(self.equal_limits):
            raise DomainError("a linear program needs one limit for each row")
        for row in (self.objective, *self.rows, *self.equal_rows):
            if any(not 0 <= column < self.columns for column in row):
                raise DomainError(f"a row names a column that is not one of 0..{self.columns - 1}: {sorted(row)}")
        count = len(self.limits) + len(self.equal_limits)
        if (count + 1) * (self.columns + count + 1) > MOST_CELLS:
            raise TooLarge((count + 1) * (self.columns + count + 1), MOST_CELLS, "entries of a tableau")


@dataclass(frozen=True, slots=True)
class Optimal:
    """x, and prices of the rows (inequalities first, then equations) whose value is the same."""

    value: Money
    primal: Vector
    dual: Vector


@dataclass(frozen=True, slots=True)
class Infeasible:
    """Weights of the rows (inequalities first) under which they contradict x >= 0."""

    farkas: Vector


@dataclass(frozen=True, slots=True)
class Unbounded:
    """A feasible point, and a direction from it in which the objective grows for ever."""

    point: Vector
    ray: Vector


Result: TypeAlias = Optimal | Infeasible | Unbounded


def solve(program: LinearProgram, *, propose: bool = True) -> Result:
    """The exact optimum, or a proof that there is none; without `propose` no doubles are used at all."""
    hints = proposal(program) if propose else ()
    tableau = _Tableau(program, program.objective, hints)
    found = tableau.run()
    if isinstance(found, tuple):  # a ray; whether it starts anywhere is another question
        start = _Tableau(program, {}, ()).run()
        if isinstance(start, tuple):
            raise AssertionError("an objective of zeros has no ray")
        result: Result = Unbounded(start.primal, found) if isinstance(start, Optimal) else start
    else:
        result = found
    check(program, result)
    return result


def check(program: LinearProgram, result: Result) -> None:
    """Raise AssertionError unless the result proves itself on the program; fractions and sums only."""
    every: tuple[Row, ...] = (*program.rows, *program.equal_rows)
    limits = (*program.limits, *program.equal_limits)
    if isinstance(result, Infeasible):
        _need(_priced(program, result.farkas, {}), "the Farkas weights do not cover a column")
        _need(_dot(result.farkas, limits) < 0, "the Farkas weights do not contradict the limits")
        return
    point = result.primal if isinstance(result, Optimal) else result.point
    _need(len(point) == program.columns and min(point, default=0) >= 0, "the point has a negative entry")
    left = [_times(row, point) for row in every]
    count = len(program.rows)
    _need(all(a <= b for a, b in zip(left[:count], limits, strict=False)), "the point breaks an inequality")
    _need(left[count:] == list(limits[count:]), "the point breaks an equation")
    if isinstance(result, Optimal):
        _need(_priced(program, result.dual, program.objective), "the prices are not feasible")
        _need(_times(program.objective, point) == result.value, "the point is not worth the value")
        _need(_dot(result.dual, limits) == result.value, "the prices are not worth the value")
        return
    _need(len(result.ray) == program.columns and min(result.ray, default=0) >= 0, "the ray has a negative entry")
    along = [_times(row, result.ray) for row in every]
    _need(max(along[:count], default=0) <= 0 and not any(along[count:]), "the ray leaves the feasible set")
    _need(_times(program.objective, result.ray) > 0, "the objective does not grow along the ray")


def _need(holds: bool, message: str) -> None:
    if not holds:
        raise AssertionError(message)


def _times(row: Row, point: Sequence[Money]) -> Money:
    return sum((a * point[column] for column, a in row.items()), 0)


def _dot(left: Sequence[Money], right: Sequence[Money]) -> Money:
    return sum((a * b for a, b in zip(left, right, strict=True)), 0)


def _priced(program: LinearProgram, prices: Vector, objective: Row) -> bool:
    """Whether prices of inequalities are at least zero and every column costs at least what it brings."""
    cost: list[Money] = [-objective.get(column, 0) for column in range(program.columns)]
    for price, row in zip(prices, (*program.rows, *program.equal_rows), strict=True):
        for column, a in row.items():
            cost[column] += price * a
    return min(prices[: len(program.rows)], default=0) >= 0 and min(cost, default=0) >= 0


class _Tableau:
    """Integers over one positive denominator: columns of the program, one unit column for each row, the limits.

    The unit columns of inequalities are slacks; those of equations only remember how rows were combined.
    """

    def __init__(self, program: LinearProgram, objective: Row, hints: Sequence[int]) -> None:
        import numpy as np

        self.program = program
        every: tuple[Row, ...] = (*program.rows, *program.equal_rows)
        limits = (*program.limits, *program.equal_limits)
        self.count, n = len(every), program.columns
        cells: Any = np.full((self.count + 1, n + self.count + 1), 0, dtype=object)
        self.scales: list[int] = []
        for place, (row, limit) in enumerate(zip((*every, objective), (*limits, 0), strict=True)):
            scale = common_denominator((*row.values(), limit))
            for column, a in row.items():
                cells[place, column] = int(a * scale)
            cells[place, -1] = int(limit * scale)
            if place < self.count:
                cells[place, n + place] = 1
            self.scales.append(scale)
        self.cells, self.denominator = cells, 1
        self.basis = list(range(n, n + self.count))
        self.eligible = n + len(program.rows)
        wanted = list(hints)
        for place in range(len(program.rows), self.count):
            filled = np.flatnonzero(self.cells[place, :n] != 0)
            if len(filled):
                liked = [column for column in wanted if column < n and self.cells[place, column]]
                self.pivot(place, liked[0] if liked else int(filled[0]))
        for column in wanted:
            if column not in self.basis:
                spare = [
                    place
                    for place, basic in enumerate(self.basis)
                    if basic < self.eligible and basic not in wanted and self.cells[place, column]
                ]
                if spare:
                    self.pivot(spare[0], column)

    def pivot(self, place: int, column: int) -> None:
        """Make a column basic in a row; every division is exact."""
        pivot, row = self.cells[place, column], self.cells[place].copy()
        factors = self.cells[:, column].copy()
        self.cells = (self.cells * pivot - factors[:, None] * row[None, :]) // self.denominator
        self.cells[place] = row
        if pivot < 0:
            self.cells, pivot = -self.cells, -pivot
        self.denominator = pivot
        self.basis[place] = column

    def run(self) -> Optimal | Infeasible | Vector:
        """Criss-cross from this basis: the least index that is infeasible, primal or dual, is pivoted away."""
        n = self.program.columns
        for place in range(len(self.program.rows), self.count):
            if self.basis[place] >= self.eligible and self.cells[place, -1]:  # 0 = something
                return self._farkas(place, -1 if self.cells[place, -1] > 0 else 1)
        ended = self._dual()
        if ended is not None:
            return ended
        while True:
            place_of = {self.basis[place]: place for place in range(self.count) if self.cells[place, -1] < 0}
            gains = (self.cells[-1, : self.eligible] > 0).astype(bool).nonzero()[0]
            low = min(place_of, default=self.eligible + self.count)
            if len(gains) and int(gains[0]) < low:
                column = int(gains[0])
                places = [place for place in range(self.count) if self.cells[place, column] > 0]
                if not places:
                    return self._ray(column)
                self.pivot(min(places, key=self.basis.__getitem__), column)
            elif place_of:
                place = place_of[low]
                columns = (self.cells[place, : self.eligible] < 0).astype(bool).nonzero()[0]
                if not len(columns):
                    return self._farkas(place, 1)
                self.pivot(place, int(columns[0]))
            else:
                break
        primal: list[Money] = [0] * n
        for place, basic in enumerate(self.basis):
            if basic < n:
                primal[basic] = self._exact(self.cells[place, -1])
        scale = self.scales[-1]
        dual = tuple(
            simplest(Fraction(-int(self.cells[-1, n + place]) * self.scales[place], self.denominator * scale))
            for place in range(self.count)
        )
        return Optimal(simplest(Fraction(-int(self.cells[-1, -1]), self.denominator * scale)), tuple(primal), dual)

    def _dual(self) -> Infeasible | None:
        """The dual simplex method from a basis with right prices, as HiGHS mostly has them.

        The row that is furthest off leaves, the column of the least ratio enters. It may cycle, so that after some
        pivots the criss-cross method goes on.
        """
        for _ in range(MOST_DUAL * self.count):
            prices = self.cells[-1, : self.eligible]
            place = min(range(self.count), key=lambda at: self.cells[at, -1], default=0)
            if not self.count or self.cells[place, -1] >= 0 or (prices > 0).any():
                return None
            row = self.cells[place, : self.eligible]
            columns = (row < 0).astype(bool).nonzero()[0]
            if not len(columns):
                return self._farkas(place, 1)
            self.pivot(place, int(min(columns, key=lambda at: Fraction(int(prices[at]), int(row[at])))))
        return None

    def _exact(self, cell: int) -> Money:
        return simplest(Fraction(int(cell), self.denominator))

    def _farkas(self, place: int, sign: int) -> Infeasible:
        weights = self.cells[place, self.program.columns : -1]
        return Infeasible(
            tuple(self._exact(sign * w * scale) for w, scale in zip(weights, self.scales[:-1], strict=True))
        )

    def _ray(self, column: int) -> Vector:
        ray: list[Money] = [0] * self.program.columns
        for place, basic in enumerate(self.basis):
            if basic < len(ray):
                ray[basic] = self._exact(-self.cells[place, column])
        if column < len(ray):
            ray[column] = 1
        return tuple(ray)


def proposal(program: LinearProgram) -> tuple[int, ...]:
    """Columns, then slacks counted on from them, that HiGHS has in its last basis; a proposal, nothing more."""
    import numpy as np

    every: tuple[Row, ...] = (*program.rows, *program.equal_rows)
    used: tuple[Row, ...] = (*every, program.objective)
    largest: list[Money] = [max((size(a) for a in row.values()), default=1) or 1 for row in used]
    matrix = [
        {column: float(Fraction(a) / top) for column, a in row.items()}
        for row, top in zip(every, largest, strict=False)
    ]
    try:
        limits = [
            float(Fraction(b) / t) for b, t in zip((*program.limits, *program.equal_limits), largest, strict=False)
        ]
    except OverflowError:
        return ()
    if not every or not program.columns or max(map(abs, limits), default=0.0) > 1e14:
        return ()
    cost = np.zeros(program.columns)
    for column, a in program.objective.items():
        cost[column] = float(Fraction(a) / largest[-1])
    lower = np.array([-np.inf if place < len(program.rows) else limit for place, limit in enumerate(limits)])
    starts = np.cumsum([0, *map(len, matrix)])
    indices = np.array([column for row in matrix for column in row], dtype=np.int32)
    values = np.array([a for row in matrix for a in row.values()], dtype=float)
    return in_doubles(cost, starts, indices, values, lower, np.array(limits))[0]


def in_doubles(
    cost: Any, starts: Any, indices: Any, values: Any, lower: Any, upper: Any
) -> tuple[tuple[int, ...], Any]:
    """What HiGHS makes basic in the program given by arrays (rows one after another), and its prices of the rows.

    Basic are columns, and rows as columns + row.
    """
    import highspy
    import numpy as np

    highs = silent_highs()
    highs.setOptionValue("presolve", "off")  # so that the basis is one of this model
    highs.setOptionValue("threads", 1)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(upper)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = cost
    lp.col_lower_, lp.col_upper_ = np.zeros(len(cost)), np.full(len(cost), highspy.kHighsInf)
    lp.row_lower_, lp.row_upper_ = lower, upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = starts, indices, values
    highs.passModel(lp)
    highs.run()
    basis, inside = highs.getBasis(), highspy.HighsBasisStatus.kBasic
    columns = [column for column, status in enumerate(basis.col_status) if status == inside]
    slacks = [
        len(cost) + row for row, status in enumerate(basis.row_status) if status == inside and lower[row] == -np.inf
    ]
    return (*columns, *slacks), np.array(highs.getSolution().row_dual)
