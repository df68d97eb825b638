"""Scarce resources with a capacity for every window of time, and who holds how much of them.

Invariants   At every moment the allocations of a resource add up to no more than its capacity, and each belongs to an
             agent that is registered. What would break one is refused, and nothing is changed.
Reserve      So much is kept free of all but critical and high priorities.
Windows      Time is given by the caller, in ms. An allocation ends when it expires, at the latest with its window; a
             new window begins with everything free. Time never runs back: an older one is taken for the latest.
Counted      For every resource, units granted are units held, released or expired; nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from mechanisms.allocation.priority import Priority

_FROM_THE_RESERVE = (Priority.CRITICAL, Priority.HIGH)


class ResourceError(ValueError):
    """Something would break an invariant, or makes no sense. No allocation was changed, but for time that passed."""


class ResourceType(StrEnum):
    """What is shared out, each in units of its own."""

    LLM_TOKENS = "llm_tokens"
    EMBEDDING_CALLS = "embedding_calls"
    CONTEXT_TOKENS = "context_tokens"
    COMPUTE_TIME = "compute_time"
    MEMORY = "memory"
    API_CALLS = "api_calls"


@dataclass(frozen=True, slots=True)
class Allocation:
    """Units of one agent, until `expires_at`; `used` of them so far."""

    number: int
    agent: str
    amount: int
    priority: Priority
    expires_at: int
    used: int = 0

    @property
    def utilization(self) -> Fraction:
        """Used units of those allocated."""
        return Fraction(self.used, self.amount)


@dataclass(slots=True)
class Counts:
    """Units of a resource since it was made."""

    granted: int = 0
    released: int = 0
    expired: int = 0
    used: int = 0


class Resource:
    """One resource.

    Parameters
    ----------
    name, kind : what it is called, and what it is
    capacity : units in a window
    window : its length in ms; the first begins at `start`
    reserved : units of the capacity for critical and high priorities

    Raises
    ------
    ResourceError : a capacity, a window or a reserve that makes no sense.
    """

    def __init__(
        self, name: str, kind: ResourceType, capacity: int, window: int, *, reserved: int = 0, start: int = 0
    ) -> None:
        for written in (capacity, window, reserved, start):
            if type(written) is not int:
                raise ResourceError(f"{name}: {written!r} is no whole number of units or ms")
        if not 0 <= reserved <= capacity:
            raise ResourceError(f"{name}: {reserved} of {capacity} units cannot be reserved")
        if window < 1:
            raise ResourceError(f"{name}: a window of {window} ms; it has to last")
        self.name, self.kind = name, kind
        self._capacity, self._window, self._reserved = capacity, window, reserved
        self.counts = Counts()
        self._start = self._now = start
        self._agents: set[str] = set()
        self._held: dict[int, Allocation] = {}
        self._number = 0

    @property
    def capacity(self) -> int:
        """Units in a window; it stays what it was made with."""
        return self._capacity

    @property
    def window_start(self) -> int:
        """When the present window began."""
        return self._start

    @property
    def allocations(self) -> tuple[Allocation, ...]:
        """Those that are held, in the order in which they were granted."""
        return tuple(self._held.values())

    @property
    def held(self) -> int:
        """Units that are allocated."""
        return sum(one.amount for one in self._held.values())

    def available(self, priority: Priority = Priority.NORMAL) -> int:
        """Units that a request of that priority could get now."""
        kept = 0 if priority in _FROM_THE_RESERVE else self._reserved
        return max(0, self._capacity - self.held - kept)

    def register(self, agent: str) -> None:
        """Let an agent hold allocations; one that is there already stays."""
        self._agents.add(agent)

    def grant(
        self, agent: str, amount: int, now: int, *, priority: Priority = Priority.NORMAL, lasting: int | None = None
    ) -> Allocation:
        """Allocate units until the window ends, or for so many ms if that is sooner.

        Raises
        ------
        ResourceError : the agent is not registered, the amount is none, or there is not so much left.
        """
        if agent not in self._agents:
            raise ResourceError(f"{self.name}: {agent!r} is not registered; register it before it is granted anything")
        if type(amount) is not int or amount < 1:
            raise ResourceError(f"{self.name}: {amount!r} units for {agent}; ask for a whole number of at least 1")
        if lasting is not None and (type(lasting) is not int or lasting < 1):
            raise ResourceError(f"{self.name}: an allocation for {lasting} ms has no duration")
        self.advance(now)
        if amount > (left := self.available(priority)):
            raise ResourceError(
                f"{self.name}: {agent} asks for {amount:,} units at priority {priority}, {left:,} are left"
            )
        end = self._start + self._window
        expires = end if lasting is None else min(end, self._now + lasting)
        self._number += 1
        made = self._held[self._number] = Allocation(self._number, agent, amount, priority, expires)
        self.counts.granted += amount
        return made

    def use(self, number: int, amount: int, now: int) -> Allocation:
        """Note that units of an allocation were used.

        Raises ResourceError where it has ended, or has not so many left.
        """
        one = self._at(number, now)
        if type(amount) is not int or not 0 <= amount <= one.amount - one.used:
            left = one.amount - one.used
            raise ResourceError(f"{self.name}: allocation {number} has {left:,} unused units, not {amount!r}")
        made = self._held[number] = replace(one, used=one.used + amount)
        self.counts.used += amount
        return made

    def release(self, number: int, now: int) -> None:
        """End an allocation before it expires; its units are free again. ResourceError where it has ended."""
        one = self._at(number, now)
        del self._held[number]
        self.counts.released += one.amount

    def advance(self, now: int) -> None:
        """Let time pass: what has expired ends, and a window that is over gives way to the present one.

        Raises ResourceError where it is no whole number of ms.
        """
        if type(now) is not int:
            raise ResourceError(f"{self.name}: {now!r} is no time in whole ms")
        self._now = max(now, self._now)
        for number, one in list(self._held.items()):
            if one.expires_at <= self._now:
                del self._held[number]
                self.counts.expired += one.amount
        self._start += (self._now - self._start) // self._window * self._window

    def _at(self, number: int, now: int) -> Allocation:
        if number in self._held:
            self.advance(now)
        if number not in self._held:
            raise ResourceError(f"{self.name}: allocation {number} has ended, or there never was one")
        return self._held[number]
