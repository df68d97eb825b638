"""Winner determination: which bids to accept so that the accepted offers sum to the most.

Ties    Of several best choices the declared first one: go through the bidders in order and through each one's bids in
        order; at the first bid about which two best choices differ, it is the one that accepts it. No solver and no
        version of a solver has a say in that.
Method  as in `search`: a solver proposes through PuLP, whole numbers decide; exact for values of any size.

Source: Rothkopf, Pekec and Harstad 1998; Lehmann, Mueller and Sandholm 2006, in Combinatorial Auctions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mechanisms.auctions.packages.constraints import Constraints, Fairness, InfeasibleConstraints
from mechanisms.auctions.packages.rules import Bids, Rule, floor, guarantees, rules
from mechanisms.auctions.packages.search import Optimum, Solver
from verifier.domains.packages import Auction, Choice
from verifier.exact import Money

Allocation = tuple[tuple[int, ...], ...]  # (n, m) units held


@dataclass(frozen=True, slots=True)
class Winners:
    """The declared first of the best choices, the units that everybody holds, the welfare, and how it is known."""

    choice: Choice
    allocations: Allocation
    welfare: Money
    method: str


class Determination:
    """Winner determination for one auction under constraints, kept for the questions that VCG asks.

    Raises
    ------
    ConstraintError : a constraint that makes no sense for the auction
    InfeasibleConstraints : constraints that no choice keeps to, cut down to an irreducible conflict
    """

    def __init__(self, auction: Auction, constraints: Constraints | None = None, solver: str = "highs") -> None:
        self.auction = auction
        self.constraints = constraints or Constraints()
        self.constraints.check(auction)
        self.bids = Bids(auction)
        self._name = solver
        self._rules = rules(self.bids, self.constraints)
        self._solver = Solver(self.bids.program(self._rules), solver)
        for need in self.constraints.fairness:
            if need.kind == "max_min_fair":
                self._max_min(need)
        self._best: Optimum | None = None

    def best(self) -> Winners:
        """The declared first of the best choices."""
        choice = self.bids.choice(self._point())
        return Winners(choice, self.allocations(choice), self.auction.welfare(choice), self._optimum().method)

    def without(self, agent: int) -> Money:
        """The most that the others' accepted offers can sum to while an agent's bids are all refused.

        Guaranteed units stay set aside. Fairness that is owed to the absent agent falls away.
        """
        point = self._point()
        present = [int(index != agent) for index, _ in self.bids.columns]
        left = [one * kept for one, kept in zip(point, present, strict=True)]
        owed = any(rule.agent == agent for rule in self._rules)
        if left == point and not owed:
            return self.bids.whole(self._optimum().value)  # it was optimal with more to choose from
        asked = self._solver
        if owed:
            asked = Solver(self.bids.program([rule for rule in self._rules if rule.agent != agent]), self._name)
        return self.bids.whole(asked.best(present, left, declared=False).value)

    def allocations(self, choice: Choice) -> Allocation:
        """(n, m) what everybody holds: of each good the larger of its accepted and its guaranteed units."""
        accepted = [[0] * len(self.auction.goods) for _ in self.auction.bidders]
        for index, bid in self.auction.accepted(choice):
            accepted[index] = [sum(pair) for pair in zip(accepted[index], bid.units, strict=True)]
        held = self.constraints.guaranteed(self.auction)
        return tuple(tuple(map(max, mine, promised)) for mine, promised in zip(accepted, held, strict=True))

    def _optimum(self) -> Optimum:
        if self._best is None:
            self._best = self._solver.best()
        return self._best

    def _point(self) -> list[int]:
        point = self._optimum().point
        if point is None:
            raise InfeasibleConstraints(self._conflict())
        return list(point)

    def _max_min(self, need: Fairness) -> None:
        """Add floors at weight * the largest smallest value, which is found by halving the interval that holds it."""
        agents = range(len(self.auction.bidders))
        reached = self._solver.best(declared=False).point
        if reached is None:
            return  # `best` will say why
        low = self._smallest(reached)
        high = min((sum(self.bids.values[column] for column in own) for own in self.bids.of), default=0)
        while low < high:
            middle = (low + high + 1) // 2
            asked = self._rules + [floor(self.bids, agent, middle, 1, "") for agent in agents]
            point = Solver(self.bids.program(asked), self._name).best(declared=False).point
            low, high = (low, middle - 1) if point is None else (self._smallest(point), high)
        above, below = need.weight.numerator * low, need.weight.denominator
        name = "the smallest value as large as can be"
        self._rules += [floor(self.bids, agent, above, below, name) for agent in agents]
        self._solver = Solver(self.bids.program(self._rules), self._name)

    def _smallest(self, point: tuple[int, ...]) -> int:
        return min(sum(self.bids.values[column] for column in own if point[column]) for own in self.bids.of)

    def _conflict(self) -> tuple[str, ...]:
        """An irreducible conflict by the deletion filter: leave out every rule without which there is still none."""
        agents = guarantees(self.auction, self.constraints)
        kept = list(dict.fromkeys(rule.name for rule in self._rules))
        promised = dict.fromkeys(agents, True)
        for name in [*reversed(kept)]:
            fewer = [other for other in kept if other != name]
            if not self._possible(fewer, [agent for agent in agents if promised[agent]]):
                kept = fewer
        for agent in agents:
            promised[agent] = False
            if self._possible(kept, [other for other in agents if promised[other]]):
                promised[agent] = True
        return (*(f"the guarantee of {agent!r}" for agent in agents if promised[agent]), *kept)

    def _possible(self, names: list[str], agents: list[str]) -> bool:
        fewer = {agent: self.constraints.min_guaranteed[agent] for agent in agents}
        active: list[Rule] = rules(self.bids, replace(self.constraints, min_guaranteed=fewer))
        program = self.bids.program([rule for rule in active if rule.name in names])
        blank = type(program)((0,) * len(program.values), program.rows)
        return Solver(blank, self._name).best(declared=False).point is not None


def determine(auction: Auction, constraints: Constraints | None = None, solver: str = "highs") -> Winners:
    """The declared first of the choices that sum to the most.

    Parameters
    ----------
    auction : goods, supply and package bids
    constraints : what the allocation must keep to besides
    solver : "highs" (in this process) or "cbc" (its own process); the answer is the same
    """
    return Determination(auction, constraints, solver).best()
