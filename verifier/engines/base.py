"""What every engine offers: a session with one subject that decides claims one by one and says how far it is."""

from __future__ import annotations

from collections.abc import Collection, Generator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from verifier.domains import DEFAULT_BUDGET
from verifier.evidence import Fault, Table, Verdict, Witness
from verifier.exact import Money
from verifier.properties import Property


@dataclass(frozen=True, slots=True)
class Limits:
    """How much work an audit may do. All but the workers are written into the certificate.

    Attributes
    ----------
    profiles : the most that a grid may have
    paths : the most paths through a subject that are explored
    queries : the most questions to a solver, for exploring and then for every block of cases of a claim; where z3 is
        trusted, in all
    examples : the most cases that a search judges for a claim
    samples : the profiles that are drawn for a claim
    workers : processes that prove blocks of cases side by side; the certificate is the same for any number
    """

    profiles: int = DEFAULT_BUDGET
    paths: int = 20_000
    queries: int = 100_000
    workers: int = 1
    examples: int = 5_000
    samples: int = 2_000

    def to_json(self, engines: Collection[str] = ()) -> dict[str, object]:
        """The budget as the certificate holds it: examples and samples only where these engines were asked."""
        written = {"profiles": self.profiles, "paths": self.paths, "queries": self.queries}
        if "search" in engines:
            written["examples"] = self.examples
        if "sampling" in engines:
            written["samples"] = self.samples
        return dict(written)


LIMITS = Limits()  # unless told


@dataclass(frozen=True, slots=True)
class Step:
    """Progress: `done` of `total` units of work in a stage."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What an engine found out about one property.

    Attributes
    ----------
    verdict : see `Verdict`
    reason : one sentence for ERROR and UNKNOWN
    table : the exhaustive check, where there was one
    witness : the simplest refutation
    worst : a refutation of the least margin
    proof : for PROVED, what the checker repeats, as the certificate writes it
    regret : exact suprema of the gain, an entry per agent, as the certificate writes them
    estimate : what was searched or sampled, as the certificate writes it
    """

    verdict: Verdict
    reason: str | None = None
    table: Table | None = None
    witness: Witness | None = None
    worst: Witness | None = None
    proof: dict[str, object] | None = None
    regret: list[dict[str, object]] | None = None
    estimate: dict[str, object] | None = None


Deciding: TypeAlias = Generator[Step, None, Finding]


class Session(Protocol):
    """An engine at work on one subject."""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Profiles at which the subject gave no valid outcome, or none that repeats."""
        ...

    def decide(self, prop: Property, tolerance: Money) -> Deciding:
        """Decide one property, yielding progress; the generator returns the finding."""
        ...

    def method(self) -> dict[str, object]:
        """How the verdicts were obtained, as the certificate writes it."""
        ...
