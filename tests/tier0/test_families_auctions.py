"""First-price and all-pay auctions with continuous bids: closed forms against deviations on fine grids."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import DomainError, TooLarge
from verifier.games.bayesian import is_bayes_nash, verify_bayes_nash
from verifier.oracles.families import all_pay as ap
from verifier.oracles.families.all_pay import all_pay
from verifier.oracles.families.first_price import (
    AsymmetricUniform,
    SymmetricUniform,
    discretised,
    expected_price,
    shading,
)

F = Fraction
positive = st.fractions(F(1, 20), 20, max_denominator=20)


def grid(top, steps):
    return [F(top) * k / steps for k in range(steps + 1)]


# all pay


def test_all_pay_is_worst_where_one_value_is_twice_the_other_with_exactly_eight_sevenths():
    found = all_pay([2, 1])
    assert found.poa.exact
    assert found.poa.low == F(8, 7) == ap.WORST
    assert found.slack == 0
    assert found.poa.passes(F(6, 5))
    assert not found.poa.passes(F(8, 7))
    assert max(all_pay([60, k]).poa.low for k in range(1, 61)) == F(8, 7)


@settings(deadline=None)
@given(positive, positive)
def test_no_all_pay_auction_of_two_is_worse_than_eight_sevenths(first, second):
    found = all_pay([first, second])
    assert 1 <= found.poa.low <= F(8, 7)
    assert (found.slack == 0) == (max(first, second) == 2 * min(first, second))
    assert (found.poa.low == 1) == (first == second)


@pytest.mark.parametrize("values", [[3, 2], [2, 1], [1, 1], [1, 7], [5, 4, 3], [1, 4, F(5, 2), 0]])
def test_nobody_gains_by_any_all_pay_bid_and_bids_up_to_the_second_value_tie(values):
    found = all_pay(values)
    for bidder in range(len(values)):
        gains = [found.gain(bidder, bid) for bid in grid(max(values) + 1, 240)]
        assert max(gains) <= 0
    low = sorted(values)[-2]
    for bid in grid(low, 50)[1:]:
        assert found.gain(found.first, bid) == found.gain(found.second, bid) == 0


def test_all_pay_accounts_add_up_and_agree_with_a_sum_over_bids():
    found = all_pay([3, 2])
    assert found.payoffs == (1, 0)
    assert found.welfare == sum(found.payoffs) + found.revenue == 3 - F(1, 3)
    # second highest bids average v2/2 for the first and v2^2/(2 v1) for the second bidder
    assert found.revenue == 1 + F(2, 3)
    steps = 300  # bidder 2 wins if it bids more: bidder 1's chance is summed over the cells of bidder 2's bids
    cells = grid(2, steps)
    weights = [found.below(1, b) - found.below(1, a) for a, b in pairwise(cells)]
    wins_low = sum(w * found.below(0, a) for w, a in zip(weights, cells, strict=False))
    wins_high = sum(w * found.below(0, b) for w, b in zip(weights, cells[1:], strict=False))
    assert 3 - wins_high <= found.welfare <= 3 - wins_low


@settings(deadline=None)
@given(positive, positive, positive)
def test_all_pay_prices_do_not_change_with_the_currency_or_the_names(first, second, factor):
    found = all_pay([first, second])
    assert all_pay([first * factor, second * factor]).poa == found.poa
    assert all_pay([second, first]).poa == found.poa
    assert all_pay([first, second, 0]).poa == found.poa


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([], "0 bidders"),
        ([1], "1 bidders"),
        ([1, 0], "only one bidder"),
        ([2, 1, 1], "infinitely many"),
        ([2, 1, -1], "-1"),
    ],
)
def test_all_pay_without_a_single_equilibrium_is_refused(values, words):
    with pytest.raises(DomainError, match=words):
        all_pay(values)


def test_a_negative_bid_is_refused():
    with pytest.raises(DomainError, match="negative"):
        all_pay([2, 1]).payoff(0, -1)


# first price, symmetric


@pytest.mark.parametrize("bidders", [2, 3, 5])
def test_uniform_bidders_shade_by_one_nth_and_gain_by_no_other_bid(bidders):
    auction = SymmetricUniform(bidders, 7)
    assert auction.poa.low == auction.poa.high == 1
    assert auction.bid(7) == F(7 * (bidders - 1), bidders)
    for value in grid(7, 14):
        gains = [auction.gain(value, bid) for bid in grid(10, 200)]
        assert max(gains) <= 0
        assert auction.gain(value, auction.bid(value)) == 0


def test_full_bids_would_be_no_equilibrium_of_the_first_price_auction():
    auction = SymmetricUniform(2)
    assert auction.gain(F(1, 2), F(1, 2)) == F(-1, 8)
    assert auction.welfare == F(2, 3)


# first price, asymmetric


@pytest.mark.parametrize("tops", [(1, 2), (2, 1), (3, F(7, 2)), (1, 10)])
def test_asymmetric_bidders_gain_by_no_other_bid(tops):
    auction = AsymmetricUniform(tops)
    for bidder in (0, 1):
        assert auction.value(bidder, auction.highest) == tops[bidder]
        assert auction.value(bidder, 0) == 0
        for usual in grid(auction.highest, 12):
            gains = [auction.gain(bidder, usual, bid) for bid in grid(auction.highest * 2, 120)]
            assert max(gains) == 0  # the grid of bids holds the usual one


def test_the_published_asymmetric_example_has_the_highest_bid_two_thirds():
    # Krishna 2010, Section 4.3: values on [0, 1] and [0, 2]
    auction = AsymmetricUniform((1, 2))
    assert auction.highest == F(2, 3)
    assert auction.optimum == 1 + F(1, 12)


def lost_by_cells(tops, steps):
    """Bounds on the loss from the values themselves: a sum over cells of the bids of the weaker bidder."""
    auction = AsymmetricUniform(tops)
    weak = 0 if tops[0] < tops[1] else 1
    low = high = F(0)
    bids = grid(auction.highest, steps)
    for a, b in pairwise(bids):
        v, w = auction.value(weak, a), auction.value(weak, b)
        p, q = auction.value(1 - weak, a), auction.value(1 - weak, b)
        mass = (w - v) / tops[weak] / tops[1 - weak]
        low += mass * max(0, p - w) ** 2 / 2
        high += mass * (q - v) ** 2 / 2
    return low, high


@pytest.mark.parametrize("tops", [(1, 2), (5, 1), (F(1, 3), F(1, 2))])
def test_the_series_of_the_loss_lies_between_sums_over_cells(tops):
    found = AsymmetricUniform(tops).loss()
    low, high = lost_by_cells(tops, 400)
    assert low < found.low <= found.high < high
    assert high - low < (high + low) / 20
    assert 0 < found.width < F(1, 10**15)


def test_more_bits_give_an_enclosure_within_the_one_of_fewer():
    auction = AsymmetricUniform((1, 3))
    coarse, fine = auction.poa(16), auction.poa(120)
    assert coarse.low < fine.low < fine.high < coarse.high
    assert fine.passes(F(1024, 1000))
    assert fine.misses(F(1023, 1000))


@settings(max_examples=40, deadline=None)
@given(st.tuples(positive, positive), positive)
def test_asymmetric_prices_are_below_the_bound_for_independent_values_and_keep_under_scaling(tops, factor):
    price = AsymmetricUniform(tops).poa(40)
    assert 1 <= price.low <= price.high
    assert price.passes(F(11566, 10000))  # 1 / (1 - e^-2) = 1.15651..., Jin and Lu 2022
    assert AsymmetricUniform(tops[::-1]).poa(40) == price
    other = AsymmetricUniform((tops[0] * factor, tops[1] * factor)).poa(40)
    assert max(price.low, other.low) <= min(price.high, other.high)


def test_equal_tops_lose_nothing_and_bid_half():
    auction = AsymmetricUniform((3, 3))
    assert auction.poa().high == 1
    assert auction.value(0, 1) == 2


@pytest.mark.parametrize(
    "make", [lambda: SymmetricUniform(1), lambda: SymmetricUniform(2, 0), lambda: AsymmetricUniform((0, 1))]
)
def test_first_price_auctions_without_competition_or_values_are_refused(make):
    with pytest.raises(DomainError):
        make()


def test_bids_that_nobody_makes_and_hopeless_accuracy_are_refused():
    with pytest.raises(DomainError, match="nobody bids"):
        AsymmetricUniform((1, 2)).value(0, 1)
    with pytest.raises(TooLarge):
        AsymmetricUniform((1, 10**6)).poa()
    with pytest.raises(TooLarge):
        AsymmetricUniform((1, 2)).poa(10**6)


# first price, discretised


def uniform(steps, top=1):
    return [F(top) * k / steps for k in range(1, steps + 1)]


@pytest.mark.parametrize("steps", [2, 4, 8])
def test_rounded_shading_gains_at_most_one_step_of_the_grid_and_less_on_finer_grids(steps):
    values, bids = [uniform(steps)] * 2, grid(1, 2 * steps)
    game = discretised(values, [[F(1, steps)] * steps] * 2, bids)
    strategies = shading(values, bids)
    regrets = verify_bayes_nash(game, strategies)
    assert len(regrets) == 2 * steps
    assert 0 <= max(regret.gain for regret in regrets) <= F(1, 2 * steps)
    assert expected_price(values, game, strategies).high == 1  # strictly rising bids


def test_interim_regret_of_a_discretised_auction_is_what_a_hand_count_says():
    values, bids = [[1, 2], [1, 2]], [0, F(1, 2), 1]
    game = discretised(values, [[F(1, 2)] * 2] * 2, bids)
    strategies = shading(values, bids)
    assert strategies == ((1, 2), (1, 2))  # bids 1/2 and 1
    # value 2: bid 1 wins 3/4 for 1 each; bid 1/2 wins a quarter for 3/2; value 1: bid 1/2 wins a quarter of 1/2
    assert [(r.value, r.gain) for r in verify_bayes_nash(game, strategies)] == [(F(1, 8), 0), (F(3, 4), 0)] * 2
    assert is_bayes_nash(game, strategies)
    lazy = ((0, 0), (0, 0))
    assert [r.gain for r in verify_bayes_nash(game, lazy)] == [0, F(1, 2)] * 2  # 3/2 for sure instead of 2/2
    assert expected_price(values, game, lazy).low == F(7, 4) / F(3, 2)


def test_three_bidders_with_unequal_chances_are_priced_by_expectation():
    values = [[0, 4], [2], [3]]
    game = discretised(values, [[F(1, 4), F(3, 4)], [1], [1]], [0, 1, 2])
    price = expected_price(values, game, ((0, 2), (1,), (1,)))
    optimum = F(3, 4) * 4 + F(1, 4) * 3
    assert price.low == optimum / (F(3, 4) * 4 + F(1, 4) * F(5, 2))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([], [], [0]), "bidders and bids"),
        (([[1]], [[1]], []), "bidders and bids"),
        (([[1]], [[F(1, 2), F(1, 2)]], [0]), "one probability"),
        (([[-1]], [[1]], [0]), "negative"),
        (([[1, 2]], [[F(1, 2), F(1, 3)]], [0]), "1/6 too little"),
    ],
)
def test_discretised_auctions_that_make_no_sense_are_refused(arguments, words):
    with pytest.raises(DomainError, match=words):
        discretised(*arguments)


def test_a_discretised_auction_that_is_too_large_is_counted_and_refused():
    with pytest.raises(TooLarge, match="bids of types"):
        discretised([uniform(200)] * 3, [[F(1, 200)] * 200] * 3, grid(1, 10))
    with pytest.raises(DomainError, match="too high"):
        shading([[1], [1]], [1])


def test_coefficients_of_the_series_stay_within_the_bound_that_the_rest_relies_on():
    # 1 / (1 - y) and 1 / (1 + y)^4 multiplied term by term
    fourth = [(-1) ** m * comb(m + 3, 3) for m in range(60)]
    assert all(abs(sum(fourth[: m + 1])) <= comb(m + 4, 4) for m in range(60))
