"""The plan of an audit: cheap falsification first, then every profile where they fit, then a proof where code allows.

search      Hypothesis drives margins down, on the grid and off it; refutes, or supports
grid        every profile of the setting that was asked for, thinned where it has more than the budget
sample      profiles drawn from the whole grid, where that had to be thinned
proof       the code itself on symbolic numbers: only where it may run in this process
settings    every profile of small settings around the one asked for
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from verifier.adapters.executable import is_program
from verifier.domains import Domain, Ordinal
from verifier.engines.base import Limits
from verifier.errors import DomainError, SpecError
from verifier.evidence import Verdict
from verifier.exact import Money
from verifier.properties.defined import defined_for
from verifier.sheets.asked import Asked, domain_of
from verifier.sheets.settings import around, fitting
from verifier.spec import Claim, Spec, SubjectSpec

GRID = 100_000  # profiles of the setting that was asked for, unless told
EXAMPLES, SAMPLES, PATHS, QUERIES = 300, 2_000, 3_000, 20_000  # unless told
_EXPECT = {
    "search": Verdict.SUPPORTED,
    "sampling": Verdict.SUPPORTED,
    "exhaustive": Verdict.EXHAUSTED,
    "symbolic": Verdict.PROVED,
}


@dataclass(frozen=True, slots=True)
class Round:
    """One run of one engine in one setting. `main` is false of the settings beside the one asked for."""

    name: str
    label: str
    engine: str
    domain: Domain
    properties: tuple[str, ...]
    limits: Limits
    main: bool = True

    def spec(self, subject: SubjectSpec, path: str = "") -> Spec:
        """The claims that this round decides."""
        expect = Verdict.SUPPORTED if subject.sampled else _EXPECT[self.engine]
        claims = tuple(Claim(name, name, expect, engine=self.engine) for name in self.properties)
        return Spec(self.name, f"{subject.call}: {self.label}", subject, self.domain, claims, path=path)

    def told(self) -> str:
        """A line of the printed plan."""
        engine, limits, count = self.engine, self.limits, len(self.properties)
        work = {
            "search": f"at most {limits.examples:,} cases for each of {count} properties",
            "exhaustive": f"{self.domain.size():,} profiles, {count} properties",
            "sampling": f"{limits.samples:,} draws from {self.domain.size():,} profiles, {count} properties",
            "symbolic": f"at most {limits.paths:,} paths, {limits.queries:,} questions, {count} properties",
        }[engine]
        return f"{engine}: {self.label}: {work}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Rounds in their order; `notes` says what is not done, and why. `test` is where the self-test runs."""

    required: tuple[str, ...]
    properties: tuple[str, ...]
    test: Domain
    rounds: tuple[Round, ...]
    notes: tuple[str, ...]


def make_plan(asked: Asked, numbers: list[Money], most_test: int) -> Plan:
    """The plan for a subject in whose source these numbers are.

    Raises
    ------
    SpecError : the setting is none, has too many profiles and nothing to thin, or the engine has nothing to say there.
    """
    spec = asked.spec_of_subject()
    randomised = spec.lotteries
    scripted = spec.chance is not None and asked.trusted
    grid = min(asked.limits.profiles, GRID) if asked.engine == "auto" else asked.limits.profiles
    try:
        domain, thinned = fitting(asked.domain, grid)
        test, _ = fitting(asked.domain, most_test) if not domain.ordinal else (domain, "")
    except DomainError as error:
        raise SpecError(f"the setting: {error}") from error
    label = _in_words(domain)
    properties = tuple(defined_for(domain, randomised=randomised, scripted=scripted, sampled=spec.sampled))
    required = asked.required(domain)
    notes: list[str] = []
    rounds: list[Round] = []

    def add(name: str, label: str, engine: str, domain: Domain, wanted: tuple[str, ...]) -> None:
        there = set(defined_for(domain, engine, randomised=randomised, scripted=scripted, sampled=spec.sampled))
        chosen = tuple(one for one in wanted if one in there)
        if chosen:
            rounds.append(Round(f"{asked.name}-{name}", label, engine, domain, chosen, _limits(asked)))

    wanted = asked.engine
    if wanted in ("auto", "search"):
        add("search", label, "search", domain, required)
    if wanted in ("auto", "exhaustive"):
        add("grid", f"{label}, values {thinned}" if thinned else label, "exhaustive", domain, properties)
    if wanted == "sampling" or (wanted == "auto" and thinned):
        try:
            whole = domain_of(asked.domain, Limits().profiles) if thinned else domain
            add("sample", label, "sampling", whole, required)
        except SpecError as error:
            notes.append(f"no sample of the whole grid: {error}")
    if wanted in ("auto", "symbolic"):
        reason = _unprovable(asked, spec, domain)
        if reason is None:
            add("proof", label, "symbolic", domain, properties)
        elif wanted == "symbolic":
            raise SpecError(f"nothing can be proved here: {reason}")
        else:
            notes.append(f"no proof: {reason}")
    if not rounds:
        raise SpecError(f"the {wanted} engine has nothing to say about {', '.join(required)} in this setting")
    if asked.sweep and wanted in ("auto", "exhaustive"):
        settings, left_out = around(asked.domain, numbers)
        notes += [f"left out: {one}" for one in left_out]
        for one in settings:
            there = tuple(defined_for(one.domain, randomised=randomised, scripted=scripted, sampled=spec.sampled))
            name = f"{asked.name}-{one.slug}"
            label = f"{one.label} ({one.why})"
            rounds.append(Round(name, label, "exhaustive", one.domain, there, _limits(asked), main=False))
    elif not asked.sweep:
        notes.append("other sizes and values were not tried (--no-sweep)")
    return Plan(required, properties, test, tuple(rounds), tuple(notes))


def _limits(asked: Asked) -> Limits:
    """The budget of every round: what was asked for, else less than a claims file has."""
    told, usual = asked.limits, Limits()
    return replace(
        told,
        examples=EXAMPLES if told.examples == usual.examples else told.examples,
        samples=SAMPLES if told.samples == usual.samples else told.samples,
        paths=PATHS if told.paths == usual.paths else told.paths,
        queries=QUERIES if told.queries == usual.queries else told.queries,
    )


def _unprovable(asked: Asked, spec: SubjectSpec, domain: Domain) -> str | None:
    """Why no proof is tried; None where one is."""
    if is_program(spec.call):
        return "a program in another language cannot be run on symbolic numbers"
    if spec.chance is not None:
        return "what draws at random is not run on symbolic numbers"
    if isinstance(domain, Ordinal):
        return "reports are rankings, and proofs are about numbers"
    if not asked.trusted:
        return "a proof runs the subject in this process; --trust allows it"
    return None


def _in_words(domain: Domain) -> str:
    """The setting in a few words."""
    extra: Mapping[str, object] = domain.extra()
    told = [f"{len(domain.agents)} agents" if len(domain.agents) > 1 else "1 agent"]
    told += [f"{value} {key}" for key, value in extra.items() if isinstance(value, int)]
    return f"{domain.kind}, {', '.join(told)}"
