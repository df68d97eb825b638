"""A mechanism with one agent less: the same code, the same goods, a setting without that agent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from verifier.adapters.bridge import BridgedSubject
from verifier.adapters.contracts import Contracts
from verifier.adapters.subject import Subject
from verifier.domains import Domain, Draw, Outcome, Profile, Slots, zeros
from verifier.evidence import Fault

_Entry = TypeVar("_Entry")


def dispensable(domain: Domain) -> list[int]:
    """Agents that can report zero for everything; nobody where an agent would be alone."""
    return list(zeros(domain)) if len(domain.agents) > 1 else []


def without(subject: Subject, agent: int) -> Subject:
    """The subject in a setting in which the agent does not take part; behind the same walls, if it has some."""
    domain = subject.domain
    smaller = replace(domain, agents=_left(domain.agents, agent), types=_left(domain.types, agent))
    if isinstance(subject, BridgedSubject):
        return BridgedSubject(subject.spec, smaller, subject.isolation, subject.hash_seed, subject.keepers)
    return Subject(subject.spec, smaller, subject.target, Contracts([]))


def absent_outcomes(subject: Subject, agent: int) -> Iterator[tuple[Profile, Outcome | Fault]]:
    """Profiles of all in which the agent reports zero, and what happens without it, nothing being in its place."""
    smaller, nothing = without(subject, agent), (0,) * subject.domain.dimension
    profiles = list(smaller.domain.profiles())
    for profile, answer in zip(profiles, smaller.observe_many(profiles), strict=True):
        whole = (*profile[:agent], nothing, *profile[agent:])
        if not isinstance(answer, Outcome):
            yield whole, Fault(whole, *answer)
            continue
        constraint, slack = smaller.domain.least_slack(answer)
        broken = Fault(whole, "infeasible", f"broken: {constraint} (by {-slack})")
        yield whole, padded(subject.domain, answer, agent) if slack >= 0 else broken
    if isinstance(smaller, BridgedSubject):
        smaller.close()


def observe_without(subject: Subject, profile: Profile, agent: int) -> Outcome:
    """One outcome without the agent, with nothing in its place; ProtocolFault where there is none."""
    smaller = without(subject, agent)
    try:
        return padded(subject.domain, smaller.observe(_left(profile, agent)), agent)
    finally:
        if isinstance(smaller, BridgedSubject):
            smaller.close()


def padded(domain: Domain, outcome: Outcome, agent: int) -> Outcome:
    """The outcome of the others as one of all: the agent gets nothing and pays nothing."""
    nothing = None if isinstance(domain, Slots) else 0
    return Outcome(
        tuple(
            Draw(
                draw.probability,
                (*draw.shares[:agent], nothing, *draw.shares[agent:]),
                (*draw.payments[:agent], 0, *draw.payments[agent:]),
            )
            for draw in outcome.draws
        )
    )


def _left(entries: tuple[_Entry, ...], agent: int) -> tuple[_Entry, ...]:
    return (*entries[:agent], *entries[agent + 1 :])
