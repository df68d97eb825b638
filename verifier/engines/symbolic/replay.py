"""The bridge from proxies to numbers, guarded: every path is run again on the unmodified code with real numbers.

A subject can tell a symbolic number from an int or a float (`isinstance`, `type`, a swallowed TypeError), and it can
depend on hash order. So the point of every path is given to the real code as exact numbers, as Fractions, and as floats
where doubles hold it, then once more in fresh processes under several hash seeds; each run has to return just what the
path predicts.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from itertools import product

from verifier.adapters import ProtocolFault, Subject
from verifier.adapters.faults import Answer
from verifier.adapters.fresh import HASH_SEEDS, fresh_processes, in_words
from verifier.domains import Domain, Outcome, Profile
from verifier.engines.base import Step
from verifier.engines.symbolic.contracts import elsewhere
from verifier.engines.symbolic.leaves import Path, form_of
from verifier.engines.symbolic.numbers import Linear
from verifier.errors import VerifierError
from verifier.exact import Money, size

KINDS = ("exact", "fraction", "float")
MOST_CORNERS = 1_000
MOST_FAR = 100
MOST_DOUBLE = 2**53  # past it doubles are no longer all the integers, and a bid less 1 may be the bid
SIZES = (2**31, 2**53, 2**62, 2**70)  # past which machine numbers wrap, round or end
_EVERY = 500  # paths between two progress reports


@dataclass(slots=True)
class Replays:
    """How many paths were run again with each kind of number, how many of these rounded, and the first disagreement."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    rounded: int = 0
    hash_seeds: tuple[int, ...] = ()
    disagreement: str | None = None


def replay(subject: Subject, paths: tuple[Path, ...], *, importable: bool) -> Generator[Step, None, Replays]:
    """Run every path's point on the real code; a path without one is left out.

    Many are run at a corner too, where bids tie: what depends on a set's order often does so there alone. Some are run
    at large amounts: what wraps at 64 bits, or rounds, is right at small ones. Contracts are tested at more points.
    """
    points: list[tuple[Path, Mapping[int, Money]]] = [(path, path.point) for path in paths if path.point]
    points += corners(subject.domain, paths)
    points += far_away(subject.domain, paths)
    if subject.spec.contracts:
        points += elsewhere(subject.domain, paths)
    told = [(profile_at(subject, point), outcome_at(path.outcome, point)) for path, point in points]
    return (yield from compare(subject, told, importable=importable))


def corners(domain: Domain, paths: Sequence[Path]) -> Iterator[tuple[Path, Mapping[int, Money]]]:
    """Paths from all over with a point at which bids are equal, as far as the path allows."""
    variables = range(len(domain.agents) * domain.dimension)
    for path in paths[:: -(-len(paths) // MOST_CORNERS) or 1]:
        point = path.knowledge.bounds.corner(variables, whole=domain.whole)
        if point != path.point and all(half_space.holds_at(point) for half_space in path.atoms):
            yield path, point


def far_away(domain: Domain, paths: Sequence[Path]) -> Iterator[tuple[Path, Mapping[int, Money]]]:
    """Paths from all over with points and corners among large amounts, as far as paths and domain have them."""
    variables = range(len(domain.agents) * domain.dimension)
    for path, far in product(paths[:: -(-len(paths) // MOST_FAR) or 1], SIZES):
        for find in (path.knowledge.bounds.point, path.knowledge.bounds.corner):
            point = find(variables, whole=domain.whole, size=far)
            if max(point.values()) >= far and all(half_space.holds_at(point) for half_space in path.atoms):
                yield path, point


def compare(
    subject: Subject, told: Sequence[tuple[Profile, Outcome]], *, importable: bool, kinds: Sequence[str] = KINDS
) -> Generator[Step, None, Replays]:
    """Run the real code on profiles with the outcomes that are predicted; keep the first disagreement."""
    replays = Replays(hash_seeds=HASH_SEEDS if importable else ())
    profiles, predictions = [profile for profile, _ in told], [predicted for _, predicted in told]
    with fresh_processes(subject.spec, subject.domain, profiles, replays.hash_seeds) as children:
        runners = {kind: subject.with_numbers(kind) for kind in KINDS}
        for place, (profile, predicted) in enumerate(told):
            if place % _EVERY == 0:
                yield Step("paths replayed", place, len(told))
            for kind in [kind for kind in _kinds(subject, profile) if kind in kinds]:
                seen = _observed(runners[kind], profile)
                replays.counts[kind] += 1
                if kind == "float" and seen != predicted and isinstance(seen, Outcome) and _close(seen, predicted):
                    replays.rounded += 1
                elif seen != predicted and replays.disagreement is None:
                    replays.disagreement = _complaint(subject, profile, f"given as {kind} numbers", seen, predicted)
        for child in children:
            for profile, predicted, seen in zip(profiles, predictions, child.answers(), strict=True):
                if seen != predicted and replays.disagreement is None:
                    how = f"in a fresh process under PYTHONHASHSEED={child.hash_seed}"
                    replays.disagreement = _complaint(subject, profile, how, seen, predicted)
    return replays


def _observed(runner: Subject, profile: Profile) -> Answer:
    try:
        with redirect_stdout(sys.stderr):
            return runner.observe(profile)
    except ProtocolFault as fault:
        return fault.kind, fault.message
    except VerifierError as error:  # a symbolic number that it kept from the exploration
        return "crash", str(error)


def _complaint(subject: Subject, profile: Profile, how: str, seen: Answer, predicted: Outcome) -> str:
    bids = ", ".join(map(str, subject.domain.bids(profile)))
    large = any(amount >= SIZES[0] for report in profile for amount in report)
    mend = "; if no bid is ever so large, declare the largest value as `upper`" if large else ""
    return f"at bids ({bids}), {how}: {in_words(seen)}; explored: {in_words(predicted)}{mend}"


def profile_at(subject: Subject, point: Mapping[int, Money], renamed: Mapping[int, int] | None = None) -> Profile:
    """The profile of types at a point; `renamed` says where the run's variables are in it."""
    names, d = renamed or {}, subject.domain.dimension
    return tuple(
        tuple(point[names.get(i * d + c, i * d + c)] for c in range(d)) for i in range(len(subject.domain.agents))
    )


def outcome_at(outcome: Outcome, point: Mapping[int, Money]) -> Outcome:
    """The outcome of a path at a point of it."""
    return Outcome(
        tuple(replace(draw, payments=tuple(value_at(p, point) for p in draw.payments)) for draw in outcome.draws)
    )


def value_at(payment: Money | Linear, point: Mapping[int, Money]) -> Money:
    """A payment at a point."""
    terms, constant = form_of(payment)
    return sum((c * point[v] for v, c in terms), constant)


def _kinds(subject: Subject, profile: Profile) -> Iterator[str]:
    if subject.spec.numbers != "exact":
        return
    yield "exact"
    yield "fraction"
    if all(amount < MOST_DOUBLE and float(amount) == amount for report in profile for amount in report):
        yield "float"


def _close(seen: Outcome, predicted: Outcome) -> bool:
    """Whether only payments differ, and those by no more than a rounding."""
    if len(seen.draws) != len(predicted.draws):
        return False
    for one, other in zip(seen.draws, predicted.draws, strict=True):
        if one.shares != other.shares:
            return False
        for paid, due in zip(one.payments, other.payments, strict=True):
            if size(paid - due) * 2**46 > max(size(paid), size(due)):
                return False
    return True
