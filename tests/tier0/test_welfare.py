"""The welfare oracle against brute force, and what its evidence is worth."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.domains.generated import DISTRIBUTIONS, generate
from verifier.domains.packages import Auction, Bidder, PackageBid, auction
from verifier.oracles.welfare import Oracle, Undecided, optima_without, optimum, relaxation, search
from verifier.oracles.welfare.cover import Bound, Prices, cover_to_json
from verifier.oracles.welfare.program import program
from verifier.oracles.welfare.relaxation import Relaxation, Relaxed, basic_prices
from verifier.oracles.welfare.small import choices, dynamic, exhaustive, states


def best_by_trying(sold):
    """Every set of bids, with loops of this test."""
    bids = [(i, place) for i, bidder in enumerate(sold.bidders) for place in range(len(bidder.bids))]
    best = 0
    for chosen in range(2 ** len(bids)):
        accepted = [bid for number, bid in enumerate(bids) if chosen >> number & 1]
        owners = [i for i, _ in accepted if sold.bidders[i].language == "xor"]
        if len(set(owners)) < len(owners):
            continue
        offers = [sold.bidders[i].bids[place] for i, place in accepted]
        if all(sum(offer.units[g] for offer in offers) <= supply for g, supply in enumerate(sold.supply)):
            best = max(best, sum(offer.value for offer in offers))
    return best


@st.composite
def auctions(draw, most_bids=3):
    goods = draw(st.integers(1, 4))
    supply = tuple(draw(st.lists(st.integers(1, 3), min_size=goods, max_size=goods)))
    units = st.lists(st.integers(0, 3), min_size=goods, max_size=goods).filter(any).map(tuple)
    values = st.one_of(st.integers(0, 12), st.fractions(0, 5, max_denominator=6))
    bids = st.lists(st.builds(PackageBid, units, values), max_size=most_bids).map(tuple)
    made = draw(st.lists(st.tuples(bids, st.sampled_from(("xor", "or"))), max_size=4))
    bidders = tuple(Bidder(f"bidder {index}", *rest) for index, rest in enumerate(made))
    return Auction(tuple(f"good {good}" for good in range(goods)), supply, bidders)


def near_ties(rng, unit, goods=6, bidders=6):
    """Every package is worth about a unit a good, and a few smallest amounts more."""
    made = []
    for index in range(bidders):
        packages = [rng.sample(range(goods), rng.randint(1, 4)) for _ in range(3)]
        bids = [
            PackageBid(tuple(int(good in package) for good in range(goods)), unit * len(package) + rng.randint(0, 3))
            for package in packages
        ]
        made.append(Bidder(f"bidder {index}", tuple(bids)))
    return Auction(tuple(map(str, range(goods))), (1,) * goods, tuple(made))


@settings(max_examples=150, deadline=None)
@given(auctions())
def test_the_optimum_is_that_of_trying_everything(sold):
    found = optimum(sold)
    assert found.welfare == best_by_trying(sold) == exhaustive(sold)[0] == dynamic(sold)
    assert sold.fault(found.choice) is None
    assert sold.welfare(found.choice) == found.welfare


@settings(max_examples=60, deadline=None)
@given(auctions())
def test_optima_without_a_bidder_are_those_of_auctions_without_it(sold):
    for index, found in enumerate(optima_without(sold)):
        assert found.welfare == dynamic(sold.without(index))
        assert found.choice[index] == ()
        assert sold.welfare(found.choice) == found.welfare


@settings(max_examples=40, deadline=None)
@given(auctions(), st.fractions(Fraction(1, 7), 9, max_denominator=7), st.randoms(use_true_random=False))
def test_the_optimum_scales_with_money_and_forgets_names_and_orders(sold, factor, rng):
    welfare = optimum(sold).welfare
    scaled = [
        Bidder(bidder.name, tuple(PackageBid(bid.units, bid.value * factor) for bid in bidder.bids), bidder.language)
        for bidder in sold.bidders
    ]
    rng.shuffle(scaled)
    nobody = Bidder("nobody", (PackageBid((1,) * len(sold.goods), 0),))
    assert optimum(Auction(sold.goods, sold.supply, (*scaled, nobody))).welfare == welfare * factor


@pytest.mark.parametrize("unit", [10**6, 10**9, 10**12, 10**15, 10**30])
def test_near_ties_come_out_exact_however_large_the_amounts(unit):
    rng = random.Random(unit)
    for _ in range(25):
        sold = near_ties(rng, unit)
        assert optimum(sold).welfare == dynamic(sold)


def test_an_odd_cycle_needs_a_split_since_its_relaxation_is_fractional():
    """Three bids of 2 for two of three goods each: one of them wins, and half of each would be worth 3."""
    sold = auction("ABC", {"x": [("AB", 2)], "y": [("BC", 2)], "z": [("AC", 2)]})
    found = optimum(sold)
    assert (found.welfare, found.method) == (2, "branch and bound")
    assert any(not isinstance(token, int) for token in found.cover.tree)


def test_prices_alone_prove_an_integral_auction():
    found = optimum(auction("AB", {"x": [("A", 3)], "y": [("B", 4)], "z": [("AB", 5)]}))
    assert (found.welfare, found.method, len(found.cover.tree)) == (7, "linear program", 1)


def test_nobody_who_bids_is_worth_nothing():
    for bidders in ((), (Bidder("x", ()),), (Bidder("x", (PackageBid((2,), 5),)),)):
        found = optimum(Auction(("A",), (1,), bidders))
        assert found.welfare == 0
        assert not any(found.choice)


def test_a_spent_budget_says_between_what_the_welfare_lies():
    sold = auction("ABC", {"x": [("AB", 2)], "y": [("BC", 2)], "z": [("AC", 2)]})
    with pytest.raises(Undecided, match="at least 2 and at most 3") as spent:
        optimum(sold, nodes=0)
    assert (spent.value.welfare, spent.value.bound) == (2, 3)


def test_a_solver_that_fails_changes_no_answer(monkeypatch):
    """Nothing that it says is trusted, so without it the tree is only larger."""
    monkeypatch.setattr(Relaxation, "solve", lambda *args: None)
    rng = random.Random(4)
    for _ in range(10):
        sold = near_ties(rng, 10, goods=4, bidders=3)
        assert optimum(sold).welfare == dynamic(sold)


def test_a_solver_that_lies_changes_no_answer(monkeypatch):
    solve = Relaxation.solve

    def lies(self, refused, accepted):
        found = solve(self, refused, accepted)
        if found is None:
            return None
        return Relaxed([1 - share for share in found.shares], [price / 2 for price in found.prices], (), ())

    monkeypatch.setattr(Relaxation, "solve", lies)
    rng = random.Random(5)
    for _ in range(10):
        sold = near_ties(rng, 10, goods=4, bidders=3)
        assert optimum(sold).welfare == dynamic(sold)


def test_a_budget_spent_without_a_solver_has_the_bound_that_everything_is_accepted(monkeypatch):
    monkeypatch.setattr(Relaxation, "solve", lambda *args: None)
    sold = auction("ABC", {"x": [("AB", 2)], "y": [("BC", 2)], "z": [("AC", 2)]})
    with pytest.raises(Undecided, match="at least 2 and at most 6"):
        optimum(sold, nodes=0)


def test_prices_of_a_basis_are_exact():
    sold = auction("ABC", {"x": [("AB", 10**15)], "y": [("BC", 10**15 + 1)], "z": [("AC", 10**15 + 3)]})
    packed = program(sold)
    found = Relaxation(packed).solve((), ())
    prices = basic_prices(packed, found)
    assert sum(Fraction(price, prices.denominator) for price in prices.numerators.values()) == Fraction(
        3 * 10**15 + 4, 2
    )
    assert basic_prices(packed, Relaxed([], [], (0, 0), (0, 1))) is None


def test_a_bound_holds_for_any_prices():
    sold = auction("AB", {"x": [("A", 3), ("AB", 4)], "y": [("B", 2)]})
    packed = program(sold)
    rng = random.Random(2)
    for _ in range(50):
        bound = Bound(packed, Prices(rng.randint(1, 5), {row: rng.randint(0, 9) for row in range(len(packed.limits))}))
        assert bound.at((), ()) >= 5 * bound.denominator
        assert bound.at((0,), ()) >= 4 * bound.denominator
        assert bound.at((), (1,)) >= 4 * bound.denominator


@pytest.mark.parametrize("kind", DISTRIBUTIONS)
def test_sixty_goods_and_a_thousand_bids_are_proved_with_little_evidence(kind):
    sold = generate(kind, 60, 1000, seed=1)
    found = Oracle(sold).optimum()
    assert sold.fault(found.choice) is None
    assert len(str(cover_to_json(found.cover))) < 10_240
    assert len(found.cover.tree) < 100


def test_small_auctions_are_counted_before_they_are_tried():
    sold = auction({"A": 2, "B": 1}, {"x": [("A", 1), ("B", 1)], "y": [("A", 1)]})
    assert (choices(sold), states(sold)) == (6, 6)
    loose = Auction(sold.goods, sold.supply, tuple(Bidder(b.name, b.bids, "or") for b in sold.bidders))
    assert choices(loose) == 8


def test_a_hundred_thousand_bids_are_solved():
    rng = random.Random(1)
    bids = [
        Bidder(f"bidder {index}", (PackageBid(tuple(int(good in pair) for good in range(10)), rng.randint(1, 99)),))
        for index, pair in enumerate(rng.sample(range(10), 2) for _ in range(100_000))
    ]
    found = optimum(Auction(tuple(map(str, range(10))), (1,) * 10, tuple(bids)))
    assert found.welfare == 5 * 99


def test_modules_of_the_oracle_agree_on_what_a_closed_part_is():
    """The evidence closes just where the search does: a leaf may not exceed the welfare by a whole smallest unit."""
    sold = auction("A", {"x": [("A", "3/2")], "y": [("A", 1)]})
    packed = program(sold)
    assert packed.scale == 2
    assert Bound(packed, Prices(1, {0: 3})).closes((), (), 3)
    assert not Bound(packed, Prices(1, {0: 4})).closes((), (), 3)
    assert Bound(packed, Prices(10, {0: 39})).closes((), (), 3)
    assert search.rounded([0.5, 0.0, 2.26], 1, 10) == Prices(10, {0: 5, 2: 23})
    assert relaxation.whole_over({0: Fraction(1, 2), 1: Fraction(-1), 2: Fraction(1, 3)}) == Prices(6, {0: 3, 2: 2})
