"""Properties of mechanisms, one module each: definition, margin, source. `PROPERTIES` maps names to them."""

from __future__ import annotations

from verifier.errors import SpecError, nearest
from verifier.properties.anonymous import ANONYMOUS
from verifier.properties.base import Property
from verifier.properties.condorcet import CONDORCET
from verifier.properties.consumer_sovereignty import CONSUMER_SOVEREIGNTY
from verifier.properties.core_outcome import CORE
from verifier.properties.critical_payment import CRITICAL_PAYMENT
from verifier.properties.deterministic import DETERMINISTIC
from verifier.properties.dsic import DSIC
from verifier.properties.efficient import EFFICIENT
from verifier.properties.envy_free import ENVY_FREE
from verifier.properties.ex_post_ir import EX_POST_IR
from verifier.properties.false_name_proof import FALSE_NAME_PROOF
from verifier.properties.feasible import FEASIBLE
from verifier.properties.losers_irrelevant import LOSERS_IRRELEVANT
from verifier.properties.monotone import MONOTONE
from verifier.properties.no_deficit import NO_DEFICIT
from verifier.properties.no_free_riding import NO_FREE_RIDING
from verifier.properties.no_positive_transfers import NO_POSITIVE_TRANSFERS
from verifier.properties.null_bidder import NULL_BIDDER
from verifier.properties.pairwise_strategyproof import PAIRWISE_STRATEGYPROOF
from verifier.properties.pareto_efficient import PARETO_EFFICIENT
from verifier.properties.revenue_monotone import REVENUE_MONOTONE
from verifier.properties.scale_invariant import SCALE_INVARIANT
from verifier.properties.sd_strategyproof import SD_STRATEGYPROOF
from verifier.properties.stable import STABLE
from verifier.properties.translation_invariant import TRANSLATION_INVARIANT
from verifier.properties.unanimous import UNANIMOUS
from verifier.properties.universally_truthful import UNIVERSALLY_TRUTHFUL

__all__ = ["PROPERTIES", "Property", "find_property"]

PROPERTIES: dict[str, Property] = {
    item.name: item
    for item in (
        FEASIBLE,
        DETERMINISTIC,
        DSIC,
        EX_POST_IR,
        NO_DEFICIT,
        NO_POSITIVE_TRANSFERS,
        EFFICIENT,
        ANONYMOUS,
        MONOTONE,
        ENVY_FREE,
        CRITICAL_PAYMENT,
        PAIRWISE_STRATEGYPROOF,
        CORE,
        PARETO_EFFICIENT,
        REVENUE_MONOTONE,
        FALSE_NAME_PROOF,
        CONSUMER_SOVEREIGNTY,
        NO_FREE_RIDING,
        SCALE_INVARIANT,
        TRANSLATION_INVARIANT,
        LOSERS_IRRELEVANT,
        NULL_BIDDER,
        STABLE,
        SD_STRATEGYPROOF,
        UNANIMOUS,
        CONDORCET,
        UNIVERSALLY_TRUTHFUL,
    )
}


def find_property(name: str) -> Property:
    """The property of that name; SpecError with the nearest known name where there is none."""
    if name not in PROPERTIES:
        raise SpecError(f"unknown property {name!r}{nearest(name, list(PROPERTIES))}")
    return PROPERTIES[name]
