"""Exact linear programs, and what is decided by them: correlated equilibria, mixed dominance, zero-sum values."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import DomainError
from verifier.games.normal_form import from_matrices, from_table
from verifier.oracles import correlated
from verifier.oracles.correlated import extreme, slacks
from verifier.oracles.dominance import dominator
from verifier.oracles.linear import Infeasible, LinearProgram, Optimal, Unbounded, check, solve
from verifier.oracles.zero_sum import zero_sum

CHICKEN = from_matrices([[6, 2], [7, 0]], [[6, 7], [2, 0]])


def test_random_programs_have_one_answer_with_and_without_proposals() -> None:
    chance, kinds = random.Random(5), Counter[type]()
    for _ in range(200):
        n = chance.randint(1, 5)

        def row(n: int = n) -> dict[int, int]:
            return {j: v for j in range(n) if (v := chance.randint(-4, 4))}

        upper = [(row(), chance.randint(-3, 6)) for _ in range(chance.randint(0, 5))]
        equal = [(row(), chance.randint(-2, 4)) for _ in range(chance.randint(0, 2))]
        program = LinearProgram(
            n,
            row(),
            tuple(a for a, _ in upper),
            tuple(b for _, b in upper),
            tuple(a for a, _ in equal),
            tuple(b for _, b in equal),
        )
        ours, second = solve(program), solve(program, propose=False)
        check(program, ours)
        kinds[type(ours)] += 1
        assert type(ours) is type(second)
        if isinstance(ours, Optimal) and isinstance(second, Optimal):
            assert ours.value == second.value
    assert min(kinds[Optimal], kinds[Infeasible], kinds[Unbounded]) > 20


def test_a_value_off_by_a_millionth_is_refused() -> None:
    program = LinearProgram(1, {0: 3}, ({0: 2},), (1,))
    assert solve(program) == Optimal(Fraction(3, 2), (Fraction(1, 2),), (Fraction(3, 2),))
    with pytest.raises(AssertionError, match="value"):
        check(program, Optimal(Fraction(3, 2) + Fraction(1, 10**6), (Fraction(1, 2),), (Fraction(3, 2),)))


def test_the_best_correlated_equilibrium_of_chicken_gives_five_and_a_quarter_each() -> None:
    best = extreme(CHICKEN)
    assert best.value == Fraction(21, 2)
    assert min(slacks(CHICKEN, best.distribution).values()) >= 0


def test_coarse_equilibria_reach_at_least_as_far_as_correlated_ones() -> None:
    assert extreme(CHICKEN, coarse=True).value >= extreme(CHICKEN).value
    assert extreme(CHICKEN, coarse=True, least=True).value <= extreme(CHICKEN, least=True).value


def test_matching_pennies_has_one_correlated_equilibrium_for_any_objective() -> None:
    game = from_matrices([[1, -1], [-1, 1]])
    assert extreme(game, game.payoffs[0]).value == extreme(game, game.payoffs[0], least=True).value == 0
    assert set(extreme(game).distribution.values()) == {Fraction(1, 4)}


def test_a_mixture_dominates_where_no_row_does() -> None:
    assert dominator([[3, 0], [0, 3]], [1, 1]) == (Fraction(1, 2), Fraction(1, 2))
    assert dominator([[2, 0], [0, 2]], [1, 1]) is None
    assert dominator([[1, 2]], [1, 1]) is None
    assert dominator([[1, 2]], [1, 1], strict=False) == (1,)


def test_rock_paper_scissors_is_worth_nothing_and_a_biased_game_its_known_value() -> None:
    third = Fraction(1, 3)
    solved = zero_sum(from_matrices([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]))
    assert (solved.value, solved.first, solved.second) == (0, (third,) * 3, (third,) * 3)
    solved = zero_sum(from_matrices([[3, -1], [-2, 4]]))
    assert (solved.value, solved.first, solved.second) == (
        1,
        (Fraction(3, 5), Fraction(2, 5)),
        (Fraction(1, 2), Fraction(1, 2)),
    )


def test_a_game_that_is_not_zero_sum_is_refused() -> None:
    with pytest.raises(DomainError, match="sum to zero"):
        zero_sum(CHICKEN)


def test_pure_nash_is_correlated_and_correlated_is_coarse_on_random_games() -> None:
    chance, seen = random.Random(8), 0
    for _ in range(40):
        tables = [[[chance.randint(0, 6) for _ in range(3)] for _ in range(2)] for _ in range(2)]
        game = from_matrices(*tables)
        fine, coarse = extreme(game), extreme(game, coarse=True)
        assert coarse.value >= fine.value
        assert min(slacks(game, fine.distribution).values()) >= 0
        assert min(slacks(game, fine.distribution, coarse=True).values()) >= 0
        for a, b in game.profiles():
            first, second = tables[0][a][b], tables[1][a][b]
            if first == max(tables[0][k][b] for k in range(2)) and second == max(tables[1][a]):
                seen += 1
                assert min(slacks(game, {(a, b): 1}).values()) >= 0
                assert extreme(game, least=True).value <= first + second <= fine.value
    assert seen > 20


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans(), st.booleans())
def test_pricing_profiles_in_finds_the_same_as_the_whole_program(seed: int, coarse: bool, least: bool) -> None:
    """Welfare bounds of 3 x 3 x 3 games with few profiles at the start, against the whole program."""
    dice = random.Random(seed)
    table = {p: [dice.randint(-5, 5) for _ in range(3)] for p in product(range(3), repeat=3)}
    game = from_table(table, [["a", "b", "c"]] * 3)
    whole = extreme(game, coarse=coarse, least=least)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(correlated, "_WHOLE", 0)
        patch.setattr(correlated, "_FIRST", 2)
        patch.setattr(correlated, "_BATCH", 3)
        few = extreme(game, coarse=coarse, least=least)
    assert few.value == whole.value
    assert min(slacks(game, few.distribution, coarse).values()) >= 0
