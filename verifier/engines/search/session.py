"""The search engine: critical values, then Hypothesis, then the shrinker; see the package for what its verdicts say."""

from __future__ import annotations

import random
from collections.abc import Generator
from pathlib import Path

from verifier.adapters import Subject
from verifier.engines.base import LIMITS, Deciding, Finding, Limits, Step
from verifier.engines.search.amounts import Amounts
from verifier.engines.search.hunt import Hunt
from verifier.engines.search.seeds import base_profiles, seeds
from verifier.engines.search.shrink import shrunk
from verifier.engines.search.targeted import ROUND, search_round
from verifier.engines.trials import Trials, left_out
from verifier.evidence import Fault, Verdict
from verifier.exact import Money
from verifier.properties import Property
from verifier.properties.cases import Over
from verifier.properties.instances import on_continuum

_STRIDE = 200  # cases between two progress reports
_ON_THE_GRID = {
    Over.REPEATS: "repetitions are made by the exhaustive engine; it decides this property",
    Over.ABSENCES: "a run with one agent less is made by the exhaustive engine; it decides this property",
    Over.MENUS: "what an agent can report at all is a question about the grid; the exhaustive engine decides it",
}


class SearchSession:
    """Searches the continuum of one subject's domain for violations.

    Parameters
    ----------
    subject : who is judged
    importable : whether a fresh process can load the subject by its dotted path
    limits : `examples` is the most cases judged for a claim; a fifth of them is left to Hypothesis
    seed : of all that is drawn; the same seed gives the same search
    database : directory in which Hypothesis keeps examples that violated something; they are tried first next time
    """

    def __init__(
        self,
        subject: Subject,
        *,
        importable: bool = True,
        limits: Limits = LIMITS,
        seed: int = 0,
        database: Path | None = None,
    ) -> None:
        self.subject = subject
        self._limits, self._seed, self._database = limits, seed, database
        self._trials = Trials(subject, importable=importable)
        self._amounts = Amounts(subject.domain, subject.spec.numbers)
        self._hunt: Hunt | None = None
        self._examples = 0

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Profiles that were tried and gave no valid outcome."""
        return self._trials.faults

    def method(self) -> dict[str, object]:
        """How much was searched so far, for all claims together."""
        return {"engine": "search", "seed": self._seed, "profiles": self._trials.profiles}

    def decide(self, prop: Property, tolerance: Money) -> Deciding:
        """Search for a violation of one property."""
        if prop.over in _ON_THE_GRID:
            return Finding(Verdict.UNKNOWN, _ON_THE_GRID[prop.over])
        domain = self.subject.domain
        unstable = yield from self._trials.instability(base_profiles(domain, self._amounts))
        if unstable is not None:
            return unstable
        most = self._limits.examples
        hunt = Hunt(self._trials, prop, tolerance, on_continuum(domain, prop.over), most)
        self._hunt, self._examples = hunt, 0
        yield from self._seeded(hunt, most - most // 5)
        yield from self._targeted(hunt)
        yield Step(f"shrinking {prop.name}", 0, 1)
        return self._concluded(hunt)

    def interrupted(self, prop: Property, tolerance: Money) -> Finding:
        """What is left to say after Ctrl-C: a violation that was met still refutes."""
        hunt = self._hunt
        if hunt is None or hunt.prop is not prop:
            return Finding(Verdict.UNKNOWN, "interrupted before it was decided")
        if hunt.violated:
            return self._concluded(hunt)
        reason = f"interrupted after {hunt.judged:,} cases; no violation among them"
        return Finding(Verdict.UNKNOWN, reason)

    def _seeded(self, hunt: Hunt, most: int) -> Generator[Step, None, None]:
        reported = 0
        for profile, reports in seeds(self._trials, self._amounts, hunt.prop.over, most):
            done = hunt.judged + hunt.failed
            if done >= most or hunt.violated:
                return
            if done >= reported:
                yield Step(f"searching {hunt.prop.name}", done, hunt.most)
                reported = done + _STRIDE
            hunt.judge(profile, reports)

    def _targeted(self, hunt: Hunt) -> Generator[Step, None, None]:
        rounds = max(1, self._limits.examples // (20 * ROUND))
        bases = base_profiles(self.subject.domain, self._amounts)
        draws = random.Random(self._seed)
        for number in range(rounds):
            if hunt.violated or hunt.spent or (hunt.failed and not hunt.judged):
                return
            yield Step(f"searching {hunt.prop.name}", hunt.judged + hunt.failed, hunt.most)
            start = draws.choice(bases), draws.choice(bases)
            if hunt.worst is not None and number % 2 == 0:
                start = hunt.worst[1].profile, hunt.worst[1].reports
            amounts = {amount for vectors in start for vector in vectors for amount in vector}
            telling = sorted({near for amount in amounts for near in self._amounts.around(amount)})
            before = hunt.judged + hunt.failed
            search_round(hunt, self._amounts, start, telling, draws.getrandbits(32), self._database)
            self._examples += hunt.judged + hunt.failed - before

    def _concluded(self, hunt: Hunt) -> Finding:
        if hunt.violated and hunt.worst is not None:
            least, recipe = hunt.worst
            small = shrunk(hunt, self._amounts, recipe)
            margin = self._trials.margin(hunt.prop, small.instance)
            worst = recipe if margin is None or least < margin else small
            instances = small.instance, worst.instance
            return self._trials.refuted(hunt.prop, hunt.tolerance, *instances, self._estimate(hunt))
        why = left_out(self._trials, self.subject.domain, hunt.failed, hunt.judged, hunt.failure)
        if hunt.judged:
            return Finding(Verdict.SUPPORTED, why, estimate=self._estimate(hunt))
        if why is not None:
            return Finding(Verdict.ERROR, why)
        return Finding(Verdict.UNKNOWN, "this domain has no case of the property")

    def _estimate(self, hunt: Hunt) -> dict[str, object]:
        return {
            "kind": "search",
            "seed": self._seed,
            "cases": hunt.judged,
            "failed": hunt.failed,
            "targeted": self._examples,
            "profiles": len(hunt.profiles),
            "repeated": self._trials.repeated,
        }
