"""What an audit is asked: whose code, in which setting, which properties count, and how much may be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.domains import Domain, parse_domain
from verifier.engines.base import LIMITS, Limits
from verifier.errors import DomainError, SpecError, nearest
from verifier.properties.defined import defined_for
from verifier.spec import SubjectSpec, subject_from_json

ENGINES = ("auto", "search", "exhaustive", "sampling", "symbolic")
REQUIRED = ("feasible", "deterministic", "dsic", "ex-post-ir", "no-deficit")  # unless told, where they are defined


@dataclass(frozen=True, slots=True)
class Asked:
    """One audit.

    Attributes
    ----------
    name : of its reports
    subject, domain : tables as in a claims file
    require : properties that decide the exit code; where it is empty, those of `REQUIRED` that are defined there and
        that the engine can speak of
    engine : "auto" for all that fit, or the only one
    trusted : whether the subject may run in this process, which a proof needs
    sweep : whether other settings than the one asked for are run too
    limits : of every engine; `profiles` bounds the grid
    """

    name: str
    subject: Mapping[str, object]
    domain: Mapping[str, object]
    require: tuple[str, ...] = ()
    engine: str = "auto"
    trusted: bool = False
    sweep: bool = True
    limits: Limits = field(default=LIMITS)
    seed: int = 0

    def spec_of_subject(self) -> SubjectSpec:
        """The subject, validated; SpecError where its table is wrong."""
        return subject_from_json(self.subject, str(self.domain.get("kind")))

    def required(self, domain: Domain) -> tuple[str, ...]:
        """The properties that decide the exit code in this domain; SpecError where one is not defined there."""
        spec = self.spec_of_subject()
        there = defined_for(domain, randomised=spec.lotteries, sampled=spec.sampled)
        for name in self.require:
            if name not in there:
                raise SpecError(f"{name!r} is not defined in this domain{nearest(name, there)}")
        engine = "exhaustive" if self.engine == "auto" else self.engine
        own = defined_for(domain, engine, randomised=spec.lotteries, sampled=spec.sampled)
        return self.require or tuple(name for name in REQUIRED if name in own)


def domain_of(table: Mapping[str, object], budget: int) -> Domain:
    """The domain of a table; SpecError where it is none, or where its grid has more profiles than the budget."""
    try:
        return parse_domain(table, budget)
    except DomainError as error:
        raise SpecError(f"the setting: {error}") from error
