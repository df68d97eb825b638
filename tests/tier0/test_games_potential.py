"""Potentials against Monderer and Shapley's theorems, Rosenthal's formula and search from the definition."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import DomainError, TooLarge
from verifier.games.anonymous import congestion_game, rosenthal_potential
from verifier.games.normal_form import Actions, Game, from_matrices, player_names
from verifier.games.potential import (
    cycle_gains,
    exact_potential,
    generalised_ordinal_potential,
    is_exact_potential,
    is_ordinal_potential,
    ordinal_potential,
)
from verifier.games.pure import pure_equilibria
from verifier.tensor import Array, Tensor

PENNIES = from_matrices([[1, -1], [-1, 1]])
# Monderer and Shapley 1996, section 2: the finite improvement property without an ordinal potential
TIED = from_matrices([[1, 2], [2, 0]], [[0, 0], [0, 1]])


def of_arrays(arrays: list[Array]) -> Game:
    shape = arrays[0].shape
    names = tuple(tuple(str(action) for action in range(count)) for count in shape)
    return Game(
        player_names(len(shape)), names, tuple(Tensor.of(array.reshape(-1).tolist(), shape) for array in arrays)
    )


@st.composite
def small_games(draw: st.DrawFn, spread: int = 1) -> Game:
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)))
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return of_arrays([dice.integers(-spread, spread + 1, shape) for _ in shape])


@st.composite
def potential_games(draw: st.DrawFn) -> tuple[Game, Array]:
    """A random potential, to which each player adds what depends on the others alone."""
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=4)))
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    potential = dice.integers(-9, 10, shape)
    rest = [
        dice.integers(-9, 10, tuple(1 if axis == player else n for axis, n in enumerate(shape)))
        for player in range(len(shape))
    ]
    return of_arrays([potential + of for of in rest]), potential - potential.reshape(-1)[0]


def moves(game: Game) -> list[tuple[Actions, Actions, int]]:
    """Every deviation, with the sign of what it gains."""
    found = []
    for here in game.profiles():
        for player, count in enumerate(game.shape):
            for action in range(count):
                there = (*here[:player], action, *here[player + 1 :])
                if there != here:
                    gain = game.payoff(player, there) - game.payoff(player, here)
                    found.append((here, there, (gain > 0) - (gain < 0)))
    return found


def has_cycle(game: Game, ties: bool) -> bool:
    """Whether a step that gains can be undone by steps that do not lose (that gain, without ties): closure by hand."""
    profiles = list(game.profiles())
    steps = [(here, there) for here, there, sign in moves(game) if sign > 0 or (ties and sign == 0)]
    reach = {(p, p) for p in profiles} | set(steps)
    for middle, start, end in product(profiles, repeat=3):
        if (start, middle) in reach and (middle, end) in reach:
            reach.add((start, end))
    return any(sign > 0 and (there, here) in reach for here, there, sign in moves(game))


@settings(deadline=None)
@given(potential_games())
def test_a_planted_potential_is_found_exactly(planted: tuple[Game, Array]) -> None:
    game, potential = planted
    found = exact_potential(game).values
    assert found is not None
    assert found.denominator == 1
    assert (found.numerators == potential).all()
    best = np.unravel_index(int(potential.argmax()), potential.shape)
    assert tuple(map(int, best)) in pure_equilibria(game)
    assert is_ordinal_potential(game, found)
    assert ordinal_potential(game).exists


@settings(deadline=None)
@given(small_games())
def test_without_an_exact_potential_a_cycle_of_four_shows_it(game: Game) -> None:
    result = exact_potential(game)
    if result.values is not None:
        assert is_exact_potential(game, result.values)
        for here, there, _ in moves(game):
            player = next(i for i, (a, b) in enumerate(zip(here, there, strict=True)) if a != b)
            gain = game.payoff(player, there) - game.payoff(player, here)
            assert int(result.values.numerators[there]) - int(result.values.numerators[here]) == gain
    else:
        assert len(result.cycle) == 4
        assert sum(cycle_gains(game, result.cycle)) != 0


@settings(max_examples=60, deadline=None)
@given(small_games())
def test_an_ordinal_potential_exists_exactly_without_weak_improvement_cycles(game: Game) -> None:
    result = ordinal_potential(game)
    assert result.exists != has_cycle(game, ties=True)
    if result.values is not None:
        assert is_ordinal_potential(game, result.values)
    else:
        gains = cycle_gains(game, result.cycle)
        assert min(gains) >= 0
        assert max(gains) > 0


@settings(max_examples=60, deadline=None)
@given(small_games())
def test_a_generalised_one_exists_exactly_without_improvement_cycles(game: Game) -> None:
    result = generalised_ordinal_potential(game)
    assert result.exists != has_cycle(game, ties=False)
    if result.values is not None:
        assert is_ordinal_potential(game, result.values, generalised=True)
        assert pure_equilibria(game)
    else:
        assert min(cycle_gains(game, result.cycle)) > 0


def test_the_prisoner_s_dilemma_has_the_textbook_potential() -> None:
    dilemma = from_matrices([[1, 9], [0, 6]], [[1, 0], [9, 6]])  # Monderer and Shapley 1996, example 1
    found = exact_potential(dilemma).values
    assert found is not None
    assert (found.numerators + 4).tolist() == [[4, 3], [3, 0]]


def test_matching_pennies_go_round_for_ever() -> None:
    assert not exact_potential(PENNIES).exists
    result = generalised_ordinal_potential(PENNIES)
    assert len(result.cycle) == 4
    assert cycle_gains(PENNIES, result.cycle) == (2, 2, 2, 2)


def test_ties_can_rule_out_an_ordinal_potential_where_improvement_ends() -> None:
    assert generalised_ordinal_potential(TIED).exists
    result = ordinal_potential(TIED)
    gains = cycle_gains(TIED, result.cycle)
    assert min(gains) == 0 < max(gains)
    levels = generalised_ordinal_potential(TIED).values
    assert levels is not None
    assert not is_ordinal_potential(TIED, levels)


def test_a_constant_is_a_potential_of_constant_payoffs_alone() -> None:
    constant = Tensor.of([5], (1, 1)) + Tensor.of([0] * 4, (2, 2))
    still = from_matrices([[1, 1], [1, 1]])
    for generalised in (False, True):
        assert is_ordinal_potential(still, constant, generalised)
        assert not is_ordinal_potential(PENNIES, constant, generalised)
    assert is_exact_potential(still, constant)
    assert not is_exact_potential(PENNIES, constant)


def test_rosenthal_s_potential_is_the_exact_one_up_to_a_constant() -> None:
    costs = [[1, 4, Fraction(9, 2), 5], [3, 3, 3, 8], [Fraction(1, 3), 2, 2, 2]]
    game = congestion_game(4, costs).to_game()
    found = exact_potential(game).values
    assert found is not None
    origin = rosenthal_potential(costs, (4, 0, 0))
    for profile in game.profiles():
        load = [profile.count(resource) for resource in range(3)]
        value = Fraction(int(found.numerators[profile]), found.denominator)
        assert value == origin - rosenthal_potential(costs, load)


def test_a_cournot_duopoly_is_ordinal_when_costs_are_equal() -> None:
    # profits q_i (6 - q_1 - q_2): q_1 q_2 (6 - q_1 - q_2) is an ordinal potential for positive amounts
    amounts = range(1, 5)
    rows = [[a * (6 - a - b) for b in amounts] for a in amounts]
    game = from_matrices(rows, [[b * (6 - a - b) for b in amounts] for a in amounts])
    product_form = Tensor.of([a * b * (6 - a - b) for a in amounts for b in amounts], (4, 4))
    assert is_ordinal_potential(game, product_form)
    assert ordinal_potential(game).exists
    assert exact_potential(game).exists  # linear demand: an exact one too


def test_ten_players_with_three_actions_are_decided() -> None:
    game = congestion_game(10, [[load * speed for load in range(1, 11)] for speed in (1, 2, 3)]).to_game()
    exact, ordinal = exact_potential(game), ordinal_potential(game)
    assert exact.values is not None
    assert ordinal.values is not None
    assert is_ordinal_potential(game, ordinal.values)


@settings(deadline=None)
@given(small_games(), st.integers(10**20, 10**30))
def test_scaled_payoffs_keep_their_potentials_past_64_bits(game: Game, by: int) -> None:
    large = Game(game.players, game.actions, tuple(tensor * by for tensor in game.payoffs))
    for find in (exact_potential, ordinal_potential, generalised_ordinal_potential):
        small, great = find(game), find(large)
        assert great.exists == small.exists
    levels = ordinal_potential(large).values
    assert levels is None or is_ordinal_potential(large, levels)


def test_what_is_no_cycle_or_too_large_is_refused() -> None:
    with pytest.raises(DomainError, match="2 players move"):
        cycle_gains(PENNIES, [(0, 0), (1, 1)])
    with pytest.raises(TooLarge) as caught:
        ordinal_potential(PENNIES, budget=3)
    assert caught.value.profiles == 4
