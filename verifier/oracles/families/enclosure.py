"""A real number that is known to lie between two rationals, and the gate that only a whole enclosure passes.

Definition   Enclosure(low, high) stands for one number x with low <= x <= high; exact if both ends are equal. What an
             operation returns encloses the results for all choices of numbers from the operands.
Gate         x < gate is proved where high < gate, refuted where low >= gate, open in between.
Bisection    Where a non-increasing function crosses a level is enclosed by halving an interval with exact signs.

Source: Moore, Kearfott and Cloud 2009, Introduction to Interval Analysis.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier.errors import DomainError, TooLarge
from verifier.exact import Money, show

MOST_BITS = 512  # of accuracy that may be asked for


@dataclass(frozen=True, slots=True)
class Enclosure:
    """Two exact ends around a number. DomainError where they are the wrong way round."""

    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise DomainError(f"no number is at least {show(self.low)} and at most {show(self.high)}")

    @property
    def width(self) -> Fraction:
        """How far the ends are apart."""
        return self.high - self.low

    @property
    def exact(self) -> bool:
        """Whether only one number is left."""
        return self.low == self.high

    @property
    def middle(self) -> Fraction:
        """The number half way between the ends."""
        return (self.low + self.high) / 2

    def __contains__(self, number: Money) -> bool:
        return self.low <= number <= self.high

    def __add__(self, other: Enclosure) -> Enclosure:
        return Enclosure(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Enclosure) -> Enclosure:
        return Enclosure(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Enclosure) -> Enclosure:
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Enclosure(min(ends), max(ends))

    def __truediv__(self, other: Enclosure) -> Enclosure:
        """Raises DomainError where the divisor may be 0."""
        if 0 in other:
            raise DomainError(f"the divisor lies between {show(other.low)} and {show(other.high)}, and may be 0")
        return self * Enclosure(1 / other.high, 1 / other.low)

    def passes(self, gate: Money) -> bool:
        """Whether the number is proved to be below the gate; equal to it does not pass."""
        return self.high < gate

    def misses(self, gate: Money) -> bool:
        """Whether the number is proved to be at least the gate; an enclosure across the gate does neither."""
        return self.low >= gate


def exactly(number: Money) -> Enclosure:
    """The enclosure of a rational that is known."""
    return Enclosure(Fraction(number), Fraction(number))


def ratio_of_gains(optimum: Enclosure, reached: Enclosure) -> Enclosure:
    """Optimum / reached welfare. Nothing exceeds the optimum, so the ratio is at least 1 even where the two overlap."""
    found = optimum / reached
    return Enclosure(max(found.low, Fraction(1)), found.high)


def crossing(sign: Callable[[Fraction], int], low: Fraction, high: Fraction, bits: int) -> Enclosure:
    """Where a non-increasing function changes from positive to negative, between `low` and `high`.

    Parameters
    ----------
    sign : of the function at a number: 1, 0 or -1; 0 where it cannot be told, which ends the search: then that number
        is the middle of what is returned
    low, high : the function is at least 0 at `low` and at most 0 at `high`; nothing is asked about them
    bits : the enclosure is no wider than (high - low) / 2 ** bits unless a sign could not be told

    Raises TooLarge for more than `MOST_BITS` bits.
    """
    if bits > MOST_BITS:
        raise TooLarge(bits, MOST_BITS, "halvings of an interval")
    for _ in range(bits):
        middle = (low + high) / 2
        found = sign(middle)
        if found == 0:
            break
        low, high = (middle, high) if found > 0 else (low, middle)
    return Enclosure(low, high)


def root(number: int, degree: int, bits: int) -> Enclosure:
    """The positive root of a whole number, to within 2 ** -bits. DomainError for a number or degree below 1."""
    if number < 1 or degree < 1:
        raise DomainError(f"the root of degree {degree} of {number} is not taken; both must be at least 1")
    if bits * degree > 64 * MOST_BITS:
        raise TooLarge(bits * degree, 64 * MOST_BITS, "bits of a power")
    scaled = number << (bits * degree)
    low, high = 0, 1 << (scaled.bit_length() // degree + 1)
    if degree == 2:
        low = math.isqrt(scaled)
        high = low + 1
    while high - low > 1:  # low ** degree <= scaled < high ** degree
        middle = (low + high) // 2
        low, high = (middle, high) if middle**degree <= scaled else (low, middle)
    unit = Fraction(1, 1 << bits)
    return Enclosure(low * unit, (low if low**degree == scaled else high) * unit)


def filled(parts: Sequence[Enclosure], total: Fraction) -> tuple[Fraction, ...]:
    """A number from each enclosure, the first ones as large as can be, that add up to the total, or to as much as can.

    Raises DomainError where the lower ends are more than the total already.
    """
    room = total - sum((part.low for part in parts), Fraction(0))
    if room < 0:
        raise DomainError(f"the lower ends are {show(-room)} more than the total {show(total)}")
    chosen = []
    for part in parts:
        more = min(room, part.width)
        chosen.append(part.low + more)
        room -= more
    return tuple(chosen)
