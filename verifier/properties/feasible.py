"""Feasibility: the mechanism never gives out what it does not have.

Definition   For every profile the allocation satisfies each constraint of the domain (supply, whole units, at most one
             slot each, ...); for a declared lottery, in every draw.
Margin       the least slack of the constraints, in units of the good; negative = by how much one is broken.
Refutation   a profile with its allocation and the broken constraint.
Decided by   exhaustive, symbolic.
Source       the definition of each domain (`verify list domains`).
"""

from __future__ import annotations

from verifier.properties.base import ANYWHERE, MARKETS, Property
from verifier.properties.cases import Over, ProfileCase, Quantity


def margin(case: ProfileCase) -> Quantity:
    """Least slack of the domain's constraints."""
    return case.run.slack()


FEASIBLE = Property(
    name="feasible",
    statement="The allocation never breaks a constraint of the domain.",
    formula="for all b: x(b) is feasible",
    over=Over.OUTCOMES,
    margin=margin,
    settings=ANYWHERE | MARKETS,
    lotteries=True,
)
