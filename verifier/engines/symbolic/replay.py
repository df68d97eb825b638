"""The bridge from proxies to numbers, guarded: every path is run again on the unmodified code with real numbers.

A subject can tell a symbolic number from an int or a float (`isinstance`, `type`, a swallowed TypeError). So the point
of every path is given to the real code as exact numbers, as ints where it is whole and as floats where a double holds
it; each run has to return just what the path predicts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from verifier.adapters import ProtocolFault, Subject
from verifier.domains import Outcome, Profile
from verifier.engines.symbolic.leaves import Path, form_of
from verifier.engines.symbolic.numbers import Linear
from verifier.exact import Money, size

KINDS = ("exact", "fraction", "float")


@dataclass(slots=True)
class Replays:
    """How many paths were run again with each kind of number, how many of these rounded, and the first disagreement."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    rounded: int = 0
    disagreement: str | None = None


def replay(subject: Subject, paths: tuple[Path, ...]) -> Replays:
    """Run every path's point on the real code; stop at the first disagreement."""
    replays = Replays()
    runners = {kind: Subject(replace(subject.spec, numbers=kind), subject.domain, subject.target) for kind in KINDS}
    for path in paths:
        profile = profile_at(subject, path.point)
        predicted = outcome_at(path.outcome, path.point)
        for kind in _kinds(subject, profile):
            try:
                seen: Outcome | ProtocolFault = runners[kind].observe(profile)
            except ProtocolFault as fault:
                seen = fault
            replays.counts[kind] += 1
            if seen == predicted:
                continue
            if kind == "float" and isinstance(seen, Outcome) and _close(seen, predicted):
                replays.rounded += 1
                continue
            bids = ", ".join(map(str, subject.domain.bids(profile)))
            replays.disagreement = f"at bids ({bids}) given as {kind} numbers: {_words(seen)}, explored: {_words(predicted)}"
            return replays
    return replays


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
    if all(float(amount) == amount for report in profile for amount in report):
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


def _words(seen: Outcome | ProtocolFault) -> str:
    if isinstance(seen, ProtocolFault):
        return str(seen)
    return " or ".join(f"{list(map(str, draw.shares))} for {list(map(str, draw.payments))}" for draw in seen.draws)
