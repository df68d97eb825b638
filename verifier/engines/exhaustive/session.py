"""The exhaustive engine: run the grid once, then decide each property by tensors.

Before anything is decided a sample of profiles is run again, in reverse order and in fresh processes under several hash
seeds: a subject that does not repeat itself has no properties to speak of, and every claim but determinism is an ERROR.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, redirect_stdout

from verifier.adapters import ProtocolFault, Subject
from verifier.adapters.absence import dispensable
from verifier.adapters.bridge import BridgedSubject, Rerun, repetitions
from verifier.adapters.faults import Answer
from verifier.adapters.fresh import HASH_SEEDS, FreshProcess, in_words, same_answer
from verifier.adapters.hashing import MORE_SEEDS, depends_on_hashes
from verifier.domains import Outcome, Profile
from verifier.engines.base import Deciding, Finding, Step
from verifier.engines.exhaustive.absences import judge
from verifier.engines.exhaustive.batch import offers_batch, run_batched
from verifier.engines.exhaustive.blocks import Site, blocks, repeat_block
from verifier.engines.exhaustive.grid import OutcomeGrid, nth_profile
from verifier.engines.exhaustive.observe import grid_of, run_grid, run_in_order, spread_sample
from verifier.engines.exhaustive.reduce import Reduction, reduce
from verifier.engines.exhaustive.tapes import TapeCases
from verifier.engines.witnesses import absence_witness, repeat_witness, rerun_witness, tape_witness, with_unit
from verifier.evidence import Fault, Table, Verdict, Witness
from verifier.exact import Money
from verifier.properties import Property
from verifier.properties.cases import Over
from verifier.properties.instances import Instance
from verifier.properties.rounding import unit_of

REPEAT_SAMPLE = 200  # profiles that every audit runs again
BACKWARDS = "second call, in reverse order"


class ExhaustiveSession:
    """Decides properties of one subject on the finite grid of its domain.

    `importable` says whether a fresh process can load the subject by its dotted path; where it cannot (a function
    handed over in memory), repetitions stay in this process and the certificate lists no hash seeds.
    """

    def __init__(self, subject: Subject, *, importable: bool = True) -> None:
        self.subject = subject
        more = MORE_SEEDS if importable and HASH_SEEDS and depends_on_hashes(subject.spec) else ()
        self.hash_seeds = (*HASH_SEEDS, *more) if importable else ()
        self._grid: OutcomeGrid | None = None
        self._sample = spread_sample(subject.domain.size(), tuple(map(len, subject.domain.types)), REPEAT_SAMPLE)
        self._batched = False
        self._batch_refused: str | None = None
        self._unstable: list[Fault] = []

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Profiles without a valid outcome, then those whose repetition differed."""
        return (*(self._grid.faults.values() if self._grid else ()), *self._unstable)

    def method(self) -> dict[str, object]:
        """How the verdicts were obtained."""
        grid = self._grid
        tensors = [*grid.payments, *(tensor for agent in grid.consumptions for tensor in agent)] if grid else []
        return {
            "engine": "exhaustive",
            "arithmetic": "fractions" if any(t.numerators.dtype == object for t in tensors) else "int64",
            "profiles": self.subject.domain.size(),
            "evaluated": self.subject.domain.size() if grid else 0,
            "outcomes": "batch" if self._batched else "scalar",
            "batch_sample": len(self._sample) if self._batched else 0,
            "batch_refused": self._batch_refused,
            "repeat_sample": len(self._sample) if grid else 0,
            "hash_seeds": list(self.hash_seeds),
            "scope": "grid",
            **({"isolation": self.subject.walls()} if isinstance(self.subject, BridgedSubject) else {}),
        }

    def decide(self, prop: Property, tolerance: Money) -> Deciding:
        """Decide one property on the grid."""
        unstable = yield from self.instability()
        if prop.over is Over.REPEATS:
            return (yield from self._decide_repeats(prop, tolerance))
        grid = self._grid
        if unstable is not None or grid is None:
            return unstable or Finding(Verdict.UNKNOWN, "the grid was not run")
        if prop.over is Over.ABSENCES:
            return self._decide_absences(prop, tolerance, grid)
        if prop.over is Over.TAPES:
            return (yield from self._decide_tapes(prop, tolerance, grid))
        yield Step(f"deciding {prop.name}", 0, 1)
        return self._conclude(prop, tolerance, reduce(prop, tolerance, blocks(prop, grid)))

    def instability(self) -> Generator[Step, None, Finding | None]:
        """ERROR where a repetition differed, which leaves nothing to decide; None where all agreed."""
        if self._grid is None:
            yield from self._prepare()
        if isinstance(self.subject, BridgedSubject) and self.subject.given_up is not None:
            return Finding(Verdict.ERROR, self.subject.given_up)
        if not self._unstable:
            return None
        return Finding(Verdict.ERROR, f"the subject does not repeat itself: {self._unstable[0].message}")

    @property
    def hopeless(self) -> Fault | None:
        """The first fault of a subject that has no valid outcome anywhere on the grid; None where it has one."""
        grid = self._grid
        failed = grid is not None and len(grid.faults) == self.subject.domain.size()
        return next(iter(grid.faults.values())) if grid is not None and failed else None

    def _conclude(self, prop: Property, tolerance: Money, reduction: Reduction) -> Finding:
        table = reduction.table()
        if reduction.simplest is None or reduction.worst is None:
            return self._unrefuted(prop, table)
        try:
            witness = rerun_witness(self.subject, prop, self._instance(reduction.simplest[1]))
            worst = rerun_witness(self.subject, prop, self._instance(reduction.worst[1]))
        except ProtocolFault as fault:
            return Finding(Verdict.ERROR, f"the subject failed when a refutation was run again: {fault}", table)
        if witness.margin >= -tolerance or worst.margin != reduction.worst[0]:
            return Finding(Verdict.ERROR, "the subject gave another outcome when a refutation was run again", table)
        unit = self._paid_in()
        return Finding(Verdict.REFUTED, None, table, with_unit(witness, unit), with_unit(worst, unit))

    def _paid_in(self) -> Money | None:
        """The unit in which the subject pays on the whole grid, where values are finer; see `rounding`."""
        if self._grid is None or self.subject.spec.returns.randomised:
            return None
        return unit_of(self.subject.domain, {amount for tensor in self._grid.payments for amount in tensor.distinct()})

    def _decide_tapes(self, prop: Property, tolerance: Money, grid: OutcomeGrid) -> Deciding:
        """Every way in which draws come out, at every profile that has a valid outcome."""
        faulty = {fault.reports for fault in grid.faults.values()}
        profiles = [profile for profile in self.subject.domain.profiles() if profile not in faulty]
        try:
            with redirect_stdout(sys.stderr):
                branches = {profile: self.subject.branches(profile) for profile in profiles}
        except ProtocolFault as fault:
            return Finding(Verdict.ERROR, f"the subject failed when it was run again: {fault}")
        cases = TapeCases(self.subject, prop, tolerance, branches)
        yield from cases.judge()
        if cases.simplest is None or cases.worst is None:
            return self._unrefuted(prop, cases.table)
        try:
            with redirect_stdout(sys.stderr):
                found = [tape_witness(self.subject, prop, *one) for one in (cases.simplest, cases.worst)]
        except ProtocolFault as fault:
            return Finding(Verdict.ERROR, f"the subject failed when a refutation was run again: {fault}", cases.table)
        for witness, (_, runs) in zip(found, (cases.simplest, cases.worst), strict=True):
            if witness.runs != runs:
                return Finding(Verdict.ERROR, "the subject gave another outcome under the same draws", cases.table)
        unit = self._paid_in()
        return Finding(Verdict.REFUTED, None, cases.table, with_unit(found[0], unit), with_unit(found[1], unit))

    def _decide_absences(self, prop: Property, tolerance: Money, grid: OutcomeGrid) -> Finding:
        """Every profile in which somebody reports zero, and the same without that agent."""
        domain = self.subject.domain
        faulty = {fault.reports for fault in grid.faults.values()}
        nothing = (0,) * domain.dimension
        able = dispensable(domain)
        with redirect_stdout(sys.stderr):
            profiles = [
                profile
                for profile in domain.profiles()
                if profile not in faulty and any(profile[agent] == nothing for agent in able)
            ]
            present: dict[Profile, Outcome] = {}
            for profile, answer in zip(profiles, self.subject.observe_many(profiles), strict=True):
                if not isinstance(answer, Outcome):
                    reason = f"the subject failed when it was run again: {in_words(answer)}"
                    return Finding(Verdict.ERROR, reason)
                present[profile] = answer
            found = judge(self.subject, prop, tolerance, present)
            if found.simplest is None or found.worst is None:
                return self._unrefuted(prop, found.table, found.failed)
            try:
                witness, worst = (absence_witness(self.subject, prop, *one) for one in (found.simplest, found.worst))
            except ProtocolFault as fault:
                reason = f"the subject failed when a refutation was run again: {fault}"
                return Finding(Verdict.ERROR, reason, found.table)
        if max(witness.margin, worst.margin) >= -tolerance:
            reason = "the subject gave another outcome when a refutation was run again"
            return Finding(Verdict.ERROR, reason, found.table)
        unit = self._paid_in()
        return Finding(Verdict.REFUTED, None, found.table, with_unit(witness, unit), with_unit(worst, unit))

    def _instance(self, site: Site) -> Instance:
        """The case at a place of the grid, with its reports."""
        axes = self.subject.domain.types
        profiles = [tuple(types[i] for types, i in zip(axes, place, strict=True)) for place in site.profiles]
        return Instance(site.agents, tuple(profiles), site.alternative)

    def _unrefuted(self, prop: Property, table: Table, failed: Fault | None = None) -> Finding:
        """EXHAUSTED if every case was looked at (SUPPORTED of sampled draws), ERROR if faults kept some of them out."""
        if table.skipped:
            unread = [fault for fault in self.faults if fault.kind != "infeasible"]
            infeasible_too = prop.over not in (Over.OUTCOMES, Over.REPEATS)
            fault = (*(self.faults if infeasible_too else unread), failed)[0]
            if fault is None:
                raise AssertionError("something kept these cases out")
            where = ", ".join(map(str, self.subject.domain.bids(fault.reports)))
            count = "1 case has" if table.skipped == 1 else f"{table.skipped:,} cases have"
            reason = f"{count} no valid outcome; first at bids ({where}): {fault}"
            return Finding(Verdict.ERROR, reason, table)
        if not any(row.cases for row in table.rows):
            return Finding(Verdict.UNKNOWN, "the grid has no case of this property", table)
        return Finding(Verdict.SUPPORTED if self.subject.spec.sampled else Verdict.EXHAUSTED, None, table)

    def _prepare(self) -> Generator[Step, None, None]:
        """Run the grid, then the sample again; both before anything is decided."""
        with self._children(self._sample) as children:
            if offers_batch(self.subject):
                first = list(run_in_order(self.subject, self._profiles(self._sample)))
                batched = run_batched(self.subject, self._sample, first)
                if isinstance(batched, OutcomeGrid):
                    self._grid, self._batched = batched, True
                else:
                    self._batch_refused = batched
            if self._grid is None:
                self._grid, first = yield from run_grid(self.subject, self._sample)
            repetitions = yield from self._repetitions(self._sample, children)
        for how, answers in repetitions:
            for number, once, again in zip(self._sample, first, answers, strict=True):
                if not same_answer(once, again):
                    message = f"{in_words(once)}; {how}: {in_words(again)}"
                    self._unstable.append(Fault(nth_profile(self.subject.domain, number), "unstable", message))

    def _profiles(self, numbers: list[int]) -> list[Profile]:
        return [nth_profile(self.subject.domain, number) for number in numbers]

    def _children(self, numbers: list[int]) -> AbstractContextManager[Sequence[FreshProcess | Rerun]]:
        """Fresh processes for the numbered profiles."""
        return repetitions(self.subject, self._profiles(numbers), self.hash_seeds)

    def _repetitions(
        self, numbers: list[int], children: Sequence[FreshProcess | Rerun]
    ) -> Generator[Step, None, list[tuple[str, list[Answer]]]]:
        """Run the numbered profiles again, in every way that might make a difference."""
        profiles = self._profiles(numbers)
        made = [(BACKWARDS, list(run_in_order(self.subject, profiles[::-1]))[::-1])]
        for done, child in enumerate(children):
            yield Step("fresh processes", done, len(children))
            made.append((f"fresh process, PYTHONHASHSEED={child.hash_seed}", child.answers()))
        return made

    def _decide_repeats(self, prop: Property, tolerance: Money) -> Deciding:
        """Determinism: every profile again, in every way."""
        if isinstance(self.subject, BridgedSubject) and self.subject.given_up is not None:
            return Finding(Verdict.ERROR, self.subject.given_up)
        everything = list(range(self.subject.domain.size()))
        profiles = self._profiles(everything)
        with self._children(everything) as children:
            first = list(run_in_order(self.subject, profiles))
            repetitions = yield from self._repetitions(everything, children)
        grid = grid_of(self.subject, first)
        reduction = Reduction(prop, tolerance)
        witness: Witness | None = None
        worst: Witness | None = None
        for how, answers in repetitions:
            before = reduction.worst
            reduction.add(repeat_block(grid, grid_of(self.subject, answers)))
            differing = [n for n in everything if first[n] != answers[n] and _both_outcomes(first[n], answers[n])]
            found = [self._repeated(prop, profiles[n], [first[n], answers[n]], how) for n in differing]
            refuting = [candidate for candidate in found if candidate.margin < -tolerance]
            if refuting and witness is None:
                witness = refuting[0]
            if reduction.worst is not before:
                worst = min(refuting, key=lambda candidate: candidate.margin)
        if witness is not None:
            return Finding(Verdict.REFUTED, None, reduction.table(), witness, worst)
        return self._unrefuted(prop, reduction.table())

    def _repeated(self, prop: Property, profile: Profile, pair: list[Answer], how: str) -> Witness:
        outcomes = [answer for answer in pair if isinstance(answer, Outcome)]
        return repeat_witness(self.subject, prop, profile, outcomes, how)


def _both_outcomes(first: Answer, second: Answer) -> bool:
    return isinstance(first, Outcome) and isinstance(second, Outcome)
