"""The checker on outcomes of auctions: it confirms what is so, and refuses what was altered and sealed again."""

from __future__ import annotations

import contextlib
import copy
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier import checker
from verifier.auction_audit import audit_auction
from verifier.certificate import AUCTION_FORMAT, seal
from verifier.domains.generated import DISTRIBUTIONS, generate
from verifier.domains.packages import auction

CYCLE = auction("ABC", {"x": [("AB", 2)], "y": [("BC", 2)], "z": [("AC", 2)]})
CHOICES = auction("AB", {"x": [("A", 6), ("AB", "13/2")], "y": [("B", 4), ("A", 5)], "z": [("AB", 8)]})


def certified(sold, choice=None, payments=None):
    """What is said of an outcome; of that of VCG by default."""
    options = {} if choice is None else {"mechanism": lambda _: (choice, payments)}
    return json.loads(json.dumps(audit_auction(sold, **options)))


def resealed(certificate):
    body = {key: value for key, value in certificate.items() if key not in ("format", "version", "sha256")}
    return {**seal(body, AUCTION_FORMAT), **{key: certificate[key] for key in ("format",) if key in certificate}}


def statuses(certificate):
    return {one["claim"]: one["status"] for one in checker.check(certificate)}


def reasons(certificate):
    return " ".join(reason for one in checker.check(resealed(certificate)) for reason in one["reasons"])


def claim(certificate, id_):
    return next(one for one in certificate["claims"] if one["id"] == id_)


@pytest.mark.parametrize("kind", DISTRIBUTIONS)
def test_outcomes_of_vcg_are_confirmed(kind):
    certificate = certified(generate(kind, 12, 40, seed=3))
    assert set(statuses(certificate).values()) == {"CONFIRMED"}
    verdicts = {one["id"]: one["verdict"] for one in certificate["claims"]}
    assert {verdicts[id_] for id_ in ("feasible", "efficient", "vcg-payments", "individually-rational")} == {"PROVED"}


OUTCOMES = {
    "a better choice exists": (CYCLE, [(), (), ()], [0, 0, 0], {"efficient", "vcg-payments", "core"}),
    "one pays too much": (CYCLE, [(0,), (), ()], [3, 0, 0], {"individually-rational", "vcg-payments", "core"}),
    "one pays too little": (CHOICES, [(0,), (0,), ()], [3, 2, 0], {"vcg-payments", "core"}),
    "the house pays": (CHOICES, [(0,), (0,), ()], [0, -1, 0], {"vcg-payments", "core", "no-deficit"}),
    "nothing left to wish for": (CHOICES, [(0,), (0,), ()], [5, 3, 0], {"vcg-payments"}),
    "a good is sold twice": (CYCLE, [(0,), (0,), ()], [2, 2, 0], {"feasible"}),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_refutations_are_confirmed_too(name):
    sold, choice, payments, refuted = OUTCOMES[name]
    certificate = certified(sold, choice, payments)
    assert {one["id"] for one in certificate["claims"] if one["verdict"] == "REFUTED"} == refuted
    assert set(statuses(certificate).values()) == {"CONFIRMED"}
    for one in certificate["claims"]:
        if one["verdict"] in ("PROVED", "REFUTED"):
            other = {"PROVED": "REFUTED", "REFUTED": "PROVED"}[one["verdict"]]
            lied = copy.deepcopy(certificate)
            found = claim(lied, one["id"])
            found.update(verdict=other, met=found["expect"] in (None, other))
            assert statuses(resealed(lied))[one["id"]] == "REJECTED"


def test_a_published_outcome_is_compared():
    for welfare, payments, verdict in (
        (10, (4, 2, 0), "PROVED"),
        (10, (4, 3, 0), "REFUTED"),
        (9, (4, 2, 0), "REFUTED"),
    ):
        certificate = json.loads(json.dumps(audit_auction(CHOICES, expected=(welfare, payments))))
        assert claim(certificate, "as-worked")["verdict"] == verdict
        assert set(statuses(certificate).values()) == {"CONFIRMED"}


def test_nothing_is_confirmed_of_a_mechanism_that_crashed():
    certificate = json.loads(json.dumps(audit_auction(CYCLE, lambda sold: 1 / 0)))
    assert set(statuses(certificate).values()) == {"CONFIRMED"}  # ERROR claims nothing
    assert "nothing to confirm" in reasons(certificate)
    found = claim(certificate, "feasible")
    found.update(verdict="PROVED", met=True)
    assert "a verdict without an outcome" in reasons(certificate)


def test_nothing_but_feasibility_is_said_of_an_infeasible_outcome():
    certificate = certified(*OUTCOMES["a good is sold twice"][:3])
    claim(certificate, "no-deficit").update(verdict="PROVED", met=True)
    assert "an outcome that is not feasible" in reasons(certificate)


def cover(certificate, id_="efficient", key="optimum"):
    return claim(certificate, id_)["evidence"][key]


def alter(path, change):
    """An alteration of the certificate of the odd cycle at a path of keys."""

    def altered(certificate):
        *way, last = path
        here = certificate
        for step in way:
            here = here[step]
        here[last] = change(here[last]) if callable(change) else change
        return certificate

    return altered


def at_efficient(*path):
    places = ("feasible", "individually-rational", "no-deficit", "efficient", "vcg-payments", "core")
    return ("claims", places.index("efficient"), "evidence", "optimum", *path)


FREE = {"goods": {}, "bidders": {}}
ALTERED = {
    "the welfare": (at_efficient("welfare"), "3", "not worth its welfare"),
    "a choice of nothing": (at_efficient("choice"), [[], [], []], "not worth its welfare"),
    "a choice of too few": (at_efficient("choice"), [[0]], "an entry for every bidder"),
    "a choice of no bid": (at_efficient("choice"), [[7], [], []], "a choice names no bid"),
    "a choice of one bid twice": (at_efficient("choice"), [[0, 0], [], []], "a choice names no bid, or twice"),
    "a choice that does not fit": (at_efficient("choice"), [[0], [0], []], "not feasible"),
    "no tree": (at_efficient("cover", "tree"), [], "ends before its last leaf"),
    "half a tree": (at_efficient("cover", "tree"), lambda tree: tree[:-1], "ends before its last leaf"),
    "more than a tree": (at_efficient("cover", "tree"), lambda tree: [*tree, 0], "goes on after its last leaf"),
    "a split by no bid": (at_efficient("cover", "tree"), [[9, 0], 0, 0], "a split by no open bid"),
    "the same split again": (at_efficient("cover", "tree"), [[0, 0], [0, 0], 0, 0, 0], "a split by no open bid"),
    "a leaf without prices": (at_efficient("cover", "tree"), [99], "a leaf without prices"),
    "no split": (at_efficient("cover", "tree"), [0], "room for more welfare"),
    "a leaf that is feasible": (at_efficient("cover", "tree"), [-1], "said to be infeasible"),
    "no number of prices": (at_efficient("cover", "tree"), [-2], "is not a split or a leaf"),
    "a truth value": (at_efficient("cover", "tree"), [True], "is not a split or a leaf"),
    "three numbers": (at_efficient("cover", "tree"), [[0, 0, 0]], "is not a split or a leaf"),
    "no prices": (
        at_efficient("cover", "prices"),
        lambda all_: [{"goods": {}, "bidders": {}} for _ in all_],
        "room for more",
    ),
    "negative prices": (at_efficient("cover", "prices", 0, "goods"), {"0": "-1"}, "is not a map from rows to prices"),
    "prices of no good": (
        at_efficient("cover", "prices"),
        [{"goods": {"3": "9"}, "bidders": {}}] * 3,
        "a price of no good",
    ),
    "prices of nobody": (at_efficient("cover", "prices"), [{"goods": {}, "bidders": {"3": "1"}}] * 3, "no XOR bidder"),
    "a row that is no number": (at_efficient("cover", "prices", 0, "goods"), {"01": "1"}, "is not a map from rows"),
    "a further key": (at_efficient("cover", "more"), 1, "unknown key 'more'"),
    "no goods": (("auction", "goods"), [], "none, or a name twice"),
    "a good twice": (("auction", "goods"), ["A", "A", "B"], "none, or a name twice"),
    "too little supply": (("auction", "supply"), [1, 1], "not a positive count for every good"),
    "no supply": (("auction", "supply"), [1, 1, 0], "not a positive count for every good"),
    "a bidder twice": (("auction", "bidders", 0, "name"), "y", "auction.bidders: a name twice"),
    "a bid for nothing": (("auction", "bidders", 0, "bids", 0, "units"), {}, "no bid at 0, 0"),
    "a bid for no good": (("auction", "bidders", 0, "bids", 0, "units"), {"3": 1}, "no bid at 0, 0"),
    "no units of a good": (("auction", "bidders", 0, "bids", 0, "units"), {"0": 0}, "is not a map from goods to units"),
    "a negative bid": (("auction", "bidders", 0, "bids", 0, "value"), "-1", "no bid at 0, 0"),
    "a payment too few": (("outcome", "payments"), ["0"], "not a payment for every bidder"),
    "another choice": (("outcome", "choice"), [[0], [], [5]], "a choice names no bid"),
    "a claim less": (("claims",), lambda claims: claims[1:], "claims: not feasible, efficient"),
    "another expectation": (("claims", 0, "expect"), None, "expect should be PROVED"),
    "met": (("claims", 0, "met"), False, "met is wrong"),
    "a verdict of grids": (("claims", 5, "verdict"), "EXHAUSTED", "EXHAUSTED is no verdict about one outcome"),
    "no coalition": (("claims", 5, "evidence"), {"lowered": None}, "there iff nobody does better alone"),
    "no evidence": (("claims", 3, "evidence"), {}, "evidence lacks the key 'optimum'"),
    "an optimum less": (
        ("claims", 4, "evidence", "without"),
        lambda optima: optima[1:],
        "not an optimum for every bidder",
    ),
    "another payment": (("outcome", "payments", 0), "1", "PROVED, but the claim is false"),
}


@pytest.mark.parametrize("name", ALTERED)
def test_what_was_altered_and_sealed_again_is_rejected(name):
    path, change, reason = ALTERED[name]
    certificate = certified(CYCLE)
    assert len(cover(certificate)["cover"]["prices"]) <= 3
    altered = resealed(alter(path, change)(certificate))
    assert "REJECTED" in statuses(altered).values()
    assert reason in reasons(altered)


def test_a_broken_seal_rejects_everything():
    certificate = certified(CYCLE)
    certificate["auction"]["bidders"][0]["bids"][0]["value"] = "3"
    assert set(statuses(certificate).values()) == {"REJECTED"}
    assert "the seal is broken" in checker.check(certificate)[0]["reasons"][0]


def test_an_optimum_without_a_bidder_may_not_use_its_bids():
    certificate = certified(CYCLE)
    evidence = claim(certificate, "vcg-payments")["evidence"]
    winner = next(i for i, places in enumerate(evidence["optimum"]["choice"]) if places)
    evidence["without"][winner] = copy.deepcopy(evidence["optimum"])
    assert "a choice is not feasible" in reasons(certificate)


def test_a_leaf_that_does_not_fit_closes_without_prices():
    """Splitting by two bids that exclude each other leaves a part with no choice in it."""
    certificate = certified(CHOICES)
    optimum = cover(certificate)
    whole = optimum["cover"]["tree"]
    assert whole == [0]
    optimum["cover"]["tree"] = [[0, 0], 0, [0, 1], 0, -1]
    assert statuses(resealed(certificate))["efficient"] == "CONFIRMED"
    optimum["cover"]["tree"] = [[0, 0], 0, [2, 0], 0, -1]  # both ask for A
    assert statuses(resealed(certificate))["efficient"] == "CONFIRMED"
    optimum["cover"]["tree"] = [[0, 0], 0, [1, 0], 0, -1]  # these two fit
    assert "said to be infeasible" in reasons(certificate)


def test_bids_for_more_than_there_is_need_no_price():
    sold = auction({"A": 1}, {"x": [({"A": 2}, 100), ("A", 1)]})
    certificate = certified(sold)
    assert set(statuses(certificate).values()) == {"CONFIRMED"}


def test_random_alterations_of_covers_never_prove_another_welfare():
    """Whatever the tree and the prices, a welfare that is too small is refused."""
    rng = random.Random(6)
    for round_ in range(15):
        sold = generate("arbitrary", 6, 12, seed=round_)
        certificate = certified(sold)
        sale = checker.Sale(certificate["auction"])
        found = cover(certificate)
        best = checker.number(found["welfare"])
        for _ in range(10):
            tree = [rng.choice([0, -1, [rng.randrange(len(sold.bidders)), 0]]) for _ in range(rng.randint(1, 7))]
            for candidate in (tree, found["cover"]["tree"]):
                prices = copy.deepcopy(found["cover"]["prices"])
                for vector in prices:
                    for row in vector["goods"]:
                        if rng.random() < 0.3:
                            vector["goods"][row] = str(rng.randint(0, 50))
                with pytest.raises(checker.Refused):
                    sale.covered({"tree": candidate, "prices": prices}, best - 1, frozenset())


@pytest.mark.parametrize("form", [[], {}, None, 3, ["mechanism-verifier auction certificate"]])
def test_a_format_that_is_no_text_is_rejected(form):
    assert {one["status"] for one in checker.check({"format": form, "claims": [{"id": "efficient"}]})} == {"REJECTED"}


NONSENSE = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.text(max_size=3) | st.sampled_from(["0", "1/2"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
GOOD = [certified(CYCLE), certified(CHOICES), certified(*OUTCOMES["the house pays"][:3])]


def places(value, path=()):
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*path, key)
        yield from places(item, (*path, key))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_nonsense_anywhere_is_answered_and_never_raises(data):
    body = copy.deepcopy(data.draw(st.sampled_from(GOOD)))
    alter(data.draw(st.sampled_from([*places(body)])), data.draw(NONSENSE))(body)
    with contextlib.suppress(ValueError):  # a NaN, which no sealed certificate holds
        body = resealed(body)
    for one in checker.check(body):
        assert one["status"] in ("CONFIRMED", "REJECTED")
