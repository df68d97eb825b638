"""Ordinal domains at the edge: rankings offered as lists of names, and matchings, assignments or winners read back.

Names are texts, and a whole number is a place among them; nothing else counts as either. There are no payments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, TypeAlias

from verifier.adapters.paths import by_agent, rows
from verifier.adapters.tables import column_of
from verifier.domains import HouseAllocation, Matching, Ordinal, Profile, Share, Voting
from verifier.errors import SubjectError, nearest
from verifier.exact import from_subject

Read: TypeAlias = Callable[[Any, Any], tuple[Share, ...]]


def ballots(shape: str, domain: Ordinal) -> Callable[[Profile], object]:
    """The function from a profile to the rankings as the subject wants them, made anew for each call.

    `shape` list, tuple, dict (by agent name), arguments (spread over the parameters), or sides (of a matching: two
    dicts, of the proposers and of the receivers, as two arguments).
    """
    if shape == "sides" and not isinstance(domain, Matching):
        raise SubjectError(
            'bids = "sides" are of the domain kinds "matching" and "two-sided"; use list, tuple, dict or arguments'
        )
    if shape == "sides":
        return lambda profile: _sides(domain, profile)
    if shape not in _SHAPES:
        raise SubjectError(f"bids = {shape!r} cannot hold rankings; use {', '.join(_SHAPES)} or sides")
    put = _SHAPES[shape]
    return lambda profile: put(domain, domain.bids(profile))


_SHAPES: dict[str, Callable[[Ordinal, tuple[list[str], ...]], object]] = {
    "list": lambda domain, bids: list(bids),
    "tuple": lambda domain, bids: bids,
    "arguments": lambda domain, bids: bids,
    "dict": lambda domain, bids: dict(zip(domain.agents, bids, strict=True)),
}


def _sides(domain: Any, profile: Profile) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    told = list(zip(domain.agents, domain.bids(profile), strict=True))
    return dict(told[: domain.proposers]), dict(told[domain.proposers :])


def shares_reader(form: str, domain: Ordinal) -> Read:
    """The function from what the subject returned, and the domain, to (n,) shares; it raises ValueError.

    `form` elected (voting: the winner), by-agent (a mapping from names), shares (an entry per agent, in their order) or
    pairs (matching: pairs of a proposer and a receiver).
    """
    if form not in _FORMS[domain.kind]:
        known = ", ".join(_FORMS[domain.kind])
        raise SubjectError(f"allocation_as = {form!r} does not say what a {domain.kind} domain needs; use {known}")
    return _FORMS[domain.kind][form]


def place_of(value: Any, names: tuple[str, ...]) -> int | None:
    """The place of a name, or a place as it is; None stays None."""
    if value is None:
        return None
    if isinstance(value, str):
        if value not in names:
            raise ValueError(f"{str(value)!r} is none of {', '.join(names)}{nearest(str(value), list(names))}")
        return names.index(value)
    place = from_subject(value)
    if not isinstance(place, int) or not 0 <= place < len(names):
        raise ValueError(f"{value!r} is neither a name nor a place (0..{len(names) - 1})")
    return place


def _elected(value: Any, domain: Voting) -> tuple[Share, ...]:
    return (place_of(value, domain.candidates),) * len(domain.agents)


def _each(value: Any, domain: Ordinal) -> tuple[Share, ...]:
    if isinstance(value, str | bytes | Mapping | AbstractSet) or not isinstance(value, Iterable):
        raise ValueError(f"allocation is a {type(value).__name__}, not one entry per agent; declare allocation_as")
    found = tuple(value)
    if len(found) != len(domain.agents):
        raise ValueError(f"allocation has {len(found)} entries for {len(domain.agents)} agents")
    return tuple(place_of(item, domain.ranked(agent)) for agent, item in enumerate(found))


def _named(value: Any, domain: Ordinal) -> dict[int, int | None]:
    told = by_agent(value, domain.agents, "allocation")
    return {agent: place_of(item, domain.ranked(agent)) for agent, item in told.items()}


def _by_agent(value: Any, domain: HouseAllocation) -> tuple[Share, ...]:
    found = _named(value, domain)
    return tuple(found.get(agent) for agent in range(len(domain.agents)))


def _matched(value: Any, domain: Matching) -> tuple[Share, ...]:
    """From a mapping of one side or of both; who is not named has the partner who names it first, if any."""
    return _mutual(_named(value, domain), domain)


def _mutual(found: dict[int, int | None], domain: Matching) -> tuple[Share, ...]:
    given = dict(found)
    for agent, place in given.items():
        other = domain.partner(agent, place)
        if other is not None:
            found.setdefault(other, domain.place(agent))
    return tuple(found.get(agent) for agent in range(len(domain.agents)))


def _placed(value: Any, domain: Ordinal) -> tuple[Share, ...]:
    """From a matrix of what an agent (a proposer, in a matching) has: 1 in its column, 0 in all others."""
    table = rows(value)
    told = domain.proposers if isinstance(domain, Matching) else len(domain.agents)
    if len(table) != told:
        raise ValueError(f"allocation has {len(table)} rows for {told} agents")
    found = {agent: column_of(row, len(domain.ranked(agent))) for agent, row in enumerate(table)}
    if isinstance(domain, Matching):
        return _mutual(found, domain)
    return tuple(found[agent] for agent in range(told))


def _pairs(value: Any, domain: Matching) -> tuple[Share, ...]:
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise ValueError(f"allocation is a {type(value).__name__}, not pairs of a proposer and a receiver")
    shares: list[Share] = [None] * len(domain.agents)
    for proposer, receiver in value:
        first = place_of(proposer, domain.agents[: domain.proposers])
        second = place_of(receiver, domain.agents[domain.proposers :])
        if first is None or second is None:
            continue  # (somebody, nobody)
        for agent, place in ((first, second), (second + domain.proposers, first)):
            if shares[agent] is not None:
                raise ValueError(f"{domain.agents[agent]} is in two pairs")
            shares[agent] = place
    return tuple(shares)


_FORMS: dict[str, dict[str, Read]] = {
    "voting": {"elected": _elected},
    "house-allocation": {"by-agent": _by_agent, "shares": _each, "matrix": _placed},
    "matching": {"by-agent": _matched, "pairs": _pairs, "shares": _each, "matrix": _placed},
}
