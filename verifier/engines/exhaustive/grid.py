"""Every profile of the grid, run once: outcomes as tensors, faults by profile.

Axes: agents first, then for each agent one axis of reports (the grid), so `payments[i]` has shape (T_1, ..., T_n) and
`consumptions[i][c]` likewise for coordinate c of what agent i gets.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from verifier.domains import Domain, Draw, Outcome, Profile
from verifier.domains.base import Slack
from verifier.evidence import Fault
from verifier.exact import Money
from verifier.tensor import Array, Tensor


@dataclass(frozen=True, slots=True)
class OutcomeGrid:
    """What the mechanism did at every profile.

    Attributes
    ----------
    consumptions : [agent][coordinate] tensors over the grid, expectations for lotteries
    payments : [agent] tensors over the grid, expectations for lotteries
    slack : tensor over the grid, the least slack of the domain's constraints over all draws
    valid : boolean array over the grid, False where there is no outcome or an infeasible one; None when all are valid
    read : the same, False only where there is no outcome at all; None when every profile has one
    faults : profile number -> fault, in the order of the grid
    rows : at every place of the grid the number of its allocation, -1 where there is none
    allocations : the different ones, whose payments mean nothing
    held : what `together` has computed so far
    """

    domain: Domain
    consumptions: tuple[tuple[Tensor, ...], ...]
    payments: tuple[Tensor, ...]
    slack: Tensor
    valid: Array | None
    read: Array | None
    faults: dict[int, Fault]
    rows: Array
    allocations: tuple[Outcome, ...]
    held: dict[tuple[int, int], tuple[Tensor, ...]] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, ...]:
        """(T_1, ..., T_n)."""
        return tuple(len(types) for types in self.domain.types)

    def together(self, agent: int, other: int) -> tuple[Tensor, ...]:
        """[coordinate] tensors over the grid: what somebody has who holds the shares of both; computed once."""
        if (agent, other) not in self.held:
            self.held[agent, other] = self._together(agent, other)
        return self.held[agent, other]

    def _together(self, agent: int, other: int) -> tuple[Tensor, ...]:
        vectors = [self.domain.expected_together(one, agent, other) for one in self.allocations]
        vectors = vectors or [(0,) * self.domain.dimension]  # nothing but faults
        tables = [Tensor.of(amounts, (-1,)) for amounts in zip(*vectors, strict=True)]
        return tuple(table.view(table.numerators[self.rows]) for table in tables)


@dataclass(slots=True)
class GridBuilder:
    """Collects outcomes profile by profile, then makes the tensors.

    Equal allocations are valued once: `_known` maps an allocation (with its probabilities, for a lottery) to a row of
    `_consumptions` and `_slacks`.
    """

    domain: Domain
    faults: dict[int, Fault] = field(default_factory=dict)
    _known: dict[object, int] = field(default_factory=dict)
    _consumptions: list[tuple[Money, ...]] = field(default_factory=list)
    _slacks: list[Slack] = field(default_factory=list)
    _allocations: list[Outcome] = field(default_factory=list)
    _rows: list[int] = field(default_factory=list)
    _payments: list[Money] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """The outcome of the next profile."""
        if len(outcome.draws) == 1:
            shares, payments = outcome.draws[0].shares, outcome.draws[0].payments
            row = self._known.get(shares)
            self._rows.append(self._learn(shares, outcome) if row is None else row)
            self._payments += payments
            return
        key = tuple((draw.probability, draw.shares) for draw in outcome.draws)
        row = self._known.get(key)
        self._rows.append(self._learn(key, outcome) if row is None else row)
        self._payments += [outcome.expected_payment(agent) for agent in range(len(self.domain.agents))]

    def add_fault(self, fault: Fault) -> None:
        """The next profile has no outcome."""
        self.faults[len(self._rows)] = fault
        self._rows.append(-1)
        self._payments += [0] * len(self.domain.agents)

    def add_arrays(self, allocations: Array, payments: Array) -> None:
        """Deterministic outcomes of the next profiles at once: (B, n) shares and (B, n) payments, both integers."""
        unique, rows = np.unique(allocations, axis=0, return_inverse=True)
        learnt = []
        for shares in map(tuple, unique.tolist()):
            known = self._known.get(shares)
            outcome = Outcome((Draw(1, shares, (0,) * len(shares)),))
            learnt.append(self._learn(shares, outcome) if known is None else known)
        self._rows += np.array(learnt)[rows.reshape(-1)].tolist()
        self._payments += payments.reshape(-1).tolist()

    def _learn(self, key: object, outcome: Outcome) -> int:
        domain = self.domain
        self._known[key] = len(self._slacks)
        for agent in range(len(domain.agents)):
            self._consumptions.append(domain.expected_consumption(outcome, agent))
        self._slacks.append(domain.least_slack(outcome))
        self._allocations.append(outcome)
        return len(self._slacks) - 1

    def finish(self) -> OutcomeGrid:
        """The tensors; profiles with infeasible outcomes join the faults."""
        domain = self.domain
        shape = tuple(len(types) for types in domain.types)
        rows = np.array(self._rows, dtype=np.int64).reshape(shape)
        read = None if not self.faults else rows >= 0
        slack = Tensor.of([slack for _, slack in self._slacks] or [0], (-1,))
        self._blame_infeasible(rows)
        count, dimension = len(domain.agents), domain.dimension
        flat = [amount for vector in self._consumptions for amount in vector]
        table = Tensor.of(flat or [0] * (count * dimension), (-1, count, dimension))
        money = Tensor.of(self._payments, (*shape, count))
        return OutcomeGrid(
            domain=domain,
            consumptions=tuple(
                tuple(table.view(table.numerators[:, agent, coordinate][rows]) for coordinate in range(dimension))
                for agent in range(count)
            ),
            payments=tuple(money.view(np.ascontiguousarray(money.numerators[..., agent])) for agent in range(count)),
            slack=slack.view(slack.numerators[rows]),
            valid=self._mask(shape),
            read=read,
            faults=dict(sorted(self.faults.items())),
            rows=rows,
            allocations=tuple(self._allocations),
        )

    def _blame_infeasible(self, rows: Array) -> None:
        for row, (constraint, slack) in enumerate(self._slacks):
            if slack < 0:
                for number in np.flatnonzero(rows == row):
                    self.faults[int(number)] = Fault(
                        nth_profile(self.domain, int(number)), "infeasible", f"broken: {constraint} (by {-slack})"
                    )

    def _mask(self, shape: tuple[int, ...]) -> Array | None:
        if not self.faults:
            return None
        mask = np.ones(math.prod(shape), dtype=bool)
        mask[list(self.faults)] = False
        return mask.reshape(shape)


def nth_profile(domain: Domain, number: int) -> Profile:
    """The profile at a place of the grid's order, the last agent varying fastest."""
    index = np.unravel_index(number, tuple(len(types) for types in domain.types))
    return tuple(types[int(place)] for types, place in zip(domain.types, index, strict=True))
