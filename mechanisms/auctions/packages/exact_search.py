"""Winner determination in whole numbers, for values that doubles cannot tell apart.

Definition   Depth first over the bids, the dearest first: accepted, or refused. A branch is left where what is accepted,
             together with the most that the units that are left can bring, is no more than the best so far.
Bound        Every bid spreads its value over the units that it asks for; a unit of a good brings at most the largest
             such part among the bids that are still open. Parts are rounded up to 2^-20 of a unit of money.
Source       Fujishima, Leyton-Brown and Shoham 1999 (bounds by the best value for each good); Sandholm 2002.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mechanisms.auctions.packages.model import Model

_FINE = 2**20
MOST_STEPS = 2_000_000


class OutOfSteps(ArithmeticError):
    """The search would take too long: the bids are too many to be told apart by trying. Use fewer or rounder values."""


def improve(model: Model, start: Sequence[int], refused: Collection[int], accepted: Collection[int] = ()) -> list[int]:
    """The best columns that are not refused, at least as good as `start`; raises OutOfSteps."""
    search = _Search(model, start, refused, accepted)
    search.run()
    return search.best


class _Search:
    def __init__(self, model: Model, start: Sequence[int], refused: Collection[int], accepted: Collection[int]) -> None:
        self.model = model
        self.best, self.welfare = list(start), model.worth(start)
        owners = {}
        for index, bidder in enumerate(model.auction.bidders):
            if bidder.language == "xor":
                owners[index] = len(model.auction.supply) + len(owners)
        self.left = [*model.auction.supply, *(1 for _ in owners)]
        self.needs: dict[int, list[tuple[int, int]]] = {}
        for column, (bidder, _) in enumerate(model.bids):
            goods = [(good, units) for good, units in enumerate(model.units[column]) if units]
            self.needs[column] = [*goods, *([(owners[bidder], 1)] if bidder in owners else [])]
        for column in accepted:
            self._take(column, 1)
        self.fixed = list(accepted)
        free = [c for c in self.needs if c not in refused and c not in accepted and self._fits(c)]
        weights = self._weights(free)
        self.parts = {column: self._parts(column, weights) for column in free}
        self.order = sorted(free, key=lambda column: (-max(part for _, part in self.parts[column]), column))
        self.most = self._suffixes()
        self.steps = 0

    def _weights(self, free: Sequence[int]) -> list[int]:
        """How much of a value a row bears: the rows that many bids compete for bear more. Any weights give a bound."""
        demand = [1] * len(self.left)
        for column in free:
            for row, units in self.needs[column]:
                demand[row] += units
        return [1 + 16 * wanted // units if units else 1 for wanted, units in zip(demand, self.left, strict=True)]

    def _parts(self, column: int, weights: Sequence[int]) -> list[tuple[int, int]]:
        """(row, what one unit of it brings at most), rounded up."""
        whole = sum(weights[row] * units for row, units in self.needs[column])
        value = self.model.values[column] * _FINE
        return [(row, -(-value * weights[row] // whole)) for row, _ in self.needs[column]]

    def _suffixes(self) -> list[list[int]]:
        """For each place of the order the most that a unit of each row brings from there on."""
        most = [[0] * len(self.left)]
        for column in reversed(self.order):
            row_most = list(most[-1])
            for row, part in self.parts[column]:
                row_most[row] = max(row_most[row], part)
            most.append(row_most)
        return most[::-1]

    def run(self) -> None:
        """Depth first with a stack of our own: a path may be longer than Python's stack is deep."""
        worth = self.model.worth(self.fixed)
        chosen: list[int] = []
        place = 0
        while True:
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise OutOfSteps(f"no answer after {MOST_STEPS:,} steps of exact search; round the values or bid less")
            total = worth + sum(self.model.values[self.order[p]] for p in chosen)
            if total > self.welfare and self._allowed(chosen):
                self.best, self.welfare = [*self.fixed, *(self.order[p] for p in chosen)], total
            bound = sum(units * part for units, part in zip(self.left, self.most[place], strict=True))
            if place < len(self.order) and total * _FINE + bound >= (self.welfare + 1) * _FINE:
                if self._fits(self.order[place]):
                    self._take(self.order[place], 1)
                    chosen.append(place)
                place += 1
                continue
            if not chosen:
                return
            place = chosen.pop() + 1
            self._take(self.order[place - 1], -1)

    def _allowed(self, chosen: Sequence[int]) -> bool:
        """Whether constraints beyond supply and XOR hold."""
        return not self.model.rows or self.model.feasible([*self.fixed, *(self.order[p] for p in chosen)])

    def _fits(self, column: int) -> bool:
        return all(self.left[row] >= units for row, units in self.needs[column])

    def _take(self, column: int, sign: int) -> None:
        for row, units in self.needs[column]:
            self.left[row] -= sign * units
