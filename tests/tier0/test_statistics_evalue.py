"""The e-value: its integral, its martingale, and error levels by exact dynamic programming over all sequences."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import DomainError, TooLarge
from verifier.statistics.binomial import least_passes
from verifier.statistics.evalue import Evidence, anytime_lower_bound, e_value, least_passes_anytime, threshold

USUAL = Fraction(19, 20)
COUNTS = st.integers(0, 15)
SHARES = st.fractions(Fraction(1, 30), Fraction(29, 30), max_denominator=30)


def integral(passes: int, failures: int, share: Fraction) -> Fraction:
    """The definition: the polynomial p^k (1-p)^f integrated from the share to 1, term by term."""
    total = Fraction(0)
    for j in range(failures + 1):
        power = passes + j + 1
        total += Fraction((-1) ** j * comb(failures, j), power) * (1 - share**power)
    return total / (share**passes * (1 - share) ** (failures + 1))


def chance_of_ever_stopping(most_failures: list[int], rate: Fraction) -> Fraction:
    """The chance that after some n there are at most most_failures[n] failures, with independent instances.

    Sequences are grouped by their failures; a sequence leaves when it is stopped. Whole numbers, weights of b^n.
    """
    part, whole = rate.as_integer_ratio()
    longest = len(most_failures) - 1
    alive, stopped = {0: 1}, 0
    cap = max(most_failures)  # with more failures no later n can stop it
    for n in range(1, longest + 1):
        following: dict[int, int] = {}
        for failures, weight in alive.items():
            following[failures] = following.get(failures, 0) + weight * part
            if failures < cap:
                following[failures + 1] = following.get(failures + 1, 0) + weight * (whole - part)
        leaving = [failures for failures in following if failures <= most_failures[n]]
        stopped = stopped * whole + sum(following.pop(failures) for failures in leaving)
        alive = following
    return Fraction(stopped, whole**longest)


def boundary(longest: int, rule: str, share: Fraction, confidence: Fraction) -> list[int]:
    """For each n the most failures at which the rule speaks; -1 where it never does."""
    least = least_passes if rule == "fixed" else least_passes_anytime
    needed = [None, *(least(n, share, confidence) for n in range(1, longest + 1))]
    return [-1 if k is None else n - k for n, k in enumerate(needed)]


@given(COUNTS, COUNTS, SHARES)
def test_the_e_value_is_the_integral_of_the_definition(passes: int, failures: int, share: Fraction) -> None:
    assert e_value(passes, failures, share) == integral(passes, failures, share)


@given(COUNTS, COUNTS, SHARES)
def test_at_the_share_itself_the_e_value_is_a_martingale(passes: int, failures: int, share: Fraction) -> None:
    up, down = e_value(passes + 1, failures, share), e_value(passes, failures + 1, share)
    assert share * up + (1 - share) * down == e_value(passes, failures, share)


@given(COUNTS, COUNTS, SHARES, SHARES)
def test_at_smaller_rates_the_e_value_falls_on_average(
    passes: int, failures: int, one: Fraction, two: Fraction
) -> None:
    rate, share = min(one, two), max(one, two)
    up, down = e_value(passes + 1, failures, share), e_value(passes, failures + 1, share)
    assert rate * up + (1 - rate) * down <= e_value(passes, failures, share)


@given(st.lists(st.booleans(), max_size=40), SHARES)
def test_evidence_kept_up_to_date_is_the_e_value_of_the_counts(seen: list[bool], share: Fraction) -> None:
    evidence = Evidence(share)
    for passed in seen:
        evidence.add(passed)
    exact = e_value(sum(seen), len(seen) - sum(seen), share)
    assert evidence.value == exact
    assert evidence.reaches(exact)
    assert not evidence.reaches(exact + Fraction(1, 10**30))


def test_969_of_1000_show_95_per_cent_at_any_time() -> None:
    assert least_passes_anytime(1000, USUAL, USUAL) == 969
    assert integral(969, 31, USUAL) >= threshold(USUAL) == 20 > integral(968, 32, USUAL)


def test_looking_after_each_of_1000_instances_keeps_the_error_of_the_e_value_below_5_per_cent() -> None:
    anytime = boundary(1000, "anytime", USUAL, USUAL)
    assert anytime[1000] == 31
    error = chance_of_ever_stopping(anytime, USUAL)
    assert Fraction(2, 100) < error <= Fraction(1, 20)
    assert chance_of_ever_stopping(anytime, Fraction(94, 100)) < error
    assert chance_of_ever_stopping(anytime, Fraction(99, 100)) > Fraction(9, 10), "it finds what is true"


def test_looking_after_each_of_1000_instances_makes_the_fixed_rule_err_in_23_per_cent() -> None:
    error = chance_of_ever_stopping(boundary(1000, "fixed", USUAL, USUAL), USUAL)
    assert Fraction(225, 1000) < error < Fraction(235, 1000)


def test_the_dynamic_programme_counts_what_enumeration_counts() -> None:
    most = boundary(10, "fixed", Fraction(1, 2), Fraction(3, 4))
    share, total = Fraction(1, 3), Fraction(0)
    for word in range(2**10):
        failed = [word >> i & 1 for i in range(10)]
        if any(sum(failed[:n]) <= most[n] for n in range(1, 11)):
            total += (1 - share) ** sum(failed) * share ** (10 - sum(failed))
    assert chance_of_ever_stopping(most, share) == total > 0


@given(COUNTS, COUNTS)
@settings(max_examples=50, deadline=None)
def test_the_bound_at_any_time_is_the_last_share_that_the_evidence_excludes(passes: int, failures: int) -> None:
    bound = Fraction(anytime_lower_bound(passes, failures, USUAL, fineness=500))
    assert bound == 0 or integral(passes, failures, bound) >= 20
    following = bound + Fraction(1, 500)
    assert following == 1 or integral(passes, failures, following) < 20


def test_for_three_mechanisms_the_evidence_must_be_three_times_as_strong() -> None:
    assert threshold(USUAL, 3) == 60
    needed = least_passes_anytime(1000, USUAL, USUAL, 3)
    assert needed is not None
    assert integral(needed, 1000 - needed, USUAL) >= 60 > integral(needed - 1, 1001 - needed, USUAL)


def test_too_few_instances_show_nothing() -> None:
    few = next(n for n in range(1, 200) if least_passes_anytime(n, USUAL, USUAL) is not None)
    assert integral(few, 0, USUAL) >= 20 > integral(few - 1, 0, USUAL)
    assert least_passes_anytime(0, USUAL, USUAL) is None


def test_questions_that_make_no_sense_are_refused() -> None:
    with pytest.raises(DomainError, match="not negative"):
        e_value(-1, 0, USUAL)
    with pytest.raises(DomainError, match="share"):
        Evidence(0)
    with pytest.raises(TooLarge, match="at most 20,000"):
        e_value(10**9, 0, USUAL)
    with pytest.raises(DomainError, match="fineness"):
        anytime_lower_bound(1, 1, USUAL, fineness=0)
