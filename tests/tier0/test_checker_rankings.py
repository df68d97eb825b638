"""The checker where agents only rank: it confirms what is true, and refuses what was altered, key by key."""

from __future__ import annotations

import copy
import json
import sys

import pytest
from in_process import in_this_process
from sealing import altered, sealed

from verifier import checker
from verifier.audit import ENGINES, audit
from verifier.properties import PROPERTIES
from verifier.spec import parse_spec

SOURCE = """
from fractions import Fraction


def plurality(ballots):
    tops = [ballot[0] for ballot in ballots if ballot] or ["ada"]
    return max(["ada", "ben", "cho"], key=tops.count)


def of_three(one, two, three):
    return plurality((one, two, three))


def last(ballots):
    return ballots[0][-1]


def coin(ballots):
    return [(Fraction(1, 2), ballot[0]) for ballot in ballots]


def second_likelier(ballots):
    return [(Fraction(1, 3), ballots[0][0]), (Fraction(2, 3), ballots[0][1])]


def take(lists):
    taken, found = set(), {}
    for agent, wishes in lists.items():
        found[agent] = next((wish for wish in wishes if wish not in taken), None)
        taken.add(found[agent])
    return found


def take_in_a_row(lists):
    return list(take(dict(enumerate(lists))).values())


def leave(lists):
    return {}


def first_wish(proposers, receivers):
    return {name: next(iter(wishes), None) for name, wishes in proposers.items()}


def marry(proposers, receivers):
    pairs, taken = [], set()
    for name, wishes in proposers.items():
        other = next((one for one in wishes if one not in taken and name in receivers[one]), None)
        taken.add(other)
        pairs.append((name, other))
    return pairs


def marry_by_receiver(proposers, receivers):
    return {other: name for name, other in marry(proposers, receivers) if other is not None}


def rows(lists):
    return [0, None, None, 0]


def keep(lists):
    return {"ann": "hut", "bob": "inn"}


def swap(lists):
    return {"ann": "inn", "bob": "hut"}


def nonsense(lists):
    return RESULT


RESULT = 7
"""
VOTES = {"kind": "voting", "agents": 3, "candidates": ["ada", "ben", "cho"]}
SHORT = {**VOTES, "agents": 2, "preferences": "truncated"}
HOUSES = {"kind": "house-allocation", "agents": ["ann", "bob"], "objects": ["hut", "inn"]}
OWNED = {**HOUSES, "endowment": {"ann": "hut", "bob": "inn"}}
SCHOOLS = {
    **HOUSES,
    "capacities": [2, 1],
    "priorities": {"hut": ["bob", "ann"], "inn": ["bob", "ann"]},
    "preferences": "truncated",
}
SIDES = {"kind": "matching", "proposers": ["ann", "bob"], "receivers": ["xia", "yue"]}
UNEVEN = {"kind": "matching", "proposers": ["ann"], "receivers": ["xia", "yue"], "preferences": "truncated"}
LOTTERY = {"returns": {"randomised": True}}
CASES = {
    "plurality": ("plurality", VOTES, {}),
    "last": ("last", VOTES, {}),
    "short": ("plurality", SHORT, {"bids": "tuple"}),
    "of_three": ("of_three", VOTES, {"bids": "arguments"}),
    "coin": ("coin", VOTES, LOTTERY),
    "second": ("second_likelier", {**VOTES, "agents": 2}, LOTTERY),
    "houses": ("take", HOUSES, {"bids": "dict"}),
    "in_a_row": ("take_in_a_row", HOUSES, {"returns": {"allocation_as": "shares"}}),
    "schools": ("take", SCHOOLS, {"bids": "dict"}),
    "left": ("leave", SCHOOLS, {"bids": "dict"}),
    "owned": ("keep", OWNED, {"bids": "dict"}),
    "swapped": ("swap", OWNED, {"bids": "dict"}),
    "unowned": ("leave", OWNED, {"bids": "dict"}),
    "pairs": ("marry", SIDES, {"bids": "sides", "returns": {"allocation_as": "pairs"}}),
    "by_receiver": ("marry_by_receiver", UNEVEN, {"bids": "sides"}),
    "wishes": ("first_wish", UNEVEN, {"bids": "sides"}),
    "both_wish": ("first_wish", SIDES, {"bids": "sides"}),
    "rows": ("rows", SIDES, {"returns": {"allocation_as": "shares"}}),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("ranked")
    (made / "ranked_mechanisms.py").write_text(SOURCE)
    sys.path.append(str(made))
    yield made
    sys.path.remove(str(made))
    sys.modules.pop("ranked_mechanisms", None)


def check(certificate, folder):
    return checker.check(certificate, [str(folder)], fresh=in_this_process)


def audited(name, folder, claims=None):
    function, domain, subject = CASES[name]
    setting = domain["kind"]
    lottery = "returns" in subject and subject["returns"].get("randomised", False)
    claims = claims or [
        {"property": one}
        for one, prop in PROPERTIES.items()
        if setting in prop.settings and prop.over != "tapes" and (prop.lotteries or not lottery)
    ]
    table = {
        "title": name,
        "subject": {"call": f"ranked_mechanisms:{function}", **subject},
        "domain": domain,
        "claim": claims,
    }
    spec = parse_spec(table, name=name, properties=PROPERTIES, engines=ENGINES)
    import ranked_mechanisms

    *_, last = audit(spec, target=getattr(ranked_mechanisms, function))
    return json.loads(json.dumps(last.certificate))


@pytest.fixture(scope="module")
def certificates(folder):
    return {name: audited(name, folder) for name in CASES}


@pytest.mark.parametrize("name", CASES)
def test_what_the_audit_finds_out_is_confirmed(name, certificates, folder):
    reports = check(certificates[name], folder)
    assert [report for report in reports if report["status"] != "CONFIRMED"] == []


def test_the_cases_refute_every_property_of_rankings(certificates):
    found = {(c["property"], c["verdict"]) for one in certificates.values() for c in one["claims"]}
    kinds = {"house-allocation", "matching", "voting"}
    ranked = {name for name, prop in PROPERTIES.items() if prop.settings & kinds and prop.over != "tapes"}
    assert {name for name, verdict in found if verdict == "REFUTED"} == ranked - {"deterministic"}
    assert {verdict for _, verdict in found} >= {"EXHAUSTED", "REFUTED", "ERROR"}


BROKEN = [
    ("plurality", ("domain", "kind"), ["voting"], "is unknown"),
    ("plurality", ("domain", "candidates"), [], "nothing to rank"),
    ("plurality", ("domain", "candidates"), ["ada", "ada", "cho"], "share a name"),
    ("plurality", ("domain", "upper"), "3", "not of rankings"),
    ("plurality", ("domain", "agents"), ["a", "a", "b"], "must be distinct"),
    ("plurality", ("domain", "types", 0), [], "needs a grid"),
    ("plurality", ("domain", "types", 0, 0), ["3", "3", "1"], "is no ranking"),
    ("plurality", ("domain", "types", 0, 0), ["3", "2"], "is no ranking"),
    ("plurality", ("domain", "types", 0, 0), ["2", "3", "1"], "must be distinct"),
    ("plurality", ("domain", "types", 0, 0), ["2", "1", "0"], "is no ranking"),
    ("short", ("domain", "types", 0, 0), ["-1", "-1", "-1"], "is no ranking"),
    ("houses", ("domain", "capacities"), [1], "not one for each"),
    ("houses", ("domain", "capacities"), [1, 0], "not one for each"),
    ("houses", ("domain", "priorities"), [[0, 1]], "not for all objects"),
    ("houses", ("domain", "priorities"), [[0, 1], [0, 0]], "not orders of all agents"),
    ("houses", ("domain", "endowment"), [0], "not for all agents"),
    ("houses", ("domain", "endowment"), [0, 0], "more owners than"),
    ("houses", ("domain", "endowment"), [0, 5], "more owners than"),
    ("houses", ("domain", "endowment"), [0, 1], "is no ranking"),
    ("schools", ("domain", "endowment"), [0, 1], "owners rank everything"),
    ("pairs", ("domain", "proposers"), 4, "both sides need somebody"),
    ("pairs", ("domain", "proposers"), 0, "both sides need somebody"),
    ("by_receiver", ("domain", "types", 1, 0), ["-1", "1"], "is no ranking"),
    ("pairs", ("subject", "bids"), "numpy", "no such container"),
    ("plurality", ("subject", "bids"), "sides", "no such container"),
    ("plurality", ("subject", "returns", "allocation_as"), "pairs", "does not fit here"),
    ("plurality", ("subject", "returns", "payments_as"), "per-agent", "nobody pays"),
    ("plurality", ("subject", "returns", "randomised"), True, "for lotteries over rankings"),
    ("plurality", ("claims", 2, "property"), "stable", "has no meaning in this domain"),
    ("plurality", ("exploration",), "x", "exploration"),
]


@pytest.mark.parametrize(("name", "path", "value", "complaint"), BROKEN)
def test_a_setting_that_makes_no_sense_is_refused(name, path, value, complaint, certificates, folder):
    reports = check(altered(certificates[name], path, value), folder)
    assert {report["status"] for report in reports} == {"REJECTED"}
    assert complaint in reports[0]["reasons"][0]


def claim_of(certificate, name):
    return next(place for place, claim in enumerate(certificate["claims"]) if claim["property"] == name)


WITNESSES = [
    ("left", "stable", ("witness", "alternative"), ["5", "5"], "no such objection"),
    ("left", "stable", ("witness", "alternative"), None, "only where allocations are compared"),
    ("left", "stable", ("witness", "agents"), [1, 0], "no such objection"),
    ("left", "stable", ("witness", "margin"), "-7", "should be"),
    ("plurality", "dsic", ("witness", "margin"), "-7", "should be"),
    ("plurality", "dsic", ("witness", "runs", 0, "bids", 0), ["9", "8", "7"], "not on the grid"),
    ("plurality", "condorcet", ("witness", "alternative"), ["5", "5", "5"], "not among the feasible"),
    ("plurality", "dsic", ("witness", "runs", 0, "draws", 0, "allocation"), [None] * 3, "has no meaning"),
    ("plurality", "dsic", ("witness", "runs", 0, "draws", 0, "allocation"), ["3"] * 3, "has no meaning"),
    ("second", "sd-strategyproof", ("table", "rows", 0, "violations"), 1, "table.rows should be"),
    ("left", "stable", ("table", "rows", 0, "cases"), 1, "should have"),
]


@pytest.mark.parametrize(("name", "prop", "path", "value", "complaint"), WITNESSES)
def test_an_altered_refutation_is_refused_alone(name, prop, path, value, complaint, certificates, folder):
    place = claim_of(certificates[name], prop)
    reports = check(altered(certificates[name], ("claims", place, *path), value), folder)
    assert [number for number, one in enumerate(reports) if one["status"] == "REJECTED"] == [place]
    assert complaint in reports[place]["reasons"][0]


def test_an_exploration_beside_rankings_is_refused(certificates, folder):
    changed = copy.deepcopy(certificates["plurality"])
    claim = changed["claims"][0]
    claim.update(engine="symbolic", table=None, verdict="UNKNOWN", reason="x", met=False)
    changed["exploration"] = {
        "paths": 0,
        "unreached": 0,
        "tree": [],
        "stopped": "x",
        "rounded": 0,
        "hash_seeds": [],
        "replays": {"exact": 0, "fraction": 0, "float": 0},
        "contracts": {},
    }
    reports = check(sealed(changed), folder)
    assert "no symbolic numbers" in reports[0]["reasons"][0]


def test_rankings_are_claimed_where_agents_rank_only(folder):
    money = {"kind": "single-item", "agents": 1, "values": "0..1"}
    table = {
        "title": "m",
        "subject": {"call": "ranked_mechanisms:nonsense"},
        "domain": money,
        "claim": [{"property": "dsic"}],
    }
    spec = parse_spec(table, name="m", properties=PROPERTIES, engines=ENGINES)
    *_, last = audit(spec, target=lambda bids: ([1], [0]))
    changed = json.loads(json.dumps(last.certificate))
    changed["claims"][0].update(property="stable", id="stable")
    assert "only where agents rank" in check(sealed(changed), folder)[0]["reasons"][0]


ONE_SIDED = [{"property": "dsic", "agents": ["voter 2"]}, {"property": "dsic", "agents": ["voter 1", "voter 3"]}]


def test_claims_about_some_agents_are_confirmed_and_bound_to_them(folder):
    certificate = audited("plurality", folder, ONE_SIDED)
    assert {report["status"] for report in check(certificate, folder)} == {"CONFIRMED"}
    other = altered(certificate, ("claims", 0, "agents"), ["voter 1"])
    assert "statement" in check(other, folder)[0]["reasons"][0]
    for names in ([], ["voter 9"], ["voter 1", "voter 1"]):
        changed = copy.deepcopy(certificate)
        changed["claims"][0]["agents"] = names
        changed["claims"][0]["statement"] = f"{checker.LAWS['dsic'].statement} Claimed for {', '.join(names)} alone."
        assert "not some of them" in check(sealed(changed), folder)[0]["reasons"][0]


def test_a_witness_about_somebody_else_is_refused(folder):
    certificate = audited("plurality", folder, ONE_SIDED)
    changed = copy.deepcopy(certificate)
    changed["claims"][0]["witness"] = certificate["claims"][1]["witness"]
    assert "of whom nothing is claimed" in check(sealed(changed), folder)[0]["reasons"][0]


def test_only_what_is_about_one_agent_at_a_time_can_be_claimed_of_some(certificates, folder):
    place = claim_of(certificates["plurality"], "unanimous")
    changed = copy.deepcopy(certificates["plurality"])
    changed["claims"][place]["agents"] = ["voter 1"]
    changed["claims"][place]["statement"] += " Claimed for voter 1 alone."
    assert "one agent at a time" in check(sealed(changed), folder)[place]["reasons"][0]


def test_claims_of_taking_part_and_of_envy_can_be_about_some(folder):
    claims = [{"property": one, "agents": ["bob"]} for one in ("ex-post-ir", "envy-free")]
    certificate = audited("houses", folder, claims)
    assert [claim["verdict"] for claim in certificate["claims"]] == ["EXHAUSTED", "REFUTED"]
    assert {report["status"] for report in check(certificate, folder)} == {"CONFIRMED"}


@pytest.mark.parametrize(
    ("name", "result", "form"),
    [
        ("pairs", "ax", "pairs"),
        ("pairs", {"ann": "xia"}, "pairs"),
        ("pairs", [("ann", "xia"), ("bob", "xia")], "pairs"),
        ("pairs", [("ann", "cyd")], "pairs"),
        ("pairs", [(0, 7)], "pairs"),
        ("plurality", 1.5, "elected"),
        ("plurality", None, "elected"),
        ("unowned", {}, "by-agent"),
    ],
)
def test_what_cannot_be_read_is_no_outcome(name, result, form, certificates):
    domain = checker.domain_of(certificates[name]["domain"])
    with pytest.raises(ValueError, match=r"pairs|name|place|number|nothing|list"):
        domain.read(result, form)


def test_an_objection_needs_agents_who_rank(certificates):
    domain = checker.Domain(
        {"kind": "single-item", "agents": ["a"], "types": [[["0"]]], "upper": None, "amounts": "reals"}
    )
    assert checker.expected_cases(domain, "stable", 0) == 0


def test_pairs_with_nobody_and_partners_that_do_not_exist(certificates):
    domain = checker.domain_of(certificates["by_receiver"]["domain"])
    assert domain.read([("ann", None)], "pairs") == (None, None, None)
    assert domain.slack((None, 1, None)) == -1  # there is one proposer only
    assert domain.reports([["-1", "-1"], ["1", "0"], ["-1", "0"]]) == ((-1, -1), (1, 0), (-1, 0))
