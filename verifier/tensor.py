"""Tensors of exact rationals: integer numerators over one common denominator.

Numerators are int64 while a bound, carried along through every operation, shows that nothing can overflow; past that
they become Python integers in an object array. Both are exact. There is no float anywhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from verifier.exact import Money, common_denominator, size

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

_LIMIT = 2**62  # below half of the int64 range, so that the sum of two admitted numbers fits


class Tensor:
    """`numerators / denominator`, where no numerator exceeds `bound` in absolute value."""

    __slots__ = ("bound", "denominator", "numerators")

    def __init__(self, numerators: Array, denominator: int, bound: int) -> None:
        self.numerators = numerators if bound < _LIMIT or numerators.dtype == object else numerators.astype(object)
        self.denominator = denominator
        self.bound = bound

    @classmethod
    def of(cls, amounts: Sequence[Money], shape: tuple[int, ...]) -> Tensor:
        """A tensor of the given shape from amounts in C order."""
        if set(map(type, amounts)) <= {int}:
            denominator, whole = 1, amounts
        else:
            denominator = common_denominator(set(amounts))
            whole = [int(amount * denominator) for amount in amounts]
        bound = int(max(size(max(whole)), size(min(whole)))) if whole else 0
        dtype = np.int64 if bound < _LIMIT else object
        return cls(np.array(whole, dtype=dtype).reshape(shape), denominator, bound)

    def view(self, numerators: Array) -> Tensor:
        """The same amounts seen through an array operation that only selects or moves them."""
        return Tensor(numerators, self.denominator, self.bound)

    def least(self) -> Fraction:
        """The smallest amount."""
        return Fraction(int(self.numerators.min()), self.denominator)

    def distinct(self) -> set[Fraction]:
        """The different amounts."""
        return {Fraction(int(numerator), self.denominator) for numerator in np.unique(self.numerators)}

    def below(self, amount: Money) -> Array:
        """Boolean array: where an entry is less than `amount`."""
        # an integer k is below the rational q exactly when it is below the ceiling of q
        result: Array = np.less(self.numerators, math.ceil(amount * self.denominator))
        return result if result.dtype == bool else result.astype(bool)

    def positive(self) -> Tensor:
        """1 where an entry is above zero, else 0."""
        return Tensor(np.greater(self.numerators, 0).astype(np.int64), 1, 1)

    def larger(self, other: Tensor) -> Tensor:
        """Entry by entry the larger amount."""
        denominator = math.lcm(self.denominator, other.denominator)
        factors = denominator // self.denominator, denominator // other.denominator
        bound = max(self.bound * factors[0], other.bound * factors[1])
        ours, theirs = _times(self, factors[0], bound), _times(other, factors[1], bound)
        return Tensor(np.maximum(ours, theirs), denominator, bound)

    def __add__(self, other: object) -> Tensor:
        right = _lift(other)
        denominator = math.lcm(self.denominator, right.denominator)
        ours, theirs = denominator // self.denominator, denominator // right.denominator
        bound = self.bound * ours + right.bound * theirs
        return Tensor(_times(self, ours, bound) + _times(right, theirs, bound), denominator, bound)

    __radd__ = __add__

    def __neg__(self) -> Tensor:
        return Tensor(-self.numerators, self.denominator, self.bound)

    def __sub__(self, other: object) -> Tensor:
        return self + (-_lift(other))

    def __rsub__(self, other: object) -> Tensor:
        return (-self) + other

    def __mul__(self, other: object) -> Tensor:
        right = _lift(other)
        bound = self.bound * right.bound
        product = _room(self.numerators, bound) * _room(right.numerators, bound)
        return Tensor(product, self.denominator * right.denominator, bound)

    __rmul__ = __mul__

    def __abs__(self) -> Tensor:
        return Tensor(abs(self.numerators), self.denominator, self.bound)


def _lift(other: object) -> Tensor:
    if isinstance(other, Tensor):
        return other
    if isinstance(other, int | Fraction):
        return Tensor.of([other], ())
    raise TypeError(f"a tensor of exact numbers does not combine with {type(other).__name__}")


def _times(tensor: Tensor, factor: int, bound: int) -> Array:
    room = _room(tensor.numerators, max(bound, factor))  # zero times a huge factor has a small bound
    return room if factor == 1 else room * factor


def _room(numerators: Array, bound: int) -> Array:
    """The array in a type that holds `bound`."""
    return numerators if bound < _LIMIT or numerators.dtype == object else numerators.astype(object)
