"""Random valuations of each class, in whole numbers; the same seed gives the same valuation.

unit-demand        a worth for each good; a bundle is worth its best good.
additive           a worth for each good; a bundle is worth the sum.
gross-substitutes  several unit-demand wishes, each of them met by a good of its own: the best assignment (OXS).
submodular         goods cover things that have weights, and a bundle is worth what it covers; or a sum under a cap.
supermodular       a worth for each good, and for some bundles a synergy on top for whoever has all of it.
general            each bundle is worth at least what the bundles within it are, and often more.

All have free disposal and v(nothing) = 0.

Source: Lehmann, Lehmann and Nisan 2006 (OXS, coverage and the hierarchy of classes).
"""

from __future__ import annotations

import random
from typing import Protocol

from verifier.domains.valuations.base import Valuation, members, valuation


def unit_demand(goods: int, seed: int, most: int = 20) -> Valuation:
    """A bundle is worth its best good; goods are worth 0 to `most`."""
    single = _amounts(random.Random(seed), goods, most)
    return valuation(goods, lambda bundle: max((single[good] for good in members(bundle)), default=0))


def additive(goods: int, seed: int, most: int = 20) -> Valuation:
    """A bundle is worth the sum of its goods, worth 0 to `most` each."""
    single = _amounts(random.Random(seed), goods, most)
    return valuation(goods, lambda bundle: sum(single[good] for good in members(bundle)))


def gross_substitutes(goods: int, seed: int, most: int = 20) -> Valuation:
    """The best assignment of the goods to 1 to `goods` wishes, each worth 0 to `most`."""
    source = random.Random(seed)
    best = [0] * (1 << goods)
    for _ in range(source.randint(1, goods)):
        wish = _amounts(source, goods, most)
        best = [
            max([best[bundle], *(best[bundle ^ 1 << good] + wish[good] for good in members(bundle))])
            for bundle in range(1 << goods)
        ]
    return valuation(goods, best.__getitem__)


def submodular(goods: int, seed: int, most: int = 20) -> Valuation:
    """What a bundle covers of goods + 2 things of weight 0 to `most`, or a sum of goods that is cut off at a cap."""
    source = random.Random(seed)
    if source.random() < 0.5:
        weights = _amounts(source, goods + 2, most)
        covers = [source.getrandbits(goods + 2) for _ in range(goods)]
        return valuation(goods, lambda bundle: sum(weights[thing] for thing in members(_union(covers, bundle))))
    single = _amounts(source, goods, most)
    cap = source.randint(0, sum(single))
    return valuation(goods, lambda bundle: min(cap, sum(single[good] for good in members(bundle))))


def supermodular(goods: int, seed: int, most: int = 20) -> Valuation:
    """A sum of goods with synergies of 0 to `most` for a third of the bundles."""
    source = random.Random(seed)
    single = _amounts(source, goods, most)
    synergy = [source.randint(0, most) if source.random() < 1 / 3 else 0 for _ in range(1 << goods)]

    def worth(bundle: int) -> int:
        within = [part for part in range(1, bundle + 1) if part & bundle == part]
        return sum(single[good] for good in members(bundle)) + sum(synergy[part] for part in within)

    return valuation(goods, worth)


def general(goods: int, seed: int, most: int = 20) -> Valuation:
    """The best bundle within, and half of the time 1 to `most` on top."""
    source = random.Random(seed)
    values = [0]
    for bundle in range(1, 1 << goods):
        extra = source.randint(1, most) if source.random() < 0.5 else 0
        values.append(max(values[bundle ^ 1 << good] for good in members(bundle)) + extra)
    return valuation(goods, values.__getitem__)


def _amounts(source: random.Random, count: int, most: int) -> list[int]:
    return [source.randint(0, most) for _ in range(count)]


def _union(covers: list[int], bundle: int) -> int:
    covered = 0
    for good in members(bundle):
        covered |= covers[good]
    return covered


class Generator(Protocol):
    """Makes a valuation of some goods from a seed, with amounts up to `most`."""

    def __call__(self, goods: int, seed: int, most: int = ...) -> Valuation: ...


GENERATORS: dict[str, Generator] = {
    "unit-demand": unit_demand,
    "additive": additive,
    "gross-substitutes": gross_substitutes,
    "submodular": submodular,
    "supermodular": supermodular,
    "general": general,
}
