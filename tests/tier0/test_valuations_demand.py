"""Demand sets, demand curves and synergies, against numbers worked by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.domains.valuations import Complementarity, DemandCurve, Valuation, demand, failure, with_synergies
from verifier.errors import DomainError
from verifier.exact import Money

CURVE = DemandCurve(((2, 10), (4, 6), (7, 0)))


def test_the_demand_set_holds_every_best_bundle() -> None:
    worth = Valuation(2, (0, 3, 5, 6))
    assert demand(worth, (0, 0)) == (0b11,)
    assert demand(worth, (1, 3)) == (0b01, 0b10, 0b11)
    assert demand(worth, (1, 4)) == (0b01,)
    assert demand(worth, (9, 9)) == (0,)
    with pytest.raises(DomainError, match="1 prices, but 2 goods"):
        demand(worth, (1,))


@pytest.mark.parametrize(
    ("price", "step", "linear"),
    [
        (0, 10, 10),
        (2, 10, 10),
        (3, 6, 8),
        (Fraction(7, 2), 6, 7),
        (4, 6, 6),
        (5, 0, 4),
        (7, 0, 0),
        (8, 0, 0),
    ],
)
def test_a_quantity_is_read_off_by_steps_or_lines(price: Money, step: Money, linear: Money) -> None:
    assert CURVE.quantity(price) == step
    assert CURVE.quantity(price, "linear") == linear


def test_arc_elasticity_is_exact() -> None:
    assert CURVE.elasticity(0, 1) == Fraction(-4, 16) / Fraction(2, 6)
    assert CURVE.elasticity(1, 2) == Fraction(-11, 3)
    assert DemandCurve(((1, 5), (3, 5))).elasticity(0, 1) == 0
    assert DemandCurve(((1, 6), (2, 3), (3, 2))).elasticity(0, 1) == -1  # revenue 6 throughout: unit elastic


@given(st.lists(st.integers(0, 20), min_size=2, max_size=6), st.integers(0, 40), st.sampled_from(["step", "linear"]))
def test_nobody_asks_for_more_at_a_higher_price(falls: list[int], half: int, join: str) -> None:
    total = sum(falls)
    points = tuple((place, total - sum(falls[:place])) for place in range(len(falls)))
    curve = DemandCurve(points)
    assert curve.quantity(Fraction(half, 2), join) >= curve.quantity(Fraction(half + 1, 2), join)
    assert all(curve.quantity(price, join) == quantity for price, quantity in points)
    if points[-1][1]:
        assert all(curve.elasticity(place, place + 1) <= 0 for place in range(len(points) - 1))


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ((), "at least one point"),
        (((1, 2), (1, 1)), "prices of a demand curve must increase"),
        (((1, 2), (2, 3)), "3 units are asked for at 2, but only 2"),
        (((-1, 2),), "is negative"),
        (((1, -2),), "is negative"),
    ],
)
def test_a_senseless_curve_is_refused(points: tuple[tuple[int, int], ...], message: str) -> None:
    with pytest.raises(DomainError, match=message):
        DemandCurve(points)


def test_questions_without_an_answer_are_refused() -> None:
    with pytest.raises(DomainError, match="did you mean 'linear'"):
        CURVE.quantity(3, "liner")
    with pytest.raises(DomainError, match="the same price"):
        CURVE.elasticity(1, 1)
    with pytest.raises(DomainError, match="nothing is asked for"):
        DemandCurve(((1, 0), (2, 0))).elasticity(0, 1)


def test_a_synergy_is_for_whoever_has_all_of_its_goods() -> None:
    worth = with_synergies([1, "0.5", 2], [Complementarity(0b011, 4), Complementarity(0b111, 10)])
    assert worth.values == (0, 1, Fraction(1, 2), Fraction(11, 2), 2, 3, Fraction(5, 2), Fraction(35, 2))


@given(
    st.lists(st.integers(0, 9), min_size=3, max_size=3),
    st.lists(st.builds(Complementarity, st.sampled_from([3, 5, 6, 7]), st.integers(0, 9)), max_size=3),
)
def test_positive_synergies_make_a_supermodular_valuation(single: list[int], synergies: list[Complementarity]) -> None:
    worth = with_synergies(single, synergies)
    assert failure(worth, "supermodular") is None
    some = any(synergy.synergy for synergy in synergies)
    assert (failure(worth, "gross-substitutes") is None) == (not some)


@pytest.mark.parametrize("bundle", [0, 0b001, 0b1001, -1])
def test_a_synergy_takes_two_goods_that_are_there(bundle: int) -> None:
    with pytest.raises(DomainError, match="it takes two or more of the goods 0 to 2"):
        with_synergies([1, 1, 1], [Complementarity(bundle, 1)])
