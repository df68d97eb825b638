"""Polynomials and quotients of them compute what fractions compute, and refuse what only a number can answer."""

from __future__ import annotations

import math
import pickle
from copy import deepcopy
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from verifier.engines.symbolic.nonlinear.explore import Explorer, Lost
from verifier.engines.symbolic.nonlinear.numbers import MOST_DEGREE, Quotient
from verifier.engines.symbolic.nonlinear.polynomials import Polynomial, Relation, relation
from verifier.engines.symbolic.nonlinear.solver import Solver
from verifier.engines.symbolic.numbers import REFUSALS, Linear, Unsupported
from verifier.engines.symbolic.oracle import OracleFailed

exactly = settings(derandomize=True, deadline=None)
X, Y = (Polynomial.linear([(v, 1)]) for v in (0, 1))
ONE = Polynomial.linear((), 1)
small = st.fractions(-3, 3, max_denominator=3)  # also whole ones, as Fractions
points = st.fixed_dictionaries({0: small, 1: small})
monomials = st.tuples(st.integers(0, 2), st.integers(0, 2)).map(lambda e: tuple((v, k) for v, k in enumerate(e) if k))
polynomials = st.dictionaries(monomials, small, max_size=4).map(Polynomial.of)


class At:
    """Answers comparisons as they are at one point."""

    def __init__(self, point):
        self.point = point

    def decide(self, asked):
        return asked.holds_at(self.point)


@exactly
@given(polynomials, polynomials, points, small)
def test_polynomials_add_and_multiply_like_their_values(one, two, point, factor):
    assert one.plus(two, factor).at(point) == one.at(point) + factor * two.at(point)
    assert one.times(two).at(point) == one.at(point) * two.at(point)
    assert one.scaled(factor).at(point) == one.at(point) * factor
    assert one.renamed({0: 1, 1: 0}).at(point) == one.at({0: point[1], 1: point[0]})


@exactly
@given(polynomials, polynomials)
def test_a_product_is_divided_by_its_factor(one, two):
    assume(two.terms)
    assert one.times(two).over(two) == one
    quotient = one.over(two)
    assert quotient is None or quotient.times(two) == one


def test_what_does_not_divide_does_not():
    assert X.over(Y) is None
    assert X.times(X).plus(Y.times(Y)).over(X.plus(Y)) is None
    assert X.times(X).plus(Y.times(Y), -1).over(X.plus(Y)) == X.plus(Y, -1)


@exactly
@given(polynomials, points, st.sampled_from(["<", "<=", "=", "!="]))
def test_a_relation_or_its_complement_holds(polynomial, point, how):
    made = relation(polynomial, how)
    value = polynomial.at(point)
    holds = {"<": value < 0, "<=": value <= 0, "=": value == 0, "!=": value != 0}[how]
    if isinstance(made, bool):
        assert made == holds
    else:
        assert made.holds_at(point) == holds != made.negated().holds_at(point)


FORMULAS = [
    lambda a, b: a / (a + b),
    lambda a, b: a * b / 2 - b * b / 3,
    lambda a, b: 1 / a + b / (a * a),
    lambda a, b: a**3 - 2 * b**-2 + (a - b) ** 0,
    lambda a, b: abs(a - b) / abs(b) + (a + 1) * (b - 1),
    lambda a, b: a / b / (b / a) + a * b / a,
    lambda a, b: (a * a - b * b) / (a - b) - -a + +b,
    lambda a, b: max(a * b, a, b) + min(a / b, 1),
    lambda a, b: sum(sorted([a * a, b, a * b])[:2], Fraction(1, 2)),
    lambda a, b: a * Decimal("0.5") if isinstance(a, Quotient) else a / 2,
    lambda a, b: 1 if a * a < b else 2 if a * a == b else 3 if b else 4,
    lambda a, b: a * True + (b > math.inf) - (b < -math.inf) + (b != math.inf),
]


@exactly
@given(points, st.sampled_from(FORMULAS))
def test_formulas_have_the_value_that_fractions_have(point, formula):
    numbers = Quotient(At(point), X), Quotient(At(point), Y)
    try:
        expected = formula(point[0], point[1])
    except ZeroDivisionError:
        with pytest.raises(ZeroDivisionError):
            formula(*numbers)
        return
    found = formula(*numbers)
    assert (found.at(point) if isinstance(found, Quotient) else found) == expected
    assert not isinstance(found, Quotient) or found.below.at(point) > 0


def test_a_share_of_the_total_is_an_amount_again():
    a, b = Quotient(At({0: 1, 1: 2}), X), Quotient(At({0: 1, 1: 2}), Y)
    assert (a / (a + b) + b / (a + b)).value() == 1
    assert ((a / (a + b)) * (a + b) - a).value() == 0
    assert (a / (a + b)).value() is None


def test_linear_forms_are_lifted_from_either_side():
    a, form = Quotient(At({0: 3, 1: 2}), X), Linear(None, {1: 1}, 1)
    assert [x.at({0: 3, 1: 2}) for x in (form * a, a * form, form - a, a - form)] == [9, 9, 0, 0]


@pytest.mark.parametrize(
    "ask",
    [
        float, int, hash, round, math.floor, math.ceil, math.trunc, str, repr, complex, math.sqrt,
        lambda a: a % 2, lambda a: 2 // a, lambda a: divmod(a, 2), lambda a: 2**a, lambda a: a**0.5,
        lambda a: a**Fraction(1, 2), lambda a: a ** (MOST_DEGREE + 1), lambda a: (a - a + 2) ** 100,
        lambda a: [1, 2][a], lambda a: f"{a:.2f}", lambda a: a + math.inf, lambda a: a * math.nan,
        lambda a: a * 0.5, lambda a: 0.5 - a, lambda a: np.float32(2) * a, lambda a: a & 1, lambda a: 1 << a,
        pickle.dumps, lambda a: a.numerator, lambda a: a.denominator == 1, lambda a: a.is_integer(), lambda a: a.real,
    ],
)  # fmt: skip
def test_what_only_a_number_answers_is_refused_and_remembered(ask):
    REFUSALS.clear()
    a = Quotient(At({0: 1, 1: 1}), X)
    with pytest.raises(Unsupported):
        ask(a)
    assert len(REFUSALS) == 1
    assert "nonlinear/numbers" not in REFUSALS[0]


def test_a_copy_asks_the_same_explorer():
    a = Quotient(At({0: 1, 1: 1}), X)
    assert deepcopy([a])[0] is a


def test_products_do_not_grow_for_ever():
    a, REFUSALS[:] = Quotient(At({0: 1, 1: 1}), X) + 1, []
    for _ in range(4):
        a = a * a
    with pytest.raises(Unsupported, match=f"a degree above {MOST_DEGREE}"):
        a * a


def at_most(polynomial):
    return Relation(polynomial, "<=")


def test_the_solver_finds_rational_points_and_impossible_sets():
    solver = Solver([0, 1])
    square = X.times(X)
    assert solver.find([at_most(square.plus(ONE))]) == (False, None)
    possible, point = solver.find([Relation(square.plus(ONE, -2), "="), Relation(X, "<")])
    assert (possible, point) == (True, None)  # only -sqrt(2)
    possible, point = solver.find([Relation(square.plus(Y, -1), "="), Relation(ONE.plus(X, -1), "<")])
    assert possible
    assert point[0] ** 2 == point[1] > 1


def test_a_rational_point_is_found_in_a_thin_set_around_an_irrational_one():
    square = X.times(X)
    thin = [Relation(Polynomial.linear((), 2).plus(square, -1), "<"), Relation(X.scaled(-1), "<")]
    thin.append(Relation(square.plus(Polynomial.linear((), 2 + Fraction(1, 10**6)), -1), "<"))
    possible, point = Solver([0, 1]).find(thin, simple=True)
    assert possible
    assert 2 < point[0] ** 2 < 2 + Fraction(1, 10**6)


def test_the_solver_gives_up_after_a_number_of_steps(monkeypatch):
    monkeypatch.setattr("verifier.engines.symbolic.nonlinear.solver.STEPS", 200)
    hard = [Relation(X.times(X).times(X).plus(Y.times(Y), -3).plus(X.times(Y), 7).plus(ONE, -5), "="),
            Relation(X.times(Y).times(Y).plus(ONE, 3), "<"), Relation(Y.times(X).times(X).plus(X), "!=")]  # fmt: skip
    with pytest.raises(OracleFailed, match="z3 gave up"):
        Solver([0, 1]).find(hard)
    monkeypatch.setattr("verifier.engines.symbolic.nonlinear.solver.MOST_QUERIES", 0)
    with pytest.raises(OracleFailed, match=r"more than 0 questions to the solver$"):
        Solver([0, 1]).find([])


def test_a_run_that_goes_another_way_is_noticed():
    explorer = Explorer((), Solver([0, 1]))
    explorer.start()
    assert explorer.decide(Relation(X, "<"))
    assert explorer.decide(Relation(X, "<"))
    assert not explorer.decide(Relation(X, "<").negated())
    assert explorer.advance()
    explorer.start()
    with pytest.raises(Lost):
        explorer.decide(Relation(Y, "<"))
    with pytest.raises(Lost):  # also where the subject swallowed the first one
        explorer.decide(Relation(X, "<"))
