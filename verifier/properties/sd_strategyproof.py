"""Strategyproofness in the sense of stochastic dominance, for lotteries over what is only ranked.

Definition   For every agent, true ranking, deviation, reports of the others and alternative a: the truth gives at least
             the chance of something no worse than a that the deviation gives. Then no utility that agrees with the
             ranking gains by the deviation in expectation. For sure outcomes it is the same as dsic.
Margin       the least difference of the two chances over all a; negative = by so much more often the lie gives
             something at least as good. A probability, not money.
Refutation   (i, t_i, d_i, b_-i) with both lotteries; some utility that agrees with the ranking gains.
Decided by   exhaustive.
Source       Gibbard 1977; Bogomolnaia and Moulin 2001, Section 3.
"""

from __future__ import annotations

from typing import Any

from verifier.properties.base import Property
from verifier.properties.cases import DeviationCase, Over, Quantity, positive


def margin(case: DeviationCase) -> Quantity:
    """The smallest difference of chances over all upper sets of the true ranking; a share of nothing is worth 0."""
    truth, lie = case.truth.consumption(case.agent), case.lie.consumption(case.agent)
    worths: list[Any] = [*case.type, 0]
    least: Any = None
    for level in sorted(set(worths)):
        difference: Any = _chance(worths, truth, level) - _chance(worths, lie, level)
        least = difference if least is None else least - positive(least - difference) * (least - difference)
    return least  # type: ignore[no-any-return]


def _chance(worths: list[Any], gets: tuple[Any, ...], level: Any) -> Any:
    """The chance of something worth at least `level`; what no alternative gets is the chance of nothing."""
    total: Any = 0
    nothing: Any = 1
    for worth, amount in zip(worths, gets, strict=False):
        nothing = nothing - amount
        if worth >= level:
            total = total + amount
    return total + nothing if level <= 0 else total


SD_STRATEGYPROOF = Property(
    name="sd-strategyproof",
    statement="Whatever an agent could report instead, the truth gives at least the chance of something as good.",
    formula="for all i, t, d, b_-i, a: P(x_i(t, b_-i) >=_t a) >= P(x_i(d, b_-i) >=_t a)",
    over=Over.DEVIATIONS,
    margin=margin,
    on_symbols=False,
    settings=frozenset({"house-allocation", "matching", "voting"}),
    lotteries=True,
)
