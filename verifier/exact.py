"""Exact money: `Money = int | Fraction`, and the only doors through which numbers enter.

Inside, every amount is an int or a Fraction, and no comparison has a tolerance. `money` admits what a person writes
("0.10" is 1/10); `from_subject` admits what foreign code returns, a double at its exact binary value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import SupportsFloat, SupportsIndex, TypeAlias

from verifier.errors import MoneyError

Money: TypeAlias = int | Fraction

LONGEST = 4_000  # bits of an amount: sums and products of a few are still written as text
_TOO_LONG = f"the number is too long; at most {LONGEST:,} bits (some 1,200 digits) are read"


def money(value: object) -> Money:
    """An amount as a person writes it, exactly.

    Parameters
    ----------
    value : int, Fraction, Decimal, or a string holding an integer ("12"), a decimal ("0.10") or a quotient ("1/3")

    Returns
    -------
    Money; whole amounts come back as int.

    Raises
    ------
    MoneyError : for a float (its author meant a decimal that a double cannot hold), a bool, an amount of over `LONGEST`
        bits, or anything else.
    """
    if isinstance(value, bool):
        raise MoneyError(f"{value} is a truth value, not an amount")
    if isinstance(value, int):
        return _short(value)
    if isinstance(value, float):
        raise MoneyError(f'{value!r} is a binary float; write it in quotes, as "{value!r}", to have it exact')
    if isinstance(value, Fraction | str) or (isinstance(value, Decimal) and value.is_finite()):
        _refuse_exponents(str(value) if isinstance(value, str | Decimal) else "")
        try:
            found = simplest(Fraction(value))
        except (ValueError, ZeroDivisionError):
            pass
        else:
            return _short(found)
    raise MoneyError(f'{value!r} is not an amount; write an integer, a decimal ("0.10") or a quotient ("1/3")')


def simplest(amount: Fraction) -> Money:
    """The same amount, as an int where it is whole."""
    return amount.numerator if amount.denominator == 1 else amount


def _refuse_exponents(text: str) -> None:
    """MoneyError where a short text means a number of so many digits that no memory holds it."""
    found = re.search(r"[eE][+-]?0*([0-9]*)", text)
    if found and (len(found[1]) > 5 or int(found[1] or 0) > LONGEST):
        raise MoneyError(_TOO_LONG)


def _short(amount: Money) -> Money:
    """The amount itself; MoneyError where it is too long."""
    if max(amount.numerator.bit_length(), amount.denominator.bit_length()) > LONGEST:
        raise MoneyError(_TOO_LONG)
    return amount


def from_subject(value: object) -> Money:
    """A number that foreign code returned, at its exact value.

    int, Fraction and Decimal are exact already; a double (also numpy's) stands for the binary fraction it holds, so
    0.1 comes back as 3602879701896397/36028797018963968.

    Raises
    ------
    MoneyError : for NaN, an infinity, a bool, something that is no number at all, or one of over `LONGEST` bits.
    """
    return _short(_exact(value))


def _exact(value: object) -> Money:
    if type(value) is int:
        return value
    if isinstance(value, Fraction):
        return simplest(value)
    if isinstance(value, bool | str | bytes):
        raise MoneyError(f"{value!r} is not a number")
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise MoneyError(f"{value} is not a finite number")
        if abs(value.adjusted()) > LONGEST:  # a short text, but too many digits for any memory
            raise MoneyError(_TOO_LONG)
        return simplest(Fraction(value))
    if isinstance(value, SupportsIndex):
        return value.__index__()
    if isinstance(value, SupportsFloat):
        double = float(value)
        if not math.isfinite(double):
            raise MoneyError(f"{double} is not a finite number")
        return simplest(Fraction(double))
    raise MoneyError(f"{value!r} ({type(value).__name__}) is not a number")


def show(amount: Money) -> str:
    """The canonical text of an amount, "p" or "p/q" in lowest terms; `money` reads it back."""
    return str(amount)


def size(amount: Money) -> Money:
    """The absolute value."""
    return amount if amount >= 0 else -amount


def common_denominator(amounts: Iterable[Money]) -> int:
    """The least positive integer that makes every amount whole."""
    return math.lcm(*(amount.denominator for amount in amounts))
