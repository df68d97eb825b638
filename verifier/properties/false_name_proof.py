"""False-name-proofness: nobody gains by bidding under a second name.

Definition   u_i(t; t, 0_k, b) >= v_i(t, x_i + x_k) - p_i - p_k at (d_i, d_k, b), for all agents i and k, types t of i,
             bids d_i and d_k under the two names, and bids b of the others. The second name is a bidder's place that
             would otherwise bid zero; what is won under both is held together (bundles united, items added).
Margin       the left side less the right, in money: negative = what the second name gains.
Refutation   i, k, the profile with the truth and zero, and the profile with the two bids.
Decided by   exhaustive, for names whose grid has a type of zeros. Bids under more than two names are not tried.
Source       Yokoo, Sakurai and Matsubara 2004, "The effect of false-name bids in combinatorial auctions".
"""

from __future__ import annotations

from verifier.properties.base import Property
from verifier.properties.cases import FalseNameCase, Over, Quantity, utility, worth


def margin(case: FalseNameCase) -> Quantity:
    """Utility of one honest bid, less utility of two bids."""
    held = worth(case.type, case.lie.together(case.agent, case.name))
    paid = case.lie.payment(case.agent) + case.lie.payment(case.name)
    return utility(case.truth, case.agent, case.type) - (held - paid)  # type: ignore[no-any-return]


FALSE_NAME_PROOF = Property(
    name="false-name-proof",
    statement="No agent can gain by bidding under a second name, in a place that would otherwise bid zero.",
    formula="for all i, k, t, d_i, d_k, b: u_i(t; t, 0_k, b) >= v_i(t, x_i and x_k) - p_i - p_k at (d_i, d_k, b)",
    over=Over.FALSE_NAMES,
    margin=margin,
    on_symbols=False,
)
