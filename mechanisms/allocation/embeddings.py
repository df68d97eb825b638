"""Calls to an embedding service: a window of them by value and deadline, and a queue for what comes in between.

Schedule     Calls run one after the other at the rate of the window. Documents with deadlines can all be embedded in
             time exactly if, for every deadline, those due by then are no more than the calls that fit before it
             (Jackson 1955). Such sets are a matroid, so that taking documents by value, whatever still fits, is of
             most value (Horn 1972; Lawler 1976, Chapter 7).
Payments     What the others lose: Clarke's, for an optimum. Truthful in the value per document (Nisan et al. 2007,
             Theorem 9.17). Counts and deadlines are public.
Queue        By priority, then deadline, then arrival: a total order, which does not depend on the order of inspection.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from mechanisms.allocation.priority import Priority
from mechanisms.allocation.tokens.records import TimeWindow
from mechanisms.auctions.outcome import Amount


class EmbeddingError(ValueError):
    """A request that makes no sense. Mend what the message names."""


@dataclass(frozen=True, slots=True)
class EmbeddingRequest:
    """So many documents, each worth `value` if embedded by `deadline` (ms; the end of the window where it is None)."""

    agent: str
    documents: int
    value: Amount
    priority: Priority = Priority.NORMAL
    deadline: int | None = None

    def __post_init__(self) -> None:
        if type(self.documents) is not int or self.documents < 0:
            raise EmbeddingError(f"{self.agent}: {self.documents!r} is no number of documents")
        if self.value < 0:
            raise EmbeddingError(f"{self.agent}: a value of {self.value} is negative")


@dataclass(frozen=True, slots=True)
class EmbeddingAllocation:
    """Calls of one agent, what they cost, and how many it may make in a second."""

    agent: str
    calls: int
    cost: Amount
    rate_limit: Fraction
    window: TimeWindow


@dataclass(frozen=True, slots=True)
class EmbeddingAllocationResult:
    """A window settled: `queued` is what was not taken, `utilization` the calls given out of all."""

    allocations: Mapping[str, EmbeddingAllocation]
    queued: tuple[EmbeddingRequest, ...]
    utilization: Fraction


def allocate(window: TimeWindow, capacity: int, requests: Sequence[EmbeddingRequest]) -> EmbeddingAllocationResult:
    """Give out the calls of a window.

    Raises
    ------
    EmbeddingError : two requests of one agent, or a capacity below zero.
    """
    if capacity < 0:
        raise EmbeddingError(f"a capacity of {capacity} calls")
    names = [request.agent for request in requests]
    if len(set(names)) < len(names):
        raise EmbeddingError("an agent has one request for a window; add them up, or let it be several agents")
    due = [_calls_by(window, capacity, request) for request in requests]
    counts = [request.documents for request in requests]
    values = [request.value for request in requests]
    calls, payments = settled(counts, due, values)
    seconds = Fraction(window.duration, 1_000)
    found = {
        request.agent: EmbeddingAllocation(request.agent, got, paid, got / seconds, window)
        for request, got, paid in zip(requests, calls, payments, strict=True)
        if got
    }
    queued = tuple(
        EmbeddingRequest(one.agent, one.documents - got, one.value, one.priority, one.deadline)
        for one, got in zip(requests, calls, strict=True)
        if got < one.documents
    )
    return EmbeddingAllocationResult(found, queued, Fraction(sum(calls), capacity) if capacity else Fraction(0))


def settled(counts: Sequence[int], due: Sequence[int], values: Sequence[Amount]) -> tuple[list[int], list[Amount]]:
    """(n,) documents taken and (n,) payments.

    Parameters
    ----------
    counts, values : (n,) documents, and what each of them is worth
    due : (n,) calls that fit before the deadline
    """
    taken = _taken(counts, due, values)
    payments: list[Amount] = []
    for agent, got in enumerate(taken):
        paid: Amount = 0
        if got:
            without = _taken([0 if one == agent else count for one, count in enumerate(counts)], due, values)
            for one, value in enumerate(values):
                if one != agent:
                    paid += value * (without[one] - taken[one])
        payments.append(paid)
    return taken, payments


def claimed(bids: Sequence[Amount], counts: Sequence[int], due: Sequence[int]) -> tuple[list[Fraction], list[Amount]]:
    """For claims: a bid is what all calls of the window are worth, a share is a part of them."""
    total = max(due)
    taken, payments = settled(counts, due, [bid * Fraction(1, total) for bid in bids])
    return [Fraction(got, total) for got in taken], payments


def _taken(counts: Sequence[int], due: Sequence[int], values: Sequence[Amount]) -> list[int]:
    """Documents by value; of each request as many as leave every deadline met."""
    taken = [0] * len(counts)
    for agent in sorted(range(len(counts)), key=lambda one: values[one], reverse=True):
        later = [one for one in due if one >= due[agent]]
        room = [end - sum(got for got, at in zip(taken, due, strict=True) if at <= end) for end in later]
        taken[agent] = max(0, min(counts[agent], *room))
    return taken


def _calls_by(window: TimeWindow, capacity: int, request: EmbeddingRequest) -> int:
    """How many calls are over by the deadline."""
    end = window.end if request.deadline is None else min(request.deadline, window.end)
    return max(0, capacity * (end - window.start) // window.duration)


class EmbeddingQueue:
    """What waits to be embedded in real time."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, float, int, EmbeddingRequest]] = []
        self._arrived = 0

    def __len__(self) -> int:
        return len(self._heap)

    def enqueue(self, request: EmbeddingRequest) -> int:
        """Take a request in, and say how many are in front of it."""
        late = float("inf") if request.deadline is None else request.deadline
        entry = (request.priority.rank, late, self._arrived, request)
        self._arrived += 1
        heapq.heappush(self._heap, entry)
        return sum(other[:3] < entry[:3] for other in self._heap)

    def next(self) -> EmbeddingRequest | None:
        """Take out what is first; None where nothing waits."""
        return heapq.heappop(self._heap)[3] if self._heap else None
