"""A 0/1 program in whole numbers: maximise values x subject to rows x <= limits, every x_j 0 or 1.

Prices       y >= 0 on the rows, whatever they are, bound every feasible x from above by weak duality:
             values x <= sum_r y_r limit_r + sum_j max(0, values_j - sum_r y_r a_rj).
             The brackets are the reduced values. Prices that come from a solver in doubles are as good as any here:
             they are rounded to multiples of 1/PRECISION first, and the bound is summed in whole numbers.
Declared     Among optimal x the declared one is the lexicographically greatest: at the first place where two optimal x
first        differ, it has the 1.

Source: Geoffrion 1974, "Lagrangean relaxation for integer programming"; Balas 1965 (rows that force variables).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

PRECISION = 5040  # divisible by 1 to 10: the prices of small programs are often such fractions


@dataclass(frozen=True)
class Row:
    """sum_j coefficients[j] x_j <= limit; whole numbers."""

    coefficients: dict[int, int]
    limit: int

    def holds(self, point: Sequence[int]) -> bool:
        """Whether a 0/1 point keeps to it."""
        return sum(factor * point[column] for column, factor in self.coefficients.items()) <= self.limit

    @property
    def binding(self) -> bool:
        """Whether some 0/1 point breaks it."""
        return sum(max(0, factor) for factor in self.coefficients.values()) > self.limit

    @property
    def elastic(self) -> bool:
        """Whether the linear program may break it at a price: nothing accepted at all need not satisfy it."""
        return self.limit < 0 or any(factor < 0 for factor in self.coefficients.values())


@dataclass(frozen=True)
class Program:
    """Values (n,) whole numbers >= 0, and rows."""

    values: tuple[int, ...]
    rows: tuple[Row, ...]

    @cached_property
    def columns(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """For each column the rows in which it stands, with its coefficients."""
        found: list[list[tuple[int, int]]] = [[] for _ in self.values]
        for index, row in enumerate(self.rows):
            for column, factor in row.coefficients.items():
                if factor:
                    found[column].append((index, factor))
        return tuple(map(tuple, found))

    def worth(self, point: Sequence[int]) -> int:
        """The value of a point."""
        return sum(value for value, taken in zip(self.values, point, strict=True) if taken)

    def feasible(self, point: Sequence[int]) -> bool:
        """Whether a point keeps to every row."""
        return all(row.holds(point) for row in self.rows)

    def reduced(self, prices: Sequence[int]) -> list[int]:
        """The reduced values at prices in units of 1/PRECISION, in the same units."""
        return [
            PRECISION * value - sum(prices[row] * factor for row, factor in column)
            for value, column in zip(self.values, self.columns, strict=True)
        ]

    def ceiling(self, prices: Sequence[int], reduced: Sequence[int], low: Sequence[int], high: Sequence[int]) -> int:
        """What no feasible point between low and high exceeds, in units of 1/PRECISION."""
        paid = sum(price * row.limit for price, row in zip(prices, self.rows, strict=True))
        return paid + sum(
            margin * (most if margin > 0 else least) for margin, least, most in zip(reduced, low, high, strict=True)
        )


def propagate(program: Program, low: list[int], high: list[int]) -> bool:
    """Fix, in place, every column that the rows leave no choice about; False where no point is left."""
    changed = True
    while changed:
        changed = False
        for row in program.rows:
            least = sum(factor * (low if factor > 0 else high)[column] for column, factor in row.coefficients.items())
            room = row.limit - least
            if room < 0:
                return False
            for column, factor in row.coefficients.items():
                if low[column] != high[column] and abs(factor) > room:
                    low[column] = high[column] = int(factor < 0)
                    changed = True
    return True
