"""What a property is quantified over: a case holds the runs of the mechanism that one instance of it compares.

Engines build the cases and properties judge them, so that a margin is written once. A `Run` is one outcome (witnesses,
search), a tensor of outcomes (`exhaustive`) or a leaf of an explored program (`symbolic`); a `Quantity` is accordingly
an exact number, an array of them or a symbolic number. Margins use only + - *, abs and comparisons.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeAlias


class Quantity(Protocol):
    """A number, an array of numbers or a symbolic number: whatever the arithmetic of margins works on."""

    def __add__(self, other: Any, /) -> Any: ...
    def __radd__(self, other: Any, /) -> Any: ...
    def __sub__(self, other: Any, /) -> Any: ...
    def __rsub__(self, other: Any, /) -> Any: ...
    def __mul__(self, other: Any, /) -> Any: ...
    def __rmul__(self, other: Any, /) -> Any: ...
    def __abs__(self) -> Any: ...


Vector: TypeAlias = tuple[Quantity, ...]  # (d,) a type or a consumption vector


class Run(Protocol):
    """What the mechanism did: to whom it gave what, and who pays how much (positive: the agent pays)."""

    def consumption(self, agent: int) -> Vector:
        """(d,) what the agent gets, in expectation over a declared lottery."""
        ...

    def payment(self, agent: int) -> Quantity:
        """What the agent pays, in expectation over a declared lottery."""
        ...

    def slack(self) -> Quantity:
        """The least slack of the domain's feasibility constraints over all draws; negative means infeasible."""
        ...


class JointRun(Run, Protocol):
    """A run that can tell what two shares are together; no symbolic run can."""

    def together(self, agent: int, other: int) -> Vector:
        """(d,) what somebody has who holds the shares of both agents, in expectation over a declared lottery."""
        ...


class Over(StrEnum):
    """The quantifier of a property; each has one class of cases."""

    PROFILES = "profiles"
    OUTCOMES = "outcomes"  # profiles whose outcome may be infeasible
    AGENTS = "agents"
    DEVIATIONS = "deviations"
    COALITIONS = "coalitions"
    WITHDRAWALS = "withdrawals"
    FALSE_NAMES = "false-names"
    IDLERS = "idlers"
    MENUS = "menus"
    ALTERNATIVES = "alternatives"
    OBJECTIONS = "objections"
    PAIRS = "pairs"
    SWAPS = "swaps"
    TRANSFORMS = "transforms"
    REPLACEMENTS = "replacements"
    REPEATS = "repeats"
    ABSENCES = "absences"
    TAPES = "tapes"  # deviations, with all ways in which draws can come out


def worth(type_: Vector, consumption: Vector) -> Quantity:
    """Inner product: what the consumption vector is worth to an agent of that type."""
    total: Any = 0
    for value, amount in zip(type_, consumption, strict=True):
        total = total + value * amount
    return total  # type: ignore[no-any-return]


def utility(run: Run, agent: int, type_: Vector) -> Quantity:
    """Quasi-linear utility of an agent with true type `type_`: what it gets is worth, less what it pays."""
    return worth(type_, run.consumption(agent)) - run.payment(agent)  # type: ignore[no-any-return]


def positive(amount: Quantity) -> Any:
    """1 where the amount is positive, else 0: entry by entry for an array of amounts."""
    indicator = getattr(type(amount), "positive", None)
    return int(amount > 0) if indicator is None else indicator(amount)  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class ProfileCase:
    """Everybody reports its type: for all profiles."""

    types: tuple[Vector, ...]
    run: Run


@dataclass(frozen=True, slots=True)
class AgentCase:
    """Everybody reports its type: for all profiles and agents."""

    agent: int
    types: tuple[Vector, ...]
    run: Run


@dataclass(frozen=True, slots=True)
class DeviationCase:
    """Agent i of type t reports t in `truth`, d in `lie`, the others the same in both: for all i, t, d, b_-i."""

    agent: int
    type: Vector
    deviation: Vector
    truth: Run
    lie: Run


@dataclass(frozen=True, slots=True)
class CoalitionCase:
    """Agents i < j of types t_i, t_j report these in `truth`, others in `lie`: for all pairs, types, reports, b."""

    agents: tuple[int, int]
    types: tuple[Vector, Vector]
    truth: Run
    lie: Run


@dataclass(frozen=True, slots=True)
class WithdrawalCase:
    """Agent i reports t in `present` and zero for everything in `absent`: for all i whose grid has zero, t, b_-i."""

    agent: int
    agents: int
    type: Vector
    present: Run
    absent: Run


@dataclass(frozen=True, slots=True)
class FalseNameCase:
    """Agent i of type t reports it in `truth`, where agent k reports zero; in `lie` it bids as i and as k.

    For all i and k whose grid has zero, t, both reports in `lie`, and reports of the others, the same in both.
    """

    agent: int
    name: int
    type: Vector
    truth: Run
    lie: JointRun


@dataclass(frozen=True, slots=True)
class IdlerCase:
    """Agent i reports zero for everything, agent j its type: for all i whose grid has zero, all j, t_j and b."""

    agent: int
    other: int
    type: Vector
    run: JointRun


@dataclass(frozen=True, slots=True)
class MenuCase:
    """The runs at all reports of agent i, the others reporting the same.

    For all i and b_-i whose largest amounts add up to less than the largest that i can report.
    """

    agent: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class AlternativeCase:
    """The outcome against another feasible allocation, (n,) consumption vectors: for all profiles and alternatives."""

    types: tuple[Vector, ...]
    run: Run
    alternative: tuple[Vector, ...]


@dataclass(frozen=True, slots=True)
class ObjectionCase:
    """Agents who would rather have `gets` than what the run gives them: for all profiles and objections of the domain.

    `types` and `gets` are those of `agents`; `seat` (alternative, capacity, agents who go before) limits who can.
    """

    agents: tuple[int, ...]
    types: tuple[Vector, ...]
    run: Run
    gets: tuple[Vector, ...]
    seat: tuple[int, int, tuple[int, ...]] | None


@dataclass(frozen=True, slots=True)
class PairCase:
    """Two agents at one outcome: for all profiles and ordered pairs of distinct agents."""

    agent: int
    other: int
    types: tuple[Vector, ...]
    run: Run


@dataclass(frozen=True, slots=True)
class SwapCase:
    """`swapped` is the run after agents i and j exchanged reports: for all profiles without ties and pairs i < j."""

    agent: int
    other: int
    agents: int
    run: Run
    swapped: Run


@dataclass(frozen=True, slots=True)
class TransformCase:
    """`moved` is the run after every report was changed by one rule: for all profiles whose image can be reported."""

    agents: int
    run: Run
    moved: Run


@dataclass(frozen=True, slots=True)
class ReplacementCase:
    """Agent i reports t in `run` and d in `moved`, and what happens to everybody counts: for all i, t, d, b_-i."""

    agent: int
    agents: int
    type: Vector
    report: Vector
    run: Run
    moved: Run


@dataclass(frozen=True, slots=True)
class RepeatCase:
    """The same profile run twice: for all profiles and ways of repeating."""

    agents: int
    run: Run
    again: Run


@dataclass(frozen=True, slots=True)
class AbsenceCase:
    """Agent i reports zero in `run` and is not there in `absent`: for all i whose grid has zero, and b_-i."""

    agent: int
    agents: int
    run: Run
    absent: Run


Case: TypeAlias = (
    ProfileCase
    | AgentCase
    | DeviationCase
    | CoalitionCase
    | WithdrawalCase
    | FalseNameCase
    | IdlerCase
    | MenuCase
    | AlternativeCase
    | ObjectionCase
    | PairCase
    | SwapCase
    | TransformCase
    | ReplacementCase
    | RepeatCase
    | AbsenceCase
)
