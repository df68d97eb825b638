"""The checker on claims that compare a run with the one at all reports changed by a rule: doubled, or raised by one."""

from __future__ import annotations

import copy
import importlib

import pytest
from in_process import in_this_process

from mechanisms.auctions import lotteries, single_item
from mechanisms.flawed import protocol, relations
from verifier import checker
from verifier.audit import ENGINES, Finished, audit
from verifier.certificate import seal
from verifier.properties import PROPERTIES
from verifier.spec import parse_spec

NAMES = ("scale-invariant", "translation-invariant")
RANDOMISED = {"returns": {"randomised": True}}


def certified(mechanism, *, values="0..4", engine="exhaustive", names=NAMES, agents=2, **subject):
    table = {
        "title": "under test",
        "subject": {"call": f"{mechanism.__module__}:{mechanism.__name__}", **subject},
        "domain": {"kind": "single-item", "agents": agents, "values": values},
        "claim": [{"property": name, "engine": engine} for name in names],
    }
    spec = parse_spec(table, name="test", properties=PROPERTIES, engines=ENGINES)
    (done,) = [event for event in audit(spec, target=mechanism) if isinstance(event, Finished)]
    return done.certificate


def judged(certificate):
    reports = checker.check(certificate, fresh=in_this_process)
    return [(one["verdict"], one["status"]) for one in reports]


def resealed(certificate):
    return seal({key: one for key, one in certificate.items() if key not in ("format", "version", "sha256")})


@pytest.mark.parametrize("values", ["0..4", "0..2 step 1/2"])
def test_second_price_knows_no_currency_and_no_origin(values):
    assert judged(certified(single_item.second_price, values=values)) == [("EXHAUSTED", "CONFIRMED")] * 2
    lottery = certified(lotteries.second_price, values=values, agents=3, **RANDOMISED)
    assert judged(lottery) == [("EXHAUSTED", "CONFIRMED")] * 2


def test_discounts_do():
    assert judged(certified(relations.flat_discount)) == [("REFUTED", "CONFIRMED")] * 2
    percent = certified(relations.discount_in_percent)
    assert judged(percent) == [("EXHAUSTED", "CONFIRMED"), ("REFUTED", "CONFIRMED")]
    assert percent["claims"][1]["worst"]["margin"] == "-1/10"


@pytest.mark.parametrize("engine", ["search", "sampling"])
def test_searched_and_sampled_too(engine):
    assert judged(certified(relations.flat_discount, engine=engine)) == [("REFUTED", "CONFIRMED")] * 2


def test_losing_bids_decide_nothing_in_an_auction_and_something_in_a_guessing_game():
    names = ["losers-irrelevant"]
    assert judged(certified(single_item.second_price, names=names)) == [("EXHAUSTED", "CONFIRMED")]
    lottery = certified(lotteries.second_price, values="0..1 step 1/2", agents=3, names=names, **RANDOMISED)
    assert judged(lottery) == [("EXHAUSTED", "CONFIRMED")]
    for engine in ("exhaustive", "search", "sampling"):
        certificate = certified(relations.nearest_to_the_average, agents=3, names=names, engine=engine)
        assert judged(certificate) == [("REFUTED", "CONFIRMED")]
    assert judged(certified(protocol.nan_without_rivals, names=names)) == [("ERROR", "CONFIRMED")]


def test_a_grid_that_is_left_by_every_change_has_no_case():
    certificate = certified(single_item.second_price, values=[1, 3, 7])
    assert judged(certificate) == [("UNKNOWN", "CONFIRMED")] * 2
    assert certificate["claims"][0]["table"]["rows"] == []
    sampled = certified(single_item.second_price, values=[1, 3, 7], engine="sampling")
    assert judged(sampled) == [("UNKNOWN", "CONFIRMED")] * 2


def test_runs_without_an_outcome_are_left_out():
    certificate = certified(protocol.nan_without_rivals)
    assert judged(certificate) == [("ERROR", "CONFIRMED")] * 2
    assert certificate["claims"][0]["table"]["skipped"] > 0


CAPPED = """
def run(bids):
    if max(bids) > 3:
        raise ValueError("more than there is")
    winner = bids.index(max(bids))
    return [int(agent == winner) for agent in range(2)], [min(bids) * (agent == winner) for agent in range(2)]
"""


def test_an_image_without_an_outcome_is_left_out_too(tmp_path, monkeypatch):
    (tmp_path / "capped_auction.py").write_text(CAPPED)
    monkeypatch.syspath_prepend(tmp_path)
    certificate = certified(importlib.import_module("capped_auction").run)
    assert judged(certificate) == [("ERROR", "CONFIRMED")] * 2
    # of the nine profiles that can be doubled five have a 2; of the sixteen that can be raised seven a 3
    assert [claim["table"]["skipped"] for claim in certificate["claims"]] == [5, 7]


def test_the_second_run_of_a_witness_has_to_be_at_the_image():
    certificate = copy.deepcopy(certified(relations.flat_discount, names=["scale-invariant"]))
    for key in ("witness", "worst"):
        certificate["claims"][0][key]["runs"][1]["bids"] = [["0"], ["0"]]
    (report,) = checker.check(resealed(certificate), fresh=in_this_process)
    assert report["reasons"] == ["the second run of a transform is not at its image"]


def test_a_table_with_another_number_of_cases_is_rejected():
    certificate = copy.deepcopy(certified(single_item.second_price, names=["scale-invariant"]))
    (row,) = certificate["claims"][0]["table"]["rows"]
    assert row["cases"] == 9  # 0, 1 and 2 can be doubled
    row["cases"] = 10
    (report,) = checker.check(resealed(certificate), fresh=in_this_process)
    assert report["reasons"] == ["the table should have 9 cases"]
