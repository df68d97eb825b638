"""Matching: times of day at which something may start here and end there, such as slots for take-off and landing.

Goods are slots in turn at four airports (fewer where there are few goods). A flight needs a slot to leave from one and
a slot to land at another, a whole number of slots later. Each has a worth at its best time; leaving earlier or later
and every slot on the way beyond the shortest time take a tenth of it each, up to a half.

Source: Leyton-Brown, Pearson and Shoham 2000, section on temporal matching; Rassenti, Smith and Bulfin 1982.
"""

from __future__ import annotations

import random
from typing import ClassVar

from verifier.domains.generated.offers import MOST_SUBSTITUTES, THOUSAND, Market, Offers

_AIRPORTS = 4


class Matching(Market):
    """Good g is slot g // airports at airport g % airports."""

    fewest: ClassVar[int] = 2

    def __init__(self, goods: int, source: random.Random) -> None:
        super().__init__(goods, source)
        self.airports = min(_AIRPORTS, goods)

    def names(self) -> list[str]:
        return [f"airport {good % self.airports} slot {good // self.airports}" for good in range(self.goods)]

    def bidder(self) -> Offers:
        start, end = self.source.sample(range(self.airports), 2)
        slots = (self.goods + self.airports - 1) // self.airports
        distance = min(1 + abs(start - end), slots) - 1  # no longer than the day
        best = self.source.randrange(slots)
        worth = self.source.randint(10 * THOUSAND, 100 * THOUSAND)
        flights = []
        for leave in range(max(0, best - 5), min(slots, best + 6)):
            for land in range(leave + distance, min(slots, leave + distance + 6)):
                package = (leave * self.airports + start, land * self.airports + end)
                tenths = abs(leave - best) + land - leave - distance
                if tenths <= 5 and max(package) < self.goods:
                    flights.append((tenths, package))
        if not flights:  # too late to land that day: it takes what there is in the morning
            flights = [(5, (start, end))]
        flights.sort()
        return {frozenset(package): worth * (10 - tenths) // 10 for tenths, package in flights[:MOST_SUBSTITUTES]}
