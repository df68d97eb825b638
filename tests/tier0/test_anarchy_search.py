"""Bad instances rediscovered, and what a potential says about the best equilibrium."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.adapters import load
from verifier.domains import parse_domain
from verifier.errors import DomainError
from verifier.games.induced import run_outcomes
from verifier.games.normal_form import Game, from_matrices, from_table
from verifier.games.potential import exact_potential
from verifier.oracles.anarchy import price_of_anarchy
from verifier.oracles.anarchy_result import INFINITE
from verifier.oracles.anarchy_search import search_worst
from verifier.oracles.potential_bound import potential_bound
from verifier.spec import SubjectSpec
from verifier.tensor import Tensor


def modest(outcomes, values):
    """For each agent the bids that are in no coordinate above its value."""
    both = zip(outcomes.domain.types, values, strict=True)
    return tuple(
        tuple(k for k, bid in enumerate(types) if all(b <= v for b, v in zip(bid, worth, strict=True)))
        for types, worth in both
    )


def outcomes_of(call, domain, **arguments):
    return run_outcomes(load(SubjectSpec(f"mechanisms.auctions.{call}", arguments=arguments), domain))


def test_two_slots_are_led_to_five_quarters():
    """Caragiannis et al. 2015."""
    slots = parse_domain({"kind": "slots", "agents": 2, "click_rates": ["1", "1/2"], "values": "0..4"})
    seen = outcomes_of("slots:generalized_second_price", slots, click_rates=[1, {"money": "1/2"}])

    def price(values):
        true = [(value,) for value in values]
        return price_of_anarchy(seen.game(values), "pure", played=modest(seen, true)).poa

    found = search_worst(price, [range(5)] * 2, tries=25)
    assert found.price == Fraction(5, 4)
    assert max(found.instance) == 2 * min(found.instance) > 0


def test_vcg_for_unit_demand_is_led_to_two():
    """Values [[2, 1], [1, 2]] and their multiples: each gets what it wants less."""
    goods = parse_domain({"kind": "combinatorial", "agents": 2, "goods": 2, "values": "0..2"})
    seen = outcomes_of("combinatorial:vcg", goods, goods=2)

    def price(values):
        true = [(*values[k : k + 2], max(values[k : k + 2])) for k in (0, 2)]
        return price_of_anarchy(seen.game(true), "pure", played=modest(seen, true)).poa

    told = []
    found = search_worst(price, [range(3)] * 4, tries=81, tell=lambda instance, worst: told.append(worst))
    assert found.price == 2
    assert price((2, 1, 1, 2)) == 2
    assert told == sorted(told)


def congestion(masks):
    """Linear costs of three players with two sets of six resources each, as bits."""
    table = {}
    for profile in product(range(2), repeat=3):
        used = [masks[2 * player + action] for player, action in enumerate(profile)]
        loads = [sum(own >> r & 1 for own in used) for r in range(6)]
        table[profile] = [-sum(loads[r] for r in range(6) if own >> r & 1) for own in used]
    return from_table(table, [["0", "1"]] * 3)


def turned(mask, steps):
    """Two rings of three resources, both turned by as many steps."""
    return sum(1 << 3 * ring + (r + steps) % 3 for ring in range(2) for r in range(3) if mask >> 3 * ring + r & 1)


def test_linear_congestion_is_led_to_five_halves_among_games_that_look_alike_to_all_players():
    """Christodoulou and Koutsoupias 2005: two own resources, or three of others."""

    def price(masks):
        everybody = [turned(mask, player) for player in range(3) for mask in masks]
        return price_of_anarchy(congestion(everybody), "pure", objective="cost").poa

    found = search_worst(price, [range(1, 64)] * 2, tries=1_500, seed=1)
    assert found.price == Fraction(5, 2)
    assert found.tried < 63**2


def test_the_same_seed_finds_the_same_and_infinity_ends_the_search():
    def price(instance):
        return INFINITE if instance == (3, 3) else Fraction(1 + sum(instance))

    one, again = (search_worst(price, [range(4)] * 2, tries=16, seed=5) for _ in range(2))
    assert one == again
    assert one.price is INFINITE


def test_instances_without_a_price_are_left_and_ctrl_c_keeps_the_worst():
    def price(instance):
        if instance == (0,):
            raise DomainError("no ratio")
        if instance == (3,):
            raise KeyboardInterrupt
        return None if instance == (1,) else Fraction(2)

    assert search_worst(price, [range(4)], tries=9).price in (None, 2)
    nothing = search_worst(lambda instance: None, [range(3)], tries=9)
    assert (nothing.instance, nothing.price, nothing.tried) == (None, None, 3)
    with pytest.raises(DomainError, match="coordinates"):
        search_worst(price, [])


# --- potentials


def sharing(n):
    """Everybody takes the dear resource of cost n, shared, or the cheap one of cost 1, shared."""
    table = {}
    for profile in product(range(2), repeat=n):
        counts = [profile.count(k) for k in range(2)]
        table[profile] = [-Fraction((n, 1)[k], counts[k]) for k in profile]
    return from_table(table, [["dear", "cheap"]] * n)


def rosenthal(game, n):
    """Minus the sum over resources of c/1 + ... + c/k."""
    rows = []
    for profile in game.profiles():
        counts = [profile.count(k) for k in range(2)]
        rows.append(-sum(Fraction((n, 1)[k], i) for k in range(2) for i in range(1, counts[k] + 1)))
    return Tensor.of(rows, game.shape)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_fair_cost_sharing_is_bounded_by_harmonic_numbers(n):
    game = sharing(n)
    found = potential_bound(game, rosenthal(game, n))
    harmonic = sum(Fraction(1, k) for k in range(1, n + 1))
    assert found.bound <= harmonic
    assert found.high == harmonic
    assert found.attained == 1
    assert price_of_anarchy(game, "pure", objective="cost").pos <= found.bound


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=6, max_size=6))
def test_the_minimiser_is_an_equilibrium_and_no_better_than_the_best(slopes):
    table = {}
    for profile in product(range(2), repeat=3):
        loads = [profile.count(k) for k in range(2)]
        table[profile] = [-slopes[k] * loads[k] - slopes[2 + k] for k in profile]
    game = from_table(table, [["0", "1"]] * 3)
    found = potential_bound(game, exact_potential(game).values)
    stability = price_of_anarchy(game, "pure", objective="cost").pos
    assert stability <= found.attained
    assert found.bound is None or stability <= found.bound


def test_what_is_no_potential_or_no_cost_is_refused():
    game = sharing(2)
    with pytest.raises(DomainError, match="the shape"):
        potential_bound(game, Tensor.of([1], (1,)))
    with pytest.raises(DomainError, match="no exact potential"):
        potential_bound(game, Tensor.of([1, 2, 3, 5], (2, 2)))
    gain = from_matrices([[1, 1], [1, 1]], [[1, 1], [1, 1]])
    with pytest.raises(DomainError, match="no costs"):
        potential_bound(gain, Tensor.of([0, 0, 0, 0], (2, 2)))
    free = Game(gain.players, gain.actions, tuple(t * 0 for t in gain.payoffs))
    assert potential_bound(free, Tensor.of([0, 0, 0, 0], (2, 2))).bound is None
