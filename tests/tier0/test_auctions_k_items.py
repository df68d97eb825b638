"""Unit demand and lotteries: answers by hand, VCG by brute force over alternatives, relations between runs."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechanisms.auctions import lotteries
from mechanisms.auctions.k_items import k_plus_one_price
from mechanisms.auctions.single_item import second_price
from verifier.domains import parse_domain

exactly = settings(derandomize=True, deadline=None)
amounts = st.one_of(st.integers(0, 9), st.fractions(0, 9, max_denominator=4))
profiles = st.lists(amounts, min_size=1, max_size=5)
counts = st.integers(1, 4)


def expected(lottery):
    """Exact expectation of a lottery: (n,) shares and (n,) payments."""
    agents = range(len(lottery[0][1][0]))
    shares = [sum(chance * allocation[agent] for chance, (allocation, _) in lottery) for agent in agents]
    return shares, [sum(chance * payments[agent] for chance, (_, payments) in lottery) for agent in agents]


def test_two_items_at_the_third_highest_bid():
    assert k_plus_one_price([10, 4, 8, 5], items=2) == ([1, 0, 1, 0], [5, 0, 5, 0])


@pytest.mark.parametrize(
    ("bids", "items", "reserve", "allocation", "price"),
    [
        ([7, 5], 3, 0, [1, 1], 0),  # fewer bidders than items: free
        ([7, 5], 2, 0, [1, 1], 0),  # as many bidders as items: free
        ([7], 1, 0, [1], 0),
        ([7, 5, 1], 2, 3, [1, 1, 0], 3),  # the reserve is above the third bid
        ([7, 1, 1], 2, 3, [1, 0, 0], 3),  # an item is kept
        ([7, 3, 3], 2, 3, [1, 1, 0], 3),  # equality with the reserve wins, ties by index
        ([2, 1], 1, 3, [0, 0], 0),
        ([6, 6, 6], 2, 0, [1, 1, 0], 6),
    ],
)
def test_reserve_and_few_bidders(bids, items, reserve, allocation, price):
    assert k_plus_one_price(bids, items, reserve) == (allocation, [price * won for won in allocation])


def test_without_bidders_nothing_happens():
    assert k_plus_one_price([], 2) == ([], [])
    assert lotteries.k_plus_one_price([], 2) == [(1, ([], []))]
    assert lotteries.posted_price([], 2) == [(1, ([], []))]


@exactly
@given(bids=profiles, items=counts)
def test_it_is_vcg(bids, items):
    """Allocation and payments against the definition of VCG, over every feasible allocation that the domain lists."""
    domain = parse_domain({"kind": "unit-demand", "items": items, "agents": len(bids), "values": [0]})
    allocation, payments = k_plus_one_price(bids, items)
    alternatives = list(domain.alternatives())

    def welfare(shares, leaving_out=None):
        return sum(bid * share for a, (bid, share) in enumerate(zip(bids, shares, strict=True)) if a != leaving_out)

    assert welfare(allocation) == max(map(welfare, alternatives))
    for agent, paid in enumerate(payments):
        assert paid == max(welfare(shares, agent) for shares in alternatives) - welfare(allocation, agent)


@exactly
@given(bids=profiles, reserve=amounts)
def test_one_item_is_the_second_price_auction(bids, reserve):
    assert k_plus_one_price(bids, 1, reserve) == second_price(bids, reserve)


@exactly
@given(bids=profiles, items=counts, reserve=amounts)
def test_a_reserve_acts_like_as_many_further_bidders_as_items(bids, items, reserve):
    """Phantoms at the reserve, ranked after the bidders at ties, displace whoever is below it and set the price."""
    with_phantoms = k_plus_one_price([*bids, *[reserve] * items], items)
    assert k_plus_one_price(bids, items, reserve) == tuple(part[: len(bids)] for part in with_phantoms)


@exactly
@given(bids=profiles, items=counts, reserve=amounts, factor=st.fractions("1/7", 9, max_denominator=7))
def test_scaling_money_scales_payments(bids, items, reserve, factor):
    allocation, payments = k_plus_one_price(bids, items, reserve)
    scaled = k_plus_one_price([factor * bid for bid in bids], items, factor * reserve)
    assert scaled == (allocation, [factor * paid for paid in payments])


@exactly
@given(bids=profiles, items=counts, reserve=amounts)
def test_the_lottery_at_no_tie_is_the_plain_auction(bids, items, reserve):
    lottery = lotteries.k_plus_one_price(bids, items, reserve)
    if len(set(bids)) == len(bids):
        assert lottery == [(1, k_plus_one_price(bids, items, reserve))]
    assert k_plus_one_price(bids, items, reserve) in [result for _, result in lottery]


@exactly
@given(bids=st.lists(st.integers(0, 2), min_size=1, max_size=5), items=counts, reserve=st.integers(0, 2))
def test_the_lottery_adds_up_and_treats_equal_bids_equally(bids, items, reserve):
    lottery = lotteries.k_plus_one_price(bids, items, reserve)
    assert sum(chance for chance, _ in lottery) == 1
    shares, payments = expected(lottery)
    for first, second in [(a, b) for a in range(len(bids)) for b in range(len(bids)) if bids[a] == bids[b]]:
        assert (shares[first], payments[first]) == (shares[second], payments[second])
    assert sum(shares) == sum(k_plus_one_price(bids, items, reserve)[0])


def test_three_way_tie_for_two_items_by_hand():
    shares, payments = expected(lotteries.k_plus_one_price([4, 9, 4, 4], 2))
    assert shares == [Fraction(1, 3), 1, Fraction(1, 3), Fraction(1, 3)]
    assert payments == [Fraction(4, 3), 4, Fraction(4, 3), Fraction(4, 3)]


def test_posted_price_lottery_by_hand():
    assert lotteries.posted_price([5, 4, 9], price=5) == [
        (Fraction(1, 2), ([1, 0, 0], [5, 0, 0])),
        (Fraction(1, 2), ([0, 0, 1], [0, 0, 5])),
    ]
    assert lotteries.posted_price([4, 4], price=5) == [(1, ([0, 0], [0, 0]))]


def test_second_price_lottery_by_hand():
    assert lotteries.second_price([6, 6, 2]) == [
        (Fraction(1, 2), ([1, 0, 0], [6, 0, 0])),
        (Fraction(1, 2), ([0, 1, 0], [0, 6, 0])),
    ]
    assert lotteries.second_price([6, 2], reserve=6) == [(1, ([1, 0], [6, 0]))]
