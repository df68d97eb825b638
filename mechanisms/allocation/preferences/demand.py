"""How much is wanted at which price: points of a falling curve, straight lines between them.

Elasticity   Between two points by the midpoint formula: the change of the quantity over its mean, by that of the price
             over its mean; not positive where demand falls. A line has another one at each point; this is that of the
             arc. Allen and Lerner 1934.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from mechanisms.auctions.outcome import Amount


class DemandCurve:
    """(price, quantity) points, prices rising and quantities not.

    Raises ValueError for fewer than one point, prices that do not rise, or quantities that do, or are negative.
    """

    def __init__(self, points: Sequence[tuple[Amount, Amount]]) -> None:
        self.points = tuple(points)
        if not points:
            raise ValueError("a demand curve has at least one point")
        for (price, quantity), (higher, fewer) in pairwise(self.points):
            if higher <= price or fewer > quantity:
                raise ValueError(f"demand at {higher} has to be behind {price} and at most {quantity}, not {fewer}")
        if self.points[0][0] < 0 or self.points[-1][1] < 0:
            raise ValueError("prices and quantities are not negative")

    def quantity(self, price: Amount) -> Amount:
        """What is wanted at a price: the first quantity below all points, none above them."""
        if price <= self.points[0][0]:
            return self.points[0][1]
        for (low, more), (high, less) in pairwise(self.points):
            if price <= high:
                return more - (more - less) * Fraction(price - low) / (high - low)
        return 0

    def elasticity(self, first: int = 0, last: int = -1) -> Fraction:
        """The arc elasticity between two of the points, by their places; ValueError where both have one price."""
        (low, more), (high, less) = self.points[first], self.points[last]
        if low == high:
            raise ValueError("an arc has two ends with different prices")
        if more + less == 0:
            return Fraction(0)
        return (Fraction(less - more) / (less + more)) / (Fraction(high - low) / (high + low))


def from_values(values: Sequence[Amount]) -> DemandCurve:
    """Who wants one unit at most, at no more than its value: at every value, how many values are at least that.

    Between two values demand is a step, and the line of the curve lies above it. ValueError where there is none.
    """
    prices = sorted(set(values))
    return DemandCurve([(price, sum(value >= price for value in values)) for price in prices])
