"""Determinism: the same bids always give the same outcome.

Definition   For every profile, running the mechanism again gives the same shares and payments (for a declared lottery,
             the same draws): in the same process after other calls in another order, and in fresh processes under
             different hash seeds.
Margin       minus the total difference of shares and payments between two runs; 0 = none.
Refutation   a profile with two different outcomes, and how the second was obtained.
Decided by   exhaustive. It can refute determinism; that runs agreed is evidence for those runs only.
Use          Every other verdict presupposes it, so each audit checks a sample of profiles for it.
"""

from __future__ import annotations

from typing import Any

from verifier.properties.base import ANYWHERE, MARKETS, TOLD, Property
from verifier.properties.cases import Over, Quantity, RepeatCase


def margin(case: RepeatCase) -> Quantity:
    """Minus the distance between the two runs."""
    total: Any = 0
    for agent in range(case.agents):
        total = total - abs(case.run.payment(agent) - case.again.payment(agent))
        for amount, repeated in zip(case.run.consumption(agent), case.again.consumption(agent), strict=True):
            total = total - abs(amount - repeated)
    return total  # type: ignore[no-any-return]


DETERMINISTIC = Property(
    name="deterministic",
    statement="The same bids gave the same outcome every time.",
    formula="for all b and repetitions: (x, p)(b) = (x', p')(b)",
    over=Over.REPEATS,
    on_symbols=False,
    margin=margin,
    settings=ANYWHERE | MARKETS | TOLD,
    lotteries=True,
)
