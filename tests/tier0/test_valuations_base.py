"""Valuations as tables: bids that say them, free disposal, marginal values."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.domains.packages import Bidder, PackageBid, auction
from verifier.domains.valuations import (
    MOST_GOODS,
    NotMonotone,
    Valuation,
    from_bids,
    marginal,
    require_free_disposal,
    to_bidder,
    valuation,
)
from verifier.domains.valuations.base import decrease, members, named
from verifier.domains.valuations.generators import general
from verifier.errors import DomainError, MoneyError


@st.composite
def bidders(draw: st.DrawFn, language: str) -> Bidder:
    goods = draw(st.integers(1, 4))
    row = st.lists(st.integers(0, 1), min_size=goods, max_size=goods).filter(any).map(tuple)
    bids = draw(st.lists(st.builds(PackageBid, row, st.integers(0, 9)), min_size=1, max_size=4))
    return Bidder("Ann", tuple(bids), language)


def best_accepted(bidder: Bidder, bundle: int) -> object:
    """Brute force over sets of accepted bids."""
    most = 1 if bidder.language == "xor" else len(bidder.bids)
    chosen = [pick for count in range(most + 1) for pick in combinations(bidder.bids, count)]
    goods = range(len(bidder.bids[0].units))
    fits = [pick for pick in chosen if all(sum(bid.units[g] for bid in pick) <= bundle >> g & 1 for g in goods)]
    return max(sum(bid.value for bid in pick) for pick in fits)


@given(st.sampled_from(["xor", "or"]).flatmap(bidders))
def test_a_bundle_is_worth_the_best_that_can_be_accepted_within_it(bidder: Bidder) -> None:
    worth = from_bids(bidder)
    assert list(worth.values) == [best_accepted(bidder, bundle) for bundle in range(1 << worth.goods)]
    assert decrease(worth) is None


@given(st.integers(1, 5), st.integers(0, 10**6))
def test_a_valuation_and_its_xor_bids_say_the_same(goods: int, seed: int) -> None:
    worth = general(goods, seed)
    bidder = to_bidder(worth, "Ann")
    if bidder.bids:  # a valuation of nothing but zeros has none
        assert from_bids(bidder) == worth
    else:
        assert not any(worth.values)


def test_only_bundles_that_add_something_are_bid_for() -> None:
    unit_demand = valuation(2, [0, 3, 5, 5].__getitem__)
    assert to_bidder(unit_demand, "Ann").bids == (PackageBid((1, 0), 3), PackageBid((0, 1), 5))


def test_a_marginal_value_is_what_a_good_adds() -> None:
    worth = valuation(2, ["0", "1.5", 1, 4].__getitem__)
    assert marginal(worth, 0b10, 0) == 3
    assert marginal(worth, 0b01, 1) == Fraction(5, 2)
    assert marginal(worth, 0b01, 0) == 0


def test_a_claim_of_free_disposal_that_fails_names_two_bundles() -> None:
    worth = valuation(3, [0, 2, 0, 2, 0, 1, 0, 2].__getitem__)
    with pytest.raises(NotMonotone, match=r"goods \{0\} are worth 2, but \{0, 2\} only 1") as caught:
        to_bidder(worth, "Ann")
    assert (caught.value.smaller, caught.value.larger) == (0b001, 0b101)


@given(st.lists(st.integers(0, 3), min_size=7, max_size=7))
def test_free_disposal_is_about_all_pairs_of_bundles(values: list[int]) -> None:
    worth = Valuation(3, (0, *values))
    pairs = [(small, large) for small in range(8) for large in range(8) if small & large == small]
    if any(worth[small] > worth[large] for small, large in pairs):
        with pytest.raises(NotMonotone) as caught:
            require_free_disposal(worth)
        assert caught.value.smaller & caught.value.larger == caught.value.smaller
        assert worth[caught.value.smaller] > worth[caught.value.larger]
    else:
        require_free_disposal(worth)


def test_bundles_are_written_as_sets() -> None:
    assert named(0) == "{}"
    assert named(0b1101) == "{0, 2, 3}"
    assert list(members(0b1101)) == [0, 2, 3]


@pytest.mark.parametrize(
    ("goods", "values", "message"),
    [
        (0, (0,), "a valuation of 0 goods"),
        (MOST_GOODS + 1, (0,), "1 to 16"),
        (True, (0, 1), "a valuation of True goods"),
        (2, (0, 1, 2), "3 values, but 2 goods have 4 bundles"),
        (1, (1, 1), "nothing is worth 1"),
        (1, (0, 0.5), r"goods \{0\}: the value 0.5 is not exact"),
        (1, (0, True), "the value True is not exact"),
    ],
)
def test_a_senseless_valuation_is_refused(goods: int, values: tuple[int, ...], message: str) -> None:
    with pytest.raises(DomainError, match=message):
        Valuation(goods, values)


def test_amounts_enter_by_the_door_for_money() -> None:
    with pytest.raises(MoneyError, match="binary float"):
        valuation(1, cast("list[int]", [0, 0.1]).__getitem__)
    with pytest.raises(DomainError, match="a valuation of 99 goods"):
        valuation(99, lambda _: 0)


@pytest.mark.parametrize(
    ("bidder", "message"),
    [
        (Bidder("Ann", ()), "no bids"),
        (auction({"A": 2}, {"Ann": [({"A": 2}, 1)]}).bidders[0], "several units"),
        (Bidder("Ann", (PackageBid((1,) * 17, 1),)), "17 goods"),
    ],
)
def test_bids_that_are_no_table_of_bundles_are_refused(bidder: Bidder, message: str) -> None:
    with pytest.raises(DomainError, match=message):
        from_bids(bidder)
