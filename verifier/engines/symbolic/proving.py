"""Deciding one property from the explored paths: lemmas that cover every case, or a point that breaks it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import combinations

from verifier.domains import Domain
from verifier.engines.base import Step
from verifier.engines.symbolic.atoms import Atom, Bounds
from verifier.engines.symbolic.goals import Family, families, seen, violations
from verifier.engines.symbolic.leaves import Form, Path
from verifier.engines.symbolic.lemmas import Cover, Knowledge, Lemma, Meeting, Paths, Point
from verifier.engines.symbolic.oracle import Oracle, OracleFailed
from verifier.exact import Money
from verifier.properties import Property
from verifier.properties.cases import Over

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
    prop: Property, tolerance: Money, domain: Domain, paths: Sequence[Path], oracle: Oracle
) -> Generator[Step, None, tuple[FamilyProof, ...] | Broken]:
    """Cover every case of a property, or stop at the first point that breaks it."""
    proofs: list[FamilyProof] = []
    blocks = list(families(prop, domain))
    for done, family in enumerate(blocks):
        yield Step(f"proving {prop.name}", done, len(blocks))
        outcome = prove_family(prop, family, tolerance, domain, paths, oracle)
        if isinstance(outcome, Broken):
            return outcome
        proofs.append(outcome)
    return tuple(proofs)


def prove_family(
    prop: Property,
    family: Family,
    tolerance: Money,
    domain: Domain,
    paths: Sequence[Path],
    oracle: Oracle,
    *,
    strict: bool = True,
) -> FamilyProof | Broken:
    """Show that no margin of a family is below -tolerance (with `strict` False: none is as low as that)."""
    known = [path.knowledge for path in paths]
    if family.off_ties:
        known = [off_ties(domain, knowledge) for knowledge in known]
    n, d = len(domain.agents), domain.dimension
    cover = Cover([*known, ANY_BIDS], family.second or {}, tuple(range((n + 1) * d)), oracle)
    groups = grouped(family, paths, infeasible_too=prop.over is Over.OUTCOMES)
    for first, members in groups:
        seconds = groups if family.second is not None else [(first, 1 << len(paths))]
        for second, partners in seconds:
            for violation in violations(prop, family, tolerance, first, second, strict=strict):
                meeting = cover.prove(members, partners, violation.goal)
                if meeting is not None:
                    point = _untied(domain, meeting, cover) if family.off_ties else meeting.point
                    return Broken(family, point, meeting.atoms, violation.excess, meeting.paths)
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
        waiting += [(*atoms, Atom(tuple(sorted(((high, 1), (low, -1)))), 0, True)) for high, low in (tied, tied[::-1])]
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

    Where that is impossible the path has ties only; a contradiction is then among its facts.
    """
    d = domain.dimension
    strict = [
        Atom(tuple(sorted(((high, 1), (low, -1)))), 0, True)
        for pair in combinations(range(len(domain.agents) * d), 2)
        for high, low in (pair, pair[::-1])
        if high // d != low // d and knowledge.bounds.table.get((high, low)) == (0, 1)
    ]
    bounds = knowledge.bounds.with_atoms(strict)
    if bounds is None:
        return Knowledge(knowledge.bounds, knowledge.others | {strict[0], strict[0].negated()})
    return Knowledge(bounds, knowledge.others)
