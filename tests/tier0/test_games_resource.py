"""Resource games: congestion and proportional shares against theorems, constraints against hand-counted spaces."""

from __future__ import annotations

from fractions import Fraction
from math import factorial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import DomainError, TooLarge
from verifier.exact import Money
from verifier.games.anonymous import congestion_game, profiles_with
from verifier.games.claimed import verify_profile
from verifier.games.pure import pure_equilibria, welfare
from verifier.games.resource import (
    Bundle,
    Constraint,
    GameType,
    ResourceGame,
    StrategySpace,
    bundles_of,
    congestion,
    one_resource,
    proportional_shares,
)


def named(prefix: str, count: int) -> tuple[str, ...]:
    return tuple(f"{prefix} {index + 1}" for index in range(count))


@settings(max_examples=40)
@given(st.integers(1, 4), st.lists(st.lists(st.integers(-3, 6), min_size=4, max_size=4), min_size=1, max_size=3))
def test_one_resource_each_is_the_congestion_game_of_loads(agents: int, costs: list[list[int]]) -> None:
    space = StrategySpace(one_resource(len(costs)))
    tables = [dict(enumerate(row, start=1)) for row in costs]
    game = ResourceGame(named("agent", agents), named("disk", len(costs)), (space,) * agents, congestion(tables))
    loads = congestion_game(agents, [row[:agents] for row in costs]).equilibria()
    found = pure_equilibria(game.normal_form())
    assert len(found) == sum(map(profiles_with, loads))
    assert {tuple(profile.count(r) for r in range(len(costs))) for profile in found} == set(loads)


def test_three_agents_on_three_equal_resources_take_one_each() -> None:
    space = StrategySpace(one_resource(3))
    game = ResourceGame(("a", "b", "c"), ("x", "y", "z"), (space,) * 3, congestion([lambda load: load] * 3))
    full = game.normal_form("spread")
    assert full.actions[0] == ("1 x", "1 y", "1 z")
    assert len(pure_equilibria(full)) == factorial(3)
    assert {welfare(full, profile) for profile in pure_equilibria(full)} == {-3}


def test_two_bidders_of_equal_value_share_at_a_quarter_of_it() -> None:
    # proportional shares with n agents of value v: each bids v (n - 1) / n^2
    space = StrategySpace(bundles_of(range(9), 1))
    game = ResourceGame(("a", "b"), ("cpu",), (space,) * 2, proportional_shares([[16], [16]])).normal_form()
    assert (4, 4) in pure_equilibria(game)
    assert game.payoff(0, (4, 4)) == 4
    assert verify_profile(game, (4, 4)).is_equilibrium
    assert game.payoff(0, (0, 3)) == 0
    assert game.payoff(1, (1, 2)) == Fraction(16 * 2, 3) - 2
    assert not verify_profile(game, (3, 3)).is_equilibrium


def test_shares_of_several_resources_add_up() -> None:
    rule = proportional_shares([[3, 10], ["1/2", 6]])  # type: ignore[list-item]
    assert rule(((1, 1), (0, 3))) == [3 - 1 + Fraction(10, 4) - 1, Fraction(18, 4) - 3]


def test_only_bundles_within_the_constraints_are_actions() -> None:
    budget = Constraint("a budget of 3", (1, 2), most=3)
    some = Constraint("at least one unit", (1, 1), least=1)
    space = StrategySpace(bundles_of([0, 1, 2], 2), (budget, some))
    assert space.admissible() == ((0, 1), (1, 0), (1, 1), (2, 0))
    game = ResourceGame(("a",), ("x", "y"), (space,), congestion([lambda load: 1, lambda load: load]))
    full = game.normal_form()
    assert full.actions == (("1 y", "1 x", "1 x + 1 y", "2 x"),)
    assert [full.payoff(0, (action,)) for action in range(4)] == [-1, -1, -2, -2]


def test_any_rule_makes_a_game() -> None:
    def most_wins(profile: tuple[Bundle, ...]) -> list[Money]:
        top = max(bundle[0] for bundle in profile)
        return [(5 if bundle[0] == top else 0) - bundle[0] for bundle in profile]

    space = StrategySpace(bundles_of([0, 1, 2], 1))
    game = ResourceGame(("a", "b"), ("x",), (space,) * 2, most_wins).normal_form()
    assert game.actions[0] == ("nothing", "1 x", "2 x")
    assert pure_equilibria(game) == [(0, 0), (1, 1), (2, 2)]  # ties pay both, so nobody outbids


def test_bad_resource_games_are_refused_with_what_is_wrong() -> None:
    free = congestion([lambda load: load])
    good = StrategySpace(one_resource(1))
    with pytest.raises(DomainError, match=r"a has no bundle left that keeps 'nothing at all'"):
        ResourceGame(("a",), ("x",), (StrategySpace(((1,),), (Constraint("nothing at all", (1,), most=0),)),), free)
    with pytest.raises(DomainError, match="given none"):
        ResourceGame(("a",), ("x",), (StrategySpace(()),), free)
    with pytest.raises(DomainError, match=r"a has the bundle \(1, 2\); a bundle has 1 amounts"):
        ResourceGame(("a",), ("x",), (StrategySpace(((1, 2),)),), free)
    with pytest.raises(DomainError, match="a has a bundle twice"):
        ResourceGame(("a",), ("x",), (StrategySpace(((1,), (1,))),), free)
    with pytest.raises(DomainError, match="'cap' of a has 2 weights, not 1"):
        ResourceGame(("a",), ("x",), (StrategySpace(((1,),), (Constraint("cap", (1, 1), most=0),)),), free)
    with pytest.raises(DomainError, match="1 strategy spaces for 2 agents"):
        ResourceGame(("a", "b"), ("x",), (good,), free)
    with pytest.raises(DomainError, match="one of each"):
        ResourceGame((), ("x",), (), free)
    with pytest.raises(DomainError, match="a repeated game is more than one normal form"):
        ResourceGame(("a",), ("x",), (good,), free, GameType.REPEATED).normal_form()
    with pytest.raises(DomainError, match="the rule pays 0 amounts"):
        ResourceGame(("a",), ("x",), (good,), lambda profile: []).normal_form()
    with pytest.raises(DomainError, match="resource 1 has no cost for the load 2"):
        ResourceGame(("a", "b"), ("x",), (good,) * 2, congestion([{1: 1}])).normal_form()
    many = StrategySpace(bundles_of(range(100), 1))
    with pytest.raises(TooLarge, match="100,000,000 profiles"):
        ResourceGame(named("agent", 4), ("x",), (many,) * 4, free).normal_form()
