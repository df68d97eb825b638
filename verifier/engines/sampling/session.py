"""The sampling engine: Monte Carlo over the instances of a property on the grid.

Distribution Draw k under a seed has random numbers of its own, from the sha256 of "seed/k". With them, independent and
             uniform: a report for every agent from its grid (the profile), a further report for every agent, and then
             one of the instances that these determine (`instances` in their order). A draw that determines none, such
             as a tied profile where ties are no case, is no case; one whose run has no valid outcome is left out.
Fixed        The seed and the number of draws, before the first one. Given how many draws are cases, violations are
             binomial; Clopper and Pearson bound their share, exactly and rounded outwards to millionths. The bounds of
             each claim hold for themselves; nothing is said about all claims of a file at once.
Anytime      The beta-mixture e-value gives a bound that holds after every draw at once, whoever stops the sampling.

Source: Clopper and Pearson 1934; Robbins 1970 (see `verifier.statistics`).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from fractions import Fraction

from verifier.adapters import Subject
from verifier.engines.base import LIMITS, Deciding, Finding, Limits, Step
from verifier.engines.trials import Trials, left_out, spread_profiles
from verifier.errors import TooLarge
from verifier.evidence import Fault, Verdict
from verifier.exact import Money, show
from verifier.properties import Property
from verifier.properties.cases import Over
from verifier.properties.instances import Instance, Setting, instances, on_grid
from verifier.statistics.binomial import MOST_TRIALS, two_sided, upper_bound
from verifier.statistics.evalue import anytime_lower_bound
from verifier.statistics.sampling import stream

CONFIDENCE = Fraction(19, 20)
MOST_REPEATED = 64  # profiles that run again
_STRIDE = 200  # draws between two progress reports


@dataclass(slots=True)
class _Sample:
    """What was drawn so far for one property."""

    prop: Property
    tolerance: Money
    drawn: int = 0
    cases: int = 0
    violations: int = 0
    failed: int = 0
    failure: Instance | None = None
    simplest: tuple[Money, Instance] | None = None
    worst: tuple[Money, Instance] | None = None

    def add(self, instance: Instance, margin: Money | None) -> None:
        """Count one instance; a margin of None says that it has no valid outcome."""
        if margin is None:
            self.failed += 1
            self.failure = self.failure or instance
            return
        self.cases += 1
        if margin >= -self.tolerance:
            return
        self.violations += 1
        cost = sum(amount for profile in instance.profiles for report in profile for amount in report)
        if self.simplest is None or cost < self.simplest[0]:
            self.simplest = cost, instance
        if self.worst is None or margin < self.worst[0]:
            self.worst = margin, instance


class SamplingSession:
    """Samples the grid of one subject's domain.

    Parameters
    ----------
    subject : who is judged
    importable : whether a fresh process can load the subject by its dotted path
    limits : `samples` is the number of draws for a claim
    seed : of all draws

    Raises
    ------
    TooLarge : more draws than exact bounds are computed for.
    """

    def __init__(self, subject: Subject, *, importable: bool = True, limits: Limits = LIMITS, seed: int = 0) -> None:
        if limits.samples > MOST_TRIALS:
            raise TooLarge(limits.samples, MOST_TRIALS, "samples are asked for")
        self.subject = subject
        self._draws, self._seed = limits.samples, seed
        self._trials = Trials(subject, importable=importable)
        self._sample: _Sample | None = None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Profiles that were drawn and gave no valid outcome."""
        return self._trials.faults

    def method(self) -> dict[str, object]:
        """How much was sampled so far, for all claims together."""
        return {"engine": "sampling", "seed": self._seed, "profiles": self._trials.profiles}

    def decide(self, prop: Property, tolerance: Money) -> Deciding:
        """Sample the instances of one property."""
        if prop.over in (Over.REPEATS, Over.ABSENCES):
            return Finding(Verdict.UNKNOWN, "such runs are made by the exhaustive engine; it decides this property")
        unstable = yield from self._trials.instability(spread_profiles(self.subject.domain, MOST_REPEATED))
        if unstable is not None:
            return unstable
        sample = self._sample = _Sample(prop, tolerance)
        yield from self._draw(sample, on_grid(self.subject.domain, prop.over))
        return self._concluded(sample)

    def interrupted(self, prop: Property, tolerance: Money) -> Finding:
        """What is left to say after Ctrl-C: a violation refutes, and the anytime bound holds for what was drawn."""
        sample = self._sample
        if sample is None or sample.prop is not prop or not sample.cases:
            return Finding(Verdict.UNKNOWN, "interrupted before it was decided")
        if sample.simplest is not None and sample.worst is not None:
            return self._trials.refuted(prop, tolerance, sample.simplest[1], sample.worst[1], None)
        bound = f"at most {show(_anytime(sample))} of all cases are, with 95 % confidence"
        return Finding(Verdict.UNKNOWN, f"interrupted; none of {sample.cases:,} cases is a violation, so that {bound}")

    def _draw(self, sample: _Sample, setting: Setting) -> Generator[Step, None, None]:
        types = self.subject.domain.types
        for number in range(self._draws):
            if number % _STRIDE == 0:
                yield Step(f"sampling {sample.prop.name}", number, self._draws)
            draws = stream(self._seed, number)
            profile, reports = (tuple(grid[draws.randrange(len(grid))] for grid in types) for _ in range(2))
            options = list(instances(sample.prop, setting, profile, reports))
            if options:
                instance = options[draws.randrange(len(options))]
                sample.add(instance, self._trials.margin(sample.prop, instance))
            sample.drawn += 1

    def _concluded(self, sample: _Sample) -> Finding:
        if sample.simplest is not None and sample.worst is not None:
            chosen = sample.simplest[1], sample.worst[1]
            return self._trials.refuted(sample.prop, sample.tolerance, *chosen, self._estimate(sample))
        why = left_out(self._trials, self.subject.domain, sample.failed, sample.cases, sample.failure)
        if sample.cases:
            return Finding(Verdict.SUPPORTED, why, estimate=self._estimate(sample))
        if why is not None:
            return Finding(Verdict.ERROR, why)
        return Finding(Verdict.UNKNOWN, f"none of {sample.drawn:,} draws is a case of the property")

    def _estimate(self, sample: _Sample) -> dict[str, object]:
        lower, upper = two_sided(sample.violations, sample.cases, CONFIDENCE)
        return {
            "kind": "sampling",
            "seed": self._seed,
            "drawn": sample.drawn,
            "cases": sample.cases,
            "failed": sample.failed,
            "violations": sample.violations,
            "confidence": show(CONFIDENCE),
            "lower": show(lower),
            "upper": show(upper),
            "at_most": show(upper_bound(sample.violations, sample.cases, CONFIDENCE)),
            "anytime": show(_anytime(sample)),
            "repeated": self._trials.repeated,
        }


def _anytime(sample: _Sample) -> Money:
    """The share of violations that is excluded after every draw at once, as an upper bound."""
    return 1 - anytime_lower_bound(sample.cases - sample.violations, sample.violations, CONFIDENCE)
