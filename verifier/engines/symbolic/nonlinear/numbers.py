"""Symbolic numbers that may be multiplied and divided: exact quotients of polynomials in the bids.

Dividing asks whether the divisor is zero, as numbers would find out (ZeroDivisionError), and which sign it has, so that
on every path all denominators are positive and a comparison is one of polynomials. Products of a number with itself
grow; past a limit they are refused like everything that only a concrete number can answer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NoReturn, Protocol

from verifier.engines.symbolic.nonlinear.polynomials import Polynomial, Relation, relation
from verifier.engines.symbolic.numbers import Linear, refuse
from verifier.errors import MoneyError
from verifier.exact import Money, from_subject, simplest

ONE = Polynomial.linear((), 1)
MOST_TERMS = 1000
MOST_DEGREE = 24


class Decider(Protocol):
    """Who answers comparisons."""

    def decide(self, asked: Relation) -> bool:
        """Whether the relation holds on this path."""
        ...


class Quotient:
    """above / below, two polynomials; `below` is positive on the path.

    They are not called numerator and denominator: a subject may ask an int or a Fraction for these.
    """

    __slots__ = ("above", "below", "decider")

    def __init__(self, decider: Decider, numerator: Polynomial, denominator: Polynomial = ONE) -> None:
        constant = denominator.value()
        if constant is not None:
            numerator, denominator = numerator.scaled(1 / Fraction(constant)), ONE
        elif (whole := numerator.over(denominator)) is not None:
            numerator, denominator = whole, ONE
        if max(len(numerator.terms), len(denominator.terms)) > MOST_TERMS:
            refuse(f"a polynomial of more than {MOST_TERMS:,} terms")
        if max(numerator.degree(), denominator.degree()) > MOST_DEGREE:
            refuse(f"a polynomial of a degree above {MOST_DEGREE}")
        self.decider, self.above, self.below = decider, numerator, denominator

    def value(self) -> Money | None:
        """The number that it is whatever the bids, None where it depends on them."""
        return self.above.value() if self.below == ONE else None

    def at(self, point: Mapping[int, Money]) -> Money:
        """The number that it is at a point."""
        return simplest(Fraction(self.above.at(point)) / Fraction(self.below.at(point)))

    def _lift(self, other: object) -> Quotient | None:
        """`other` as a quotient; None where Python should try the other operand."""
        if isinstance(other, Quotient):
            return other
        if isinstance(other, Linear):  # the types of a margin
            return Quotient(self.decider, Polynomial.linear(other.coefficients.items(), other.constant))
        from_numpy = type(other).__module__ == "numpy" and getattr(other, "shape", None) == ()
        if not isinstance(other, int | Fraction | float | Decimal) and not from_numpy:
            return None
        try:
            amount = int(other) if isinstance(other, bool) else from_subject(other)
        except MoneyError as error:
            refuse(f"arithmetic with a symbolic number: {error}")
        return Quotient(self.decider, Polynomial.linear((), amount))

    def _operand(self, other: object) -> Quotient | None:
        """As `_lift`, for arithmetic: there a double makes all that it meets a double, which rounds."""
        from_numpy = type(other).__module__ == "numpy" and getattr(getattr(other, "dtype", None), "kind", "") == "f"
        if isinstance(other, float) or from_numpy:
            refuse(f"arithmetic of a symbolic number with the double {other!r}")
        return self._lift(other)

    def _combined(self, other: Quotient, factor: int) -> Quotient:
        """The sum self + factor * other over a common denominator."""
        mine, its = self.below, other.below
        if mine == its:
            return Quotient(self.decider, self.above.plus(other.above, factor), mine)
        if (more := mine.over(its)) is not None:
            return Quotient(self.decider, self.above.plus(other.above.times(more), factor), mine)
        if (more := its.over(mine)) is not None:
            return Quotient(self.decider, self.above.times(more).plus(other.above, factor), its)
        crossed = self.above.times(its).plus(other.above.times(mine), factor)
        return Quotient(self.decider, crossed, mine.times(its))

    def __add__(self, other: object) -> Quotient:
        right = self._operand(other)
        return NotImplemented if right is None else self._combined(right, 1)

    __radd__ = __add__

    def __sub__(self, other: object) -> Quotient:
        right = self._operand(other)
        return NotImplemented if right is None else self._combined(right, -1)

    def __rsub__(self, other: object) -> Quotient:
        left = self._operand(other)
        return NotImplemented if left is None else left._combined(self, -1)

    def __neg__(self) -> Quotient:
        return Quotient(self.decider, self.above.scaled(-1), self.below)

    def __pos__(self) -> Quotient:
        return self

    def __abs__(self) -> Quotient:
        return -self if self < 0 else self

    def __mul__(self, other: object) -> Quotient:
        right = self._operand(other)
        if right is None:
            return NotImplemented
        numerator = self.above.times(right.above)
        return Quotient(self.decider, numerator, self.below.times(right.below))

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Quotient:
        right = self._operand(other)
        if right is None:
            return NotImplemented
        if right == 0:
            raise ZeroDivisionError("division by zero")
        if right < 0:
            return -self / -right
        denominator = self.below.times(right.above)
        return Quotient(self.decider, self.above.times(right.below), denominator)

    def __rtruediv__(self, other: object) -> Quotient:
        left = self._operand(other)
        return NotImplemented if left is None else left / self

    def __pow__(self, other: object) -> Quotient:
        if type(other) is not int or abs(other) > MOST_DEGREE:
            refuse(f"** of a symbolic number with an exponent that is no int or above {MOST_DEGREE}")
        power = Quotient(self.decider, ONE)
        for _ in range(abs(other)):
            power = power * self
        return power if other >= 0 else 1 / power

    def _compare(self, other: object, how: str, sign: int = 1) -> bool:
        """Whether sign * (self - other) is < 0, <= 0, = 0 or != 0."""
        if isinstance(other, float) and not math.isfinite(other):
            return how == "!=" or (how != "=" and sign * other > 0)
        right = self._lift(other)
        if right is None:
            return NotImplemented  # type: ignore[no-any-return]
        asked = relation(self._combined(right, -1).above.scaled(sign), how)
        return asked if isinstance(asked, bool) else self.decider.decide(asked)

    def __lt__(self, other: object) -> bool:
        return self._compare(other, "<")

    def __le__(self, other: object) -> bool:
        return self._compare(other, "<=")

    def __gt__(self, other: object) -> bool:
        return self._compare(other, "<", -1)

    def __ge__(self, other: object) -> bool:
        return self._compare(other, "<=", -1)

    def __eq__(self, other: object) -> bool:
        return self._compare(other, "=")

    def __ne__(self, other: object) -> bool:
        return self._compare(other, "!=")

    def __bool__(self) -> bool:
        return self != 0

    def __copy__(self) -> Quotient:
        return self

    def __deepcopy__(self, memo: object) -> Quotient:
        return self  # with a copy of the explorer nobody would know what was decided

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_") or name in ("dtype", "shape"):  # protocols that are tried and may be absent
            raise AttributeError(name)
        refuse(f"the attribute {name!r} of a symbolic number")


_REFUSED = """
    hash float int index round floor ceil trunc floordiv rfloordiv mod rmod divmod rdivmod rpow invert reduce_ex
    repr str format and rand or ror xor rxor lshift rlshift rshift rrshift
"""
for _name in _REFUSED.split():  # as linear forms refuse it, in the same words
    setattr(Quotient, f"__{_name}__", getattr(Linear, f"__{_name}__"))
