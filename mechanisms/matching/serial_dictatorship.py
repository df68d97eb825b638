"""Serial dictatorship: agents choose one after the other from what is left.

Properties   No agent can gain by lying; Pareto efficient; with a random order also equal treatment ex ante.
Source       Satterthwaite and Sonnenschein 1981; Svensson 1999; Abdulkadiroglu and Sonmez 1998 (random order).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import permutations
from math import factorial

Lists = Mapping[str, Sequence[str]]


def serial_dictatorship(lists: Lists, order: Iterable[str] = ()) -> dict[str, str | None]:
    """Every agent's object, None where nothing that it lists is left; in the order of `lists` unless told."""
    taken: set[str] = set()
    found: dict[str, str | None] = {}
    for agent in order or lists:
        found[agent] = next((item for item in lists[agent] if item not in taken), None)
        taken.update([found[agent]] if found[agent] is not None else [])  # type: ignore[list-item]
    return found


def random_serial_dictatorship(lists: Lists) -> list[tuple[Fraction, dict[str, str | None]]]:
    """The lottery over all orders of the agents, each as likely as any other."""
    chance = Fraction(1, factorial(len(lists)))
    return [(chance, serial_dictatorship(lists, order)) for order in permutations(lists)]
