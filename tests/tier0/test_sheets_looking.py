"""Who is audited, how it wants its bids and how its results are read: tried out, told, never guessed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from verifier.domains import parse_domain
from verifier.errors import SpecError, SubjectError
from verifier.sheets import looking
from verifier.sheets.inference import infer, probes
from verifier.sheets.looking import answer, look
from verifier.sheets.targets import found_there, split_target

ONE = {"kind": "single-item", "agents": 2, "values": "0..3"}
HOUSES = {"kind": "house-allocation", "agents": 2, "objects": 2}
PAIRS = {"kind": "matching", "proposers": 2, "receivers": 2}
VOTES = {"kind": "voting", "agents": 3, "candidates": 3}
SOURCE = """
from collections import namedtuple
from dataclasses import dataclass


def rule(bids):
    winner = max(range(len(bids)), key=lambda agent: bids[agent])
    return winner, max([bid for agent, bid in enumerate(bids) if agent != winner], default=0)


def as_dict(bids):
    winner, price = rule(bids)
    return {"note": "sold", "winner": winner, "price": price}


@dataclass
class Result:
    winner: int
    price: int


def as_object(bids):
    return Result(*rule(bids))


def as_pair(bids):
    winner, price = rule(bids)
    shares = [int(agent == winner) for agent in range(len(bids))]
    return shares, [price * share for share in shares]


def by_arguments(first, second):
    return as_dict([first, second])


def by_name(bids):
    names = list(bids)
    winner, price = rule([bids[name] for name in names])
    return {"winner": names[winner], "price": price}


def anonymous(bids):
    return sorted(bids)


def ambiguous(bids):
    winner, price = rule(bids)
    return {"winner": winner, "price": price, "cost": price / 2}


def picky(bids):
    if min(bids) == max(bids):
        raise ValueError("a tie")
    return as_dict(bids)


class Shy:
    def __repr__(self):
        raise RuntimeError


def shy(bids):
    return Shy()


def plurality(ballots):
    tops = [ballot[0] for ballot in ballots.values()]
    return max(sorted(set(tops)), key=tops.count)


def dictators(rankings):
    taken = {}
    for name, ranking in rankings.items():
        taken[name] = next(one for one in ranking if one not in taken.values())
    return taken


class Auction:
    limit = 3

    def settle(self, bids):
        return as_dict(bids)

    @staticmethod
    def static(bids):
        return as_dict(bids)


constant = 3
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "looked_at.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "looked_at", raising=False)
    return tmp_path


def at(place: Path, name: str) -> dict[str, object]:
    return found_there(split_target(f"looked_at:{name}", str(place)))


@pytest.mark.parametrize(
    ("name", "bids", "allocation", "form"),
    [
        ("as_dict", "list", "winner", "winner"),
        ("as_object", "list", "winner", "winner"),
        ("as_pair", "list", "0", "shares"),
        ("by_arguments", "arguments", "winner", "winner"),
        ("by_name", "dict", "winner", "winner"),
        ("picky", "list", "winner", "winner"),
    ],
)
def test_the_shape_of_bids_and_the_form_of_results_are_found_and_told(place, name, bids, allocation, form):
    found = infer(at(place, name), parse_domain(ONE))
    returns = found.subject["returns"]
    assert found.subject["bids"] == bids
    assert (returns["allocation"], returns["allocation_as"]) == (allocation, form)
    assert found.said[0] == f"bids are offered as {bids}"
    assert f"--allocation {allocation} " in found.said[1]


@pytest.mark.parametrize(
    ("name", "domain", "form"), [("plurality", VOTES, "elected"), ("dictators", HOUSES, "by-agent")]
)
def test_rankings_are_offered_and_read(place, name, domain, form):
    found = infer(at(place, name), parse_domain(domain))
    assert found.subject["returns"]["allocation_as"] == form
    assert found.subject["returns"]["payments_as"] == "none"


def test_two_sides_are_offered_apart_first():
    table = {"call": "mechanisms.matching.deferred_acceptance:deferred_acceptance"}
    assert infer(table, parse_domain(PAIRS)).subject["bids"] == "sides"


def test_what_was_said_is_taken_as_said(place):
    told = {"allocation": "winner", "payments": "cost", "allocation_as": "winner", "payments_as": "winner-pays"}
    found = infer({**at(place, "ambiguous"), "bids": "list", "returns": told}, parse_domain(ONE))
    assert found.said == ()
    assert found.subject["returns"] == told


def test_several_readings_are_a_question(place):
    with pytest.raises(SpecError, match=r"reads in 2 ways; say one of: .*--payments price .*--payments cost"):
        infer(at(place, "ambiguous"), parse_domain(ONE))


def test_no_reading_is_an_error_that_shows_the_result(place):
    with pytest.raises(SpecError, match=r"cannot be read: with bids as list it returned \[2, 3\], which no known form"):
        infer(at(place, "anonymous"), parse_domain(ONE))
    with pytest.raises(SpecError, match="<Shy whose repr raises RuntimeError>"):
        infer(at(place, "shy"), parse_domain(ONE))


def test_probes_put_every_agent_on_top_and_compare_at_both_ends():
    domain = parse_domain({**ONE, "agents": 3})
    found = [tuple(report[0] for report in profile) for profile in probes(domain)]
    assert found == [(3, 2, 1), (1, 3, 2), (2, 1, 3), (3, 3, 3), (0, 0, 0)]


def test_targets(place):
    file = str(place / "looked_at.py")
    assert split_target("a.b:c") == {"call": "a.b:c"}
    assert split_target(f"{file}:as_dict") == {"call": "looked_at:as_dict", "root": str(place)}
    assert split_target("looked_at.py:as_dict", str(place)) == {"call": "looked_at:as_dict", "root": str(place)}
    assert split_target("exec:node auction.js") == {"call": "exec:node auction.js"}
    assert found_there({"call": "exec:node auction.js"}) == {"call": "exec:node auction.js"}
    assert at(place, "Auction.settle") == {
        "call": "looked_at:Auction",
        "create": True,
        "method": "settle",
        "root": str(place),
    }
    assert at(place, "Auction.static")["call"] == "looked_at:Auction.static"
    given = {"call": "looked_at:Auction", "create": True, "method": "settle"}
    assert found_there(given) == given


@pytest.mark.parametrize(
    ("target", "error", "text"),
    [
        ("nowhere.py:run", SpecError, "there is no file"),
        ("looked_at:", SpecError, "'looked_at' names no callable; there are: looked_at:rule"),
        ("looked_at", SpecError, "names no callable"),
        ("looked_at:Auction", SpecError, r"is a class; name the method that gets the bids: looked_at:Auction.settle"),
        ("looked_at:as_dcit", SubjectError, "did you mean 'as_dict'"),
        ("not_there_at_all:run", SubjectError, "does not import"),
        ("exec:", SubjectError, "names no program"),
    ],
)
def test_a_target_that_is_none_is_told_with_what_there_is(place, target, error, text):
    with pytest.raises(error, match=text):
        found_there(split_target(target, str(place)))


def test_a_file_whose_name_cannot_be_imported(tmp_path):
    (tmp_path / "my-auction.py").write_text("", encoding="utf-8")
    with pytest.raises(SpecError, match="its name is no identifier; rename it"):
        split_target("my-auction.py:run", str(tmp_path))


def test_a_trusted_subject_is_looked_at_here(place):
    found = look(split_target("looked_at:Auction.settle", str(place)), ONE, trusted=True)
    assert (found.subject["method"], found.subject["bids"]) == ("settle", "list")
    with pytest.raises(SpecError, match="the setting: unknown domain kind"):
        look(split_target("looked_at:as_dict", str(place)), {"kind": "bazaar"}, trusted=True)


def test_the_errand_answers_in_json(place):
    import json

    def asked(name: str) -> object:
        table = split_target(f"looked_at:{name}", str(place))
        return answer({"subject": json.dumps(table), "domain": json.dumps(ONE)})

    assert asked("as_dict")["subject"]["bids"] == "list"
    assert "reads in 2 ways" in asked("ambiguous")["unasked"]
    assert "no attribute" in asked("nothing")["unloadable"]


@pytest.mark.parametrize(
    ("reply", "error", "text"),
    [
        ({"unasked": "in 2 ways"}, SpecError, "in 2 ways"),
        ({"unloadable": "no module"}, SubjectError, "no module"),
        ({"subject": 3, "said": []}, SubjectError, "interfered"),
        ([], SubjectError, "interfered"),
    ],
)
def test_what_comes_back_from_isolation_is_believed_in_its_form_alone(monkeypatch, reply, error, text):
    monkeypatch.setattr(looking, "send", lambda *_, **__: reply)
    with pytest.raises(error, match=text):
        look({"call": "looked_at:rule"}, ONE, trusted=False)


def test_a_forged_reply_changes_no_call_and_nothing_that_was_told(monkeypatch):
    forged = {"subject": {"call": "os:system", "bids": "dict", "root": "/", "arguments": {"a": 1}}, "said": [3]}
    monkeypatch.setattr(looking, "send", lambda *_, **__: forged)
    found = look({"call": "looked_at:rule", "bids": "list"}, ONE, trusted=False)
    assert dict(found.subject) == {"call": "looked_at:rule", "bids": "list"}
    assert found.said == ("3",)
