"""Pairwise strategyproofness: no two agents can both gain by lying together.

Definition   For every two agents i and j, true types t_i and t_j, reports d_i and d_j and reports b of all others: not
             both u_i(t_i; d_i, d_j, b) > u_i(t_i; t_i, t_j, b) and the same for j. This is weak group strategyproofness
             for groups of two, without side payments between them. A partner who lies without gaining is no violation:
             the second bidder of a second-price auction can always make the winner richer for nothing.
Margin       the smaller of the two gains, negated, in money; negative = both gain at least that much.
Refutation   (i, j, t_i, t_j, d_i, d_j, b) with both outcomes and the exact gains.
Decided by   exhaustive, symbolic.
Source       Serizawa 2006; Moulin 1999 (group strategyproofness); Goldberg and Hartline 2005 (collusion).
"""

from __future__ import annotations

from verifier.properties.base import ANYWHERE, MARKETS, TOLD, Property
from verifier.properties.cases import CoalitionCase, Over, Quantity, utility


def margin(case: CoalitionCase) -> tuple[Quantity, ...]:
    """What each of the two loses by the common lie; it is a violation where both lose less than nothing."""
    return tuple(
        utility(case.truth, agent, type_) - utility(case.lie, agent, type_)
        for agent, type_ in zip(case.agents, case.types, strict=True)
    )


PAIRWISE_STRATEGYPROOF = Property(
    name="pairwise-strategyproof",
    statement="No two agents can both gain by misreporting their types together, whatever the others report.",
    formula="for all i, j, t_i, t_j, d_i, d_j, b: u_k(t_k; t_i, t_j, b) >= u_k(t_k; d_i, d_j, b) for k = i or k = j",
    over=Over.COALITIONS,
    margin=margin,
    settings=ANYWHERE | MARKETS | TOLD,
)
