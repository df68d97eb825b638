"""Properties about who takes part, on every kind of domain and on mechanisms that fail here and there.

What the engine says by tensors the checker has to find again by loops.
"""

from __future__ import annotations

import json

import pytest
from in_process import in_this_process

from verifier import checker
from verifier.library import certify

NAMES = ("revenue-monotone", "false-name-proof", "consumer-sovereignty", "no-free-riding")
GOODS = {"subject": {"arguments": {"goods": 2}}, "kind": "combinatorial", "goods": 2, "agents": 2, "values": "0..1"}
ITEMS = {"arguments": {"items": 2}}
TWO = {"subject": ITEMS, "kind": "unit-demand", "items": 2, "agents": 3, "values": "0..2"}
SLOTS = {"arguments": {"click_rates": [2, 1]}}


def decided(mechanism, **options):
    certificate = json.loads(json.dumps(certify(mechanism, *NAMES, **options)))
    assert {report["status"] for report in checker.check(certificate, fresh=in_this_process)} == {"CONFIRMED"}
    return {claim["id"]: claim for claim in certificate["claims"]}


@pytest.mark.parametrize(
    ("mechanism", "options"),
    [
        ("combinatorial:vcg", GOODS),
        (
            "k_items:k_plus_one_price",
            {"subject": ITEMS, "kind": "unit-demand", "items": 2, "agents": 3, "values": "0..2"},
        ),
        ("multi_unit:vickrey", {"subject": ITEMS, "kind": "multi-unit", "items": 2, "agents": 2, "values": "0..1"}),
        ("slots:vcg", {"subject": SLOTS, "kind": "slots", "click_rates": [2, 1], "agents": 3, "values": "0..2"}),
    ],
)
def test_mechanisms_of_every_kind_keep_what_theory_says(mechanism, options):
    """Two bidders for two goods cannot both be one, so that VCG shows no fault here."""
    found = decided(f"mechanisms.auctions.{mechanism}", **options)
    assert {claim["verdict"] for claim in found.values()} == {"EXHAUSTED"}


def crashing(bids):
    """A second-price auction of two that fails when the first bids 2 and the second 0."""
    if list(bids) == [2, 0]:
        raise RuntimeError("no")
    winner = int(bids[1] > bids[0])
    return [int(agent == winner) for agent in (0, 1)], [min(bids) if agent == winner else 0 for agent in (0, 1)]


def test_cases_without_an_outcome_are_left_out_and_counted():
    found = decided(crashing, kind="single-item", agents=2, values="0..2")
    assert {claim["verdict"] for claim in found.values()} == {"ERROR"}
    skipped = {name: claim["table"]["skipped"] for name, claim in found.items()}
    # revenue: with ann, and without bob beside his three reports; second names: ann's truth of 2 against nine lies, the
    # profile as a lie of her two other types and of bob's three; ann's menu beside a report of 0; bob as an idler
    assert skipped == {"revenue-monotone": 4, "false-name-proof": 14, "consumer-sovereignty": 1, "no-free-riding": 1}


def test_where_nobody_can_report_zero_nothing_is_decided():
    certificate = certify(crashing, *NAMES, kind="single-item", agents=2, values=[1, 2])
    verdicts = {claim["id"]: claim["verdict"] for claim in certificate["claims"]}
    assert verdicts.pop("consumer-sovereignty") == "EXHAUSTED"
    assert set(verdicts.values()) == {"UNKNOWN"}
    assert {
        report["status"] for report in checker.check(json.loads(json.dumps(certificate)), fresh=in_this_process)
    } == {"CONFIRMED"}
