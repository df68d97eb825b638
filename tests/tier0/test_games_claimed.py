"""Claimed profiles: gains, kinds and refusals, against expectations over all profiles and scenarios one by one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import DomainError, MoneyError
from verifier.exact import Money
from verifier.games.claimed import best_response, truthful_robustness, verify_profile
from verifier.games.normal_form import Game, MixedProfile, from_matrices, player_names
from verifier.games.pure import dominant_actions
from verifier.tensor import Tensor

HALF = Fraction(1, 2)
PENNIES = from_matrices([[1, -1], [-1, 1]])
DILEMMA = from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]])
SEXES = from_matrices([[2, 0], [0, 1]], [[1, 0], [0, 2]])


@st.composite
def games(draw: st.DrawFn) -> Game:
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=4)))
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    by = draw(st.sampled_from([1, 10**9, 10**18, 10**30]))
    tensors = tuple(
        Tensor.of([Fraction(int(k) * by, 6) for k in dice.integers(-9, 10, math.prod(shape))], shape) for _ in shape
    )
    names = tuple(tuple(str(action) for action in range(count)) for count in shape)
    return Game(player_names(len(shape)), names, tensors)


@st.composite
def mixtures(draw: st.DrawFn, count: int) -> tuple[Fraction, ...]:
    weights = draw(st.lists(st.integers(0, 7), min_size=count, max_size=count).filter(any))
    return tuple(Fraction(weight, sum(weights)) for weight in weights)


def expectation(game: Game, player: int, mixed: MixedProfile) -> Money:
    """Over all profiles, each with the product of its probabilities."""
    return sum(
        (
            math.prod((mix[a] for mix, a in zip(mixed, profile, strict=True)), start=Fraction(1))
            * game.payoff(player, profile)
            for profile in game.profiles()
        ),
        Fraction(0),
    )


@settings(max_examples=60, deadline=None)
@given(games(), st.data())
def test_values_and_gains_are_expectations_over_all_profiles(game: Game, data: st.DataObject) -> None:
    mixed = tuple(data.draw(mixtures(count)) for count in game.shape)
    result = verify_profile(game, mixed)
    assert result.profile == mixed
    for player, response in enumerate(result.responses):
        worth = [
            expectation(game, player, (*mixed[:player], unit, *mixed[player + 1 :]))
            for unit in (tuple(int(a == b) for b in range(game.shape[player])) for a in range(game.shape[player]))
        ]
        assert response == best_response(game, player, mixed)
        assert response.value == expectation(game, player, mixed) == game.expected(player, mixed)
        assert response.best_value == max(worth)
        assert response.best == tuple(action for action, value in enumerate(worth) if value == max(worth))
        assert response.gain == max(worth) - response.value >= 0
    assert result.epsilon == max(response.gain for response in result.responses)
    assert result.welfare == sum(response.value for response in result.responses)
    assert result.is_equilibrium == (result.epsilon == 0)


@settings(max_examples=60, deadline=None)
@given(games(), st.data(), st.integers(1, 10**20))
def test_gains_scale_with_the_payoffs(game: Game, data: st.DataObject, by: int) -> None:
    mixed = tuple(data.draw(mixtures(count)) for count in game.shape)
    large = Game(game.players, game.actions, tuple(tensor * by for tensor in game.payoffs))
    assert verify_profile(large, mixed).epsilon == by * verify_profile(game, mixed).epsilon
    assert verify_profile(large, mixed).deviation == verify_profile(game, mixed).deviation


@pytest.mark.parametrize(
    ("game", "profile", "kind"),
    [
        (DILEMMA, (1, 1), "dominant-strategy"),
        (SEXES, (0, 0), "strict"),
        (from_matrices([[1, 1], [0, 2]], [[0, 0], [1, 0]]), (0, 1), "none"),
        (from_matrices([[1, 0], [1, 2]], [[1, 0], [0, 2]]), (0, 0), "pure"),
        (PENNIES, ((HALF, HALF), (HALF, HALF)), "mixed"),
        (SEXES, ((Fraction(2, 3), Fraction(1, 3)), (Fraction(1, 3), Fraction(2, 3))), "mixed"),
        (PENNIES, (0, 0), "none"),
    ],
)
def test_the_kind_of_an_equilibrium_is_named(game: Game, profile: Sequence[object], kind: str) -> None:
    assert verify_profile(game, profile).kind == kind


def test_a_profile_is_the_same_by_places_names_and_probabilities() -> None:
    game = Game(("row", "column"), (("stay", "go"), ("left", "right")), SEXES.payoffs)
    by_place = verify_profile(game, (1, 0))
    assert verify_profile(game, ("go", "left")) == by_place
    assert verify_profile(game, ((0, 1), (1, 0))) == by_place
    assert verify_profile(game, (("0", "1"), ("1", "0"))) == by_place


@pytest.mark.parametrize(
    ("profile", "error", "text"),
    [
        (((HALF, HALF), (HALF, Fraction(499_999, 10**6))), DomainError, r"999999/1000000, 1/1000000 too little"),
        (((Fraction(2, 3), HALF), 0), DomainError, "player 1 add up to 7/6, 1/6 too much"),
        (((Fraction(3, 2), -HALF), 0), DomainError, "player 1 plays '2' is -1/2"),
        (((1, 0, 0), 0), DomainError, "3 probabilities for player 1, who has 2 actions"),
        ((0,), DomainError, "1 strategies, but 2 players"),
        ((0, 2), DomainError, "player 2 has no action 2; its actions are 0 to 1"),
        ((0, "left"), DomainError, "player 2 has no action 'left'"),
        ((0, True), DomainError, "player 2 has no action True"),
        (((0.5, 0.5), 0), MoneyError, "binary float"),
    ],
)
def test_what_is_no_profile_is_refused_with_what_is_wrong(
    profile: Sequence[object], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        verify_profile(PENNIES, profile)


@settings(max_examples=60, deadline=None)
@given(games(), st.data())
def test_robustness_of_a_truth_is_that_of_every_scenario_alone(game: Game, data: st.DataObject) -> None:
    truth = tuple(data.draw(st.integers(0, count - 1)) for count in game.shape)
    most: Money = 0
    best = scenarios = 0
    for player, count in enumerate(game.shape):
        for others in product(*(range(1) if axis == player else range(n) for axis, n in enumerate(game.shape))):
            row = [game.payoff(player, (*others[:player], a, *others[player + 1 :])) for a in range(count)]
            most = max(most, max(row) - row[truth[player]])
            best += max(row) == row[truth[player]]
            scenarios += 1
    report = truthful_robustness(game, truth)
    assert (report.most, report.best, report.scenarios) == (most, best, scenarios)
    always = all(action in dominant_actions(game, player) for player, action in enumerate(truth))
    assert (report.most == 0) == always == (report.best == report.scenarios)
