"""The audit tests itself before it speaks: a mechanism that must be caught is sent the way of the one under audit.

With money   The subject is run and read by the same adapter, and then everybody pays what it bid for what it gets.
             Whoever gets anything anywhere and could have bid less for it gains by a lie, so dominant-strategy
             truthfulness has to come out REFUTED. Where it does not, the adapter shows no allocation that answers to
             bids, and every verdict about payments would be empty.
Rankings     The first agent gets what it says it likes least. To reverse one's ranking is a lie that gains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from verifier.adapters import ProtocolFault, Subject
from verifier.adapters.contracts import Contracts
from verifier.adapters.faults import Answer
from verifier.domains import Domain, Draw, Ordinal, Outcome, Profile, value
from verifier.engines.exhaustive import ExhaustiveSession
from verifier.evidence import Verdict
from verifier.properties import find_property

MOST = 400  # profiles


@dataclass(frozen=True, slots=True)
class SelfTest:
    """`caught`: whether the planted mechanism was refuted; None where it does not apply. `said`: what happened."""

    caught: bool | None
    said: str
    no_outcome: bool = False


class Planted(Subject):
    """The subject, run and read as ever, with another outcome put in the place of each that it gives."""

    def __init__(self, subject: Subject, instead: Callable[[Domain, Profile, Outcome], Outcome]) -> None:
        self.spec = replace(subject.spec, contracts={})
        self.domain = subject.domain
        self.target = _never
        self.contracts = Contracts([])
        self._real = subject
        self._instead = instead

    def observe(self, profile: Profile) -> Outcome:
        return self._instead(self.domain, profile, self._real.observe(profile))

    def observe_many(self, profiles: Iterable[Profile]) -> Iterator[Answer]:
        kept = list(profiles)
        for profile, answer in zip(kept, self._real.observe_many(kept), strict=True):
            yield self._instead(self.domain, profile, answer) if isinstance(answer, Outcome) else answer


def self_test(subject: Subject) -> SelfTest:
    """Plant the mechanism behind the adapter of a subject, whose domain should have at most `MOST` profiles."""
    domain = subject.domain
    ranks = isinstance(domain, Ordinal)
    if ranks and len(domain.types[0]) < 2:
        return SelfTest(None, "no self-test: the first agent has one ranking only, so that nobody could lie")
    what = "giving the first agent what it ranks last" if ranks else "pay-as-bid"
    planted = Planted(subject, _least_liked if ranks else _pay_as_bid)
    session = ExhaustiveSession(planted, importable=False)
    deciding = session.decide(find_property("dsic"), 0)
    while True:
        try:
            next(deciding)
        except StopIteration as end:
            found = end.value
            break
    if found.verdict is Verdict.REFUTED:
        return SelfTest(True, f"{what} through the same adapter was caught ({domain.size():,} profiles)")
    if found.verdict is Verdict.ERROR:  # which the audit itself will say of every property
        return SelfTest(False, f"the self-test has no answer: {found.reason}", no_outcome=True)
    return SelfTest(False, f"{what} through the same adapter was not caught: {_why(subject)}")


def _why(subject: Subject) -> str:
    """What keeps pay-as-bid from being caught."""
    domain = subject.domain
    for profile in domain.profiles():
        try:
            outcome = subject.observe(profile)
        except ProtocolFault:
            continue
        if any(any(domain.expected_consumption(outcome, agent)) for agent in range(len(domain.agents))):
            return "somebody gets something, but no lie about it would pay on this grid; widen the values"
    return "nobody gets anything at any profile; the allocation is read from the wrong place, or bids do not arrive"


def _pay_as_bid(domain: Domain, profile: Profile, outcome: Outcome) -> Outcome:
    """The same lottery over allocations; in every draw each agent pays what it bid for its share."""
    return Outcome(
        tuple(
            Draw(
                draw.probability,
                draw.shares,
                tuple(
                    value(report, domain.consumption(share)) for report, share in zip(profile, draw.shares, strict=True)
                ),
            )
            for draw in outcome.draws
        )
    )


def _least_liked(domain: Domain, profile: Profile, outcome: Outcome) -> Outcome:
    """Of all alternatives one that the first agent says it likes least."""
    worst = min(domain.alternatives(), key=lambda shares: value(profile[0], domain.consumption(shares[0])))
    return Outcome((Draw(1, worst, (0,) * len(worst)),))


def _never(*bids: object) -> object:
    raise AssertionError("a planted mechanism is only observed")
