"""Claims files: which mechanism, in which setting, is claimed to have which properties, and how surely.

A claims file is TOML. `load_spec` reads one and blames mistakes on a line; `parse_spec` builds the same from a table in
memory, for the library and for pytest.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from verifier.domains import DEFAULT_BUDGET, Domain, parse_domain
from verifier.errors import DomainError, MoneyError, SpecError, nearest
from verifier.evidence import Verdict
from verifier.exact import Money, money
from verifier.toml_lines import line_of, refuse_floats

Locate: TypeAlias = Callable[[tuple[str | int, ...]], int]  # from a key path to a line, 0 where there is no file

ALLOCATION_FORMS = ("shares", "winner", "winners", "by-agent", "order")
PAYMENT_FORMS = ("per-agent", "by-agent", "winner-pays", "unit-price")
BID_SHAPES = ("list", "tuple", "dict", "numpy", "arguments")
NUMBER_KINDS = ("exact", "float", "decimal")


@dataclass(frozen=True, slots=True)
class Returns:
    """Where a result holds the allocation and the payments, and in which form. Paths are steps joined by "."."""

    allocation: str = "0"
    payments: str = "1"
    allocation_as: str = "shares"
    payments_as: str = "per-agent"
    randomised: bool = False

    def to_json(self) -> dict[str, object]:
        """The mapping as the certificate holds it."""
        return {
            "allocation": self.allocation,
            "payments": self.payments,
            "allocation_as": self.allocation_as,
            "payments_as": self.payments_as,
            "randomised": self.randomised,
        }


@dataclass(frozen=True, slots=True)
class SubjectSpec:
    """The party under test and how to call it.

    Attributes
    ----------
    call : "package.module:attribute.path"
    create : whether the target is a class or factory that is called first, with `arguments`, to get the mechanism
    method : name of the method that takes the bids; None to call the mechanism itself
    arguments : keyword arguments as written; {"money": "5/2"} stands for an exact number
    bids, numbers : shape and number type in which bids are offered
    returns : how results are read
    root : directory that joins the import path; None for the current one
    """

    call: str
    create: bool = False
    method: str | None = None
    arguments: Mapping[str, object] = field(default_factory=dict)
    bids: str = "list"
    numbers: str = "exact"
    returns: Returns = field(default_factory=Returns)
    root: str | None = None

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
        }


@dataclass(frozen=True, slots=True)
class Claim:
    """One property with the verdict that its author expects; positive verdicts mean "at least"."""

    id: str
    property: str
    expect: Verdict = Verdict.EXHAUSTED
    tolerance: Money = 0
    engine: str = "exhaustive"


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
    path: Path, *, properties: Collection[str], engines: Collection[str], budget: int = DEFAULT_BUDGET
) -> Spec:
    """Read a claims file.

    Raises
    ------
    SpecError : with file, line and one sentence; also for a file that cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"cannot be read ({getattr(error, 'strerror', None) or 'not UTF-8 text'})", str(path)) from error
    try:
        table = tomllib.loads(text, parse_float=refuse_floats)
    except tomllib.TOMLDecodeError as error:
        message, line = _toml_complaint(str(error), text)
        raise SpecError(message, str(path), line) from error
    try:
        return parse_spec(
            table,
            name=path.stem,
            properties=properties,
            engines=engines,
            budget=budget,
            path=str(path),
            locate=lambda keys: line_of(text, keys),
        )
    except _At as error:
        raise SpecError(error.message, str(path), line_of(text, error.keys)) from error


def parse_spec(
    table: Mapping[str, object],
    *,
    name: str,
    properties: Collection[str],
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
        _known(table, (), ("title", "tier", "subject", "domain", "claim"))
        tier = table.get("tier", 0)
        if type(tier) is not int or tier not in (0, 1, 2):
            raise _At(f"tier must be 0, 1 or 2, not {tier!r}", ("tier",))
        return Spec(
            name=name,
            title=_text(table, (), "title"),
            subject=_subject(_table(table, "subject"), path),
            domain=_domain(_table(table, "domain"), budget),
            claims=_claims(table.get("claim"), properties, engines),
            tier=tier,
            path=path,
        )
    except _At as error:
        raise SpecError(error.message, path, locate(error.keys)) from error


class _At(Exception):
    """A mistake and the key path that it is about."""

    def __init__(self, message: str, keys: tuple[str | int, ...]) -> None:
        self.message = message
        self.keys = keys
        super().__init__(message)


def _known(table: Mapping[str, object], where: tuple[str | int, ...], keys: tuple[str, ...]) -> None:
    for key in table:
        if key not in keys:
            place = f" in [{'.'.join(str(step) for step in where if isinstance(step, str))}]" if where else ""
            raise _At(f"unknown key {key!r}{place}{nearest(key, list(keys))}", (*where, key))


def _table(table: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = table.get(key)
    if not isinstance(found, Mapping):
        raise _At(f"the table [{key}] is missing" if found is None else f"{key} must be a table, [{key}]", (key,))
    return found


def _text(table: Mapping[str, object], where: tuple[str | int, ...], key: str, default: str | None = None) -> str:
    found = table.get(key, default)
    if not isinstance(found, str) or not found.strip():
        kind = "is missing" if key not in table else f"must be a text, not {found!r}"
        raise _At(f"{key} {kind}", (*where, key))
    return found


def _choice(
    table: Mapping[str, object], where: tuple[str | int, ...], key: str, known: Collection[str], default: str
) -> str:
    found = _text(table, where, key, default)
    if found not in known:
        raise _At(f"unknown {key} {found!r}{nearest(found, list(known))}", (*where, key))
    return found


def _flag(table: Mapping[str, object], where: tuple[str | int, ...], key: str) -> bool:
    found = table.get(key, False)
    if not isinstance(found, bool):
        raise _At(f"{key} must be true or false, not {found!r}", (*where, key))
    return found


def _subject(table: Mapping[str, object], path: str) -> SubjectSpec:
    where = ("subject",)
    _known(table, where, ("call", "create", "method", "arguments", "bids", "numbers", "returns", "root"))
    call = _text(table, where, "call")
    if not all(call.partition(":")):
        raise _At(f'call {call!r} is no path to a mechanism; write "package.module:callable"', ("subject", "call"))
    arguments = table.get("arguments", {})
    if not isinstance(arguments, Mapping):
        raise _At(f"arguments must be a table of keyword arguments, not {arguments!r}", ("subject", "arguments"))
    root = _text(table, where, "root") if "root" in table else None
    return SubjectSpec(
        call=call,
        create=_flag(table, where, "create"),
        method=_text(table, where, "method") if "method" in table else None,
        arguments=arguments,
        bids=_choice(table, where, "bids", BID_SHAPES, "list"),
        numbers=_choice(table, where, "numbers", NUMBER_KINDS, "exact"),
        returns=_returns(table.get("returns", {})),
        root=str(Path(path).parent / root) if root is not None else None,
    )


def _returns(table: object) -> Returns:
    where = ("subject", "returns")
    if not isinstance(table, Mapping):
        raise _At("returns must be a table, [subject.returns]", where)
    _known(table, where, ("allocation", "payments", "allocation_as", "payments_as", "randomised"))
    return Returns(
        allocation=_text(table, where, "allocation", "0"),
        payments=_text(table, where, "payments", "1"),
        allocation_as=_choice(table, where, "allocation_as", ALLOCATION_FORMS, "shares"),
        payments_as=_choice(table, where, "payments_as", PAYMENT_FORMS, "per-agent"),
        randomised=_flag(table, where, "randomised"),
    )


def _domain(table: Mapping[str, object], budget: int) -> Domain:
    try:
        return parse_domain(table, budget)
    except DomainError as error:
        named = [key for key in table if repr(key) in str(error) or str(error).startswith(f"{key} ")]
        raise _At(str(error), ("domain", *named[:1])) from error


def _claims(written: object, properties: Collection[str], engines: Collection[str]) -> tuple[Claim, ...]:
    if not isinstance(written, list) or not all(isinstance(item, Mapping) for item in written):
        raise _At("there is no claim; add a [[claim]] table with a property", ("claim",))
    if not written:
        raise _At("there is no claim; add a [[claim]] table with a property", ("claim",))
    claims: list[Claim] = []
    for place, table in enumerate(written):
        where = ("claim", place)
        _known(table, where, ("property", "expect", "tolerance", "engine"))
        prop = _choice({"property": _text(table, where, "property")}, where, "property", properties, "")
        earlier = sum(claim.property == prop for claim in claims)
        claims.append(
            Claim(
                id=f"{prop}-{earlier + 1}" if earlier else prop,
                property=prop,
                expect=Verdict(_choice(table, where, "expect", [str(item) for item in Verdict], "EXHAUSTED")),
                tolerance=_tolerance(table, where),
                engine=_choice(table, where, "engine", engines, "exhaustive"),
            )
        )
    return tuple(claims)


def _tolerance(table: Mapping[str, object], where: tuple[str | int, ...]) -> Money:
    try:
        amount = money(table.get("tolerance", 0))
    except MoneyError as error:
        raise _At(f"tolerance: {error}", (*where, "tolerance")) from error
    if amount < 0:
        raise _At(f"tolerance {amount} is negative", (*where, "tolerance"))
    return amount


def _toml_complaint(message: str, text: str) -> tuple[str, int]:
    """The decoder's complaint without its position, and the line of that position."""
    import re

    match = re.search(r"\s*\(at (?:line (\d+), column \d+|end of document)\)", message)
    if match is None:
        return f"not valid TOML: {message}", 0
    line = int(match[1]) if match[1] else len(text.splitlines())
    return f"not valid TOML: {message[: match.start()]}", line
