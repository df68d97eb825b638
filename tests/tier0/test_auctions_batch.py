"""The vectorised twin gives what the scalar code gives, row by row, and refuses what int64 cannot hold."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from mechanisms.auctions.single_item import second_price


@pytest.mark.parametrize("agents", [1, 2, 3])
@pytest.mark.parametrize("reserve", [0, 2, 5])
def test_batch_equals_scalar_on_a_whole_grid(agents, reserve):
    profiles = list(product(range(5), repeat=agents))
    allocation, payments = second_price.run_batch(np.array(profiles, dtype=np.int64), reserve=reserve)
    assert allocation.dtype == payments.dtype == np.int64
    scalar = [second_price(list(profile), reserve) for profile in profiles]
    assert [(list(won), list(paid)) for won, paid in zip(allocation.tolist(), payments.tolist(), strict=True)] == scalar


def test_the_reserve_is_optional():
    allocation, payments = second_price.run_batch(np.array([[10, 8, 5]]))
    assert (allocation.tolist(), payments.tolist()) == ([[1, 0, 0]], [[8, 0, 0]])


def test_the_callers_array_is_left_alone():
    bids = np.array([[10, 8, 5], [1, 1, 1]])
    second_price.run_batch(bids, reserve=2)
    assert bids.tolist() == [[10, 8, 5], [1, 1, 1]]


@pytest.mark.parametrize("shape", [(0, 3), (2, 0)])
def test_no_profiles_and_no_bidders(shape):
    allocation, payments = second_price.run_batch(np.zeros(shape, dtype=np.int64), reserve=1)
    assert allocation.shape == payments.shape == shape


def test_a_fractional_reserve_is_refused_not_rounded():
    with pytest.raises(TypeError):
        second_price.run_batch(np.array([[10, 8, 5]]), reserve=Fraction(5, 2))


def test_amounts_near_the_end_of_int64_do_not_wrap():
    top = 2**63 - 1
    allocation, payments = second_price.run_batch(np.array([[top, top - 1]]), reserve=top)
    assert (allocation.tolist(), payments.tolist()) == ([[1, 0]], [[top, 0]])
