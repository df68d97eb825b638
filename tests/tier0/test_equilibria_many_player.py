"""Equilibria of three players and more: proved in boxes, complete where every support profile is closed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import DomainError, MoneyError
from verifier.games.equilibrium_set import Coverage
from verifier.games.normal_form import Actions, Game, from_matrices, from_table
from verifier.oracles.equilibria.box_check import BoxedEquilibrium, check_box
from verifier.oracles.equilibria.epsilon import epsilon_equilibrium, largest_gain
from verifier.oracles.equilibria.intervals import Interval, outward
from verifier.oracles.equilibria.many_player import ManyPlayerResult, mixed_equilibria
from verifier.oracles.equilibria.many_player_boxes import proved
from verifier.oracles.equilibria.supports import System, support_profiles

HALF = Fraction(1, 2)


def game_of(shape: Sequence[int], payoffs: Callable[[Actions], Sequence[int | Fraction]]) -> Game:
    profiles = product(*map(range, shape))
    return from_table({p: payoffs(p) for p in profiles}, [[str(a) for a in range(count)] for count in shape])


def jordan() -> Game:
    """Player 1 wants to match player 2, who wants to match player 3, who wants to differ from player 1."""
    return game_of((2, 2, 2), lambda p: [1 - 2 * (p[0] != p[1]), 1 - 2 * (p[1] != p[2]), 1 - 2 * (p[2] == p[0])])


def el_farol() -> Game:
    """Going is worth 1 while at most two go, and -1 when all three do; staying at home is worth 0."""
    return game_of((2, 2, 2), lambda p: [a * (1 if sum(p) <= 2 else -1) for a in p])


def generic(seed: int, shape: Sequence[int] = (2, 2, 2)) -> Game:
    draw = random.Random(seed)
    return game_of(shape, lambda p: [draw.randint(-(10**6), 10**6) for _ in p])


def irrational(result: ManyPlayerResult) -> BoxedEquilibrium:
    (found,) = (boxed for boxed in result.equilibria if boxed.rational is None)
    return found


def test_three_player_matching_pennies_has_one_equilibrium_and_it_is_uniform() -> None:
    """Jordan 1993."""
    result = mixed_equilibria(jordan())
    assert result.coverage is Coverage.COMPLETE
    assert [boxed.rational for boxed in result.equilibria] == [((HALF, HALF),) * 3]


def test_three_player_coordination_has_two_pure_equilibria_and_one_uniform() -> None:
    result = mixed_equilibria(game_of((2, 2, 2), lambda p: [int(len(set(p)) == 1)] * 3))
    assert result.coverage is Coverage.COMPLETE
    assert {boxed.rational for boxed in result.equilibria} == {((1, 0),) * 3, ((0, 1),) * 3, ((HALF, HALF),) * 3}


def test_el_farol_has_seven_equilibria_and_the_symmetric_one_is_irrational() -> None:
    """Both others go with probability 1/2 in all, so each goes with probability sqrt(1/2)."""
    result = mixed_equilibria(el_farol())
    assert result.coverage is Coverage.COMPLETE
    expected = {tuple(p) for p in permutations([(1, 0), (0, 1), (0, 1)])}
    expected |= {tuple(p) for p in permutations([(HALF, HALF), (HALF, HALF), (0, 1)])}
    assert {boxed.rational for boxed in result.equilibria} == expected | {None}
    assert len(result.equilibria) == 7
    for _, (low, high) in irrational(result).box:
        assert low > 0
        assert low**2 < HALF < high**2
        assert high - low < Fraction(1, 10**12)


def test_four_players_in_el_farol_go_with_the_cube_root_of_one_half() -> None:
    """All four go with probability p where the three others all go with probability 1/2: p^3 = 1/2."""
    game = game_of((2, 2, 2, 2), lambda p: [a * (1 if sum(p) <= 3 else -1) for a in p])
    result = mixed_equilibria(game)
    (low, high) = next(b for b in result.equilibria if all(len(own) == 2 for own in b.supports)).box[0][1]
    assert result.coverage is Coverage.COMPLETE
    assert low**3 < HALF < high**3


@pytest.mark.parametrize("seed", range(12))
def test_generic_games_have_an_odd_number_of_equilibria_and_every_box_passes(seed: int) -> None:
    """Wilson 1971; Harsanyi 1973."""
    game = generic(seed)
    result = mixed_equilibria(game)
    assert result.coverage is Coverage.COMPLETE, result.reason
    assert len(result.equilibria) % 2 == 1
    assert all(check_box(game, boxed) for boxed in result.equilibria)
    assert all(largest_gain(game, boxed.midpoint) < Fraction(1, 10**6) for boxed in result.equilibria)


@pytest.mark.parametrize("seed", range(12))
def test_two_player_equilibria_are_those_of_brute_force(seed: int) -> None:
    draw = random.Random(seed)
    rows, columns = draw.randint(2, 3), draw.randint(2, 3)
    first, second = ([[draw.randint(-999, 999) for _ in range(columns)] for _ in range(rows)] for _ in range(2))
    result = mixed_equilibria(from_matrices(first, second))
    assert result.coverage is Coverage.COMPLETE, result.reason
    assert {boxed.rational for boxed in result.equilibria} == brute_force(first, second)


def test_players_in_another_order_have_the_same_equilibria_in_that_order() -> None:
    game = generic(3)
    moved = game_of((2, 2, 2), lambda p: [game.payoff(i, (p[1], p[2], p[0])) for i in (2, 0, 1)])
    once, again = mixed_equilibria(game), mixed_equilibria(moved)
    assert sorted((b.supports[2], b.supports[0], b.supports[1]) for b in once.equilibria) == sorted(
        b.supports for b in again.equilibria
    )


def test_payoffs_in_another_unit_change_no_equilibrium() -> None:
    """Also those whose denominators are not 1, for which the matrix of the proof is in another unit."""
    small = game_of((2, 2, 2), lambda p: [Fraction(el_farol().payoff(i, p), 10 ** (3 * i + 1)) + i for i in range(3)])
    result = mixed_equilibria(small)
    assert result.coverage is Coverage.COMPLETE
    assert irrational(result).centre == irrational(mixed_equilibria(el_farol())).centre
    assert check_box(small, irrational(result))


def test_infinitely_many_equilibria_are_never_called_complete() -> None:
    result = mixed_equilibria(game_of((2, 2, 2), lambda _p: [0, 0, 0]))
    assert result.coverage is Coverage.FOUND
    assert "infinitely many" in result.reason
    assert ((0, 1), (0, 1), (0, 1)) in result.open_supports


def test_a_copied_action_leaves_the_set_open() -> None:
    """Every mixture over the action and its copy is as good."""
    game = game_of((3, 2, 2), lambda p: [jordan().payoff(i, (min(p[0], 1), p[1], p[2])) for i in range(3)])
    assert mixed_equilibria(game).coverage is Coverage.FOUND


def test_without_z3_the_mixed_supports_stay_open_and_are_named() -> None:
    result = mixed_equilibria(jordan(), effort=0)
    assert result.coverage is Coverage.FOUND
    assert result.open_supports == (((0, 1), (0, 1), (0, 1)),)
    assert result.reason == "1 support profile(s) open: z3 was not asked"


def test_without_a_start_z3_finds_the_irrational_equilibrium() -> None:
    result = mixed_equilibria(el_farol(), starts=0)
    assert result.coverage is Coverage.COMPLETE
    assert len(result.equilibria) == 7


def test_a_box_without_an_equilibrium_is_refused() -> None:
    game, boxed = el_farol(), irrational(mixed_equilibria(el_farol()))
    assert check_box(game, shifted(boxed, Fraction(0)))
    for shift in (3 * boxed.radius, Fraction(1, 10**6), -Fraction(1, 10)):
        assert not check_box(game, shifted(boxed, shift))
    assert not check_box(jordan(), boxed)
    assert not check_box(game, replace(boxed, box=boxed.box[::-1][:2]))


def test_a_wrong_matrix_is_refused() -> None:
    game, boxed = el_farol(), irrational(mixed_equilibria(el_farol()))
    for factor in (-1, 0, 3):
        matrix = tuple(tuple(factor * y for y in row) for row in boxed.preconditioner)
        assert not check_box(game, replace(boxed, preconditioner=matrix))
    assert not check_box(game, replace(boxed, preconditioner=()))
    assert not check_box(game, replace(boxed, preconditioner=boxed.preconditioner[:-1]))


def test_a_reach_that_holds_a_second_zero_is_refused() -> None:
    game, boxed = el_farol(), irrational(mixed_equilibria(el_farol()))
    assert not check_box(game, replace(boxed, reach=Fraction(2)))
    assert not check_box(game, replace(boxed, reach=boxed.radius / 2))


def test_a_rational_claim_next_to_the_equilibrium_is_refused() -> None:
    (boxed,) = mixed_equilibria(jordan()).equilibria
    near = HALF + Fraction(1, 10**30)
    assert boxed.rational is not None
    assert check_box(jordan(), boxed)
    assert not check_box(jordan(), replace(boxed, rational=((near, 1 - near), *boxed.rational[1:])))


def test_indifference_that_someone_would_leave_is_no_equilibrium() -> None:
    """The zero of El Farol stays, but a third action is better there, which only the inequality sees."""
    game = game_of((3, 2, 2), lambda p: [1, 0, 0] if p[0] == 2 else [el_farol().payoff(i, p) for i in range(3)])
    point = irrational(mixed_equilibria(el_farol()))
    assert proved(game, System.of(game, point.supports), point.centre) is None
    third = (Fraction(0), Fraction(0))
    assert not check_box(game, replace(point, box=((*point.box[0], third), *point.box[1:])))
    worse = game_of((3, 2, 2), lambda p: [-1, 0, 0] if p[0] == 2 else [el_farol().payoff(i, p) for i in range(3)])
    assert check_box(worse, replace(point, box=((*point.box[0], third), *point.box[1:])))


@given(st.lists(st.fractions(min_value=-9, max_value=9), min_size=6, max_size=6))
def test_intervals_contain_every_sum_and_product_of_their_members(numbers: list[Fraction]) -> None:
    a, b, c, d, s, t = numbers
    left, right = Interval(min(a, b), max(a, b)), Interval(min(c, d), max(c, d))
    weights = [Fraction(abs(x) / 9) for x in (s, t)]
    x = left.lower + weights[0] * (left.upper - left.lower)
    y = right.lower + weights[1] * (right.upper - right.lower)
    assert (left + right).contains(x + y)
    assert (left - right).contains(x - y)
    assert (left * right).contains(x * y)
    assert (3 - left * right).contains(3 - x * y)
    assert left.magnitude >= abs(x)


def test_ends_are_rounded_away_from_each_other_and_stay_short() -> None:
    third = Fraction(3**200 + 1, 3**201)
    rounded = outward(-third, third)
    assert rounded.lower < -third < third < rounded.upper
    assert Fraction(rounded.upper).denominator.bit_length() < Fraction(third).denominator.bit_length()
    assert rounded.upper - third < Fraction(1, 2**159)


def test_supports_with_a_dominated_action_are_left_out_and_no_equilibrium_is_in_them() -> None:
    """In the prisoner's dilemma only mutual defection is left."""
    assert support_profiles(from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]])) == [((1,), (1,))]


def test_too_many_support_profiles_are_refused_with_their_count() -> None:
    with pytest.raises(DomainError, match="29,791 support profiles"):
        mixed_equilibria(game_of((5, 5, 5), lambda p: p))


@settings(max_examples=40)
@given(st.lists(st.lists(st.floats(0, 1), min_size=2, max_size=2).filter(any), min_size=3, max_size=3))
def test_an_epsilon_equilibrium_is_an_exact_profile_with_its_exact_largest_gain(proposal: list[list[float]]) -> None:
    game = el_farol()
    near = epsilon_equilibrium(game, proposal)
    assert all(sum(strategy) == 1 and min(strategy) >= 0 for strategy in near.profile)
    go = [Fraction(strategy[1]) for strategy in near.profile]
    gains = []
    for i in range(3):
        others = [go[j] for j in range(3) if j != i]
        worth = 1 - 2 * others[0] * others[1]
        gains.append(max(worth, 0) - go[i] * worth)
    assert near.epsilon == max(gains)


def test_an_exact_equilibrium_has_epsilon_zero_and_a_profile_off_by_a_millionth_has_its_gain() -> None:
    assert epsilon_equilibrium(jordan(), [[HALF, HALF]] * 3).epsilon == 0
    off = HALF + Fraction(1, 10**6)
    assert epsilon_equilibrium(jordan(), [[off, 1 - off], [HALF, HALF], [HALF, HALF]], 10**6).epsilon == Fraction(
        1, 5 * 10**5
    )


def test_proposals_of_another_shape_or_without_probability_are_refused() -> None:
    with pytest.raises(DomainError, match="the game has"):
        epsilon_equilibrium(jordan(), [[1, 0], [1, 0]])
    with pytest.raises(DomainError, match="no positive probability"):
        epsilon_equilibrium(jordan(), [[0, 0], [1, 0], [1, 0]])
    with pytest.raises(MoneyError, match="not a finite number"):
        epsilon_equilibrium(jordan(), [[float("nan"), 0], [1, 0], [1, 0]])


def shifted(boxed: BoxedEquilibrium, by: Fraction) -> BoxedEquilibrium:
    """The claim for a box elsewhere, with nothing else wrong."""
    box = tuple(((first[0] - by, first[1] - by), (second[0] + by, second[1] + by)) for first, second in boxed.box)
    return replace(boxed, centre=tuple(c + by for c in boxed.centre), reach=boxed.radius, box=box)


def brute_force(first: list[list[int]], second: list[list[int]]) -> set[object]:
    """Equilibria of a generic game of two players: supports of one size, Cramer's rule, best responses."""
    rows, columns = len(first), len(first[0])
    found: set[object] = set()
    for count in range(1, min(rows, columns) + 1):
        for own in combinations(range(rows), count):
            for theirs in combinations(range(columns), count):
                y = indifferent([[first[r][c] for c in theirs] for r in own])
                x = indifferent([[second[r][c] for r in own] for c in theirs])
                if x is None or y is None or min(x + y) <= 0:
                    continue
                p = tuple(x[own.index(r)] if r in own else 0 for r in range(rows))
                q = tuple(y[theirs.index(c)] if c in theirs else 0 for c in range(columns))
                worth = [sum(first[r][c] * q[c] for c in range(columns)) for r in range(rows)]
                cost = [sum(second[r][c] * p[r] for r in range(rows)) for c in range(columns)]
                if max(worth) == worth[own[0]] and max(cost) == cost[theirs[0]]:
                    found.add((p, q))
    return found


def indifferent(matrix: list[list[int]]) -> list[Fraction] | None:
    """The weights with sum 1 that make all rows worth the same, by Cramer's rule."""
    size = len(matrix)
    rows = [[*row, -1] for row in matrix] + [[1] * size + [0]]
    bottom = determinant(rows)
    if bottom == 0:
        return None
    right = [0] * size + [1]
    return [
        Fraction(determinant([[*row[:k], b, *row[k + 1 :]] for row, b in zip(rows, right, strict=True)]), bottom)
        for k in range(size)
    ]


def determinant(rows: list[list[int]]) -> int:
    if len(rows) == 1:
        return rows[0][0]
    return sum((-1) ** k * rows[0][k] * determinant([r[:k] + r[k + 1 :] for r in rows[1:]]) for k in range(len(rows)))
