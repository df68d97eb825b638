"""Branch and bound that ends with a cover: HiGHS proposes, every bound is summed again in whole numbers.

A part of the tree is closed only by a bound that has been added up exactly. The prices are first rounded as coarsely
as still closes the part, which keeps the evidence small; where no rounding of the doubles does, the prices of the basis
are solved for exactly; where these do not close it either, it is split.

Source: Land and Doig 1960; Rothkopf, Pekec and Harstad 1998.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from verifier.oracles.welfare.cover import INFEASIBLE, Bound, Prices
from verifier.oracles.welfare.program import Program
from verifier.oracles.welfare.relaxation import LARGEST, Price, Relaxation, Relaxed, basic_prices

_ALMOST = 1e-6
_CLOSE = 10**5  # a bound that is worse by a part of this size is no matter of rounding
_FINEST = (1, 2, 3, 4, 6, 12, 60, 840, 10**3, 10**6, 10**9)  # denominators tried after whole steps


@dataclass(slots=True)
class Part:
    """A part of the tree: which columns are refused and accepted; split by a column, or closed by prices."""

    refused: tuple[int, ...] = ()
    accepted: tuple[int, ...] = ()
    column: int | None = None
    halves: tuple[Part, Part] | None = None
    bound: Bound | None = None
    prices: Prices | None = None
    doubles: list[Price] = field(default_factory=list)


class OutOfNodes(Exception):
    """The budget is spent: `welfare` is the best known, `bound` the least proven bound, both scaled."""

    def __init__(self, welfare: int, bound: int) -> None:
        super().__init__()
        self.welfare = welfare
        self.bound = bound


class Search:
    """The search on one program, some columns of which are refused from the start.

    `best` is the best set of columns so far and `welfare` its scaled value. `hints` are prices to try before any
    others, `start` is a set of columns to begin with.
    """

    def __init__(
        self,
        program: Program,
        nodes: int,
        relaxation: Relaxation,
        *,
        refused: Sequence[int] = (),
        hints: Sequence[Prices] = (),
        start: Sequence[int] = (),
    ) -> None:
        self.program = program
        self.nodes = nodes
        self.best: tuple[int, ...] = ()
        self.welfare = 0
        self._relaxation = relaxation
        self._root = Part(tuple(refused))
        self._fine = 1000 * max(program.limits, default=1)  # a price is paid for as many units as there are at most
        self._shift = max(0, max(program.values, default=0).bit_length() - LARGEST)
        free = Prices(1, {})  # at which all that is not refused is accepted: closes a part with nothing left to decide
        self._hints = [(Bound(program, prices), prices) for prices in (free, *hints)]
        self._density = sorted(range(len(program.values)), key=lambda j: (-self._worth(j), j))
        self._offer(start, (), refused)
        self._offer((), (), refused)

    def run(self) -> Part:
        """Close the whole tree; raises OutOfNodes where that takes more parts than the budget has."""
        waiting = [self._root]
        while waiting:
            part = waiting.pop()
            if not self.program.fits(part.accepted) or self._closed_by_hint(part):
                continue
            if self.nodes <= 0:
                raise OutOfNodes(self.welfare, self._least_bound([part, *waiting]))
            self.nodes -= 1
            waiting += self._split_or_close(part)
        return self._root

    def _closed_by_hint(self, part: Part) -> bool:
        for bound, prices in self._hints:
            if bound.closes(part.refused, part.accepted, self.welfare):
                part.bound, part.prices = bound, prices
                return True
        return False

    def _split_or_close(self, part: Part) -> tuple[Part, ...]:
        """Close a part, or give its halves, the more hopeful one last."""
        relaxed = self._relaxation.solve(part.refused, part.accepted)
        self._offer(part.accepted, () if relaxed is None else relaxed.shares, part.refused)
        if self._closed_by_hint(part) or (relaxed is not None and self._close(part, relaxed)):
            return ()
        part.column = self._branch(part, relaxed)
        refuse = Part((*part.refused, part.column), part.accepted)
        accept = Part(part.refused, (*part.accepted, part.column))
        part.halves = (refuse, accept)
        hopeful = relaxed is not None and relaxed.shares[part.column] < 0.5
        return (accept, refuse) if hopeful else (refuse, accept)

    def _close(self, part: Part, relaxed: Relaxed) -> bool:
        for prices in self._candidates(relaxed):
            bound = Bound(self.program, prices)
            if bound.closes(part.refused, part.accepted, self.welfare):
                part.bound, part.prices, part.doubles = bound, prices, relaxed.prices
                return True
            if bound.at(part.refused, part.accepted) * _CLOSE > prices.denominator * (self.welfare + 1) * (_CLOSE + 1):
                return False  # far from closed: no other prices will do
        return False

    def _candidates(self, relaxed: Relaxed) -> Iterator[Prices]:
        yield rounded(relaxed.prices, 1, self._fine)
        exact = basic_prices(self.program, relaxed)
        if exact is not None:
            yield exact

    def _branch(self, part: Part, relaxed: Relaxed | None) -> int:
        """The column to split by: the one that the relaxation is least sure of, weighted by its value."""
        decided = {*part.refused, *part.accepted}
        free = [column for column in range(len(self.program.values)) if column not in decided]
        if relaxed is None:
            return max(free, key=lambda column: self.program.values[column])
        shares, values = relaxed.shares, [value >> self._shift for value in self.program.values]
        return max(free, key=lambda j: (min(shares[j], 1 - shares[j]) * values[j], shares[j], values[j]))

    def _offer(self, accepted: Sequence[int], shares: Sequence[float] = (), refused: Sequence[int] = ()) -> None:
        """A choice made greedily, by the shares of the relaxation first; kept where it is the best so far."""
        program, left = self.program, list(self.program.limits)
        order = self._density
        if shares:
            order = sorted((j for j, share in enumerate(shares) if share > _ALMOST), key=lambda j: -shares[j])
            order = [*order, *self._density]
        chosen: dict[int, None] = {}
        barred = set(refused)
        for column in (*accepted, *order):
            if column in chosen or column in barred:
                continue
            if all(left[row] >= units for row, units in program.entries[column]):
                chosen[column] = None
                for row, units in program.entries[column]:
                    left[row] -= units
        welfare = program.welfare(chosen)
        if welfare > self.welfare:
            self.best, self.welfare = tuple(sorted(chosen)), welfare

    def _worth(self, column: int) -> float:
        """Its value for the square root of what it asks for; a hint, so that doubles will do."""
        units = sum(units / self.program.limits[row] for row, units in self.program.entries[column])
        return float((self.program.values[column] >> self._shift) / max(units, 1e-100) ** 0.5)

    def _least_bound(self, parts: Sequence[Part]) -> int:
        """What nothing exceeds: the best that is known, or what the open parts may be worth, by one relaxation each."""
        return max(self.welfare, *map(self._bound_of, parts))

    def _bound_of(self, part: Part) -> int:
        relaxed = self._relaxation.solve(part.refused, part.accepted)
        prices = rounded(relaxed.prices, 1, self._fine) if relaxed is not None else Prices(1, {})
        return Bound(self.program, prices).at(part.refused, part.accepted) // prices.denominator


def rounded(prices: Sequence[Price], step: int, denominator: int) -> Prices:
    """Prices to the nearest multiple of step / denominator."""
    exact = max(step, denominator).bit_length() > LARGEST
    found = {
        row: round((Fraction(price) if exact else price) * denominator / step) * step
        for row, price in enumerate(prices)
        if price > 0
    }
    return Prices(denominator, {row: price for row, price in found.items() if price})


def compact(program: Program, root: Part, welfare: int) -> tuple[list[Prices], list[int | tuple[int, int]]]:
    """Few and short price vectors that close every leaf, and the tree in preorder that names them."""
    vectors: list[tuple[Bound, Prices]] = []
    tree: list[int | tuple[int, int]] = []
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if part.halves is not None:
            assert part.column is not None
            tree.append(program.bids[part.column])
            waiting += reversed(part.halves)
        elif part.prices is None:
            tree.append(INFEASIBLE)
        else:
            tree.append(_named(program, part, welfare, vectors))
    return [prices for _, prices in vectors], tree


def _named(program: Program, part: Part, welfare: int, vectors: list[tuple[Bound, Prices]]) -> int:
    for number, (bound, _) in enumerate(vectors):
        if bound.closes(part.refused, part.accepted, welfare):
            return number
    for prices in _coarse_first(part.doubles):
        bound = Bound(program, prices)
        if bound.closes(part.refused, part.accepted, welfare):
            vectors.append((bound, prices))
            return len(vectors) - 1
    assert part.bound is not None
    assert part.prices is not None
    vectors.append((part.bound, part.prices))
    return len(vectors) - 1


def _coarse_first(prices: Sequence[Price]) -> Iterator[Prices]:
    largest, step = int(max(prices, default=0)), 1
    while step * 10 <= largest:
        step *= 10
    while step > 1:
        yield rounded(prices, step, 1)
        step //= 10
    for denominator in _FINEST:
        yield rounded(prices, 1, denominator)
