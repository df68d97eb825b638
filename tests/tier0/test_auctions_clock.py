"""Rising and falling clocks: answers worked by hand, and what theory says of prices in steps."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechanisms.auctions.clock import ascending_clock, descending_clock
from mechanisms.auctions.single_item import first_price, second_price

exactly = settings(derandomize=True, deadline=None)
amounts = st.fractions(0, 8, max_denominator=6)


@pytest.mark.parametrize(
    ("bids", "step", "expected"),
    [
        ([], 1, ([], [])),
        ([7], 1, ([1], [0])),  # nobody bids against it
        ([10, 8, 5], 1, ([1, 0, 0], [8, 0, 0])),
        ([8, 8], 1, ([1, 0], [8, 0])),  # both leave at 9
        ([0, 0], 1, ([1, 0], [0, 0])),
        (["7/2", "15/4"], 1, ([1, 0], [3, 0])),  # both leave at 4, though the second would pay more
        (["7/2", "9/2"], 1, ([0, 1], [0, 3])),
        ([12, 14, 19], 5, ([0, 0, 1], [0, 0, 10])),  # 10, and at 15 the last one is alone
        ([12, 14, 14], 5, ([1, 0, 0], [10, 0, 0])),
        (["3/4", "1"], Fraction(1, 2), ([0, 1], [0, "1/2"])),
    ],
)
def test_the_last_one_pays_the_last_price_that_two_would_pay(bids, step, expected):
    won, paid = ascending_clock([Fraction(bid) for bid in bids], step)
    assert (won, paid) == (expected[0], [Fraction(price) for price in expected[1]])


@exactly
@given(st.lists(st.integers(0, 8), min_size=1, max_size=5))
def test_with_whole_values_and_a_step_of_1_it_is_the_second_price_auction(bids):
    assert ascending_clock(bids) == second_price(bids)


@exactly
@given(st.lists(amounts, min_size=2, max_size=5), st.sampled_from([1, 2, Fraction(1, 2)]))
def test_the_price_is_the_second_highest_bid_rounded_down_to_a_step(bids, step):
    won, paid = ascending_clock(bids, step)
    price = sorted(bids)[-2] // step * step
    assert paid == [price if share else 0 for share in won]
    assert bids[won.index(1)] >= price


@pytest.mark.parametrize(
    ("bids", "start", "step", "expected"),
    [
        ([], 9, 1, ([], [])),
        ([4, 7, 6], 9, 1, ([0, 1, 0], [0, 7, 0])),
        ([4, 4], 9, 1, ([1, 0], [4, 0])),
        ([5, 8], 4, 1, ([1, 0], [4, 0])),  # both are met at the start
        ([6, 7], 9, 4, ([1, 0], [5, 0])),  # both are met at 5
        ([0, 0], 9, 4, ([0, 0], [0, 0])),  # the last price is 1
        ([Fraction(5, 2), 2], 3, Fraction(1, 2), ([1, 0], [Fraction(5, 2), 0])),
    ],
)
def test_the_first_whom_the_falling_price_meets_buys(bids, start, step, expected):
    assert descending_clock(bids, start, step) == expected


@exactly
@given(st.lists(st.integers(0, 8), max_size=5))
def test_the_dutch_clock_is_the_first_price_auction_on_whole_bids(bids):
    assert descending_clock(bids, 8) == first_price(bids)


@exactly
@given(st.lists(amounts, min_size=1, max_size=5), st.sampled_from([1, 2, Fraction(1, 2)]))
def test_the_dutch_clock_is_the_first_price_auction_on_bids_rounded_down(bids, step):
    assert descending_clock(bids, 8, step) == first_price([bid // step * step for bid in bids])


@pytest.mark.parametrize("step", [0, -1])
def test_a_clock_that_does_not_move_is_refused(step):
    with pytest.raises(ValueError, match="the clock must move"):
        ascending_clock([3, 2], step)
    with pytest.raises(ValueError, match="the clock must move"):
        descending_clock([3, 2], 5, step)
