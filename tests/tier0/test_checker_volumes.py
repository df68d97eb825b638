"""The checker on claims that were searched or sampled: counts, bounds, witnesses, and the sample drawn again."""

from __future__ import annotations

import copy
import importlib
from fractions import Fraction
from math import comb

import pytest
from in_process import in_this_process

from mechanisms.auctions import single_item
from mechanisms.flawed import participation, protocol, winners
from verifier import checker
from verifier.audit import ENGINES, Finished, audit
from verifier.certificate import seal
from verifier.engines.base import Limits
from verifier.properties import PROPERTIES
from verifier.spec import parse_spec

SINGLE = {"kind": "single-item", "agents": 2, "values": "0..3"}
LIMITS = Limits(examples=300, samples=60)


def certified(mechanism, *claims, domain=SINGLE, limits=LIMITS, **subject):
    table = {
        "title": "under test",
        "subject": {"call": f"{mechanism.__module__}:{mechanism.__name__}", **subject},
        "domain": domain,
        "claim": [dict(zip(("property", "engine", "tolerance"), claim, strict=False)) for claim in claims],
    }
    spec = parse_spec(table, name="test", properties=PROPERTIES, engines=ENGINES)
    arguments = subject.get("arguments", {})
    target = (lambda bids: mechanism(bids, **arguments)) if arguments else mechanism
    (done,) = [event for event in audit(spec, limits=limits, target=target) if isinstance(event, Finished)]
    return done.certificate


def reports(certificate):
    return checker.check(certificate, fresh=in_this_process)


def resealed(certificate):
    return seal({key: one for key, one in certificate.items() if key not in ("format", "version", "sha256")})


def changed(certificate, *path, to):
    made = copy.deepcopy(certificate)
    *steps, last = path
    place = made
    for step in steps:
        place = place[step]
    place[last] = to
    return resealed(made)


def said(certificate):
    (one,) = reports(certificate)
    return one["status"], " ".join(one["reasons"])


SEARCHED = certified(single_item.second_price, ("dsic", "search"))
SAMPLED = certified(single_item.second_price, ("dsic", "sampling"))
SEEN = certified(single_item.first_price, ("dsic", "sampling"))
FOUND = certified(single_item.first_price, ("dsic", "search"))


def test_a_search_that_met_nothing_is_partly_checked_and_a_sample_is_drawn_again():
    assert said(SEARCHED) == (checker.PARTLY, checker.SEARCHED)
    assert said(SAMPLED) == (checker.CONFIRMED, "")


def test_refutations_are_run_again():
    for certificate in (FOUND, SEEN):
        assert certificate["claims"][0]["verdict"] == "REFUTED"
        assert said(certificate) == (checker.CONFIRMED, "")


@pytest.mark.parametrize(
    ("prop", "mechanism", "domain", "subject"),
    [
        ("feasible", winners.tie_sold_twice, SINGLE, {}),
        ("no-deficit", single_item.second_price, SINGLE, {}),
        ("ex-post-ir", single_item.all_pay, SINGLE, {}),
        ("efficient", winners.tie_unsold, SINGLE, {}),
        ("anonymous", winners.incumbent_favoured, SINGLE, {}),
        ("envy-free", single_item.all_pay, SINGLE, {}),
        ("pairwise-strategyproof", single_item.all_pay, SINGLE, {}),
        ("revenue-monotone", participation.rebate_for_a_crowd, {**SINGLE, "agents": 3}, {}),
        ("false-name-proof", single_item.first_price, {**SINGLE, "agents": 3}, {}),
        ("no-free-riding", participation.guaranteed_item,
         {"kind": "unit-demand", "items": 2, "agents": 3, "values": "0..2"}, {"arguments": {"items": 2}}),
        ("consumer-sovereignty", participation.last_of_the_list, SINGLE, {}),
    ],
)  # fmt: skip
def test_every_quantifier_is_drawn_and_judged_as_the_engine_does(prop, mechanism, domain, subject):
    engines = ["sampling"] if prop == "consumer-sovereignty" else ["sampling", "search"]
    certificate = certified(mechanism, *((prop, engine) for engine in engines), domain=domain, **subject)
    for one in reports(certificate):
        assert one["status"] == checker.CONFIRMED or one["reasons"] == [checker.SEARCHED], one


@pytest.mark.parametrize("prop", ["false-name-proof", "no-free-riding", "revenue-monotone"])
def test_who_cannot_report_zero_has_no_case(prop):
    domain = {**SINGLE, "values": {"bidder 1": "0..2", "bidder 2": "1..3"}}
    certificate = certified(single_item.second_price, (prop, "sampling"), domain=domain)
    assert 0 < certificate["claims"][0]["estimate"]["cases"] <= 60
    assert said(certificate) == (checker.CONFIRMED, "")


def test_what_is_left_out_is_counted_again():
    certificate = certified(protocol.nan_without_rivals, ("ex-post-ir", "sampling"), ("ex-post-ir", "search"))
    assert [claim["verdict"] for claim in certificate["claims"]] == ["SUPPORTED"] * 2
    assert certificate["claims"][0]["estimate"]["failed"] > 0
    assert [one["status"] for one in reports(certificate)] == [checker.CONFIRMED, checker.PARTLY]
    silent = changed(certificate, "claims", 0, "reason", to=None)
    assert "reason: where something is undecided or was left out" in reports(silent)[0]["reasons"][0]


def test_what_is_undecided_is_confirmed_as_such():
    certificate = certified(single_item.second_price, ("deterministic", "search"), ("deterministic", "sampling"))
    for one in reports(certificate):
        assert one["status"] == checker.CONFIRMED
        assert one["reasons"] == ["undecided: nothing is claimed, so there is nothing to confirm"]


def test_beside_a_claim_about_the_grid_a_search_is_held_to_it():
    certificate = certified(single_item.second_price, ("feasible",), ("dsic", "search"), ("dsic", "sampling"))
    assert [one["status"] for one in reports(certificate)] == ["CONFIRMED", "PARTLY", "CONFIRMED"]
    lying = copy.deepcopy(certified(single_item.first_price, ("feasible",), ("dsic", "search")))
    lying["claims"][1] |= {"verdict": "SUPPORTED", "met": False, "witness": None, "worst": None}
    assert "has a violation" in reports(resealed(lying))[1]["reasons"][0]


def rare(bids):
    """Second price, but the winner pays 100 where both bid 99: one profile of ten thousand."""
    allocation, payments = single_item.second_price(bids)
    return allocation, [100 if paid and min(bids) == 99 else paid for paid in payments]


def test_what_a_sample_misses_and_the_grid_shows_is_refuted():
    domain = {"kind": "single-item", "agents": 2, "values": "0..99"}
    claims = ("feasible",), ("ex-post-ir", "sampling")
    certificate = certified(rare, *claims, domain=domain)
    claim = certificate["claims"][1]
    assert (claim["verdict"], claim["estimate"]["violations"], claim["table"]) == ("REFUTED", 0, None)
    assert claim["witness"]["margin"] == "-1"
    checker.check_volume(certificate, claim, checker.Domain(certificate["domain"]))
    alone = certified(rare, claims[1], domain=domain)
    assert alone["claims"][0]["verdict"] == "SUPPORTED"  # which is what a sample can say


DAMAGES = [
    (SAMPLED, ("claims", 0, "estimate", "violations"), 1, "estimate.violations: not what the verdict says"),
    (SAMPLED, ("claims", 0, "estimate", "violations"), 61, "impossible counts"),
    (SAMPLED, ("claims", 0, "estimate", "failed"), 5, "impossible counts"),
    (SAMPLED, ("claims", 0, "estimate", "drawn"), 61, "not the budget of samples"),
    (SAMPLED, ("claims", 0, "estimate", "cases"), 0, "decided without a case"),
    (SAMPLED, ("claims", 0, "estimate", "seed"), 1, "not that of the certificate"),
    (SAMPLED, ("claims", 0, "estimate", "confidence"), "1", "not between 0 and 1"),
    (SAMPLED, ("claims", 0, "estimate", "at_most"), "1/100", "estimate.at_most: not the bound"),
    (SAMPLED, ("claims", 0, "estimate", "at_most"), "1", "estimate.at_most: not the bound"),
    (SAMPLED, ("claims", 0, "estimate", "upper"), "1/3", "estimate.upper: not the bound"),
    (SAMPLED, ("claims", 0, "estimate", "upper"), "2", "estimate.upper: not the bound"),
    (SAMPLED, ("claims", 0, "estimate", "lower"), "1/1000", "estimate.lower: not the bound"),
    (SAMPLED, ("claims", 0, "estimate", "anytime"), "1/100", "estimate.anytime: not the bound"),
    (SAMPLED, ("claims", 0, "estimate", "anytime"), "1", "estimate.anytime: not the bound"),
    (SAMPLED, ("claims", 0, "estimate", "kind"), "search", "estimate.kind is none of sampling"),
    (SAMPLED, ("claims", 0, "estimate"), None, "estimate: where something was decided"),
    (SAMPLED, ("claims", 0, "regret"), [], "table, proof and regret: of other engines"),
    (SAMPLED, ("claims", 0, "reason"), "a text", "reason: where something is undecided"),
    (SEARCHED, ("claims", 0, "estimate", "cases"), 301, "more than the budget of examples"),
    (SEARCHED, ("claims", 0, "estimate", "targeted"), 301, "more than the budget of examples"),
    (SEARCHED, ("method", "evaluated"), 16, "no claim is about the grid"),
    (FOUND, ("claims", 0, "worst"), None, "worst: only for REFUTED, and always there"),
    (SEEN, ("claims", 0, "estimate", "violations"), 0, "estimate.violations: not what the verdict says"),
    (SEEN, ("seed",), 1, "not that of the certificate"),
]  # fmt: skip


@pytest.mark.parametrize(("certificate", "path", "to", "why"), DAMAGES)
def test_what_does_not_follow_from_the_counts_is_rejected(certificate, path, to, why):
    status, reasons = said(changed(certificate, *path, to=to))
    assert status == checker.REJECTED
    assert why in reasons


def test_verdicts_and_properties_that_an_engine_cannot_give_are_rejected():
    grand = copy.deepcopy(SEARCHED)
    grand["claims"][0] |= {"verdict": "EXHAUSTED", "met": True}
    assert "a part of the cases cannot give EXHAUSTED" in said(resealed(grand))[1]
    menus = copy.deepcopy(SEARCHED)
    law = checker.LAWS["consumer-sovereignty"]
    menus["claims"][0] |= {"id": "consumer-sovereignty", "property": "consumer-sovereignty"}
    menus["claims"][0] |= {"statement": law.statement, "formula": law.formula}
    assert "a search says nothing about menus" in said(resealed(menus))[1]
    grid = certified(single_item.second_price, ("dsic",))
    grid["claims"][0]["estimate"] = None
    assert "estimate: only of a search or a sample" in said(resealed(grid))[1]


def test_the_worst_witness_has_to_be_the_worse_one():
    made = certified(single_item.first_price, ("dsic", "sampling"), limits=Limits(samples=400))
    claim = made["claims"][0]
    assert Fraction(claim["worst"]["margin"]) < Fraction(claim["witness"]["margin"])
    claim["witness"], claim["worst"] = claim["worst"], claim["witness"]
    assert "the worst witness is not the worse one" in said(resealed(made))[1]


def test_other_counts_with_the_bounds_that_fit_them_are_found_out_by_drawing_again():
    other = certified(single_item.second_price, ("dsic", "sampling"))
    fewer = copy.deepcopy(SAMPLED)
    estimate = fewer["claims"][0]["estimate"]
    estimate |= {"cases": 59, "failed": 1}
    fewer["claims"][0]["reason"] = "one was left out"
    for key, level in (("at_most", Fraction(1, 20)), ("upper", Fraction(1, 40))):
        share = 1 - Fraction(estimate[key])
        while (share - Fraction(1, 10**6)) ** 59 <= level < share**59 or share**59 > level:
            share -= Fraction(1, 10**6)
        estimate[key] = str(1 - share)
    good = Fraction(estimate["anytime"])
    while not checker.outweighed(59, 0, 1 - good, Fraction(1, 20)):
        good += Fraction(1, 10**6)
    estimate["anytime"] = str(good)
    assert said(resealed(fewer)) == (checker.REJECTED, "estimate.cases should be 60")
    assert other == SAMPLED  # the same seed, the same sample


def test_another_outcome_at_a_witness_is_found_out():
    made = copy.deepcopy(FOUND)
    for key in ("witness", "worst"):
        made["claims"][0][key]["runs"][1]["draws"][0]["payments"][0] = "-5"
    witnesses = [made["claims"][0][key] for key in ("witness", "worst")]
    for witness in witnesses:
        first, second = witness["runs"]
        agent = witness["agents"][0]
        value = Fraction(first["bids"][agent][0])
        gained = []
        for run in (first, second):
            draw = run["draws"][0]
            gained.append(value * Fraction(draw["allocation"][agent]) - Fraction(draw["payments"][agent]))
        witness["margin"] = str(gained[0] - gained[1])
    status, why = said(resealed(made))
    assert status == checker.REJECTED
    assert "the subject does something else" in why or "margin" in why


def test_an_interrupted_refutation_has_no_estimate():
    made = copy.deepcopy(SEEN)
    made["interrupted"] = True
    made["claims"][0]["estimate"] = None
    assert said(resealed(made)) == (checker.CONFIRMED, "")


def test_the_tail_of_the_binomial_is_the_sum_of_its_terms():
    for trials in (1, 5, 9):
        for least in range(trials + 1):
            terms = sum(comb(trials, j) * 2**j * 3 ** (trials - j) for j in range(least, trials + 1))
            assert checker.upper_weight(least, trials, 2, 3) == terms


MOODY = """
import os
CALLS = []

def run(bids):
    CALLS.append(bids)
    return [1, 0], [len(CALLS) if "MOODY" in os.environ else 0, 0]
"""


def test_a_subject_that_does_not_repeat_itself_supports_nothing(tmp_path, monkeypatch):
    (tmp_path / "moody_auction.py").write_text(MOODY)
    monkeypatch.syspath_prepend(tmp_path)
    certificate = certified(importlib.import_module("moody_auction").run, ("feasible", "search"))
    assert said(certificate) == (checker.PARTLY, checker.SEARCHED)
    monkeypatch.setenv("MOODY", "yes")
    status, why = said(certificate)
    assert status == checker.REJECTED
    assert "does not repeat itself" in why
