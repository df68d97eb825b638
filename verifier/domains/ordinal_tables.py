"""Ordinal domains from the `[domain]` table of a claims file and from certificates.

`preferences` says which rankings every agent may have: "complete" (all orders of all alternatives), "truncated" (lists
of any length), "single-peaked" (voting), or a table with a list of rankings, each a list of names, for every agent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from verifier.domains.base import check_keys, refuse_above
from verifier.domains.house_allocation import HouseAllocation
from verifier.domains.matching import Matching
from verifier.domains.ordinal import PREFERENCES, Ordinal, Ranking, how_many, rankings, worths
from verifier.domains.outcome import Type
from verifier.domains.voting import Voting
from verifier.errors import DomainError, nearest

ORDINAL_KINDS: dict[str, type[Ordinal]] = {kind.kind: kind for kind in (HouseAllocation, Matching, Voting)}
_MOST_NAMES = 1000


def parse_ordinal(table: Mapping[str, object], budget: int) -> Ordinal:
    """The ordinal domain of a table whose `kind` is one of `ORDINAL_KINDS`.

    Raises
    ------
    DomainError : an unknown or missing key, senseless names or rankings; TooLarge before anything is built.
    """
    kind = str(table["kind"])
    known = _KEYS[kind]
    check_keys(table, ("kind", "preferences", *known, *_OPTIONAL.get(kind, ())))
    for key in known:
        if key not in table:
            raise DomainError(f"the domain lacks the key {key!r}")
    return _PARSERS[kind](table, budget)


def recorded(kind: str, agents: Sequence[str], types: tuple[tuple[Type, ...], ...], data: Mapping[str, Any]) -> Ordinal:
    """The ordinal domain as a certificate holds it."""
    extra = {key: _frozen(data[key]) for key in ("lists", *ORDINAL_KINDS[kind].options)}
    return ORDINAL_KINDS[kind](tuple(agents), types, **extra)


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _names(table: Mapping[str, object], key: str, one: str) -> tuple[str, ...]:
    """Distinct names from a list, or from a count: 2 receivers are "receiver 1" and "receiver 2"."""
    written = table[key]
    if isinstance(written, int) and not isinstance(written, bool):
        if written > _MOST_NAMES:
            raise DomainError(f"{key} is {written}; at most {_MOST_NAMES} can be told apart here")
        written = [f"{one} {place + 1}" for place in range(written)]
    if not isinstance(written, list | tuple) or not all(isinstance(name, str) for name in written):
        raise DomainError(f"{key} must be a count or a list of names, not {written!r}")
    if not written:
        raise DomainError(f"{key} names nobody and nothing")
    if len(set(written)) < len(written):
        raise DomainError(f"{key} {list(written)} repeat a name")
    return tuple(written)


def _place(name: object, names: tuple[str, ...], where: str) -> int:
    if name not in names:
        raise DomainError(f"{where}: {name!r} is none of {', '.join(names)}{nearest(str(name), list(names))}")
    return names.index(str(name))


def _houses(table: Mapping[str, object], budget: int) -> Ordinal:
    agents, objects = _names(table, "agents", "agent"), _names(table, "objects", "object")
    capacities = _capacities(table.get("capacities", [1] * len(objects)), objects)
    endowment = _endowment(table["endowment"], agents, objects, capacities) if "endowment" in table else ()
    lists, listed = _rankings(table, [objects] * len(agents), agents, budget)
    if endowment and lists != "complete":
        raise DomainError("preferences must be complete where agents own objects: each of them can be had")
    if table.get("preferences") == "single-peaked":
        raise DomainError('preferences "single-peaked" are of domains of the kind "voting"')
    types = [_types(found, len(objects), -1, len(objects)) for found in listed]
    if endowment:
        types = [tuple(_minus(type_, type_[own]) for type_ in of) for of, own in zip(types, endowment, strict=True)]
    priorities = _priorities(table["priorities"], agents, objects) if "priorities" in table else ()
    return HouseAllocation(
        agents,
        tuple(types),
        lists=lists,
        objects=objects,
        capacities=capacities,
        priorities=priorities,
        endowment=endowment,
    )


def _minus(type_: Type, amount: Any) -> Type:
    return tuple(worth - amount for worth in type_)


def _capacities(written: object, objects: tuple[str, ...]) -> tuple[int, ...]:
    right = isinstance(written, list | tuple) and len(written) == len(objects)
    if not right or any(type(one) is not int or one < 1 for one in written):  # type: ignore[attr-defined]
        raise DomainError(f"capacities must be a whole number of at least 1 for each object, not {written!r}")
    return tuple(written)  # type: ignore[arg-type]


def _endowment(
    written: object, agents: tuple[str, ...], objects: tuple[str, ...], capacities: tuple[int, ...]
) -> tuple[int, ...]:
    if not isinstance(written, Mapping) or set(written) != set(agents):
        raise DomainError('endowment must be a table from every agent to its object, { ann = "house 1" }')
    owned = tuple(_place(written[agent], objects, f"endowment of {agent}") for agent in agents)
    for place, name in enumerate(objects):
        if owned.count(place) > capacities[place]:
            raise DomainError(
                f"endowment: {name} belongs to {owned.count(place)} agents and serves {capacities[place]}"
            )
    return owned


def _priorities(written: object, agents: tuple[str, ...], objects: tuple[str, ...]) -> tuple[tuple[int, ...], ...]:
    if not isinstance(written, Mapping) or set(written) != set(objects):
        raise DomainError("priorities must be a table from every object to a list of all agents, the first one first")
    for name in objects:
        order = written[name]
        if not isinstance(order, list | tuple) or sorted(map(str, order)) != sorted(agents):
            raise DomainError(f"priorities of {name} must name every agent once, not {order!r}")
    return tuple(tuple(agents.index(agent) for agent in written[name]) for name in objects)


def _matching(table: Mapping[str, object], budget: int) -> Ordinal:
    proposers, receivers = _names(table, "proposers", "proposer"), _names(table, "receivers", "receiver")
    agents = (*proposers, *receivers)
    if len(set(agents)) < len(agents):
        raise DomainError("proposers and receivers share a name; every agent needs one of its own")
    if table.get("preferences") == "single-peaked":
        raise DomainError('preferences "single-peaked" are of domains of the kind "voting"')
    facing = [receivers] * len(proposers) + [proposers] * len(receivers)
    lists, listed = _rankings(table, facing, agents, budget)
    width = max(len(proposers), len(receivers))
    types = tuple(_types(found, len(other), -1, width) for found, other in zip(listed, facing, strict=True))
    return Matching(agents, types, lists=lists, proposers=len(proposers))


def _voting(table: Mapping[str, object], budget: int) -> Ordinal:
    agents, candidates = _names(table, "agents", "voter"), _names(table, "candidates", "candidate")
    lists, listed = _rankings(table, [candidates] * len(agents), agents, budget)
    types = tuple(_types(found, len(candidates), 0, len(candidates)) for found in listed)
    return Voting(agents, types, lists=lists, candidates=candidates)


def _types(listed: Sequence[Ranking], count: int, unlisted: int, width: int) -> tuple[Type, ...]:
    """The types of rankings, with zeros for coordinates that stand for nothing."""
    return tuple((*worths(ranking, count, unlisted), *[0] * (width - count)) for ranking in listed)


def _rankings(
    table: Mapping[str, object], alternatives: Sequence[tuple[str, ...]], agents: tuple[str, ...], budget: int
) -> tuple[str, list[list[Ranking]]]:
    """What reports look like ("complete" or "truncated") and every agent's rankings, as places of alternatives."""
    written = table.get("preferences", "complete")
    if isinstance(written, Mapping):
        return _written_rankings(written, alternatives, agents, budget)
    if written not in PREFERENCES:
        shown = ", ".join(map(repr, PREFERENCES))
        raise DomainError(f"preferences must be {shown} or a table of rankings by agent, not {written!r}")
    preferences = str(written)
    refuse_above(math.prod(how_many(preferences, len(names)) for names in alternatives), budget)
    lists = "truncated" if preferences == "truncated" else "complete"
    return lists, [list(rankings(preferences, len(names))) for names in alternatives]


def _written_rankings(
    written: Mapping[object, object],
    alternatives: Sequence[tuple[str, ...]],
    agents: tuple[str, ...],
    budget: int,
) -> tuple[str, list[list[Ranking]]]:
    if set(written) != set(agents):
        raise DomainError(f"preferences must have a list of rankings for each of {', '.join(agents)}")
    found: list[list[Ranking]] = []
    for agent, names in zip(agents, alternatives, strict=True):
        own = written[agent]
        if not isinstance(own, list | tuple) or not own or not all(isinstance(one, list | tuple) for one in own):
            raise DomainError(f"preferences of {agent} must be a list of rankings, each a list of names")
        places = [tuple(_place(name, names, f"preferences of {agent}") for name in one) for one in own]
        if len(set(places)) < len(places) or any(len(set(one)) < len(one) for one in places):
            raise DomainError(f"preferences of {agent} repeat a ranking, or a name within one")
        found.append(places)
    refuse_above(math.prod(map(len, found)), budget)
    full = all(len(one) == len(names) for own, names in zip(found, alternatives, strict=True) for one in own)
    return "complete" if full else "truncated", found


_KEYS = {"house-allocation": ("agents", "objects"), "matching": ("proposers", "receivers")}
_KEYS |= {"voting": ("agents", "candidates")}
_OPTIONAL = {"house-allocation": ("capacities", "priorities", "endowment")}
_PARSERS: dict[str, Callable[[Mapping[str, object], int], Ordinal]] = {
    "house-allocation": _houses,
    "matching": _matching,
    "voting": _voting,
}
