"""Preferences as a relation, "is at least as good as", given by the pairs for which it holds.

Complete     Of any two alternatives one is at least as good as the other; each is as good as itself.
Transitive   What is at least as good as something is at least as good as all that this is at least as good as.
Rational     Both. On finite sets there is a utility exactly then: the number of alternatives that one is at least as
             good as.

Source: Mas-Colell, Whinston and Green 1995, Definition 1.B.1 and Proposition 1.B.2.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar

Alternative = TypeVar("Alternative", bound=Hashable)


def not_complete(
    alternatives: Sequence[Alternative], weakly: AbstractSet[tuple[Alternative, Alternative]]
) -> tuple[Alternative, Alternative] | None:
    """Two alternatives that are not compared, or one with itself; None where all are."""
    for place, one in enumerate(alternatives):
        for other in alternatives[place:]:
            if (one, other) not in weakly and (other, one) not in weakly:
                return one, other
    return None


def not_transitive(
    alternatives: Sequence[Alternative], weakly: AbstractSet[tuple[Alternative, Alternative]]
) -> tuple[Alternative, Alternative, Alternative] | None:
    """Three alternatives, each at least as good as the next, of which the first is not as good as the last."""
    for one in alternatives:
        for middle in (other for other in alternatives if (one, other) in weakly):
            for last in (other for other in alternatives if (middle, other) in weakly):
                if (one, last) not in weakly:
                    return one, middle, last
    return None


def utility(
    alternatives: Sequence[Alternative], weakly: AbstractSet[tuple[Alternative, Alternative]]
) -> dict[Alternative, int]:
    """Numbers that order the alternatives as the relation does.

    Raises ValueError with a witness where it is not complete or not transitive.
    """
    if (apart := not_complete(alternatives, weakly)) is not None:
        raise ValueError(f"{apart[0]!r} and {apart[1]!r} are not compared")
    if (cycle := not_transitive(alternatives, weakly)) is not None:
        one, middle, last = map(repr, cycle)
        raise ValueError(f"{one} is as good as {middle}, which is as good as {last}, and {one} is not")
    return {one: sum((one, other) in weakly for other in alternatives) for one in alternatives}
