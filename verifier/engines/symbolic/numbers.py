"""Symbolic numbers: exact linear forms that the unmodified code of a subject computes with.

Sums, differences, multiples and absolute values stay linear forms; every comparison asks the explorer which way to go.
What a linear form cannot answer (its float value, its hash, its text, a product with another) raises `Unsupported`
with the line of the subject that asked; nothing is ever guessed.
"""

from __future__ import annotations

import math
import traceback
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NoReturn, Protocol

from verifier.engines.symbolic.atoms import Atom, atom
from verifier.errors import MoneyError, VerifierError
from verifier.exact import Money, from_subject, simplest


class Unsupported(VerifierError):
    """The subject asked a symbolic number for what only a concrete one has. Use the exhaustive engine for it."""


_OURS = (str(Path(__file__).parent), str(Path(__file__).parents[2] / "adapters" / "contracts.py"))
REFUSALS: list[str] = []  # what was refused since the list was last cleared: a subject may swallow the exception


class Decider(Protocol):
    """Who answers comparisons."""

    def decide(self, half_space: Atom) -> bool:
        """Whether the inequality holds on this path."""
        ...


class Linear:
    """sum(coefficient * variable) + constant, with the explorer that decides its comparisons."""

    __slots__ = ("coefficients", "constant", "decider")

    def __init__(self, decider: Decider, coefficients: dict[int, Money], constant: Money = 0) -> None:
        self.decider = decider
        self.coefficients = coefficients
        self.constant = constant

    def _lift(self, other: object) -> Linear | None:
        """`other` as a linear form; None where Python should try the other operand."""
        if isinstance(other, Linear):
            return other
        if isinstance(other, int | Fraction):
            return Linear(self.decider, {}, other)
        from_numpy = type(other).__module__ == "numpy" and getattr(other, "shape", None) == ()
        if isinstance(other, float | Decimal) or from_numpy:
            try:
                return Linear(self.decider, {}, from_subject(other))
            except MoneyError as error:  # a ValueError, which the subject might catch
                refuse(f"a symbolic number against another: {error}")
        return None

    def _operand(self, other: object) -> Linear | None:
        """As `_lift`, for arithmetic: there a double makes all that it meets a double, which rounds."""
        if isinstance(other, Linear):
            return other
        if isinstance(other, float) or getattr(getattr(other, "dtype", None), "kind", "") == "f":
            refuse(f"arithmetic of a symbolic number with the double {other!r}")
        return self._lift(other)

    def _combined(self, other: Linear, factor: int) -> Linear:
        total = dict(self.coefficients)
        for variable, coefficient in other.coefficients.items():
            left = total.get(variable, 0) + factor * coefficient
            if left:
                total[variable] = left
            else:
                total.pop(variable, None)
        return Linear(self.decider, total, self.constant + factor * other.constant)

    def scaled(self, factor: Money) -> Linear:
        """The form times a number."""
        if not factor:
            return Linear(self.decider, {}, 0)
        return Linear(self.decider, {v: c * factor for v, c in self.coefficients.items()}, self.constant * factor)

    def __add__(self, other: object) -> Linear:
        right = self._operand(other)
        return NotImplemented if right is None else self._combined(right, 1)

    __radd__ = __add__

    def __sub__(self, other: object) -> Linear:
        right = self._operand(other)
        return NotImplemented if right is None else self._combined(right, -1)

    def __rsub__(self, other: object) -> Linear:
        left = self._operand(other)
        return NotImplemented if left is None else left._combined(self, -1)

    def __neg__(self) -> Linear:
        return self.scaled(-1)

    def __pos__(self) -> Linear:
        return self

    def __abs__(self) -> Linear:
        below = self < 0 if self.coefficients else self.constant < 0
        return -self if below else self

    def __mul__(self, other: object) -> Linear:
        right = self._operand(other)
        if right is None:
            return NotImplemented
        if not right.coefficients:
            return self.scaled(right.constant)
        if self.coefficients:
            refuse("the product of two symbolic numbers")
        return right.scaled(self.constant)

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Linear:
        right = self._operand(other)
        if right is None:
            return NotImplemented
        if isinstance(other, Linear):
            refuse("division by a symbolic number")
        if not isinstance(other, Fraction | Decimal):
            refuse(f"division by {other}, which makes a double of an int and rounds; multiply by Fraction(1, {other})")
        return self.scaled(simplest(1 / Fraction(right.constant)))

    def __rtruediv__(self, other: object) -> NoReturn:
        refuse("division by a symbolic number")

    def _compare(self, other: object, sign: int, strict: bool) -> bool:
        """Whether sign * (self - other) < 0, or <= 0."""
        if isinstance(other, float) and not math.isfinite(other):
            return bool(sign * other > 0)  # nothing compares with NaN
        right = self._lift(other)
        if right is None:
            return NotImplemented  # type: ignore[no-any-return]
        difference = self._combined(right, -1).scaled(sign)
        half_space = atom(difference.coefficients, difference.constant, strict)
        return half_space if isinstance(half_space, bool) else self.decider.decide(half_space)

    def __lt__(self, other: object) -> bool:
        return self._compare(other, 1, True)

    def __le__(self, other: object) -> bool:
        return self._compare(other, 1, False)

    def __gt__(self, other: object) -> bool:
        return self._compare(other, -1, True)

    def __ge__(self, other: object) -> bool:
        return self._compare(other, -1, False)

    def __eq__(self, other: object) -> bool:
        below = self._compare(other, 1, False)
        return below if below is NotImplemented else below and self._compare(other, -1, False)

    def __ne__(self, other: object) -> bool:
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    def __bool__(self) -> bool:
        return self != 0

    def __copy__(self) -> Linear:
        return self

    def __deepcopy__(self, memo: object) -> Linear:
        return self  # with a copy of the explorer nobody would know what was decided

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        refuse("pickling a symbolic number")

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):  # protocols that are tried and may be absent
            raise AttributeError(name)
        refuse(f"the attribute {name!r} of a symbolic number")

    def __hash__(self) -> NoReturn:  # noqa: PLE0309 (it never returns)
        refuse("the hash of a symbolic number (a set or a dict keyed by bids)")

    def __float__(self) -> NoReturn:
        refuse("float() of a symbolic number")

    def __int__(self) -> NoReturn:
        _refuse_rounding(self, "int")

    def __index__(self) -> NoReturn:  # noqa: PLE0305 (it never returns)
        refuse("a symbolic number as an index")

    def __round__(self, digits: int | None = None) -> NoReturn:
        _refuse_rounding(self, "round")

    def __floor__(self) -> NoReturn:
        _refuse_rounding(self, "floor")

    def __ceil__(self) -> NoReturn:
        _refuse_rounding(self, "ceil")

    def __trunc__(self) -> NoReturn:
        _refuse_rounding(self, "trunc")

    def __floordiv__(self, other: object) -> NoReturn:
        refuse("// on a symbolic number")

    __rfloordiv__ = __floordiv__

    def __mod__(self, other: object) -> NoReturn:
        refuse("% on a symbolic number")

    __rmod__ = __mod__

    def __divmod__(self, other: object) -> NoReturn:
        refuse("divmod() of a symbolic number")

    __rdivmod__ = __divmod__

    def __and__(self, other: object) -> NoReturn:
        refuse("a symbolic number as bits")

    __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = __and__
    __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = __and__

    def __invert__(self) -> NoReturn:
        refuse("a symbolic number as bits")

    def __pow__(self, other: object) -> NoReturn:
        refuse("** on a symbolic number")

    __rpow__ = __pow__

    def __repr__(self) -> str:
        refuse("the text of a symbolic number")

    __str__ = __repr__

    def __format__(self, specification: str) -> str:
        refuse("the text of a symbolic number")


def _refuse_rounding(number: object, how: str) -> NoReturn:
    """Refuse what makes a number whole, also where it is: a concrete int has to come of it, which nobody knows."""
    whole = isinstance(number, Linear) and getattr(number.decider, "whole", False)
    if whole and isinstance(number, Linear):
        whole = all(amount.denominator == 1 for amount in (*number.coefficients.values(), number.constant))
    refuse(f"{how}() of a symbolic number" + (" (it is whole on this domain: leave that out)" if whole else ""))


def refuse(what: str) -> NoReturn:
    """Raise Unsupported, naming the innermost line that asked and is not ours."""
    for frame in reversed(traceback.extract_stack()):
        if not frame.filename.startswith(_OURS):
            what = f"{what}, in {frame.name}, line {frame.lineno}: {frame.line}"
            break
    REFUSALS.append(what)
    raise Unsupported(what)
