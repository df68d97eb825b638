"""A study of a mechanism's price of anarchy over values that are drawn at random, as a file describes it.

    [study]
    concept = "pure"            truthful, pure, mixed, correlated or coarse correlated
    overbidding = false         equilibria in which nobody bids above its value; true where left out
    poa = "6/5"                 an instance passes if its price is below this
    tie_rule = "lowest index"   of the mechanism, for the reader: it belongs to the claim
    instances = 1000
    seed = 20
    share = "95%"               of the distribution that is to pass, with this confidence; "95%" each where left out
    confidence = "95%"
    stopping = "fixed"          or "anytime", to look after every instance
    comparisons = 1             how many mechanisms are studied side by side
    distribution = "geometric"  of true values; uniform where left out, see `domains.distributions`
    valuations = "submodular"   of combinatorial domains: only types of this class are drawn
    agents = [2, 3, 4]          a study for each number of agents, with the confidence for all of them together

and the [subject] and [domain] of a claims file. True values are drawn independently from the types of the domain's
grid, which are the bids too. The mechanism runs once at every profile of bids; every instance is decided by
exact prices (`oracles.anarchy`), and by an upper bound where only that is known.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial
from pathlib import Path
from typing import cast

from verifier.adapters import load
from verifier.adapters.source import source_digests
from verifier.domains import Domain, Profile, parse_domain
from verifier.domains.distributions import draw, weights
from verifier.errors import DomainError, MoneyError, SpecError, SubjectError, TooLarge, nearest
from verifier.exact import Money, money, show, simplest
from verifier.games.files import honest_play
from verifier.games.gates import CONCEPTS
from verifier.games.induced import NoOutcome, Outcomes, run_outcomes
from verifier.oracles.anarchy import price_of_anarchy
from verifier.oracles.anarchy_result import INFINITE, Direction
from verifier.spec import SubjectSpec, subject_from_json
from verifier.statistics.journal import INFINITY, Decided, Status
from verifier.statistics.sampling import Plan, Stopping
from verifier.statistics.shrinking import shrink
from verifier.statistics.study import Progress, Study, run_study
from verifier.toml_lines import Keys, read_toml

_MOST_TRIES = 500  # instances that are priced to find a simple one as bad as the worst
_KEYS = (
    *("concept", "overbidding", "poa", "tie_rule", "instances", "seed"),
    *("share", "confidence", "stopping", "comparisons", "distribution", "valuations", "agents"),
)


@dataclass(frozen=True, slots=True)
class StudyFile:
    """What a file says: the plan, and what it takes to decide an instance."""

    title: str
    plan: Plan
    subject: SubjectSpec
    domain: Domain
    overbidding: bool
    weights: tuple[tuple[int, ...], ...]


def sizes(text: str, path: str) -> list[int | None]:
    """The numbers of agents that are studied; [None] where a file studies the one of its domain alone.

    SpecError with file and line where they are none.
    """
    table, fault = read_toml(text, path)
    study, domain = table.get("study"), table.get("domain")
    if not isinstance(study, dict) or "agents" not in study:
        return [None]
    written = study["agents"]
    counts = written if isinstance(written, list) else []
    if not counts or any(type(count) is not int or count < 1 for count in counts) or len(set(counts)) < len(counts):
        raise fault(("study", "agents"), f"agents must be a list of different numbers of agents, not {written!r}")
    if isinstance(domain, dict) and "agents" in domain:
        raise fault(("domain", "agents"), "the study says how many agents there are; leave them out of the domain")
    return list(counts)


def read_study(text: str, path: str, agents: int | None = None) -> StudyFile:
    """The study of a text, with one of its `sizes`. SpecError with file and line says what is wrong with it."""
    table, fault = read_toml(text, path)
    for key in table:
        if key not in ("title", "study", "subject", "domain"):
            raise fault((key,), f"unknown key {key!r}{nearest(key, ['title', 'study', 'subject', 'domain'])}")
    for key in ("study", "subject", "domain"):
        if not isinstance(table.get(key), dict):
            raise fault((key,), f"a study needs a [{key}] table")
    written = table["study"]
    for key in written:
        if key not in _KEYS:
            raise fault(("study", key), f"unknown key {key!r}{nearest(key, list(_KEYS))}")
    at: Keys = ("subject",)
    try:
        subject = subject_from_json(table["subject"])
        at = ("domain",)
        domain = parse_domain(table["domain"] if agents is None else {**table["domain"], "agents": agents})
        at = ("subject",)
        load(subject, domain)
        digests = source_digests(subject)  # of what was loaded
        at = ("study",)
        valuations = written.get("valuations")
        if valuations is not None and not isinstance(valuations, str):
            raise DomainError(f"valuations must be the name of a class, not {valuations!r}")
        weighted = weights(domain, written.get("distribution", "uniform"), valuations)
        plan, overbidding = _plan(written, subject, domain, digests, weighted)
    except (DomainError, MoneyError, SpecError, SubjectError) as error:
        raise fault(at, str(error)) from error
    drawn = tuple(map(tuple, weighted))
    return StudyFile(str(table.get("title", subject.call)), plan, subject, domain, overbidding, drawn)


def _plan(
    written: dict[str, object],
    subject: SubjectSpec,
    domain: Domain,
    digests: dict[str, str],
    weighted: Sequence[Sequence[int]],
) -> tuple[Plan, bool]:
    concept, overbidding = written.get("concept"), written.get("overbidding", True)
    if concept not in CONCEPTS:
        raise DomainError(f"concept must be one of {', '.join(CONCEPTS)}, not {concept!r}")
    if not isinstance(overbidding, bool):
        raise DomainError(f"overbidding must be true or false, not {overbidding!r}")
    for name, least in (("instances", 1), ("seed", None), ("comparisons", 1)):
        value = written.get(name, 1 if name == "comparisons" else None)
        if not isinstance(value, int) or isinstance(value, bool) or (least is not None and value < least):
            raise DomainError(
                f"{name} must be a whole number{'' if least is None else ' of at least 1'}, not {value!r}"
            )
    for name in ("poa", "tie_rule"):
        if name not in written:
            raise DomainError(f"{name} is missing: fix it before anything is sampled")
    plan = Plan(
        subject=subject.call,
        distribution=_named(written, domain, weighted),
        instances=cast("int", written["instances"]),
        seed=cast("int", written["seed"]),
        concept=str(concept),
        tie_rule=str(written["tie_rule"]),
        gate=money(written["poa"]),
        settings=(
            ("overbidding", "allowed" if overbidding else "none"),
            ("domain", json.dumps(domain.to_json(), sort_keys=True)),
            ("arguments", json.dumps(dict(subject.arguments), sort_keys=True, default=str)),
            ("source", json.dumps(digests, sort_keys=True)),
            ("weights", json.dumps([list(row) for row in weighted])),
        ),
        share=_share(written.get("share", "95%")),
        confidence=_share(written.get("confidence", "95%")),
        comparisons=cast("int", written.get("comparisons", 1)) * _count(written.get("agents")),
        stopping=cast("Stopping", written.get("stopping", "fixed")),
    )
    return plan, overbidding


def _named(written: dict[str, object], domain: Domain, weighted: Sequence[Sequence[int]]) -> str:
    """The distribution in words; its weights are a setting of the plan."""
    asked = written.get("distribution", "uniform")
    kind = asked if isinstance(asked, str) else "weighted"
    class_ = f" {written['valuations']}" if "valuations" in written else ""
    counts = " x ".join(str(sum(map(bool, row))) for row in weighted)
    return f"independent {kind} values from the {counts}{class_} types of the grid ({domain.kind})"


def _count(agents: object) -> int:
    return len(agents) if isinstance(agents, list) else 1


def _share(written: object) -> Money:
    if isinstance(written, str) and written.endswith("%"):
        return Fraction(money(written[:-1])) / 100
    return money(written)


def carry_out(
    text: str,
    path: str,
    journal: Path,
    *,
    agents: int | None = None,
    workers: int = 1,
    progress: Callable[[Progress], None] | None = None,
) -> Study:
    """Carry out the study of a text with one of its `sizes`, or go on with it; see `statistics.study.run_study`.

    Raises SpecError as `read_study` does, and where the mechanism gives no outcome at some bids.
    """
    found, _ = _loaded(text, path, agents)
    one = partial(decide, text, path) if agents is None else partial(decide, text, path, agents=agents)
    return run_study(found.plan, one, journal, workers=workers, progress=progress)


@lru_cache(maxsize=1)
def _loaded(text: str, path: str, agents: int | None) -> tuple[StudyFile, Outcomes]:
    """Once in every process: the mechanism at every profile of bids."""
    found = read_study(text, path, agents)
    try:
        return found, run_outcomes(load(found.subject, found.domain), importable=True)
    except (NoOutcome, SubjectError, TooLarge) as error:
        raise SpecError(str(error), path) from error


def decide(text: str, path: str, number: int, agents: int | None = None) -> Decided:
    """One instance: its values are drawn from the plan's stream of that number."""
    found, _ = _loaded(text, path, agents)
    return _decided(text, path, draw(found.domain, found.weights, found.plan.stream(number)), agents)


def simplest_worst(text: str, path: str, worst: Decided, agents: int | None = None) -> Decided:
    """An instance of smaller values that is as bad as the worst of a study, or worse; its types can be drawn too."""
    found, _ = _loaded(text, path, agents)
    amounts = [[money(amount) for amount in own] for own in cast("list[list[str]]", worst.instance)]
    scale = math.lcm(*(amount.denominator for own in amounts for amount in own))
    open_ = [
        {type_ for type_, weight in zip(types, row, strict=True) if weight}
        for types, row in zip(found.domain.types, found.weights, strict=True)
    ]

    def values(whole: object) -> Profile:
        return tuple(tuple(simplest(Fraction(n, scale)) for n in own) for own in cast("list[list[int]]", whole))

    def as_bad(whole: object) -> bool:
        profile = values(whole)
        if not all(type_ in own for type_, own in zip(profile, open_, strict=True)):
            return False
        tried = _decided(text, path, profile, agents)
        if worst.ratio == INFINITY or tried.ratio == INFINITY:
            return tried.ratio == INFINITY
        return tried.value is not None and worst.value is not None and tried.value >= worst.value

    whole = [[int(amount * scale) for amount in own] for own in amounts]
    return _decided(text, path, values(shrink(whole, as_bad, _MOST_TRIES).instance), agents)


def _decided(text: str, path: str, values: Profile, agents: int | None) -> Decided:
    """An instance with these true values."""
    found, outcomes = _loaded(text, path, agents)
    instance = [[show(amount) for amount in worth] for worth in values]
    honest = honest_play(found.domain, list(enumerate(values)))
    try:
        answer = price_of_anarchy(
            outcomes.game(values),
            found.plan.concept,
            played=None if found.overbidding else honest.modest,
            truth=honest.truth if found.plan.concept == "truthful" else None,
        )
    except DomainError:  # nobody wants anything: every profile is as good as the best
        return Decided(Status.UNDECIDED, None, instance)
    ratio = None if answer.poa is None else INFINITY if answer.poa is INFINITE else str(answer.poa)
    if answer.direction is Direction.EXACT:
        passed = answer.passes(found.plan.gate)
        return Decided(Status.PASS if passed else Status.FAIL, ratio, instance)
    below = isinstance(answer.poa, Fraction) and answer.poa < found.plan.gate
    upper = answer.direction is Direction.UPPER and below
    return Decided(Status.PASS if upper else Status.UNDECIDED, ratio if upper else None, instance)
