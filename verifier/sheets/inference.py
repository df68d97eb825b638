"""How a callable wants its bids, and how it says who gets what and who pays: tried out, and told.

Probes       A few profiles in which all bids differ, with another agent on top each time, and one with a bid alone.
Reading      Every combination of a way to offer bids and of places and forms of a result is tried. What reads as a
             feasible outcome at all probes is kept; readings that give the same outcomes at all of them are one.
Said         One reading is used, and the sheet lists it as inferred. Several are a question to the user: nothing here
             chooses between outcomes that differ. None is an error, with what came back.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from itertools import product

from verifier.adapters import ProtocolFault
from verifier.adapters.executable import Program, is_program
from verifier.adapters.offering import offering
from verifier.adapters.returns import reader
from verifier.domains import Domain, Draw, Market, Outcome, Profile, Utilities
from verifier.errors import SpecError, SubjectError
from verifier.returns import PAYMENT_FORMS, SELLERS
from verifier.spec import subject_from_json

_SHAPES = ("list", "arguments", "dict", "tuple", "numpy")
_RANKED_SHAPES = ("dict", "list", "arguments")
_RANKED_FORMS = {"voting": ("elected",), "matching": ("by-agent", "pairs"), "house-allocation": ("by-agent",)}
_ROW_FORMS = ("shares", "by-agent")
_MONEY_FORMS = ("shares", "winner", "winners", "by-agent", "order")
_ALLOCATED = ("allocation", "allocations", "alloc", "winner", "winners", "assignment", "outcome", "shares", "order")
_PAID = ("payments", "payment", "prices", "price", "pays", "paid", "cost", "costs", "charges")
_MOST_NAMES = 12


@dataclass(frozen=True, slots=True)
class Inferred:
    """A subject table with what was inferred, in words; empty where everything was said."""

    subject: Mapping[str, object]
    said: tuple[str, ...]


def infer(table: Mapping[str, object], domain: Domain) -> Inferred:
    """The table, with the shape of bids and the reading of results filled in where they are missing.

    Raises
    ------
    SpecError : several readings fit, which are listed, or none does.
    """
    usual = _RANKED_SHAPES if domain.ordinal else _SHAPES
    if domain.kind in ("matching", "two-sided"):
        usual = ("sides", *usual)  # told apart more often than not
    given = table.get("returns")
    if "bids" in table and isinstance(given, Mapping):
        return Inferred(table, ())  # nothing is left to find out, and nothing is run
    shapes = [str(table["bids"])] if "bids" in table else list(usual)
    if is_program(str(table["call"])):
        shapes = [shape for shape in shapes if shape in ("list", "dict")]  # what JSON has
    problems: list[str] = []
    for shape in shapes:
        offered = {**table, "bids": shape}
        raw = _raw(offered, domain, problems)
        if raw is None:
            continue
        if isinstance(given, Mapping):
            return Inferred(offered, _said(table, offered, raw))
        fitting = _fitting(offered, domain, raw)
        if len(fitting) == 1:
            ((_, reading),) = fitting
            made = {**offered, "returns": reading}
            return Inferred(made, _said(table, made, raw))
        if fitting:
            choices = "; ".join(_options(reading) for _, reading in fitting[:6])
            shown = _excerpt(raw[0])
            raise SpecError(
                f"{table['call']} returned {shown}, which reads in {len(fitting)} ways; say one of: {choices}"
            )
        problems.append(f"with bids as {shape} it returned {_excerpt(raw[0])}, which no known form reads")
    raise SpecError(f"{table['call']} cannot be read: {problems[0] if problems else 'it gave nothing'}")


def probes(domain: Domain) -> list[Profile]:
    """Profiles in which the agents differ, each of them on top once; then all at the top, and all at the bottom."""
    n = len(domain.agents)
    found = []
    for top in range(n):
        ranks = [(agent - top) % n for agent in range(n)]  # 0 is the highest
        found.append(
            tuple(types[max(0, len(types) - 1 - rank)] for types, rank in zip(domain.types, ranks, strict=True))
        )
    found += [tuple(types[-1] for types in domain.types), tuple(types[0] for types in domain.types)]
    return list(dict.fromkeys(found))


def _raw(table: Mapping[str, object], domain: Domain, problems: list[str]) -> list[object] | None:
    """What the callable returns at the probes; None, with a word on why, where it raises at the first of them."""
    from verifier.adapters import load

    subject = load(subject_from_json(table, domain.kind), domain)
    found: list[object] = []
    for profile in probes(domain):
        kept: list[object] = []

        def keep(result: object, kept: list[object] = kept) -> Outcome:
            kept.append(result)
            return Outcome((Draw(1, (), ()),))

        try:
            with redirect_stdout(sys.stderr):
                if isinstance(subject.target, Program):
                    (answer,) = subject.target.answers(domain, [profile], offering(subject.spec, domain), keep)
                    if not isinstance(answer, Outcome):
                        raise ProtocolFault(*answer)
                else:
                    subject.observe_as(profile, keep)
        except ProtocolFault as fault:
            if not found:
                problems.append(f"with bids as {table['bids']}: {fault}")
                return None
            continue  # a callable may refuse some bids
        found += kept
    return found


def _fitting(table: Mapping[str, object], domain: Domain, raw: Sequence[object]) -> list[tuple[object, dict[str, str]]]:
    """Readings under which all results are feasible outcomes; one for each list of outcomes, the plainest first."""
    found: dict[object, dict[str, str]] = {}
    for reading in _readings(raw[0], domain):
        try:
            read = reader(subject_from_json({**table, "returns": reading}, domain.kind).returns, domain)
            outcomes = tuple(read(result) for result in raw)
        except (ProtocolFault, SpecError, SubjectError):
            continue
        if all(domain.least_slack(outcome)[1] >= 0 for outcome in outcomes):
            found.setdefault(outcomes, reading)
    return list(found.items())


def _readings(result: object, domain: Domain) -> Iterator[dict[str, str]]:
    """Tables [subject.returns] that may fit; a rule without payments is never taken for one in a domain with money."""
    if domain.ordinal:
        for place, form in product((".", *_names(result)), _RANKED_FORMS[domain.kind]):
            yield {"allocation": place, "allocation_as": form, "payments_as": "none"}
        return
    if isinstance(domain, Utilities):
        for place, form in product((".", *_names(result)), _ROW_FORMS):
            yield {"allocation": place, "allocation_as": form, "payments_as": "none"}
    if isinstance(domain, Market):
        yield from ({**reading, "sellers": told} for reading in _of_trades(result, domain) for told in SELLERS)
        return
    yield from _with_money(result, _ROW_FORMS if isinstance(domain, Utilities) else _MONEY_FORMS)


def _of_trades(result: object, domain: Market) -> Iterator[dict[str, str]]:
    """Readings of what is traded, without what they say of sellers."""
    if domain.kind == "two-sided":
        for place in (".", *_names(result)):
            yield {"allocation": place, "payments": place, "allocation_as": "trades", "payments_as": "trades"}
    yield from _with_money(result, _MONEY_FORMS)


def _with_money(result: object, forms: Sequence[str]) -> Iterator[dict[str, str]]:
    """Readings with payments, each form of an allocation with each of payments."""
    paying = [form for form in PAYMENT_FORMS if form not in ("none", "trades")]
    for (allocation, payments), allocation_as, payments_as in product(_places(result), forms, paying):
        yield {
            "allocation": allocation,
            "payments": payments,
            "allocation_as": allocation_as,
            "payments_as": payments_as,
        }


def _places(result: object) -> Iterator[tuple[str, str]]:
    """Where allocation and payments may be: entries of a pair, keys of a mapping, attributes; by their names if they
    have telling ones.
    """
    names = _names(result)
    telling = [[name for name in names if name.lower() in known] for known in (_ALLOCATED, _PAID)]
    first, second = (known or names for known in telling)
    yield from ((one, other) for one in first for other in second if one != other)


def _names(result: object) -> list[str]:
    """Keys of a mapping, places of a list, else public attributes: the first steps of a path into a result."""
    if isinstance(result, Mapping):
        return [name for name in result if isinstance(name, str)][:_MOST_NAMES]
    if isinstance(result, list | tuple) and not hasattr(result, "_fields"):
        return [str(place) for place in range(min(len(result), 4))]
    return [name for name in dir(result) if not name.startswith("_")][:_MOST_NAMES]


def _said(table: Mapping[str, object], made: Mapping[str, object], raw: Sequence[object]) -> tuple[str, ...]:
    told = []
    if "bids" not in table:
        told.append(f"bids are offered as {made['bids']}")
    returns = made.get("returns")
    if "returns" not in table and isinstance(returns, Mapping):
        told.append(f"it returned {_excerpt(raw[0])}, read with {_options(returns)}")
    return tuple(told)


def _options(reading: Mapping[str, object]) -> str:
    """A reading as options of the command."""
    told = (
        f"--set subject.returns.sellers={value}" if name == "sellers" else f"--{name.replace('_', '-')} {value}"
        for name, value in reading.items()
    )
    return " ".join(told)


def _excerpt(result: object, most: int = 60) -> str:
    try:
        text = repr(result)
    except Exception as error:  # a stranger's __repr__ may raise anything
        return f"<{type(result).__name__} whose repr raises {type(error).__name__}>"
    return text if len(text) <= most else f"{text[:most]}..."
