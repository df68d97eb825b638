"""Concave values of one divisible good, with exact values and marginal values at rational amounts.

Definition   U(0) = 0, U is concave and does not fall. `marginals` gives its slopes to the left and to the right, which
             differ only at kinks; at 0 the one to the left is not used.

Source: Johari and Tsitsiklis 2004, Assumption 1.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from verifier.errors import DomainError
from verifier.exact import Money, show


class Concave(Protocol):
    """What a user's value must offer. That it is concave is taken from whoever writes another class than these."""

    def value(self, amount: Fraction) -> Fraction:
        """What an amount is worth."""
        ...

    def marginals(self, amount: Fraction) -> tuple[Fraction, Fraction]:
        """Slopes to the left and to the right of an amount."""
        ...


@dataclass(frozen=True, slots=True)
class PiecewiseLinear:
    """Slope slopes[0] up to kinks[0], then slopes[1], and so on; the last holds for ever.

    Raises DomainError for a negative slope, slopes that rise, kinks that do not rise from above 0, or numbers of slopes
    and kinks that do not fit.
    """

    slopes: tuple[Money, ...]
    kinks: tuple[Money, ...] = ()

    def __post_init__(self) -> None:
        if len(self.slopes) != len(self.kinks) + 1:
            raise DomainError(f"{len(self.slopes)} slopes need one kink less, not {len(self.kinks)}")
        if min(self.slopes) < 0:
            raise DomainError(f"the slope {show(min(self.slopes))} is negative; a value must not fall")
        if list(self.slopes) != sorted(self.slopes, reverse=True):
            raise DomainError(f"the slopes {', '.join(map(show, self.slopes))} rise; a concave value's never do")
        if list(self.kinks) != sorted(set(self.kinks)) or (self.kinks and self.kinks[0] <= 0):
            raise DomainError(f"the kinks {', '.join(map(show, self.kinks))} must rise, from above 0")

    def value(self, amount: Fraction) -> Fraction:
        """What an amount is worth."""
        ends = (Fraction(0), *(min(amount, Fraction(kink)) for kink in self.kinks), amount)
        return sum(
            (slope * (end - start) for slope, start, end in zip(self.slopes, ends[:-1], ends[1:], strict=True)),
            Fraction(0),
        )

    def marginals(self, amount: Fraction) -> tuple[Fraction, Fraction]:
        """Slopes to the left and to the right of an amount."""
        left, right = bisect_left(self.kinks, amount), bisect_right(self.kinks, amount)
        return Fraction(self.slopes[left]), Fraction(self.slopes[right])

    def pieces(self, capacity: Fraction) -> list[tuple[Fraction, Fraction, Fraction]]:
        """(start, end, slope) of the pieces within [0, capacity]."""
        ends = [Fraction(0), *map(Fraction, self.kinks), capacity]
        found = zip(ends[:-1], ends[1:], self.slopes, strict=True)
        return [(start, min(end, capacity), Fraction(slope)) for start, end, slope in found if start < capacity]


def linear(slope: Money) -> PiecewiseLinear:
    """Every unit is worth the same. DomainError for a negative slope."""
    return PiecewiseLinear((slope,))


@dataclass(frozen=True, slots=True)
class Quadratic:
    """slope x - bend x^2 / 2 up to where it is highest, constant from there. DomainError if either is not positive."""

    slope: Money
    bend: Money

    def __post_init__(self) -> None:
        if self.slope <= 0 or self.bend <= 0:
            raise DomainError(f"slope {show(self.slope)} and bend {show(self.bend)} must both be positive")

    def value(self, amount: Fraction) -> Fraction:
        """What an amount is worth."""
        counted = min(amount, Fraction(self.slope) / self.bend)
        return self.slope * counted - self.bend * counted**2 / 2

    def marginals(self, amount: Fraction) -> tuple[Fraction, Fraction]:
        """The slope at an amount, twice."""
        slope = max(Fraction(0), self.slope - self.bend * amount)
        return slope, slope


@dataclass(frozen=True, slots=True)
class Saturating:
    """top x / (x + half), which nears `top` and has half of it at `half`. DomainError if either is not positive."""

    top: Money
    half: Money

    def __post_init__(self) -> None:
        if self.top <= 0 or self.half <= 0:
            raise DomainError(f"top {show(self.top)} and half {show(self.half)} must both be positive")

    def value(self, amount: Fraction) -> Fraction:
        """What an amount is worth."""
        return self.top * amount / (amount + self.half)

    def marginals(self, amount: Fraction) -> tuple[Fraction, Fraction]:
        """The slope at an amount, twice."""
        slope = self.top * self.half / (amount + self.half) ** 2
        return slope, slope
