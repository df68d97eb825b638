"""Reports about agents who only rank: names in place of numbers, and sums that give the recorded margin."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from jsonschema import Draft202012Validator

from verifier.library import certify
from verifier.reporting import html
from verifier.reporting.coverage import grid_rows, setting
from verifier.reporting.findings import finding
from verifier.reporting.reading import read
from verifier.reporting.words import verdict
from verifier.reporting.worked import lines, work
from verifier.resources import reports_dir

LOTTERY = {"returns": {"randomised": True}}
VOTES = {"kind": "voting", "agents": 2, "candidates": ["ada", "ben", "cho"]}
HOUSES = {"kind": "house-allocation", "agents": ["ann", "bob"], "objects": ["hut", "inn"], "preferences": "truncated"}
SIDES = {"kind": "matching", "proposers": ["ann", "bob"], "receivers": ["xia", "yue"], "preferences": "truncated"}
OWNED = {**HOUSES, "preferences": "complete", "endowment": {"ann": "hut", "bob": "inn"}}


def last(ballots):
    return ballots[0][-1]


def swapped_coin(ballots):
    return [(Fraction(1, 3), ballots[0][0]), (Fraction(2, 3), ballots[0][1])]


def leave(lists):
    return {}


def first_wish(lists):
    return {agent: wishes[0] for agent, wishes in lists.items() if wishes}


def crowd(lists):
    return dict.fromkeys(lists, "hut")


def swap(lists):
    return {"ann": "inn", "bob": "hut"}


def marry(proposers, receivers):
    taken, found = set(), {}
    for name, wishes in proposers.items():
        found[name] = next((one for one in wishes if one not in taken), None)
        taken.add(found[name])
    return found


CASES = {
    "last": (last, VOTES, {}),
    "coin": (swapped_coin, VOTES, LOTTERY),
    "leave": (leave, HOUSES, {"bids": "dict"}),
    "crowd": (crowd, HOUSES, {"bids": "dict"}),
    "swap": (swap, OWNED, {"bids": "dict"}),
    "marry": (marry, SIDES, {"bids": "sides"}),
    "unmatched": (leave, {**SIDES, "preferences": "complete"}, {"bids": "dict"}),
}


@pytest.fixture(scope="module")
def reports():
    found = {}
    for name, (mechanism, domain, subject) in CASES.items():
        found[name] = certify(mechanism, subject=subject, **domain)
    return found


@pytest.mark.parametrize("name", CASES)
def test_the_sums_of_every_refutation_give_its_margin(name, reports):
    report = read(reports[name])
    for claim in report.claims:
        for witness in filter(None, (claim.witness, claim.worst)):
            worked = work(claim.property, report.domain, witness)
            assert worked.remarks == (), claim.id
            assert lines(worked)


@pytest.mark.parametrize("name", CASES)
def test_the_certificates_fit_the_schema(name, reports):
    schema = json.loads((reports_dir() / "schema" / "certificate-v1.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(json.loads(json.dumps(reports[name])))


@pytest.mark.parametrize("name", CASES)
def test_a_page_can_be_made_of_every_certificate(name, reports):
    page = html.page(reports[name])
    assert "<svg" not in page or "regret" in page
    assert "between grid points" not in page.partition("<h2")[0]


def test_findings_name_partners_candidates_and_houses(reports):
    def said(name, prop):
        report = read(reports[name])
        claim = next(one for one in report.claims if one.property == prop)
        return finding(prop, report.domain, claim.witness)

    assert said("last", "unanimous") == "cho is elected in place of ada"
    assert said("last", "dsic").startswith("voter 1 gains 1 place by reporting ")
    assert said("coin", "sd-strategyproof").startswith("voter 1 is 1/3 more likely to get something as good")
    assert said("leave", "stable") == "ann would rather have hut"
    assert (
        said("leave", "pareto-efficient") == "another feasible allocation is better for somebody and worse for nobody"
    )
    assert said("swap", "ex-post-ir") == "ann reports the truth and ends 1 place worse off"
    assert said("swap", "envy-free") == "ann likes what bob has better, by 1 place"
    assert said("marry", "ex-post-ir") == "xia reports the truth and ends 1 place worse off"
    assert said("unmatched", "stable") == "ann would rather have xia and xia would rather have ann"
    assert "is given to at most 1" in said("crowd", "feasible")


def test_the_setting_is_told_in_words_and_reports_as_rankings(reports):
    told = {name: setting(read(certificate).domain) for name, certificate in reports.items()}
    assert told["last"] == "2 agents who rank 3 candidates"
    assert told["leave"] == "2 agents who rank 2 objects"
    assert told["swap"] == "2 agents who rank 2 objects, each owned by an agent"
    assert told["marry"] == "2 proposers and 2 receivers to be matched by their rankings"
    report = read(reports["marry"])
    assert grid_rows(report.domain)[0] == ("ann", "rankings of some of xia and yue", 5)
    claim = next(one for one in report.claims if one.property == "ex-post-ir")
    assert "at the reports (nothing, xia, nothing, nothing)" in verdict(report, claim)


def test_what_holds_is_said_of_the_rankings_that_are_listed(reports):
    report = read(reports["swap"])
    claim = next(one for one in report.claims if one.property == "feasible")
    assert verdict(report, claim) == "True at every one of the 4 profiles of rankings that are listed."
