"""The sampling engine: the share of violations against exact counts, the bounds, and what is said where none is met."""

from __future__ import annotations

from fractions import Fraction

import pytest

from verifier.adapters import Subject
from verifier.domains import parse_domain
from verifier.engines.base import Limits
from verifier.engines.sampling import SamplingSession
from verifier.errors import TooLarge
from verifier.evidence import Verdict
from verifier.properties import find_property
from verifier.spec import SubjectSpec


def started(rule, *, seed=0, samples=2_000, **table):
    domain = parse_domain({"kind": "single-item", "agents": 2, "values": "0..4", **table})
    subject = Subject(SubjectSpec("subject:run"), domain, rule)
    return SamplingSession(subject, importable=False, limits=Limits(samples=samples), seed=seed)


def decided(session, prop, tolerance=0):
    deciding = session.decide(find_property(prop), tolerance)
    while True:
        try:
            next(deciding)
        except StopIteration as end:
            return end.value


def second(bids):
    winner = bids.index(max(bids))
    return [int(a == winner) for a in range(len(bids))], [
        sorted(bids)[-2] if a == winner else 0 for a in range(len(bids))
    ]


def charges_the_brave(bids):
    """Second price, but 1 more where the first bidder reports 4: a fifth of the profiles."""
    allocation, payments = second(bids)
    return allocation, [payments[0] + (bids[0] == 4), payments[1]]


def test_none_of_n_cases_leaves_at_most_the_root_of_one_in_twenty():
    found = decided(started(second, samples=400), "dsic")
    assert found.verdict is Verdict.SUPPORTED
    estimate = found.estimate
    assert (estimate["cases"], estimate["violations"], estimate["drawn"]) == (400, 0, 400)
    at_most = Fraction(estimate["at_most"])
    # (1 - p)^n = 1/20, rounded outwards to millionths
    assert (1 - at_most) ** 400 <= Fraction(1, 20) < (1 - at_most + Fraction(1, 10**6)) ** 400
    assert estimate["lower"] == "0"
    assert Fraction(estimate["upper"]) > at_most  # it errs on two sides
    assert Fraction(estimate["anytime"]) > at_most  # and this one at every time


def test_the_share_of_violations_lies_in_the_interval():
    found = decided(started(charges_the_brave), "ex-post-ir")
    assert found.verdict is Verdict.REFUTED
    lower, upper = Fraction(found.estimate["lower"]), Fraction(found.estimate["upper"])
    # of 50 cases (25 profiles, 2 agents) one breaks it: both bid 4, the first wins and pays 5
    assert lower <= Fraction(1, 50) <= upper
    assert found.witness.margin == found.worst.margin == -1
    assert [run.reports for run in found.witness.runs] == [((4,), (4,))]


def test_the_same_seed_draws_the_same_sample_and_another_one_does_not():
    def share(seed):
        return decided(started(charges_the_brave, seed=seed), "ex-post-ir").estimate["violations"]

    assert share(1) == share(1)
    assert len({share(seed) for seed in range(4)}) > 1


def test_what_fails_is_left_out_and_said():
    def rarely(bids):
        if min(bids) == 0:
            raise ValueError("nothing for nothing")
        return second(bids)

    found = decided(started(rarely), "feasible")
    assert found.verdict is Verdict.SUPPORTED
    assert found.estimate["failed"] + found.estimate["cases"] == 2_000
    assert "had no valid outcome and were left out" in found.reason

    def never(bids):
        raise ValueError("no")

    session = started(never)
    assert decided(session, "feasible").verdict is Verdict.ERROR
    assert session.faults
    assert session.method()["engine"] == "sampling"


def test_ties_are_no_case_of_anonymity_and_without_a_case_nothing_is_claimed():
    found = decided(started(second), "anonymous")
    assert 0 < found.estimate["cases"] < found.estimate["drawn"]
    none = decided(started(second, values=[1]), "anonymous")
    assert (none.verdict, none.reason) == (Verdict.UNKNOWN, "none of 2,000 draws is a case of the property")
    assert decided(started(second), "deterministic").verdict is Verdict.UNKNOWN


def test_a_subject_that_does_not_repeat_itself_is_an_error():
    calls = []

    def moody(bids):
        calls.append(bids)
        return [0] * len(bids), [len(calls)] * len(bids)

    assert decided(started(moody), "dsic").verdict is Verdict.ERROR


def test_an_interrupted_sample_keeps_its_violations_and_the_bound_that_holds_at_any_time():
    prop = find_property("ex-post-ir")
    session = started(second)
    assert session.interrupted(prop, 0).reason == "interrupted before it was decided"
    deciding = session.decide(prop, 0)
    for _ in range(3):
        step = next(deciding)
    assert (step.done, step.total) == (400, 2_000)
    found = session.interrupted(prop, 0)
    assert found.verdict is Verdict.UNKNOWN
    assert found.reason.startswith("interrupted; none of 400 cases is a violation, so that at most ")
    assert session.interrupted(find_property("dsic"), 0).reason == "interrupted before it was decided"
    session = started(charges_the_brave)
    deciding = session.decide(prop, 0)
    for _ in range(6):
        next(deciding)
    found = session.interrupted(prop, 0)
    assert (found.verdict, found.estimate) == (Verdict.REFUTED, None)


def test_more_draws_than_bounds_are_computed_for_are_refused():
    with pytest.raises(TooLarge, match="samples are asked for"):
        started(second, samples=20_001)


def test_the_simplest_violation_and_the_worst_are_kept():
    def pays_its_bid_and_more(bids):
        allocation, _ = second(bids)
        return allocation, [2 * bid if won else 0 for bid, won in zip(bids, allocation, strict=True)]

    found = decided(started(pays_its_bid_and_more), "ex-post-ir")
    assert found.witness.margin == -1
    assert found.worst.margin == -4
