"""Anonymity (symmetry): who bids does not matter, only what is bid. Ties are set apart and named.

Definition   For every profile b without equal reports and agents i, j: exchanging the reports of i and j exchanges
             their shares and payments and changes nobody else's. At equal reports a deterministic rule must favour
             somebody, so tied profiles are left out of the claim; how many of them treat agents unequally is reported.
Margin       minus the total difference of shares and payments from what the exchange should give; 0 = none.
Refutation   a profile without ties and two agents whose exchange of reports changes more than it should.
Decided by   exhaustive, symbolic (transpositions generate all permutations).
Source       Moulin 1988, Section 2.2; May 1952.
"""

from __future__ import annotations

from typing import Any

from verifier.properties.base import Property
from verifier.properties.cases import Over, Quantity, SwapCase


def margin(case: SwapCase) -> Quantity:
    """Minus the distance between the run and the swapped run with i and j exchanged back."""
    total: Any = 0
    for agent in range(case.agents):
        place = {case.agent: case.other, case.other: case.agent}.get(agent, agent)
        total = total - abs(case.run.payment(agent) - case.swapped.payment(place))
        for amount, moved in zip(case.run.consumption(agent), case.swapped.consumption(place), strict=True):
            total = total - abs(amount - moved)
    return total  # type: ignore[no-any-return]


ANONYMOUS = Property(
    name="anonymous",
    statement="Off ties, exchanging the reports of two agents exchanges what they get and pay and "
    "changes nothing else.",
    formula="for all i, j and b without ties: (x, p)(b with b_i, b_j exchanged) = (x, p)(b) with i, j exchanged",
    over=Over.SWAPS,
    margin=margin,
    settings=frozenset({"money", "procurement"}),
)
