"""The linear relaxation of a program, solved by HiGHS in doubles: where to branch, and prices to be made exact.

Nothing here is trusted. Doubles hold some 15 digits, so where values have more the prices of the basis are solved for
again in fractions (`basic_prices`): few of its equations are left after those with one unknown.

Source: Dantzig 1963 (duals of a basis); Gleixner, Steffy and Wolter 2016 (exact from floating-point bases).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from verifier.exact import common_denominator
from verifier.oracles.silent_highs import silent_highs
from verifier.oracles.welfare.cover import Prices
from verifier.oracles.welfare.program import Program

_DIGITS = 20  # bits of the largest value as the solver sees it: well inside its tolerances
_UNITS = 30  # bits of the largest limit as the solver sees it: it refuses entries from 10^15 on
LARGEST = 400  # a power of two that doubles are multiplied by without overflow; beyond it fractions take over

Price: TypeAlias = float | Fraction


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What HiGHS says of one part: how far columns are accepted, prices of the rows in scaled values, a basis."""

    shares: list[float]
    prices: list[Price]
    basic_columns: tuple[int, ...]
    tight_rows: tuple[int, ...]


class Relaxation:
    """One model for all parts of the tree: only bounds of columns change, and every solve starts at the last basis."""

    def __init__(self, program: Program) -> None:
        import highspy
        import numpy as np

        self.program = program
        columns, rows = len(program.values), len(program.limits)
        self._shift = max(0, max(program.values, default=0).bit_length() - _DIGITS)
        self._row_shifts = [max(0, limit.bit_length() - _UNITS) for limit in program.limits]
        self._highs = silent_highs()
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._basic = highspy.HighsBasisStatus.kBasic
        for option in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
            self._highs.setOptionValue(option, 1e-9)
        self._highs.setOptionValue("presolve", "off")  # so that the basis is one of this model
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = columns, rows
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_ = np.array([value / 2**self._shift for value in program.values])
        lp.col_lower_, lp.col_upper_ = np.zeros(columns), np.ones(columns)
        lp.row_lower_ = np.full(rows, -highspy.kHighsInf)
        scales = [2**shift for shift in self._row_shifts]
        limits = [limit / scale for limit, scale in zip(program.limits, scales, strict=True)]
        lp.row_upper_ = np.array(limits, dtype=float)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.cumsum([0, *map(len, program.entries)])
        lp.a_matrix_.index_ = np.array([row for entries in program.entries for row, _ in entries], dtype=np.int32)
        lp.a_matrix_.value_ = np.array(
            [units / scales[row] for entries in program.entries for row, units in entries], dtype=float
        )
        self._highs.passModel(lp)
        self._fixed: dict[int, int] = {}

    def solve(self, refused: Collection[int], accepted: Collection[int]) -> Relaxed | None:
        """The relaxation of a part; None where HiGHS finds no optimum, so that nothing can be learned from it."""
        wanted = {**dict.fromkeys(refused, 0), **dict.fromkeys(accepted, 1)}
        for column in self._fixed.keys() - wanted.keys():
            self._highs.changeColBounds(column, 0.0, 1.0)
        for column, value in wanted.items():
            if self._fixed.get(column) != value:
                self._highs.changeColBounds(column, float(value), float(value))
        self._fixed = wanted
        self._highs.run()
        if self._highs.getModelStatus() != self._optimal:
            return None
        solution, basis = self._highs.getSolution(), self._highs.getBasis()
        powers = [self._shift - shift for shift in self._row_shifts]
        return Relaxed(
            list(solution.col_value),
            [_times(max(0.0, price), power) for price, power in zip(solution.row_dual, powers, strict=True)],
            tuple(column for column, status in enumerate(basis.col_status) if status == self._basic),
            tuple(row for row, status in enumerate(basis.row_status) if status != self._basic),
        )


def _times(price: float, power: int) -> Price:
    """A price times a power of two, as a fraction where a double could not hold it."""
    return math.ldexp(price, power) if abs(power) <= LARGEST else Fraction(price) * Fraction(2) ** power


def basic_prices(program: Program, relaxed: Relaxed) -> Prices | None:
    """The prices at which the columns of the basis are worth just what they cost, exactly; None if it is no basis."""
    tight = set(relaxed.tight_rows)
    equations = [
        (
            {row: Fraction(units) for row, units in program.entries[column] if row in tight},
            Fraction(program.values[column]),
        )
        for column in relaxed.basic_columns
    ]
    found: dict[int, Fraction] = {}
    pivots: list[tuple[int, dict[int, Fraction], Fraction]] = []
    while equations:
        equations.sort(key=lambda equation: len(equation[0]), reverse=True)
        terms, value = equations.pop()
        if not terms:
            return None
        pivot = min(terms, key=lambda row: sum(row in others for others, _ in equations) if len(terms) > 1 else 0)
        pivots.append((pivot, terms, value))
        for place, (others, other_value) in enumerate(equations):
            if pivot in others:
                factor = others[pivot] / terms[pivot]
                merged = {row: others.get(row, 0) - factor * terms.get(row, 0) for row in others.keys() | terms.keys()}
                left = {row: Fraction(c) for row, c in merged.items() if c and row != pivot}
                equations[place] = (left, other_value - factor * value)
    for pivot, terms, value in reversed(pivots):
        rest = sum((c * found.get(row, Fraction(0)) for row, c in terms.items() if row != pivot), Fraction(0))
        found[pivot] = (value - rest) / terms[pivot]
    return whole_over(found)


def whole_over(prices: Mapping[int, Fraction]) -> Prices:
    """Prices over their common denominator, negative ones raised to zero."""
    kept = {row: price for row, price in prices.items() if price > 0}
    denominator = common_denominator(kept.values())
    return Prices(denominator, {row: int(price * denominator) for row, price in kept.items()})
