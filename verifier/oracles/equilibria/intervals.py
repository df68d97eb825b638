"""Interval arithmetic on rational numbers: what an expression can be when its arguments are known to lie in ranges.

Definition   [a, b] op [c, d] contains x op y for all x in [a, b] and y in [c, d].
Rounding     Lower ends are rounded down and upper ends up to multiples of 2^-BITS, which keeps numbers short and only
             makes intervals wider: whatever is shown of a result holds for the true range.
Source: Moore 1966; Neumaier 1990, Chapter 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from verifier.exact import Money, size

BITS = 160  # binary places of an end that is kept


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from `lower` to `upper`, both included."""

    lower: Money
    upper: Money

    def __add__(self, other: Interval | Money) -> Interval:
        right = _lift(other)
        return Interval(self.lower + right.lower, self.upper + right.upper)

    __radd__ = __add__

    def __neg__(self) -> Interval:
        return Interval(-self.upper, -self.lower)

    def __sub__(self, other: Interval | Money) -> Interval:
        return self + (-_lift(other))

    def __rsub__(self, other: Interval | Money) -> Interval:
        return (-self) + other

    def __mul__(self, other: Interval | Money) -> Interval:
        right = _lift(other)
        ends = [a * b for a in (self.lower, self.upper) for b in (right.lower, right.upper)]
        return outward(min(ends), max(ends))

    __rmul__ = __mul__

    @property
    def magnitude(self) -> Money:
        """The largest absolute value in it."""
        return max(size(self.lower), size(self.upper))

    def contains(self, number: Money) -> bool:
        """Whether a number lies in it."""
        return self.lower <= number <= self.upper


def around(centre: Money, radius: Money) -> Interval:
    """The numbers no further than `radius` from `centre`."""
    return Interval(centre - radius, centre + radius)


def outward(lower: Money, upper: Money) -> Interval:
    """The interval with its ends rounded away from each other; whole numbers stay as they are."""
    return Interval(_down(lower), -_down(-upper))


def _down(end: Money) -> Money:
    if isinstance(end, int) or end.denominator.bit_length() <= BITS:
        return end
    return Fraction((end.numerator << BITS) // end.denominator, 1 << BITS)


def _lift(other: Interval | Money) -> Interval:
    return other if isinstance(other, Interval) else Interval(other, other)
