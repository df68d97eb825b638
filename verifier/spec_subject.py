"""The table [subject] of a claims file: who is judged, how it is made and called, how its results are read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from verifier.calling import CALLING_KEYS, PLAIN, Calling, CallingError, parse_calling
from verifier.chance import Chance, ChanceError, parse_chance
from verifier.returns import ALLOCATION_FORMS, PAYMENT_FORMS, RANKED_RETURNS, SELLERS, Returns
from verifier.spec_tables import At as _At
from verifier.spec_tables import amount_at as _amount
from verifier.spec_tables import choice_at as _choice
from verifier.spec_tables import flag_at as _flag
from verifier.spec_tables import known_keys as _known
from verifier.spec_tables import text_at as _text
from verifier.toml_lines import Keys

BID_SHAPES = ("list", "tuple", "dict", "numpy", "arguments", "sides", "hook")
ABSENT = ("none", "missing")
SPEAKS = ("lines", "argv", "stdin", "prompts")
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
    speaks : how a program gets its bids, see `adapters.executable`
    hook, fields, absent : how reports are built that are no plain numbers, see `adapters.reports`
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
    hook: str = ""
    fields: tuple[str, ...] = ()
    absent: str = ""
    speaks: str = "lines"
    chance: Chance | None = None

    @property
    def lotteries(self) -> bool:
        """Whether outcomes are lotteries: declared ones, or over all ways in which draws come out."""
        return self.returns.randomised or self.chance is not None

    @property
    def sampled(self) -> bool:
        """Whether a sample of draws stands for all, so that nothing is known of an expectation but an interval."""
        return self.chance is not None and self.chance.sampled > 0

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
            **({"hook": self.hook} if self.hook else {}),
            **({"fields": list(self.fields)} if self.fields else {}),
            **({"absent": self.absent} if self.absent else {}),
            **({} if self.speaks == "lines" else {"speaks": self.speaks}),
            **({} if self.chance is None else {"random": self.chance.to_json()}),
        }


def parse_subject(table: Mapping[str, object], path: str, kind: object = None) -> SubjectSpec:
    """The subject of a table in the file at `path`, in a domain of that kind; At where the table is wrong."""
    where = ("subject",)
    if isinstance(recorded := table.get("calling"), Mapping):  # as a certificate has it
        table = {**{key: value for key, value in table.items() if key != "calling"}, **recorded}
    keys = ("call", "create", "method", "arguments", "bids", "numbers", "returns", "root", "contracts", "random")
    _known(table, where, (*keys, "hook", "fields", "absent", "speaks", *CALLING_KEYS))
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
        hook=_hook(table, call),
        fields=_fields(table.get("fields", [])),
        absent=_choice(table, where, "absent", ABSENT, "") if "absent" in table else "",
        speaks=_speaks(table, call),
        chance=_chance(table),
    )


def _hook(table: Mapping[str, object], call: str) -> str:
    """The function that builds what the subject is called with; empty where there is none."""
    if ("hook" in table) != (table.get("bids") == "hook"):
        raise _At('bids = "hook" and hook = "module:callable" go together', ("subject", "bids"))
    if "hook" not in table:
        return ""
    hook = _text(table, ("subject",), "hook")
    if call.startswith("exec:") or not all(hook.partition(":")):
        raise _At(f'hook {hook!r} must be "module:callable", for a mechanism in Python', ("subject", "hook"))
    return hook


def _fields(written: object) -> tuple[str, ...]:
    if not isinstance(written, list | tuple) or not all(isinstance(name, str) for name in written):
        raise _At(f"fields must be a list of names, not {written!r}", ("subject", "fields"))
    if len(set(written)) < len(written):
        raise _At("fields repeat a name", ("subject", "fields"))
    return tuple(written)


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


def _speaks(table: Mapping[str, object], call: str) -> str:
    """How a program is spoken to."""
    found = _choice(table, ("subject",), "speaks", SPEAKS, "lines")
    if "speaks" in table and not call.startswith("exec:"):
        raise _At('speaks is about programs, call = "exec:PROGRAM ARGS"; leave it out', ("subject", "speaks"))
    return found


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
    _known(table, where, ("allocation", "payments", "allocation_as", "payments_as", "randomised", "sellers"))
    return Returns(
        allocation=_text(table, where, "allocation", usual.allocation),
        payments=_text(table, where, "payments", usual.payments),
        allocation_as=_choice(table, where, "allocation_as", ALLOCATION_FORMS, usual.allocation_as),
        payments_as=_choice(table, where, "payments_as", PAYMENT_FORMS, usual.payments_as),
        randomised=_flag(table, where, "randomised"),
        sellers=_choice(table, where, "sellers", SELLERS, "") if "sellers" in table else usual.sellers,
    )
