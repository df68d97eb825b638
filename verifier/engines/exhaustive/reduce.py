"""From margins over all cases to a table, and to the places of the simplest and the worst violation."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from verifier.engines.exhaustive.blocks import Block, Site, both
from verifier.evidence import Count, Row, Table
from verifier.exact import Money, simplest
from verifier.properties import Property
from verifier.properties.cases import Over
from verifier.tensor import Array, Tensor


@dataclass(slots=True)
class _RowSum:
    cases: int = 0
    violations: int = 0
    least: Fraction | None = None


@dataclass(slots=True)
class Reduction:
    """Runs over blocks of cases and keeps counts, least margins and the places of two violations.

    `simplest` minimises the sum of all report indices of the case (small values first), ties by the order of the
    blocks and then of the grid; `worst` minimises the margin, ties likewise.
    """

    prop: Property
    tolerance: Money
    rows: dict[int | None, _RowSum] = field(default_factory=dict)
    skipped: int = 0
    truthful: list[int] = field(default_factory=lambda: [0, 0])
    ties: list[int] = field(default_factory=lambda: [0, 0])
    simplest: tuple[int, Site] | None = None
    worst: tuple[Fraction, Site] | None = None

    def add(self, block: Block) -> None:
        """Judge every case of a block."""
        margins = [margin for margin in self.prop.margins(block.case) if isinstance(margin, Tensor)]
        if not margins:
            raise TypeError(f"no margin of {self.prop.name} is a tensor")
        margin = functools.reduce(Tensor.larger, margins)
        row = self.rows.setdefault(block.row, _RowSum())
        used = both(block.valid, block.counted)
        shape = margin.numerators.shape
        total = int(np.prod(shape)) if block.counted is None else int(block.counted.sum())
        count = total if used is None else int(np.broadcast_to(used, shape).sum())
        self.skipped += total - count
        row.cases += count
        if block.counted is not None:
            self._count_ties(margin, block)
        if self.prop.over is Over.DEVIATIONS and block.row is not None:
            self._count_truthful(margin, used, block.row)
        if count:
            self._violations(margin, used, block, row)

    def _violations(self, margin: Tensor, used: Array | None, block: Block, row: _RowSum) -> None:
        if used is not None:
            above = margin.numerators.max() + 1  # what is no case must not be the least, not even by a tie
            margin = Tensor(np.where(used, margin.numerators, above), margin.denominator, margin.bound + 1)
        least = margin.least()
        if row.least is None or least < row.least:
            row.least = least
        if least >= -self.tolerance:
            return
        broken = margin.below(-self.tolerance)
        if used is not None:
            broken = broken & used
        row.violations += int(broken.sum())
        rank = _ranks(broken.shape)
        place = np.unravel_index(np.where(broken, rank, rank.max() + 1).argmin(), broken.shape)
        cost = int(rank[place]) + block.rank
        if self.simplest is None or cost < self.simplest[0]:
            self.simplest = (cost, block.site(tuple(map(int, place))))
        if self.worst is None or least < self.worst[0]:
            worst = np.unravel_index(int(np.argmin(margin.numerators)), broken.shape)
            self.worst = (least, block.site(tuple(map(int, worst))))

    def _count_truthful(self, margin: Tensor, used: Array | None, agent: int) -> None:
        gains = margin.below(0)
        asked = np.ones(gains.shape, dtype=bool) if used is None else np.broadcast_to(used, gains.shape)
        pairs = asked.any(axis=agent)
        self.truthful[0] += int((pairs & ~(gains & asked).any(axis=agent)).sum())
        self.truthful[1] += int(pairs.sum())

    def _count_ties(self, margin: Tensor, block: Block) -> None:
        if block.counted is None:
            return
        tied = ~block.counted if block.valid is None else ~block.counted & block.valid
        self.ties[0] += int((margin.below(0) & tied).sum())
        self.ties[1] += int(tied.sum())

    def table(self) -> Table:
        """The counts so far."""
        return Table(
            rows=tuple(
                Row(agent, row.cases, row.violations, None if row.least is None else simplest(row.least))
                for agent, row in self.rows.items()
            ),
            skipped=self.skipped,
            truth_best=Count(*self.truthful) if self.prop.name == "dsic" else None,
            unequal_ties=Count(*self.ties) if self.prop.over is Over.SWAPS else None,
        )


def reduce(prop: Property, tolerance: Money, blocks: Iterable[Block]) -> Reduction:
    """Judge all blocks."""
    reduction = Reduction(prop, tolerance)
    for block in blocks:
        if prop.only is None or block.row in prop.only:
            reduction.add(block)
    return reduction


def _ranks(shape: tuple[int, ...]) -> Array:
    """Sum of the indices at every place."""
    total = np.zeros(shape, dtype=np.int64)
    for axis, size in enumerate(shape):
        total += np.arange(size).reshape(tuple(size if other == axis else 1 for other in range(len(shape))))
    return total
