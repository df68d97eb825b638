"""Claims files: which mechanism, in which setting, is claimed to have which properties, and how surely.

A claims file is TOML. `load_spec` reads one and blames mistakes on a line; `parse_spec` builds the same from a table in
memory, for the library and for pytest.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from verifier.calling import CALLING_KEYS, PLAIN, Calling, CallingError, parse_calling
from verifier.chance import Chance, ChanceError, parse_chance
from verifier.domains import DEFAULT_BUDGET, KINDS, Domain, parse_domain
from verifier.errors import DomainError, MoneyError, SpecError
from verifier.evidence import Verdict
from verifier.exact import Money, money
from verifier.returns import ALLOCATION_FORMS, PAYMENT_FORMS, RANKED_RETURNS, Returns
from verifier.scope import Scoped, named_agents, why_not
from verifier.spec_tables import At as _At
from verifier.spec_tables import choice_at as _choice
from verifier.spec_tables import flag_at as _flag
from verifier.spec_tables import known_keys as _known
from verifier.spec_tables import refuse_floats as _no_floats
from verifier.spec_tables import table_at as _table
from verifier.spec_tables import text_at as _text
from verifier.toml_lines import Keys, complaint, keep_text, line_of

Locate: TypeAlias = Callable[[Keys], int]  # from a key path to a line, 0 where there is no file

BID_SHAPES = ("list", "tuple", "dict", "numpy", "arguments", "sides")
NUMBER_KINDS = ("exact", "float", "decimal")


@dataclass(frozen=True, slots=True)
class SubjectSpec:
    """The party under test and how to call it.

    Attributes
    ----------
    call : "package.module:attribute.path", or "exec:PROGRAM ARGS" for a program in any language
    create : whether the target is a class or factory that is called first, with `arguments`, to get the mechanism
    method : name of the method that takes the bids; None to call the mechanism itself
    arguments : keyword arguments as written; {"money": "5/2"} stands for an exact number
    bids, numbers : shape and number type in which bids are offered
    returns : how results are read
    root : directory that joins the import path; None for the current one
    contracts : argmax contracts, "package.module:optimiser" -> "package.module:alternatives"
    calling : where it is not one call of one object
    chance : where it draws at random; None where it does not
    """

    call: str
    create: bool = False
    method: str | None = None
    arguments: Mapping[str, object] = field(default_factory=dict)
    bids: str = "list"
    numbers: str = "exact"
    returns: Returns = field(default_factory=Returns)
    root: str | None = None
    contracts: Mapping[str, str] = field(default_factory=dict)
    calling: Calling = PLAIN
    chance: Chance | None = None

    def to_json(self) -> dict[str, object]:
        """The subject as the certificate holds it, without its source and without `root`, a path of one machine."""
        return {
            "call": self.call,
            "create": self.create,
            "method": self.method,
            "arguments": dict(self.arguments),
            "bids": self.bids,
            "numbers": self.numbers,
            "returns": self.returns.to_json(),
            "contracts": dict(self.contracts),
            **({} if self.calling == PLAIN else {"calling": self.calling.to_json()}),
            **({} if self.chance is None else {"random": self.chance.to_json()}),
        }


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
            subject=(subject := _subject(_table(table, "subject"), path, _table(table, "domain").get("kind"))),
            domain=(domain := _domain(_table(table, "domain"), budget)),
            claims=_claims(table.get("claim"), properties, engines, domain, subject),
            tier=tier,
            path=path,
        )
    except _At as error:
        raise SpecError(error.message, path, locate(error.keys)) from error


def subject_from_json(table: Mapping[str, object]) -> SubjectSpec:
    """The subject of a certificate; SpecError where its table is none."""
    try:
        return _subject({key: value for key, value in table.items() if key != "source" and value is not None}, "")
    except _At as error:
        raise SpecError(error.message) from error


def _subject(table: Mapping[str, object], path: str, kind: object = None) -> SubjectSpec:
    where = ("subject",)
    if isinstance(recorded := table.get("calling"), Mapping):  # as a certificate has it
        table = {**{key: value for key, value in table.items() if key != "calling"}, **recorded}
    keys = ("call", "create", "method", "arguments", "bids", "numbers", "returns", "root", "contracts", "random")
    _known(table, where, (*keys, *CALLING_KEYS))
    call, root = _located(table, path)
    if not all(call.partition(":")):
        raise _At(
            f'call {call!r} is no path to a mechanism; write "package.module:callable" or "exec:PROGRAM ARGS"',
            ("subject", "call"),
        )
    arguments = table.get("arguments", {})
    if not isinstance(arguments, Mapping):
        raise _At(f"arguments must be a table of keyword arguments, not {arguments!r}", ("subject", "arguments"))
    _storable(arguments, ("subject", "arguments"))
    return SubjectSpec(
        call=call,
        create=_flag(table, where, "create"),
        method=_text(table, where, "method") if "method" in table else None,
        arguments=arguments,
        bids=_choice(table, where, "bids", BID_SHAPES, "list"),
        numbers=_choice(table, where, "numbers", NUMBER_KINDS, "exact"),
        returns=_returns(table.get("returns", {}), RANKED_RETURNS.get(str(kind), Returns())),
        root=root,
        contracts=_contracts(table.get("contracts", {})),
        calling=_calling(table),
        chance=_chance(table),
    )


def _calling(table: Mapping[str, object]) -> Calling:
    try:
        return parse_calling(table)
    except CallingError as error:
        raise _At(str(error), ("subject", error.key)) from error


def _chance(table: Mapping[str, object]) -> Chance | None:
    written, where = table.get("random"), ("subject", "random")
    if written is None:
        return None
    if not isinstance(written, Mapping):
        raise _At("random must be a table, [subject.random]", where)
    try:
        found = parse_chance(written)
    except ChanceError as error:
        raise _At(str(error), (*where, error.key)) from error
    returns = table.get("returns")
    if isinstance(returns, Mapping) and returns.get("randomised"):
        raise _At("a subject that draws returns one outcome; leave out randomised, or [subject.random]", where)
    if str(table.get("call")).startswith("exec:"):
        raise _At("the draws of a program in another language cannot be scripted; let it declare its lottery", where)
    if found.parameter is not None and table.get("create") is True and table.get("fresh") is not True:
        raise _At("the source goes to what is created, so it has to be created for every run; add fresh = true", where)
    if found.parameter in (table.get("arguments") or ()):  # type: ignore[operator]
        raise _At(f"parameter {found.parameter!r} is set by arguments too; leave it out there", (*where, "parameter"))
    return found


def _located(table: Mapping[str, object], path: str) -> tuple[str, str | None]:
    """The dotted path of the mechanism and where to import it from; "folder/file.py:name" is a file beside this one."""
    call = _text(table, ("subject",), "call")
    file, _, name = call.partition(":")
    if not file.endswith(".py"):
        return call, _root(table, path) if "root" in table else None
    found = Path(path).parent / file
    if "root" in table:
        raise _At("root is the folder of the file that call names; leave it out", ("subject", "root"))
    if not found.is_file() or not found.stem.isidentifier():
        raise _At(f"call: {file!r} is no Python file next to this one whose name can be imported", ("subject", "call"))
    return f"{found.stem}:{name}", str(found.parent)


def _contracts(written: object) -> dict[str, str]:
    """Argmax contracts by their names; that the functions exist shows when they are imported."""
    where = ("subject", "contracts")
    if not isinstance(written, Mapping):
        raise _At('contracts must be a table, { "package.module:optimiser" = "package.module:alternatives" }', where)
    for optimiser in written:
        for named in (optimiser, written[optimiser]):
            if not isinstance(named, str) or not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*", named):
                text = f'contracts: {named!r} is no function of a module; write "package.module:function"'
                raise _At(text, (*where, optimiser))
    return dict(written)


def _root(table: Mapping[str, object], path: str) -> str:
    folder = Path(path).parent / _text(table, ("subject",), "root")
    if not folder.is_dir():
        raise _At(f"root {str(table['root'])!r} is no directory next to this file", ("subject", "root"))
    return str(folder)


def _storable(written: object, where: Keys) -> None:
    """Arguments go into the certificate as they stand, so they must be JSON; amounts must be amounts."""
    if isinstance(written, Mapping):
        if set(written) == {"money"}:
            _amount(written["money"], where)
        for key, inner in written.items():
            _storable(inner, (*where, key))
    elif isinstance(written, list | tuple):
        for place, inner in enumerate(written):
            _storable(inner, (*where, place))
    elif written is not None and not isinstance(written, str | int):
        kind = type(written).__name__
        raise _At(f'an argument of type {kind} is not supported; write a text, or {{ money = "5/2" }}', where)


def _returns(table: object, usual: Returns) -> Returns:
    where = ("subject", "returns")
    if not isinstance(table, Mapping):
        raise _At("returns must be a table, [subject.returns]", where)
    _known(table, where, ("allocation", "payments", "allocation_as", "payments_as", "randomised"))
    return Returns(
        allocation=_text(table, where, "allocation", usual.allocation),
        payments=_text(table, where, "payments", usual.payments),
        allocation_as=_choice(table, where, "allocation_as", ALLOCATION_FORMS, usual.allocation_as),
        payments_as=_choice(table, where, "payments_as", PAYMENT_FORMS, usual.payments_as),
        randomised=_flag(table, where, "randomised"),
    )


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
        earlier = sum(claim.property == prop for claim in claims)
        claims.append(
            Claim(
                id=f"{prop}-{earlier + 1}" if earlier else prop,
                property=prop,
                expect=Verdict(_choice(table, where, "expect", [str(item) for item in Verdict], "EXHAUSTED")),
                tolerance=_amount(table.get("tolerance", 0), (*where, "tolerance")),
                engine=engine,
                agents=_only(table, where, prop, properties[prop], domain, engine),
            )
        )
    return tuple(claims)


def _why_not(name: str, prop: Scoped, domain: Domain, engine: str, subject: SubjectSpec) -> str | None:
    drawn = subject.chance is not None
    return why_not(name, prop, domain, engine=engine, randomised=drawn or subject.returns.randomised, scripted=drawn)


def _only(
    table: Mapping[str, object], where: Keys, name: str, prop: Scoped, domain: Domain, engine: str
) -> tuple[str, ...]:
    try:
        return named_agents(table["agents"], name, prop, domain, engine) if "agents" in table else ()
    except DomainError as error:
        raise _At(str(error), (*where, "agents")) from error


def _amount(written: object, where: Keys) -> Money:
    try:
        amount = money(written)
    except MoneyError as error:
        raise _At(f"{where[-1]}: {error}", where) from error
    if where[-1] == "tolerance" and amount < 0:
        raise _At(f"tolerance {amount} is negative", where)
    return amount
