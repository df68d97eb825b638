"""Tests that are written for others: they fail on the mechanism as it is, pass once it is mended, and stand alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from verifier.adapters import load
from verifier.advice.regression import write_test
from verifier.domains import parse_domain
from verifier.engines.exhaustive import ExhaustiveSession
from verifier.errors import SpecError
from verifier.evidence import Verdict
from verifier.properties import find_property
from verifier.spec import subject_from_json

ONE = {"kind": "single-item", "agents": 2, "values": [0, "1/2", 1, 2]}
FLAWED = """
class Result:
    def __init__(self, **found):
        self.__dict__.update(found)


def sale(bids, factor=1):
    winner = max(range(len(bids)), key=lambda agent: bids[agent])
    return winner, FACTOR * bids[winner] + (1 - FACTOR) * sorted(bids)[-2]


def pair(bids):
    winner, price = sale(bids)
    shares = [int(agent == winner) for agent in range(len(bids))]
    return shares, [price * share for share in shares]


def by_index(bids, factor=1):
    winner, price = sale(bids)
    return {"sold": {"to": winner}, "price": price}


def by_attribute(*bids):
    winner, price = sale(bids)
    return Result(winners=[winner], price=price)


def by_name(bids):
    names = list(bids)
    winner, price = sale([bids[name] for name in names])
    return [{names[winner]: 1}, {names[winner]: price}]


class Auction:
    def __init__(self, opens=0):
        self.bids = {}

    def clear(self):
        self.bids = {}

    def add(self, name, bid):
        self.bids[name] = bid

    def close(self):
        return by_name(self.bids)

    def settle(self, bids):
        return pair(bids)


def slots(bids):
    return [0, 1] if bids[0] >= bids[1] else [1, 0], [FACTOR * bid for bid in bids]


def twice(bids):
    return [1, 1 * FACTOR], [0, 0]


def gives(bids):
    return [0, 0], [-FACTOR, 0]


def takes(bids):
    return [0, 0], [FACTOR, 0]
"""


def told(allocation, payments, allocation_as, payments_as):
    return {
        "allocation": allocation,
        "payments": payments,
        "allocation_as": allocation_as,
        "payments_as": payments_as,
    }


RETURNS = told("0", "1", "shares", "per-agent")


def found(subject, domain, prop):
    parsed = parse_domain(domain)
    session = ExhaustiveSession(load(subject, parsed), importable=False)
    deciding = session.decide(find_property(prop), 0)
    while True:
        try:
            next(deciding)
        except StopIteration as end:
            seen = end.value
            break
    assert seen.verdict is Verdict.REFUTED, seen.reason
    return (prop, "A sentence. Another.", seen.witness, parsed)


def outcome(text, where):
    """Run the test functions of a file: the errors that they raise."""
    sys.modules.pop("stalls", None)
    space = {"__name__": "kept", "__file__": str(where / "test_kept.py")}
    exec(compile(text, "test_kept.py", "exec"), space)
    errors = []
    for name, test in space.items():
        if name.startswith("test_"):
            try:
                test()
            except AssertionError as error:
                errors.append(error)
    return errors


@pytest.fixture
def stalls(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "stalls", raising=False)
    (tmp_path / "stalls.py").write_text(f"FACTOR = 1\n{FLAWED}", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "domain", "prop", "more"),
    [
        ("pair", ONE, "dsic", {}),
        ("pair", ONE, "dsic", {"bids": "tuple", "numbers": "float"}),
        ("pair", ONE, "dsic", {"bids": "numpy", "numbers": "float"}),
        ("pair", {**ONE, "values": "0..2"}, "dsic", {"numbers": "decimal"}),
        (
            "by_index",
            ONE,
            "dsic",
            {
                "arguments": {"factor": {"money": "1/2"}},
                "returns": {
                    "allocation": "sold.to",
                    "payments": "price",
                    "allocation_as": "winner",
                    "payments_as": "winner-pays",
                },
            },
        ),
        (
            "by_attribute",
            ONE,
            "dsic",
            {
                "bids": "arguments",
                "returns": {
                    "allocation": "winners",
                    "payments": "price",
                    "allocation_as": "winners",
                    "payments_as": "unit-price",
                },
            },
        ),
        (
            "by_name",
            ONE,
            "dsic",
            {"bids": "dict", "returns": told("0", "1", "by-agent", "by-agent")},
        ),
        ("Auction", ONE, "dsic", {"create": True, "method": "settle", "reset": "clear", "arguments": {"opens": [3]}}),
        (
            "Auction",
            ONE,
            "dsic",
            {
                "create": True,
                "bids": "dict",
                "each": "add",
                "then": "close",
                "fresh": True,
                "returns": told("0", "1", "by-agent", "by-agent"),
            },
        ),
        (
            "slots",
            {"kind": "slots", "agents": 2, "values": "0..2", "click_rates": [1, "1/2"]},
            "dsic",
            {"returns": {**RETURNS, "allocation_as": "order"}},
        ),
        ("twice", ONE, "feasible", {}),
        ("gives", ONE, "no-deficit", {}),
        ("gives", ONE, "no-positive-transfers", {}),
        ("takes", ONE, "ex-post-ir", {}),
    ],
)
def test_it_fails_as_it_is_and_passes_once_mended(stalls, name, domain, prop, more):
    subject = subject_from_json({"call": f"stalls:{name}", "root": str(stalls), **more})
    text = write_test([found(subject, domain, prop)], subject, stalls)
    assert "verifier" not in text
    assert len(outcome(text, stalls)) == 1
    (stalls / "stalls.py").write_text(f"FACTOR = 0\n{FLAWED}", encoding="utf-8")
    assert outcome(text, stalls) == []


def test_two_properties_are_two_tests(stalls):
    subject = subject_from_json({"call": "stalls:gives", "root": str(stalls)})
    both = [found(subject, ONE, prop) for prop in ("no-deficit", "no-positive-transfers")]
    assert write_test(both, subject, stalls).count("\ndef test_") == 2


def test_bundles_are_worth_what_the_type_says(stalls):
    domain = {"kind": "combinatorial", "agents": 1, "values": "0..1", "goods": 2}
    (stalls / "stalls.py").write_text("def run(bids):\n    return [3], [bids[0][2]]\n", encoding="utf-8")
    subject = subject_from_json({"call": "stalls:run", "root": str(stalls)})
    text = write_test([found(subject, domain, "dsic")], subject, stalls)
    assert "worth = {0: 0, 1: " in text
    assert len(outcome(text, stalls)) == 1


def test_a_mechanism_on_the_import_path_needs_no_place(stalls, monkeypatch):
    monkeypatch.syspath_prepend(str(stalls))
    subject = subject_from_json({"call": "stalls:pair"})
    assert "sys.path" not in write_test([found(subject, ONE, "dsic")], subject)


@pytest.mark.parametrize(
    ("more", "prop", "domain", "why"),
    [
        ({}, "efficient", ONE, "efficient is not among dsic"),
        ({"call": "exec:node a.js"}, "dsic", ONE, "another language"),
        ({"result": "awaited"}, "dsic", ONE, "in several steps"),
        ({"returns": {**RETURNS, "randomised": True}}, "dsic", ONE, "lotteries"),
        ({"returns": {**RETURNS, "allocation_as": "matrix"}}, "dsic", ONE, "read as matrix"),
        ({"bids": "hook", "hook": "a:b"}, "dsic", ONE, "offered as hook"),
        ({}, "dsic", {"kind": "voting", "agents": 2, "candidates": 2}, "rankings"),
        ({}, "dsic", {"kind": "divisible", "agents": 2, "values": "0..1"}, "not among a few"),
        ({}, "feasible", {"kind": "combinatorial", "agents": 1, "values": "0..1", "goods": 1}, "bundles"),
    ],
)
def test_where_no_test_can_be_written_the_reason_is_told(more, prop, domain, why):
    subject = subject_from_json({"call": "stalls:pair", **more})
    with pytest.raises(SpecError, match=why):
        write_test([(prop, "", None, parse_domain(domain))], subject)
    with pytest.raises(SpecError, match="nothing is refuted"):
        write_test([], subject)
