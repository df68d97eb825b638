"""Lemmas: small contradictions that rule out many pairs of paths at once, and the covering of all pairs by them.

To prove a margin for all bids is to show that no pair of paths (truth, lie) together with "the margin is negative" has
a point. There are as many pairs as paths squared, but few reasons: a lemma names a few facts of the first path, a few
of the second and a Farkas combination of them with the goal; it disposes of every pair of paths that know these facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from verifier.engines.symbolic.atoms import Atom, Bounds
from verifier.engines.symbolic.farkas import Combination, contradicts
from verifier.engines.symbolic.oracle import Oracle
from verifier.exact import Money

Facts: TypeAlias = tuple[Atom, ...]
Point: TypeAlias = dict[int, Money]
Paths: TypeAlias = int  # a set of paths, as the bits of an integer


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known on one path: its difference bounds, closed, and its other atoms."""

    bounds: Bounds
    others: frozenset[Atom]

    def holds(self, fact: Atom) -> bool:
        """Whether the path knows a fact: entailed by a bound, or stated."""
        return self.bounds.entails(fact) or fact in self.others

    def facts(self) -> list[Atom]:
        """Everything known, as atoms; bounds as the atoms that state them."""
        return [*map(bound_atom, self.bounds.table.items()), *self.others]


@dataclass(frozen=True, slots=True)
class Lemma:
    """facts of the first path, facts of the second (in its own variables), the goal if it is needed, multipliers.

    `multipliers` run over first, second, goal in this order.
    """

    first: Facts
    second: Facts
    goal: Atom | None
    multipliers: tuple[int, ...]

    def is_sound(self, names: Mapping[int, int]) -> bool:
        """Whether the facts contradict each other and the goal, the second path's variables renamed."""
        renamed = tuple(fact.renamed(names) for fact in self.second)
        atoms = (*self.first, *renamed, *([self.goal] if self.goal else []))
        return len(atoms) == len(self.multipliers) and contradicts(atoms, tuple(enumerate(self.multipliers)))


@dataclass(frozen=True, slots=True)
class Meeting:
    """A pair of paths that can be taken together with the goal: a point, and all that has to hold there."""

    point: Point
    atoms: tuple[Atom, ...]
    paths: tuple[int, int]


def bound_atom(entry: tuple[tuple[int, int], tuple[Money, int]]) -> Atom:
    """The atom that states one difference bound."""
    (high, low), (limit, closed) = entry
    terms = sorted([(v, c) for v, c in ((high, 1), (low, -1)) if v >= 0])
    return Atom(tuple(terms), -limit, not closed)


@dataclass(slots=True)
class Cover:
    """Proves goals over pairs of paths and collects the lemmas that it needed.

    `names` renames the second path's variables (nothing is renamed where both see the same bids).
    """

    paths: Sequence[Knowledge]
    names: Mapping[int, int]
    variables: Sequence[int]
    oracle: Oracle
    lemmas: list[Lemma] = field(default_factory=list)
    _by_goal: dict[Atom | None, list[Lemma]] = field(default_factory=dict)
    _first: dict[Facts, Paths] = field(default_factory=dict)
    _second: dict[Facts, Paths] = field(default_factory=dict)

    def prove(self, first: Paths, second: Paths, goal: Atom | None) -> Meeting | None:
        """Cover all pairs of first x second; a pair that has a point, None when all are contradictory."""
        waiting = [(first, second)]
        while waiting:
            first, second = waiting.pop()
            if not first or not second:
                continue
            known = [*self._by_goal.get(goal, []), *(self._by_goal.get(None, []) if goal else [])]
            left, right, lemma = self._widest(first, second, known)
            if lemma is None:
                found = self._learn(first, second, goal)
                if isinstance(found, Meeting):
                    return found
                left, right = first & self._knowing(found.first, 0), second & self._knowing(found.second, 1)
            waiting += [(first & ~left, second), (left, second & ~right)]
        return None

    def _widest(self, first: Paths, second: Paths, lemmas: Sequence[Lemma]) -> tuple[Paths, Paths, Lemma | None]:
        """The lemma that disposes of most of the pairs; None where none disposes of any."""
        best: tuple[int, Paths, Paths, Lemma | None] = (0, 0, 0, None)
        for lemma in lemmas:
            left = first & self._knowing(lemma.first, 0)
            if not left:
                continue
            right = second & self._knowing(lemma.second, 1)
            width = left.bit_count() * right.bit_count()
            if width > best[0]:
                best = (width, left, right, lemma)
                if left == first and right == second:
                    break
        return best[1:]

    def _learn(self, first: Paths, second: Paths, goal: Atom | None) -> Lemma | Meeting:
        """A lemma for one pair that no lemma disposes of yet, or a point at which the goal is met."""
        pair = _lowest(first), _lowest(second)
        one, two = (self.paths[index] for index in pair)
        candidates = list(self._by_cycles(one, two, goal)) or list(self._by_cycles(one, two, None))
        lemma = self._widest(first, second, candidates)[2]
        if lemma is not None:
            return self._keep(lemma)
        ours, theirs = one.facts(), two.facts()
        for target in (None, goal) if goal else (None,):
            found = self._by_solver(ours, theirs, target, pair)
            if isinstance(found, Lemma):
                return self._keep(found)
        return found

    def _keep(self, lemma: Lemma) -> Lemma:
        if not lemma.is_sound(self.names):
            raise AssertionError(f"unsound lemma {lemma}")
        self.lemmas.append(lemma)
        self._by_goal.setdefault(lemma.goal, []).append(lemma)
        return lemma

    def _by_solver(
        self, ours: Sequence[Atom], theirs: Sequence[Atom], goal: Atom | None, pair: tuple[int, int]
    ) -> Lemma | Meeting:
        renamed = [fact.renamed(self.names) for fact in theirs]
        atoms = [*ours, *renamed, *([goal] if goal else [])]
        point, combination = self.oracle.decide(atoms, self.variables)
        if combination is None:
            return Meeting(point or {}, tuple(atoms), pair)
        return _split(combination, ours, theirs, goal)

    def _by_cycles(self, one: Knowledge, two: Knowledge, goal: Atom | None) -> Iterator[Lemma]:
        """Contradictions of at most three difference bounds, found without a solver."""
        wanted = Bounds.edge(goal) if goal else None
        ours = one.bounds.table
        theirs = {
            (self.names.get(high, high), self.names.get(low, low)): bound
            for (high, low), bound in two.bounds.table.items()
        }
        back = {(self.names.get(high, high), self.names.get(low, low)): (high, low) for high, low in two.bounds.table}

        def lemma(first: list[tuple[int, int]], second: list[tuple[int, int]], needs: Atom | None) -> Lemma:
            facts = tuple(bound_atom((ends, ours[ends])) for ends in first)
            others = tuple(bound_atom((back[ends], theirs[ends])) for ends in second)
            return Lemma(facts, others, needs, (1,) * (len(first) + len(second) + (needs is not None)))

        if goal is None:
            for (high, low), bound in ours.items():
                other = theirs.get((low, high))
                if other is not None and _negative(bound, other):
                    yield lemma([(high, low)], [(low, high)], None)
        if wanted is None:
            return
        (high, low), bound = wanted
        if (low, high) in ours and _negative(bound, ours[low, high]):
            yield lemma([(low, high)], [], goal)
        if (low, high) in theirs and _negative(bound, theirs[low, high]):
            yield lemma([], [(low, high)], goal)
        for (start, middle), step in ours.items():
            if start == low and _negative(bound, step, theirs.get((middle, high))):
                yield lemma([(low, middle)], [(middle, high)], goal)
            if middle == high and _negative(bound, step, theirs.get((low, start))):
                yield lemma([(start, high)], [(low, start)], goal)

    def _knowing(self, facts: Facts, side: int) -> Paths:
        """The paths that know all of the facts."""
        cache = self._second if side else self._first
        known = cache.get(facts)
        if known is None:
            known = 0
            for index, path in enumerate(self.paths):
                if all(path.holds(fact) for fact in facts):
                    known |= 1 << index
            cache[facts] = known
        return known


def _split(combination: Combination, ours: Sequence[Atom], theirs: Sequence[Atom], goal: Atom | None) -> Lemma:
    first = [(ours[i], m) for i, m in combination if i < len(ours)]
    second = [(theirs[i - len(ours)], m) for i, m in combination if len(ours) <= i < len(ours) + len(theirs)]
    last = [m for i, m in combination if i == len(ours) + len(theirs)]
    return Lemma(
        tuple(fact for fact, _ in first),
        tuple(fact for fact, _ in second),
        goal if last else None,
        (*(m for _, m in first), *(m for _, m in second), *last),
    )


def _negative(*steps: tuple[Money, int] | None) -> bool:
    """Whether a cycle of bounds adds up to less than zero."""
    total: tuple[Money, int] = (0, 1)
    for step in steps:
        if step is None:
            return False
        total = (total[0] + step[0], total[1] & step[1])
    return total < (0, 1)


def _lowest(paths: Paths) -> int:
    return (paths & -paths).bit_length() - 1
