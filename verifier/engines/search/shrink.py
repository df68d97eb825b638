"""From a violation to a small one: more zeros, whole numbers, small numbers, one deterministic step after the other.

Method   Of the reports of an instance (profile and further reports) the candidates are, in this order: one report of
         zeros; all amounts by their ranks 0, 1, 2, ...; all amounts halved, or rounded; one amount taken to 0, to a
         small whole number, to another amount, to its floor, to its half. The first candidate that is smaller and
         still a violation is taken, until none is.
Smaller  fewer amounts that are not zero, then fewer that are not whole, then a smaller sum of numerators and
         denominators, then fewer reports that differ from the truth.

The result is locally smallest: no single step makes it smaller. It is no claim that no smaller violation exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TypeAlias

from verifier.domains import Profile, Type
from verifier.engines.search.amounts import Amounts
from verifier.engines.search.hunt import Hunt, Recipe
from verifier.exact import Money

MOST_TRIES = 2_000  # candidates that are looked at
_SMALL = 6  # whole numbers below this are tried everywhere
_PARTS = (Fraction(1, 2), Fraction(3, 2))  # and these
_DENOMINATORS = (2, 3, 4, 10, 100)

Both: TypeAlias = tuple[Profile, tuple[Type, ...]]


def shrunk(hunt: Hunt, amounts: Amounts, recipe: Recipe) -> Recipe:
    """A violation about the same agents from which no single step leads to a smaller one; see the module."""
    tries = 0
    while True:
        size = _size(recipe.profile, recipe.reports)
        for profile, reports in _candidates(amounts, recipe):
            if _size(profile, reports) >= size:
                continue
            tries += 1
            if tries > MOST_TRIES:
                return recipe
            found = hunt.again(recipe, profile, reports)
            if found is not None:
                recipe = found
                break
        else:
            return recipe


def _size(profile: Profile, reports: tuple[Type, ...]) -> tuple[Money, ...]:
    amounts = [amount for report in (*profile, *reports) for amount in report]
    return (
        sum(amount != 0 for amount in amounts),
        sum(amount.denominator != 1 for amount in amounts),
        sum(amount.numerator + amount.denominator for amount in amounts),
        sum(one != two for one, two in zip(profile, reports, strict=True)),
    )


def _candidates(amounts: Amounts, recipe: Recipe) -> Iterator[Both]:
    profile, reports = recipe.profile, recipe.reports
    quiet = tuple(
        report if agent in recipe.instance.agents else truth
        for agent, (truth, report) in enumerate(zip(profile, reports, strict=True))
    )
    if quiet != reports:
        yield profile, quiet
    vectors = (*profile, *reports)
    count = len(profile)
    nothing = (0,) * amounts.domain.dimension
    for place in range(len(vectors)):
        yield from _with(vectors, {place: nothing}, count)
        if place < count:
            yield from _with(vectors, {place: nothing, place + count: nothing}, count)
    levels = sorted({0, *(amount for vector in vectors for amount in vector)})
    for whole in (
        {amount: rank for rank, amount in enumerate(levels)},
        {amount: amount // 2 for amount in levels},
        {amount: amount // 1 for amount in levels},
        {amount: -(-amount // 1) for amount in levels},
    ):
        moved = {place: amounts.type_of([whole[a] for a in vector]) for place, vector in enumerate(vectors)}
        yield from _with(vectors, moved, count)
    for level in levels:  # the same amount everywhere at once, so that ties stay ties
        for other in (*range(_SMALL), *_PARTS, level // 2, level // 1):
            moved = {
                place: amounts.type_of([other if amount == level else amount for amount in vector])
                for place, vector in enumerate(vectors)
                if level in vector
            }
            yield from _with(vectors, moved, count)
    for place, vector in enumerate(vectors):
        for coordinate, amount in enumerate(vector):
            near = [Fraction(amount).limit_denominator(most) for most in _DENOMINATORS]
            for other in (*range(_SMALL), *_PARTS, *levels, amount // 1, amount // 2, amount - 1, *near):
                if 0 <= other != amount:
                    made = amounts.type_of([*vector[:coordinate], other, *vector[coordinate + 1 :]])
                    yield from _with(vectors, {place: made}, count)


def _with(vectors: tuple[Type, ...], moved: dict[int, Type | None], count: int) -> Iterator[Both]:
    """The reports with some replaced, unless a replacement is no type of the domain or changes nothing."""
    found: list[Type] = []
    for place, vector in enumerate(vectors):
        made = moved.get(place, vector)
        if made is None:
            return
        found.append(made)
    if tuple(found) != vectors:
        yield tuple(found[:count]), tuple(found[count:])
