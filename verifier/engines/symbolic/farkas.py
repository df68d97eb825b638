"""Farkas combinations: linear inequalities are contradictory if some positive multiples add up to 0 < 0 or to 1 <= 0.

The multipliers come from exact linear algebra on an unsatisfiable core; no solver's arithmetic is believed.
Source: Farkas 1902; Schrijver 1986, Corollary 7.1e (with strict inequalities: Motzkin 1936).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from verifier.engines.symbolic.atoms import Atom

Combination: TypeAlias = tuple[tuple[int, int], ...]  # (index of the atom, positive integer multiplier)


def contradicts(atoms: Sequence[Atom], combination: Combination) -> bool:
    """Whether the combination of atoms is a contradiction: exact, and all that a checker has to repeat."""
    total: dict[int, int] = {}
    constant = Fraction(0)
    strict = False
    for index, multiplier in combination:
        if multiplier <= 0:
            return False
        for variable, coefficient in atoms[index].terms:
            total[variable] = total.get(variable, 0) + multiplier * coefficient
        constant += multiplier * Fraction(atoms[index].constant)
        strict = strict or atoms[index].strict
    return not any(total.values()) and (constant > 0 or (strict and constant == 0))


def multipliers(atoms: Sequence[Atom], core: Sequence[int]) -> Combination | None:
    """Positive multipliers for an irreducible core: the one-dimensional null space of its coefficients.

    None where the null space has another dimension or mixed signs, that is, where the core is not irreducible.
    """
    variables = sorted({v for index in core for v, _ in atoms[index].terms})
    rows = [[Fraction(dict(atoms[index].terms).get(v, 0)) for index in core] for v in variables]
    pivots: list[int] = []
    for column in range(len(core)):
        top = len(pivots)
        pivot = next((r for r in range(top, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[top], rows[pivot] = rows[pivot], rows[top]
        lead = rows[top][column]
        rows[top] = [entry / lead for entry in rows[top]]
        for r, row in enumerate(rows):
            if r != top and row[column]:
                factor = row[column]
                rows[r] = [entry - factor * base for entry, base in zip(row, rows[top], strict=True)]
        pivots.append(column)
    free = [column for column in range(len(core)) if column not in pivots]
    if len(free) != 1:
        return None
    solution = [Fraction(0)] * len(core)
    solution[free[0]] = Fraction(1)
    for r, column in enumerate(pivots):
        solution[column] = -rows[r][free[0]]
    if min(solution) < 0:
        return None
    scale = math.lcm(*(entry.denominator for entry in solution))
    found = tuple((index, int(entry * scale)) for index, entry in zip(core, solution, strict=True) if entry)
    return found if contradicts(atoms, found) else None
