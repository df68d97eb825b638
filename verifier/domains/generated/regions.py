"""Regions: pieces of land, or spectrum licences, where neighbours are worth more together.

Goods lie in rows on a map. Those side by side or one above the other are neighbours, diagonal ones one time in five.

Source: Leyton-Brown, Pearson and Shoham 2000, section on proximity in space.
"""

from __future__ import annotations

import math
import random

from verifier.domains.generated.neighbours import Neighbours


class Regions(Neighbours):
    """A map with about as many rows as columns."""

    def __init__(self, goods: int, source: random.Random) -> None:
        super().__init__(goods, source)
        self.columns = math.isqrt(goods - 1) + 1
        self.near: list[dict[int, int]] = [{} for _ in range(goods)]
        for good in range(goods):
            row, column = divmod(good, self.columns)
            for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
                other = (row + down) * self.columns + column + right
                straight = not down or not right
                if 0 <= column + right < self.columns and other < goods and (straight or not source.randrange(5)):
                    self.near[good][other] = self.near[other][good] = 1

    def names(self) -> list[str]:
        return [f"row {good // self.columns} column {good % self.columns}" for good in range(self.goods)]

    def closeness(self, good: int) -> dict[int, int]:
        return self.near[good]
