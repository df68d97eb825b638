"""Exact binomial bounds against published numbers, closed forms and sums written out here."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import DomainError, MoneyError, TooLarge
from verifier.statistics.binomial import least_passes, lower_bound, tail, two_sided, upper_bound

USUAL = Fraction(19, 20)
SHARES = st.fractions(Fraction(1, 50), Fraction(49, 50), max_denominator=50)


def brute_tail(passes: int, trials: int, share: Fraction) -> Fraction:
    return sum(
        (comb(trials, j) * share**j * (1 - share) ** (trials - j) for j in range(passes, trials + 1)), Fraction(0)
    )


@pytest.mark.parametrize(
    ("comparisons", "passes"),
    [(1, 962), (2, 964), (3, 965), (4, 966), (5, 966), (6, 967), (7, 967), (8, 967), (9, 968), (10, 968)],
)
def test_of_1000_instances_962_passes_show_95_per_cent_and_968_for_ten_mechanisms(
    comparisons: int, passes: int
) -> None:
    """The first line and the ends 964..968 are published; the middle is confirmed by the sum written out."""
    assert least_passes(1000, USUAL, USUAL, comparisons) == passes
    level = Fraction(1, 20 * comparisons)
    assert brute_tail(passes, 1000, USUAL) <= level < brute_tail(passes - 1, 1000, USUAL)


def test_950_of_1000_do_not_show_95_per_cent() -> None:
    assert brute_tail(950, 1000, USUAL) > Fraction(1, 2)
    assert lower_bound(950, 1000, USUAL) < USUAL


def test_59_instances_without_failure_are_the_fewest_that_show_95_per_cent() -> None:
    """0.95^59 = 0.0485; the rule of 59 of Wilks 1941."""
    assert least_passes(58, USUAL, USUAL) is None
    assert least_passes(59, USUAL, USUAL) == 59


@given(st.integers(1, 40), SHARES, st.sampled_from([Fraction(1, 2), Fraction(9, 10), USUAL]), st.integers(1, 4))
def test_least_passes_are_those_of_the_sum_written_out(n: int, share: Fraction, confidence: Fraction, m: int) -> None:
    good = [k for k in range(n + 1) if brute_tail(k, n, share) <= (1 - confidence) / m]
    assert least_passes(n, share, confidence, m) == (min(good) if good else None)


@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), SHARES)
def test_the_tail_is_the_sum_written_out(counts: tuple[int, int], share: Fraction) -> None:
    assert tail(*counts, share) == brute_tail(*counts, share)


@given(st.integers(1, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(max_examples=60, deadline=None)
def test_bounds_are_the_last_multiples_that_the_definition_excludes(counts: tuple[int, int]) -> None:
    passes, trials = counts
    step = Fraction(1, 1000)
    low = Fraction(lower_bound(passes, trials, USUAL, fineness=1000))
    if passes:
        assert brute_tail(passes, trials, low) <= Fraction(1, 20) < brute_tail(passes, trials, low + step)
    else:
        assert low == 0
    high = Fraction(upper_bound(passes, trials, USUAL, fineness=1000))
    if passes < trials:
        assert 1 - brute_tail(passes + 1, trials, high) <= Fraction(1, 20)
        assert 1 - brute_tail(passes + 1, trials, high - step) > Fraction(1, 20)
    else:
        assert high == 1


@given(st.integers(1, 60))
def test_without_failures_the_bound_is_the_nth_root_of_the_error(n: int) -> None:
    """Clopper and Pearson in closed form: k = n gives a^(1/n)."""
    low = Fraction(lower_bound(n, n, USUAL))
    assert low**n <= Fraction(1, 20) < (low + Fraction(1, 10**6)) ** n


@pytest.mark.parametrize(
    ("passes", "trials", "low", "high"),
    # to four places, as tabulated: n = 10, 95 %, two-sided
    [(0, 10, "0", "0.3085"), (1, 10, "0.0025", "0.4450"), (5, 10, "0.1871", "0.8129"), (9, 10, "0.5550", "0.9975")],
)
def test_two_sided_intervals_are_those_of_the_tables(passes: int, trials: int, low: str, high: str) -> None:
    found = two_sided(passes, trials, USUAL)
    assert [abs(Fraction(f) - Fraction(t)) <= Fraction(1, 20_000) for f, t in zip(found, (low, high), strict=True)] == [
        True,
        True,
    ]


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.integers(2, 10))
@settings(max_examples=50, deadline=None)
def test_more_comparisons_and_two_sides_make_every_bound_weaker(counts: tuple[int, int], m: int) -> None:
    one = lower_bound(*counts, USUAL, fineness=1000)
    assert lower_bound(*counts, USUAL, m, fineness=1000) <= one
    low, high = two_sided(*counts, USUAL, fineness=1000)
    assert (low, high) == (
        lower_bound(*counts, Fraction(39, 40), fineness=1000),
        upper_bound(*counts, Fraction(39, 40), fineness=1000),
    )
    assert low <= one <= high


def test_the_bound_reaches_a_share_iff_the_passes_are_enough() -> None:
    for m in (1, 5):
        needed = least_passes(200, USUAL, USUAL, m)
        assert needed is not None
        assert lower_bound(needed, 200, USUAL, m) >= USUAL > lower_bound(needed - 1, 200, USUAL, m)


def test_the_exact_bound_covers_at_least_as_often_as_it_says() -> None:
    """For every share on a grid the chance that the bound exceeds it is at most 1/20, summed over all outcomes."""
    bounds = [lower_bound(k, 25, USUAL, fineness=1000) for k in range(26)]
    for share in (Fraction(i, 40) for i in range(1, 40)):
        wrong = sum(
            (comb(25, k) * share**k * (1 - share) ** (25 - k) for k in range(26) if bounds[k] > share), Fraction(0)
        )
        assert wrong <= Fraction(1, 20)


def test_questions_that_make_no_sense_are_refused() -> None:
    with pytest.raises(DomainError, match="strictly between 0 and 1"):
        least_passes(10, 1, USUAL)
    with pytest.raises(DomainError, match="the confidence is 0"):
        least_passes(10, USUAL, 0)
    with pytest.raises(MoneyError, match="binary float"):
        least_passes(10, 0.95, USUAL)  # type: ignore[arg-type]
    with pytest.raises(DomainError, match="11 passes of 10"):
        lower_bound(11, 10, USUAL)
    with pytest.raises(DomainError, match="at least one instance"):
        least_passes(0, USUAL, USUAL)
    with pytest.raises(DomainError, match="0 comparisons"):
        least_passes(10, USUAL, USUAL, 0)
    with pytest.raises(DomainError, match="fineness"):
        lower_bound(5, 10, USUAL, fineness=1)
    with pytest.raises(TooLarge, match="at most 20,000"):
        least_passes(10**9, USUAL, USUAL)
