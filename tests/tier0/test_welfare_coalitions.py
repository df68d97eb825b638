"""Blocking coalitions and Clarke pivots of the welfare oracle, against every coalition tried one by one."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.domains.instances import catalogue, read_instance
from verifier.domains.packages import Auction, Bidder, PackageBid, auction
from verifier.errors import DomainError
from verifier.oracles.welfare import Undecided, Unsuited, clarke, optimum
from verifier.oracles.welfare.coalitions import MOST_JOINED, Blocking, blocking
from verifier.oracles.welfare.small import dynamic, exhaustive

TRIANGLE = auction(
    "AB", {"one": [("A", 1)], "two": [("B", 1)], "both": [("AB", 1)]}
)  # VCG pays nothing: not in the core


def excess(sold, gains, payments, coalition, seller):
    rest = [index for index in range(len(gains)) if index not in coalition]
    had = sum(gains[index] for index in coalition)
    return exhaustive(sold.without(*rest))[0] - had - sum(payments) if seller else -had


def largest_excess(sold, choice, payments):
    gains = [sold.value(choice, index) - payment for index, payment in enumerate(payments)]
    everybody = range(len(gains))
    coalitions = [group for count in range(len(gains) + 1) for group in combinations(everybody, count)]
    return max(excess(sold, gains, payments, group, seller) for group in coalitions for seller in (True, False))


@st.composite
def outcomes(draw):
    """An auction, a feasible choice and any payments, negative ones and too large ones among them."""
    goods = draw(st.integers(1, 3))
    supply = tuple(draw(st.lists(st.integers(1, 2), min_size=goods, max_size=goods)))
    units = st.lists(st.integers(0, 2), min_size=goods, max_size=goods).filter(any).map(tuple)
    values = st.one_of(st.integers(0, 9), st.fractions(0, 5, max_denominator=4))
    bids = st.lists(st.builds(PackageBid, units, values), max_size=3).map(tuple)
    made = draw(st.lists(st.tuples(bids, st.sampled_from(("xor", "or"))), min_size=1, max_size=4))
    sold = Auction(
        tuple("ABC"[:goods]), supply, tuple(Bidder(f"bidder {index}", *rest) for index, rest in enumerate(made))
    )
    tried = [
        tuple(draw(st.sampled_from([(), *[(place,) for place in range(len(bidder.bids))]])) for bidder in sold.bidders)
        for _ in range(2)
    ]
    choice = next((one for one in tried if sold.fault(one) is None), exhaustive(sold)[1])
    return sold, choice, tuple(draw(st.integers(-2, 6)) for _ in sold.bidders)


@settings(max_examples=150, deadline=None)
@given(outcomes())
def test_the_coalition_found_has_the_largest_excess_of_all(outcome):
    sold, choice, payments = outcome
    found = blocking(sold, choice, payments)
    largest = largest_excess(sold, choice, payments)
    if largest <= 0:
        assert found is None
        return
    assert found is not None
    gains = [sold.value(choice, index) - payment for index, payment in enumerate(payments)]
    assert found.excess == largest == excess(sold, gains, payments, found.coalition, found.seller)
    assert sold.fault(found.choice) is None
    assert {index for index, places in enumerate(found.choice) if places} <= {*found.coalition}
    assert not found.seller or sold.welfare(found.choice) == exhaustive(sold.without(*outside(sold, found)))[0]


def outside(sold, found):
    return [index for index in range(len(sold.bidders)) if index not in found.coalition]


def test_vcg_revenue_of_nothing_is_blocked_by_the_seller_and_the_loser():
    """Ausubel and Milgrom 2002: two bidders of one good each outbid a third for both, and pay nothing for it."""
    accepted = ((0,), (0,), ())
    assert clarke(TRIANGLE) == (0, 0, 0)
    assert blocking(TRIANGLE, accepted, (0, 0, 0)) == Blocking((2,), True, ((), (), (0,)), 1)
    assert blocking(TRIANGLE, accepted, (1, 0, 0)) is None


def test_a_bidder_that_pays_too_much_leaves_without_the_seller():
    assert blocking(auction("A", {"x": [("A", 3)]}), ((0,),), (5,)) == Blocking((0,), False, ((),), 2)


def test_the_gain_of_a_bidder_with_two_or_bids_is_counted_once():
    """It gains 4 by two bids of 3 at 2 together. Lowered one by one both would be worth nothing."""
    sold = auction("AB", {"both": [("A", 3), ("B", 3)]}, language="or")
    assert blocking(sold, ((0, 1),), (2,)) is None
    rival = Auction(sold.goods, sold.supply, (*sold.bidders, Bidder("rival", (PackageBid((1, 0), 4),))))
    found = blocking(rival, ((0, 1), ()), (2, 0))
    assert (found.seller, found.excess) == (True, 2)


def test_or_bids_that_are_too_many_to_join_are_refused_only_where_the_bidder_gains():
    goods = "ABCDEFGHI"
    sold = auction(goods, {"x": [(good, 2) for good in goods]}, language="or")
    everything = (tuple(range(MOST_JOINED + 1)),)
    with pytest.raises(Unsuited, match="bidder 'x' joins 9 bids by OR"):
        blocking(sold, everything, (1,))
    assert blocking(sold, everything, (18,)) is None


def test_what_is_no_outcome_is_refused():
    with pytest.raises(DomainError, match="not feasible"):
        blocking(TRIANGLE, ((0,), (), (0,)), (0, 0, 0))
    with pytest.raises(DomainError, match="2 payments, but 3 bidders"):
        blocking(TRIANGLE, ((), (), ()), (0, 0))


def test_a_spent_budget_is_said():
    cycle = auction("ABC", {"x": [("AB", 2)], "y": [("BC", 2)], "z": [("AC", 2)]})
    with pytest.raises(Undecided):
        blocking(cycle, ((), (), ()), (0, 0, 0), nodes=0)


@pytest.mark.parametrize("name", catalogue())
def test_clarke_pivots_are_the_payments_of_the_catalogue(name):
    """A bidder's payment depends on the choice where several are best, what it gains does not."""
    instance = read_instance(catalogue()[name].read_text(encoding="utf-8"))
    sold, expected = instance.auction, instance.expected
    best = optimum(sold)
    paid = clarke(sold)
    gains = [sold.value(best.choice, index) - payment for index, payment in enumerate(paid)]
    assert gains == [best.welfare - dynamic(sold.without(index)) for index in range(len(sold.bidders))]
    assert expected is None or sum(gains) == expected.welfare - sum(expected.payments)
