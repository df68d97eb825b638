"""Distributions of true values over the types of a domain's grid: from whole-number weights, drawn without rounding.

uniform         every type of an agent is as likely as any other.
geometric       of K values in order, the next larger one is half as likely.
equal revenue   a value v is taken with a weight so that P(value >= v) is proportional to 1 / v: every price sells for
                as much, the hardest case of many mechanisms. Values have to be positive.
weights         a list for each agent, a whole number for each of its types, simplest type first as the grid has them.
Classes of valuations keep the types that are members, all others have weight 0: only of combinatorial domains.

Source: Hartline 2013, Mechanism Design and Approximation, Section 4 (equal revenue).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from math import lcm

from verifier.domains.base import Domain
from verifier.domains.combinatorial import Combinatorial
from verifier.domains.outcome import Profile, Type
from verifier.domains.valuations import failure, valuation
from verifier.errors import DomainError, nearest

NAMES = ("uniform", "geometric", "equal revenue")


def weights(domain: Domain, written: object = "uniform", valuations: str | None = None) -> list[list[int]]:
    """(n, T_i) how likely each type of each agent is, as whole numbers; see the module for what may be written.

    Raises
    ------
    DomainError : an unknown name or class, weights that do not fit the grid, values without a positive one, a class
        without a member, a class or an order where types have none.
    """
    if isinstance(written, str):
        if written not in NAMES:
            raise DomainError(f"unknown distribution {written!r}{nearest(written, list(NAMES))}")
        found = [_named(written, types) for types in domain.types]
    else:
        found = [_given(row, types) for row, types in _rows(written, domain)]
    if valuations is not None:
        if not isinstance(domain, Combinatorial):
            raise DomainError("classes of valuations are of combinatorial domains")
        found = [
            [weight * _member(type_, valuations, domain) for weight, type_ in zip(row, types, strict=True)]
            for row, types in zip(found, domain.types, strict=True)
        ]
    for name, row in zip(domain.agents, found, strict=True):
        if not any(row):
            raise DomainError(f"no type of {name} has a positive weight, so that none can be drawn")
    return found


def draw(domain: Domain, weighted: Sequence[Sequence[int]], dice: random.Random) -> Profile:
    """Independent types of all agents."""
    return tuple(_one(types, row, dice) for types, row in zip(domain.types, weighted, strict=True))


def _one(types: Sequence[Type], row: Sequence[int], dice: random.Random) -> Type:
    place = dice.randrange(sum(row))
    return next(type_ for type_, end in zip(types, accumulate(row), strict=True) if place < end)


def _named(name: str, types: Sequence[Type]) -> list[int]:
    if name == "uniform":
        return [1] * len(types)
    if len(types[0]) > 1:
        raise DomainError(f"{name!r} needs types of one number; use uniform, or weights")
    order = sorted(range(len(types)), key=lambda k: types[k])
    if name == "geometric":
        rank = {k: place for place, k in enumerate(order)}
        return [2 ** (len(types) - 1 - rank[k]) for k in range(len(types))]
    values = [Fraction(types[k][0]) for k in order]
    if values[0] <= 0:
        raise DomainError("'equal revenue' needs positive values; take 0 out of the grid")
    reached = [1 / value for value in values] + [Fraction(0)]
    shares = [here - after for here, after in pairwise(reached)]
    whole = lcm(*(share.denominator for share in shares))
    found = dict(zip(order, (int(share * whole) for share in shares), strict=True))
    return [found[k] for k in range(len(types))]


def _rows(written: object, domain: Domain) -> list[tuple[object, tuple[Type, ...]]]:
    if not isinstance(written, list) or len(written) != len(domain.agents):
        raise DomainError(f"a distribution is a name or a list of weights for each agent, not {written!r}")
    return list(zip(written, domain.types, strict=True))


def _given(row: object, types: Sequence[Type]) -> list[int]:
    sound = isinstance(row, list) and all(isinstance(w, int) and not isinstance(w, bool) and w >= 0 for w in row)
    if not isinstance(row, list) or not sound or len(row) != len(types):
        raise DomainError(f"weights must be {len(types)} whole numbers, one for each type, not {row!r}")
    return list(row)


def _member(type_: Type, kind: str, domain: Combinatorial) -> bool:
    """Whether a type, the worth of every bundle but the empty one, is of a class of valuations."""
    worth = valuation(domain.goods, lambda bundle: type_[bundle - 1] if bundle else 0)
    return failure(worth, kind) is None
