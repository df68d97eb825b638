"""Monotone allocation (weak monotonicity).

Definition   For every agent i, reports t and d, and reports b_-i of the others, with consumption vectors x:
             (t - d) . (x_i(t, b_-i) - x_i(d, b_-i)) >= 0. Where a type is one number: reporting more never gets less.
Margin       the left side, in money.
Refutation   (i, t, d, b_-i) with both outcomes.
Decided by   exhaustive, symbolic.
Use          A single-parameter allocation rule can be made truthful by payments if and only if it is monotone; with
             several parameters the condition is necessary.
Source       Myerson 1981, Lemma 2; Bikhchandani et al. 2006, Def. 5 (W-MON).
"""

from __future__ import annotations

from typing import Any

from verifier.properties.base import MARKETS, Property
from verifier.properties.cases import DeviationCase, Over, Quantity


def margin(case: DeviationCase) -> Quantity:
    """Inner product of the change in report with the change in consumption."""
    total: Any = 0
    before, after = case.lie.consumption(case.agent), case.truth.consumption(case.agent)
    for type_, deviation, lower, upper in zip(case.type, case.deviation, before, after, strict=True):
        total = total + (type_ - deviation) * (upper - lower)
    return total  # type: ignore[no-any-return]


MONOTONE = Property(
    name="monotone",
    statement="Reporting a higher value never gets an agent less.",
    formula="for all i, t, d, b_-i: (t - d) . (x_i(t, b_-i) - x_i(d, b_-i)) >= 0",
    over=Over.DEVIATIONS,
    margin=margin,
    settings=frozenset({"money"}) | MARKETS,
)
