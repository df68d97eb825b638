"""Critical payments: a winner pays the least report with which it would still win.

Definition   Types are single numbers t >= 0. For every agent i, reports t and d and reports b_-i of the others: an
             agent gets one fixed share or nothing; who gets nothing pays nothing; who gets the share x at t pays p
             with p >= d x for every d that gets nothing, p <= d x for every d that gets the share, and p >= 0.
Margin       by how much these inequalities fail, in money (two different shares that are not nothing count by their
             difference times the reports); negative = they do.
Refutation   (i, t, d, b_-i) with both outcomes.
Decided by   exhaustive, symbolic.
Use          The second route to truthfulness: over all real types a mechanism that gives one fixed share or nothing,
             and neither charges losers nor pays anybody, is DSIC and ex-post IR if and only if it is monotone and its
             payments are critical. On a grid the reports leave gaps, in which payments may vary: there the conclusion
             does not follow.
Source       Myerson 1981; Nisan, Roughgarden, Tardos, Vazirani 2007, Theorem 9.36.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from verifier.properties.base import Property
from verifier.properties.cases import DeviationCase, Over, Quantity, positive

_HALF = Fraction(1, 2)


def margin(case: DeviationCase) -> Quantity:
    """The truth's payment against the lie's allocation; see the module."""
    share: Any
    other: Any
    (share,), (other,) = case.truth.consumption(case.agent), case.lie.consumption(case.agent)
    (type_,), (report,) = case.type, case.deviation
    paid: Any = case.truth.payment(case.agent)
    wins, would_win, differ = positive(share), positive(other), positive(abs(share - other))
    at_most = report * share
    twice_least = at_most - abs(at_most - 2 * paid)  # twice the smaller one of (at most - paid) and paid
    both_win = (1 - differ) * (_HALF * twice_least) - differ * abs(share - other) * (type_ + report)
    return (  # type: ignore[no-any-return]
        wins * (1 - would_win) * (paid - at_most) + wins * would_win * both_win - (1 - wins) * abs(paid)
    )


CRITICAL_PAYMENT = Property(
    name="critical-payment",
    statement="Winners pay the least report with which they would win, losers pay nothing.",
    formula="for all i, t, d, b_-i: x_i(t) > 0 = x_i(d) implies p_i(t) >= d x_i(t); "
    "x_i(t) = x_i(d) > 0 implies 0 <= p_i(t) <= d x_i(t); x_i(t) = 0 implies p_i(t) = 0",
    over=Over.DEVIATIONS,
    margin=margin,
    single_parameter=True,
)
