"""Games of incomplete information: auctions with known answers, truthfulness in three strengths, bad priors."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import DomainError, TooLarge
from verifier.games import bayesian
from verifier.games.bayesian import (
    BayesianGame,
    agent_form,
    dominance_gain,
    ex_post_gain,
    independent,
    is_bayes_nash,
    pure_bayes_nash,
    truth,
    verify_bayes_nash,
)

HALF = Fraction(1, 2)


def auction(values, price, chances=None):
    """Two bidders with the same values; bids are values; ties by a fair coin; `price` of (own bid, other bid)."""
    names = tuple(map(str, values))
    prior = independent([chances or [Fraction(1, len(values))] * len(values)] * 2)

    def utility(player, types, reports):
        own, other = values[reports[player]], values[reports[1 - player]]
        chance = Fraction(int(own > other)) if own != other else HALF
        return chance * (values[types[player]] - price(own, other))

    return BayesianGame(("ann", "bob"), (names, names), (names, names), prior, utility)


def first_price(own, other):
    return own


def second_price(own, other):
    return other


def test_truth_is_dominant_in_the_second_price_auction_and_so_it_is_all_the_rest():
    game = auction([0, 1, 2, 5], second_price)
    assert dominance_gain(game) == ex_post_gain(game) == 0
    assert is_bayes_nash(game, truth(game))


def test_the_regret_of_truth_in_the_first_price_auction_is_exact():
    """Values 0, 1, 2, a third each: who has 2 wins with 1 against 0, and against 1 by half the coins: 1/3 + 1/6."""
    game = auction([0, 1, 2], first_price)
    gains = {
        (regret.player, regret.type): (regret.best, regret.gain) for regret in verify_bayes_nash(game, truth(game))
    }
    assert gains[0, 2] == gains[1, 2] == (1, HALF)
    assert gains[0, 0] == (0, 0)
    assert ex_post_gain(game) == 1  # against 0, a value of 2 has 1 by bidding 1, and by bidding 0 and a coin
    assert not is_bayes_nash(game, truth(game))


def test_half_of_the_value_is_an_equilibrium_of_the_first_price_auction_on_uniform_values():
    """Vickrey 1961: with n = 2 and uniform values everybody bids v / 2. Bids of 0, 1, 2 for values of 0, 2, 4."""
    values, bids = (0, 2, 4), (0, 1, 2)

    def utility(player, types, actions):
        own, other = bids[actions[player]], bids[actions[1 - player]]
        chance = Fraction(int(own > other)) if own != other else HALF
        return chance * (values[types[player]] - own)

    names = ("low", "middle", "high")
    prior = independent([[Fraction(1, 3)] * 3] * 2)
    game = BayesianGame(("ann", "bob"), (names,) * 2, (tuple(map(str, bids)),) * 2, prior, utility)
    assert is_bayes_nash(game, ((0, 1, 2), (0, 1, 2)))
    assert ((0, 1, 2), (0, 1, 2)) in pure_bayes_nash(game)


def test_a_correlated_prior_is_taken_as_it_is():
    """Who is told the state plays for it; who is told nothing plays for the likelier one (Osborne 2004)."""

    def utility(player, types, actions):
        state = types[0]
        return int(actions[player] == state)

    prior = {(0, 0): Fraction(2, 3), (1, 0): Fraction(1, 3)}
    game = BayesianGame(("informed", "other"), (("a", "b"), ("only",)), (("a", "b"),) * 2, prior, utility)
    assert pure_bayes_nash(game) == [((0, 1), (0,))]
    other = [regret for regret in verify_bayes_nash(game, ((0, 1), (1,))) if regret.player == 1]
    assert [(regret.value, regret.best, regret.gain) for regret in other] == [(Fraction(1, 3), 0, Fraction(1, 3))]


def test_types_that_cannot_occur_have_no_say():
    game = auction([0, 1], second_price, [1, 0])
    form, agents = agent_form(game)
    assert agents == [(0, 0), (1, 0)]
    assert form.players == ("ann of type 0", "bob of type 0")
    assert game.interim(0, 1, truth(game)) is None
    assert all(regret.type == 0 for regret in verify_bayes_nash(game, truth(game)))


amounts = st.integers(-4, 4)


@given(st.lists(amounts, min_size=32, max_size=32), st.lists(st.integers(0, 3), min_size=4, max_size=4))
@settings(max_examples=60, deadline=None)
def test_the_agent_form_has_just_the_equilibria_of_the_definition(numbers, weights):
    total = sum(weights) or 1
    prior = {p: Fraction(w, total) for p, w in zip(product((0, 1), repeat=2), weights, strict=True)}
    prior = prior if sum(prior.values()) == 1 else {(0, 0): 1}
    places = list(product((0, 1), repeat=4))
    table = {(i, place): numbers[16 * i + k] for i in (0, 1) for k, place in enumerate(places)}
    two = (("x", "y"),) * 2
    game = BayesianGame(("a", "b"), two, two, prior, lambda i, types, actions: table[i, (*types, *actions)])
    found = set(pure_bayes_nash(game))
    occurring = [[any(c and t[i] == k for t, c in prior.items()) for k in (0, 1)] for i in (0, 1)]
    for one, other in product(product((0, 1), repeat=2), repeat=2):
        plain = tuple(
            tuple(action if alive else 0 for action, alive in zip(strategy, of, strict=True))
            for strategy, of in zip((one, other), occurring, strict=True)
        )
        assert (plain in found) == is_bayes_nash(game, (one, other))


@given(st.lists(amounts, min_size=32, max_size=32))
@settings(max_examples=60, deadline=None)
def test_dominant_is_ex_post_and_ex_post_is_bayesian_for_every_prior(numbers):
    places = list(product((0, 1), repeat=4))
    table = {(i, place): numbers[16 * i + k] for i in (0, 1) for k, place in enumerate(places)}
    two = (("x", "y"),) * 2
    prior = independent([[HALF, HALF]] * 2)
    game = BayesianGame(("a", "b"), two, two, prior, lambda i, types, actions: table[i, (*types, *actions)])
    assert dominance_gain(game) >= ex_post_gain(game)
    assert max(regret.gain for regret in verify_bayes_nash(game, truth(game))) <= ex_post_gain(game)


def wrong(**changes):
    plain = {"types": (("t",), ("t",)), "actions": (("x",), ("x",)), "prior": {(0, 0): 1}}
    return BayesianGame(("a", "b"), utility=lambda *_: 0, **{**plain, **changes})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"prior": {(0, 0): Fraction(2, 3)}}, "adds up to 2/3, 1/3 too little"),
        ({"prior": {(0, 0): 2}}, "adds up to 2, 1 too much"),
        ({"prior": {(0, 1): 1}}, "names the types"),
        ({"types": (("t", "u"), ("t",)), "prior": {(0, 0): 2, (1, 0): -1}}, "must not be negative"),
        ({"types": (("t",),)}, "the game has 2"),
        ({"actions": (("x",), ())}, "has no actions"),
    ],
)
def test_what_is_no_game_of_incomplete_information_is_refused(changes, said):
    with pytest.raises(DomainError, match=said):
        wrong(**changes)


def test_strategies_have_an_action_for_each_type():
    with pytest.raises(DomainError, match="an action for each type of each player"):
        verify_bayes_nash(wrong(), ((0, 0), (0,)))
    with pytest.raises(DomainError, match="a has no action 1"):
        verify_bayes_nash(wrong(), ((1,), (0,)))
    with pytest.raises(DomainError, match="the actions of a are not its types"):
        truth(wrong())


def test_too_many_strategies_are_refused_with_their_count(monkeypatch):
    monkeypatch.setattr(bayesian, "MOST_STRATEGIES", 100)
    types, actions = (tuple("wxyz"),) * 2, (tuple("pqr"),) * 2
    prior = independent([[Fraction(1, 4)] * 4] * 2)
    with pytest.raises(TooLarge, match="6,561 strategies"):
        agent_form(BayesianGame(("a", "b"), types, actions, prior, lambda *_: 0))
