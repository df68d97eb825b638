"""A Monte-Carlo study: the instances of a plan decided one by one, and what that shows about their distribution.

Counting     Instances count in the order of their numbers, and only up to the first one that is missing: which ones a
             crash or Ctrl-C left undone depends on how hard they are, so the rest would be a biased sample.
Rule         "fixed" plans are judged once, when all instances are there, by the bound of Clopper and Pearson. "anytime"
             plans end with the first instance at which the e-value reaches what the plan asks for. The number that the
             other rule would give is reported, but only the declared one decides.
Undecided    Counts as a failure. So does an instance without equilibrium, and an infinite ratio.
Worst        The largest ratio among the instances that were decided, the first among equals; infinity is largest.

The outcome depends on the plan and the function alone: not on workers, restarts, or the order in which results come in.

Source: Clopper and Pearson 1934; Ville 1939; see `binomial` and `evalue`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

from verifier.errors import StudyError
from verifier.exact import Money, show, simplest
from verifier.statistics.binomial import lower_bound
from verifier.statistics.crew import decisions
from verifier.statistics.evalue import Evidence, anytime_lower_bound
from verifier.statistics.journal import INFINITY, Decided, Journal, Status
from verifier.statistics.sampling import Plan

Decide: TypeAlias = Callable[[int], Decided]  # must be picklable if there is more than one worker

_SHOWN = 1_000  # e-values are shown rounded down to a multiple of one over this


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a study is: `done` of `total` instances are in the journal, with so many of each kind."""

    done: int
    total: int
    passes: int
    failures: int
    undecided: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What a study found out.

    Attributes
    ----------
    counted : instances that count, the first so many of the plan
    passes, failures, undecided : how they ended
    complete : whether the plan was carried out to its end; a partial study shows nothing under the "fixed" rule
    supported : whether the declared rule shows the claim
    needed : passes of all instances that the declared rule asks for, or None if no number would do
    lower_bound : Clopper-Pearson bound from below on the share that passes; None unless a fixed plan is complete
    anytime_bound : bound from below that holds after every instance at once
    e_value : evidence against "less than the share passes", rounded down to thousandths
    worst : number and outcome of the worst instance, or None if no ratio is known
    """

    counted: int
    passes: int
    failures: int
    undecided: int
    complete: bool
    supported: bool
    needed: int | None
    lower_bound: Money | None
    anytime_bound: Money
    e_value: Money
    worst: tuple[int, Decided] | None

    def to_json(self) -> dict[str, object]:
        """The summary as a certificate holds it."""
        return {
            "counted": self.counted,
            "passes": self.passes,
            "failures": self.failures,
            "undecided": self.undecided,
            "complete": self.complete,
            "supported": self.supported,
            "needed": self.needed,
            "lower_bound": None if self.lower_bound is None else show(self.lower_bound),
            "anytime_bound": show(self.anytime_bound),
            "e_value": show(self.e_value),
            "worst": None if self.worst is None else {"number": self.worst[0], **self.worst[1].to_json()},
        }


@dataclass(frozen=True, slots=True)
class Study:
    """A plan, the outcomes that count in the order of their numbers, and their summary."""

    plan: Plan
    results: tuple[Decided, ...]
    summary: Summary

    def to_json(self) -> dict[str, object]:
        """Plan with its hash, and summary; the outcomes are in the journal."""
        return {"plan": self.plan.to_json(), "plan_sha256": self.plan.digest, "summary": self.summary.to_json()}


def run_study(
    plan: Plan,
    decide: Decide,
    path: Path,
    *,
    workers: int = 1,
    progress: Callable[[Progress], None] | None = None,
) -> Study:
    """Carry out a plan, or go on with it where its journal ends.

    Ctrl-C ends it early: the study that comes back is not complete, the journal keeps every outcome, and the same call
    goes on from there.

    Parameters
    ----------
    plan : what was fixed before
    decide : decides one instance by its number; it draws from `plan.stream(number)` and from nothing else
    path : of the journal
    workers : processes; with 1 everything runs in this one
    progress : is told after every instance

    Raises
    ------
    StudyError : `decide` raised something, contradicts the gate, or cannot be sent to a worker; a worker died.
    JournalError : the journal belongs to another plan, is damaged, is being written, or the disk is full.
    """
    with Journal(path, plan) as journal:
        count = _Count(plan, journal.results)
        left = [number for number in range(plan.instances) if number not in journal.results]
        kinds = Counter(decided.status for decided in journal.results.values())
        try:
            with closing(decisions(decide, [] if count.ended else left, workers)) as coming:
                for number, decided in coming:
                    reason = decided.contradiction(plan.gate)
                    if reason:
                        raise StudyError(reason, number)
                    journal.append(number, decided)
                    kinds[decided.status] += 1
                    if progress:
                        progress(_progress(plan, kinds))
                    count.advance()
                    if count.ended:
                        break
        except KeyboardInterrupt:
            journal.reread()  # what is in the journal is the study so far
        return judged(plan, journal.results)


def judged(plan: Plan, results: Mapping[int, Decided]) -> Study:
    """The study that these outcomes make: what the journal holds, and nothing else, decides."""
    count = _Count(plan, results)
    counted = tuple(results[number] for number in range(count.counted))
    evidence = count.evidence
    complete = count.ended
    needed = plan.needed
    fixed = plan.stopping == "fixed"
    enough = count.reached if not fixed else needed is not None and evidence.passes >= needed
    bound = None
    if fixed and complete:
        bound = lower_bound(evidence.passes, len(counted), plan.confidence, plan.comparisons)
    undecided = sum(decided.status is Status.UNDECIDED for decided in counted)
    summary = Summary(
        counted=len(counted),
        passes=evidence.passes,
        failures=evidence.failures - undecided,
        undecided=undecided,
        complete=complete,
        supported=complete and enough,
        needed=needed,
        lower_bound=bound,
        anytime_bound=anytime_lower_bound(evidence.passes, evidence.failures, plan.confidence, plan.comparisons),
        e_value=simplest(Fraction(int(evidence.value * _SHOWN), _SHOWN)),
        worst=worst(counted),
    )
    return Study(plan, counted, summary)


def worst(results: tuple[Decided, ...]) -> tuple[int, Decided] | None:
    """Number and outcome of the largest ratio that was decided; None if there is no ratio at all."""
    found: tuple[int, Decided] | None = None
    for number, decided in enumerate(results):
        if decided.status is Status.UNDECIDED or decided.ratio is None:
            continue
        if found is None or _larger(decided, found[1]):
            found = number, decided
    return found


def _larger(one: Decided, other: Decided) -> bool:
    if other.ratio == INFINITY:
        return False
    if one.ratio == INFINITY:
        return True
    left, right = one.value, other.value
    return left is not None and right is not None and left > right


class _Count:
    """The outcomes that count so far: those before the first missing one, and under "anytime" before the end.

    Attributes: `counted`, how many; their `evidence`; `reached`, whether it reaches what the anytime rule asks for.
    """

    def __init__(self, plan: Plan, results: Mapping[int, Decided]) -> None:
        self.counted = 0
        self.evidence = Evidence(plan.share)
        self.reached = False
        self._plan = plan
        self._results = results
        self.advance()

    @property
    def ended(self) -> bool:
        """Whether nothing is left to do."""
        return self.reached or self.counted == self._plan.instances

    def advance(self) -> None:
        """Count what has come in."""
        watched = self._plan.stopping == "anytime"
        while not self.ended and self.counted in self._results:
            self.evidence.add(self._results[self.counted].status is Status.PASS)
            self.counted += 1
            self.reached = watched and self.evidence.reaches(self._plan.threshold)


def _progress(plan: Plan, kinds: Counter[Status]) -> Progress:
    passes, failures, undecided = (kinds[status] for status in Status)
    return Progress(kinds.total(), plan.instances, passes, failures, undecided)
