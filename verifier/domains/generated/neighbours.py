"""Bundles that grow from good to good, in proportion to how close goods are to each other.

Every good has a common value. A bidder has private values near it, starts at a good that it likes, and goes on adding
goods that are close to those it has. It pays a twentieth of the sum more for each good beyond the first: goods complete
each other. Its further bids are bundles of the same size, one from each good of the first; they are kept if they cost
at most half as much again as the first one, and are commonly worth at least half as much.

Source: Leyton-Brown, Pearson and Shoham 2000, sections on proximity in space and arbitrary relationships.
"""

from __future__ import annotations

import random
from abc import abstractmethod

from verifier.domains.generated.offers import MOST_SUBSTITUTES, THOUSAND, Market, Offers, weighted


class Neighbours(Market):
    """A market where `closeness` says how likely one good leads to another."""

    def __init__(self, goods: int, source: random.Random) -> None:
        super().__init__(goods, source)
        self.common = [source.randint(1, 100 * THOUSAND) for _ in range(goods)]
        self.further = max(1, min(9, goods // 4))  # goods beyond the first, on average

    @abstractmethod
    def closeness(self, good: int) -> dict[int, int]:
        """The goods that a good leads to, each with a positive weight."""

    def bidder(self) -> Offers:
        private = [self.source.randint(value - value // 2, value + value // 2) for value in self.common]
        first = self._grow(weighted(self.source, private), self._size())
        price = _price(first, private)
        worth = sum(self.common[good] for good in first)
        offers = {first: price}
        for good in sorted(first):
            other = self._grow(good, len(first))
            if 2 * _price(other, private) <= 3 * price and 2 * sum(self.common[one] for one in other) >= worth:
                offers.setdefault(other, _price(other, private))
            if len(offers) == MOST_SUBSTITUTES:
                break
        return offers

    def _size(self) -> int:
        size = 1
        while size < self.goods and self.source.randrange(self.further + 1):
            size += 1
        return size

    def _grow(self, start: int, size: int) -> frozenset[int]:
        """A bundle of that size; every good can be reached from every other."""
        bundle = {start}
        reach = dict(self.closeness(start))
        while len(bundle) < size:
            outside = sorted(set(reach) - bundle)
            good = outside[weighted(self.source, [reach[one] for one in outside])]
            bundle.add(good)
            for one, weight in self.closeness(good).items():
                reach[one] = reach.get(one, 0) + weight
        return frozenset(bundle)


def _price(bundle: frozenset[int], private: list[int]) -> int:
    total = sum(private[good] for good in bundle)
    return total + total * (len(bundle) - 1) // 20
