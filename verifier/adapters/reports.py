"""Reports that are no plain numbers: bids with named fields, agents that stay away, objects that a hook builds.

Fields       A bid of several numbers comes as a dict, its fields named by the claims file: one for each coordinate, or
             for quantity and price where marginal values are flat.
Abstention   A report of zeros, or a ranking that lists nothing, is what an agent says that stays away. Where `absent`
             is "none" it comes as None, where it is "missing" it is left out.
Hook         "module:callable" gets a dict from names to bids and returns what the subject is called with. It is made
             anew for every call, so that it may be changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from verifier.adapters.loading import named_object
from verifier.adapters.source import root_of
from verifier.domains import Domain, Matching, Ordinal, Profile, TwoSided, Utilities, Voting
from verifier.errors import SubjectError
from verifier.spec import SubjectSpec

Put: TypeAlias = Callable[[dict[str, Any]], object]


def composed(spec: SubjectSpec, domain: Domain, number: Callable[[Any], object]) -> Callable[[Profile], object]:
    """The function from a profile to what the subject is called with; `number` makes an amount of the declared kind.

    Raises
    ------
    SubjectError : names for another number of fields, a container that cannot leave anybody out, a hook that is none.
    """
    if spec.fields and len(spec.fields) != (width := _width(domain)):
        raise SubjectError(f"fields names {len(spec.fields)} parts of a bid, which has {width} here")
    put = _put(spec, domain)

    def offer(profile: Profile) -> object:
        told: dict[str, Any] = {}
        for agent, (name, bid) in enumerate(zip(domain.agents, domain.bids(profile), strict=True)):
            absent = spec.absent != "" and _stays_away(domain, profile, agent)
            if not absent:
                told[name] = _bid(bid, spec.fields, number)
            elif spec.absent == "none":
                told[name] = None
        return put(told)

    return offer


def _width(domain: Domain) -> int:
    if isinstance(domain, Ordinal | Utilities):
        return 1
    bid = domain.bids(tuple(types[0] for types in domain.types))[0]
    return len(bid) if isinstance(bid, tuple) else 1


def _bid(bid: Any, fields: tuple[str, ...], number: Callable[[Any], object]) -> object:
    if isinstance(bid, str | list):  # a label or a ranking
        return bid
    if not isinstance(bid, tuple):
        return {fields[0]: number(bid)} if fields else number(bid)
    amounts = tuple(map(number, bid))
    return dict(zip(fields, amounts, strict=True)) if fields else amounts


def _stays_away(domain: Domain, profile: Profile, agent: int) -> bool:
    if isinstance(domain, Utilities):
        return False
    if isinstance(domain, Ordinal):
        return not domain.ballot(agent, profile[agent])
    return not any(profile[agent])


def _put(spec: SubjectSpec, domain: Domain) -> Put:
    """The function from what is told, by names, to the declared container."""
    if spec.bids == "hook":
        return _hook(spec)
    if spec.bids == "dict":
        return dict
    if spec.bids == "sides" and isinstance(domain, Matching | TwoSided):
        first = domain.agents[: domain.proposers if isinstance(domain, Matching) else domain.buyers]
        return lambda told: (
            {name: bid for name, bid in told.items() if name in first},
            {name: bid for name, bid in told.items() if name not in first},
        )
    if spec.bids not in ("list", "tuple", "arguments"):
        raise SubjectError(f"bids = {spec.bids!r} cannot hold such bids; use list, tuple, dict, arguments or hook")
    if spec.absent == "missing" and not isinstance(domain, Voting):
        raise SubjectError('absent = "missing" leaves places empty that say who bids; use bids = "dict", or "none"')
    return (lambda told: list(told.values())) if spec.bids == "list" else (lambda told: tuple(told.values()))


def _hook(spec: SubjectSpec) -> Put:
    try:
        found = named_object(spec.hook, spec.root)
    except SubjectError as error:
        raise SubjectError(f"hook: {error}") from error
    if not callable(found):
        raise SubjectError(f"hook: {spec.hook} is a {type(found).__name__}; name a function")
    home, subject = (root_of(path.partition(":")[0]) for path in (spec.hook, spec.call))
    if home != subject:
        raise SubjectError(f"hook: {spec.hook} does not lie where the mechanism is; put an adapter file around both")
    return found
