"""Linear inequalities over the rationals in one normal form, and the tightest difference bounds of a set of them.

An atom says  sum(coefficient * variable) + constant < 0  (strict) or <= 0. Coefficients are coprime integers, so equal
half-spaces are equal atoms. `Bounds` closes atoms of the form x - y <= c, x <= c and -x <= c under addition, which
decides most comparisons of a mechanism without any solver: an entailed bound is a sum of bounds on the path.

Where all variables are whole numbers the sum of the terms is one too, and the constant can be rounded (`rounded`; a
Chvatal-Gomory cut, Schrijver 1986, Section 23.1). For difference bounds nothing is lost by that: a closed set of them
with whole constants has a whole point, and so a set without a whole point is found to be empty.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from verifier.exact import Money, simplest

End: TypeAlias = tuple[Money, int] | None  # an amount, and 1 where it is admitted itself


class Atom(NamedTuple):
    """`terms` are (variable, coefficient) by variable; the half-space  terms + constant < 0  or  <= 0."""

    terms: tuple[tuple[int, int], ...]
    constant: Money
    strict: bool

    def negated(self) -> Atom:
        """The complement: sum >= 0 for sum < 0."""
        return Atom(tuple((v, -c) for v, c in self.terms), -self.constant, not self.strict)

    def rounded(self, whole: bool) -> Atom:
        """If all variables are whole: the same there, closed and with a whole constant. Else the atom itself."""
        if not whole or (type(self.constant) is int and not self.strict):
            return self
        most = math.ceil(-self.constant) - 1 if self.strict else math.floor(-self.constant)
        return Atom(self.terms, -most, False)

    def renamed(self, names: Mapping[int, int]) -> Atom:
        """The atom with variables replaced; those that `names` does not hold stay."""
        return Atom(tuple(sorted((names.get(v, v), c) for v, c in self.terms)), self.constant, self.strict)

    def holds_at(self, point: Mapping[int, Money]) -> bool:
        """Whether the inequality is true at a point."""
        value = self.constant + sum(c * point[v] for v, c in self.terms)
        return value < 0 if self.strict else value <= 0


def atom(coefficients: Mapping[int, Money], constant: Money, strict: bool) -> Atom | bool:
    """The normal form of  sum + constant < 0  or  <= 0; a truth value where no variable is left."""
    terms = [(v, c) for v, c in sorted(coefficients.items()) if c]
    if not terms:
        return constant < 0 if strict else constant <= 0
    whole = [(v, c) for v, c in terms if isinstance(c, int)]
    if len(whole) == len(terms) and math.gcd(*(c for _, c in whole)) == 1:  # as most are
        return Atom(tuple(whole), constant if isinstance(constant, int) else simplest(constant), strict)
    scale = Fraction(math.lcm(*(c.denominator for _, c in terms)), math.gcd(*(abs(c.numerator) for _, c in terms)))
    # lcm of denominators over gcd of numerators makes reduced fractions coprime integers
    return Atom(tuple((v, int(c * scale)) for v, c in terms), simplest(Fraction(constant * scale)), strict)


class Bounds:
    """The tightest known c with x - y <= c (or < c) for all pairs of variables; variable -1 is the constant zero.

    A bound is a pair (c, open) with open = 0 for < and 1 for <=, so that the smaller pair is the tighter bound.
    """

    __slots__ = ("table",)

    def __init__(self, table: dict[tuple[int, int], tuple[Money, int]] | None = None) -> None:
        self.table = table or {}

    @staticmethod
    def edge(half_space: Atom) -> tuple[tuple[int, int], tuple[Money, int]] | None:
        """The bound that an atom states, None where it is no difference bound."""
        terms = half_space.terms
        if len(terms) == 1 and abs(terms[0][1]) == 1:
            ends = (terms[0][0], -1) if terms[0][1] == 1 else (-1, terms[0][0])
        elif len(terms) == 2 and {terms[0][1], terms[1][1]} == {1, -1}:
            ends = (terms[0][0], terms[1][0]) if terms[0][1] == 1 else (terms[1][0], terms[0][0])
        else:
            return None
        return ends, (-half_space.constant, 0 if half_space.strict else 1)

    def entails(self, half_space: Atom) -> bool:
        """Whether the bounds imply a difference bound; False also where the atom is of another form."""
        edge = self.edge(half_space)
        if edge is None:
            return False
        known = self.table.get(edge[0])
        return known is not None and known <= edge[1]

    def point(self, variables: Sequence[int], *, whole: bool = False, size: int = 0) -> dict[int, Money]:
        """Values that satisfy every bound: each variable in turn strictly between what the earlier ones allow.

        In a closed, non-empty set of difference bounds every partial solution extends, so nothing is ever undone. With
        `whole` all bounds are rounded, and so are the values: strictly between where there is room. With a `size` the
        values are no smaller than that where the bounds allow it.
        """
        values: dict[int, Money] = {-1: 0}
        for variable in variables:
            found = _between(*self._ends(variable, values), size)
            values[variable] = math.floor(found) if whole else found  # not below the low end, which is whole
        del values[-1]
        return values

    def corner(self, variables: Sequence[int], *, whole: bool = False, size: int = 0) -> dict[int, Money]:
        """As `point`, but each variable as close to an earlier one as a bound between the two allows: at a tie."""
        values: dict[int, Money] = {-1: 0}
        for variable in variables:
            low, high = self._ends(variable, values)
            found = _between(low, high, size)
            for end in (high, low):
                if end is not None and end[1] and any(known >= 0 for known in self._sources(variable, end, values)):
                    found = end[0]
            values[variable] = math.floor(found) if whole else found
        del values[-1]
        return values

    def _ends(self, variable: int, values: Mapping[int, Money]) -> tuple[End, End]:
        """What the values of other variables leave open for one: its low and its high end, None for no end."""
        low: End = None
        high: End = None
        for known, value in values.items():
            above, below = self.table.get((known, variable)), self.table.get((variable, known))
            if above is not None and (low is None or (value - above[0], -above[1]) > (low[0], -low[1])):
                low = (value - above[0], above[1])
            if below is not None and (high is None or (value + below[0], below[1]) < high):
                high = (value + below[0], below[1])
        return low, high

    def _sources(self, variable: int, end: tuple[Money, int], values: Mapping[int, Money]) -> Iterator[int]:
        """The variables whose values make an end what it is."""
        for known, value in values.items():
            above, below = self.table.get((known, variable)), self.table.get((variable, known))
            if (above and value - above[0] == end[0]) or (below and value + below[0] == end[0]):
                yield known

    def with_atoms(self, half_spaces: Iterable[Atom]) -> Bounds | None:
        """The closure after adding atoms (those of other forms are passed over); None where it is empty."""
        table = dict(self.table)
        for half_space in half_spaces:
            edge = self.edge(half_space)
            if edge is not None and not _add(table, *edge):
                return None
        return Bounds(table)


def _between(low: End, high: End, size: int = 0) -> Money:
    """A simple number between two ends (None: no end): inside where there is room, a whole number where one fits.

    With a `size` it is the first such number past that, where the high end allows it; some room is left on both sides,
    so that whole numbers fit between those that are asked for next.
    """
    if size and (low is None or low[0] < size) and (high is None or size + 1 < high[0]):
        low = (size, 0)
    if size and low is not None and low[0] >= size and (high is None or low[0] + 2 < high[0]):
        room = max(1, size >> 8)
        return math.floor(low[0]) + room if high is None else (math.floor(low[0]) + math.floor(high[0])) // 2 + 1
    if low is None:
        return math.ceil(high[0]) - 1 if high is not None else 0
    if high is None:
        return math.floor(low[0]) + 1
    if low[0] == high[0]:
        return low[0]
    whole = math.floor(low[0]) + 1
    return whole if whole < high[0] else simplest(Fraction(low[0] + high[0]) / 2)


def _add(table: dict[tuple[int, int], tuple[Money, int]], ends: tuple[int, int], bound: tuple[Money, int]) -> bool:
    """Add one bound and restore the closure; False where a cycle says 0 < 0."""
    known = table.get(ends)
    if known is not None and known <= bound:
        return True
    low, high = ends
    back = table.get((high, low))
    if back is not None and _sum(bound, back) < (0, 1):
        return False
    before = [(x, b) for (x, y), b in table.items() if y == low] + [(low, (0, 1))]
    after = [(y, b) for (x, y), b in table.items() if x == high] + [(high, (0, 1))]
    for x, first in before:
        reach = _sum(first, bound)
        for y, last in after:
            if x != y:
                candidate = _sum(reach, last)
                old = table.get((x, y))
                if old is None or candidate < old:
                    table[x, y] = candidate
    return True


def _sum(first: tuple[Money, int], second: tuple[Money, int]) -> tuple[Money, int]:
    return first[0] + second[0], first[1] & second[1]
