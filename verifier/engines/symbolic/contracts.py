"""Optimisers under contract while a subject is explored: one choice with an option per alternative, no look inside.

What the contract promises is taken for granted on symbols, so it is tested with numbers: at every point of a path, and
here at further points, fractions and large amounts among them, that nobody had in mind who wrote the optimiser.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import permutations

from verifier.adapters.contracts import Answer, Arguments, Contract, Unlisted
from verifier.adapters.faults import worded
from verifier.domains import Domain
from verifier.engines.symbolic.explorer import Explorer
from verifier.engines.symbolic.extremes import winner
from verifier.engines.symbolic.leaves import Path, admissible
from verifier.engines.symbolic.numbers import REFUSALS, Linear, Unsupported, refuse
from verifier.errors import MoneyError, VerifierError
from verifier.exact import Money, from_subject, simplest

PAIRS = 32  # pairs of paths between whose points the code is run too
SCALED = 64  # paths whose points are run in other sizes too: where two alternatives tie, they still do
_SIZES = (Fraction(1, 10), Fraction(10**20 + 1, 7))
_LITTLE = Fraction(1, 2**60)  # too little for doubles to see


def chooser(explorer: Explorer) -> Answer:
    """What answers in the place of an optimiser: the first result of largest score, as far as this path knows."""

    def choose(contract: Contract, given: Arguments) -> object:
        known = len(REFUSALS)
        try:
            pairs = contract.pairs(contract.copied(given))
            chosen = pairs[winner(explorer, _keys(contract, [score for _, score in pairs]))][0]
            reason = REFUSALS[known] if len(REFUSALS) > known else ""  # the alternatives may have swallowed one
        except KeyboardInterrupt:
            raise
        except Unlisted as error:
            reason = str(error)
        except VerifierError as error:
            reason = REFUSALS[known] if len(REFUSALS) > known else str(error)
        except BaseException as error:  # a stranger's code may raise anything
            reason = f"{contract.alternatives} raised {worded(error)}"
        if reason:
            REFUSALS[known:] = [reason if reason.startswith(str(contract)) else f"{contract}: {reason}"]
            raise Unsupported(REFUSALS[known])
        return chosen

    return choose


def _keys(contract: Contract, scores: Sequence[object]) -> list[Linear | Money]:
    """The scores negated, so that the best is the least."""
    keys: list[Linear | Money] = []
    for score in scores:
        try:
            keys.append(-score if isinstance(score, Linear) else -from_subject(score))
        except MoneyError as error:
            refuse(f"a score of {contract.alternatives} is no number ({error})")
    if any(isinstance(key, Linear) for key in keys) and any(map(_rounds, scores)):
        refuse(f"a score of {contract.alternatives} is a double, which rounds")
    return keys


def _rounds(score: object) -> bool:
    if isinstance(score, Linear):
        return False
    return isinstance(score, float) or getattr(getattr(score, "dtype", None), "kind", "") == "f"


def elsewhere(domain: Domain, paths: Sequence[Path]) -> Iterator[tuple[Path, Mapping[int, Money]]]:
    """Further points, each with its path: between two paths, where a fact of the first ends, and in other sizes."""
    known = [path for path in paths if path.point]
    allowed = admissible(domain)
    sizes = [factor for factor in _SIZES if factor < 1 or domain.upper is None]
    found: list[Mapping[int, Money]] = [
        {v: factor * x for v, x in path.point.items()}
        for path in known[:: -(-len(known) // SCALED) or 1]
        for factor in sizes
    ]
    pairs = list(permutations(known, 2)) if len(known) ** 2 < 2 * PAIRS else _some_pairs(known)
    for place, (first, second) in enumerate(pairs):
        factor = (Fraction(1), *sizes)[place % (1 + len(sizes))]
        here, there = first.point, second.point
        found += [
            {v: factor * (here[v] + share * (there[v] - here[v])) for v in here}
            for share in _shares(first, there, place)
        ]
    for fractional in found:
        point = {v: math.floor(x) if domain.whole else simplest(Fraction(x)) for v, x in fractional.items()}
        scale = math.lcm(*(x.denominator for x in point.values()))
        whole = {v: int(x * scale) for v, x in point.items()}  # fractions would take ten times as long
        for path in paths if all(half_space.holds_at(point) for half_space in allowed) else ():
            atoms = (half_space._replace(constant=half_space.constant * scale) for half_space in path.atoms)
            if all(half_space.holds_at(whole) for half_space in atoms):
                yield path, point


def _some_pairs(paths: Sequence[Path]) -> list[tuple[Path, Path]]:
    """Pairs from all over, the same every time."""
    step = math.isqrt(len(paths)) + 1
    return [(paths[(step * k) % len(paths)], paths[(2 * step * k + k + 1) % len(paths)]) for k in range(PAIRS)]


def _shares(path: Path, target: Mapping[int, Money], turn: int) -> Iterator[Fraction]:
    """How far to go from the path's point to another one: part of the way, and to where two of its facts end."""
    yield Fraction(2, 3)
    ends: set[Fraction] = set()
    for half_space in path.atoms:
        here, there = (sum(c * point[v] for v, c in half_space.terms) for point in (path.point, target))
        if there > -half_space.constant >= here:
            ends.add(Fraction(-half_space.constant - here) / (there - here))
    ranked = sorted(ends)
    chosen = {ranked[place % len(ends)] for place in (turn, -1 - turn)} if ends else set()
    yield from (
        share * (1 + much) for share in sorted(chosen) for much in (0, -_LITTLE, _LITTLE) if share * (1 + much) <= 1
    )
