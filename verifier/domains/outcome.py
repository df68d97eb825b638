"""What a mechanism did at one profile of bids: who got what, and who pays how much.

A deterministic mechanism returns one allocation with payments. A randomised one declares a lottery over such pairs; its
properties are then judged in exact expectation, and its feasibility on every outcome of the support.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from verifier.exact import Money

Type = tuple[Money, ...]  # what an agent truly values, one exact number per coordinate
Profile = tuple[Type, ...]  # (n,) one reported type per agent, agents on axis 0
Consumption = tuple[Money, ...]  # (d,) what an agent gets, so that value = sum(type * consumption)
# an amount of the good; in slot domains the index of the slot, None for no slot; where these are told, utilities
Share = Money | tuple[Money, ...] | None


@dataclass(frozen=True, slots=True)
class Draw:
    """One outcome of the support: `probability`, (n,) `shares`, (n,) `payments` in money, positive = agent pays."""

    probability: Money
    shares: tuple[Share, ...]
    payments: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The declared lottery at one profile; a deterministic outcome is a single draw of probability 1."""

    draws: tuple[Draw, ...]

    def expected_payment(self, agent: int) -> Money:
        """Exact expectation of what `agent` pays."""
        return sum((draw.probability * draw.payments[agent] for draw in self.draws), Fraction(0))
