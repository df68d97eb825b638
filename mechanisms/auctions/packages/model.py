"""The integer program of winner determination, built once with PuLP and solved for many sets of bidders.

Definition   maximise the sum of accepted offers; a 0/1 variable for each bid; a row for each good (supply) and for each
             bidder whose bids exclude each other (XOR); further rows where an allocator has constraints of its own.
Back ends    HiGHS in this process, whose model is kept: only bounds of variables change from one solve to the next; CBC
             as a program of its own. Both with gap 0.
Source       Rothkopf, Pekec and Harstad 1998; Sandholm 2002 (winner determination).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulp

from verifier.domains.packages import Auction, Choice
from verifier.exact import Money, common_denominator

SOLVERS = ("highs", "cbc")
_BITS = 30  # of the largest value as a solver sees it


@dataclass(frozen=True, slots=True)
class Row:
    """A further constraint: the sum of coefficient * variable over bids (bidder, place) is at most `limit`."""

    coefficients: Mapping[tuple[int, int], Money]
    limit: Money


class Model:
    """The program of one auction: `bids` are the (bidder, place) of its variables, `values` multiples of a unit."""

    def __init__(self, auction: Auction, solver: str = "highs", rows: Sequence[Row] = ()) -> None:
        if solver not in SOLVERS:
            raise ValueError(f"unknown solver {solver!r}; there are {' and '.join(SOLVERS)}")
        self.auction = auction
        self.rows = tuple(rows)
        self.bids = [(i, place) for i, bidder in enumerate(auction.bidders) for place in range(len(bidder.bids))]
        offers = [auction.bidders[i].bids[place] for i, place in self.bids]
        self.unit = common_denominator(offer.value for offer in offers)
        self.values = [int(offer.value * self.unit) for offer in offers]
        self.units = [offer.units for offer in offers]
        self._fixed: dict[int, int] = {}
        self._problem = pulp.LpProblem("winners", pulp.LpMaximize)
        names = [f"x{column:06d}" for column in range(len(self.bids))]
        self._variables = [self._problem.add_variable(name, 0, 1, pulp.LpInteger) for name in names]
        shift = max(0, max(self.values, default=0).bit_length() - _BITS)
        self._problem += pulp.LpAffineExpression(
            [(variable, value / 2**shift) for variable, value in zip(self._variables, self.values, strict=True)]
        )
        for terms, limit in self._limits():
            self._problem += pulp.LpAffineExpression([(self._variables[column], c) for column, c in terms]) <= limit
        self._solver: Any = (
            pulp.HiGHS(msg=False, gapRel=0, gapAbs=0)
            if solver == "highs"
            else pulp.PULP_CBC_CMD(msg=False, gapRel=0, gapAbs=0)
        )
        self._in_process = solver == "highs"
        if self._in_process and self.bids:
            self._solver.createAndConfigureSolver(self._problem)
            self._solver.buildSolverModel(self._problem)

    def _limits(self) -> list[tuple[list[tuple[int, float]], float]]:
        found: list[tuple[list[tuple[int, float]], float]] = []
        for good, supply in enumerate(self.auction.supply):
            terms = [(column, float(units[good])) for column, units in enumerate(self.units) if units[good]]
            if terms:
                found.append((terms, float(supply)))
        for index, bidder in enumerate(self.auction.bidders):
            if bidder.language == "xor" and len(bidder.bids) > 1:
                found.append(([(column, 1.0) for column, (owner, _) in enumerate(self.bids) if owner == index], 1.0))
        places = {bid: column for column, bid in enumerate(self.bids)}
        for row in self.rows:
            found.append(([(places[bid], float(c)) for bid, c in row.coefficients.items()], float(row.limit)))
        return found

    def solve(self, fixed: Mapping[int, int]) -> list[int] | None:
        """The accepted columns where some variables are fixed; None where the solver finds nothing feasible."""
        if not self.bids:
            return []
        for column in self._fixed.keys() - fixed.keys():
            self._bound(column, 0, 1)
        for column, value in fixed.items():
            if self._fixed.get(column) != value:
                self._bound(column, value, value)
        self._fixed = dict(fixed)
        if self._in_process:
            self._solver.callSolver(self._problem)
            status, _ = self._solver.findSolutionValues(self._problem)
        else:
            status = self._problem.solve(self._solver)
        if status != pulp.LpStatusOptimal:
            return None
        return [column for column, variable in enumerate(self._variables) if (variable.varValue or 0) > 0.5]

    def _bound(self, column: int, low: int, high: int) -> None:
        variable = self._variables[column]
        variable.bounds(low, high)
        if self._in_process:
            self._problem.solverModel.changeColBounds(variable.index, float(low), float(high))

    def feasible(self, columns: Sequence[int]) -> bool:
        """Whether a set of columns keeps every constraint, exactly."""
        chosen = {self.bids[column] for column in columns}
        if self.auction.fault(self.choice(columns)) is not None:
            return False
        return all(sum(c for bid, c in row.coefficients.items() if bid in chosen) <= row.limit for row in self.rows)

    def worth(self, columns: Sequence[int]) -> int:
        """The value of a set of columns, in units."""
        return sum(self.values[column] for column in columns)

    def choice(self, columns: Sequence[int]) -> Choice:
        """A set of columns as a choice."""
        places: list[list[int]] = [[] for _ in self.auction.bidders]
        for column in sorted(columns):
            bidder, place = self.bids[column]
            places[bidder].append(place)
        return tuple(map(tuple, places))
