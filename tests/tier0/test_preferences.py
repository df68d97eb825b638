"""Valuations, relations, budgets and demand: conditions decided with witnesses, against theorems and closed forms."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechanisms.allocation.preferences.budgets import Budget, BudgetError
from mechanisms.allocation.preferences.demand import DemandCurve, from_values
from mechanisms.allocation.preferences.relations import not_complete, not_transitive, utility
from mechanisms.allocation.preferences.valuations import (
    Complementarity,
    additive,
    bundles,
    capped,
    marginal,
    not_monotone,
    not_submodular,
    saturating,
    unit_demand,
    with_synergies,
)

MOST = {"tokens": 3, "memory": 2}
RATES = st.fixed_dictionaries({name: st.integers(0, 5) for name in MOST})


@settings(max_examples=40, deadline=None)
@given(RATES, st.integers(0, 9))
def test_sums_maxima_and_caps_are_monotone_and_submodular(rates, budget):
    """Lehmann, Lehmann and Nisan 2006: additive and unit-demand valuations are; min with a constant keeps both."""
    for valuation in (additive(rates), unit_demand(rates), capped(additive(rates), budget)):
        assert not_monotone(valuation, MOST) is None
        assert not_submodular(valuation, MOST) is None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 2), st.integers(0, 5)), max_size=3))
def test_falling_rates_diminish_and_end_at_saturation(steps):
    steps = sorted(steps, key=lambda one: -one[1])
    valuation = saturating({"tokens": steps})
    assert not_submodular(valuation, {"tokens": 7}) is None
    units = [rate for count, rate in steps for _ in range(count)]
    for count in range(8):
        assert valuation({"tokens": count}) == sum(units[:count])
        assert marginal(valuation, {"tokens": count}, "tokens") == (units[count] if count < len(units) else 0)


def test_complements_are_worth_more_together_and_a_witness_shows_it():
    valuation = with_synergies(additive({"tokens": 1}), [Complementarity(("tokens", "memory"), 5)])
    assert valuation({"tokens": 2}) == 2
    assert valuation({"tokens": 2, "memory": 1}) == 7
    found = not_submodular(valuation, MOST)
    assert (found.bundle, found.added, found.after) == ({"tokens": 0, "memory": 0}, "tokens", "memory")
    assert found.excess == 5
    larger = {**found.bundle, found.after: found.bundle[found.after] + 1}
    assert marginal(valuation, larger, found.added) - marginal(valuation, found.bundle, found.added) == 5
    assert not_monotone(valuation, MOST) is None


def test_what_gets_worse_with_more_is_named():
    found = not_monotone(lambda bundle: 3 - bundle["tokens"] % 3, MOST)
    assert (found.bundle["tokens"], found.added, found.after, found.excess) == (0, "tokens", None, 1)


def test_submodular_on_units_is_submodular_on_sets():
    """The definition for sets of units, on the 2^4 sets of two units each."""
    most = {"a": 2, "b": 2}
    names = ["a", "a", "b", "b"]

    def counted(chosen):
        return {name: sum(one == name for one, here in zip(names, chosen, strict=True) if here) for name in most}

    for valuation in (capped(additive({"a": 2, "b": 3}), 6), lambda bundle: (bundle["a"] + bundle["b"]) ** 2):
        sets = list(product((0, 1), repeat=4))
        diminishing = all(
            valuation(counted([x | y for x, y in zip(one, other, strict=True)]))
            + valuation(counted([x & y for x, y in zip(one, other, strict=True)]))
            <= valuation(counted(one)) + valuation(counted(other))
            for one in sets
            for other in sets
        )
        assert diminishing == (not_submodular(valuation, most) is None)
    assert len(list(bundles(most))) == 9


def test_rising_rates_are_refused():
    with pytest.raises(ValueError, match="have to fall"):
        saturating({"tokens": [(1, 1), (1, 2)]})
    with pytest.raises(ValueError, match="not below 0"):
        saturating({"tokens": [(1, -1)]})
    with pytest.raises(ValueError, match="at least 1"):
        saturating({"tokens": [(-1, 5)]})


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=4))
def test_an_order_by_numbers_is_rational_and_gives_the_order_back(numbers):
    names = list(range(len(numbers)))
    weakly = {(one, other) for one in names for other in names if numbers[one] >= numbers[other]}
    found = utility(names, weakly)
    assert all((found[one] >= found[other]) == ((one, other) in weakly) for one in names for other in names)


@settings(max_examples=100, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 2), st.integers(0, 2))))
def test_witnesses_are_what_they_say_and_none_is_missed(weakly):
    names = [0, 1, 2]
    apart, chain = not_complete(names, weakly), not_transitive(names, weakly)
    compared = all((one, other) in weakly or (other, one) in weakly for one in names for other in names)
    assert (apart is None) == compared
    if apart is not None:
        assert apart not in weakly
        assert apart[::-1] not in weakly
    chains = [three for three in product(names, repeat=3) if three[:2] in weakly and three[1:] in weakly]
    assert (chain is None) == all((one, last) in weakly for one, _, last in chains)
    if apart is not None or chain is not None:
        with pytest.raises(ValueError, match=r"are not compared|which is as good as"):
            utility(names, weakly)


def test_condorcet_s_cycle_has_no_utility():
    ballots = [("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b")]
    weakly = {(one, one) for one in "abc"} | {
        (one, other)
        for one, other in permutations("abc", 2)
        if sum(ballot.index(one) < ballot.index(other) for ballot in ballots) >= 2
    }
    assert not_complete("abc", weakly) is None
    with pytest.raises(ValueError, match="which is as good as"):
        utility("abc", weakly)


def test_budgets_lend_currency_and_not_priority():
    budget = Budget(10, priority_tokens=1, credit_limit=5)
    assert (budget.spendable, budget.borrowed) == (15, 0)
    spent = budget.spend(14, 1)
    assert (spent.currency, spent.borrowed, spent.spendable, spent.priority_tokens) == (-4, 4, 1, 0)
    assert spent.earn(6, 2) == Budget(2, 2, 5)
    for call, complaint in (
        (lambda: spent.spend(2), "above 1"),
        (lambda: spent.spend(0, 1), "they are not lent"),
        (lambda: spent.spend(-1), "not negative"),
        (lambda: spent.earn(-1), "not negative"),
        (lambda: Budget(-6, credit_limit=5), "below the credit limit"),
        (lambda: Budget(0, credit_limit=-1), "at least 0"),
        (lambda: Budget(0.3), "no whole number"),
    ):
        with pytest.raises(BudgetError, match=complaint):
            call()


def test_demand_between_points_lies_on_lines():
    curve = DemandCurve([(2, 10), (4, 6), (6, 0)])
    assert [curve.quantity(price) for price in (0, 2, 3, 4, 5, 6, 7)] == [10, 10, 8, 6, 3, 0, 0]
    assert curve.elasticity(0, 1) == Fraction(-4, 16) / Fraction(2, 6) == Fraction(-3, 4)
    assert DemandCurve([(1, 0), (2, 0)]).elasticity() == 0


@settings(max_examples=40, deadline=None)
@given(st.fractions(1, 5), st.fractions(6, 9), st.fractions(1, 20))
def test_demand_of_constant_spending_has_an_elasticity_of_one_and_units_do_not_matter(low, high, spent):
    """Quantity spent / price: every arc has elasticity -1 by the midpoint formula."""
    curve = DemandCurve([(low, spent / low), (high, spent / high)])
    assert curve.elasticity() == -1
    assert DemandCurve([(7 * low, spent / low), (7 * high, spent / high)]).elasticity() == -1


def test_demand_of_values_counts_them():
    curve = from_values([3, 5, 5, 9])
    assert curve.points == ((3, 4), (5, 3), (9, 1))
    for points, complaint in (
        ([], "at least one point"),
        ([(2, 1), (2, 1)], "has to be behind"),
        ([(1, 1), (2, 2)], "at most 1"),
        ([(-1, 1)], "not negative"),
    ):
        with pytest.raises(ValueError, match=complaint):
            DemandCurve(points)
    with pytest.raises(ValueError, match="two ends"):
        curve.elasticity(1, 1)
