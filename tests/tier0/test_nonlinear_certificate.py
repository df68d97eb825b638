"""What a certificate says where z3 is trusted, and what the checker makes of it: PARTLY, never more."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from mechanisms.allocation.proportional_share import proportional_share
from mechanisms.allocation.quadratic_menu import quadratic_menu
from verifier import checker
from verifier.audit import ENGINES, Finished, audit
from verifier.certificate import seal
from verifier.properties import PROPERTIES
from verifier.reporting import html
from verifier.resources import reports_dir
from verifier.spec import parse_spec

ROOT = str(Path(__file__).parents[2])
SCHEMA = json.loads((reports_dir() / "schema" / "certificate-v1.schema.json").read_text("utf-8"))
SHARES = ("proportional_share", proportional_share, {"agents": 2, "values": "0..2"})
MENU = ("quadratic_menu", quadratic_menu, {"agents": 1, "values": "0..1 step 1/2", "upper": 1})


def certificate(subject, **expected):
    name, mechanism, domain = subject
    table = {
        "title": name,
        "subject": {"call": f"mechanisms.allocation.{name}:{name}"},
        "domain": {"kind": "divisible", **domain},
        "claim": [
            {"property": prop.replace("_", "-"), "engine": "symbolic", "expect": verdict}
            for prop, verdict in expected.items()
        ],
    }
    spec = parse_spec(table, name=name, properties=PROPERTIES, engines=ENGINES)
    *_, finished = audit(spec, target=mechanism)
    assert isinstance(finished, Finished)
    return finished.certificate


def check(written):
    def in_this_process(question, seeds):
        return [checker.answer(question) for _ in seeds]

    return checker.check(written, [ROOT], fresh=in_this_process)


def changed(written, **entries):
    body = copy.deepcopy({key: value for key, value in written.items() if key not in ("format", "version", "sha256")})
    body["claims"][0].update(entries)
    return seal(body)


@pytest.fixture(scope="module")
def shares():
    return certificate(SHARES, no_deficit="SUPPORTED", dsic="REFUTED", efficient="REFUTED", monotone="EXHAUSTED")


@pytest.fixture(scope="module")
def menu():
    return certificate(MENU, dsic="SUPPORTED", efficient="REFUTED")


def test_what_z3_supports_is_partly_checked_and_what_it_refutes_is_confirmed(shares, menu):
    statuses = [(report["claim"], report["verdict"], report["status"]) for report in check(shares) + check(menu)]
    assert statuses == [
        ("no-deficit", "SUPPORTED", "PARTLY"),
        ("dsic", "REFUTED", "CONFIRMED"),
        ("efficient", "REFUTED", "CONFIRMED"),
        ("monotone", "SUPPORTED", "PARTLY"),
        ("dsic", "SUPPORTED", "PARTLY"),
        ("efficient", "REFUTED", "CONFIRMED"),
    ]
    assert "z3 is trusted here" in check(menu)[0]["reasons"][0]


def test_the_certificate_names_the_solver_and_fits_the_schema(shares, menu):
    for written in (shares, menu):
        Draft202012Validator(SCHEMA).validate(written)
    assert [claim["met"] for claim in shares["claims"]] == [True, True, True, False]  # a gate may ask for more
    assert menu["claims"][0]["reason"].startswith("trusted solver: z3 ")
    assert menu["claims"][0]["proof"] is None
    assert menu["claims"][1]["regret"] is None


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ({"verdict": "PROVED", "reason": None, "proof": {"families": [[]]}}, "PROVED without an exploration"),
        ({"verdict": "EXHAUSTED", "reason": None}, "exploring a program cannot give EXHAUSTED"),
        ({"reason": None}, "reason: only for ERROR and UNKNOWN and SUPPORTED"),
        ({"proof": {"families": []}}, "proof: only for PROVED"),
        ({"regret": []}, "regret: only where truthfulness is refuted on a box"),
    ],
)
def test_a_supported_claim_cannot_pass_for_more(menu, entries, reason):
    report = check(changed(menu, **entries))[0]
    assert report["status"] == "REJECTED"
    assert report["reasons"] == [reason]


def test_support_for_what_the_grid_refutes_is_rejected():
    honest = certificate(SHARES, ex_post_ir="REFUTED")
    trusted = "trusted solver: z3"
    forged = changed(honest, verdict="SUPPORTED", expect="SUPPORTED", witness=None, reason=trusted)
    report = check(forged)[0]
    assert (report["status"], report["reasons"]) == ("REJECTED", ["the grid has a violation, or a fault"])


def test_a_refutation_with_another_margin_or_outcome_is_rejected():
    honest = certificate(SHARES, ex_post_ir="REFUTED")
    assert check(honest)[0]["status"] == "CONFIRMED"
    witness = honest["claims"][0]["witness"]
    assert check(changed(honest, witness={**witness, "margin": "-7"}))[0]["status"] == "REJECTED"
    draws = [{**witness["runs"][0]["draws"][0], "allocation": ["0", "0"]}]
    (value,) = witness["runs"][0]["bids"][witness["agents"][0]]
    other = {**witness, "runs": [{**witness["runs"][0], "draws": draws}], "margin": f"-{value}"}
    report = check(changed(honest, witness=other))[0]
    assert report["status"] == "REJECTED"
    assert "the subject does something else" in report["reasons"][0]


def test_a_share_above_the_whole_is_infeasible_for_the_checker_too():
    written = {"kind": "divisible", "agents": ["a", "b"], "types": [[["0"]]] * 2, "upper": None, "amounts": "reals"}
    domain = checker.Domain(written)
    half = checker.Fraction(1, 2)
    assert [domain.slack(shares) for shares in ([half, half], [1, half], [-half, 1], [0, half])] == [0, -half, -half, 0]
    assert list(domain.alternatives()) == [(1, 0), (0, 1)]


def test_reports_say_that_it_is_not_proved(shares, menu):
    page = html.page(menu)
    assert "Supported, not proved: trusted solver: z3 " in page
    assert "one divisible good" in page
    assert "of the good" in html.page(shares)
