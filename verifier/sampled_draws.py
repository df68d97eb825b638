"""Draws that cannot be enumerated, sampled instead: the seeds, and how far an average may lie from an expectation.

Seeds        Draw k is made with the first 32 bits of the sha256 of "draw/k" as its seed, the same at every profile. An
             outcome is the average over N draws. The draws are taken as independent and distributed as the mechanism's.
Bound        A margin whose draws lie in an interval of length 2 h has, by Hoeffding's inequality, a chance of at most
             exp(-2 N r^2 / (2 h)^2) that its average exceeds its expectation by more than r, and as little the other
             way. With r = h sqrt(2 k ln 2 / N) that is 2^-k, and k is such that this is at most one millionth over
             twice the number of cases of a claim. So with a chance of all but one millionth no case of the claim is
             off by more than r, in either direction. r is rounded up; no float is involved.
Length       Values lie between the least and the largest worth of a feasible share to any type, and payments within the
             declared range, which every draw is held to. Truth less lie: both differences together.
Source       Hoeffding 1963, Theorem 2; Boole's inequality.
"""

from __future__ import annotations

import hashlib
import math
from fractions import Fraction

from verifier.chance import Chance
from verifier.domains import Domain, value
from verifier.exact import Money, simplest
from verifier.scope import setting_of

ERROR_LEVEL = Fraction(1, 10**6)
IN_EXPECTATION = ("dsic", "ex-post-ir", "no-deficit")  # their margins are linear in what is drawn
EVERY_DRAW = ("feasible", "deterministic")  # one draw refutes them
_LN_2 = Fraction(6931471806, 10**10)  # from above
_FINE = 10**6


def seed_of(draw: int) -> int:
    """The seed of a draw, 0 to 2^32 - 1."""
    return int.from_bytes(hashlib.sha256(f"draw/{draw}".encode()).digest()[:4], "big")


def unsampled(name: str, domain: Domain, engine: str) -> str | None:
    """Why a property cannot be claimed of sampled draws, in one sentence; None where it can."""
    if engine != "exhaustive":
        return f'{name} of sampled draws is decided on the grid; write engine = "exhaustive"'
    if name in IN_EXPECTATION and setting_of(domain) == "money":
        return None
    if name in EVERY_DRAW:
        return None
    known = ", ".join((*IN_EXPECTATION, *EVERY_DRAW))
    return f"{name} is not decided from a sample of draws; there {known} are, the first three where agents only buy"


def radius(name: str, domain: Domain, chance: Chance) -> Money:
    """How far the average of a margin of the property may lie from its expectation; 0 where every draw counts."""
    if name not in IN_EXPECTATION or chance.within is None:
        return 0
    low, high = chance.within
    if name == "no-deficit":
        half: Money = len(domain.agents) * (high - low) / Fraction(2)
    else:
        half = _spread_of_worth(domain) + high - low
    cases = len(domain.agents) * domain.size() * max(map(len, domain.types))
    exponent = math.ceil(2 * cases / ERROR_LEVEL - 1).bit_length()
    square = 2 * exponent * _LN_2 / chance.sampled
    root = Fraction(math.isqrt(math.ceil(square * _FINE**2)) + 1, _FINE)
    return simplest(half * root)


def _spread_of_worth(domain: Domain) -> Money:
    """The largest worth of a feasible share to any type less the least one, nothing being worth 0."""
    shares = {(agent, share) for shares in domain.alternatives() for agent, share in enumerate(shares)}
    worths = [value(type_, domain.consumption(share)) for agent, share in shares for type_ in domain.types[agent]]
    return max(0, *worths) - min(0, *worths)
