"""All vertices of a player's best-response polytope, exactly, on degenerate games too.

Definition   For payoffs B > 0 of the opponent, one row for each of its actions, P = {x >= 0 : B x <= 1}. A vertex other
             than the origin is, divided by its sum, a mixture of the player. Label j: x_j = 0. Label d + i: row i holds
             with equality, so that action i is a best response of the opponent.
How          From the basis of all slacks every basis is visited that lexicographic pivots lead to. They stand for right
             sides that are raised by infinitely small and different amounts: so raised the polytope is simple and
             bounded, its graph is connected, each basis has one neighbour for each entering variable, and each vertex
             of P is the limit of raised ones. That no pivot leads out of what was visited shows that none is missing.
Exact        Whole numbers (Edmonds' fraction-free pivots); doubles only tell apart ratios that differ clearly.
Source       Dantzig, Orden and Wolfe 1955 (lexicographic rule); Avis, Rosenberg, Savani and von Stengel 2010
             (polytopes, labels); Balinski 1961 (connected graph).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.errors import VerifierError

Tableau = list[list[int]]

MOST_BASES = 200_000
_CLEAR = 1 + 1e-12  # correctly rounded quotients that differ by more are in the order of the exact ones


class TooManyBases(VerifierError):
    """The polytope has more bases than the budget allows; use fewer actions, or eliminate dominated ones first."""


@dataclass(frozen=True, slots=True)
class Vertex:
    """A vertex, its coordinates over a common denominator, and its labels as the binary digits of a number."""

    numerators: tuple[int, ...]
    labels: int


def vertices(payoffs: Sequence[Sequence[int]], most: int = MOST_BASES) -> tuple[list[Vertex], int]:
    """The vertices but the origin, each once, and how many bases were visited.

    Parameters
    ----------
    payoffs : (rows, d) positive whole numbers

    Raises
    ------
    TooManyBases : more than `most` bases.
    """
    rows, width = len(payoffs), len(payoffs[0])
    start = [[*row, *(int(place == i) for i in range(rows)), 1] for place, row in enumerate(payoffs)]
    basis = tuple(range(width, width + rows))
    everything = (1 << (width + rows)) - 1
    first = _mask(basis)
    visited, waiting = {first}, [(basis, first, start, 1)]
    found: dict[tuple[int, ...], Vertex] = {}
    while waiting:
        basis, mask, tableau, unit = waiting.pop()
        _note(found, basis, tableau, width, everything & ~mask)
        for entering in range(width + rows):
            if mask >> entering & 1:
                continue
            leaving = _leaving(tableau, entering, width)
            after = mask ^ (1 << entering) ^ (1 << basis[leaving])
            if after in visited:
                continue
            visited.add(after)
            if len(visited) > most:
                raise TooManyBases(f"the game has more than {most:,} bases of best responses")
            changed = (*basis[:leaving], entering, *basis[leaving + 1 :])
            waiting.append((changed, after, *_pivoted(tableau, leaving, entering, unit)))
    return list(found.values()), len(visited)


def _mask(basis: Sequence[int]) -> int:
    return sum(1 << variable for variable in basis)


def _note(
    found: dict[tuple[int, ...], Vertex], basis: Sequence[int], tableau: Tableau, width: int, labels: int
) -> None:
    """Add the vertex of a basis; equal ones, from bases of a degenerate vertex, have equal labels."""
    numerators = [0] * width
    for variable, row in zip(basis, tableau, strict=True):
        if row[-1] == 0:
            labels |= 1 << variable
        elif variable < width:
            numerators[variable] = row[-1]
    if any(numerators):
        point = _lowest(numerators)
        known = found.get(point)
        found[point] = Vertex(point, labels | (known.labels if known else 0))


def _lowest(numerators: Sequence[int]) -> tuple[int, ...]:
    """The same direction in lowest terms: as a mixture, the coordinates are divided by their sum anyway."""
    import math

    divisor = math.gcd(*numerators)
    return tuple(numerator // divisor for numerator in numerators)


def _leaving(tableau: Tableau, entering: int, width: int) -> int:
    """The row whose basic variable first reaches zero: the least ratio, ties by the raised right sides."""
    candidates = [place for place, row in enumerate(tableau) if row[entering] > 0]
    if len(candidates) == 1:
        return candidates[0]
    try:
        ratios = sorted((tableau[place][-1] / tableau[place][entering], place) for place in candidates)
        if ratios[0][0] * _CLEAR < ratios[1][0]:
            return ratios[0][1]
        edge = ratios[0][0] * _CLEAR
        candidates = [place for ratio, place in ratios if ratio <= edge]
    except OverflowError:  # no doubles of that size
        pass
    best = candidates[0]
    for place in candidates[1:]:
        if _before(tableau[place], tableau[best], entering, width):
            best = place
    return best


def _before(row: Sequence[int], rival: Sequence[int], entering: int, width: int) -> bool:
    """Whether the raised ratio of a row is less than the rival's; they are never equal."""
    for column in (-1, *range(width, len(row) - 1)):
        lead: int = row[column] * rival[entering] - rival[column] * row[entering]
        if lead:
            return lead < 0
    raise AssertionError("two rows of a basis are parallel")


def _pivoted(tableau: Tableau, leaving: int, entering: int, unit: int) -> tuple[Tableau, int]:
    """The tableau after the exchange, times its new unit, the pivot; every division is exact."""
    chosen = tableau[leaving]
    pivot = chosen[entering]
    made = []
    for row in tableau:
        factor = row[entering]
        if row is chosen:
            made.append(row)
        elif factor:
            made.append([(pivot * a - factor * b) // unit for a, b in zip(row, chosen, strict=True)])
        elif pivot == unit:
            made.append(row)
        else:
            made.append([pivot * a // unit for a in row])
    return made, pivot
