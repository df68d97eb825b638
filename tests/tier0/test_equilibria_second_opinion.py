"""All extreme equilibria once more, by a way that shares nothing with the enumerator: every square system is solved.

A vertex of a player's best-response polyhedron {(x, v): x >= 0, sum x = 1, B x <= v}, of all actions i of the opponent,
is where some d of its inequalities hold with equality and fix (x, v). So all choices of d are solved in fractions by
Cramer's rule, and what breaks no inequality is kept. Pairs are equilibria where best responses, looked up in the payoff
table, say so. No pivots, no labels, no supports that have to be of equal size: degenerate games are like others.

Source: Mangasarian 1964; Vorob'ev 1958; Kuhn 1961.
"""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations, product

import pytest

from verifier.games.normal_form import from_matrices
from verifier.oracles.equilibria.two_player import two_player


def determinant(matrix):
    """Laplace along the first row."""
    if not matrix:
        return 1
    head, *rest = matrix
    return sum(
        (-1) ** k * entry * determinant([row[:k] + row[k + 1 :] for row in rest])
        for k, entry in enumerate(head)
        if entry
    )


def extreme_mixtures(payoffs):
    """The first parts of all vertices, for the opponent's (actions, d) payoffs."""
    width = len(payoffs[0])
    zeros = [[int(place == k) for place in range(width)] + [0] for k in range(width)]
    ties = [[*row, -1] for row in payoffs]
    found = set()
    for chosen in combinations([*zeros, *ties], width):
        system = [[1] * width + [0], *chosen]  # = (1, 0, ..., 0): minors of the first row are the solution
        minors = [(-1) ** k * determinant([[*row[:k], *row[k + 1 :]] for row in system[1:]]) for k in range(width + 1)]
        whole = sum(minors[:-1])
        if whole == 0:
            continue
        *mixture, worth = (Fraction(minor, whole) for minor in minors)
        if min(mixture) >= 0 and all(dot(row, mixture) <= worth for row in payoffs):
            found.add(tuple(mixture))
    return found


def dot(row, mixture):
    return sum(entry * p for entry, p in zip(row, mixture, strict=True))


def unbeaten(payoffs, own, other):
    worth = [dot(row, other) for row in payoffs]
    return all(value == max(worth) for value, p in zip(worth, own, strict=True) if p)


def second_opinion(first, second):
    turned = list(zip(*second, strict=True))
    pairs = product(extreme_mixtures(turned), extreme_mixtures(first))
    return {(x, y) for x, y in pairs if unbeaten(first, x, y) and unbeaten(turned, y, x)}


def random_games(low, high, count, most=4):
    rng = random.Random(f"{low} {high}")
    for _ in range(count):
        rows, columns = rng.randint(1, most), rng.randint(1, most)
        yield [[[rng.randint(low, high) for _ in range(columns)] for _ in range(rows)] for _ in range(2)]


@pytest.mark.parametrize(("low", "high", "degenerate"), [(-99, 99, False), (-3, 3, True), (0, 2, True), (0, 1, True)])
def test_every_square_system_gives_the_same_extreme_equilibria(low, high, degenerate):
    seen = 0
    for first, second in random_games(low, high, 80):
        found = two_player(from_matrices(first, second))
        assert len(set(found.extreme)) == len(found.extreme)
        assert set(found.extreme) == second_opinion(first, second), (first, second)
        seen += found.degenerate
    assert seen > 10 if degenerate else seen < 10  # the ranges are what they are meant to be


def test_games_with_doubled_actions_and_indifferent_players_are_no_exception():
    for first, second in random_games(0, 4, 40, most=3):
        doubled = [*first, first[0]], [*second, second[-1]]
        indifferent = first, [[5] * len(first[0])] * len(first)
        for pair in (doubled, indifferent):
            assert set(two_player(from_matrices(*pair)).extreme) == second_opinion(*pair), pair


def test_the_second_opinion_knows_the_handbook_s_degenerate_game():
    """So that two that agree are not wrong together."""
    third = Fraction(1, 3)
    assert second_opinion([[3, 3], [2, 5], [0, 6]], [[3, 3], [2, 6], [3, 1]]) == {
        ((1, 0, 0), (1, 0)),
        ((1, 0, 0), (2 * third, third)),
        ((0, third, 2 * third), (third, 2 * third)),
    }
