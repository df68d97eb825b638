"""No deficit (weak budget balance).

Definition   For every profile the payments add up to at least zero: the mechanism never pays in.
Margin       sum of payments, in money; negative = the deficit. For a declared lottery: in exact expectation.
Refutation   a profile whose payments add up to less than zero.
Decided by   exhaustive, symbolic.
Source       Nisan et al. 2007, Section 9.3.5; Mas-Colell, Whinston, Green 1995, Section 23.C.
"""

from __future__ import annotations

from typing import Any

from verifier.properties.base import TOLD, Property
from verifier.properties.cases import Over, ProfileCase, Quantity


def margin(case: ProfileCase) -> Quantity:
    """Sum of all payments."""
    total: Any = 0
    for agent in range(len(case.types)):
        total = total + case.run.payment(agent)
    return total  # type: ignore[no-any-return]


NO_DEFICIT = Property(
    name="no-deficit",
    statement="The payments of all agents never add up to less than zero.",
    formula="for all b: sum_i p_i(b) >= 0",
    over=Over.PROFILES,
    margin=margin,
    settings=frozenset({"money", "two-sided"}) | TOLD,
)
