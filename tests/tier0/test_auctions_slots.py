"""Slots: the classic example by hand, VCG by brute force over alternatives, relations between runs."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechanisms.auctions.single_item import second_price
from mechanisms.auctions.slots import generalized_second_price, vcg
from verifier.domains import parse_domain

exactly = settings(derandomize=True, deadline=None)
AUCTIONS = [generalized_second_price, vcg]
amounts = st.one_of(st.integers(0, 9), st.fractions(0, 9, max_denominator=4))
profiles = st.lists(amounts, min_size=1, max_size=4)
rates = st.lists(amounts, min_size=1, max_size=4).map(lambda values: sorted(values, reverse=True))


def test_two_slots_with_200_and_100_clicks_by_hand():
    """Bids 10, 4, 2: GSP asks 200 * 4 and 100 * 2. VCG asks 100 * 4 + 100 * 2 and 100 * 2."""
    assert generalized_second_price([10, 4, 2], [200, 100]) == ([0, 1, None], [800, 200, 0])
    assert vcg([10, 4, 2], [200, 100]) == ([0, 1, None], [600, 200, 0])


def test_a_lower_slot_can_be_the_better_bargain_in_gsp():
    """Value 10 against 9 and 1: slot 0 for 10 - 9, slot 1 for (10 - 1) / 2."""
    click_rates = [1, Fraction(1, 2)]
    assert generalized_second_price([10, 9, 1], click_rates) == ([0, 1, None], [9, Fraction(1, 2), 0])
    assert generalized_second_price([8, 9, 1], click_rates) == ([1, 0, None], [Fraction(1, 2), 8, 0])


def test_fewer_bidders_than_slots():
    assert generalized_second_price([2, 7], [5, 3, 1]) == ([1, 0], [0, 10])
    assert vcg([2, 7], [5, 3, 1]) == ([1, 0], [0, 4])


@pytest.mark.parametrize("auction", AUCTIONS)
def test_a_bidder_alone_has_the_best_slot_for_nothing(auction):
    assert auction([7], [5, 3]) == ([0], [0])


@pytest.mark.parametrize("auction", AUCTIONS)
def test_without_bidders_nothing_happens(auction):
    assert auction([], [5, 3]) == ([], [])


@pytest.mark.parametrize("auction", AUCTIONS)
def test_among_equal_bids_the_lowest_index_sits_higher(auction):
    assert auction([1, 4, 4, 4], [3, 2])[0] == [None, 0, 1, None]


@exactly
@given(bids=profiles)
def test_a_single_slot_is_the_second_price_auction(bids):
    allocation, payments = second_price(bids)
    expected = ([0 if won else None for won in allocation], payments)
    assert generalized_second_price(bids, [1]) == expected
    assert vcg(bids, [1]) == expected


@exactly
@given(bids=profiles, click_rates=rates)
def test_vcg_against_its_definition(bids, click_rates):
    """Allocation and payments over every feasible seating that the domain lists."""
    table = {"kind": "slots", "click_rates": click_rates, "agents": len(bids), "values": [0]}
    domain = parse_domain(table)
    alternatives = list(domain.alternatives())

    def welfare(shares, leaving_out=None):
        clicks = [domain.consumption(share)[0] for share in shares]
        return sum(bid * rate for a, (bid, rate) in enumerate(zip(bids, clicks, strict=True)) if a != leaving_out)

    places, payments = vcg(bids, click_rates)
    assert welfare(places) == max(map(welfare, alternatives))
    for agent, paid in enumerate(payments):
        assert paid == max(welfare(shares, agent) for shares in alternatives) - welfare(places, agent)


@exactly
@given(bids=profiles, click_rates=rates)
def test_gsp_never_asks_less_than_vcg_at_the_same_bids(bids, click_rates):
    """Edelman, Ostrovsky, Schwarz 2007, Remark 1."""
    (seats, gsp), (same, clarke) = (auction(bids, click_rates) for auction in AUCTIONS)
    assert seats == same
    assert all(more >= less for more, less in zip(gsp, clarke, strict=True))


@pytest.mark.parametrize("auction", AUCTIONS)
@exactly
@given(bids=profiles, click_rates=rates, factor=st.fractions("1/7", 9, max_denominator=7))
def test_scaling_bids_or_click_rates_scales_payments(auction, bids, click_rates, factor):
    seats, payments = auction(bids, click_rates)
    scaled = (seats, [factor * paid for paid in payments])
    assert auction([factor * bid for bid in bids], click_rates) == scaled
    assert auction(bids, [factor * rate for rate in click_rates]) == scaled


@pytest.mark.parametrize("auction", AUCTIONS)
@exactly
@given(bids=profiles, click_rates=rates)
def test_a_further_bidder_of_value_zero_costs_nobody(auction, bids, click_rates):
    seats, payments = auction(bids, click_rates)
    more_seats, more_payments = auction([*bids, 0], click_rates)
    assert (more_seats[:-1], more_payments) == (seats, [*payments, 0])


@pytest.mark.parametrize("auction", AUCTIONS)
@exactly
@given(data=st.data(), bids=st.lists(amounts, min_size=1, max_size=4, unique=True), click_rates=rates)
def test_without_ties_permuting_bidders_permutes_the_outcome(auction, data, bids, click_rates):
    order = data.draw(st.permutations(range(len(bids))))
    seats, payments = auction(bids, click_rates)
    moved = auction([bids[agent] for agent in order], click_rates)
    assert moved == ([seats[agent] for agent in order], [payments[agent] for agent in order])
