"""Evolutionarily stable strategies against closed forms of the literature and a grid of mutants."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

from verifier.games.evolutionary import is_stable, mutant

THIRD = (Fraction(1, 3),) * 3


def test_hawks_alone_are_stable_exactly_when_the_prize_is_worth_the_fight() -> None:
    assert is_stable([[1, 4], [0, 2]], (1, 0))  # V = 4, C = 2
    costly = [[-1, 2], [0, 1]]  # V = 2, C = 4
    assert mutant(costly, (1, 0)) == (0, 1)
    assert mutant(costly, (0, 1)) == (1, 0)
    assert is_stable(costly, (Fraction(1, 2), Fraction(1, 2)))


def test_rock_paper_scissors_is_stable_only_where_winning_pays_more_than_losing_costs() -> None:
    for win, stable in ((2, True), (1, False), (Fraction(1, 2), False)):
        matrix = [[0, -1, win], [win, 0, -1], [-1, win, 0]]
        assert is_stable(matrix, THIRD) is stable


def test_no_mutant_of_a_grid_contradicts_the_decision_and_every_witness_invades() -> None:
    chance, stable = random.Random(3), 0
    grid = [tuple(Fraction(k, 6) for k in (a, b, 6 - a - b)) for a, b in product(range(7), repeat=2) if a + b <= 6]
    for _ in range(150):
        matrix = [[chance.randint(-1, 1) for _ in range(3)] for _ in range(3)]

        def earns(
            x: tuple[int | Fraction, ...], y: tuple[int | Fraction, ...], a: list[list[int]] = matrix
        ) -> Fraction:
            return sum((Fraction(p * q * a[i][j]) for i, p in enumerate(x) for j, q in enumerate(y)), Fraction(0))

        for x in grid[::3]:
            found = mutant(matrix, x)
            for y in grid if found is None else [found]:
                gap = (earns(x, x) - earns(y, x), earns(x, y) - earns(y, y))
                assert (gap > (0, 0)) is (found is None) or y == x
                assert y != x or found is None
            stable += found is None
    assert stable > 20
