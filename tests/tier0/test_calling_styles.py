"""Mechanisms that are no single call: fresh or reset objects, bids one by one, coroutines, generators, files."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest
from in_process import in_this_process
from jsonschema import Draft202012Validator

from verifier import checker
from verifier.adapters import styles
from verifier.audit import ENGINES, audit
from verifier.errors import SpecError, SubjectError
from verifier.properties import PROPERTIES
from verifier.resources import reports_dir
from verifier.spec import load_spec, parse_spec, subject_from_json

SOURCE = """
def second_price(bids):
    winner = max(range(len(bids)), key=bids.__getitem__)
    price = max([0, *(bid for agent, bid in enumerate(bids) if agent != winner)])
    mine = [int(agent == winner) for agent in range(len(bids))]
    return mine, [price * share for share in mine]


class Auction:
    def __init__(self, extra=0):
        self.bids, self.extra = {}, extra

    def clear(self):
        self.bids = {}

    def add_bid(self, name, bid):
        self.bids.setdefault(name, []).append(bid)

    def run(self):
        allocation, payments = second_price([sum(one) for one in self.bids.values()])
        return allocation, [pays + self.extra for pays in payments]

    def decide(self, bids, extra=0):
        return second_price(bids)

    def __call__(self, bids, extra=0):
        return second_price(bids)


auction = Auction()


async def later(bids):
    return second_price(bids)


def rounds(bids):
    yield None
    yield second_price(bids)


def to_the_end(bids):
    yield from bids
    return second_price(bids)


def silent(bids):
    return iter(())


def endless(bids):
    while True:
        yield 1
"""
DOMAIN = {"kind": "single-item", "agents": ["ann", "bob"], "values": "0..2"}
CREATED = {"call": "styled_auctions:Auction", "create": True}
ONE_BY_ONE = {"bids": "dict", "each": "add_bid", "then": "run"}
STYLES = {
    "fresh": {**CREATED, **ONE_BY_ONE, "fresh": True},
    "fresh with arguments": {**CREATED, **ONE_BY_ONE, "fresh": True, "arguments": {"extra": 0}},
    "reset": {**CREATED, **ONE_BY_ONE, "reset": "clear"},
    "reset, not created": {"call": "styled_auctions:auction", **ONE_BY_ONE, "reset": "clear"},
    "fresh method": {**CREATED, "fresh": True, "method": "decide"},
    "fresh callable": {**CREATED, "fresh": True},
    "argument of the call": {"call": "styled_auctions:auction", "reset": "clear", "arguments": {"extra": 0}},
    "awaited": {"call": "styled_auctions:later", "result": "awaited"},
    "yielded": {"call": "styled_auctions:rounds", "result": "yielded"},
    "generated": {"call": "styled_auctions:to_the_end", "result": "generated"},
}


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("styles")
    (made / "styled_auctions.py").write_text(SOURCE)
    sys.path.append(str(made))
    yield made
    sys.path.remove(str(made))
    sys.modules.pop("styled_auctions", None)


def spec_of(subject, *names):
    table = {
        "title": "t",
        "subject": subject,
        "domain": DOMAIN,
        "claim": [{"property": name} for name in names or ("dsic", "efficient", "no-deficit")],
    }
    return parse_spec(table, name="t", properties=PROPERTIES, engines=ENGINES)


def certified(subject, monkeypatch):
    monkeypatch.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
    *_, last = audit(spec_of(subject))
    return json.loads(json.dumps(last.certificate))


@pytest.mark.parametrize("name", STYLES)
def test_every_style_reaches_the_same_auction_and_is_confirmed(name, folder, monkeypatch):
    certificate = certified(STYLES[name], monkeypatch)
    assert {claim["verdict"] for claim in certificate["claims"]} == {"EXHAUSTED"}
    reports = checker.check(certificate, [str(folder)], fresh=in_this_process)
    assert {report["status"] for report in reports} == {"CONFIRMED"}
    schema = json.loads((reports_dir() / "schema" / "certificate-v1.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(certificate)
    assert subject_from_json(certificate["subject"]) == spec_of(STYLES[name]).subject


def test_an_object_that_keeps_its_bids_does_not_repeat_itself(monkeypatch):
    certificate = certified({**CREATED, **ONE_BY_ONE}, monkeypatch)
    assert {claim["verdict"] for claim in certificate["claims"]} == {"ERROR"}


@pytest.mark.parametrize("name", ["silent", "endless"])
def test_a_generator_without_an_end_or_a_value_is_a_crash(name, folder, monkeypatch):
    monkeypatch.setattr(styles, "MOST_YIELDS", 10)
    monkeypatch.setattr(checker, "MOST_YIELDS", 10)
    certificate = certified({"call": f"styled_auctions:{name}", "result": "yielded"}, monkeypatch)
    assert {fault["kind"] for fault in certificate["faults"]["first"]} == {"crash"}
    reports = checker.check(certificate, [str(folder)], fresh=in_this_process)
    assert {report["status"] for report in reports} == {"CONFIRMED"}


@pytest.mark.parametrize(
    ("subject", "complaint"),
    [
        ({"fresh": True}, "add create = true"),
        ({"fresh": "yes"}, "fresh must be true or false"),
        ({"result": "later"}, "unknown result 'later'"),
        ({"each": "add_bid"}, "each and then go together"),
        ({"then": "run"}, "each and then go together"),
        ({"each": "add bid", "then": "run"}, "each must be the name of a method"),
        ({"each": "add_bid", "then": "run"}, 'write bids = "dict"'),
    ],
)
def test_a_style_that_contradicts_itself_is_refused(subject, complaint):
    with pytest.raises(SpecError) as caught:
        spec_of({"call": "styled_auctions:Auction", **subject})
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("subject", "complaint"),
    [
        ({**CREATED, "reset": "wipe"}, "no method 'wipe'; mend `reset`"),
        ({"call": "styled_auctions:SOURCE", "result": "awaited"}, "no attribute"),
        ({"call": "styled_auctions:__name__", "result": "awaited"}, "cannot be called"),
    ],
)
def test_a_style_that_the_object_does_not_have_is_refused_when_it_is_loaded(subject, complaint):
    with pytest.raises(SubjectError) as caught:
        list(audit(spec_of(subject)))
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"then": None}, "each and then go together"),
        ({"fresh": True}, "only what is created can be fresh"),
        ({"each": "decide", "then": "decide"}, "each needs bids by name"),
    ],
)
def test_the_checker_refuses_a_style_that_contradicts_itself(change, complaint, folder, monkeypatch):
    subject = STYLES["reset, not created" if change != {"each": "decide", "then": "decide"} else "awaited"]
    certificate = certified(subject, monkeypatch)
    certificate["subject"]["calling"].update(change)
    body = {key: value for key, value in certificate.items() if key != "sha256"}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    sealed = {**body, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    reports = checker.check(sealed, [str(folder)], fresh=in_this_process)
    assert complaint in reports[0]["reasons"][0]


CLAIMS = """
title = "A file"
[subject]
call = "{call}"
{more}
[domain]
kind = "single-item"
agents = 2
values = "0..1"
[[claim]]
property = "dsic"
"""


def loaded(path, call, more=""):
    path.write_text(CLAIMS.format(call=call, more=more))
    return load_spec(path, properties=PROPERTIES, engines=ENGINES)


def test_a_mechanism_can_be_named_by_its_file(tmp_path):
    (tmp_path / "near").mkdir()
    (tmp_path / "near" / "adapter.py").write_text(SOURCE)
    spec = loaded(tmp_path / "claims.toml", "near/adapter.py:second_price")
    assert (spec.subject.call, Path(spec.subject.root)) == ("adapter:second_price", tmp_path / "near")


@pytest.mark.parametrize(
    ("call", "more", "complaint"),
    [
        ("missing.py:run", "", "no Python file next to this one"),
        ("my-file.py:run", "", "no Python file next to this one"),
        ("here.py:run", 'root = "."', "root is the folder of the file"),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused(tmp_path, call, more, complaint):
    for name in ("my-file.py", "here.py"):
        (tmp_path / name).write_text(SOURCE)
    with pytest.raises(SpecError) as caught:
        loaded(tmp_path / "claims.toml", call, more)
    assert complaint in str(caught.value)
