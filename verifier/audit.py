"""The one loop: a claims file in, events out, at the end a sealed certificate.

Reporters only listen. Ctrl-C ends the loop early and loses nothing: what was decided stands, the rest is UNKNOWN with
that reason (or refuted by what was explored until then), and the certificate says that it is partial.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, TypeAlias

from verifier.adapters import Subject, load
from verifier.adapters.bridge import BridgedSubject, isolated
from verifier.adapters.contracts import Contracts
from verifier.adapters.curve import deviation_curve
from verifier.adapters.executable import Program
from verifier.adapters.keeper import Keepers
from verifier.adapters.limits import Isolation
from verifier.adapters.packages import wrapped_packages
from verifier.adapters.source import source_digests
from verifier.certificate import seal
from verifier.domains import Domain
from verifier.engines.base import LIMITS, Deciding, Finding, Limits, Session, Step
from verifier.engines.exhaustive import ExhaustiveSession
from verifier.engines.witnesses import with_margin
from verifier.errors import SubjectError
from verifier.evidence import Verdict, Witness
from verifier.exact import show
from verifier.properties import find_property
from verifier.properties.cases import Over
from verifier.properties.restricted import restricted, statement
from verifier.sampled_draws import radius
from verifier.spec import Claim, Spec

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.engines.sampling import SamplingSession
    from verifier.engines.search import SearchSession
    from verifier.engines.symbolic import SymbolicSession


def symbolic_session(subject: Subject, *, importable: bool = True, limits: Limits = LIMITS) -> SymbolicSession:
    """The symbolic engine; its solver is loaded when there is something to prove."""
    from verifier.engines.symbolic import SymbolicSession

    return SymbolicSession(subject, importable=importable, limits=limits)


def search_session(
    subject: Subject, *, importable: bool = True, limits: Limits = LIMITS, seed: int = 0, database: Path | None = None
) -> SearchSession:
    """The search engine; Hypothesis is loaded when there is something to search."""
    from verifier.engines.search import SearchSession

    return SearchSession(subject, importable=importable, limits=limits, seed=seed, database=database)


def sampling_session(
    subject: Subject, *, importable: bool = True, limits: Limits = LIMITS, seed: int = 0
) -> SamplingSession:
    """The sampling engine: Monte Carlo on the grid, with exact bounds."""
    from verifier.engines.sampling import SamplingSession

    return SamplingSession(subject, importable=importable, limits=limits, seed=seed)


ENGINES: dict[str, Callable[..., Session]] = {
    "exhaustive": ExhaustiveSession,
    "symbolic": symbolic_session,
    "search": search_session,
    "sampling": sampling_session,
}

VOLUMES = ("search", "sampling")  # engines whose verdicts rest on a part of the cases; the certificate says how much
MOST_FAULTS = 5  # faults that a certificate shows; it counts all of them


@dataclass(frozen=True, slots=True)
class Started:
    """A claims file is taken up."""

    spec: Spec


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` units of work in a stage."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Decided:
    """A claim is decided; `result` is its entry in the certificate."""

    claim: Claim
    result: dict[str, object]


@dataclass(frozen=True, slots=True)
class Finished:
    """The sealed certificate; its key `interrupted` tells whether Ctrl-C cut the audit short.

    `curves` holds, by claim id, what the refuted deviator would have got with its other reports: for pictures.
    """

    certificate: dict[str, object]
    curves: dict[str, dict[str, object]]


Event: TypeAlias = Started | Progress | Decided | Finished


class Sessions:
    """The engines at work on one subject. The grid comes first: what does not repeat itself proves nothing.

    Search and sampling look for themselves whether the subject repeats itself, so that they need no grid; where it is
    run for other claims all the same, they are held to it.
    """

    def __init__(
        self,
        subject: Subject,
        engines: set[str],
        *,
        importable: bool,
        limits: Limits,
        seed: int = 0,
        database: Path | None = None,
    ) -> None:
        self.exhaustive = ExhaustiveSession(subject, importable=importable)
        explored = "symbolic" in engines
        if explored and isinstance(subject.target, Program):
            raise SubjectError("a program in another language cannot be proved about; choose the exhaustive engine")
        if explored and subject.spec.absent:
            raise SubjectError("who stays away cannot be told from a symbolic number; leave `absent` out of a proof")
        if explored and isinstance(subject, BridgedSubject):
            raise SubjectError(
                "a proof runs the subject's code in this process; do without isolation, where you trust it"
            )
        self.symbolic = symbolic_session(subject, importable=importable, limits=limits) if explored else None
        self.search = (
            search_session(subject, importable=importable, limits=limits, seed=seed, database=database)
            if "search" in engines
            else None
        )
        self.sampling = (
            sampling_session(subject, importable=importable, limits=limits, seed=seed)
            if "sampling" in engines
            else None
        )
        self._grid = bool(engines & {"exhaustive", "symbolic"})

    def close(self) -> None:
        """End what still runs for an engine."""
        if self.symbolic is not None:
            self.symbolic.close()

    def _other(self, claim: Claim) -> SymbolicSession | SearchSession | SamplingSession | None:
        """The engine that the claim names, unless it is the exhaustive one."""
        return {"symbolic": self.symbolic, "search": self.search, "sampling": self.sampling}.get(claim.engine)

    def decide(self, claim: Claim) -> Deciding:
        """Decide a claim by the engine that it names."""
        prop = restricted(find_property(claim.property), self.exhaustive.subject.domain, claim.agents)
        engine = self._other(claim)
        if engine is None:
            return (yield from self.exhaustive.decide(prop, claim.tolerance))
        if self._grid:
            unstable = yield from self.exhaustive.instability()
            if unstable is not None:
                return unstable
        fault = self.exhaustive.hopeless
        if claim.engine == "symbolic" and fault is not None and prop.over is not Over.OUTCOMES:
            return Finding(Verdict.ERROR, f"no profile of the grid has a valid outcome; the first: {fault}")
        found = yield from engine.decide(prop, claim.tolerance)
        if claim.engine in VOLUMES and self._grid and found.verdict is Verdict.SUPPORTED:
            found = yield from self._held_to_the_grid(claim, found)
        return found

    def _held_to_the_grid(self, claim: Claim, found: Finding) -> Deciding:
        """What a search or a sample missed, but the grid, run for other claims, shows."""
        seen = yield from self.exhaustive.decide(find_property(claim.property), claim.tolerance)
        if seen.verdict is not Verdict.REFUTED:
            return found
        witness, worst = (one and self._as_searched(one) for one in (seen.witness, seen.worst))
        return Finding(Verdict.REFUTED, witness=witness, worst=worst, estimate=found.estimate)

    def _as_searched(self, witness: Witness) -> Witness:
        """A witness of the grid, without what only the whole grid says of its rounding."""
        return with_margin(self.exhaustive.subject.domain, witness, witness.margin)

    def interrupted(self, claim: Claim) -> Finding:
        """What Ctrl-C leaves to say of a claim; a second one ends that too."""
        engine = self._other(claim)
        try:
            if engine is not None:
                return engine.interrupted(find_property(claim.property), claim.tolerance)
        except KeyboardInterrupt:
            pass
        return Finding(Verdict.UNKNOWN, "interrupted before it was decided")


def audit(
    spec: Spec,
    *,
    limits: Limits = LIMITS,
    seed: int = 0,
    target: Callable[..., object] | None = None,
    database: Path | None = None,
    isolation: Isolation | None = None,
    keepers: Keepers | None = None,
) -> Iterator[Event]:
    """Decide every claim of a spec.

    Parameters
    ----------
    spec : the claims, already validated
    limits : how much work may be done; written into the certificate
    seed : for engines that draw at random; written into the certificate
    target : the mechanism itself, where the caller holds it; `spec.subject.call` then only names it
    database : directory in which searches keep the examples that violated something, to try them first next time
    isolation : limits of the processes of its own in which the subject runs; None to run it in this one
    keepers : of these processes, where several audits share them

    Raises
    ------
    SubjectError : the subject cannot be loaded. Everything that goes wrong later is a verdict.
    """
    if (chance := spec.subject.chance) is not None and chance.sampled:
        off = [radius(claim.property, spec.domain, chance) for claim in spec.claims]
        claims = zip(spec.claims, off, strict=True)
        spec = replace(spec, claims=tuple(replace(one, tolerance=one.tolerance + more) for one, more in claims))
    yield Started(spec)
    if isolation is None:
        subject = load(spec.subject, spec.domain, target)
    elif target is None:
        subject = isolated(spec.subject, spec.domain, isolation, keepers)
    else:
        raise SubjectError("an object of this process cannot be isolated; give its dotted path")
    if isolation is not None and any(find_property(claim.property).over is Over.TAPES for claim in spec.claims):
        raise SubjectError("draws do not come out of isolation one by one; do without it, where you trust the subject")
    engines = {claim.engine for claim in spec.claims}
    sessions = Sessions(
        subject,
        engines,
        importable=target is None,
        limits=limits,
        seed=seed,
        database=database,
    )
    results: list[dict[str, object]] = []
    curves: dict[str, dict[str, object]] = {}
    interrupted = False
    try:
        for claim in spec.claims:
            deciding = sessions.decide(claim)
            while True:
                try:
                    step: Step = next(deciding)
                except StopIteration as end:
                    finding: Finding = end.value
                    break
                except SubjectError as error:  # loaded here, but a fresh process died of it
                    finding = Finding(Verdict.ERROR, str(error))
                    break
                yield Progress(step.stage, step.done, step.total)
            results.append(claim_entry(claim, finding))
            if claim.property == "dsic" and finding.witness is not None and _on_an_axis(spec.domain):
                curves[claim.id] = deviation_curve(subject, finding.witness)
            yield Decided(claim, results[-1])
    except KeyboardInterrupt:
        interrupted = True
    finally:
        sessions.close()
        if isinstance(subject, BridgedSubject):
            subject.close()
    for claim in spec.claims[len(results) :]:
        results.append(claim_entry(claim, sessions.interrupted(claim)))
        yield Decided(claim, results[-1])
    results = without_broken_ground(spec.claims, results, subject.contracts)
    run = {"budget": limits.to_json(engines), "seed": seed}
    yield Finished(_certificate(spec, subject, sessions, results, run, interrupted), curves)


def _on_an_axis(domain: Domain) -> bool:
    """Whether reports are numbers, so that a deviation can be drawn against them."""
    return not domain.ordinal and domain.kind != "utilities"


def claim_entry(claim: Claim, finding: Finding) -> dict[str, object]:
    """A decided claim as the certificate holds it."""
    prop = find_property(claim.property)
    return {
        "id": claim.id,
        "property": claim.property,
        "statement": statement(prop, claim.agents),
        "formula": prop.formula,
        **({"agents": list(claim.agents)} if claim.agents else {}),
        "engine": claim.engine,
        "tolerance": show(claim.tolerance),
        "expect": str(claim.expect),
        "verdict": str(finding.verdict),
        "met": finding.verdict.meets(claim.expect),
        "reason": finding.reason,
        "table": finding.table.to_json() if finding.table else None,
        "witness": finding.witness.to_json() if finding.witness else None,
        "worst": finding.worst.to_json() if finding.worst else None,
        "proof": finding.proof,
        "regret": finding.regret,
        **({"estimate": finding.estimate} if claim.engine in VOLUMES else {}),
    }


def without_broken_ground(
    claims: Sequence[Claim], results: list[dict[str, object]], contracts: Contracts
) -> list[dict[str, object]]:
    """The results; where a contract was broken in a later run, as by a witness, no proof that rests on it is kept."""
    if contracts.breach is None and contracts.unusable is None:
        return results
    verdict = Verdict.UNKNOWN if contracts.breach is None else Verdict.ERROR
    finding = Finding(verdict, contracts.breach or contracts.unusable)
    return [
        claim_entry(claim, finding) if result["proof"] or result["regret"] else result
        for claim, result in zip(claims, results, strict=True)
    ]


def _certificate(
    spec: Spec,
    subject: Subject,
    sessions: Sessions,
    results: list[dict[str, object]],
    run: Mapping[str, object],
    interrupted: bool,
) -> dict[str, object]:
    faults = sessions.exhaustive.faults
    source = source_digests(subject.spec)
    packages = wrapped_packages(subject.spec, source)
    return seal(
        {
            "name": spec.name,
            "title": spec.title,
            "subject": {
                **subject.spec.to_json(),
                "source": source,
                **({"packages": packages} if packages else {}),
            },
            "domain": spec.domain.to_json(),
            "method": sessions.exhaustive.method(),
            "versions": _versions(),
            "seed": run["seed"],
            "budget": run["budget"],
            "interrupted": interrupted,
            "faults": {"count": len(faults), "first": [fault.to_json() for fault in faults[:MOST_FAULTS]]},
            "exploration": sessions.symbolic.method() if sessions.symbolic else None,
            "claims": results,
        }
    )


def _versions() -> dict[str, str]:
    return {
        "mechanism-verifier": _version("mechanism-verifier"),
        "python": platform.python_version(),
        "numpy": _version("numpy"),
    }


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "unknown"
