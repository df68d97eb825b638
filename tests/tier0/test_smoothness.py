"""Smoothness: published parameters are confirmed, a little less is refuted exactly, and the best ones bound soundly."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import DomainError
from verifier.games.normal_form import Game, from_matrices, from_table, player_names
from verifier.oracles.anarchy import price_of_anarchy
from verifier.oracles.smoothness import Smooth, best_smooth, bound, verify_smooth
from verifier.tensor import Tensor

MILLIONTH = Fraction(1, 10**6)


def pure(game, profile):
    return tuple(tuple(int(a == chosen) for a in range(k)) for chosen, k in zip(profile, game.shape, strict=True))


def congestion(strategies):
    """Linear costs; payoffs are minus the costs."""
    table = {}
    for profile in product(*(range(len(own)) for own in strategies)):
        used = [own[action] for own, action in zip(strategies, profile, strict=True)]
        table[profile] = [-sum(sum(r in other for other in used) for r in own) for own in used]
    return from_table(table, [[str(k) for k in range(len(own))] for own in strategies])


RING = congestion([[(f"h{i}", f"g{i}"), (f"g{(i + 1) % 3}", f"h{(i - 1) % 3}", f"h{(i + 1) % 3}")] for i in range(3)])


def auction(values, bids, pays):
    """One item to the highest bid, ties to the lowest index; pays: "first", "second" or "all"."""
    shape = (bids,) * len(values)
    offers = np.indices(shape)
    winner = offers.argmax(axis=0)
    top = np.sort(offers, axis=0)
    paid = [
        offers[i] if pays == "all" else np.where(winner == i, top[-1] if pays == "first" else top[-2], 0)
        for i in range(len(values))
    ]
    payoffs = tuple(Tensor(np.where(winner == i, value, 0) - paid[i], 1, 100) for i, value in enumerate(values))
    names = (tuple(map(str, range(bids))),) * len(values)
    return Game(player_names(len(values)), names, payoffs, "", Tensor(sum(paid), 1, 100))


def test_linear_congestion_is_smooth_with_the_published_parameters_and_with_no_less():
    claim = Smooth("A", (Fraction(5, 3), Fraction(1, 3)), pure(RING, (0, 0, 0)))
    assert verify_smooth(RING, claim).holds
    assert claim.bound == Fraction(5, 2)
    less = Smooth("A", (Fraction(5, 3) - MILLIONTH, Fraction(1, 3)), claim.deviations)
    found = verify_smooth(RING, less)
    assert not found.holds
    assert found.slack == -6 * MILLIONTH  # the optimum costs 6
    assert found.profile == (1, 1, 1)


def test_the_best_parameters_of_linear_congestion_give_the_price_itself():
    found = best_smooth(RING, "A")
    assert found.bound == Fraction(5, 2)
    assert verify_smooth(RING, found).holds


def test_half_of_its_value_is_a_deviation_that_makes_first_price_smooth():
    """(1/2, 1): who bids half of its value wins, or the revenue is as much."""
    game = auction((8, 6), 9, "first")
    claim = Smooth("C", (Fraction(1, 2), 1), pure(game, (4, 3)))
    assert verify_smooth(game, claim).holds
    assert claim.bound == 2
    assert best_smooth(game, "C").bound < Fraction("1.582")  # e/(e - 1) by a mixture of bids
    assert not verify_smooth(game, Smooth("C", (Fraction(3, 4), 1), claim.deviations)).holds


def test_all_pay_is_smooth_with_one_half_and_one():
    """Bidding evenly up to its value (Syrgkanis and Tardos 2013); the grid gives a little more."""
    game = auction((8, 8), 9, "all")
    even = tuple(tuple(Fraction(1, 9) for _ in range(9)) for _ in range(2))
    assert verify_smooth(game, Smooth("C", (Fraction(4, 9), 1), even)).holds
    assert best_smooth(game, "C").bound <= Fraction(9, 4)


def test_vickrey_is_not_smooth_and_weakly_smooth_with_charges():
    game = auction((1, 0), 2, "second")
    assert best_smooth(game, "C") is None
    charges = [Tensor(np.indices(game.shape)[i] * (np.indices(game.shape).argmax(axis=0) == i), 1, 2) for i in range(2)]
    found = best_smooth(game, "D", charges)
    assert found.bound <= 2
    honest = Smooth("D", (1, 0, 1), pure(game, (1, 0)))
    assert verify_smooth(game, honest, charges).holds
    assert honest.bound == 2


def test_valid_utility_games_are_one_one_smooth():
    """Two players cover points; each gets what it adds. Vetta 2002, Roughgarden 2015 Example 2.6: (1, 1), hence 2."""
    game = from_matrices([[1, 2], [2, 1]], [[0, 2], [1, 1]])
    claim = Smooth("B", (1, 1), pure(game, (0, 1)))
    assert verify_smooth(game, claim).holds
    assert claim.bound == 2


def test_the_bound_of_one_form_on_the_inequality_of_another_is_twice_too_large():
    assert bound("C", (Fraction(1, 2), 1)) == 2
    assert bound("B", (Fraction(1, 2), 1)) == 4
    assert bound("D", (1, 0, 1)) == 2
    assert bound("A", (1, 1)) is None
    assert bound("C", (0, 1)) is None


def test_where_the_best_costs_nothing_the_bound_is_one():
    """(0, 0)-smooth: every coarse correlated equilibrium costs nothing too, and the price of 0 by 0 is 1."""
    table = {(0, 0): [0, 0], (0, 1): [0, 0], (1, 0): [0, 0], (1, 1): [0, -1]}
    game = from_table(table, [["0", "1"]] * 2)
    found = best_smooth(game, "A")
    assert found is not None
    assert (found.parameters, found.bound) == ((0, 0), 1)
    assert price_of_anarchy(game, "coarse correlated", objective="cost").poa == 1
    assert bound("B", (4, 0)) == 1


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_the_best_bound_is_never_below_the_price_of_coarse_correlated_equilibria(data):
    form = data.draw(st.sampled_from("ABC"))
    shape = data.draw(st.sampled_from([(2, 2), (2, 3), (2, 2, 2)]))
    if form == "C":
        values = [data.draw(st.integers(1, 5)) for _ in range(2)]
        game = auction(values, 4, data.draw(st.sampled_from(["first", "second", "all"])))
    else:
        sign = -1 if form == "A" else 1
        table = {p: [sign * data.draw(st.integers(0, 5)) for _ in shape] for p in product(*map(range, shape))}
        game = from_table(table, [[str(k) for k in range(size)] for size in shape])
    try:
        found = best_smooth(game, form)
        price = price_of_anarchy(game, "coarse correlated", objective="cost" if form == "A" else "welfare").poa
    except DomainError:
        return
    if found is not None:
        assert verify_smooth(game, found).holds
        assert isinstance(price, Fraction)
        assert price <= found.bound


def test_for_the_costs_of_one_game_the_best_bound_is_the_price_of_coarse_correlated_equilibria():
    """Linear programming duality: deviations are priced alike, and the ring is symmetric."""
    assert best_smooth(RING, "A").bound == price_of_anarchy(RING, "coarse correlated", objective="cost").poa


def test_where_all_profiles_are_good_the_bound_is_theirs():
    game = from_matrices([[1, 1], [1, 1]], [[1, 1], [1, 2]])
    assert Fraction(3, 2) <= best_smooth(game, "B").bound <= Fraction(3, 2) + 2 * MILLIONTH
    rich = Game(PAIR.players, PAIR.actions, PAIR.payoffs, "", Tensor(np.full((2, 2), 50), 1, 50))
    found = best_smooth(rich, "C")
    assert verify_smooth(rich, found).holds
    assert found.bound < Fraction(11, 10)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=8, max_size=8), st.integers(2, 5))
def test_scaling_money_leaves_the_bound(payoffs, factor):
    table = {p: payoffs[2 * k : 2 * k + 2] for k, p in enumerate(product(range(2), repeat=2))}
    game = from_table(table, [["a", "b"]] * 2)
    large = Game(game.players, game.actions, tuple(tensor * factor for tensor in game.payoffs))
    try:
        found, other = best_smooth(game, "B"), best_smooth(large, "B")
    except DomainError:
        return
    assert (found is None) == (other is None)
    assert found is None or abs(found.bound - other.bound) <= 2 * MILLIONTH * found.bound


PAIR = auction((1, 1), 2, "first")
LOSING = from_matrices([[1, -1], [-1, 1]], [[1, 1], [1, 1]])
WRONG = [
    (lambda: best_smooth(RING, "E"), "form 'E'; there are A, B, C, D"),
    (lambda: bound("A", (1,)), "form A has 2 parameters, not 1"),
    (lambda: bound("A", (1, -1)), "none may be negative"),
    (lambda: best_smooth(RING, "B"), "forms B, C and D need a positive one"),
    (lambda: best_smooth(LOSING, "A"), "form A is for costs"),
    (lambda: best_smooth(LOSING, "C"), "form C is for auctions"),
    (lambda: best_smooth(RING, "D"), "form D needs what everybody could be charged"),
    (lambda: best_smooth(PAIR, "D", [Tensor(np.zeros((2, 2), dtype=int), 1, 0)]), "charges of 1"),
    (lambda: best_smooth(PAIR, "D", [Tensor(np.zeros(2, dtype=int), 1, 0)] * 2), "the shape"),
]


@pytest.mark.parametrize(("call", "said"), WRONG)
def test_what_a_form_takes_for_granted_is_checked(call, said):
    with pytest.raises(DomainError, match=said):
        call()


def test_who_cannot_stay_out_and_what_is_negative_is_named():
    shape = (2, 2)
    one = Tensor(np.ones(shape, dtype=int), 1, 1)
    game = Game(("a", "b"), (("x", "y"), ("x", "y")), (one, one * -1), "", one * 3)
    with pytest.raises(DomainError, match="b cannot stay out"):
        best_smooth(game, "C")
    poor = Game(("a", "b"), (("x", "y"), ("x", "y")), (one * 3, one), "", one * -1)
    with pytest.raises(DomainError, match=r"revenue is negative at \(x, x\)"):
        best_smooth(poor, "C")
    with pytest.raises(DomainError, match="welfare is below the sum of utilities"):
        best_smooth(poor, "B")
