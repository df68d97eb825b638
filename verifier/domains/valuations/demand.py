"""What an agent asks for at given prices, and complementary goods.

Demand set      the bundles S of largest v(S) - p(S), where p(S) is the sum of its goods' prices.
Demand curve    how many units of one good are asked for at each of some prices, never more at a higher price. By steps,
                a point is a bid: up to this price, so many units; so the next point at or above a price counts, and
                nothing is asked for above the highest. Linear joins neighbouring points by straight lines instead.
Elasticity      the arc elasticity between two points, relative change of quantity over relative change of price, both
                relative to the middle: (q2 - q1) (p1 + p2) / ((q1 + q2) (p2 - p1)). It is <= 0.
Complementarity a bundle that is worth `synergy` more than its parts to whoever has all of it.

Source: Allen 1934, "The Concept of Arc Elasticity of Demand" (the middle); Kelso and Crawford 1982 (demand sets).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from verifier.domains.valuations.base import Valuation, members, valuation
from verifier.errors import DomainError, nearest
from verifier.exact import Money, money, simplest

JOINS = ("step", "linear")


@dataclass(frozen=True, slots=True)
class Complementarity:
    """`synergy` for whoever has all goods of `bundle`, on top of what they are worth one by one."""

    bundle: int
    synergy: Money


@dataclass(frozen=True, slots=True)
class DemandCurve:
    """Points (price, quantity) of exact numbers, prices increasing.

    Raises DomainError: no points, prices that do not increase, quantities that do, a negative number.
    """

    points: tuple[tuple[Money, Money], ...]

    def __post_init__(self) -> None:
        if not self.points:
            raise DomainError("a demand curve needs at least one point (price, quantity)")
        for price, quantity in self.points:
            if money(price) < 0 or money(quantity) < 0:
                raise DomainError(f"the point ({price}, {quantity}) of the demand curve is negative")
        for (price, quantity), (dearer, fewer) in pairwise(self.points):
            if price >= dearer:
                raise DomainError(f"prices of a demand curve must increase, but {dearer} follows {price}")
            if quantity < fewer:
                raise DomainError(f"{fewer} units are asked for at {dearer}, but only {quantity} at the price {price}")

    def quantity(self, price: Money, join: str = "step") -> Money:
        """How many units are asked for at a price; `join` is "step" or "linear"."""
        if join not in JOINS:
            raise DomainError(f"unknown way {join!r} to join points{nearest(join, list(JOINS))}")
        if price <= self.points[0][0]:
            return self.points[0][1]
        for (low, more), (high, fewer) in pairwise(self.points):
            if price <= high:
                if join == "step":
                    return fewer
                return simplest(more + Fraction(price - low) * (fewer - more) / (high - low))
        return 0

    def elasticity(self, first: int, second: int) -> Money:
        """The arc elasticity between the points at two places; DomainError where it is not defined."""
        (p1, q1), (p2, q2) = self.points[first], self.points[second]
        if p1 == p2 or q1 + q2 == 0:
            what = "they have the same price" if p1 == p2 else "nothing is asked for at either"
            raise DomainError(f"no elasticity between the points {first} and {second}: {what}")
        return simplest(Fraction((q2 - q1) * (p1 + p2)) / ((q1 + q2) * (p2 - p1)))


def demand(worth: Valuation, prices: Sequence[Money]) -> tuple[int, ...]:
    """The bundles of largest worth minus price, increasing; (m,) a price for each good."""
    if len(prices) != worth.goods:
        raise DomainError(f"{len(prices)} prices, but {worth.goods} goods; give one for each good")
    gains = [worth[bundle] - sum(prices[good] for good in members(bundle)) for bundle in range(1 << worth.goods)]
    best = max(gains)
    return tuple(bundle for bundle, gain in enumerate(gains) if gain == best)


def with_synergies(single: Sequence[object], synergies: Sequence[Complementarity]) -> Valuation:
    """An additive valuation, (m,) a worth for each good, with synergies on top.

    Negative synergies (substitutes) are allowed, as long as the caller can do without free disposal.

    Raises
    ------
    DomainError : a synergy of fewer than two goods, or of goods that are not there.
    """
    amounts = [money(amount) for amount in single]
    for synergy in synergies:
        if synergy.bundle >> len(amounts) or synergy.bundle.bit_count() < 2:
            raise DomainError(
                f"a synergy of the bundle {synergy.bundle}; it takes two or more of the goods 0 to {len(amounts) - 1}"
            )

    def worth(bundle: int) -> Money:
        held = [synergy.synergy for synergy in synergies if synergy.bundle & bundle == synergy.bundle]
        return sum((amounts[good] for good in members(bundle)), 0) + sum(held, 0)

    return valuation(len(amounts), worth)
