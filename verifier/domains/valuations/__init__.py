"""Valuations of bundles: what every set of goods is worth to one agent, the classes of them, and what they demand."""

from __future__ import annotations

from verifier.domains.valuations.base import (
    MOST_GOODS,
    NotMonotone,
    Valuation,
    from_bids,
    marginal,
    require_free_disposal,
    to_bidder,
    valuation,
)
from verifier.domains.valuations.classes import CLASSES, Failure, failure, holds_up
from verifier.domains.valuations.demand import Complementarity, DemandCurve, demand, with_synergies
from verifier.domains.valuations.generators import GENERATORS

__all__ = [
    "CLASSES",
    "GENERATORS",
    "MOST_GOODS",
    "Complementarity",
    "DemandCurve",
    "Failure",
    "NotMonotone",
    "Valuation",
    "demand",
    "failure",
    "from_bids",
    "holds_up",
    "marginal",
    "require_free_disposal",
    "to_bidder",
    "valuation",
    "with_synergies",
]
