"""Which amounts a search tries: the ends of the continuum, the grid, both sides of an amount, thresholds of machines.

All of them are admissible, and can be handed over without rounding: where the subject gets doubles, amounts are whole
multiples of 1/1024, where it gets decimals of 1/1000. A type of several coordinates is made of amounts by raising those
that have to be at least as large as others.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from verifier.domains import Domain, Type
from verifier.exact import Money, simplest
from verifier.properties.instances import admissible

_UNITS = {"float": 1024, "decimal": 1000}  # amounts that such numbers hold exactly are multiples of one over these
_MACHINE = (2**31 - 1, 2**31, 2**32, 2**53 + 1)  # where integers of a fixed size, or doubles, end
_MOST_ANCHORS = 12


class Amounts:
    """The amounts of one domain.

    Attributes
    ----------
    top : the largest amount that is drawn at random: the upper end, or twice the grid's where there is none
    anchors : ascending; zero, the ends, a few values of the grid, thresholds of machines
    """

    def __init__(self, domain: Domain, numbers: str = "exact") -> None:
        self.domain = domain
        self._unit = 1 if domain.whole else _UNITS.get(numbers)
        grid = sorted({amount for types in domain.types for type_ in types for amount in type_})
        self.top = max(grid[-1] * 2, 2) if domain.upper is None else domain.upper
        few = grid[:: max(1, -(-len(grid) // _MOST_ANCHORS))]
        machine = _MACHINE if numbers in ("exact", "fraction") else ()
        ends = [self.top, grid[-1] + 1, *machine] if domain.upper is None else [domain.upper]
        self.anchors = self.usable([0, *few, grid[-1], *ends])
        gaps = [after - before for before, after in pairwise(grid)] or [1]
        self._steps = (min(gaps), Fraction(min(gaps), 100)) if self._unit is None else (Fraction(1, self._unit), 1)

    def fitted(self, amount: Money) -> Money:
        """The amount itself, or the next one below it that can be reported."""
        upper = self.domain.upper
        bounded = max(0, amount if upper is None else min(amount, upper))
        if self._unit is None:
            return simplest(Fraction(bounded))
        return simplest(Fraction(bounded * self._unit // 1, self._unit))

    def usable(self, amounts: Sequence[Money]) -> tuple[Money, ...]:
        """Those amounts made reportable, ascending, each once."""
        return tuple(sorted({self.fitted(amount) for amount in amounts}))

    def around(self, amount: Money) -> tuple[Money, ...]:
        """The amount with others just below and just above it."""
        return self.usable([amount, *(amount + sign * step for step in self._steps for sign in (-1, 1))])

    def type_of(self, amounts: Sequence[Money]) -> Type | None:
        """The least type that is nowhere below the amounts; None where the domain has none."""
        made = [self.fitted(amount) for amount in amounts]
        orders = [form for form, constant in self.domain.type_constraints() if len(form) == 2 and not constant]
        for _ in made:
            for form in orders:
                small, large = sorted(form, key=lambda coordinate: -form[coordinate])
                made[large] = max(made[large], made[small])
        type_ = tuple(made)
        return type_ if admissible(self.domain, type_) else None

    def between(self, low: Type, high: Type, part: Fraction) -> Type | None:
        """The type at that part of the way from one to another."""
        return self.type_of([start + (end - start) * part for start, end in zip(low, high, strict=True)])
