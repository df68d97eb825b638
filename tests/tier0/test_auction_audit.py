"""What is said of the outcome of an auction, for good mechanisms and bad ones."""

from __future__ import annotations

import itertools
import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier import auction_audit, checker
from verifier.auction_audit import VCG, audit_auction
from verifier.domains.packages import Auction, Bidder, PackageBid, auction
from verifier.errors import SubjectError
from verifier.oracles.welfare import Oracle, Undecided

SOLD = auction("AB", {"x": [("A", 6)], "y": [("B", 4), ("A", 5)], "z": [("AB", 8)]})
LOOSE = Auction(("A", "B"), (1, 1), (Bidder("x", (PackageBid((1, 0), 3), PackageBid((0, 1), 2)), "or"),))


def verdicts(certificate):
    return {claim["id"]: claim["verdict"] for claim in certificate["claims"]}


def claim(certificate, id_):
    return next(one for one in certificate["claims"] if one["id"] == id_)


def judged(choice, payments, sold=SOLD):
    return audit_auction(sold, lambda _: (choice, payments))


def test_vcg_is_what_theory_says():
    certificate = audit_auction(SOLD)
    assert certificate["outcome"] == {"choice": [[0], [0], []], "payments": ["4", "2", "0"]}
    assert verdicts(certificate) == {
        "feasible": "PROVED",
        "individually-rational": "PROVED",
        "no-deficit": "PROVED",
        "efficient": "PROVED",
        "vcg-payments": "PROVED",
        "core": "REFUTED",
    }
    assert claim(certificate, "core")["reason"] == "the seller and z can have 2 more among themselves"
    assert all(one["met"] for one in certificate["claims"])
    assert certificate["mechanism"]["call"] == VCG
    assert "mechanisms/auctions/packages/clarke.py" in certificate["mechanism"]["files"]


REASONS = {
    "nothing is sold": ([(), (), ()], [0, 0, 0], "efficient", "another choice of bids is worth 10 more"),
    "payments of a worse choice": (
        [(), (), (0,)],
        [0, 0, 8],
        "vcg-payments",
        "the accepted bids are not worth the most",
    ),
    "too dear": ([(0,), (0,), ()], [9, 2, 0], "individually-rational", "x pays 3 more than it offered"),
    "a gift": ([(0,), (0,), ()], [-5, 2, 0], "no-deficit", "the payments add up to -3"),
    "own bids": ([(0,), (0,), ()], [6, 4, 0], "vcg-payments", "x pays 6, and what it costs the others is 4"),
    "a loss": ([(0,), (0,), ()], [7, 4, 0], "core", "a bidder alone does better by staying away"),
    "a good twice": ([(0,), (1,), ()], [0, 0, 0], "feasible", "2 units of 'A' are given, but there are 1"),
    "two of one": ([(), (0, 1), ()], [0, 0, 0], "feasible", "2 of its XOR bids are accepted"),
}


@pytest.mark.parametrize("name", REASONS)
def test_each_fault_is_refuted_with_its_reason(name):
    choice, payments, id_, reason = REASONS[name]
    certificate = judged(choice, payments)
    found = claim(certificate, id_)
    assert found["verdict"] == "REFUTED"
    assert reason in found["reason"]
    assert found["met"] == (id_ == "core")


def test_of_an_infeasible_outcome_nothing_else_is_said():
    certificate = judged([(0,), (1,), ()], [0, 0, 0])
    assert {verdict for id_, verdict in verdicts(certificate).items() if id_ != "feasible"} == {"ERROR"}


def crash(sold):
    raise RuntimeError("out of order")


BROKEN = {
    "crash": (crash, "the mechanism raised RuntimeError: out of order"),
    "nothing": (lambda sold: None, "returned a NoneType, not the accepted places"),
    "one thing": (lambda sold: ([],), "returned a tuple, not the accepted places"),
    "too few": (lambda sold: ([()], [0]), "choices for 1 and payments of 1 bidders; there are 3"),
    "no money": (lambda sold: ([()] * 3, ["0"] * 3), "not the accepted places and a payment"),
    "not a number": (lambda sold: ([()] * 3, [float("nan")] * 3), "not the accepted places and a payment"),
    "half a place": (lambda sold: ([(Fraction(1, 2),), (), ()], [0] * 3), "Fraction(1, 2) is no place of a bid"),
    "no such bid": (lambda sold: ([(3,), (), ()], [0] * 3), "x: [3] names no bid, or one bid twice"),
    "a bid counted from the end": (lambda sold: ([(), (-1,), ()], [0] * 3), "y: [-1] names no bid, or one bid twice"),
    "one bid twice": (lambda sold: ([(0, 0), (), ()], [0] * 3), "its bids are at places from 0 to 0"),
    "payments that crash late": (lambda sold: ([()] * 3, (1 // k for k in (1, 0, 1))), "raised ZeroDivisionError"),
    "no callable": (7, "the mechanism is a int, which cannot be called"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_mechanism_without_an_outcome_is_an_error_that_says_why(name):
    mechanism, reason = BROKEN[name]
    certificate = audit_auction(SOLD, mechanism)
    assert set(verdicts(certificate).values()) == {"ERROR"}
    assert certificate["outcome"] is None
    assert reason in certificate["claims"][0]["reason"]
    assert {one["status"] for one in checker.check(json.loads(json.dumps(certificate)))} == {"CONFIRMED"}


def test_a_bidder_without_bids_has_no_place_to_accept():
    certificate = judged([(-1,)], [0], auction("A", {"idle": []}))
    assert claim(certificate, "feasible")["reason"] == "idle: [-1] names no bid, or one bid twice; it has no bids"


def test_ctrl_c_while_the_outcome_is_read_leaves_everything_open():
    def slow():
        raise KeyboardInterrupt
        yield 0

    certificate = audit_auction(SOLD, lambda sold: ([()] * 3, slow()))
    assert certificate["interrupted"]
    assert set(verdicts(certificate).values()) == {"UNKNOWN"}


def test_floats_are_taken_at_their_exact_values():
    certificate = judged([(0,), (0,), ()], [4.1, 2.0, 0])
    assert claim(certificate, "vcg-payments")["verdict"] == "REFUTED"
    assert certificate["outcome"]["payments"][0] == str(Fraction(4.1))


def test_an_unknown_mechanism_is_refused():
    with pytest.raises(SubjectError):
        audit_auction(SOLD, "mechanisms.auctions.packages.clarke:vgc")


def test_coalitions_are_left_open_where_bids_are_joined_by_or():
    certificate = audit_auction(LOOSE)
    assert verdicts(certificate)["core"] == "UNKNOWN"
    assert "x joins several bids by OR" in claim(certificate, "core")["reason"]
    assert certificate["outcome"] == {"choice": [[0, 1]], "payments": ["0"]}


def spent(self, *absent):
    raise Undecided(1, 2)


def test_past_the_budget_what_needs_an_optimum_is_unknown(monkeypatch):
    monkeypatch.setattr(Oracle, "optimum", spent)
    certificate = audit_auction(SOLD)
    unknown = {id_ for id_, verdict in verdicts(certificate).items() if verdict == "UNKNOWN"}
    assert unknown == {"efficient", "vcg-payments", "core"}
    assert "at least 1 and at most 2" in claim(certificate, "efficient")["reason"]
    assert not claim(certificate, "efficient")["met"]


def test_an_optimum_without_a_bidder_may_be_out_of_reach_alone(monkeypatch):
    optimum = Oracle.optimum
    monkeypatch.setattr(Oracle, "optimum", lambda self, *absent: spent(self) if absent else optimum(self))
    certificate = audit_auction(SOLD)
    assert [id_ for id_, verdict in verdicts(certificate).items() if verdict == "UNKNOWN"] == ["vcg-payments"]


def test_ctrl_c_keeps_what_was_decided():
    def tell(stage):
        if stage == "coalitions":
            raise KeyboardInterrupt

    certificate = json.loads(json.dumps(audit_auction(SOLD, tell=tell)))
    assert certificate["interrupted"]
    assert verdicts(certificate)["vcg-payments"] == "PROVED"
    assert claim(certificate, "core")["reason"] == "interrupted before it was decided"
    assert {one["status"] for one in checker.check(certificate)} == {"CONFIRMED"}


def test_ctrl_c_in_the_mechanism_leaves_everything_open():
    def interrupted(sold):
        raise KeyboardInterrupt

    certificate = audit_auction(SOLD, interrupted)
    assert certificate["interrupted"]
    assert set(verdicts(certificate).values()) == {"UNKNOWN"}


def test_a_publication_that_says_otherwise_is_told():
    certificate = audit_auction(SOLD, expected=(10, (5, 2, 0)))
    assert claim(certificate, "as-worked")["reason"] == "welfare 10, payments 4, 2, 0"
    infeasible = audit_auction(SOLD, lambda _: ([(0,), (1,), ()], [0, 0, 0]), expected=(10, (5, 2, 0)))
    assert claim(infeasible, "as-worked")["verdict"] == "REFUTED"
    assert auction_audit.ALWAYS[-1] == "core"


def choices(sold):
    """All feasible choices, by trying every set of bids of every bidder; shares nothing with the package."""
    each = [
        [
            places
            for size in range(len(bidder.bids) + 1)
            for places in itertools.combinations(range(len(bidder.bids)), size)
            if size < 2 or bidder.language == "or"
        ]
        for bidder in sold.bidders
    ]
    for choice in itertools.product(*each):
        bids = [sold.bidders[i].bids[place] for i, places in enumerate(choice) for place in places]
        if all(sum(bid.units[good] for bid in bids) <= sold.supply[good] for good in range(len(sold.goods))):
            yield choice


def worth(sold, choice, bidders):
    return sum(sold.bidders[i].bids[place].value for i in bidders for place in choice[i])


def truth(sold, choice, payments):
    """The verdicts by definition: over all choices, and over all coalitions for the core (of XOR bids)."""
    everybody = range(len(sold.bidders))
    found = list(choices(sold))
    gains = [worth(sold, choice, [i]) - payments[i] for i in everybody]
    best = max(worth(sold, one, everybody) for one in found)
    alone = [[j for j in everybody if j != i] for i in everybody]
    pivots = [max(worth(sold, one, rest) for one in found) - worth(sold, choice, rest) for rest in alone]
    stable = all(
        sum(payments) + sum(gains[i] for i in group) >= max(worth(sold, one, group) for one in found)
        for size in range(len(everybody) + 1)
        for group in itertools.combinations(everybody, size)
    ) and all(gain >= 0 for gain in gains)
    optimal = worth(sold, choice, everybody) == best
    return {
        "individually-rational": all(gain >= 0 for gain in gains),
        "no-deficit": sum(payments) >= 0,
        "efficient": optimal,
        "vcg-payments": optimal and list(payments) == pivots,
        "core": stable,
    }


@st.composite
def sales(draw):
    goods = draw(st.integers(1, 3))
    supply = tuple(draw(st.lists(st.integers(1, 2), min_size=goods, max_size=goods)))
    units = st.lists(st.integers(0, 2), min_size=goods, max_size=goods).filter(any).map(tuple)
    values = st.integers(0, 9) | st.fractions(0, 9, max_denominator=3)
    bids = st.lists(st.builds(PackageBid, units, values), max_size=3).map(tuple)
    offers = draw(st.lists(st.tuples(bids, st.sampled_from(["xor", "or"])), min_size=1, max_size=4))
    bidders = tuple(Bidder(f"b{i}", one, language) for i, (one, language) in enumerate(offers))
    return Auction(tuple("ABC"[:goods]), supply, bidders)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_verdicts_on_any_outcome_are_those_of_brute_force(data):
    sold = data.draw(sales())
    choice = data.draw(st.sampled_from(list(choices(sold))))
    pays = st.integers(-2, 9) | st.fractions(0, 9, max_denominator=3)
    payments = data.draw(st.lists(pays, min_size=len(sold.bidders), max_size=len(sold.bidders)))
    certificate = json.loads(json.dumps(judged(choice, payments, sold)))
    told = verdicts(certificate)
    for id_, holds in truth(sold, choice, payments).items():
        if told[id_] == "UNKNOWN":
            assert id_ == "core"
            assert any(bidder.language == "or" and len(bidder.bids) > 1 for bidder in sold.bidders)
        else:
            assert told[id_] == ("PROVED" if holds else "REFUTED"), id_
    assert {one["status"] for one in checker.check(certificate)} == {"CONFIRMED"}


@settings(max_examples=40, deadline=None)
@given(sales())
def test_vcg_has_the_outcome_of_brute_force(sold):
    certificate = audit_auction(sold)
    choice = tuple(map(tuple, certificate["outcome"]["choice"]))
    assert choice in set(choices(sold))
    holds = truth(sold, choice, [Fraction(paid) for paid in certificate["outcome"]["payments"]])
    assert [id_ for id_, held in holds.items() if not held] in ([], ["core"])
    assert all(one["met"] for one in certificate["claims"])
