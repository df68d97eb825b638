"""Prices of anarchy of classes against published values, and their worst cases played out to the same number."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import factorial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import DomainError, TooLarge
from verifier.games.normal_form import from_table
from verifier.games.pure import best_responses
from verifier.oracles.anarchy import price_of_anarchy
from verifier.oracles.congestion_bounds import (
    cost_bound,
    polynomial,
    welfare_bound,
    worst_case,
    worst_case_welfare,
)


def powers(degree):
    return [polynomial(k) for k in range(degree + 1)]


PUBLISHED = [  # Christodoulou and Koutsoupias 2005; Awerbuch, Azar and Epstein 2005; Aland et al. 2006
    (1, 2, "2"),
    (1, 3, "5/2"),
    (1, 10, "5/2"),
    (2, 4, "115/12"),
    (2, 10, "115/12"),
    (3, 4, "1163/28"),
    (3, 10, "1163/28"),
    (4, 5, "110269/412"),
    (4, 10, "110269/412"),
]


@pytest.mark.parametrize(("degree", "players", "price"), PUBLISHED)
def test_polynomial_congestion_has_the_published_price(degree, players, price):
    assert cost_bound(players, powers(degree)).price == Fraction(price)


@pytest.mark.parametrize(("degree", "players"), [(1, 2), (1, 3), (1, 4), (2, 4), (3, 4), (4, 5)])
def test_the_worst_case_is_a_game_with_just_that_price(degree, players):
    bound = cost_bound(players, powers(degree))
    game = worst_case(bound, powers(degree))
    assert price_of_anarchy(game, "pure", objective="cost").poa == bound.price
    assert all(best_responses(game, player)[(0,) * players] for player in range(players))


def test_the_price_holds_for_coarse_correlated_equilibria_of_the_worst_case():
    bound = cost_bound(3, powers(1))
    assert price_of_anarchy(worst_case(bound, powers(1)), "coarse correlated", objective="cost").poa == bound.price


def test_more_players_and_more_functions_make_it_no_better():
    prices = [cost_bound(players, powers(2)).price for players in range(1, 7)]
    assert prices[0] == 1
    assert prices == sorted(prices)
    assert cost_bound(5, powers(1)).price <= cost_bound(5, powers(2)).price


def cover(users):
    return 1


def gairing(players):
    """The best rule for covering problems, and what it leaves: 1 - 1/e in the limit (Gairing 2009)."""
    rest = Fraction(1, (players - 1) * factorial(players - 1))

    def tail(start):
        return rest + sum(Fraction(1, factorial(i)) for i in range(start, players))

    return (lambda users: factorial(users - 1) * tail(users) / tail(1)), 1 / (1 - 1 / tail(0))


@pytest.mark.parametrize("players", [2, 3, 4, 6, 10])
def test_rules_for_covering_problems_have_the_published_prices(players):
    shapley = welfare_bound(players, [cover], [lambda users: Fraction(1, users)])
    assert shapley.price == 2 - Fraction(1, players)
    marginal = welfare_bound(players, [cover], [lambda users: int(users == 1)])
    assert marginal.price == 2  # valid utility games (Vetta 2002)
    rule, price = gairing(players)
    assert welfare_bound(players, [cover], [rule]).price == price < Fraction("1.5820")


@pytest.mark.parametrize("players", [2, 3, 4])
def test_the_worst_case_of_a_welfare_game_is_played_out(players):
    rule, price = gairing(players)
    for utility in (rule, lambda users: Fraction(1, users)):
        bound = welfare_bound(players, [cover], [utility])
        game = worst_case(bound, [utility], welfare=True)
        profiles = list(product(range(2), repeat=players))
        total = {profile: worst_case_welfare(bound, [cover], profile) for profile in profiles}
        shared = from_table({p: [total[p]] * players for p in profiles}, game.actions)
        found = price_of_anarchy(game, "pure", measure=shared.payoffs[0])
        assert found.poa == bound.price
        assert all(best_responses(game, player)[(0,) * players] for player in range(players))
    assert price == welfare_bound(players, [cover], [rule]).price


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=3, max_size=3), st.data())
def test_no_random_game_of_the_class_is_worse(steps, data):
    costs = [1 + sum(steps[:k]) for k in range(1, 4)]
    bound = cost_bound(3, [lambda users: costs[users - 1]])
    strategies = [[data.draw(st.sets(st.integers(0, 3), min_size=1, max_size=3)) for _ in range(2)] for _ in range(3)]
    table = {}
    for profile in product(range(2), repeat=3):
        used = [own[action] for own, action in zip(strategies, profile, strict=True)]
        loads = {r: sum(r in own for own in used) for r in range(4)}
        table[profile] = [-sum(costs[loads[r] - 1] for r in own) for own in used]
    game = from_table(table, [["0", "1"]] * 3)
    assert price_of_anarchy(game, "coarse correlated", objective="cost").poa <= bound.price


def test_an_unbounded_class_has_no_price():
    nothing = welfare_bound(2, [lambda users: int(users == 1)], [lambda users: 1])
    assert nothing.price is None or nothing.price > 1


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: cost_bound(0, powers(1)), "0 players"),
        (lambda: cost_bound(2, []), "0 functions"),
        (lambda: cost_bound(3, [lambda users: 5 - users]), "falls from 4 to 3 at 2 users"),
        (lambda: cost_bound(2, [lambda users: users - 1]), "must be positive for one user"),
        (lambda: cost_bound(2, [lambda users: -users]), "must be positive for one user and never negative"),
        (lambda: welfare_bound(2, [cover], []), "1 worths and 0 utilities"),
    ],
)
def test_what_is_no_class_is_refused(call, said):
    with pytest.raises(DomainError, match=said):
        call()


def test_sizes_are_refused_with_their_count():
    with pytest.raises(TooLarge, match="100 players"):
        cost_bound(100, powers(1))
    with pytest.raises(TooLarge, match="32,768 profiles"):
        worst_case(cost_bound(15, powers(1)), powers(1))
