"""Options that say whose code is audited and in which setting: those of `verify audit` and `verify init`."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import update_wrapper
from pathlib import Path
from typing import Any

import click

from verifier.errors import SpecError

_RETURNS = ("allocation", "payments", "allocation_as", "payments_as")
_USUAL: dict[str, dict[str, object]] = {  # domains that are audited where nothing else is said
    "house-allocation": {"agents": 3, "objects": 3},
    "matching": {"proposers": 3, "receivers": 3},
    "voting": {"agents": 3, "candidates": 3},
    "multi-unit": {"agents": 3, "values": "0..10", "items": 2},
    "unit-demand": {"agents": 3, "values": "0..10", "items": 2},
    "combinatorial": {"agents": 2, "values": "0..10", "goods": 2},
    "two-sided": {"buyers": 2, "sellers": 2, "values": "0..4"},
    "procurement": {"agents": 3, "items": 1, "values": "0..5"},
    "utilities": {"agents": 3, "types": "0..4"},
    "slots": {"agents": 3, "values": "0..10", "click_rates": [1, "1/2"]},
}
_MONEY: dict[str, object] = {"agents": 3, "values": "0..10"}


@dataclass(frozen=True, slots=True)
class Told:
    """What the options said; None for what they did not."""

    domain: str | None = None
    agents: int | None = None
    values: str | None = None
    items: int | None = None
    goods: int | None = None
    bids: str | None = None
    numbers: str | None = None
    allocation: str | None = None
    payments: str | None = None
    allocation_as: str | None = None
    payments_as: str | None = None
    settings: tuple[str, ...] = ()

    def tables(self, target: str) -> tuple[dict[str, object], dict[str, object]]:
        """[subject] and [domain] of a target: options over a claims file, if it is one, over what is usual.

        Raises SpecError where the file is none, or an option makes no sense.
        """
        from verifier.sheets.targets import split_target

        if target.endswith(".toml"):
            subject, domain = _from_file(Path(target))
        else:
            subject, domain = split_target(target), {}
        if self.domain is not None and self.domain != domain.get("kind"):
            domain = {"kind": self.domain}
        if "kind" in domain and len(domain) == 1:
            domain |= _USUAL.get(str(domain["kind"]), _MONEY)
        domain |= {key: found for key in ("agents", "values", "items", "goods") if (found := getattr(self, key))}
        subject |= {key: found for key in ("bids", "numbers") if (found := getattr(self, key))}
        returns = {key: found for key in _RETURNS if (found := getattr(self, key)) is not None}
        if returns:
            before = subject.get("returns")
            subject["returns"] = {**(before if isinstance(before, Mapping) else {}), **returns}
        for written in self.settings:
            _set({"subject": subject, "domain": domain}, written)
        return subject, domain


def told(command: Callable[..., object]) -> Callable[..., object]:
    """The options of `Told`; the command gets all of them as its argument `told`."""

    def gathered(*args: Any, **given: Any) -> object:
        said = Told(**{one.name: given.pop(one.name) for one in fields(Told)})
        return command(*args, **given, told=said)

    wrapped: Callable[..., object] = update_wrapper(gathered, command)
    for option in reversed(
        (
            click.option("--domain", metavar="KIND", help="The setting: single-item, multi-unit, voting, ..."),
            click.option(
                "--agents", type=click.IntRange(min=1), metavar="N", help="How many take part; 3 unless told."
            ),
            click.option("--values", metavar="GRID", help='Values and bids, such as "0..10" or "0..1 step 1/10".'),
            click.option("--items", type=click.IntRange(min=1), metavar="N", help="Units for sale; 2 unless told."),
            click.option("--goods", type=click.IntRange(min=1), metavar="N", help="Different goods; 2 unless told."),
            click.option("--bids", metavar="SHAPE", help="How bids are offered: list, dict, arguments, ..."),
            click.option("--numbers", metavar="KIND", help="Bids as exact numbers, float or decimal."),
            click.option("--allocation", metavar="PATH", help='Where a result says who gets what, as in "0" or "a.b".'),
            click.option("--payments", metavar="PATH", help="Where a result says who pays what."),
            click.option("--allocation-as", metavar="FORM", help="shares, winner, winners, by-agent, order, ..."),
            click.option("--payments-as", metavar="FORM", help="per-agent, by-agent, winner-pays, unit-price, ..."),
            click.option(
                "--set",
                "settings",
                multiple=True,
                metavar="KEY=VALUE",
                help="Any other key of [subject] or [domain], such as subject.reset=clear or domain.candidates=4.",
            ),
        )
    ):
        wrapped = option(wrapped)
    return wrapped


def _from_file(path: Path) -> tuple[dict[str, object], dict[str, object]]:
    """[subject] and [domain] of a claims file, the mechanism's place made absolute."""
    from verifier.sheets.targets import split_target
    from verifier.toml_lines import read_toml

    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"cannot be read ({error})", str(path)) from error
    table, fault = read_toml(text, str(path))
    for key in ("subject", "domain"):
        if not isinstance(table.get(key), Mapping):
            raise fault((), f"there is no table [{key}]")
    subject = dict(table["subject"])
    call = subject.get("call")
    if not isinstance(call, str):
        raise fault(("subject",), "the subject lacks the key 'call'")
    folder = str((path.parent / str(subject.get("root", "."))).resolve())
    if call.partition(":")[0].endswith(".py") or call.startswith("exec:") or "root" in subject:
        subject |= split_target(call, folder)
    return subject, dict(table["domain"])


def _set(tables: dict[str, dict[str, object]], written: str) -> None:
    """Put a value at a dotted key of the tables."""
    path, equals, text = written.partition("=")
    first, *steps = path.split(".")
    if not equals or first not in tables or not all(steps) or not steps:
        raise SpecError(f"--set {written!r}: write subject.KEY=VALUE or domain.KEY=VALUE")
    try:
        value: object = tomllib.loads(f"it = {text}")["it"]
    except ValueError:
        value = text  # a bare word is meant as a text
    holder: dict[str, Any] = tables[first]
    for step in steps[:-1]:
        inner = holder.get(step)
        holder[step] = dict(inner) if isinstance(inner, Mapping) else {}
        holder = holder[step]
    holder[steps[-1]] = value
