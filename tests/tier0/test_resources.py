"""Resources keep their two invariants whatever happens to them, and count every unit."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mechanisms.allocation.priority import Priority
from mechanisms.allocation.resources import Resource, ResourceError, ResourceType

AGENTS = ("ann", "bob", "eve")


def tokens(**more):
    made = Resource("tokens", ResourceType.LLM_TOKENS, 100, 60, **more)
    made.register("ann")
    return made


def test_what_is_granted_is_held_used_and_released():
    resource = tokens()
    one = resource.grant("ann", 40, 5)
    assert (one.agent, one.expires_at, one.utilization) == ("ann", 60, 0)
    assert resource.use(one.number, 10, 6).utilization == Fraction(1, 4)
    assert (resource.held, resource.available()) == (40, 60)
    resource.release(one.number, 7)
    assert (resource.held, resource.counts.released) == (0, 40)


def test_an_allocation_expires_and_a_window_ends():
    resource = tokens()
    resource.grant("ann", 30, 0, lasting=10)
    resource.grant("ann", 20, 0)
    resource.advance(10)
    assert resource.held == 20
    resource.advance(125)
    assert (resource.held, resource.window_start, resource.counts.expired) == (0, 120, 50)
    assert resource.grant("ann", 100, 125).expires_at == 180


def test_the_reserve_is_for_what_cannot_wait():
    resource = tokens(reserved=30)
    assert [resource.available(one) for one in Priority] == [100, 100, 70, 70, 70]
    resource.grant("ann", 70, 0)
    with pytest.raises(ResourceError, match="asks for 1 units at priority low, 0 are left"):
        resource.grant("ann", 1, 0, priority=Priority.LOW)
    assert resource.grant("ann", 30, 0, priority=Priority.CRITICAL).amount == 30


def test_a_stranger_cannot_let_time_pass_for_others():
    """A request that is refused for what it is leaves everything as it was, whenever it says it is."""
    resource = tokens()
    resource.grant("ann", 40, 0)
    for call in (
        lambda: resource.grant("eve", 1, 10**15),
        lambda: resource.grant("ann", 0, 10**15),
        lambda: resource.use(9, 1, 10**15),
        lambda: resource.release(9, 10**15),
    ):
        with pytest.raises(ResourceError):
            call()
    assert (resource.held, resource.window_start) == (40, 0)
    with pytest.raises(AttributeError):
        resource.capacity = 10


def test_use_is_counted_beyond_the_allocation():
    resource = tokens()
    resource.use(resource.grant("ann", 40, 0).number, 30, 1)
    resource.advance(60)
    assert (resource.counts.used, resource.counts.expired, resource.held) == (30, 40, 0)


def test_time_does_not_run_back():
    resource = tokens()
    resource.advance(130)
    assert resource.grant("ann", 1, 20).expires_at == 180


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda one: one.grant("bob", 1, 0), "'bob' is not registered"),
        (lambda one: one.grant("ann", 0, 0), "0 units for ann"),
        (lambda one: one.grant("ann", 1.5, 0), "1.5 units for ann"),
        (lambda one: one.grant("ann", 101, 0), "asks for 101 units"),
        (lambda one: one.grant("ann", 1, 0, lasting=0), "has no duration"),
        (lambda one: one.release(7, 0), "allocation 7 has ended"),
        (lambda one: one.use(one.grant("ann", 2, 0).number, 3, 0), "has 2 unused units, not 3"),
        (lambda one: Resource("r", ResourceType.MEMORY, 1, 1, reserved=2), "cannot be reserved"),
        (lambda one: Resource("r", ResourceType.MEMORY, 1.5, 1), "1.5 is no whole number"),
        (lambda one: one.advance(float("nan")), "nan is no time"),
        (lambda one: one.grant("ann", 1, 0, lasting=1.5), "has no duration"),
        (lambda one: Resource("r", ResourceType.MEMORY, 1, 0), "it has to last"),
    ],
)
def test_what_would_break_an_invariant_is_refused(call, complaint):
    with pytest.raises(ResourceError, match=complaint):
        call(tokens())


class Histories(RuleBasedStateMachine):
    """Against a list of (end, amount, urgent) that is looked through anew each time."""

    @initialize(capacity=st.integers(0, 20), share=st.integers(0, 20), window=st.integers(1, 15))
    def start(self, capacity, share, window):
        self.capacity, self.window, self.reserved = capacity, window, min(share, capacity)
        self.resource = Resource("r", ResourceType.API_CALLS, capacity, window, reserved=self.reserved)
        for agent in AGENTS[:2]:
            self.resource.register(agent)
        self.now, self.live, self.granted = 0, {}, 0

    def alive(self):
        return {number: one for number, one in self.live.items() if one[0] > self.now}

    @rule(
        agent=st.sampled_from(AGENTS), amount=st.integers(0, 12), priority=st.sampled_from(list(Priority)), d=st.data()
    )
    def grant(self, agent, amount, priority, d):
        lasting = d.draw(st.none() | st.integers(1, 20))
        urgent = priority in (Priority.CRITICAL, Priority.HIGH)
        room = self.capacity - sum(one[1] for one in self.alive().values()) - (0 if urgent else self.reserved)
        if agent == "eve" or amount < 1 or amount > room:
            with pytest.raises(ResourceError):
                self.resource.grant(agent, amount, self.now, priority=priority, lasting=lasting)
            return
        made = self.resource.grant(agent, amount, self.now, priority=priority, lasting=lasting)
        end = (self.now // self.window + 1) * self.window
        self.live[made.number] = (end if lasting is None else min(end, self.now + lasting), amount)
        self.granted += amount

    @rule(d=st.data())
    def release(self, d):
        if self.alive():
            number = d.draw(st.sampled_from(sorted(self.alive())))
            self.resource.release(number, self.now)
            del self.live[number]

    @rule(d=st.data())
    def use(self, d):
        if self.alive():
            number = d.draw(st.sampled_from(sorted(self.alive())))
            (one,) = [held for held in self.resource.allocations if held.number == number]
            amount = d.draw(st.integers(0, one.amount - one.used))
            assert self.resource.use(number, amount, self.now).used == one.used + amount

    @rule(passed=st.integers(-5, 20))
    def wait(self, passed):
        self.resource.advance(self.now + passed)
        self.now += max(0, passed)

    @invariant()
    def never_over_capacity_and_every_owner_is_known(self):
        held = self.resource.allocations
        assert sum(one.amount for one in held) <= self.capacity
        assert {one.agent for one in held} <= set(AGENTS[:2])
        assert {one.number: one.amount for one in held} == {number: one[1] for number, one in self.alive().items()}

    @invariant()
    def nothing_is_lost(self):
        counts = self.resource.counts
        assert self.granted == counts.granted == self.resource.held + counts.released + counts.expired
        assert self.resource.window_start == self.now // self.window * self.window


Histories.TestCase.settings = settings(max_examples=50, stateful_step_count=25, deadline=None)
TestHistories = Histories.TestCase
