"""Games between identical players: loads against the tensor, against Rosenthal's theorem and against closed forms."""

from __future__ import annotations

import time
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import DomainError, TooLarge
from verifier.exact import Money
from verifier.games.anonymous import (
    AnonymousGame,
    Load,
    all_loads,
    congestion_game,
    profiles_with,
    rosenthal_potential,
    symmetric_game,
)
from verifier.games.normal_form import Actions
from verifier.games.pure import pure_equilibria, strict_equilibria, welfare

SIZES = st.tuples(st.integers(1, 5), st.integers(1, 4))


def load_of(profile: Actions, kinds: int) -> Load:
    return tuple(profile.count(action) for action in range(kinds))


def random_game(size: tuple[int, int], seed: int, spread: int = 3) -> AnonymousGame:
    dice = np.random.default_rng(seed)
    table: dict[tuple[int, Load], Fraction] = {}

    def payoff(action: int, load: Load) -> Money:
        return table.setdefault((action, load), Fraction(int(dice.integers(-spread, spread + 1)), 2))

    return symmetric_game(size[0], [str(action) for action in range(size[1])], payoff)


@settings(deadline=None)
@given(SIZES, st.integers(0, 2**32 - 1))
def test_loads_give_the_equilibria_of_the_tensor(size: tuple[int, int], seed: int) -> None:
    game = random_game(size, seed)
    full = game.to_game()
    for loads, profiles in (
        (game.equilibria(), pure_equilibria(full)),
        (game.strict_equilibria(), strict_equilibria(full)),
    ):
        assert set(loads) == {load_of(profile, size[1]) for profile in profiles}
        assert sum(map(profiles_with, loads)) == len(profiles)


@settings(max_examples=40, deadline=None)
@given(st.tuples(st.integers(1, 4), st.integers(1, 3)), st.integers(0, 2**32 - 1))
def test_the_tensor_has_the_payoffs_and_the_welfare_of_the_loads(size: tuple[int, int], seed: int) -> None:
    game = random_game(size, seed)
    full = game.to_game()
    for profile in full.profiles():
        load = load_of(profile, size[1])
        assert welfare(full, profile) == game.welfare(load)
        for player, action in enumerate(profile):
            assert full.payoff(player, profile) == game.payoff(load, action)


@given(st.integers(1, 6), st.integers(1, 4))
def test_every_load_is_listed_once_in_order(count: int, kinds: int) -> None:
    listed = [tuple(row) for row in all_loads(count, kinds).tolist()]
    assert listed == sorted(set(listed))
    assert len(listed) == comb(count + kinds - 1, kinds - 1)
    assert all(sum(load) == count and min(load) >= 0 for load in listed)
    assert sum(map(profiles_with, listed)) == kinds**count


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 5), st.lists(st.lists(st.integers(-5, 9), min_size=5, max_size=5), min_size=1, max_size=3))
def test_the_least_potential_is_an_equilibrium(count: int, costs: list[list[int]]) -> None:
    used = [row[:count] for row in costs]
    game = congestion_game(count, used)
    loads = [tuple(row) for row in game.loads().tolist()]
    least = min(rosenthal_potential(used, load) for load in loads)
    minimal = {load for load in loads if rosenthal_potential(used, load) == least}
    assert minimal <= set(game.equilibria())
    assert len(pure_equilibria(game.to_game())) == sum(map(profiles_with, game.equilibria()))


def test_a_congestion_game_is_the_symmetric_game_with_its_costs() -> None:
    costs = [[1, 2, Fraction(7, 2), 9], [2, 2, 2, 2], [0, 5, 6, 7]]
    game = congestion_game(4, costs)
    other = symmetric_game(4, game.actions, lambda action, load: -costs[action][load[action] - 1])
    assert game.equilibria() == other.equilibria()
    assert [game.welfare(load) for load in game.loads().tolist()] == [other.welfare(x) for x in other.loads().tolist()]


def test_forty_players_on_five_equal_resources_spread_evenly_in_well_under_a_second() -> None:
    start = time.perf_counter()
    game = congestion_game(40, [range(1, 41)] * 5)
    assert game.equilibria() == [(8, 8, 8, 8, 8)]
    assert len(game.loads()) == 135_751
    assert time.perf_counter() - start < 2  # 0.1 s on an idle machine


def test_forty_players_at_different_speeds_reach_equal_costs() -> None:
    # speeds 1, 2, 3, 4, 10: cost l / speed; with loads 2, 4, 6, 8, 20 everybody pays 2, and who moves pays more
    game = congestion_game(40, [[Fraction(load, speed) for load in range(1, 41)] for speed in (1, 2, 3, 4, 10)])
    found = game.equilibria()
    assert found == [(2, 4, 6, 8, 20)]
    assert game.welfare(found[0]) == -80


def test_pigou_with_ten_drivers_has_two_equilibria_a_third_worse_than_the_best() -> None:
    # one road costs 1, the other l / 10: the last driver is indifferent
    game = congestion_game(10, [[1] * 10, [Fraction(load, 10) for load in range(1, 11)]])
    assert game.equilibria() == [(0, 10), (1, 9)]
    assert game.strict_equilibria() == []
    best = max(game.welfare(load) for load in game.loads().tolist())
    assert best == -Fraction(15, 2)
    assert game.welfare((0, 10)) == -10


def test_a_public_good_with_a_threshold_has_the_known_classes() -> None:
    # three of seven must give 1 for a good of 2 each
    game = symmetric_game(7, ["keep", "give"], lambda action, load: (2 if load[1] >= 3 else 0) - action)
    assert game.equilibria() == [(4, 3), (7, 0)]


def test_matching_pennies_is_no_symmetric_game_but_a_symmetric_game_may_lack_pure_equilibria() -> None:
    # rock, scissors, paper: against the same action 0, against the next 1, against the one before -1
    def payoff(action: int, load: Load) -> Money:
        return 0 if load[action] == 2 else 1 if load[(action + 1) % 3] else -1

    game = symmetric_game(2, ["rock", "scissors", "paper"], payoff)
    assert game.equilibria() == []
    assert pure_equilibria(game.to_game()) == []


def test_bad_games_are_refused_with_what_is_wrong() -> None:
    with pytest.raises(DomainError, match="resource 2 has 2 costs; give one for each load from 1 to 3"):
        congestion_game(3, [[1, 2, 3], [1, 2]])
    with pytest.raises(DomainError, match="0 players"):
        congestion_game(0, [[]])
    with pytest.raises(DomainError, match="1 names for 2 resources"):
        congestion_game(1, [[1], [1]], ["road"])
    with pytest.raises(TooLarge) as caught:
        symmetric_game(1000, list("abcdefgh"), lambda action, load: 0)
    assert caught.value.profiles == comb(1007, 7)
    game = congestion_game(2, [[1, 2], [1, 2]])
    with pytest.raises(DomainError, match=r"\(1, 2\) is no load of 2 players on 2 actions"):
        game.welfare((1, 2))
    with pytest.raises(DomainError, match="nobody plays 'resource 1'"):
        game.payoff((0, 2), 0)
    with pytest.raises(TooLarge):
        congestion_game(40, [range(40)] * 2).to_game()
