"""One item: answers worked by hand, a second implementation from the definitions, relations between runs."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechanisms.auctions.single_item import all_pay, first_price, posted_price, second_price

exactly = settings(derandomize=True, deadline=None)
amounts = st.one_of(st.integers(0, 12), st.fractions(0, 12, max_denominator=6))
profiles = st.lists(amounts, min_size=1, max_size=6)
AUCTIONS = [first_price, second_price, all_pay, lambda bids: posted_price(bids, 5)]


def test_vickrey_winner_of_10_8_5_pays_8():
    assert second_price([10, 8, 5]) == ([1, 0, 0], [8, 0, 0])
    assert second_price([8, 5, 10]) == ([0, 0, 1], [0, 0, 8])


def test_first_price_winner_of_10_8_5_pays_10():
    assert first_price([10, 8, 5]) == ([1, 0, 0], [10, 0, 0])


def test_all_bidders_pay_in_an_all_pay_auction():
    assert all_pay([10, 8, 5]) == ([1, 0, 0], [10, 8, 5])


def test_posted_price_sells_to_the_first_who_is_willing_not_to_the_highest():
    assert posted_price([4, 5, 9], price=5) == ([0, 1, 0], [0, 5, 0])
    assert posted_price([4, 4], price=5) == ([0, 0], [0, 0])


@pytest.mark.parametrize(
    ("bids", "expected"),
    [
        ([2], ([0], [0])),
        ([3], ([1], [3])),  # a bid equal to the reserve wins
        ([9], ([1], [3])),  # a single bidder above the reserve wins at the reserve
        ([9, 1], ([1, 0], [3, 0])),  # so does the only one above it
        ([9, 3], ([1, 0], [3, 0])),
        ([4, 9], ([0, 1], [0, 4])),
        ([2, 1], ([0, 0], [0, 0])),
    ],
)
def test_second_price_with_a_reserve_of_3(bids, expected):
    assert second_price(bids, reserve=3) == expected


def test_first_price_keeps_the_item_below_the_reserve():
    assert first_price([2, 1], reserve=3) == ([0, 0], [0, 0])
    assert first_price([3, 1], reserve=3) == ([1, 0], [3, 0])


@pytest.mark.parametrize("auction", AUCTIONS[:3])
def test_among_equal_bids_the_lowest_index_wins(auction):
    assert auction([1, 7, 7, 7])[0] == [0, 1, 0, 0]


@pytest.mark.parametrize("auction", AUCTIONS[:3])
def test_the_item_is_sold_at_bids_of_zero_too(auction):
    assert auction([0, 0]) == ([1, 0], [0, 0])


@pytest.mark.parametrize("auction", AUCTIONS)
def test_without_bidders_nothing_happens(auction):
    assert auction([]) == ([], [])


@pytest.mark.parametrize("auction", AUCTIONS)
@exactly
@given(bids=profiles)
def test_the_callers_bids_are_left_alone_and_a_tuple_will_do(auction, bids):
    kept = list(bids)
    result = auction(bids)
    assert bids == kept
    assert auction(tuple(bids)) == result


@exactly
@given(bids=profiles, reserve=amounts)
def test_second_price_is_the_least_bid_that_still_wins(bids, reserve):
    """The critical bid from its definition: the winner wins just above the price and loses just below."""
    allocation, payments = second_price(bids, reserve)
    if 1 not in allocation:
        assert max(bids) < reserve
        return
    winner = allocation.index(1)
    price = payments[winner]

    def wins_with(bid):
        return second_price([*bids[:winner], bid, *bids[winner + 1 :]], reserve)[0][winner] == 1

    assert wins_with(price + Fraction(1, 1000))
    assert not wins_with(price - Fraction(1, 1000))


@exactly
@given(bids=profiles, reserve=amounts)
def test_second_price_from_the_sorted_bids(bids, reserve):
    allocation, payments = second_price(bids, reserve)
    padded = sorted([*bids, reserve, reserve], reverse=True)
    assert sum(payments) == (padded[1] if max(bids) >= reserve else 0)
    assert sum(allocation) == (max(bids) >= reserve)


@pytest.mark.parametrize("auction", AUCTIONS[:3])
@exactly
@given(bids=profiles, factor=st.fractions("1/7", 9, max_denominator=7))
def test_scaling_money_scales_payments(auction, bids, factor):
    allocation, payments = auction(bids)
    assert auction([factor * bid for bid in bids]) == (allocation, [factor * paid for paid in payments])


@pytest.mark.parametrize("auction", AUCTIONS[:3])
@exactly
@given(bids=profiles)
def test_a_further_bidder_of_value_zero_changes_nothing(auction, bids):
    allocation, payments = auction(bids)
    assert auction([*bids, 0]) == ([*allocation, 0], [*payments, 0])


@pytest.mark.parametrize("auction", AUCTIONS[:3])
@exactly
@given(data=st.data(), bids=st.lists(amounts, min_size=1, max_size=6, unique=True))
def test_without_ties_permuting_bidders_permutes_the_outcome(auction, data, bids):
    order = data.draw(st.permutations(range(len(bids))))
    allocation, payments = auction(bids)
    moved = auction([bids[agent] for agent in order])
    assert moved == ([allocation[agent] for agent in order], [payments[agent] for agent in order])


@exactly
@given(bids=profiles, reserve=amounts)
def test_revenue_is_ordered_all_pay_first_price_second_price(bids, reserve):
    assert sum(all_pay(bids)[1]) >= sum(first_price(bids)[1]) >= sum(second_price(bids)[1])
    assert sum(first_price(bids, reserve)[1]) >= sum(second_price(bids, reserve)[1])


@pytest.mark.parametrize("auction", AUCTIONS)
def test_doubles_and_fractions_take_the_same_branches(auction):
    quarters = [Fraction(3, 4), Fraction(5, 2), Fraction(5, 2), Fraction(1, 4)]
    assert auction([float(bid) for bid in quarters]) == auction(quarters)
