"""Search for bad instances: whole numbers (values, strategies) that push the price of anarchy up.

Method       Local search: from random instances every coordinate is moved to every other value, the best move is taken,
             and where none improves the search starts again. The price of each instance is exact; that no worse one was
             found says nothing about the class, only that the class is at least as bad as what was found.
Infinite     prices end the search: there is nothing worse. Instances without a price are left.

Source: local search as in Aarts and Lenstra 1997; the tight examples it rediscovers are named in its tests.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from verifier.errors import DomainError
from verifier.oracles.anarchy_result import INFINITE, Infinite, Price

Instance: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Worst:
    """The worst instance that was found; None where no instance had a price.

    Attributes
    ----------
    instance, price : of the worst one
    tried : how many different instances were priced
    starts : how many times the search began anew
    """

    instance: Instance | None
    price: Price
    tried: int
    starts: int


def search_worst(
    price: Callable[[Instance], Price],
    ranges: Sequence[range],
    *,
    tries: int = 1_000,
    seed: int = 0,
    tell: Callable[[Instance, Price], None] = lambda instance, price: None,
) -> Worst:
    """Look for an instance with a large price.

    Parameters
    ----------
    price : of an instance, exactly; DomainError, or None, where it has none
    ranges : for each coordinate the whole numbers that it may be
    tries : the most instances that are priced
    seed : of the random starts; the same one finds the same
    tell : is told of every instance that is worse than all before

    After Ctrl-C, what was found so far. DomainError where a coordinate has no value.
    """
    if not ranges or not all(ranges):
        raise DomainError("an instance needs coordinates, and each of them a value")
    known: dict[Instance, Price] = {}
    worst: tuple[Instance | None, Price] = (None, None)
    starts = 0
    total = 1
    for values in ranges:
        total *= len(values)

    def priced(instance: Instance) -> Price:
        nonlocal worst
        if instance not in known:
            try:
                known[instance] = price(instance)
            except DomainError:
                known[instance] = None
            if _above(known[instance], worst[1]):
                worst = instance, known[instance]
                tell(*worst)
        return known[instance]

    dice = random.Random(seed)
    try:
        while len(known) < min(tries, total) and starts < tries and worst[1] is not INFINITE:
            starts += 1
            here = tuple(dice.choice(values) for values in ranges)
            while (better := _step(here, ranges, priced, lambda: len(known) >= tries)) is not None:
                here = better
    except KeyboardInterrupt:
        pass
    return Worst(worst[0], worst[1], len(known), starts)


def _step(
    here: Instance, ranges: Sequence[range], priced: Callable[[Instance], Price], spent: Callable[[], bool]
) -> Instance | None:
    """The worst neighbour, if it is worse than this."""
    best, top = None, priced(here)
    for place, values in enumerate(ranges):
        for value in values:
            if spent() or top is INFINITE:
                return best
            neighbour = (*here[:place], value, *here[place + 1 :])
            if _above(priced(neighbour), top):
                best, top = neighbour, priced(neighbour)
    return best


def _above(one: Price, other: Price) -> bool:
    """Whether a price is larger; infinity is the largest, and none at all the least."""
    if one is None or isinstance(other, Infinite):
        return False
    if other is None or isinstance(one, Infinite):
        return True
    return Fraction(one) > other
