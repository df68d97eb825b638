"""Whether a violation may come from the rounding of payments, and from which one.

double   Some payment is a long binary fraction (its denominator 2^20 or a higher power of 2), and the violation is at
         most 2^-46 of the largest amount in grid, reports and payments: 64 units in the last place, as a short sum can
         be off by.
single   Likewise for 32-bit floats: a denominator of 2^10 or a higher power, no payment with more than 24 binary
         digits, and at most 2^-17 of the largest amount.
decimal  All payments are multiples of 10^-k, k from 9 to 40 and no less, and the violation is at most 64 of these.
unit     All payments on the grid are multiples of 10^-k, k from 0 to 8 and no less: whole numbers, tenths, cents; also
         as the doubles next to these. Two of them differ and are not 0, some value of the grid is no such multiple, and
         the violation is less than one. What is rounded to it can be off by that much. This is a coincidence that wants
         an explanation, no proof: the violation stands.
"""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from verifier.domains import Domain
from verifier.evidence import ObservedRun
from verifier.exact import Money, size

_COARSE, _FINE = range(9), range(9, 41)


def rounded_to(domain: Domain, runs: tuple[ObservedRun, ...], margin: Money) -> str | None:
    """The rounding that a violation is no larger than, by its own runs: "double", "single" or a unit such as "1/10^28".

    None where no such rounding was in play, or the violation is larger.
    """
    payments = [payment for run in runs for draw in run.outcome.draws for payment in draw.payments]
    profiles = [*domain.types, *(run.reports for run in runs)]
    amounts = [size(amount) for vectors in profiles for vector in vectors for amount in vector]
    largest = max(*amounts, *map(size, payments))
    if _long(payments, 20) and -margin * 2**46 <= largest:
        return "double"
    short = all(size(payment.numerator) < 2**24 and _binary(payment.denominator) for payment in payments)
    if short and _long(payments, 10) and -margin * 2**17 <= largest:
        return "single"
    places = decimal_places(payments)
    if places is not None and places in _FINE and -margin * 10**places <= 64:
        return f"1/10^{places}"
    return None


def unit_of(domain: Domain, paid: Collection[Money]) -> Money | None:
    """The power of ten of which all payments on the grid are multiples, where values are finer; else None."""
    places = decimal_places(paid)
    if places is None or places not in _COARSE or len(set(paid) - {0}) < 2:
        return None
    values = (amount for types in domain.types for type_ in types for amount in type_)
    step = Fraction(1, 10**places)
    return step if any(amount % step for amount in values) else None


def decimal_places(amounts: Collection[Money]) -> int | None:
    """How many decimal places all amounts have at most, as exact numbers or as doubles; None for more than 40."""
    return next((places for places in range(_FINE[-1] + 1) if all(_has_places(one, places) for one in amounts)), None)


def _has_places(amount: Money, places: int) -> bool:
    scaled = amount * 10**places
    if scaled.denominator == 1:
        return True
    if not _binary(amount.denominator) or places not in _COARSE or size(amount) > 2**53:
        return False
    return Fraction(float(Fraction(round(scaled), 10**places))) == amount


def _long(amounts: Collection[Money], least: int) -> bool:
    return any(_binary(one.denominator) and one.denominator >= 2**least for one in amounts)


def _binary(denominator: int) -> bool:
    return denominator & (denominator - 1) == 0
