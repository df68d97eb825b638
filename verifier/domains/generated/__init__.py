"""Random package auctions that look like markets, in the manner of the CATS distributions.

`generate(kind, goods, bids, seed)` gives the same auction for the same arguments. Each kind is a module of its own and
says which market it has in mind. The ideas are those of CATS; the numbers it draws are whole thousandths and its rules
are exact, so an auction has finite decimal prices and is no copy of a CATS file with the same parameters.

Source: Leyton-Brown, Pearson and Shoham 2000, "Towards a Universal Test Suite for Combinatorial Auction Algorithms".
"""

from __future__ import annotations

import random

from verifier.domains.cats import MOST_CELLS
from verifier.domains.generated import arbitrary, matching, paths, regions, scheduling
from verifier.domains.generated.offers import Market, collect
from verifier.domains.packages import Auction
from verifier.errors import DomainError, nearest

__all__ = ["DISTRIBUTIONS", "MOST_GOODS", "generate"]

MOST_GOODS = 1000  # `arbitrary` draws a number for each pair of goods
DISTRIBUTIONS: dict[str, type[Market]] = {
    "arbitrary": arbitrary.Arbitrary,
    "matching": matching.Matching,
    "paths": paths.Paths,
    "regions": regions.Regions,
    "scheduling": scheduling.Scheduling,
}


def generate(kind: str, goods: int, bids: int, seed: int) -> Auction:
    """An auction of a distribution.

    Parameters
    ----------
    kind : "arbitrary", "matching", "paths", "regions" or "scheduling"
    goods : how many goods, one unit of each
    bids : how many bids in all; bidders with a few XOR bids each are made until they have so many
    seed : of the random numbers

    Raises
    ------
    DomainError : an unknown kind, too few or too many goods, more bids x goods than memory holds.
    """
    if kind not in DISTRIBUTIONS:
        raise DomainError(f"unknown distribution {kind!r}{nearest(kind, list(DISTRIBUTIONS))}")
    market = DISTRIBUTIONS[kind]
    if not market.fewest <= goods <= MOST_GOODS:
        raise DomainError(f"{goods} goods; the distribution {kind!r} takes {market.fewest} to {MOST_GOODS}")
    if bids < 0 or bids * goods > MOST_CELLS:
        raise DomainError(
            f"{bids} bids of {goods} goods; bids must not be negative, nor come to over {MOST_CELLS:,} cells"
        )
    return collect(market(goods, random.Random(seed)), bids)
