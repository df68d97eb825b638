"""What isolation costs: profiles per second of a mechanism here and in processes of its own, side by side.

Prints profiles per second for a trivial mechanism (goals: 100,000 here, 50,000 isolated), the ratio of times for one
that takes 50 microseconds (goal: below 1.5), and how long an audit of a second-price auction with three bidders and
eleven values takes, with the time to its first verdict (goals: 5 s, 1 s).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence

from verifier.adapters import Subject, load
from verifier.adapters.bridge import BridgedSubject, isolated
from verifier.audit import Decided
from verifier.domains import parse_domain
from verifier.sheets.asked import Asked
from verifier.sheets.conduct import Heard, conduct
from verifier.spec import SubjectSpec

DOMAIN = parse_domain({"kind": "single-item", "agents": 3, "values": "0..45"})  # 97,336 profiles


def trivial(bids: Sequence[int]) -> tuple[list[int], list[int]]:
    """The first bidder gets it for nothing."""
    return [1, 0, 0], [0, 0, 0]


def slow(bids: Sequence[int]) -> tuple[list[int], list[int]]:
    """The same after 50 microseconds."""
    over = time.perf_counter_ns() + 50_000
    while time.perf_counter_ns() < over:
        pass
    return [1, 0, 0], [0, 0, 0]


def seconds(subject: Subject, profiles: Iterable[tuple[tuple[int, ...], ...]]) -> float:
    """The best of three runs over the profiles."""
    kept = list(profiles)
    times = []
    for _ in range(3):
        started = time.perf_counter()
        for _answer in subject.observe_many(kept):
            pass
        times.append(time.perf_counter() - started)
    return min(times)


def both(name: str, count: int) -> tuple[float, float]:
    """Seconds here and isolated for the first profiles of the domain."""
    spec = SubjectSpec(f"isolation:{name}", root=str(__file__).rpartition("/")[0])
    profiles = [profile for profile, _ in zip(DOMAIN.profiles(), range(count), strict=False)]
    walled = isolated(spec, DOMAIN)
    try:
        return seconds(load(spec, DOMAIN), profiles), seconds(walled, profiles)
    finally:
        if isinstance(walled, BridgedSubject):
            walled.close()


def audit_times() -> tuple[float, float]:
    """Seconds to the first verdict and to the end of an audit."""
    subject = {"call": "mechanisms.auctions.single_item:second_price", "bids": "list", "returns": {}}
    asked = Asked("second", subject, {"kind": "single-item", "agents": 3, "values": "0..10"})
    started, first = time.perf_counter(), 0.0
    for happening in conduct(asked):
        if not first and isinstance(happening, Heard) and isinstance(happening.event, Decided):
            first = time.perf_counter() - started
    return first, time.perf_counter() - started


def main() -> int:
    """Print the figures."""
    size = DOMAIN.size()
    for name, count in (("trivial", size), ("slow", 20_000)):
        here, walled = both(name, count)
        speeds = f"{count / here:10,.0f} profiles/s here  {count / walled:10,.0f} isolated"
        print(f"{name:<8}  {speeds}  ratio {walled / here:.2f}")
    first, whole = audit_times()
    print(f"audit     first verdict {first:.2f} s, all {whole:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
