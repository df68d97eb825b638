"""Prices and proposals for a 0/1 program through PuLP: HiGHS in this process, or CBC in a process of its own.

The model is built once. Every further question only changes bounds of columns, so that HiGHS goes on from the last
basis. Nothing that a solver says is believed: prices make a bound by weak duality whatever they are, and proposals are
checked and valued in whole numbers by the caller.

Values beyond 2^36 are scaled down for the solver; it sees doubles, and answers about as well as doubles can. A row that
even an empty choice may break is softened by a slack at a high price, so that there are always prices to go by.

Source: PuLP 3.3, `pulp.HiGHS` and `pulp.PULP_CBC_CMD`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pulp

from mechanisms.auctions.packages.program import PRECISION, Program

SOLVERS = ("highs", "cbc")
NAMES = {"highs": "HiGHS", "cbc": "CBC"}
COMFORT = 36  # bits of the largest value that a solver is given


class Model:
    """A program as a PuLP problem, kept by one solver for many questions."""

    def __init__(self, program: Program, solver: str) -> None:
        if solver not in SOLVERS:
            raise ValueError(f"unknown solver {solver!r}; it must be one of {', '.join(SOLVERS)}")
        self._program = program
        self._solver = solver
        self._shift = max(0, max(program.values, default=0).bit_length() - COMFORT)
        self._problem, self._columns, self._rows = self._build()
        self._kept: dict[bool, Any] = {}  # HiGHS models, by whether they are integral
        self._bounds: dict[bool, list[tuple[int, int]]] = {}

    def _build(self) -> tuple[Any, list[Any], list[Any]]:
        problem = pulp.LpProblem("winners", pulp.LpMaximize)
        columns = [
            problem.add_variable(f"x{index}", 0, 1, pulp.LpInteger) for index in range(len(self._program.values))
        ]
        scaled = [value / (1 << self._shift) for value in self._program.values]
        fine = 2 * sum(scaled) + 1
        objective = list(zip(columns, scaled, strict=True))
        rows = []
        for index, row in enumerate(self._program.rows):
            largest = max((abs(factor) for factor in row.coefficients.values()), default=0)
            size = max(0, largest.bit_length() - COMFORT)
            terms = [(columns[column], factor / (1 << size)) for column, factor in row.coefficients.items()]
            if row.elastic:
                slack = problem.add_variable(f"z{index}", 0)
                terms.append((slack, -1))
                objective.append((slack, -fine))
            bound = pulp.LpConstraint(
                pulp.LpAffineExpression(terms), pulp.LpConstraintLE, None, row.limit / (1 << size)
            )
            rows.append((bound, size))
        problem.setObjective(pulp.LpAffineExpression(objective))
        for index, (bound, _) in enumerate(rows):
            problem.addConstraint(bound, f"r{index}")
        return problem, columns, rows

    def prices(self, low: Sequence[int], high: Sequence[int]) -> tuple[list[int], list[float]]:
        """Prices of the rows, in units of 1/PRECISION, and a fractional point, both of the linear program.

        All prices are 0 where the solver gives none.
        """
        values, duals = self._solve(low, high, integral=False)
        prices = []
        for (_, size), dual in zip(self._rows, duals, strict=True):
            # the sign of a dual is a solver's convention; that of a price is not
            scaled = Fraction(abs(dual)) * PRECISION * (1 << self._shift) / (1 << size)
            prices.append(round(scaled))
        return prices, values

    def proposal(self, low: Sequence[int], high: Sequence[int]) -> list[int]:
        """What the solver takes for the best 0/1 point between low and high; it may not even be feasible."""
        values, _ = self._solve(low, high, integral=True)
        return [int(value > 0.5) for value in values]

    def _solve(self, low: Sequence[int], high: Sequence[int], integral: bool) -> tuple[list[float], list[float]]:
        if not self._columns or not self._rows:
            return [float(most) for most in high], [0.0] * len(self._rows)
        if self._solver == "highs":
            return self._highs(low, high, integral)
        return self._cbc(low, high, integral)

    def _highs(self, low: Sequence[int], high: Sequence[int], integral: bool) -> tuple[list[float], list[float]]:
        kept = self._kept.get(integral)
        if kept is None:
            driver = pulp.HiGHS(mip=integral, msg=False, gapRel=0, gapAbs=0, threads=1)
            driver.createAndConfigureSolver(self._problem)
            driver.buildSolverModel(self._problem)
            kept = self._problem.solverModel
            self._kept[integral] = kept
            self._bounds[integral] = [(0, 1)] * len(self._columns)
        bounds = self._bounds[integral]
        for place, (column, wanted) in enumerate(zip(self._columns, zip(low, high, strict=True), strict=True)):
            if bounds[place] != wanted:
                kept.changeColBounds(column.index, *wanted)
                bounds[place] = wanted
        kept.run()
        solution = kept.getSolution()
        values, duals = list(solution.col_value), list(solution.row_dual)
        known = len(values) > 0
        return (
            [values[column.index] if known else 0.0 for column in self._columns],
            duals if len(duals) == len(self._rows) else [0.0] * len(self._rows),
        )

    def _cbc(self, low: Sequence[int], high: Sequence[int], integral: bool) -> tuple[list[float], list[float]]:
        for column, least, most in zip(self._columns, low, high, strict=True):
            column.lowBound, column.upBound = least, most
        quiet = {"msg": False, "gapRel": 0, "gapAbs": 0, "threads": 1, "_skip_v4_deprecation": True}
        self._problem.solve(pulp.PULP_CBC_CMD(mip=integral, **quiet))
        return (
            [float(column.varValue or 0.0) for column in self._columns],
            [float(row.pi or 0.0) for row, _ in self._rows],
        )
