"""Exact bounds on the share of a distribution that passes, from the passes among n independent instances.

Definition   Let X ~ Bin(n, p) be the passes. With k of them seen and a = 1 - confidence, the lower bound of Clopper
             and Pearson is the p at which P[X >= k] = a, the upper one that at which P[X <= k] = a; two-sided: a/2.
             "At least the share s passes" is shown by k passes iff P[X >= k | p = s] <= a.
Exactness    With s = u/b, b^n P[X >= k] is a sum of whole numbers: every decision compares integers. A bound itself is
             the root of a polynomial, so it is rounded outwards to a multiple of a declared fraction: a statement that
             is a little weaker, and true.
Comparisons  Of m claims each is tested at (1 - confidence) / m, so that all of them hold together (Bonferroni).

The number n is fixed before anything is looked at; for looking while sampling see `evalue`.

Source: Clopper and Pearson 1934, Biometrika 26; Bonferroni 1936.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from verifier.errors import DomainError, TooLarge
from verifier.exact import Money, money, show, simplest

MOST_TRIALS = 20_000  # instances: a sum has as many terms, each of some 4 bits for every instance
FINENESS = 1_000_000  # bounds are multiples of one over this


def least_passes(trials: int, share: Money, confidence: Money, comparisons: int = 1) -> int | None:
    """The fewest passes of `trials` that show that at least `share` of all instances passes; None if not even all do.

    Raises
    ------
    DomainError : a share or a confidence that does not lie strictly between 0 and 1, or no comparison.
    TooLarge : more than `MOST_TRIALS` trials.

    Source: Clopper and Pearson 1934.
    """
    _check(0, trials)
    part, whole = proportion("share", share).as_integer_ratio()
    level = error_level(confidence, comparisons)
    room = level.numerator * whole**trials
    term, passes = part**trials, trials  # term: the weight of exactly `passes` passes, of whole^trials in all
    room -= term * level.denominator
    if room < 0:
        return None
    while passes:
        term = term * passes * (whole - part) // ((trials - passes + 1) * part)
        room -= term * level.denominator
        if room < 0:
            break
        passes -= 1
    return passes


def tail(passes: int, trials: int, share: Money) -> Fraction:
    """P[X >= passes] for X ~ Bin(trials, share), exactly."""
    _check(passes, trials)
    rate = proportion("share", share)
    return Fraction(tail_weight(passes, trials, rate), rate.denominator**trials)


def tail_weight(passes: int, trials: int, rate: Fraction) -> int:
    """b^trials P[X >= passes] for a rate with the denominator b; it sums the shorter of the two ends."""
    part, whole = rate.as_integer_ratio()
    if passes > trials - passes:
        return _end(trials - passes + 1, trials, part, whole - part)
    everything: int = whole**trials
    return everything - _end(passes, trials, whole - part, part)


def _end(terms: int, trials: int, ours: int, theirs: int) -> int:
    """The sum of the first `terms` weights C(trials, j) theirs^j ours^(trials - j)."""
    term, total = ours**trials, 0
    for j in range(terms):
        total += term
        term = term * (trials - j) * theirs // ((j + 1) * ours)
    return total


def lower_bound(passes: int, trials: int, confidence: Money, comparisons: int = 1, fineness: int = FINENESS) -> Money:
    """The one-sided Clopper-Pearson bound from below, rounded down to a multiple of 1/fineness.

    At least this share of the distribution passes, or an event of probability 1 - confidence has happened. It reaches a
    share that is such a multiple iff the passes are `least_passes` or more.

    Raises
    ------
    DomainError : passes that are not among 0..trials, a confidence outside (0, 1), a fineness below 2.
    TooLarge : more than `MOST_TRIALS` trials.

    Source: Clopper and Pearson 1934.
    """
    return _lower(passes, trials, error_level(confidence, comparisons), fineness)


def upper_bound(passes: int, trials: int, confidence: Money, comparisons: int = 1, fineness: int = FINENESS) -> Money:
    """The one-sided Clopper-Pearson bound from above, rounded up: the lower bound of the failures, turned round."""
    return 1 - _lower(trials - passes, trials, error_level(confidence, comparisons), fineness)


def two_sided(
    passes: int, trials: int, confidence: Money, comparisons: int = 1, fineness: int = FINENESS
) -> tuple[Money, Money]:
    """The two-sided Clopper-Pearson interval, rounded outwards: each end may err with half of 1 - confidence."""
    level = error_level(confidence, comparisons) / 2
    return _lower(passes, trials, level, fineness), 1 - _lower(trials - passes, trials, level, fineness)


def _lower(passes: int, trials: int, level: Fraction, fineness: int) -> Money:
    _check(passes, trials)
    if fineness < 2:
        raise DomainError(f"bounds cannot be multiples of 1/{fineness}; use a fineness of 2 or more")
    if not passes:
        return 0

    def excluded(rate: Fraction) -> bool:
        room: int = level.numerator * rate.denominator**trials
        return tail_weight(passes, trials, rate) * level.denominator <= room

    return largest_multiple(excluded, fineness)


def largest_multiple(holds: Callable[[Fraction], bool], fineness: int) -> Money:
    """The largest multiple of 1/fineness in [0, 1) at which `holds`, which is true from 0 up to some share."""
    low, high = 0, fineness
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(Fraction(middle, fineness)) else (low, middle)
    return simplest(Fraction(low, fineness))


def error_level(confidence: Money, comparisons: int = 1) -> Fraction:
    """How often each of so many claims may err: (1 - confidence) / comparisons; DomainError if it makes no sense."""
    if comparisons < 1:
        raise DomainError(f"{comparisons} comparisons; count the mechanisms that are compared, at least 1")
    return (1 - proportion("confidence", confidence)) / comparisons


def proportion(name: str, value: Money) -> Fraction:
    """The value as a fraction strictly between 0 and 1; DomainError (a float: MoneyError) for anything else."""
    exact = money(value)
    if not 0 < exact < 1:
        raise DomainError(f"the {name} is {show(exact)}; it lies strictly between 0 and 1, as 19/20 does")
    return Fraction(exact)


def _check(passes: int, trials: int) -> None:
    if trials > MOST_TRIALS:
        raise TooLarge(trials, MOST_TRIALS, "instances are asked for")
    if not 0 <= passes <= trials or not trials:
        raise DomainError(
            f"{passes} passes of {trials} instances; there is at least one instance, and 0..n of them pass"
        )
