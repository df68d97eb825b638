"""Money: what is admitted, at which exact value, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier import checker
from verifier.errors import MoneyError
from verifier.exact import common_denominator, from_subject, money, show, simplest

amounts = st.fractions() | st.integers()


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        ("12", 12),
        ("-3", -3),
        (" 7 ", 7),
        ("0.10", Fraction(1, 10)),
        ("1/3", Fraction(1, 3)),
        ("4/2", 2),
        ("1e3", 1000),
        (5, 5),
        (Fraction(6, 3), 2),
        (Fraction(1, 7), Fraction(1, 7)),
        (Decimal("0.25"), Fraction(1, 4)),
        (Decimal("2.0"), 2),
    ],
)
def test_money_reads_what_a_person_writes_exactly(written: object, exact: object) -> None:
    read = money(written)
    assert read == exact
    assert type(read) is type(exact)


@pytest.mark.parametrize("written", [0.1, 2.0, float("nan")])
def test_money_refuses_floats_and_shows_how_to_write_them(written: float) -> None:
    with pytest.raises(MoneyError, match=f'write it in quotes, as "{written!r}"'):
        money(written)


@pytest.mark.parametrize("written", [True, False])
def test_money_refuses_truth_values(written: bool) -> None:
    with pytest.raises(MoneyError, match="truth value"):
        money(written)


@pytest.mark.parametrize(
    "written", ["", "ten", "1/0", "1,5", "nan", "inf", Decimal("NaN"), Decimal("Infinity"), None, [1]]
)
def test_money_refuses_what_is_no_amount(written: object) -> None:
    with pytest.raises(MoneyError, match="is not an amount"):
        money(written)


def test_money_error_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="not an amount"):
        money("x")


@given(amounts)
def test_what_show_writes_money_reads_back(amount: Fraction | int) -> None:
    assert money(show(amount)) == amount


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_decimal_strings_are_exact(amount: Decimal) -> None:
    assert money(str(amount)) == Fraction(amount)


@given(st.fractions())
def test_simplest_keeps_the_amount_and_gives_int_exactly_when_whole(amount: Fraction) -> None:
    result = simplest(amount)
    assert result == amount
    assert isinstance(result, int) == (amount.denominator == 1)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_from_a_subject_is_taken_at_its_exact_binary_value(double: float) -> None:
    assert from_subject(double) == Fraction(double)
    assert from_subject(np.float64(double)) == Fraction(double)


@pytest.mark.parametrize(
    ("returned", "exact"),
    [
        (3, 3),
        (0.5, Fraction(1, 2)),
        (0.1, Fraction(3602879701896397, 36028797018963968)),
        (2.0, 2),
        (Fraction(8, 4), 2),
        (Fraction(1, 3), Fraction(1, 3)),
        (Decimal("0.1"), Fraction(1, 10)),
        (np.int64(7), 7),
        (np.float32(0.25), Fraction(1, 4)),
    ],
)
def test_numbers_of_foreign_code_come_in_exactly(returned: object, exact: object) -> None:
    read = from_subject(returned)
    assert read == exact
    assert type(read) is type(exact)


@pytest.mark.parametrize(
    "returned", [float("nan"), float("inf"), -float("inf"), np.nan, Decimal("NaN"), Decimal("-Infinity")]
)
def test_infinite_and_undefined_numbers_of_foreign_code_are_refused(returned: object) -> None:
    with pytest.raises(MoneyError, match="not a finite number"):
        from_subject(returned)


@pytest.mark.parametrize("returned", [True, "3", b"3", None, [1], object()])
def test_what_is_no_number_is_refused_from_foreign_code(returned: object) -> None:
    with pytest.raises(MoneyError, match="is not a number"):
        from_subject(returned)


@given(st.lists(amounts))
def test_the_common_denominator_makes_all_whole_and_is_the_least(values: list[Fraction | int]) -> None:
    common = common_denominator(values)
    assert all((value * common).denominator == 1 for value in values)
    primes = [p for p in (2, 3, 5, 7, 11, 13) if common % p == 0]
    for prime in primes:
        assert any((value * (common // prime)).denominator != 1 for value in values)


def test_no_amounts_have_the_common_denominator_one() -> None:
    assert common_denominator([]) == 1


@pytest.mark.parametrize(
    "value", [10**2000, -(10**2000), Fraction(1, 10**2000), Decimal("1e999999999"), Decimal("1e-5000")]
)
def test_a_number_that_is_too_long_to_be_written_down_is_refused_at_once(value):
    with pytest.raises(MoneyError, match="too long"):
        from_subject(value)
    with pytest.raises(ValueError, match="too many digits"):
        checker.exact(value)


def test_numbers_up_to_the_limit_are_read_as_they_are():
    for value in (2**4000 - 1, Fraction(1, 2**3999), Decimal("1e1000")):
        assert from_subject(value) == checker.exact(value) == value


@pytest.mark.parametrize(
    "value", ["1e999999999", "1E-999999999", "1e4001", "9" * 1300, 10**1300, Fraction(1, 10**1300)]
)
def test_an_amount_that_is_too_long_is_refused_at_once(value):
    with pytest.raises(MoneyError, match="too long"):
        money(value)


def test_amounts_up_to_the_limit_are_taken():
    assert money("1e1000") == 10**1000
    assert money("1e000000002") == 100
    with pytest.raises(MoneyError, match="is not an amount"):
        money("1e")
