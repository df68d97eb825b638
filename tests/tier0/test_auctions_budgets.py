"""Second price with budgets, by hand."""

from __future__ import annotations

from itertools import product

from mechanisms.auctions.budgets import capped, discounted


def test_a_bid_counts_up_to_the_budget():
    assert capped([9, 5, 3], [4, 9, 9]) == ([0, 1, 0], [0, 4, 0])
    assert capped([7], [2]) == ([1], [0])


def test_a_discount_is_what_the_budget_leaves():
    assert discounted([9, 5, 3], [4, 9, 9]) == ([1, 0, 0], [4, 0, 0])
    assert discounted([9, 5, 3], [6, 9, 9]) == ([1, 0, 0], [5, 0, 0])


def test_with_ample_budgets_both_are_the_second_price_auction():
    for bids in product(range(4), repeat=3):
        second = sorted(bids)[-2]
        winner = bids.index(max(bids))
        expected = ([int(i == winner) for i in range(3)], [second if i == winner else 0 for i in range(3)])
        assert capped(bids, [9] * 3) == discounted(bids, [9] * 3) == expected


def test_nobody_pays_more_than_its_budget():
    for bids in product(range(5), repeat=3):
        for rule in (capped, discounted):
            assert all(paid <= budget for paid, budget in zip(rule(bids, [1, 2, 9])[1], [1, 2, 9], strict=True))
