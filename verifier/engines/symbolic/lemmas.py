"""Lemmas: small contradictions that rule out many pairs of paths at once, and the covering of all pairs by them.

To prove a margin for all bids is to show that no pair of paths (truth, lie) together with "the margin is negative" has
a point. There are as many pairs as paths squared, but few reasons: a lemma names a few facts of the first path, a few
of the second and a Farkas combination of them with the goal; it disposes of every pair of paths that know these facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations
from typing import TypeAlias

from verifier.engines.symbolic.atoms import Atom, Bounds
from verifier.engines.symbolic.farkas import Combination, contradicts
from verifier.engines.symbolic.knowers import Knowers, Paths
from verifier.engines.symbolic.knowledge import Knowledge, bound_atom
from verifier.engines.symbolic.oracle import Oracle, OracleFailed
from verifier.exact import Money

Facts: TypeAlias = tuple[Atom, ...]  # all of them hold
Point: TypeAlias = dict[int, Money]

MOST_GAPS = 50  # pairs of paths that are left open before a family of cases is given up


class Gap(OracleFailed):
    """A pair of paths where the goal may be met, but by no whole numbers that are known. The verdict is UNKNOWN."""


@dataclass(frozen=True, slots=True)
class Lemma:
    """facts of the first path, facts of the second (in its own variables), what is needed of the goal, multipliers.

    `multipliers` run over first, second, goal in this order.
    """

    first: Facts
    second: Facts
    goal: Facts
    multipliers: tuple[int, ...]

    def is_sound(self, names: Mapping[int, int]) -> bool:
        """Whether the facts contradict each other and the goal, the second path's variables renamed."""
        atoms = (*self.first, *(fact.renamed(names) for fact in self.second), *self.goal)
        return len(atoms) == len(self.multipliers) and contradicts(atoms, tuple(enumerate(self.multipliers)))


@dataclass(frozen=True, slots=True)
class Meeting:
    """A pair of paths that can be taken together with the goal: a point, and all that has to hold there."""

    point: Point
    atoms: tuple[Atom, ...]
    paths: tuple[int, int]


@dataclass(slots=True)
class Cover:
    """Proves goals over pairs of paths and collects the lemmas that it needed.

    `names` renames the second path's variables (nothing is renamed where both see the same bids).
    """

    paths: Knowers
    names: Mapping[int, int]
    variables: Sequence[int]
    oracle: Oracle
    lemmas: list[Lemma] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    _by_goal: dict[frozenset[Atom], list[Lemma]] = field(default_factory=dict)

    def prove(self, first: Paths, second: Paths, goal: Facts) -> Meeting | None:
        """Cover all pairs of first x second; a pair that has a point, None when only those in `gaps` may have one."""
        parts = [frozenset(part) for part in _parts(goal)]
        waiting = [(first, second)]
        while waiting:
            first, second = waiting.pop()
            if not first or not second:
                continue
            known = [lemma for part in parts for lemma in self._by_goal.get(part, ())]
            left, right, lemma = self._widest(first, second, known)
            if lemma is None:
                found = self._learn(first, second, goal)
                if isinstance(found, Meeting):
                    return found
                if isinstance(found, Gap):
                    self._leave_open(found)
                    left, right = first & -first, second & -second
                else:
                    left, right = first & self.paths.of(found.first), second & self.paths.of(found.second)
            waiting += [(first & ~left, second), (left, second & ~right)]
        return None

    def _widest(self, first: Paths, second: Paths, lemmas: Sequence[Lemma]) -> tuple[Paths, Paths, Lemma | None]:
        """The lemma that disposes of most of the pairs; None where none disposes of any."""
        best: tuple[int, Paths, Paths, Lemma | None] = (0, 0, 0, None)
        for lemma in lemmas:
            left = first & self.paths.of(lemma.first)
            if not left:
                continue
            right = second & self.paths.of(lemma.second)
            width = left.bit_count() * right.bit_count()
            if width > best[0]:
                best = (width, left, right, lemma)
                if left == first and right == second:
                    break
        return best[1:]

    def _leave_open(self, gap: Gap) -> None:
        """Go on past a pair that is neither proved nor refuted: a refutation may be found elsewhere."""
        self.gaps.append(gap)
        if len(self.gaps) == MOST_GAPS:
            raise gap

    def _learn(self, first: Paths, second: Paths, goal: Facts) -> Lemma | Meeting | Gap:
        """A lemma for one pair that no lemma disposes of yet, or a point at which the goal is met."""
        pair = _lowest(first), _lowest(second)
        one, two = (self.paths.paths[index] for index in pair)
        for target in (*goal, None):
            lemma = self._widest(first, second, [*_by_denial(one, target), *self._by_cycles(one, two, target)])[2]
            if lemma is not None:
                return self._keep(lemma)
        ours, theirs = one.facts(), two.facts()
        for part in reversed(_parts(goal)):  # what needs less of the goal serves more often
            found = self._by_solver(ours, theirs, part, pair)
            if isinstance(found, Lemma):
                return self._keep(found)
        return found

    def _keep(self, lemma: Lemma) -> Lemma:
        if not lemma.is_sound(self.names):
            raise AssertionError(f"unsound lemma {lemma}")
        self.lemmas.append(lemma)
        self._by_goal.setdefault(frozenset(lemma.goal), []).append(lemma)
        return lemma

    def _by_solver(
        self, ours: Sequence[Atom], theirs: Sequence[Atom], goal: Facts, pair: tuple[int, int]
    ) -> Lemma | Meeting | Gap:
        atoms = [*ours, *(fact.renamed(self.names) for fact in theirs), *goal]
        point, combination = self.oracle.decide(atoms, self.variables)
        if point is not None:
            return Meeting(point, tuple(atoms), pair)
        if combination is None:
            return Gap(f"no whole bids are found that break it, but fractional ones would (paths {pair[0]}, {pair[1]})")
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
            return Lemma(facts, others, (needs,) if needs else (), (1,) * (len(first) + len(second) + bool(needs)))

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


def _by_denial(one: Knowledge, goal: Atom | None) -> Iterator[Lemma]:
    """The first path states the opposite of what is needed of the goal."""
    if goal is not None:
        for fact in (goal.negated(), goal.negated()._replace(strict=True)):
            if fact in one.others:
                yield Lemma((fact,), (), (goal,), (1, 1))


def _parts(goal: Facts) -> list[Facts]:
    """Everything that can be needed of a goal, the whole first and nothing last."""
    return list(chain.from_iterable(combinations(goal, size) for size in range(len(goal), -1, -1)))


def _split(combination: Combination, ours: Sequence[Atom], theirs: Sequence[Atom], goal: Facts) -> Lemma:
    middle, end = len(ours), len(ours) + len(theirs)
    return Lemma(
        tuple(ours[i] for i, _ in combination if i < middle),
        tuple(theirs[i - middle] for i, _ in combination if middle <= i < end),
        tuple(goal[i - end] for i, _ in combination if i >= end),
        tuple(m for _, m in sorted(combination)),
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
