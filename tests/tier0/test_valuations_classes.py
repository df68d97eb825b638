"""Classes of valuations against their definitions, known examples, each other, and the meaning in prices."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.domains.valuations import (
    CLASSES,
    GENERATORS,
    Failure,
    Valuation,
    demand,
    failure,
    holds_up,
    marginal,
    valuation,
)
from verifier.domains.valuations.base import members
from verifier.errors import DomainError

HIERARCHY = [  # every member of the first is one of the second
    ("unit-demand", "gross-substitutes"),
    ("additive", "gross-substitutes"),
    ("gross-substitutes", "submodular"),
    ("additive", "supermodular"),
]
SMALL = st.integers(1, 4).flatmap(
    lambda goods: st.lists(st.integers(-2, 4), min_size=2**goods - 1, max_size=2**goods - 1).map(
        lambda values: Valuation(goods, (0, *values))
    )
)
MIXED = st.one_of(
    SMALL,
    st.builds(
        lambda kind, goods, seed: GENERATORS[kind](goods, seed),
        st.sampled_from(sorted(GENERATORS)),
        st.integers(1, 4),
        st.integers(0, 999),
    ),
)


def additive_sum(worth: Valuation, bundle: int) -> object:
    return sum(worth[1 << good] for good in members(bundle))


def by_definition(worth: Valuation, kind: str) -> bool:
    """Each class over all pairs of bundles, not only over the neighbours that the module looks at."""
    bundles = range(1 << worth.goods)
    if kind == "general":
        return all(worth[s] <= worth[t] for s in bundles for t in bundles if s & t == s)
    if kind == "unit-demand":
        return all(worth[s] == max([0, *(worth[1 << good] for good in members(s))]) for s in bundles)
    if kind == "additive":
        return all(worth[s | t] == worth[s] + worth[t] for s in bundles for t in bundles if not s & t)
    if kind == "submodular":
        return all(worth[s | t] + worth[s & t] <= worth[s] + worth[t] for s in bundles for t in bundles)
    if kind == "supermodular":
        return all(worth[s | t] + worth[s & t] >= worth[s] + worth[t] for s in bundles for t in bundles)
    return all(exchanges(worth, x, y, 1 << i) for x in bundles for y in bundles for i in members(x & ~y))


def exchanges(worth: Valuation, x: int, y: int, i: int) -> bool:
    swaps = [worth[x - i + (1 << j)] + worth[y + i - (1 << j)] for j in members(y & ~x)]
    return worth[x] + worth[y] <= max([worth[x - i] + worth[y + i], *swaps])


@pytest.mark.parametrize("kind", sorted(CLASSES))
@given(MIXED)
def test_a_class_is_what_its_definition_says(kind: str, worth: Valuation) -> None:
    found = failure(worth, kind)
    assert (found is None) == by_definition(worth, kind)
    assert found is None or holds_up(worth, found)


@pytest.mark.parametrize("kind", sorted(CLASSES))
@pytest.mark.parametrize("goods", [1, 2, 3, 5])
def test_a_generator_makes_members_of_its_class_with_free_disposal(kind: str, goods: int) -> None:
    for seed in range(20):
        worth = GENERATORS[kind](goods, seed)
        assert failure(worth, kind) is None
        assert failure(worth, "general") is None
        assert worth == GENERATORS[kind](goods, seed)
    assert len({GENERATORS[kind](goods, seed) for seed in range(20)}) > 5


@pytest.mark.parametrize(("narrow", "wide"), HIERARCHY)
@given(MIXED)
def test_a_narrow_class_lies_within_a_wide_one(narrow: str, wide: str, worth: Valuation) -> None:
    if failure(worth, narrow) is None:
        assert failure(worth, wide) is None


@pytest.mark.parametrize(("narrow", "wide"), HIERARCHY)
def test_a_wide_class_has_members_outside_the_narrow_one(narrow: str, wide: str) -> None:
    made = [GENERATORS[wide](4, seed) for seed in range(30)]
    assert any(failure(worth, narrow) is not None for worth in made)


def substitutes_in_prices(worth: Valuation, grid: range) -> bool:
    """Kelso and Crawford: when some prices rise, what was asked for at an unchanged price is asked for still.

    Raising one price at a time, from any prices, by any step of the grid.
    """
    for prices in product(grid, repeat=worth.goods):
        before = demand(worth, prices)
        for good in range(worth.goods):
            for dearer in (price for price in grid if price > prices[good]):
                after = demand(worth, (*prices[:good], dearer, *prices[good + 1 :]))
                for bundle in before:
                    kept = bundle & ~(1 << good)
                    if not any(kept & other == kept for other in after):
                        return False
    return True


@pytest.mark.parametrize("kind", sorted(GENERATORS))
def test_the_exchange_condition_and_the_meaning_in_prices_agree(kind: str) -> None:
    seen = 0
    for seed in range(10):
        small = GENERATORS[kind](3, seed, 2)
        worth = valuation(3, lambda bundle, small=small: 2 * small[bundle])  # whole prices fall between the values too
        if max(marginal(worth, bundle, good) for bundle in range(8) for good in range(3)) > 8:
            continue  # the grid of prices would be too short
        seen += 1
        assert substitutes_in_prices(worth, range(10)) == (failure(worth, "gross-substitutes") is None)
    assert seen > 3


def table(*values: int) -> Valuation:
    return Valuation(len(values).bit_length() - 1, values)


# goods 0, 1, 2 cover {x, y}, {x, z}, {y, w}: coverage, so submodular; but 0 is a substitute of both others at once
COVERAGE = valuation(3, lambda s: len(set().union(*(["xy", "xz", "yw"][good] for good in members(s)))))
BUDGET = valuation(3, lambda s: min(2, sum((1, 1, 2)[good] for good in members(s))))  # a sum with a cap of 2
RANK = valuation(4, lambda s: min(2, s.bit_count()))  # uniform matroid
COMPLEMENTS = table(0, 0, 0, 1)


@pytest.mark.parametrize(
    ("worth", "classes"),
    [
        (COVERAGE, {"general", "submodular"}),
        (BUDGET, {"general", "submodular"}),
        (RANK, {"general", "submodular", "gross-substitutes"}),
        (COMPLEMENTS, {"general", "supermodular"}),
        (table(0, 2, 3, 5), {"general", "submodular", "gross-substitutes", "supermodular", "additive"}),
        (table(0, 2, 3, 3), {"general", "submodular", "gross-substitutes", "unit-demand"}),
        (table(0, 2, 3, 1), {"submodular", "gross-substitutes"}),
        (table(0, 0), set(CLASSES)),
        (table(0, -1), {"additive", "submodular", "supermodular", "gross-substitutes"}),
    ],
    ids=["coverage", "budget", "rank", "complements", "sum", "best", "nuisance", "nothing", "waste"],
)
def test_known_examples_are_in_the_classes_that_they_are_known_for(worth: Valuation, classes: set[str]) -> None:
    assert {kind for kind in CLASSES if failure(worth, kind) is None} == classes


def test_a_sum_with_a_cap_names_the_exchange_that_fails() -> None:
    found = failure(BUDGET, "gross-substitutes")
    assert found == Failure("gross-substitutes", (0b011, 0b100), (0,), 4, 3)
    assert str(found) == "not gross-substitutes: at {0, 1} and {2}, goods 0 it should be that 4 <= 3"


@given(SMALL, st.sampled_from(sorted(CLASSES)))
def test_a_failure_with_other_amounts_does_not_hold_up(worth: Valuation, kind: str) -> None:
    found = failure(worth, kind)
    if found is not None:
        assert not holds_up(worth, replace(found, left=found.left + 1))
        assert not holds_up(worth, replace(found, bundles=(1 << worth.goods, *found.bundles[1:])))
        assert not holds_up(worth, replace(found, goods=(*found.goods, 0)))
        assert not holds_up(worth, replace(found, kind="no such class"))


@pytest.mark.parametrize(
    "made_up",
    [
        Failure("submodular", (0b01,), (0, 1), 1, 0),
        Failure("submodular", (0b00,), (1, 1), 1, 0),
        Failure("submodular", (0b00,), (0, 2), 1, 0),
        Failure("gross-substitutes", (0b01, 0b01), (0,), 1, 0),
        Failure("gross-substitutes", (0b10, 0b01), (0,), 1, 0),
        Failure("additive", (0b01,), (), 0, 0),
    ],
)
def test_a_failure_that_is_none_does_not_hold_up(made_up: Failure) -> None:
    assert not holds_up(COMPLEMENTS, made_up)


def test_an_unknown_class_is_named() -> None:
    with pytest.raises(DomainError, match="did you mean 'additive'"):
        failure(RANK, "aditive")
