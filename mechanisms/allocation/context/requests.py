"""What agents ask of a context window, what the window allows, and both together as bounds on every agent's tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mechanisms.allocation.priority import Priority
from mechanisms.auctions.outcome import Amount

FAIRNESS = ("proportional", "max-min")


class ContextError(ValueError):
    """Requests or constraints that contradict themselves. Mend what the message names."""


class TaskType(StrEnum):
    """What the tokens are for; it is recorded and changes nothing."""

    CODE_ANALYSIS = "code_analysis"
    CODE_GENERATION = "code_generation"
    EXPLANATION = "explanation"
    SEARCH = "search"
    SYNTHESIS = "synthesis"


@dataclass(frozen=True, slots=True)
class ContextRequest:
    """What one agent asks for.

    Attributes
    ----------
    requested : tokens, the most that it wants
    value_per_token : in money
    minimum : fewer tokens than that are worth nothing to it
    saturation : more tokens than that add nothing; `requested` where it is None
    """

    agent: str
    requested: int
    value_per_token: Amount
    minimum: int = 0
    saturation: int | None = None
    task: TaskType = TaskType.EXPLANATION
    urgency: Priority = Priority.NORMAL

    def __post_init__(self) -> None:
        saturation = self.requested if self.saturation is None else self.saturation
        for name, tokens in (("requested", self.requested), ("minimum", self.minimum), ("saturation", saturation)):
            if type(tokens) is not int or tokens < 0:
                raise ContextError(f"{self.agent}: {name} must be a whole number of tokens, not {tokens!r}")
        if self.minimum > min(self.requested, saturation):
            raise ContextError(f"{self.agent}: a minimum of {self.minimum:,} tokens is more than it could use")

    def useful(self, tokens: int) -> int:
        """How many of so many tokens it has a use for."""
        if tokens < self.minimum:
            return 0
        return min(tokens, self.requested if self.saturation is None else self.saturation)


@dataclass(frozen=True, slots=True)
class ContextConstraints:
    """What the window allows.

    Attributes
    ----------
    total : its tokens
    reserved : of these for system prompts; nobody gets them
    min_per_agent : everybody gets so many, or what it requested if that is less
    max_per_agent : nobody gets more; None where there is no cap
    fairness : how agents of one value share what does not suffice for them: "proportional" to what they could still
        use, "max-min" so that the least has the most; None for the order of urgency, then of requests
    """

    total: int
    reserved: int = 0
    min_per_agent: int = 0
    max_per_agent: int | None = None
    fairness: str | None = None

    def __post_init__(self) -> None:
        for name in ("total", "reserved", "min_per_agent", "max_per_agent"):
            tokens = getattr(self, name)
            if tokens is not None and (type(tokens) is not int or tokens < 0):
                raise ContextError(f"{name} must be a whole number of tokens, not {tokens!r}")
        if self.reserved > self.total:
            raise ContextError(f"{self.reserved:,} tokens are reserved of a window of {self.total:,}")
        if self.max_per_agent is not None and self.max_per_agent < self.min_per_agent:
            above = f"a guarantee of {self.min_per_agent:,} tokens is above the cap of {self.max_per_agent:,}"
            raise ContextError(above)
        if self.fairness is not None and self.fairness not in FAIRNESS:
            raise ContextError(f"fairness must be one of {', '.join(FAIRNESS)}, not {self.fairness!r}")


@dataclass(frozen=True, slots=True)
class Want:
    """A request beyond its guarantee: of e more tokens it has a use if `least` <= e, up to `most`.

    Attributes
    ----------
    floor : tokens that it gets anyway
    base : of these, how many are useful by themselves
    setup : how many of them become useful once the least is reached
    """

    value: Amount
    floor: int
    base: int
    setup: int
    least: int
    most: int

    def useful(self, extra: int) -> int:
        """Useful tokens where it gets so many beyond its guarantee."""
        return self.base if extra < max(self.least, 1) else self.base + self.setup + extra


def wants(requests: Sequence[ContextRequest], constraints: ContextConstraints) -> tuple[list[Want], int]:
    """(n,) requests as wants, and the tokens that are left beyond all guarantees.

    Raises
    ------
    ContextError : two requests of one agent, a negative value, or guarantees that do not fit.
    """
    names = [request.agent for request in requests]
    for name in names:
        if names.count(name) > 1:
            raise ContextError(f"{name} has {names.count(name)} requests; an agent has one for a window")
    found, left = [], constraints.total - constraints.reserved
    for request in requests:
        if request.value_per_token < 0:
            raise ContextError(f"{request.agent}: a value per token of {request.value_per_token} is negative")
        floor = min(constraints.min_per_agent, request.requested)
        cap = request.requested if constraints.max_per_agent is None else constraints.max_per_agent
        most = max(0, min(request.useful(request.requested), cap) - floor)
        base = request.useful(floor)
        least = 0 if floor >= request.minimum else request.minimum - floor
        setup = floor if least else 0
        found.append(Want(request.value_per_token, floor, base, setup, least, most if most >= least else 0))
        left -= floor
    if left < 0:
        short = f"the guarantees of {len(requests)} agents are {-left:,} tokens more than the window has"
        raise ContextError(f"{short}; lower min_per_agent, or admit fewer agents")
    return found, left
