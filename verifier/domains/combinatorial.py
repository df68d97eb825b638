"""Several distinct goods: a type is the value of every bundle, a share is a bundle.

A bundle is written as a number whose binary digit g tells whether good g belongs to it (0 nothing, 1 good 0, 3 goods 0
and 1). Coordinate s - 1 of a type is the value of bundle s; values are monotone: more goods are worth no less (free
disposal), and nothing is worth 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

from verifier.domains.base import Domain, Slack
from verifier.domains.outcome import Consumption, Share, Type
from verifier.errors import DomainError
from verifier.exact import Money


def monotone_types(amounts: tuple[Money, ...], goods: int) -> tuple[Type, ...]:
    """All monotone valuations with values from `amounts`, smallest first."""
    bundles = range(1, 2**goods)
    within = [(small - 1, large - 1) for small in bundles for large in bundles if small & large == small]
    vectors = product(amounts, repeat=len(bundles))
    found = (vector for vector in vectors if all(vector[small] <= vector[large] for small, large in within))
    return tuple(sorted(found, key=lambda vector: (sum(vector), vector)))


@dataclass(frozen=True, slots=True)
class Combinatorial(Domain):
    """`goods` distinct goods; a share is the number of a bundle."""

    goods: int = 1

    kind: ClassVar[str] = "combinatorial"
    options: ClassVar[tuple[str, ...]] = ("goods",)

    @property
    def dimension(self) -> int:
        return int(2**self.goods) - 1

    def consumption(self, share: Share) -> Consumption:
        if not isinstance(share, int) or not 0 <= share < 2**self.goods:
            written = str(share)
            raise DomainError(f"{written} is no bundle; bundles are numbers from 0 to {2**self.goods - 1}")
        return tuple(int(bundle == share) for bundle in range(1, 2**self.goods))

    def together(self, first: Share, second: Share) -> Consumption:
        """The union of two bundles."""
        self.consumption(first), self.consumption(second)  # refuses what is no bundle
        return self.consumption(first | second if isinstance(first, int) and isinstance(second, int) else None)

    def slacks(self, shares: tuple[Share, ...]) -> Iterator[Slack]:
        for good in range(self.goods):
            holders = sum(isinstance(share, int) and share >> good & 1 for share in shares)
            yield f"good {good} is given to at most one agent", 1 - holders

    def alternatives(self) -> Iterator[tuple[Share, ...]]:
        count = len(self.agents)
        for owners in product(range(count), repeat=self.goods):
            yield tuple(sum(1 << good for good, owner in enumerate(owners) if owner == agent) for agent in range(count))

    def type_constraints(self) -> Iterator[tuple[dict[int, Money], Money]]:
        yield from super(Combinatorial, self).type_constraints()
        for bundle in range(1, 2**self.goods):
            for good in range(self.goods):
                smaller = bundle & ~(1 << good)
                if smaller and smaller != bundle:
                    yield {smaller - 1: 1, bundle - 1: -1}, 0

    def extra(self) -> dict[str, object]:
        return {"goods": self.goods}
