"""Five agents with package bids on three resources; the others bid noisily or strategically."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from mechanisms.auctions.packages.clarke import vcg
from verifier.domains.packages import Auction, Bidder, PackageBid

GOODS, SUPPLY = ("tokens", "embeddings", "context"), (4, 3, 2)
Bids = tuple[PackageBid, ...]


def valuation(rng: random.Random) -> Bids:
    """Up to six packages, worth some 1 to 40 for each unit, so that agents have substitutes and complements."""
    packages = {tuple(rng.randint(0, top) for top in SUPPLY) for _ in range(6)} - {(0, 0, 0)}
    return tuple(PackageBid(units, sum(units) * rng.randint(1, 40) + rng.randint(0, 30)) for units in sorted(packages))


def noisy(rng: random.Random, values: Bids) -> Bids:
    return tuple(PackageBid(bid.units, max(0, bid.value + rng.randint(-15, 15))) for bid in values)


def shading(rng: random.Random, values: Bids) -> Bids:
    return tuple(PackageBid(bid.units, bid.value * rng.randint(5, 9) // 10) for bid in values)


def inflating(rng: random.Random, values: Bids) -> Bids:
    return tuple(PackageBid(bid.units, bid.value * rng.randint(11, 20) // 10) for bid in values)


def hiding(rng: random.Random, values: Bids) -> Bids:
    """Ask only for the dearest package."""
    return (max(values, key=lambda bid: bid.value),)


BEHAVIOURS: tuple[Callable[[random.Random, Bids], Bids], ...] = (noisy, shading, inflating, hiding)


@pytest.mark.parametrize("seed", range(8))
def test_vcg_with_real_agents(seed: int) -> None:
    rng = random.Random(seed)
    values = [valuation(rng) for _ in range(5)]
    changed = 0
    for agent in range(5):
        others = [rng.choice(BEHAVIOURS)(rng, own) for own in values]

        def utility(bids: Bids, agent: int = agent, others: list[Bids] = others) -> tuple[int, tuple[int, ...]]:
            said = [bids if index == agent else other for index, other in enumerate(others)]
            bidders = tuple(Bidder(f"agent {index}", own) for index, own in enumerate(said))
            found = vcg(Auction(GOODS, SUPPLY, bidders))
            taken = [bids[place].units for place in found.choice[agent]]
            worth = max((bid.value for bid in values[agent] if taken and bid.units == taken[0]), default=0)
            return worth - found.payments[agent], found.allocations[agent]

        honest, held = utility(values[agent])
        assert honest >= 0
        for behaviour in BEHAVIOURS:
            for _ in range(3):
                lying, gets = utility(behaviour(rng, values[agent]))
                assert lying <= honest
                changed += gets != held
    assert changed > 0  # lies did move allocations: the inequality was not empty
