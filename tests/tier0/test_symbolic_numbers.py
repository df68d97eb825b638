"""Symbolic numbers compute what fractions compute, and refuse in the subject's line what only a number can answer."""

from __future__ import annotations

import copy
import math
import numbers
import operator
import pickle
import statistics
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.adapters import Subject
from verifier.domains import parse_domain
from verifier.engines.symbolic.explore import Exploration, Stopped, explore
from verifier.engines.symbolic.numbers import REFUSALS, Linear, Unsupported
from verifier.engines.symbolic.oracle import Oracle
from verifier.spec import SubjectSpec

amounts = st.builds(Fraction, st.integers(-8, 8), st.integers(1, 4))
points = st.lists(amounts, min_size=3, max_size=3)


class AtPoint:
    """Decides as numbers at a point would."""

    def __init__(self, values):
        self.point = dict(enumerate(values))

    def decide(self, half_space):
        return half_space.holds_at(self.point)

    def bids(self):
        return [Linear(self, {v: 1}) for v in self.point]

    def value(self, number):
        if not isinstance(number, Linear):
            return number
        return number.constant + sum(c * self.point[v] for v, c in number.coefficients.items())


# an expression is a function of bids, so that it can be applied to numbers and to symbols
leaves = st.one_of(
    st.integers(0, 2).map(lambda i: lambda bids: bids[i]),
    st.one_of(st.integers(-3, 3), amounts).map(lambda constant: lambda bids: constant),
)


def combined(parts):
    binary = st.sampled_from([operator.add, operator.sub, max, min])
    unary = st.sampled_from([operator.neg, operator.pos, abs])
    factors = st.one_of(st.integers(-3, 3), amounts)
    return st.one_of(
        st.tuples(binary, parts, parts).map(lambda t: lambda bids: t[0](t[1](bids), t[2](bids))),
        st.tuples(unary, parts).map(lambda t: lambda bids: t[0](t[1](bids))),
        st.tuples(factors, parts).map(lambda t: lambda bids: t[0] * t[1](bids)),
        st.tuples(factors.filter(bool), parts).map(lambda t: lambda bids: t[1](bids) / Fraction(t[0])),
        st.lists(parts, max_size=3).map(lambda many: lambda bids: sum(part(bids) for part in many)),
    )


expressions = st.recursive(leaves, combined, max_leaves=8)


@given(expressions, points)
def test_arithmetic_is_that_of_fractions_at_every_point(expression, values):
    at = AtPoint(values)
    assert at.value(expression(at.bids())) == expression(values)


@given(expressions, expressions, points)
def test_comparisons_are_those_of_fractions_at_every_point(left, right, values):
    at = AtPoint(values)
    one, other = left(at.bids()), right(at.bids())
    for compare in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne):
        assert compare(one, other) is compare(left(values), right(values))
    assert bool(one) is bool(left(values))


@given(points, st.integers(-4, 4))
def test_other_kinds_of_numbers_stand_on_both_sides_of_a_comparison(values, whole):
    at = AtPoint(values)
    bid, value = at.bids()[0], values[0]
    kinds = (int, Fraction, Decimal, float, np.int64, np.float64)
    for kind in kinds:
        assert [bid < kind(whole), bid <= kind(whole), bid == kind(whole)] == [
            value < whole, value <= whole, value == whole
        ]  # fmt: skip
        assert [kind(whole) < bid, kind(whole) >= bid, kind(whole) != bid] == [
            whole < value, whole >= value, whole != value
        ]  # fmt: skip


@given(points, st.integers(-4, 4))
def test_exact_constants_stand_on_both_sides_of_arithmetic(values, whole):
    at = AtPoint(values)
    bid, value = at.bids()[0], values[0]
    for kind in (int, Fraction, Decimal, np.int64):
        constant = kind(whole)
        results = (bid + constant, constant + bid, bid - constant, constant - bid, bid * constant, constant * bid)
        expected = (value + whole, value + whole, value - whole, whole - value, value * whole, value * whole)
        assert tuple(map(at.value, results)) == expected


def test_infinities_and_nan_compare_as_they_do_with_numbers():
    (bid,) = AtPoint([Fraction(3)]).bids()
    assert -math.inf < bid < math.inf
    assert bid > -math.inf
    assert not bid >= math.inf
    assert bid not in (math.inf, -math.inf)
    assert bid != math.inf
    nan = math.nan
    assert [bid < nan, bid <= nan, bid > nan, bid >= nan, bid == nan, bid != nan] == [False] * 5 + [True]


def test_a_symbol_never_equals_what_is_no_number():
    (bid,) = AtPoint([Fraction(0)]).bids()
    assert bid != "0"
    assert bid is not None
    assert bid != None  # noqa: E711  what a subject may write
    assert bid != [0]
    with pytest.raises(TypeError):
        bid < "0"  # noqa: B015


def test_copies_are_the_symbol_itself():
    at = AtPoint([Fraction(1), Fraction(2)])
    bids = at.bids()
    assert copy.copy(bids[0]) is bids[0]
    assert copy.deepcopy({"bids": bids})["bids"][1] is bids[1]


def explored(run, agents=2, **spec):
    """What exploration makes of a subject; the solver is not asked."""
    domain = parse_domain({"kind": "single-item", "agents": agents, "values": "0..1"})
    steps = explore(Subject(SubjectSpec("subject:run", **spec), domain, run), Oracle(), 100)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


CONTEXTS = {
    "if": lambda b: 1 if b else 0,
    "not": lambda b: int(not b),
    "and": lambda b: int(bool(b and True)),
    "any": lambda b: int(any([b])),
    "all": lambda b: int(all([b])),
    "filter": lambda b: len(list(filter(None, [b]))),
    "assert": lambda b: int(b >= 0),
}


@pytest.mark.parametrize("name", CONTEXTS)
def test_a_truth_value_asks_whether_the_bid_is_zero(name):
    found = explored(lambda bids: ([0, 0], [CONTEXTS[name](bids[0]), 0]))
    assert isinstance(found, Exploration)
    assert len(found.paths) == (1 if name == "assert" else 2)
    for path in found.paths:
        assert path.payments[0] == ((), CONTEXTS[name](path.point[0]))


ASKED = {
    "float": lambda b: float(b),
    "int": lambda b: int(b),
    "complex": lambda b: complex(b),
    "hash": lambda b: hash(b),
    "set": lambda b: {b},
    "dict key": lambda b: {b: 1},
    "hash of a tuple": lambda b: hash((b, 0)),
    "round": lambda b: round(b),
    "round to digits": lambda b: round(b, 2),
    "floor": lambda b: math.floor(b),
    "ceil": lambda b: math.ceil(b),
    "trunc": lambda b: math.trunc(b),
    "sqrt": lambda b: math.sqrt(b),
    "isnan": lambda b: math.isnan(b),
    "floor division": lambda b: b // 2,
    "floor division of": lambda b: 7 // b,
    "remainder": lambda b: b % 2,
    "remainder of": lambda b: 7 % b,
    "divmod": lambda b: divmod(b, 1),
    "divmod of": lambda b: divmod(7, b),
    "power": lambda b: b**2,
    "power of": lambda b: 2**b,
    "pow": lambda b: pow(b, 2),
    "product": lambda b: b * b,
    "quotient": lambda b: b / (b + 1),
    "reciprocal": lambda b: 1 / b,
    "half, which is a double": lambda b: b / 2,
    "quotient by a constant form": lambda b: b / (b - b + 2),
    "str": lambda b: str(b),
    "repr": lambda b: repr(b),
    "format": lambda b: f"{b:.2f}",
    "print": lambda b: print(b),
    "index": lambda b: [1, 2][b],
    "range": lambda b: range(b),
    "repetition": lambda b: [0] * b,
    "bits": lambda b: b & 1,
    "bits of": lambda b: 1 | b,
    "shift": lambda b: b << 1,
    "invert": lambda b: ~b,
    "numerator": lambda b: b.numerator,
    "hasattr": lambda b: hasattr(b, "denominator"),
    "is_integer": lambda b: b.is_integer(),
    "as_integer_ratio": lambda b: b.as_integer_ratio(),
    "pickle": lambda b: pickle.dumps(b),
    "isinstance": lambda b: isinstance(b, int),
    "isinstance of several": lambda b: isinstance(b, int | Fraction),
    "number": lambda b: isinstance(b, numbers.Number),
    "type": lambda b: type(b),
    "fraction": lambda b: Fraction(b),
    "mean": lambda b: statistics.mean([b, b]),
    "double": lambda b: b * 0.5,
    "double zero": lambda b: sum([b], 0.0),
    "numpy double": lambda b: np.float64(0.5) * b,
    "infinity": lambda b: b + math.inf,
    "decimal infinity": lambda b: b < Decimal("Infinity"),
    "numpy floats": lambda b: np.array([b], dtype=float),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_only_a_number_can_answer_ends_the_exploration_at_the_line_that_asks(name):
    ask = ASKED[name]

    def run(bids):
        ask(bids[0])
        return [1, 0], [0, 0]

    found = explored(run)
    assert isinstance(found, Stopped)
    assert "line " in found.reason
    if name not in ("mean", "fraction"):  # there a library asks
        assert f"line {ask.__code__.co_firstlineno}: " in found.reason


@pytest.mark.parametrize("name", ASKED)
def test_a_swallowed_refusal_is_a_refusal_all_the_same(name):
    def run(bids):
        try:
            ASKED[name](bids[0])
            return [1, 0], [bids[0], 0]
        except:  # noqa: E722  as subjects do
            return [1, 0], [0, 0]

    found = explored(run)
    assert isinstance(found, Stopped)
    assert "line " in found.reason


def test_a_refusal_is_remembered_and_raised():
    REFUSALS.clear()
    (bid,) = AtPoint([Fraction(1)]).bids()
    with pytest.raises(Unsupported, match="the product of two symbolic numbers"):
        bid * bid
    assert len(REFUSALS) == 1
    REFUSALS.clear()


ANSWERED = {
    "a list": lambda b: isinstance(b, list | tuple),
    "a text": lambda b: isinstance(b, str),
    "absent": lambda b: b is None,
    "its kind": lambda b: type([b]) is list and isinstance(type("Made", (), {})(), object) and isinstance(int, type),
}


@pytest.mark.parametrize("name", ANSWERED)
def test_what_all_kinds_of_numbers_answer_alike_is_answered(name):
    found = explored(lambda bids: ([int(ANSWERED[name](bids[0])), 0], [0, 0]))
    assert isinstance(found, Exploration)
    assert found.paths[0].consumptions[0] == (int(ANSWERED[name](1)),)


def test_the_builtins_are_back_after_a_run_that_fails():
    before = max, min, isinstance, type

    def run(bids):
        max(bids)
        raise RuntimeError("gives up")

    assert isinstance(explored(run), Stopped)
    assert (max, min, isinstance, type) == before


@pytest.mark.parametrize("kind", ["float", "decimal"])
def test_subjects_that_want_doubles_or_decimals_are_not_explored(kind):
    assert isinstance(explored(lambda bids: ([1, 0], [0, 0]), numbers=kind), Stopped)
