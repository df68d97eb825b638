"""Covers on their own: the checker believes an optimum only where the prices of the whole tree add up to it."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier import checker
from verifier.domains.generated import generate
from verifier.domains.package_json import auction_to_json
from verifier.domains.packages import Auction, Bidder, PackageBid, auction
from verifier.oracles.welfare import optima_without, optimum
from verifier.oracles.welfare.cover import cover_to_json

CYCLE = auction("ABC", {"x": [("AB", 2)], "y": [("BC", 2)], "z": [("AC", 2)]})


def written(sold, found):
    """What `check_cover` is given: the auction, welfare, choice and cover as they come out of JSON."""
    parts = (auction_to_json(sold), str(found.welfare), found.choice, cover_to_json(found.cover))
    return json.loads(json.dumps(parts))


def refused(parts):
    with pytest.raises(checker.Refused) as refusal:
        checker.check_cover(*parts)
    return str(refusal.value)


@st.composite
def auctions(draw):
    goods = draw(st.integers(1, 4))
    supply = tuple(draw(st.lists(st.integers(1, 3), min_size=goods, max_size=goods)))
    units = st.lists(st.integers(0, 3), min_size=goods, max_size=goods).filter(any).map(tuple)
    values = st.one_of(st.integers(0, 12), st.fractions(0, 5, max_denominator=6))
    bids = st.lists(st.builds(PackageBid, units, values), max_size=3).map(tuple)
    made = draw(st.lists(st.tuples(bids, st.sampled_from(("xor", "or"))), max_size=4))
    return Auction(tuple("ABCD"[:goods]), supply, tuple(Bidder(f"b{i}", *rest) for i, rest in enumerate(made)))


@settings(max_examples=80, deadline=None)
@given(auctions())
def test_covers_of_optima_are_believed_and_no_other_welfare_is(sold):
    parts = written(sold, optimum(sold))
    checker.check_cover(*parts)
    for change in (1, -1):
        other = str(optimum(sold).welfare + change)
        assert "not worth its welfare" in refused([parts[0], other, *parts[2:]])


@settings(max_examples=40, deadline=None)
@given(auctions())
def test_covers_without_a_bidder_are_those_of_the_auction_without_it(sold):
    for index, found in enumerate(optima_without(sold)):
        checker.check_cover(*written(sold.without(index), found))


@settings(max_examples=60, deadline=None)
@given(auctions(), st.data())
def test_no_cover_whatever_proves_a_choice_that_is_not_the_best(sold, data):
    """Weak duality: with any tree and any prices, a choice that is worth less is refused."""
    found = optimum(sold)
    poor = ((),) * len(sold.bidders)
    if found.welfare == 0:
        return
    parts = written(sold, found)
    row = st.dictionaries(st.sampled_from("0123"), st.sampled_from(["0", "1", "5/2", "30"]), max_size=3)
    token = st.one_of(st.integers(-1, 2), st.lists(st.integers(0, 3), min_size=2, max_size=2))
    prices = data.draw(st.lists(st.fixed_dictionaries({"goods": row, "bidders": row}), max_size=2))
    prices += parts[3]["prices"]
    tree = data.draw(st.one_of(st.just(parts[3]["tree"]), st.lists(token, max_size=9)))
    assert refused([parts[0], "0", [list(places) for places in poor], {"prices": prices, "tree": tree}])


ALTERED = {
    "no auction": ((0,), None, "auction is no object"),
    "an unknown key": ((0, "more"), 1, "auction has the unknown key 'more'"),
    "an unknown language": ((0, "bidders", 0, "language"), "and", "language is none of or, xor"),
    "units as a text": ((0, "bidders", 0, "bids", 0, "units", "0"), "1", "is not a map from goods to units"),
    "a value as a double": ((0, "bidders", 0, "bids", 0, "value"), 2.0, "is not a rational in lowest terms"),
    "a welfare as a number": ((1,), 2, "optimum.welfare is not a rational in lowest terms"),
    "a welfare that is no number": ((1,), "nan", "optimum.welfare is not a rational in lowest terms"),
    "a choice of truth values": ((2, 0), [False], "is not a whole number of at least 0"),
    "a choice of a negative place": ((2, 0), [-1], "is not a whole number of at least 0"),
    "no tree": ((3,), {"prices": []}, "optimum.cover lacks the key 'tree'"),
    "nothing in the tree": ((3, "tree"), [], "ends before its last leaf"),
    "a tree in a tree": ((3, "tree"), [[[0, 0], 0]], "is not a split or a leaf"),
    "a split by half a bid": ((3, "tree"), [[0.5, 0], 0, 0], "is not a split or a leaf"),
    "a split by bid -1": ((3, "tree"), [[-1, 0], 0, 0], "a split by no open bid"),
    "a branch missing": ((3, "tree"), [[0, 0], 0], "ends before its last leaf"),
    "a branch too many": ((3, "tree"), [0, 0], "room for more welfare"),
    "prices that do not exist": ((3, "tree"), [10**30], "a leaf without prices"),
    "a negative price": ((3, "prices", 0, "goods"), {"0": "-1/2"}, "is not a map from rows to prices"),
    "a price that is not in lowest terms": (
        (3, "prices", 0, "goods"),
        {"0": "2/4"},
        "is not a map from rows to prices",
    ),
    "a price of an infinite amount": ((3, "prices", 0, "goods"), {"0": "inf"}, "is not a map from rows to prices"),
    "a price of good -1": ((3, "prices", 0, "goods"), {"-1": "1"}, "is not a map from rows to prices"),
    "a price of good 3": ((3, "prices"), [{"goods": {"3": "1"}, "bidders": {}}] * 9, "a price of no good"),
    "no prices": ((3, "prices"), [{"goods": {}, "bidders": {}}] * 9, "room for more welfare"),
}


@pytest.mark.parametrize("name", ALTERED)
def test_what_is_no_proof_is_refused_with_the_reason(name):
    path, value, reason = ALTERED[name]
    parts = here = written(CYCLE, optimum(CYCLE))
    checker.check_cover(*parts)
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    assert reason in refused(parts)


def test_prices_of_or_bidders_are_refused():
    loose = Auction(CYCLE.goods, CYCLE.supply, tuple(Bidder(b.name, b.bids, "or") for b in CYCLE.bidders))
    parts = written(loose, optimum(loose))
    parts[3]["prices"] = [{"goods": {}, "bidders": {"0": "9"}}] * 9
    assert "a price of no XOR bidder" in refused(parts)


def test_a_tree_as_deep_as_there_are_bids_needs_no_recursion():
    """Every bid is split off in turn, and all leaves are closed by the same price of the one good."""
    bids = tuple(Bidder(f"b{index}", (PackageBid((1,), 1),)) for index in range(1500))
    sold = Auction(("A",), (1,), bids)
    parts = written(sold, optimum(sold))
    tree = [[index, 0] for index in range(1500)] + [0] * 1501
    parts[3] = {"prices": [{"goods": {"0": "1"}, "bidders": {}}], "tree": tree}
    checker.check_cover(*parts)
    nested = 0
    for _ in range(100_000):
        nested = [nested]
    parts[3]["tree"] = [nested]
    assert "is not a split or a leaf" in refused(parts)


def test_the_cover_of_a_thousand_bids_is_checked_at_once():
    parts = written(sold := generate("regions", 60, 1000, seed=1), optimum(sold))
    assert len(json.dumps(parts[3])) < 10_240
    began = time.process_time()
    checker.check_cover(*parts)
    assert time.process_time() - began < 1  # 0.02 s; the bound leaves room for a busy machine
