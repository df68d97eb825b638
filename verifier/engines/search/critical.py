"""Critical values: where what an agent gets or pays jumps along its own report, and the reports around such a place.

Between two reports of an agent that bring it different outcomes there is a place where the outcome changes; bisection
encloses it, in whole numbers exactly and else to a part of 2^-24 of the way, whose simplest fraction is then tried too.
Truthful and untruthful rules differ in what they do there: ties, reserves, thresholds and rounding are such places.

Source: critical values as in Myerson 1981, Lemma 3; Lehmann, O'Callaghan and Shoham 2002 (the search is ours).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

from verifier.domains import Consumption, Profile, Type
from verifier.engines.search.amounts import Amounts
from verifier.exact import Money, simplest, size
from verifier.properties.instances import replaced

Seen: TypeAlias = tuple[Consumption, Money] | None  # what an agent gets and pays; None where there is no outcome
Look: TypeAlias = Callable[[Profile, int], Seen]

_HALVINGS = 24
_MOST_JUMPS = 4  # per agent and profile


def reports_to_try(amounts: Amounts, look: Look, profile: Profile, agent: int) -> list[Type]:
    """What the agent might report against these others: near their bids, at the ends, around its own jumps."""
    others = sorted({amount for other, report in enumerate(profile) if other != agent for amount in report})
    own = profile[agent]
    near = [amount for bid in others for amount in amounts.around(bid)]
    tried: list[Type | None] = []
    if len(own) == 1:
        tried += [amounts.type_of([amount]) for amount in amounts.usable([*near, *amounts.anchors])]
    else:
        tried += [amounts.type_of(report) for other, report in enumerate(profile) if other != agent]
        tried += [amounts.type_of([amount] * len(own)) for amount in amounts.anchors]
        for coordinate in range(len(own)):
            for amount in amounts.usable([*near, 0, amounts.top])[:8]:
                tried.append(amounts.type_of([*own[:coordinate], amount, *own[coordinate + 1 :]]))
                tried.append(amounts.type_of([amount if place == coordinate else 0 for place in range(len(own))]))
    coarse = sorted({type_ for type_ in [amounts.type_of([0] * len(own)), *tried, own] if type_ is not None})
    jumps = [type_ for place in _jumps(amounts, look, profile, agent, coarse) for type_ in place]
    return list(dict.fromkeys([own, *jumps, *coarse]))


def _jumps(amounts: Amounts, look: Look, profile: Profile, agent: int, coarse: list[Type]) -> Iterator[list[Type]]:
    """Around each of a few places where the outcome of the agent changes: first where what it gets does."""

    def at(report: Type) -> Seen:
        return look(replaced(profile, {agent: report}), agent)

    changes = []
    for low, high in pairwise(coarse):
        one, two = at(low), at(high)
        if one is not None and two is not None and one != two:
            changes.append((one[0] == two[0], low, high))
    for _, low, high in sorted(changes, key=lambda change: change[0])[:_MOST_JUMPS]:
        yield _enclosed(amounts, at, low, high)


def _enclosed(amounts: Amounts, at: Callable[[Type], Seen], low: Type, high: Type) -> list[Type]:
    """The reports on both sides of the change, and around the simplest amount between them."""
    begin, end, before, after = Fraction(0), Fraction(1), at(low), at(high)
    for _ in range(_HALVINGS):
        middle = (begin + end) / 2
        report = amounts.between(low, high, middle)
        seen = None if report is None else at(report)
        if seen is None or before is None or after is None:
            break
        if _change(before, seen) >= _change(seen, after):
            end, after = middle, seen
        else:
            begin, before = middle, seen
    tried = [amounts.between(low, high, part) for part in (begin, end)]
    if len(low) == 1:
        ends = sorted(Fraction(low[0] + (high[0] - low[0]) * part) for part in (begin, end))
        tried += [amounts.type_of([amount]) for amount in amounts.around(simplest_between(*ends))]
    return [report for report in tried if report is not None]


def _change(one: tuple[Consumption, Money], two: tuple[Consumption, Money]) -> tuple[Money, Money]:
    """How much the outcome changes: in what the agent gets, then in what it pays."""
    gets = sum(size(before - after) for before, after in zip(one[0], two[0], strict=True))
    return gets, size(one[1] - two[1])


def simplest_between(low: Fraction, high: Fraction) -> Money:
    """The fraction of least denominator in [low, high], by the Stern-Brocot tree; both ends are at least 0."""
    floor = math.floor(low)
    if floor == low:
        return floor
    if floor + 1 <= high:
        return floor + 1
    rest = simplest_between(1 / (high - floor), 1 / (low - floor))
    return simplest(floor + Fraction(1, 1) / rest)
