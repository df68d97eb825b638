"""Deciding one property from the explored paths: lemmas that cover every case, or a point that breaks it."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import combinations, islice

from verifier.domains import Domain
from verifier.engines.base import Step
from verifier.engines.symbolic.atoms import Atom, Bounds
from verifier.engines.symbolic.crew import Ask, Crew
from verifier.engines.symbolic.goals import Family, families, seen, violations
from verifier.engines.symbolic.knowers import Knowers, Paths
from verifier.engines.symbolic.knowledge import Knowledge
from verifier.engines.symbolic.leaves import Form, Path
from verifier.engines.symbolic.lemmas import Cover, Gap, Lemma, Meeting, Point
from verifier.engines.symbolic.oracle import Oracle, OracleFailed
from verifier.errors import VerifierError
from verifier.exact import Money
from verifier.properties import Property
from verifier.properties.cases import Over

PATIENCE = 1  # seconds for a property in one process before a crew is called
ANY_BIDS = Knowledge(Bounds(), frozenset())  # the second path of a case that has only one


@dataclass(frozen=True, slots=True)
class FamilyProof:
    """The lemmas that cover all cases of one family."""

    family: Family
    lemmas: tuple[Lemma, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """A point at which the margin of a family is below the tolerance, according to the symbolic paths."""

    family: Family
    point: Point
    atoms: tuple[Atom, ...] = ()  # what holds on the two paths
    excess: Form = ((), 0)  # margin plus tolerance there, at the point negative
    paths: tuple[int, int] = (0, 0)


def prove(
    prop: Property,
    tolerance: Money,
    domain: Domain,
    paths: Sequence[Path],
    oracle: Oracle,
    crew: Crew | None = None,
) -> Generator[Step, None, tuple[FamilyProof, ...] | Broken]:
    """Cover every case of a property, or stop at the first point that breaks it.

    With a crew, families are proved side by side where one after the other would take long; the outcome is the same.

    Raises OracleFailed where neither can be done.
    """
    count = sum(1 for _ in families(prop, domain))
    proofs: list[FamilyProof] = []
    gap: Gap | None = None  # another family may still be refuted
    came: dict[int, object] = {}
    with closing(_answers(prop, tolerance, count, prover(domain, paths, oracle), crew)) as answers:
        for done in range(count):
            yield Step(f"proving {prop.name}", done, count)
            while done not in came:
                place, answer = next(answers)
                came[place] = answer
            outcome = came.pop(done)
            if isinstance(outcome, Broken):
                return outcome
            if isinstance(outcome, FamilyProof):
                proofs.append(outcome)
            elif isinstance(outcome, Gap):
                gap = gap or outcome
            else:
                raise outcome if isinstance(outcome, VerifierError) else TypeError(f"no outcome: {outcome!r}")
    if gap is not None:
        raise gap
    return tuple(proofs)


def _answers(
    prop: Property, tolerance: Money, count: int, ask: Ask, crew: Crew | None
) -> Generator[tuple[int, object], None, None]:
    """What comes out for every family, with its number; the first ones in order, what is left to a crew as it comes."""
    begun = time.monotonic()
    for place in range(count):
        if crew is not None and count - place > 1 and time.monotonic() - begun > PATIENCE:
            rest = [(prop, tolerance, later) for later in range(place, count)]
            for index, answer in crew.ask(rest):
                yield place + index, answer
            return
        try:
            yield place, ask((prop, tolerance, place))
        except VerifierError as error:
            yield place, error


def prover(domain: Domain, paths: Sequence[Path], oracle: Oracle) -> Ask:
    """Proves families one by one, each with another oracle; for a crew, the same function in every process."""
    known: dict[bool, Knowers] = {}

    def prove_one(question: tuple[Property, Money, int]) -> FamilyProof | Broken:
        prop, tolerance, place = question
        family = next(islice(families(prop, domain), place, None))
        if family.off_ties not in known:
            known[family.off_ties] = knowers_of(family, domain, paths)
        return prove_family(prop, family, tolerance, domain, paths, oracle.another(), known[family.off_ties])

    return prove_one


def knowers_of(family: Family, domain: Domain, paths: Sequence[Path]) -> Knowers:
    """What the paths know where the family looks at them; beside them the second path of a case that has only one."""
    known = [off_ties(domain, path.knowledge) if family.off_ties else path.knowledge for path in paths]
    return Knowers([*known, ANY_BIDS])


def prove_family(
    prop: Property,
    family: Family,
    tolerance: Money,
    domain: Domain,
    paths: Sequence[Path],
    oracle: Oracle,
    knowers: Knowers,
    *,
    strict: bool = True,
) -> FamilyProof | Broken:
    """Show that no margin of a family is below -tolerance (with `strict` False: none is as low as that)."""
    n, d = len(domain.agents), domain.dimension
    variables = tuple(range((n + 2) * d))  # the bids, and what one or two agents report in their place
    cover = Cover(knowers, family.second or {}, variables, oracle)
    groups = grouped(family, paths, infeasible_too=prop.over is Over.OUTCOMES)
    for first, members in groups:
        seconds = groups if family.second is not None else [(first, 1 << len(paths))]
        for second, partners in seconds:
            for violation in violations(prop, family, tolerance, first, second, strict=strict):
                goal = tuple(dict.fromkeys(part.rounded(domain.whole) for part in violation.goal))
                meeting = cover.prove(members, partners, goal)
                if meeting is not None:
                    point = _untied(domain, meeting, cover) if family.off_ties else meeting.point
                    return Broken(family, point, meeting.atoms, violation.excess, meeting.paths)
    if cover.gaps:
        raise cover.gaps[0]
    return FamilyProof(family, tuple(cover.lemmas))


def _untied(domain: Domain, meeting: Meeting, cover: Cover) -> Point:
    """A point of the meeting at which no two agents bid equal amounts: each tie is parted, one way or the other."""
    d = domain.dimension
    pairs = [(one, two) for one, two in combinations(range(len(domain.agents) * d), 2) if one // d != two // d]
    waiting = [meeting.atoms]
    while waiting:
        atoms = waiting.pop()
        point = cover.oracle.point(atoms, cover.variables)
        if point is None:
            continue
        tied = next((pair for pair in pairs if point[pair[0]] == point[pair[1]]), None)
        if tied is None:
            return point
        waiting += [(*atoms, _below(domain, *ends)) for ends in (tied, tied[::-1])]
    raise OracleFailed("a refutation at ties only, which do not count, stands in the way of a proof")


def grouped(family: Family, paths: Sequence[Path], *, infeasible_too: bool) -> list[tuple[Path, Paths]]:
    """Paths that look the same to the margins of a family: one of them, and all of them as bits.

    Paths with an infeasible allocation belong to the property `feasible` alone.
    """
    groups: dict[tuple[object, ...], tuple[Path, Paths]] = {}
    for index, path in enumerate(paths):
        if path.slack < 0 and not infeasible_too:
            continue
        key = seen(family, path)
        one, members = groups.get(key, (path, 0))
        groups[key] = (one, members | 1 << index)
    return list(groups.values())


def off_ties(domain: Domain, knowledge: Knowledge) -> Knowledge:
    """What the path knows when no two agents bid equal amounts: <= between their bids becomes <.

    Whole bids that differ do so by 1, of which more can follow: repeated until nothing does. Where all of it is
    impossible the path has ties only; a contradiction is then among its facts.
    """
    d = domain.dimension
    strict = [
        _below(domain, high, low)
        for pair in combinations(range(len(domain.agents) * d), 2)
        for high, low in (pair, pair[::-1])
        if high // d != low // d and knowledge.bounds.table.get((high, low)) == (0, 1)
    ]
    bounds = knowledge.bounds.with_atoms(strict)
    if bounds is None:
        denied = strict[0].negated().rounded(domain.whole)
        return Knowledge(knowledge.bounds, knowledge.others | {strict[0], denied})
    sharper = Knowledge(bounds, knowledge.others)
    return off_ties(domain, sharper) if strict else sharper


def _below(domain: Domain, one: int, two: int) -> Atom:
    """One variable is less than another."""
    return Atom(tuple(sorted(((one, 1), (two, -1)))), 0, True).rounded(domain.whole)
