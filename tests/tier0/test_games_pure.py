"""Pure Nash equilibria against closed forms, published games and brute force; claimed profiles against exact gains."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import TooLarge
from verifier.games import pure
from verifier.games.claimed import verify_profile
from verifier.games.equilibrium_set import Coverage
from verifier.games.normal_form import Actions, Game, from_matrices, from_table, player_names
from verifier.games.pure import (
    best_responses,
    dominant_actions,
    dominant_equilibria,
    pareto_dominators,
    pure_equilibria,
    pure_set,
    strict_equilibria,
    undominated_equilibria,
    weak_equilibria,
    welfare,
    welfares,
)
from verifier.tensor import Array, Tensor

DILEMMA = from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]], "prisoner's dilemma")
SEXES = from_matrices([[2, 0], [0, 1]], [[1, 0], [0, 2]], "battle of the sexes")
PENNIES = from_matrices([[1, -1], [-1, 1]], title="matching pennies")
STAG = from_matrices([[4, 0], [3, 3]], [[4, 3], [0, 3]], "stag hunt")


def of_arrays(arrays: list[Array], denominator: int = 1) -> Game:
    shape = arrays[0].shape
    names = tuple(tuple(str(action) for action in range(count)) for count in shape)
    tensors = tuple(Tensor(array, denominator, int(abs(array).max())) for array in arrays)
    return Game(player_names(len(shape)), names, tensors)


def brute_force(arrays: list[Array]) -> list[Actions]:
    """From the definition, one deviation after the other, on nested lists."""
    nested = [array.tolist() for array in arrays]

    def at(player: int, profile: Actions) -> int:
        found = nested[player]
        for action in profile:
            found = found[action]
        return int(found)

    shape = arrays[0].shape
    return [
        profile
        for profile in product(*map(range, shape))
        if all(
            at(player, profile) >= at(player, (*profile[:player], action, *profile[player + 1 :]))
            for player in range(len(shape))
            for action in range(shape[player])
        )
    ]


@st.composite
def small_games(draw: st.DrawFn) -> list[Array]:
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=4)))
    seed, spread = draw(st.integers(0, 2**32 - 1)), draw(st.integers(1, 4))
    dice = np.random.default_rng(seed)
    return [dice.integers(-spread, spread + 1, shape) for _ in shape]


def test_nash_pure_verified() -> None:
    assert pure_equilibria(DILEMMA) == [(1, 1)]
    assert pure_equilibria(SEXES) == [(0, 0), (1, 1)]
    assert pure_equilibria(PENNIES) == []
    assert verify_profile(DILEMMA, (1, 1)).is_equilibrium
    assert verify_profile(DILEMMA, (1, 1)).kind == "dominant-strategy"
    result = verify_profile(SEXES, (1, 1))
    assert result.is_equilibrium
    assert (result.epsilon, result.welfare, result.deviation) == (0, 3, None)


def test_nash_deviation_detected() -> None:
    result = verify_profile(DILEMMA, (0, 0))
    assert not result.is_equilibrium
    assert [response.gain for response in result.responses] == [2, 2]
    assert [response.best for response in result.responses] == [(1,), (1,)]
    assert result.epsilon == 2
    assert result.deviation == (0, 1)
    lonely = verify_profile(SEXES, (0, 1))
    assert [(response.value, response.best_value) for response in lonely.responses] == [(0, 1), (0, 1)]


def test_an_equilibrium_off_by_a_millionth_is_refuted_with_the_exact_gain() -> None:
    assert verify_profile(SEXES, ((Fraction(2, 3), Fraction(1, 3)), (Fraction(1, 3), Fraction(2, 3)))).epsilon == 0
    tilt = Fraction(1, 10**6)
    first = (Fraction(2, 3) + tilt, Fraction(1, 3) - tilt)
    result = verify_profile(SEXES, (first, (Fraction(1, 3), Fraction(2, 3))))
    # the second player's actions are now worth 2/3 + t and 2 (1/3 - t); it mixes 1/3, 2/3, so it gains 2/3 of 3 t
    assert result.epsilon == 2 * tilt
    assert result.deviation == (1, 0)


def test_nash_verification_complex() -> None:
    dice = np.random.default_rng(10)
    arrays = [dice.integers(0, 4, (3,) * 10) for _ in range(10)]
    game = of_arrays(arrays)
    found = pure_equilibria(game)
    assert found == brute_force(arrays)
    assert len(found) > 10
    for profile in found[:5]:
        assert verify_profile(game, profile).is_equilibrium
    listed, picks = set(found), random.Random(5)
    for _ in range(5):
        profile = tuple(picks.randrange(3) for _ in range(10))
        assert verify_profile(game, profile).is_equilibrium == (profile in listed)


def test_ten_players_who_want_unanimity_have_the_equilibria_of_the_closed_form() -> None:
    places = np.indices((3,) * 10)
    same = (places == places[0]).all(axis=0).astype(np.int64)
    game = of_arrays([same] * 10)
    # nobody can change anything unless nine agree already: then the tenth would join them
    assert len(pure_equilibria(game)) == 3**10 - 3 * 10 * 2
    assert strict_equilibria(game) == [(action,) * 10 for action in range(3)]
    assert len(weak_equilibria(game)) == 3**10 - 60 - 3


def test_a_minority_game_has_as_many_equilibria_as_there_are_even_splits() -> None:
    ones = np.indices((2,) * 9).sum(axis=0)
    for_one, for_zero = (ones <= 4).astype(np.int64), (ones >= 5).astype(np.int64)
    arrays = [np.where(np.indices((2,) * 9)[player] == 1, for_one, for_zero) for player in range(9)]
    assert len(pure_equilibria(of_arrays(arrays))) == 2 * 126  # four against five, either way


def test_a_million_profiles_are_enumerated() -> None:
    dice = np.random.default_rng(4)
    arrays = [dice.integers(0, 1000, (4,) * 10) for _ in range(10)]
    arrays = [
        np.where(np.indices((4,) * 10, sparse=True)[i] == i % 4, array + 1000, array) for i, array in enumerate(arrays)
    ]
    game = of_arrays(arrays)  # each player's action i mod 4 beats the others
    assert pure_equilibria(game) == [tuple(i % 4 for i in range(10))] == dominant_equilibria(game)


@settings(deadline=None)
@given(small_games())
def test_the_enumeration_is_the_definition(arrays: list[Array]) -> None:
    assert pure_equilibria(of_arrays(arrays)) == brute_force(arrays)


@settings(deadline=None)
@given(small_games())
def test_masks_strictness_and_dominance_follow_their_definitions(arrays: list[Array]) -> None:
    game = of_arrays(arrays)
    masks = [best_responses(game, player) for player in range(len(arrays))]
    for player, array in enumerate(arrays):
        assert (masks[player] == (array == array.max(axis=player, keepdims=True))).all()
        rows = np.moveaxis(masks[player], player, 0)
        assert dominant_actions(game, player) == tuple(action for action, row in enumerate(rows) if row.all())
    strict = [
        profile
        for profile in pure_equilibria(game)
        if all(
            np.count_nonzero(mask[tuple(slice(None) if axis == player else profile[axis] for axis in range(mask.ndim))])
            == 1
            for player, mask in enumerate(masks)
        )
    ]
    assert strict_equilibria(game) == strict
    assert sorted(strict + weak_equilibria(game)) == pure_equilibria(game)
    assert set(dominant_equilibria(game)) <= set(pure_equilibria(game))


@settings(deadline=None)
@given(small_games(), st.integers(1, 10**30), st.integers(-(10**30), 10**30))
def test_scaled_and_shifted_payoffs_keep_the_equilibria_past_64_bits(arrays: list[Array], by: int, shift: int) -> None:
    moved = [array.astype(object) * by + shift for array in arrays]
    game = of_arrays(moved, denominator=7)
    assert pure_equilibria(game) == pure_equilibria(of_arrays(arrays))
    assert strict_equilibria(game) == strict_equilibria(of_arrays(arrays))


@settings(deadline=None)
@given(small_games(), st.randoms())
def test_players_in_another_order_play_the_same_equilibria(arrays: list[Array], dice: random.Random) -> None:
    order = list(range(len(arrays)))
    dice.shuffle(order)
    moved = of_arrays([np.transpose(arrays[player], order) for player in order])
    expected = {tuple(profile[player] for player in order) for profile in pure_equilibria(of_arrays(arrays))}
    assert set(pure_equilibria(moved)) == expected


@settings(deadline=None)
@given(small_games())
def test_a_duplicated_action_duplicates_its_equilibria(arrays: list[Array]) -> None:
    doubled = of_arrays([np.concatenate([array, array[:1]], axis=0) for array in arrays])
    plain = pure_equilibria(of_arrays(arrays))
    again = [(arrays[0].shape[0], *profile[1:]) for profile in plain if profile[0] == 0]
    assert sorted(pure_equilibria(doubled)) == sorted(plain + again)
    assert not any(profile[0] in (0, arrays[0].shape[0]) for profile in strict_equilibria(doubled))


def test_the_set_is_complete_or_proved_empty() -> None:
    assert pure_set(PENNIES).coverage is Coverage.EMPTY
    found = pure_set(SEXES)
    assert found.coverage is Coverage.COMPLETE
    assert found.equilibria == (((1, 0), (1, 0)), ((0, 1), (0, 1)))


def test_the_stag_hunt_s_safe_equilibrium_is_pareto_dominated() -> None:
    profiles = pure_equilibria(STAG)
    assert profiles == [(0, 0), (1, 1)]
    assert pareto_dominators(STAG, profiles) == [(), (0,)]
    assert undominated_equilibria(STAG) == [(0, 0)]
    assert pure.by_welfare(STAG, profiles) == [((0, 0), 8), ((1, 1), 6)]
    assert undominated_equilibria(SEXES) == [(0, 0), (1, 1)]  # each is better for one of them
    assert pareto_dominators(STAG, []) == []


def test_welfare_is_exact_over_different_denominators() -> None:
    game = from_table({(0,) * 2: (Fraction(1, 3), Fraction(1, 7)), (0, 1): (0, Fraction(2, 3))}, [["a"], ["b", "c"]])
    assert [welfare(game, profile) for profile in game.profiles()] == [Fraction(10, 21), Fraction(2, 3)]
    total = welfares(game)
    assert [Fraction(int(k), total.denominator) for k in total.numerators.reshape(-1)] == [
        Fraction(10, 21),
        Fraction(2, 3),
    ]


def test_too_many_equilibria_are_not_compared_in_pairs() -> None:
    with pytest.raises(TooLarge) as caught:
        pareto_dominators(STAG, [(0, 0)] * 10_001)
    assert caught.value.profiles == 10_001**2


@settings(max_examples=30, deadline=None)
@given(small_games())
def test_a_profile_is_verified_exactly_when_it_is_enumerated(arrays: list[Array]) -> None:
    game = of_arrays(arrays)
    listed = set(pure_equilibria(game))
    for profile in game.profiles():
        result = verify_profile(game, profile)
        assert result.is_equilibrium == (profile in listed)
        assert result.welfare == welfare(game, profile)
