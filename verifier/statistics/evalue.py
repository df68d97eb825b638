"""The beta-mixture e-value: evidence that may be looked at after every instance without losing its error level.

Definition   Against "at most the share s passes", k passes and f failures are worth the likelihood ratio of a rate p
             to s, averaged over p uniform on (s, 1), the prior Beta(1, 1) cut off at s:
                 E = 1/(1-s) * integral from s to 1 of (p/s)^k ((1-p)/(1-s))^f dp.
Validity     For each true rate <= s the next factor is at most 1 on average, so E is a supermartingale that starts at
             1, and the chance that it ever reaches 1/a is at most a (Ville). Cut off at s because the whole mixture
             would also grow where the true rate is far below s.
Exactness    With m = k + f + 1, c = 1 - s and t_j = C(m, j) c^j s^(m-j) the integral is a tail of the binomial:
                 E = (t_(f+1) + ... + t_m) / ((f + 1) t_(f+1)),
             a quotient of whole numbers once s is a fraction. E falls as s grows, hence `anytime_lower_bound`.
Comparisons  Of m claims each needs E >= m / (1 - confidence).

Source: Ville 1939; Robbins 1970; Ramdas, Gruenwald, Vovk and Shafer 2023, Statistical Science 38.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

from verifier.errors import DomainError, TooLarge
from verifier.exact import Money
from verifier.statistics.binomial import (
    FINENESS,
    MOST_TRIALS,
    error_level,
    largest_multiple,
    proportion,
    tail_weight,
)


def e_value(passes: int, failures: int, share: Money) -> Fraction:
    """The evidence against "at most `share` passes", exactly; 1 before anything was seen.

    Raises
    ------
    DomainError : a negative count, or a share that does not lie strictly between 0 and 1.
    TooLarge : more than `MOST_TRIALS` instances.
    """
    above, below = _quotient(passes, failures, proportion("share", share))
    return Fraction(above, below)


def _quotient(passes: int, failures: int, share: Fraction) -> tuple[int, int]:
    """The e-value as a quotient that is not in lowest terms: what decides needs no common divisor."""
    if passes < 0 or failures < 0:
        raise DomainError(f"{passes} passes and {failures} failures; counts are not negative")
    trials = passes + failures + 1
    if trials > MOST_TRIALS + 1:
        raise TooLarge(trials - 1, MOST_TRIALS, "instances are asked for")
    part, whole = share.as_integer_ratio()
    first = comb(trials, failures + 1) * (whole - part) ** (failures + 1) * part**passes
    return tail_weight(failures + 1, trials, 1 - share), (failures + 1) * first


class Evidence:
    """The e-value of a sequence of instances, kept up to date in whole numbers at one step each.

    Attributes: `passes` and `failures` so far.
    """

    def __init__(self, share: Money) -> None:
        self.passes = 0
        self.failures = 0
        self._part, self._whole = proportion("share", share).as_integer_ratio()
        self._term = self._part  # t_f and t_(f+1) + ... + t_m, both times whole^m, for m = 1 and f = 0
        self._tail = self._whole - self._part

    def add(self, passed: bool) -> None:
        """Count one more instance: the binomial of m + 1 trials follows from that of m."""
        trials, failures = self.passes + self.failures + 1, self.failures
        part, other = self._part, self._whole - self._part
        if passed:
            self._tail = self._tail * self._whole + other * self._term
            self._term = self._term * part * (trials + 1) // (trials + 1 - failures)
            self.passes += 1
        else:
            following = self._term * (trials - failures) * other // ((failures + 1) * part)
            self._tail = self._tail * self._whole - part * following
            self._term = self._term * other * (trials + 1) // (failures + 1)
            self.failures += 1

    @property
    def value(self) -> Fraction:
        """The e-value now."""
        return Fraction(*self._pair())

    def reaches(self, threshold: Money) -> bool:
        """Whether the e-value is at least so much, decided in whole numbers."""
        above, below = self._pair()
        return above * threshold.denominator >= threshold.numerator * below

    def _pair(self) -> tuple[int, int]:
        return self._tail * self._part, self._term * (self.passes + 1) * (self._whole - self._part)


def threshold(confidence: Money, comparisons: int = 1) -> Fraction:
    """The e-value that a claim needs: comparisons / (1 - confidence); 20 for one claim and 95 %."""
    return 1 / error_level(confidence, comparisons)


def least_passes_anytime(trials: int, share: Money, confidence: Money, comparisons: int = 1) -> int | None:
    """The fewest passes among `trials` with an e-value that shows the share; None if not even all do.

    Valid whatever made one stop after so many instances. More passes have a larger e-value, so a bisection finds it.
    """
    rate, needed = proportion("share", share), threshold(confidence, comparisons)

    def enough(passes: int) -> bool:
        above, below = _quotient(passes, trials - passes, rate)
        return above * needed.denominator >= needed.numerator * below

    if trials < 1 or not enough(trials):
        return None
    low, high = -1, trials
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def anytime_lower_bound(
    passes: int, failures: int, confidence: Money, comparisons: int = 1, fineness: int = FINENESS
) -> Money:
    """The largest multiple of 1/fineness that the evidence so far excludes as the share that passes, or 0.

    With the confidence it lies below the true share after every instance at once (a confidence sequence).

    Raises
    ------
    DomainError, TooLarge : as for `e_value`; a fineness below 2.
    """
    if fineness < 2:
        raise DomainError(f"bounds cannot be multiples of 1/{fineness}; use a fineness of 2 or more")
    needed = threshold(confidence, comparisons)

    def excluded(share: Fraction) -> bool:
        above, below = _quotient(passes, failures, share)
        return above * needed.denominator >= needed.numerator * below

    return largest_multiple(excluded, fineness)
