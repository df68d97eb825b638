"""Arbitrary: goods that go together for no reason that a map could show, such as collectables.

Each pair of goods has a random closeness, which is the same for all bidders.

Source: Leyton-Brown, Pearson and Shoham 2000, section on arbitrary relationships.
"""

from __future__ import annotations

import random
from itertools import combinations

from verifier.domains.generated.neighbours import Neighbours


class Arbitrary(Neighbours):
    """Any good may lead to any other."""

    def __init__(self, goods: int, source: random.Random) -> None:
        super().__init__(goods, source)
        self.near: list[dict[int, int]] = [{} for _ in range(goods)]
        for one, other in combinations(range(goods), 2):
            self.near[one][other] = self.near[other][one] = source.randint(1, 1000)

    def names(self) -> list[str]:
        return [f"thing {good}" for good in range(self.goods)]

    def closeness(self, good: int) -> dict[int, int]:
        return self.near[good]
