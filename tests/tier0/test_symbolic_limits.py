"""Budgets, interruptions, workers: nothing is proved past them, what was seen counts, no answer changes."""

from __future__ import annotations

import json
import sys

import pytest

from mechanisms.auctions import single_item
from verifier import checker
from verifier.adapters import Subject
from verifier.audit import ENGINES, Finished, audit
from verifier.domains import parse_domain
from verifier.engines.base import Limits
from verifier.engines.symbolic import SymbolicSession, crew, proving
from verifier.engines.symbolic import session as session_module
from verifier.engines.symbolic.oracle import Oracle, OracleFailed, QueryBudget, SharedOracle
from verifier.evidence import Verdict
from verifier.library import certify
from verifier.properties import PROPERTIES, find_property
from verifier.spec import SubjectSpec, parse_spec

SETTING = {"kind": "single-item", "agents": 3, "values": "0..1", "engine": "symbolic"}


def session_of(run, **limits):
    domain = parse_domain({"kind": "single-item", "agents": 3, "values": "0..1"})
    return SymbolicSession(Subject(SubjectSpec("subject:run"), domain, run), importable=False, limits=Limits(**limits))


def decide(session, name="dsic"):
    deciding = session.decide(find_property(name), 0)
    while True:
        try:
            next(deciding)
        except StopIteration as end:
            return end.value


def only(certificate):
    (claim,) = certificate["claims"]
    return claim


def checked(certificate):
    (report,) = checker.check(json.loads(json.dumps(certificate)))
    return report["status"]


def late_product(bids):
    """A first-price auction that multiplies bids where bidder 3 wins, which is found out on a late path."""
    winner = bids.index(max(bids))
    price = max(bids) if winner < 2 else bids[0] * bids[1] * bids[2] / 8
    return [int(agent == winner) for agent in range(3)], [price if agent == winner else 0 for agent in range(3)]


def test_past_the_budget_of_paths_what_was_seen_may_refute_and_never_proves():
    known = "mechanisms.auctions.single_item:"
    refuted = certify(known + "first_price", "dsic", max_paths=2, **SETTING)
    assert only(refuted)["verdict"] == "REFUTED"
    assert only(refuted)["regret"] is None
    assert (refuted["budget"]["paths"], refuted["exploration"]["paths"]) == (2, 0)
    assert refuted["exploration"]["stopped"] == "after 2 paths: more than 2 paths (--max-paths)"
    assert checked(refuted) == "CONFIRMED"
    open_ = certify(known + "second_price", "dsic", max_paths=2, **SETTING)
    assert only(open_)["verdict"] == "UNKNOWN"
    assert only(open_)["reason"] == "after 2 paths: more than 2 paths (--max-paths); no violation on these paths"
    assert checked(open_) == "CONFIRMED"
    assert only(certify(known + "second_price", "dsic", max_paths=12, **SETTING))["verdict"] == "PROVED"


def test_what_is_refused_on_a_late_path_leaves_refutations_of_the_earlier_ones(monkeypatch):
    monkeypatch.setattr(session_module, "is_for_z3", lambda *_: False)
    session = session_of(late_product)
    assert decide(session).verdict is Verdict.REFUTED
    found = decide(session, "no-deficit")
    assert found.verdict is Verdict.UNKNOWN
    assert found.reason.startswith("after 2 paths: the product of two symbolic numbers, in late_product, line ")
    assert found.reason.endswith("; no violation on these paths")


def test_a_path_that_numbers_do_not_take_refutes_nothing():
    """On symbols it overcharges, with numbers it does not: nothing was replayed when the budget ran out."""

    def two_faced(bids):
        won, paid = single_item.second_price(bids)
        return won, paid if all(hasattr(bid, "numerator") for bid in bids) else [price + 1 for price in paid]

    found = decide(session_of(two_faced, paths=2), "ex-post-ir")
    assert found.verdict is Verdict.UNKNOWN


def test_on_some_paths_a_solver_that_gives_up_leaves_the_first_reason(monkeypatch):
    session = session_of(single_item.first_price, paths=2)

    def gives_up(*_):
        raise OracleFailed("no idea")
        yield

    monkeypatch.setattr(session_module, "prove", gives_up)
    assert decide(session).reason == "after 2 paths: more than 2 paths (--max-paths)"


def test_questions_to_the_solver_are_counted():
    oracle = Oracle(most=1)
    assert oracle.point([], [0]) == {0: 0}
    with pytest.raises(QueryBudget, match=r"more than 1 questions to the solver \(--max-queries\)"):
        oracle.point([], [0])
    assert oracle.another().point([], [0]) == {0: 0}


def test_past_the_budget_of_questions_nothing_is_decided():
    slots = {"kind": "slots", "click_rates": ["1", "1/2"], "agents": 3, "values": "0..1", "engine": "symbolic"}
    subject = {"arguments": {"click_rates": [{"money": "1"}, {"money": "1/2"}]}}
    vcg = "mechanisms.auctions.slots:vcg"
    decided = certify(vcg, "efficient", subject=subject, **slots)
    assert only(decided)["verdict"] == "PROVED"
    undecided = certify(vcg, "efficient", subject=subject, max_queries=1, **slots)
    assert only(undecided)["verdict"] == "UNKNOWN"
    assert only(undecided)["reason"] == "more than 1 questions to the solver (--max-queries)"
    assert undecided["budget"]["queries"] == 1


def test_a_refutation_stands_where_the_regret_is_not_found(monkeypatch):
    def gives_up(*_):
        raise OracleFailed("no idea")

    monkeypatch.setattr(session_module, "regrets", gives_up)
    certificate = certify("mechanisms.auctions.single_item:first_price", "dsic", upper=1, **SETTING)
    assert (only(certificate)["verdict"], only(certificate)["regret"]) == ("REFUTED", None)
    assert checked(certificate) == "CONFIRMED"


@pytest.mark.parametrize("numbers", ["float", "decimal"])
def test_other_numbers_than_exact_ones_are_not_explored(numbers):
    call = "mechanisms.auctions.single_item:second_price"
    found = only(certify(call, "dsic", subject={"numbers": numbers}, **SETTING))
    assert found["verdict"] == "UNKNOWN"
    assert found["reason"] == (
        f'only exact numbers are explored, not {numbers}; set numbers = "exact" if the code takes int and Fraction'
    )


def interrupted_at(path, auction):
    """An auction during whose run on that path somebody presses Ctrl-C."""
    runs = []

    def impatient(bids):
        if hasattr(bids[0], "coefficients"):
            runs.append(bids)
            if len(runs) == path:
                raise KeyboardInterrupt
        return auction(bids)

    return impatient


def audited(run, *properties):
    """The certificate of a function that is never imported."""
    table = {
        "title": "t",
        "subject": {"call": "subject:run"},
        "domain": {"kind": "single-item", "agents": 3, "values": "0..1"},
        "claim": [{"property": name, "engine": "symbolic"} for name in properties],
    }
    last = list(audit(parse_spec(table, name="t", properties=PROPERTIES, engines=ENGINES), target=run))[-1]
    assert isinstance(last, Finished)
    return last.certificate


def test_ctrl_c_leaves_what_was_explored_to_refute_and_never_to_prove():
    session = session_of(interrupted_at(3, single_item.second_price))
    with pytest.raises(KeyboardInterrupt):
        decide(session)
    assert session.method()["stopped"] == "after 2 paths: interrupted"
    truthful = audited(interrupted_at(3, single_item.second_price), "dsic", "dsic", "deterministic")
    assert truthful["interrupted"]
    assert {claim["verdict"] for claim in truthful["claims"]} == {"UNKNOWN"}
    assert [claim["reason"] for claim in truthful["claims"]] == [
        *["interrupted after 2 paths; no violation on these paths"] * 2,
        "interrupted before it was decided",
    ]
    assert truthful["exploration"]["stopped"] == "after 2 paths: interrupted"
    refuted = audited(interrupted_at(3, single_item.first_price), "no-deficit", "dsic")
    assert [claim["verdict"] for claim in refuted["claims"]] == ["UNKNOWN", "REFUTED"]
    for certificate in (truthful, refuted):
        assert certificate["exploration"]["paths"] == 0
        checked_alone(certificate)


def checked_alone(certificate):
    """The subject is not to be had, so that nothing but what is written can be looked at."""
    reports = checker.check(json.loads(json.dumps(certificate)))
    assert {report["status"] for report in reports} == {"PARTLY"}, reports


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        (1, "interrupted before it was decided"),
        (2, "interrupted after 1 path; no violation on these paths"),
    ],
)
def test_ctrl_c_on_an_early_path(when, reason):
    assert only(audited(interrupted_at(when, single_item.second_price), "dsic"))["reason"] == reason


def test_after_ctrl_c_nobody_waits_long(monkeypatch):
    """Few paths are looked at, with few questions to the solver in all; a second Ctrl-C ends that too."""
    auction = single_item.second_price
    monkeypatch.setattr(session_module, "MOST_PATHS_LEFT", 1)
    reason = only(audited(interrupted_at(3, auction), "dsic"))["reason"]
    assert reason == "interrupted after 2 paths; no violation on the first 1 of them"
    monkeypatch.setattr(session_module, "MOST_QUERIES_LEFT", 0)
    half = lambda bids: ([0] * 3, [bids[0] + bids[1] - bids[2] if max(bids) == bids[2] else -bids[0]] * 3)  # noqa: E731
    assert only(audited(interrupted_at(3, half), "no-positive-transfers"))["reason"] == "interrupted after 2 paths"

    def gives_up(*_):
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(session_module, "prove", gives_up)
    assert only(audited(interrupted_at(3, auction), "dsic"))["reason"] == "interrupted before it was decided"


def test_one_budget_of_questions_may_be_shared():
    oracle = SharedOracle(most=1)
    assert oracle.another().point([], [0]) == {0: 0}
    with pytest.raises(QueryBudget):
        oracle.another().point([], [0])


# workers


@pytest.fixture
def hurried(monkeypatch):
    """A crew is called at once."""
    monkeypatch.setattr(proving, "PATIENCE", -1)


@pytest.mark.parametrize(("name", "verdict"), [("dsic", "REFUTED"), ("efficient", "PROVED"), ("anonymous", "PROVED")])
def test_workers_change_nothing(hurried, name, verdict):
    first_price = "mechanisms.auctions.single_item:first_price"
    one, two = (certify(first_price, name, upper=1, workers=workers, **SETTING) for workers in (1, 2))
    assert one == two
    assert only(two)["verdict"] == verdict


def test_a_crew_is_asked_again_for_the_next_property_and_ends_with_the_audit(hurried):
    session = session_of(single_item.second_price, workers=2)
    assert decide(session, "efficient").verdict is Verdict.PROVED
    children = list(session._crew._children)
    assert decide(session, "dsic").verdict is Verdict.PROVED
    assert session._crew._children == children
    assert [child.poll() for child in children] == [None, None]
    session.close()
    assert all(child.poll() is not None for child in children)
    assert decide(session, "dsic").verdict is Verdict.PROVED  # started again
    session.close()


def test_a_child_that_dies_leaves_the_claim_undecided(hurried, monkeypatch):
    session = session_of(single_item.second_price, workers=2)
    monkeypatch.setattr(crew.Crew, "_started", lambda self: crew.subprocess.Popen(
        [sys.executable, "-c", "pass"], stdin=crew.subprocess.PIPE, stdout=crew.subprocess.PIPE))  # fmt: skip
    found = decide(session, "efficient")
    assert found.verdict is Verdict.UNKNOWN
    assert found.reason.startswith("a process that proved a part of this ended (")
    session.close()


def test_a_small_proof_calls_nobody():
    session = session_of(single_item.second_price, workers=2)
    assert decide(session, "efficient").verdict is Verdict.PROVED
    assert session._crew._children == []
