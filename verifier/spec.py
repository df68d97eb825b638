"""Claims files: which mechanism, in which setting, is claimed to have which properties, and how surely.

A claims file is TOML. `load_spec` reads one and blames mistakes on a line; `parse_spec` builds the same from a table in
memory, for the library and for pytest.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from verifier.domains import DEFAULT_BUDGET, KINDS, Domain, parse_domain
from verifier.errors import DomainError, SpecError
from verifier.evidence import Verdict
from verifier.exact import Money
from verifier.sampled_draws import unsampled
from verifier.scope import Scoped, named_agents, why_not
from verifier.spec_subject import SubjectSpec as SubjectSpec
from verifier.spec_subject import parse_subject
from verifier.spec_tables import At as _At
from verifier.spec_tables import amount_at as _amount
from verifier.spec_tables import choice_at as _choice
from verifier.spec_tables import known_keys as _known
from verifier.spec_tables import refuse_floats as _no_floats
from verifier.spec_tables import table_at as _table
from verifier.spec_tables import text_at as _text
from verifier.toml_lines import Keys, complaint, keep_text, line_of

Locate: TypeAlias = Callable[[Keys], int]  # from a key path to a line, 0 where there is no file


@dataclass(frozen=True, slots=True)
class Claim:
    """One property with the verdict that its author expects; positive verdicts mean "at least".

    `agents` names those about whom alone it is claimed; nobody stands for all.
    """

    id: str
    property: str
    expect: Verdict = Verdict.EXHAUSTED
    tolerance: Money = 0
    engine: str = "exhaustive"
    agents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spec:
    """A claims file: `name` is the stem of the file, `tier` 0 deterministic, 1 integration, 2 long or live."""

    name: str
    title: str
    subject: SubjectSpec
    domain: Domain
    claims: tuple[Claim, ...]
    tier: int = 0
    path: str = ""


def load_spec(
    path: Path, *, properties: Mapping[str, Scoped], engines: Collection[str], budget: int = DEFAULT_BUDGET
) -> Spec:
    """Read a claims file.

    Raises
    ------
    SpecError : with file, line and one sentence; also for a file that cannot be read.
    """
    text = _text_of(path)
    try:
        table = tomllib.loads(text, parse_float=keep_text)
    except RecursionError as error:
        raise SpecError("not a claims file: brackets are nested too deeply", str(path)) from error
    except ValueError as error:  # of its own kind, or for an integer of thousands of digits
        message, line = complaint(str(error), text)
        raise SpecError(message, str(path), line) from error
    return parse_spec(
        table,
        name=path.stem,
        properties=properties,
        engines=engines,
        budget=budget,
        path=str(path),
        locate=lambda keys: max(1, line_of(text, keys)),
    )


def blame(spec: Spec, keys: Keys, message: str) -> SpecError:
    """The error to raise for a mistake that shows only later, at the line of a key path in the file of the spec."""
    line = max(1, line_of(_text_of(Path(spec.path)), keys)) if spec.path else 0
    return SpecError(message, spec.path, line)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SpecError(f"cannot be read ({error.strerror})", str(path)) from error
    except UnicodeDecodeError as error:
        raise SpecError("cannot be read (not UTF-8 text)", str(path)) from error


def parse_spec(
    table: Mapping[str, object],
    *,
    name: str,
    properties: Mapping[str, Scoped],
    engines: Collection[str],
    budget: int = DEFAULT_BUDGET,
    path: str = "",
    locate: Locate = lambda keys: 0,
) -> Spec:
    """Build a spec from the table of a claims file.

    Raises
    ------
    SpecError : an unknown key, property, engine or verdict, a wrong type, no claim, a senseless domain.
    """
    try:
        _no_floats(table, ())
        _known(table, (), ("title", "tier", "subject", "domain", "claim"))
        tier = table.get("tier", 0)
        if type(tier) is not int or tier not in (0, 1, 2):
            raise _At(f"tier must be 0, 1 or 2, not {tier!r}", ("tier",))
        return Spec(
            name=name,
            title=_text(table, (), "title"),
            subject=(subject := parse_subject(_table(table, "subject"), path, _table(table, "domain").get("kind"))),
            domain=(domain := _domain(_table(table, "domain"), budget)),
            claims=_claims(table.get("claim"), properties, engines, domain, subject),
            tier=tier,
            path=path,
        )
    except _At as error:
        raise SpecError(error.message, path, locate(error.keys)) from error


def subject_from_json(table: Mapping[str, object], kind: str | None = None) -> SubjectSpec:
    """The subject of a certificate; SpecError where its table is none. `kind` of its domain, for what is left out."""
    try:
        return parse_subject(
            {key: value for key, value in table.items() if key not in ("source", "packages") and value is not None},
            "",
            kind,
        )
    except _At as error:
        raise SpecError(error.message) from error


def _domain(table: Mapping[str, object], budget: int) -> Domain:
    if "kind" not in table:
        raise _At(f"the domain lacks the key 'kind'; known: {', '.join(KINDS)}", ("domain",))
    try:
        return parse_domain(table, budget)
    except DomainError as error:
        raise _At(str(error), ("domain", *_named_key(table, str(error)))) from error


def _named_key(table: Mapping[str, object], message: str) -> Keys:
    """The key of the domain that a complaint is about: the one that it begins with, else quotes first."""
    if message.startswith("unknown domain kind"):
        return ("kind",)
    places = {key: 0 if message.startswith(f"{key} ") else message.find(repr(key)) for key in table}
    named = [key for key in table if places[key] >= 0]
    return (min(named, key=lambda key: places[key]),) if named else ()


def _claims(
    written: object, properties: Mapping[str, Scoped], engines: Collection[str], domain: Domain, subject: SubjectSpec
) -> tuple[Claim, ...]:
    if not written:
        raise _At("there is no claim; add a [[claim]] table with a property", ("claim",))
    if not isinstance(written, list) or not all(isinstance(item, Mapping) for item in written):
        raise _At("claims are tables of their own; write [[claim]], in two brackets, before each", ("claim",))
    claims: list[Claim] = []
    for place, table in enumerate(written):
        where = ("claim", place)
        _known(table, where, ("property", "expect", "tolerance", "engine", "agents"))
        prop = _choice({"property": _text(table, where, "property")}, where, "property", properties, "")
        engine = _choice(table, where, "engine", engines, "exhaustive")
        if engine == "symbolic" and subject.chance is not None:
            raise _At('what draws at random is not run on symbols; write engine = "exhaustive"', (*where, "engine"))
        if (senseless := _why_not(prop, properties[prop], domain, engine, subject)) is not None:
            raise _At(senseless, (*where, "property"))
        usual = "SUPPORTED" if subject.sampled else "EXHAUSTED"
        expect = _choice(table, where, "expect", [str(item) for item in Verdict], usual)
        if subject.sampled and Verdict(expect) in (Verdict.EXHAUSTED, Verdict.PROVED):
            raise _At(f'sampled draws cannot give {expect}; write expect = "SUPPORTED"', (*where, "expect"))
        earlier = sum(claim.property == prop for claim in claims)
        claims.append(
            Claim(
                id=f"{prop}-{earlier + 1}" if earlier else prop,
                property=prop,
                expect=Verdict(expect),
                tolerance=_amount(table.get("tolerance", 0), (*where, "tolerance")),
                engine=engine,
                agents=_only(table, where, prop, properties[prop], domain, engine),
            )
        )
    return tuple(claims)


def _why_not(name: str, prop: Scoped, domain: Domain, engine: str, subject: SubjectSpec) -> str | None:
    drawn = subject.chance is not None
    if drawn and subject.sampled and (why := unsampled(name, domain, engine)) is not None:
        return why
    return why_not(name, prop, domain, engine=engine, randomised=drawn or subject.returns.randomised, scripted=drawn)


def _only(
    table: Mapping[str, object], where: Keys, name: str, prop: Scoped, domain: Domain, engine: str
) -> tuple[str, ...]:
    try:
        return named_agents(table["agents"], name, prop, domain, engine) if "agents" in table else ()
    except DomainError as error:
        raise _At(str(error), (*where, "agents")) from error
