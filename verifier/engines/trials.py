"""Runs of one subject at chosen profiles, on the grid or off it: each profile once, faults kept, repetitions compared.

What `search` and `sampling` have in common: they look at some instances of a property, and judge each by its margin in
exact numbers. An instance at which the subject has no valid outcome is counted and left out.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Sequence
from contextlib import redirect_stdout

from verifier.adapters import ProtocolFault, Subject
from verifier.adapters.bridge import BridgedSubject, repetitions
from verifier.adapters.faults import Answer
from verifier.adapters.fresh import HASH_SEEDS, in_words, same_answer
from verifier.adapters.hashing import MORE_SEEDS, depends_on_hashes
from verifier.domains import Consumption, Domain, Outcome, Profile
from verifier.engines.base import Finding, Step
from verifier.engines.witnesses import rerun_witness
from verifier.evidence import Fault, ObservedRun, Verdict, Witness
from verifier.exact import Money
from verifier.properties import Property
from verifier.properties.cases import Over
from verifier.properties.instances import Instance
from verifier.properties.replay import margin_of

BACKWARDS = "second call, in reverse order"


class Trials:
    """What the subject did at the profiles that were tried.

    Attributes
    ----------
    repeated : profiles that ran again to see whether the subject repeats itself
    """

    def __init__(self, subject: Subject, *, importable: bool = True) -> None:
        self.subject = subject
        self.repeated = 0
        more = MORE_SEEDS if importable and depends_on_hashes(subject.spec) else ()
        self._hash_seeds = (*HASH_SEEDS, *more) if importable else ()
        self._answers: dict[Profile, Answer] = {}
        self._faults: dict[Profile, Fault] = {}
        self._unstable: Finding | None = None

    @property
    def profiles(self) -> int:
        """How many different profiles were run."""
        return len(self._answers)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Profiles without a valid outcome, in the order in which they were met."""
        return tuple(self._faults.values())

    def margin(self, prop: Property, instance: Instance) -> Money | None:
        """The exact margin of an instance; None where one of its runs has no valid outcome."""
        runs = []
        for profile in instance.profiles:
            outcome = self._outcome(profile, infeasible_too=prop.over is Over.OUTCOMES)
            if outcome is None:
                return None
            runs.append(ObservedRun(profile, outcome))
        return margin_of(prop, self.subject.domain, Witness(instance.agents, tuple(runs), 0, instance.alternative))

    def look(self, profile: Profile, agent: int) -> tuple[Consumption, Money] | None:
        """What an agent gets and pays at a profile; None where there is no valid outcome."""
        outcome = self._outcome(profile, infeasible_too=False)
        if outcome is None:
            return None
        return self.subject.domain.expected_consumption(outcome, agent), outcome.expected_payment(agent)

    def fault_of(self, instance: Instance) -> Fault:
        """The fault for which the instance was left out."""
        return next(self._faults[profile] for profile in instance.profiles if profile in self._faults)

    def _outcome(self, profile: Profile, *, infeasible_too: bool) -> Outcome | None:
        answer = self._answers.get(profile)
        if answer is None:
            answer = self._answers[profile] = self._run(profile)
            self._blame(profile, answer)
        if not isinstance(answer, Outcome) or (profile in self._faults and not infeasible_too):
            return None
        return answer

    def _run(self, profile: Profile) -> Answer:
        with redirect_stdout(sys.stderr):
            try:
                return self.subject.observe(profile)
            except ProtocolFault as fault:
                return fault.kind, fault.message

    def _blame(self, profile: Profile, answer: Answer) -> None:
        if not isinstance(answer, Outcome):
            self._faults[profile] = Fault(profile, *answer)
            return
        constraint, slack = self.subject.domain.least_slack(answer)
        if slack < 0:
            self._faults[profile] = Fault(profile, "infeasible", f"broken: {constraint} (by {-slack})")

    def instability(self, profiles: Sequence[Profile]) -> Generator[Step, None, Finding | None]:
        """ERROR where the subject gave another answer in a repetition of these profiles; looked at once.

        They run in order, again in reverse order, and in fresh processes under several hash seeds.
        """
        if not self.repeated:
            with repetitions(self.subject, profiles, self._hash_seeds) as children:
                for profile in profiles:
                    self._outcome(profile, infeasible_too=True)
                self._compare(profiles, BACKWARDS, [self._run(profile) for profile in reversed(profiles)][::-1])
                for done, child in enumerate(children):
                    yield Step("fresh processes", done, len(children))
                    self._compare(profiles, f"fresh process, PYTHONHASHSEED={child.hash_seed}", child.answers())
            self.repeated = len(profiles)
        if isinstance(self.subject, BridgedSubject) and self.subject.given_up is not None:
            return Finding(Verdict.ERROR, self.subject.given_up)
        return self._unstable

    def _compare(self, profiles: Sequence[Profile], how: str, answers: Sequence[Answer]) -> None:
        for profile, again in zip(profiles, answers, strict=True):
            once = self._answers[profile]
            if self._unstable is None and not same_answer(once, again):
                reason = f"the subject does not repeat itself: {in_words(once)}; {how}: {in_words(again)}"
                self._unstable = Finding(Verdict.ERROR, reason)

    def refuted(
        self, prop: Property, tolerance: Money, simplest: Instance, worst: Instance, estimate: dict[str, object] | None
    ) -> Finding:
        """REFUTED if both violations happen again on the subject, to the same amount; else ERROR."""
        expected = [self.margin(prop, instance) for instance in (simplest, worst)]
        try:
            with redirect_stdout(sys.stderr):
                found = [rerun_witness(self.subject, prop, instance) for instance in (simplest, worst)]
        except ProtocolFault as fault:
            return Finding(Verdict.ERROR, f"the subject failed when a refutation was run again: {fault}")
        if [witness.margin for witness in found] != expected or max(one.margin for one in found) >= -tolerance:
            return Finding(Verdict.ERROR, "the subject gave another outcome when a refutation was run again")
        return Finding(Verdict.REFUTED, witness=found[0], worst=found[1], estimate=estimate)


def left_out(trials: Trials, domain: Domain, failed: int, judged: int, first: Instance | None) -> str | None:
    """The sentence about instances without a valid outcome; None where there was none."""
    if first is None:
        return None
    fault = trials.fault_of(first)
    where = ", ".join(map(str, domain.bids(fault.reports)))
    cases = f"{failed:,} of {failed + judged:,} cases had no valid outcome"
    return f"{cases}{' and were left out' if judged else ''}; first at bids ({where}): {fault}"


def spread_profiles(domain: Domain, most: int) -> list[Profile]:
    """At most about `most` profiles of the grid: an even stride through it, its ends, and some all-equal profiles."""
    size = domain.size()
    numbers = [*range(0, size, max(1, -(-size // most))), size - 1]
    spread = [nth_profile(domain, number) for number in numbers]
    shared = [type_ for type_ in domain.types[0] if all(type_ in types for types in domain.types)]
    equal = [(type_,) * len(domain.agents) for type_ in shared[:: max(1, len(shared) // 4)]]
    return list(dict.fromkeys([*spread, *equal]))


def nth_profile(domain: Domain, number: int) -> Profile:
    """The profile at a place of the grid's order, the last agent varying fastest."""
    reports = []
    for types in reversed(domain.types):
        number, place = divmod(number, len(types))
        reports.append(types[place])
    return tuple(reversed(reports))
