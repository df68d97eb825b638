"""The simultaneous ascending auction against VCG, which shares no step with it."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechanisms.auctions.simultaneous_ascending import ascending, exposed

VALUES = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.one_of(st.integers(0, 9), st.fractions(0, 3, max_denominator=3)), min_size=width, max_size=width),
        min_size=1,
        max_size=4,
    )
)


def best(values, absent=-1):
    """The best assignment by trying all: welfare."""
    rows = [row for index, row in enumerate(values) if index != absent]
    places = [*range(len(values[0])), *([None] * len(rows))]
    found = 0
    for items in set(permutations(places, len(rows))):
        found = max(found, sum(row[item] for row, item in zip(rows, items, strict=True) if item is not None))
    return found


@settings(max_examples=80, deadline=None)
@given(VALUES)
def test_the_final_prices_are_the_vcg_payments(values):
    found = ascending(values)
    got = [0 if item is None else values[index][item] for index, item in enumerate(found.items)]
    held = [item for item in found.items if item is not None]
    assert len(held) == len(set(held))
    assert sum(got) == best(values)
    for index, paid in enumerate(found.payments()):
        assert paid == best(values, index) - (best(values) - got[index])


@settings(max_examples=80, deadline=None)
@given(VALUES)
def test_nobody_would_rather_have_something_else_at_the_final_prices(values):
    found = ascending(values)
    for index, item in enumerate(found.items):
        gain = 0 if item is None else values[index][item] - found.prices[item]
        assert gain == max(0, *(value - price for value, price in zip(values[index], found.prices, strict=True)))
    for item, price in enumerate(found.prices):
        assert price == 0 or item in found.items


def test_the_example_with_three_items():
    """10 + 7 + 5 is best. Without bidder 0 the others have 9 + 8, with it 12: it pays 5; and bidder 1 pays 18 - 15."""
    found = ascending([[10, 6, 4], [9, 7, 3], [8, 8, 5]])
    assert found.items == (0, 1, 2)
    assert found.prices == (5, 3, 0)


def test_one_item_is_an_english_auction():
    found = ascending([[Fraction(5, 2)], [4], [Fraction(7, 2)]])
    assert (found.items, found.prices) == ((None, 0, None), (Fraction(7, 2),))


def test_nobody_and_nothing():
    assert ascending([]).items == ()
    assert ascending([[], []]).items == (None, None)
    assert ascending([[0, 0]]).items == (None,)


def test_senseless_values_are_refused():
    with pytest.raises(ValueError, match="bidder 1 values 1 items, the first one 2"):
        ascending([[1, 2], [1]])
    with pytest.raises(ValueError, match="bidder 0 has a negative value"):
        ascending([[-1]])


def test_whoever_needs_two_items_together_may_be_left_with_one():
    """Worth 10 together; rivals stop at 3 and at 20. It wins the first for 3, and the second passes what is left."""
    paid, gain = exposed(10, [3, 20])
    assert (paid, gain) == (3, -3)
    assert exposed(10, [3, 4]) == (7, 3)
    assert exposed(10, [50, 50]) == (0, 0)
