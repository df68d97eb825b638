"""Claims about agents who only rank: verdicts that theory gives, least witnesses, and claims that have no meaning."""

from __future__ import annotations

from fractions import Fraction

import pytest

from verifier.audit import ENGINES, audit
from verifier.errors import SpecError
from verifier.library import certify
from verifier.properties import PROPERTIES
from verifier.spec import parse_spec

HALF = Fraction(1, 2)


def dictator(ballots):
    return ballots[0][0]


def last_of_the_first(ballots):
    return ballots[0][-1]


def coin(ballots):
    return [(HALF, ballot[0]) for ballot in ballots]


def coin_for_the_second_place(ballots):
    return [(HALF, ballots[0][0]), (HALF, ballots[0][1])]


def nobody(lists):
    return {}


def everybody_first(lists):
    return {agent: wishes[0] for agent, wishes in lists.items()}


def in_order(lists):
    taken, found = set(), {}
    for agent, wishes in lists.items():
        found[agent] = next((wish for wish in wishes if wish not in taken), None)
        taken.add(found[agent])
    return found


VOTES = {"kind": "voting", "agents": 2, "candidates": ["ada", "ben", "cho"]}
HOUSES = {"kind": "house-allocation", "agents": ["ann", "bob"], "objects": ["hut", "inn"]}
SIDES = {"kind": "matching", "proposers": ["ann"], "receivers": ["xia"], "preferences": "truncated"}


def verdicts(mechanism, domain, *properties, **subject):
    certificate = certify(mechanism, *properties, subject=subject, **domain)
    return {claim["id"]: claim["verdict"] for claim in certificate["claims"]}, certificate["claims"]


def test_without_names_all_properties_of_the_setting_are_decided():
    found, _ = verdicts(dictator, VOTES)
    assert {*found, "universally-truthful"} == {name for name, prop in PROPERTIES.items() if "voting" in prop.settings}


def test_a_dictator_is_truthful_efficient_and_ignores_majorities():
    found, _ = verdicts(dictator, {**VOTES, "agents": 3}, "dsic", "unanimous", "pareto-efficient", "condorcet")
    assert found == {
        "dsic": "EXHAUSTED",
        "unanimous": "EXHAUSTED",
        "pareto-efficient": "EXHAUSTED",
        "condorcet": "REFUTED",
    }


def test_electing_the_worst_is_refuted_by_the_first_case():
    found, claims = verdicts(last_of_the_first, VOTES, "dsic", "unanimous", "pareto-efficient")
    assert set(found.values()) == {"REFUTED"}
    assert [run["bids"] for run in claims[1]["witness"]["runs"]] == [[["3", "2", "1"], ["3", "2", "1"]]]
    assert claims[0]["worst"]["margin"] == "-2"


def test_a_coin_between_favourites_is_truthful_and_one_between_two_places_too():
    for lottery in (coin, coin_for_the_second_place):
        found, _ = verdicts(lottery, VOTES, "feasible", "sd-strategyproof", returns={"randomised": True})
        assert found == {"feasible": "EXHAUSTED", "sd-strategyproof": "EXHAUSTED"}


def swapped_coin(ballots):
    """The better a candidate is placed, the less likely it wins."""
    return [(Fraction(1, 3), ballots[0][0]), (Fraction(2, 3), ballots[0][1])]


def test_a_coin_that_favours_the_second_place_is_refuted_with_the_chance_that_is_lost():
    _, (claim,) = verdicts(swapped_coin, VOTES, "sd-strategyproof", returns={"randomised": True})
    assert claim["verdict"] == "REFUTED"
    assert claim["witness"]["margin"] == "-1/3"


def test_no_match_at_all_is_unstable_because_two_would_rather_have_each_other():
    found, (stable, rational) = verdicts(nobody, SIDES, "stable", "ex-post-ir", bids="dict")
    assert found == {"stable": "REFUTED", "ex-post-ir": "EXHAUSTED"}
    assert stable["witness"]["agents"] == [0, 1]
    assert stable["witness"]["alternative"] == ["0", "0"]
    assert [run["bids"] for run in stable["witness"]["runs"]] == [[["1"], ["1"]]]
    assert rational["witness"] is None


def forced(lists):
    return {"ann": "xia"}


def test_a_forced_match_breaks_stability_and_taking_part():
    found, (stable, _) = verdicts(forced, SIDES, "stable", "ex-post-ir", bids="dict")
    assert found == {"stable": "REFUTED", "ex-post-ir": "REFUTED"}
    assert stable["witness"]["alternative"] == [None, None]


def test_two_in_one_house_is_infeasible():
    found, _ = verdicts(everybody_first, HOUSES, "feasible", bids="dict")
    assert found == {"feasible": "REFUTED"}


def test_choosing_in_turn_is_envied_by_who_comes_later():
    found, (_, envy, _) = verdicts(in_order, HOUSES, "dsic", "envy-free", "stable", bids="dict")
    assert found == {"dsic": "EXHAUSTED", "envy-free": "REFUTED", "stable": "EXHAUSTED"}
    assert envy["witness"]["agents"] == [1, 0]


def decided(call, domain, claim, **subject):
    table = {"title": "t", "subject": {"call": call, **subject}, "domain": domain, "claim": [claim]}
    spec = parse_spec(table, name="t", properties=PROPERTIES, engines=ENGINES)
    *_, last = audit(spec, target=globals()[call.partition(":")[2]])
    return last.certificate["claims"][0]


def test_a_claim_about_some_agents_has_their_rows_alone():
    found = decided("here:dictator", VOTES, {"property": "dsic", "agents": ["voter 2"]})
    assert found["agents"] == ["voter 2"]
    assert found["statement"].endswith(" Claimed for voter 2 alone.")
    assert [row["agent"] for row in found["table"]["rows"]] == [1]
    assert found["table"]["truth_best"] == {"part": 36, "whole": 36}


def test_who_is_left_out_of_a_claim_may_lie():
    """The last of the first voter's list is elected: only that voter can gain."""
    verdicts = [
        decided("here:last_of_the_first", VOTES, {"property": "dsic", **more})["verdict"]
        for more in ({}, {"agents": ["voter 1"]}, {"agents": ["voter 2"]})
    ]
    assert verdicts == ["REFUTED", "REFUTED", "EXHAUSTED"]


@pytest.mark.parametrize(
    ("claim", "complaint"),
    [
        ({"property": "dsic", "agents": []}, "must be a list of names"),
        ({"property": "dsic", "agents": "voter 1"}, "must be a list of names"),
        ({"property": "dsic", "agents": ["voter 1", "voter 1"]}, "must be a list of names"),
        ({"property": "dsic", "agents": ["voter 3"]}, "'voter 3' is no agent"),
        ({"property": "unanimous", "agents": ["voter 1"]}, "not about one agent at a time"),
    ],
)
def test_a_restriction_that_means_nothing_is_refused(claim, complaint):
    with pytest.raises(SpecError) as caught:
        decided("here:dictator", VOTES, claim)
    assert complaint in str(caught.value)


def test_the_symbolic_engine_decides_for_all_agents():
    money = {"kind": "single-item", "agents": ["a", "b"], "values": "0..1"}
    with pytest.raises(SpecError, match="decides for all agents at once"):
        decided("here:dictator", money, {"property": "dsic", "agents": ["a"], "engine": "symbolic"})


@pytest.mark.parametrize(
    ("mechanism", "domain", "name", "subject", "complaint"),
    [
        (dictator, VOTES, "no-deficit", {}, "no-deficit is about money"),
        (dictator, VOTES, "stable", {}, "stable is about money, and here agents only rank"),
        (in_order, HOUSES, "condorcet", {"bids": "dict"}, "condorcet"),
        (dictator, {"kind": "single-item", "agents": 2, "values": "0..1"}, "stable", {}, "is defined for house"),
        (coin, VOTES, "dsic", {"returns": {"randomised": True}}, "claim sd-strategyproof instead"),
    ],
)
def test_a_claim_without_meaning_is_refused(mechanism, domain, name, subject, complaint):
    with pytest.raises(SpecError) as caught:
        certify(mechanism, name, subject=subject, **domain)
    assert complaint in str(caught.value)


def test_rankings_are_no_symbolic_numbers():
    with pytest.raises(SpecError, match="reports are rankings"):
        certify(dictator, "dsic", engine="symbolic", **VOTES)
