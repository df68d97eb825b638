"""Irrelevance of losing bids: how much a loser bids below what it bid decides nothing.

Definition   For every agent i that gets nothing at b, and every report d that is nowhere above b_i: everybody gets at
             (d, b_-i) what it gets at b, and nobody pays more there. Payments may fall: a losing bid can be the price.
Margin       minus the sum of all differences in what is got and of all increases in payments; 0 where i gets something
             or d is higher somewhere. Negative = a bid that lost has a say in who wins.
Refutation   an agent and two profiles that differ in its report.
Decided by   exhaustive, search, sampling.
Source       a metamorphic relation (Chen, Cheung and Yiu 1998); weaker than non-bossiness, Satterthwaite and
             Sonnenschein 1981, which asks the same of all who do not change what they get themselves.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from verifier.properties.base import Property
from verifier.properties.cases import Over, Quantity, ReplacementCase, positive


def margin(case: ReplacementCase) -> Quantity:
    """Minus what changes when a loser lowers its report."""
    total: Any = 0
    got: Any = 0
    counts: Any = 1
    for amount in case.run.consumption(case.agent):
        got = got + amount
    for before, after in zip(case.type, case.report, strict=True):
        rise: Any = after
        counts = counts * (1 - positive(rise - before))
    for agent in range(case.agents):
        more: Any = case.moved.payment(agent) - case.run.payment(agent)
        total = total - (more + abs(more)) * Fraction(1, 2)
        for amount, moved in zip(case.run.consumption(agent), case.moved.consumption(agent), strict=True):
            total = total - abs(amount - moved)
    return counts * (1 - positive(got)) * total  # type: ignore[no-any-return]


LOSERS_IRRELEVANT = Property(
    name="losers-irrelevant",
    statement="When an agent that gets nothing lowers its report, nobody gets anything else and nobody pays more.",
    formula="for all i, b with x_i(b) = 0 and d <= b_i: x(d, b_-i) = x(b) and p(d, b_-i) <= p(b)",
    over=Over.REPLACEMENTS,
    margin=margin,
    on_symbols=False,
)
