"""Several items per bidder: answers by hand, VCG by brute force over alternatives, relations between runs."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechanisms.auctions.multi_unit import discriminatory, uniform_price, vickrey
from mechanisms.auctions.single_item import first_price, second_price
from verifier.domains import parse_domain, value

exactly = settings(derandomize=True, deadline=None)
AUCTIONS = [discriminatory, uniform_price, vickrey]
amounts = st.one_of(st.integers(0, 9), st.fractions(0, 9, max_denominator=3))


@st.composite
def settings_of_bids(draw, least_items=2):
    """(items, bids): non-increasing vectors of `items` marginal values."""
    items = draw(st.integers(least_items, 4))
    vector = st.lists(amounts, min_size=items, max_size=items).map(lambda values: tuple(sorted(values, reverse=True)))
    return items, draw(st.lists(vector, min_size=1, max_size=3))


# Bidders A, B, C, four items: the highest marginal bids are 9 (A), 8 (B), 7 (A), 6 (C); then 5 (B), 4 (A), 3 (C) lose.
THREE = [(9, 7, 4, 1), (8, 5, 2, 0), (6, 3, 1, 0)]


def test_uniform_price_by_hand():
    assert uniform_price(THREE, 4) == ([2, 1, 1], [10, 5, 5])


def test_discriminatory_by_hand():
    assert discriminatory(THREE, 4) == ([2, 1, 1], [16, 8, 6])


def test_vickrey_by_hand():
    """A displaces the 5 of B and the 3 of C, B the 4 of A, C the 5 of B."""
    assert vickrey(THREE, 4) == ([2, 1, 1], [8, 4, 5])


def test_demand_reduction_pays_in_the_uniform_price_auction():
    truth, lie = uniform_price([(5, 4), (3, 0)], 2), uniform_price([(5, 0), (3, 0)], 2)
    assert truth == ([2, 0], [6, 0])  # utility 9 - 6 = 3
    assert lie == ([1, 1], [0, 0])  # utility 5 - 0 = 5


@pytest.mark.parametrize("auction", AUCTIONS)
def test_among_equal_marginal_bids_the_lowest_index_comes_first(auction):
    assert auction([(4, 4), (4, 4)], 2)[0] == [2, 0]
    assert auction([(5, 1), (4, 1), (1, 1)], 3)[0] == [2, 1, 0]


def test_a_bidder_alone_gets_everything():
    assert uniform_price([(5, 3)], 2) == ([2], [0])
    assert vickrey([(5, 3)], 2) == ([2], [0])
    assert discriminatory([(5, 3)], 2) == ([2], [8])


@pytest.mark.parametrize("auction", AUCTIONS)
@pytest.mark.parametrize("items", [1, 2])
def test_without_bidders_nothing_happens(auction, items):
    assert auction([], items) == ([], [])


@exactly
@given(bids=st.lists(amounts, min_size=1, max_size=5))
def test_with_one_item_bids_are_numbers_and_the_auctions_are_the_classic_ones(bids):
    assert vickrey(bids, 1) == second_price(bids)
    assert uniform_price(bids, 1) == second_price(bids)
    assert discriminatory(bids, 1) == first_price(bids)


@exactly
@given(setting=settings_of_bids())
def test_vickrey_is_vcg(setting):
    """Allocation and payments against the definition of VCG, over every feasible allocation that the domain lists."""
    items, bids = setting
    domain = parse_domain({"kind": "multi-unit", "items": items, "agents": len(bids), "values": [0]})
    alternatives = list(domain.alternatives())

    def welfare(shares, leaving_out=None):
        values = [value(bid, domain.consumption(share)) for bid, share in zip(bids, shares, strict=True)]
        return sum(worth for agent, worth in enumerate(values) if agent != leaving_out)

    won, paid = vickrey(bids, items)
    assert welfare(won) == max(map(welfare, alternatives))
    for agent in range(len(bids)):
        assert paid[agent] == max(welfare(shares, agent) for shares in alternatives) - welfare(won, agent)


@exactly
@given(setting=settings_of_bids())
def test_all_three_give_the_same_items_and_pay_in_this_order(setting):
    """Vickrey asks at most what uniform price asks, and that at most what pay-as-bid asks, bidder by bidder."""
    items, bids = setting
    (won, as_bid), (same, uniform), (too, critical) = (auction(bids, items) for auction in AUCTIONS)
    assert won == same == too
    assert sum(won) == items
    assert all(low <= middle <= high for low, middle, high in zip(critical, uniform, as_bid, strict=True))


@exactly
@given(setting=settings_of_bids())
def test_the_uniform_price_clears_the_market(setting):
    """Every bidder gets what it would choose at the price: its marginal bids above it and none below."""
    items, bids = setting
    won, paid = uniform_price(bids, items)
    price = next(Fraction(total) / amount for total, amount in zip(paid, won, strict=True) if amount)
    for vector, amount in zip(bids, won, strict=True):
        assert all(marginal >= price for marginal in vector[:amount])
        assert all(marginal <= price for marginal in vector[amount:])


@pytest.mark.parametrize("auction", AUCTIONS)
@exactly
@given(setting=settings_of_bids(), factor=st.fractions("1/7", 9, max_denominator=7))
def test_scaling_money_scales_payments(auction, setting, factor):
    items, bids = setting
    won, paid = auction(bids, items)
    scaled = [tuple(factor * marginal for marginal in vector) for vector in bids]
    assert auction(scaled, items) == (won, [factor * payment for payment in paid])


@pytest.mark.parametrize("auction", AUCTIONS)
@exactly
@given(setting=settings_of_bids())
def test_a_further_bidder_of_value_zero_wins_nothing_and_costs_nobody(auction, setting):
    items, bids = setting
    won, paid = auction(bids, items)
    assert auction([*bids, (0,) * items], items) == ([*won, 0], [*paid, 0])


@pytest.mark.parametrize("auction", AUCTIONS)
@exactly
@given(data=st.data(), agents=st.integers(1, 3), items=st.integers(2, 3))
def test_without_ties_permuting_bidders_permutes_the_outcome(auction, data, agents, items):
    marginals = data.draw(st.lists(amounts, min_size=agents * items, max_size=agents * items, unique=True))
    bids = [tuple(sorted(marginals[agent::agents], reverse=True)) for agent in range(agents)]
    order = data.draw(st.permutations(range(agents)))
    won, paid = auction(bids, items)
    assert auction([bids[agent] for agent in order], items) == ([won[a] for a in order], [paid[a] for a in order])
