"""Who bids nothing and gets nothing might as well have stayed away: by theory, by hand, and under the checker."""

from __future__ import annotations

import copy

import pytest
from in_process import drained, in_this_process

from mechanisms.auctions import single_item, slots
from mechanisms.flawed import relations
from verifier import checker
from verifier.adapters import load
from verifier.adapters.absence import dispensable, observe_without
from verifier.audit import ENGINES, Finished, audit
from verifier.certificate import seal
from verifier.domains import parse_domain
from verifier.engines.exhaustive import ExhaustiveSession
from verifier.errors import SpecError
from verifier.evidence import Verdict
from verifier.properties import PROPERTIES, find_property
from verifier.spec import parse_spec, subject_from_json

ONE = {"kind": "single-item", "agents": 3, "values": "0..3"}
SLOTS = {"kind": "slots", "agents": 2, "values": "0..2", "click_rates": [2, 1]}


def certified(mechanism, domain=None, names=("null-bidder",), **subject):
    table = {
        "title": "under test",
        "subject": {"call": f"{mechanism.__module__}:{mechanism.__name__}", **subject},
        "domain": domain or ONE,
        "claim": [{"property": name} for name in names],
    }
    spec = parse_spec(table, name="test", properties=PROPERTIES, engines=ENGINES)
    (done,) = [event for event in audit(spec, target=mechanism) if isinstance(event, Finished)]
    return done.certificate


def judged(certificate):
    return [(one["verdict"], one["status"]) for one in checker.check(certificate, fresh=in_this_process)]


def two_slots(bids):
    return slots.vcg(bids, [2, 1])


def two_bids_or_no_sale(bids):
    if len(bids) < 2:
        return [0] * len(bids), [0] * len(bids)
    return single_item.second_price(bids)


def fails_alone(bids):
    if len(bids) < 2:
        raise ValueError("alone")
    return single_item.second_price(bids)


def charges_everybody(bids):
    return [0] * len(bids), [1] * len(bids)


def oversells_to_one(bids):
    return ([2], [0]) if len(bids) == 1 else ([0] * len(bids), [0] * len(bids))


@pytest.mark.parametrize(
    ("mechanism", "domain", "more"),
    [
        (single_item.second_price, ONE, {}),
        (single_item.first_price, ONE, {}),
        (single_item.second_price, ONE, {"arguments": {"reserve": 2}}),
        (two_slots, SLOTS, {}),
    ],
)
def test_auctions_in_which_a_bid_of_zero_is_no_bid(mechanism, domain, more):
    assert judged(certified(mechanism, domain, **more)) == [("EXHAUSTED", "CONFIRMED")]


def test_a_reserve_that_rises_with_the_crowd_is_refuted_by_hand():
    """Three bids: the reserve is 2, two bids: 1. A single bid of 1 is sold to only where one bidder stays away."""
    certificate = certified(relations.reserve_for_a_crowd)
    assert judged(certificate) == [("REFUTED", "CONFIRMED")]
    witness = certificate["claims"][0]["witness"]
    assert [run["bids"] for run in witness["runs"]] == [[["0"], ["0"], ["1"]]] * 2
    assert [run["draws"][0]["allocation"] for run in witness["runs"]] == [["0", "0", "0"], ["0", "0", "1"]]
    assert (witness["agents"], witness["margin"]) == ([0], "-2")  # the item and its price


@pytest.mark.parametrize("mechanism", [charges_everybody, two_bids_or_no_sale])
def test_what_depends_on_how_many_take_part_is_refuted(mechanism):
    domain = {**ONE, "agents": 2} if mechanism is two_bids_or_no_sale else ONE
    assert judged(certified(mechanism, domain)) == [("REFUTED", "CONFIRMED")]


def test_smaller_runs_without_an_outcome_are_left_out_and_counted():
    for mechanism in (fails_alone, oversells_to_one):
        certificate = certified(mechanism, {**ONE, "agents": 2})
        (claim,) = certificate["claims"]
        assert claim["verdict"] == "ERROR"
        assert claim["table"]["skipped"] == 8
        assert judged(certificate) == [("ERROR", "CONFIRMED")]


def fails_at_a_tie_of_nothing(bids):
    if len(bids) == 2 and not any(bids):
        raise ValueError("nobody bids")
    return single_item.second_price(bids)


def test_profiles_without_an_outcome_are_left_out_too():
    certificate = certified(fails_at_a_tie_of_nothing, {**ONE, "agents": 2})
    assert certificate["claims"][0]["table"]["skipped"] == 2
    assert judged(certificate) == [("ERROR", "CONFIRMED")]


class ThirdTime:
    """Second price that fails from its third pass over the grid on."""

    def __init__(self):
        self.calls = 0

    def run(self, bids):
        self.calls += 1
        if self.calls > 2 * 4:  # the grid and the sample of it in reverse order
            raise ValueError("worn out")
        return single_item.second_price(bids)


def test_a_subject_that_fails_when_the_grid_is_run_again_is_an_error():
    table = {"call": "nobody.there:run"}
    domain = parse_domain({**ONE, "agents": 2, "values": "0..1"})
    deciding = ExhaustiveSession(load(subject_from_json(table), domain, ThirdTime().run), importable=False).decide(
        find_property("null-bidder"), 0
    )
    finding = drained(deciding)
    assert finding.verdict is Verdict.ERROR
    assert finding.reason == "the subject failed when it was run again: crash (ValueError: worn out)"


def falsified(certificate, change):
    altered = copy.deepcopy(certificate)
    change(altered["claims"][0])
    return seal({key: one for key, one in altered.items() if key not in ("format", "version", "sha256")})


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda claim: claim["table"]["rows"][0].update(cases=15), "should have"),
        (lambda claim: claim["witness"].update(agents=[2]), "does not report zero"),
        (lambda claim: claim["witness"]["runs"][1].update(bids=[["0"], ["1"], ["0"]]), "a repetition of other bids"),
        (
            lambda claim: [
                claim["witness"]["runs"][1]["draws"][0].update(payments=["0", "0", "0"]),
                claim["witness"].update(margin="-1"),
            ],
            "the subject does something else",
        ),
    ],
)
def test_falsified_certificates_are_refused(change, why):
    certificate = certified(relations.reserve_for_a_crowd)
    (report,) = checker.check(falsified(certificate, change), fresh=lambda question, seeds: [])
    assert report["status"] == "REJECTED"
    assert any(why in one for one in report["reasons"])


@pytest.mark.parametrize(
    ("domain", "engine", "why"),
    [
        ({**ONE, "agents": 1}, "exhaustive", "needs two agents, one of whom can report zero"),
        ({**ONE, "values": [1, 2]}, "exhaustive", "needs two agents, one of whom can report zero"),
    ],
)
def test_where_nobody_can_be_left_out_it_is_not_defined(domain, engine, why):
    table = {
        "title": "t",
        "subject": {"call": "a:b"},
        "domain": domain,
        "claim": [{"property": "null-bidder", "engine": engine}],
    }
    with pytest.raises(SpecError, match=why):
        parse_spec(table, name="t", properties=PROPERTIES, engines=ENGINES)


def test_the_checker_asks_for_two_agents_too():
    certificate = certified(single_item.second_price, {**ONE, "agents": 2})
    alone = copy.deepcopy(certificate)
    for key in ("agents", "types"):
        alone["domain"][key] = alone["domain"][key][:1]
    (report,) = checker.check(
        seal({key: one for key, one in alone.items() if key not in ("format", "version", "sha256")})
    )
    assert report["status"] == "REJECTED"


def test_nobody_is_left_out_of_an_auction_of_one_and_slots_have_no_share_for_nobody():
    assert dispensable(parse_domain({**ONE, "agents": 1})) == []
    assert dispensable(parse_domain({**ONE, "agents": ["a", "b"], "values": {"a": [0, 1], "b": [1]}})) == [0]
    domain = parse_domain(SLOTS)
    table = {"call": "mechanisms.auctions.slots:vcg", "arguments": {"click_rates": [2, 1]}}
    outcome = observe_without(load(subject_from_json(table), domain), ((0,), (2,)), 0)
    assert outcome.draws[0].shares == (None, 0)


@pytest.mark.parametrize("engine", ["search", "sampling"])
def test_other_engines_leave_it_to_the_grid(engine):
    table = {
        "title": "t",
        "subject": {"call": "mechanisms.auctions.single_item:second_price"},
        "domain": ONE,
        "claim": [{"property": "null-bidder", "engine": engine}],
    }
    spec = parse_spec(table, name="t", properties=PROPERTIES, engines=ENGINES)
    (done,) = [event for event in audit(spec, target=single_item.second_price) if isinstance(event, Finished)]
    assert done.certificate["claims"][0]["verdict"] == "UNKNOWN"
