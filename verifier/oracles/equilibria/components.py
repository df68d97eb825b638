"""How extreme equilibria hang together: maximal Nash subsets and components.

Definition   Extreme equilibria are the edges of a graph between vertices of the two players. A maximal biclique (all
             pairs of X and Y are edges, and no vertex can be added) is a maximal Nash subset, the equilibria
             conv X x conv Y. Two subsets with a common extreme equilibrium lie in one component.
Source       Winkels 1979; Jansen 1981; Avis, Rosenberg, Savani and von Stengel 2010, Section 4.
"""

from __future__ import annotations

from collections.abc import Sequence

Pair = tuple[int, int]  # a vertex of the first player and one of the second


def maximal_subsets(pairs: Sequence[Pair]) -> tuple[tuple[int, ...], ...]:
    """The maximal Nash subsets, each as places of its pairs in the list."""
    place = {pair: index for index, pair in enumerate(pairs)}
    partners: dict[int, frozenset[int]] = {}
    for first, second in pairs:
        partners[first] = partners.get(first, frozenset()) | {second}
    closed: set[frozenset[int]] = set(partners.values())  # sets of second players' vertices, closed under meeting
    waiting = list(closed)
    while waiting:
        one = waiting.pop()
        for other in list(partners.values()):
            met = one & other
            if met and met not in closed:
                closed.add(met)
                waiting.append(met)
    found = []
    for seconds in closed:
        firsts = [first for first, of in partners.items() if seconds <= of]
        found.append(tuple(sorted(place[first, second] for first in firsts for second in seconds)))
    return tuple(sorted(found))


def parts(pairs: Sequence[Pair]) -> tuple[tuple[int, ...], ...]:
    """The components, each as places of its pairs in the list: pairs that share a vertex hang together."""
    root = list(range(len(pairs)))

    def top(index: int) -> int:
        while root[index] != index:
            index = root[index]
        return index

    seen: dict[tuple[str, int], int] = {}
    for index, (first, second) in enumerate(pairs):
        for vertex in (("first", first), ("second", second)):
            if vertex in seen:
                one, other = sorted((top(seen[vertex]), top(index)))
                root[other] = one
            seen.setdefault(vertex, index)
    groups: dict[int, list[int]] = {}
    for index in range(len(pairs)):
        groups.setdefault(top(index), []).append(index)
    return tuple(map(tuple, groups.values()))
