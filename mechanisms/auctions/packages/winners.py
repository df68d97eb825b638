"""Which bids win: the integer program proposes, money is counted exactly, and ties are broken by a declared rule.

Exactness    A solver works in doubles. Where all sums of values stay below `CARRIED` units it can tell any two of them
             apart; above that its answer is only where the exact search starts (`method` says which).
Ties         Of the choices that are worth the most, the one that accepts the earliest bid (bidder by bidder, in the
             order of their bids), then the next earliest, and so on: the first in lexicographic order. It does not
             depend on the solver. In auctions of more than `TIED` bids ties are left as the solver breaks them.
Source       Lehmann, Müller and Sandholm 2006; on gaps and payments: default MILP gaps falsify VCG payments.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from mechanisms.auctions.packages.exact_search import improve
from mechanisms.auctions.packages.model import Model, Row
from verifier.domains.packages import Auction, Choice
from verifier.exact import Money, simplest

CARRIED = 10**6
TIED = 150


class Infeasible(ValueError):
    """No choice of bids keeps all constraints."""


@dataclass(frozen=True, slots=True)
class Winners:
    """The accepted bids, their exact worth, and how they were found."""

    choice: Choice
    welfare: Money
    method: str


class WinnerDetermination:
    """The best choice of bids of one auction, for as many absent bidders as one asks."""

    def __init__(self, auction: Auction, solver: str = "highs", rows: Sequence[Row] = ()) -> None:
        self.auction = auction
        self.model = Model(auction, solver, rows)
        self.carried = sum(self._dearest()) < CARRIED
        name = {"highs": "HiGHS", "cbc": "CBC"}[solver]
        self.method = f"integer program ({name})" + ("" if self.carried else ", then exact search")

    def best(self, absent: Collection[int] = (), *, ties: bool = False) -> Winners:
        """The best choice where some bidders are absent; `ties` asks for the declared one among equals.

        Raises
        ------
        Infeasible : constraints leave no choice. OutOfSteps : the exact search would take too long.
        """
        refused = {column: 0 for column, (bidder, _) in enumerate(self.model.bids) if bidder in absent}
        columns = self._columns(refused)
        if ties and len(self.model.bids) <= TIED:
            columns = self._first(columns, refused)
        welfare = simplest(Fraction(self.model.worth(columns), self.model.unit))
        return Winners(self.model.choice(columns), welfare, self.method)

    def _columns(self, fixed: Mapping[int, int]) -> list[int]:
        """The best columns where some are fixed."""
        found = self.model.solve(fixed)
        if found is None or not self.model.feasible(found):
            raise Infeasible("no choice of bids keeps all constraints")
        if self.carried:
            return found
        refused = [column for column, value in fixed.items() if not value]
        accepted = [column for column, value in fixed.items() if value]
        return improve(self.model, found, refused, accepted)

    def _first(self, columns: Sequence[int], refused: Mapping[int, int]) -> list[int]:
        """The first in lexicographic order among choices of the same worth."""
        best, fixed = sorted(columns), dict(refused)
        for column in range(len(self.model.bids)):
            if column in fixed:
                continue
            if column not in best:
                accepted = [other for other, value in fixed.items() if value]
                try:
                    found = self._columns({**fixed, column: 1}) if self._together(accepted, column) else []
                except Infeasible:
                    found = []
                if found and self.model.worth(found) == self.model.worth(best):
                    best = sorted(found)
            fixed[column] = int(column in best)
        return best

    def _together(self, accepted: Sequence[int], column: int) -> bool:
        return self.auction.fault(self.model.choice([*accepted, column])) is None

    def _dearest(self) -> list[int]:
        """What no choice can exceed, bidder by bidder: the dearest of XOR bids, all OR bids."""
        by_bidder: dict[int, list[int]] = {}
        for (bidder, _), value in zip(self.model.bids, self.model.values, strict=True):
            by_bidder.setdefault(bidder, []).append(value)
        return [
            max(values) if self.auction.bidders[bidder].language == "xor" else sum(values)
            for bidder, values in by_bidder.items()
        ]
