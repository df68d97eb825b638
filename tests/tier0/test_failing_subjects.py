"""A subject that fails everywhere is an ERROR to every engine; one that fails somewhere is judged on the rest."""

from __future__ import annotations

import json

import pytest

from verifier import checker
from verifier.audit import ENGINES, audit
from verifier.engines.base import Limits
from verifier.properties import PROPERTIES
from verifier.reporting.reading import read
from verifier.reporting.words import checked, verdict
from verifier.spec import parse_spec


def second_price(bids):
    winner = max(range(len(bids)), key=bids.__getitem__)
    return [int(one == winner) for one in range(2)], [min(bids) * (one == winner) for one in range(2)]


def raises(bids):
    raise RuntimeError("not today")


def leaves(bids):
    raise SystemExit(0)


def says_nothing(bids):
    return None


def sells_twice(bids):
    return [1, 1], [0, 0]


def refuses_ties(bids):
    if bids[0] == bids[1]:
        raise RuntimeError("a tie")
    return second_price(bids)


def first_price_without_ties(bids):
    if bids[0] == bids[1]:
        raise RuntimeError("a tie")
    winner = max(range(len(bids)), key=bids.__getitem__)
    return [int(one == winner) for one in range(2)], [bids[one] * (one == winner) for one in range(2)]


EVERYWHERE = (raises, leaves, says_nothing, sells_twice)


def decided(target, engine, *claims):
    table = {
        "title": "t",
        "subject": {"call": "x:y"},
        "domain": {"kind": "single-item", "agents": 2, "values": "0..3", "upper": 3},
        "claim": [{"property": name, "engine": engine} for name in claims or ("dsic", "ex-post-ir", "no-deficit")],
    }
    spec = parse_spec(table, name="t", properties=PROPERTIES, engines=ENGINES)
    *_, last = audit(spec, target=target, limits=Limits(examples=150, samples=50))
    return json.loads(json.dumps(last.certificate))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("target", EVERYWHERE)
def test_who_fails_at_every_profile_is_an_error_and_nothing_holds(target, engine):
    claims = decided(target, engine)["claims"]
    assert {claim["verdict"] for claim in claims} == {"ERROR"}
    assert all("valid outcome" in claim["reason"] for claim in claims)


def test_the_checker_finds_no_fault_in_such_an_error():
    certificate = decided(raises, "symbolic")
    reports = checker.check(certificate)  # without the subject at hand
    assert {report["status"] for report in reports} == {"PARTLY"}


def test_what_is_infeasible_everywhere_is_still_refuted_as_infeasible():
    (claim,) = decided(sells_twice, "symbolic", "feasible")["claims"]
    assert claim["verdict"] == "REFUTED"


@pytest.mark.parametrize(
    ("engine", "expected", "says"),
    [
        (
            "exhaustive",
            "ERROR",
            "56 cases have no valid outcome; first at bids (0, 0): crash, RuntimeError: a tie",
        ),
        ("symbolic", "UNKNOWN", "does not run on symbolic bids: RuntimeError: a tie"),
        ("search", "SUPPORTED", "had no valid outcome and were left out; first at bids (0, 0): crash"),
        ("sampling", "SUPPORTED", "had no valid outcome and were left out; first at bids ("),
    ],
)
def test_a_property_that_is_judged_on_the_profiles_that_did_return_says_so(engine, expected, says):
    certificate = decided(refuses_ties, engine, "dsic")
    (claim,) = certificate["claims"]
    assert claim["verdict"] == expected
    assert says in claim["reason"]
    report = read(certificate)
    assert "a tie" in verdict(report, report.claims[0])
    if engine == "exhaustive":
        told = checked(report.claims[0])
        assert told.startswith("72 cases checked, none violated. 56 cases left out: the mechanism has no valid outcome")


@pytest.mark.parametrize("engine", ["exhaustive", "search", "sampling"])
def test_a_refutation_on_the_profiles_that_did_return_counts_those_that_did_not(engine):
    (claim,) = decided(first_price_without_ties, engine, "dsic")["claims"]
    assert claim["verdict"] == "REFUTED"
    left_out = claim["table"]["skipped"] if engine == "exhaustive" else claim["estimate"]["failed"]
    assert left_out > 0
