"""Shrinking: what comes out is still bad, cannot be lowered anywhere, and is the same each time."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import StudyError
from verifier.statistics.shrinking import shrink

NUMBERS = st.lists(st.integers(-200, 200), min_size=1, max_size=4)


def test_a_bad_ratio_shrinks_to_numbers_that_one_can_work_by_hand() -> None:
    def bad(instance: object) -> bool:
        assert isinstance(instance, dict)
        best, reached = instance["best"], instance["reached"]
        return bool(reached) and Fraction(best, reached) >= Fraction(6, 5)

    found = shrink({"best": 96_000, "reached": 80_000, "title": "ties", "open": True}, bad)
    assert found.instance == {"best": 2, "reached": 1, "title": "ties", "open": True}
    assert found.minimal


@given(NUMBERS, st.integers(1, 300))
def test_nothing_in_the_result_can_be_moved_towards_zero(numbers: list[int], bar: int) -> None:
    def bad(instance: object) -> bool:
        assert isinstance(instance, list)
        return sum(map(abs, instance)) % 7 == size % 7 and sum(map(abs, instance)) >= min(bar, size)

    size = sum(map(abs, numbers))
    found = shrink(numbers, bad)
    assert found.minimal
    assert bad(found.instance)
    assert isinstance(found.instance, list)
    for place, number in enumerate(found.instance):
        if number:
            for smaller in (0, number - 1 if number > 0 else number + 1):
                assert not bad([*found.instance[:place], smaller, *found.instance[place + 1 :]])
    assert shrink(numbers, bad) == found


@given(NUMBERS)
def test_whatever_is_bad_shrinks_to_zeros_and_truths_and_words_stay(numbers: list[int]) -> None:
    found = shrink([numbers, {"kept": True, "word": "x", "none": None}], lambda _: True)
    assert found.instance == [[0] * len(numbers), {"kept": True, "word": "x", "none": None}]


@given(st.lists(st.integers(1, 20), min_size=2, max_size=4), st.integers(2, 10**9))
@settings(deadline=None)
def test_common_factors_go_although_no_single_number_may_change(shape: list[int], factor: int) -> None:
    """Bad means: in these very proportions. So only dividing all of them helps."""

    def bad(instance: object) -> bool:
        assert isinstance(instance, list)
        return instance[0] > 0 and [number * shape[0] for number in instance] == [instance[0] * k for k in shape]

    from math import gcd

    assert shrink([k * factor for k in shape], bad).instance == [k // gcd(*shape) for k in shape]


def test_a_spent_budget_keeps_what_was_found() -> None:
    found = shrink([10**6, 10**6], lambda instance: isinstance(instance, list) and min(instance) >= 777, most_tries=3)
    assert (found.tries, found.minimal) == (3, False)
    assert isinstance(found.instance, list)
    assert min(found.instance) >= 777


def test_an_instance_that_is_not_bad_is_not_shrunk() -> None:
    with pytest.raises(StudyError, match="not bad itself"):
        shrink([1], lambda _: False)
