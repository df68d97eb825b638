"""Exact tensors: every operation equals the same operation on Fractions, also past the range of int64."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.tensor import Tensor

AMOUNTS = st.fractions() | st.integers(-(2**70), 2**70) | st.sampled_from([2**31, 2**62, 2**63, -(2**63), 2**64])


def amounts_of(tensor: Tensor) -> list[Fraction]:
    return [Fraction(int(number), tensor.denominator) for number in tensor.numerators.reshape(-1)]


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=6))
def test_arithmetic_equals_arithmetic_on_fractions(pairs):
    left, right = zip(*pairs, strict=True)
    a, b = Tensor.of(left, (len(pairs),)), Tensor.of(right, (len(pairs),))
    assert amounts_of(a + b) == [x + y for x, y in pairs]
    assert amounts_of(a - b) == [x - y for x, y in pairs]
    assert amounts_of(a * b) == [x * y for x, y in pairs]
    assert amounts_of(abs(a)) == [abs(x) for x in left]
    assert (a - b).least() == min(x - y for x, y in pairs)


@given(st.lists(AMOUNTS, min_size=1, max_size=6), AMOUNTS)
def test_scalars_combine_from_both_sides(amounts, scalar):
    tensor = Tensor.of(amounts, (len(amounts),))
    assert amounts_of(scalar + tensor) == [scalar + x for x in amounts]
    assert amounts_of(scalar - tensor) == [scalar - x for x in amounts]
    assert amounts_of(scalar * tensor) == [scalar * x for x in amounts]
    assert tensor.below(scalar).tolist() == [x < scalar for x in amounts]


@given(st.lists(AMOUNTS, min_size=1, max_size=4), st.integers(1, 5))
def test_a_long_sum_never_overflows(amounts, rounds):
    total = exact = 0
    tensor = Tensor.of(amounts, (len(amounts),))
    for _ in range(rounds):
        total = total + tensor * tensor
        exact = [x * x * (1 + i) for i, x in [(_, x) for x in amounts]]
    assert amounts_of(total) == exact


def test_small_numbers_stay_in_int64_and_large_ones_leave_it():
    small = Tensor.of([1, 2, 3], (3,))
    assert small.numerators.dtype == np.int64
    huge = small * (2**61)
    assert huge.numerators.dtype == object
    assert amounts_of(huge) == [2**61, 2**62, 3 * 2**61]


def test_a_product_of_int64_tensors_that_would_wrap_around_is_exact():
    big = Tensor.of([2**40, -(2**40)], (2,))
    assert amounts_of(big * big) == [2**80, 2**80]


def test_floats_are_refused():
    with pytest.raises(TypeError, match="float"):
        Tensor.of([1], (1,)) + 0.5
