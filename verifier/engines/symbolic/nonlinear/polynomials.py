"""Polynomials with rational coefficients, and their comparison with zero. Everything here is exact.

A monomial is a tuple of (variable, exponent), by variable; the empty one is the constant 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from verifier.engines.symbolic.atoms import Atom
from verifier.exact import Money, simplest

Monomial: TypeAlias = tuple[tuple[int, int], ...]

_OPPOSITE = {"<": "<=", "<=": "<", "=": "!=", "!=": "="}


@dataclass(frozen=True, slots=True)
class Polynomial:
    """`terms` are (monomial, coefficient) by monomial, no coefficient 0, so that equal polynomials are equal data."""

    terms: tuple[tuple[Monomial, Money], ...]

    @staticmethod
    def of(coefficients: Mapping[Monomial, Money]) -> Polynomial:
        """From coefficients by monomial."""
        kept = ((m, simplest(Fraction(c))) for m, c in coefficients.items() if c)
        return Polynomial(tuple(sorted(kept)))

    @staticmethod
    def linear(coefficients: Iterable[tuple[int, Money]], constant: Money = 0) -> Polynomial:
        """A linear form."""
        return Polynomial.of({(): constant} | {((variable, 1),): c for variable, c in coefficients})

    def value(self) -> Money | None:
        """The number that it is, None where a variable occurs."""
        if not self.terms:
            return 0
        return self.terms[0][1] if len(self.terms) == 1 and not self.terms[0][0] else None

    def plus(self, other: Polynomial, factor: Money = 1) -> Polynomial:
        """The sum self + factor * other."""
        total = dict(self.terms)
        for monomial, coefficient in other.terms:
            total[monomial] = total.get(monomial, 0) + factor * coefficient
        return Polynomial.of(total)

    def times(self, other: Polynomial) -> Polynomial:
        """The product."""
        total: dict[Monomial, Money] = {}
        for first, a in self.terms:
            for second, b in other.terms:
                monomial = _product(first, second)
                total[monomial] = total.get(monomial, 0) + a * b
        return Polynomial.of(total)

    def scaled(self, factor: Money) -> Polynomial:
        """The polynomial times a number."""
        return Polynomial.of({m: c * factor for m, c in self.terms})

    def over(self, divisor: Polynomial) -> Polynomial | None:
        """The quotient where the division leaves no remainder, else None."""
        rest, quotient = self, Polynomial(())
        variables = sorted({v for m, _ in (*self.terms, *divisor.terms) for v, _ in m})
        lead, by = _leading(divisor, variables)
        while rest.terms:
            monomial, coefficient = _leading(rest, variables)
            factor = _ratio(monomial, lead)
            if factor is None:
                return None
            step = Polynomial.of({factor: Fraction(coefficient) / Fraction(by)})
            quotient, rest = quotient.plus(step), rest.plus(step.times(divisor), -1)
        return quotient

    def renamed(self, names: Mapping[int, int]) -> Polynomial:
        """With variables replaced, distinct ones by distinct ones; those that `names` does not hold stay."""
        return Polynomial.of({tuple(sorted((names.get(v, v), e) for v, e in m)): c for m, c in self.terms})

    def at(self, point: Mapping[int, Money]) -> Money:
        """The value at a point."""
        return simplest(Fraction(sum(c * math.prod(point[v] ** e for v, e in m) for m, c in self.terms)))

    def degree(self) -> int:
        """The largest total degree of a term."""
        return max((sum(e for _, e in m) for m, _ in self.terms), default=0)


def _product(first: Monomial, second: Monomial) -> Monomial:
    exponents = dict(first)
    for variable, exponent in second:
        exponents[variable] = exponents.get(variable, 0) + exponent
    return tuple(sorted(exponents.items()))


def _ratio(monomial: Monomial, divisor: Monomial) -> Monomial | None:
    exponents = dict(monomial)
    for variable, exponent in divisor:
        exponents[variable] = exponents.get(variable, 0) - exponent
    return None if any(e < 0 for e in exponents.values()) else tuple(sorted((v, e) for v, e in exponents.items() if e))


def _leading(polynomial: Polynomial, variables: list[int]) -> tuple[Monomial, Money]:
    """The lexicographically largest term: an order that products keep, so that division by it comes to an end."""
    return max(polynomial.terms, key=lambda term: [dict(term[0]).get(v, 0) for v in variables])


class Relation(NamedTuple):
    """`polynomial` is < 0, <= 0, = 0 or != 0, as `how` says; integer coefficients without a common factor."""

    polynomial: Polynomial
    how: str

    def negated(self) -> Relation:
        """The complement."""
        polynomial = self.polynomial.scaled(-1) if self.how in ("<", "<=") else self.polynomial
        return Relation(polynomial, _OPPOSITE[self.how])

    def renamed(self, names: Mapping[int, int]) -> Relation:
        """With variables replaced."""
        return Relation(self.polynomial.renamed(names), self.how)

    def holds_at(self, point: Mapping[int, Money]) -> bool:
        """Whether it is true at a point."""
        return _true(self.polynomial.at(point), self.how)


def relation(polynomial: Polynomial, how: str) -> Relation | bool:
    """The comparison of a polynomial with zero; a truth value where no variable is left."""
    value = polynomial.value()
    if value is not None:
        return _true(value, how)
    coefficients = [c for _, c in polynomial.terms]
    scale = Fraction(math.lcm(*(c.denominator for c in coefficients)), math.gcd(*(c.numerator for c in coefficients)))
    return Relation(polynomial.scaled(scale), how)


def relation_of(half_space: Atom) -> Relation:
    """A linear inequality as a relation."""
    polynomial = Polynomial.linear(half_space.terms, half_space.constant)
    made = relation(polynomial, "<" if half_space.strict else "<=")
    if isinstance(made, bool):
        raise ValueError(f"{half_space} is no condition")
    return made


def _true(value: Money, how: str) -> bool:
    return {"<": value < 0, "<=": value <= 0, "=": value == 0, "!=": value != 0}[how]
