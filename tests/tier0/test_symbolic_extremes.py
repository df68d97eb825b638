"""max and min while a subject runs: one exclusive and exhaustive choice, and Python's element at every point."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.engines.symbolic.extremes import symbolic_extremes
from verifier.engines.symbolic.numbers import Linear

values = st.lists(st.builds(Fraction, st.integers(0, 3), st.integers(1, 2)), min_size=3, max_size=3)  # ties are likely


class AtPoint:
    """Takes the option that holds at a point, and insists that there is just one."""

    def __init__(self, point):
        self.point = dict(enumerate(point))
        self.choices = 0

    def decide(self, half_space):
        return half_space.holds_at(self.point)

    def choose(self, options):
        self.choices += 1
        holding = [all(half_space.holds_at(self.point) for half_space in option) for option in options]
        assert sum(holding) == 1
        return holding.index(True)

    def bids(self):
        return [Linear(self, {v: 1}) for v in self.point]


CALLS = {
    "max of a list": lambda b: max(range(3), key=b.__getitem__),
    "min of a list": lambda b: min(range(3), key=b.__getitem__),
    "max of arguments": lambda b: max(0, 1, 2, key=lambda i: b[i]),
    "max of a generator": lambda b: b.index(max(bid for bid in b)),
    "max against a constant": lambda b: [max(1, bid) == bid for bid in b],
    "min against a fraction": lambda b: [min(bid, Fraction(1, 2)) == bid for bid in b],
    "max against a decimal": lambda b: [max(Decimal("1.5"), bid) == bid for bid in b],
    "max from minus infinity": lambda b: b.index(max([-math.inf, *b])),
    "min from infinity": lambda b: b.index(min([math.inf, *b])),
    "max of sums": lambda b: max(range(3), key=lambda i: 2 * b[i] - b[0] + i),
    "min of differences": lambda b: min(range(3), key=lambda i: abs(b[i] - b[1])),
    "max of pairs": lambda b: max((bid, i) for i, bid in enumerate(b))[1],
    "min of pairs": lambda b: min((-bid, i) for i, bid in enumerate(b))[1],
    "max with itself": lambda b: max(range(4), key=lambda i: b[i % 2]),
    "max of one": lambda b: max(range(1), key=lambda i: b[i]),
    "max with default": lambda b: max((i for i in range(3) if b[i] > 1), key=lambda i: b[i], default=None),
    "nested": lambda b: min(range(3), key=lambda i: max(b[i], b[0], 1)),
    "numbers only": lambda b: (max(3, 1), min([2, 5], default=0), max("ab"), max([[1], [2]], key=len)),
}


@pytest.mark.parametrize("name", CALLS)
@given(point=values)
def test_the_extreme_is_the_one_that_python_picks(name, point):
    at = AtPoint(point)
    with symbolic_extremes(at):
        found = CALLS[name](at.bids())
    assert found == CALLS[name](point)


def test_a_maximum_of_many_is_one_choice():
    at = AtPoint([Fraction(v) for v in (2, 1, 2)])
    with symbolic_extremes(at):
        assert max(range(3), key=at.bids().__getitem__) == 0
    assert at.choices == 1


def test_a_key_is_asked_once_for_each_element():
    asked = []
    at = AtPoint([Fraction(1)] * 3)
    bids = at.bids()
    for start in (0, -math.inf):  # with and without a choice
        with symbolic_extremes(at):
            max(range(3), key=lambda i, start=start: asked.append(i) or max(bids[i], start))
    assert asked == [0, 1, 2] * 2


@pytest.mark.parametrize("call", [lambda: max([]), lambda: min(()), lambda: max(3), lambda: max([1], key=1)])
def test_wrong_calls_fail_as_they_do_outside(call):
    with pytest.raises((ValueError, TypeError)) as outside:
        call()
    with symbolic_extremes(AtPoint([])), pytest.raises(outside.type):
        call()


def test_the_builtins_come_back():
    before = max, min, isinstance, type
    with pytest.raises(RuntimeError), symbolic_extremes(AtPoint([])):
        raise RuntimeError
    assert (max, min, isinstance, type) == before
