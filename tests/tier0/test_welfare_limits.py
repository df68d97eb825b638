"""The welfare oracle where amounts and units exceed doubles, where budgets end, and where methods are asked for."""

from __future__ import annotations

import json
import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier import checker
from verifier.domains.package_json import auction_to_json
from verifier.domains.packages import Auction, Bidder, PackageBid, auction
from verifier.oracles import welfare
from verifier.oracles.welfare import METHODS, Disagreement, Undecided, Unsuited, optimum
from verifier.oracles.welfare.cover import cover_to_json
from verifier.oracles.welfare.relaxation import Relaxation
from verifier.oracles.welfare.small import dynamic, number_type, tabulable, tabulated


def single_units(seed, bidders, value, goods=7):
    rng = random.Random(seed)
    made = []
    for index in range(bidders):
        bids = []
        for _ in range(3):
            package = rng.sample(range(goods), rng.randint(1, 3))
            bids.append(PackageBid(tuple(int(good in package) for good in range(goods)), value(rng)))
        made.append(Bidder(f"bidder {index}", tuple(bids)))
    return Auction(tuple(map(str, range(goods))), (1,) * goods, tuple(made))


def proved(sold, found):
    """Whether the checker adds up the evidence to the same optimum; it raises otherwise."""
    written = json.loads(json.dumps([auction_to_json(sold), cover_to_json(found.cover)]))
    checker.check_cover(written[0], str(found.welfare), [list(places) for places in found.choice], written[1])
    return True


AMOUNTS = {
    "larger than any double": lambda rng: 10**400 + rng.randint(0, 5),
    "smaller than any double": lambda rng: Fraction(1 + rng.randint(0, 5), 10**400),
    "of a hundred different denominators": lambda rng: Fraction(rng.randint(1, 10**6), rng.randint(1, 3000)),
    "both at once": lambda rng: rng.choice((Fraction(1, 10**200), 10**200)) * rng.randint(1, 9),
}


@pytest.mark.parametrize("name", AMOUNTS)
def test_amounts_that_no_double_holds_have_an_exact_optimum(name):
    sold = single_units(1, 60 if "hundred" in name else 7, AMOUNTS[name])
    found = optimum(sold)
    assert found.welfare == dynamic(sold)
    assert proved(sold, found)


@pytest.mark.parametrize("factor", [1, 10**6, 10**15, 10**400], ids=["1", "10^6", "10^15", "10^400"])
def test_counting_units_in_smaller_ones_changes_no_optimum(factor):
    """Prices of one unit are then tiny, and have to be as exact as ever."""
    rng = random.Random(3)
    offers = [[((rng.randint(1, 20), rng.randint(0, 20)), rng.randint(1, 200)) for _ in range(2)] for _ in range(30)]

    def counted(by):
        bids = [[PackageBid((a * by, b * by), value) for (a, b), value in pair] for pair in offers]
        bidders = tuple(Bidder(f"bidder {index}", tuple(pair)) for index, pair in enumerate(bids))
        return Auction(("A", "B"), (100 * by, 100 * by), bidders)

    sold = counted(factor)
    found = optimum(sold)
    assert found.welfare == tabulated(counted(1))
    assert proved(sold, found)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 6))
def test_the_optimum_lies_between_what_a_spent_budget_says(seed, nodes):
    sold = single_units(seed, 7, lambda rng: rng.randint(5, 12))
    try:
        found = optimum(sold, nodes=nodes)
    except Undecided as spent:
        found = spent
    assert found.welfare <= dynamic(sold) <= getattr(found, "bound", found.welfare)


@pytest.mark.parametrize(("seed", "nodes"), [(20, 2), (30, 3)])
def test_a_bound_is_never_below_the_welfare_that_is_known(seed, nodes):
    """Here all parts that are still open are worth less than the best choice, which had been found before."""
    sold = single_units(seed, 7, lambda rng: rng.randint(5, 12))
    with pytest.raises(Undecided) as spent:
        optimum(sold, nodes=nodes)
    assert spent.value.welfare == spent.value.bound == dynamic(sold)


def test_an_interruption_is_not_an_answer(monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Relaxation, "solve", interrupted)
    with pytest.raises(KeyboardInterrupt):
        optimum(auction("ABC", {"x": [("AB", 2)], "y": [("BC", 2)], "z": [("AC", 2)]}))


@pytest.mark.parametrize(
    ("method", "said"),
    list(zip(METHODS, ("linear program", "linear program", "dynamic programming", "exhaustive"), strict=True)),
)
def test_every_method_finds_the_same_and_gives_a_cover(method, said):
    sold = single_units(5, 5, lambda rng: Fraction(rng.randint(5, 12), 3))
    found = optimum(sold, method=method)
    assert (found.welfare, found.method) == (dynamic(sold), said)
    assert proved(sold, found)


def test_a_method_that_does_not_exist_or_would_never_end_is_refused():
    sold = single_units(5, 40, lambda rng: rng.randint(5, 12))
    with pytest.raises(Unsuited, match="did you mean 'exhaustive'"):
        optimum(sold, method="exhaustion")
    with pytest.raises(Unsuited, match="7 goods and 40 bidders are too much for exhaustive"):
        optimum(sold, method="exhaustive")
    many = Auction(("A",), (10**9,), tuple(Bidder(str(i), (PackageBid((1 + i**5,), 1),)) for i in range(40)))
    with pytest.raises(Unsuited, match="too much for dynamic programming"):
        optimum(many, method="dynamic programming")
    few = Auction(("A",), (10**9,), many.bidders[:5])
    assert optimum(few, method="dynamic programming").welfare == 5


@pytest.mark.parametrize("second", ["exhaustive", "tabulated"])
def test_a_second_opinion_that_differs_stops_everything(monkeypatch, second):
    sold = single_units(5, 2 if second == "exhaustive" else 12, lambda rng: rng.randint(5, 12))
    monkeypatch.setattr(welfare, second, lambda *_: (1, ()) if second == "exhaustive" else 1)
    with pytest.raises(Disagreement, match="by branch and bound, 1 by another method"):
        optimum(sold)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1, Fraction(1, 3), 10**18]), st.booleans())
def test_the_table_agrees_with_the_vectors_that_occur(seed, unit, several):
    rng = random.Random(seed)
    supply = tuple(rng.randint(1, 4 if several else 1) for _ in range(rng.randint(1, 4)))
    bidders = []
    for index in range(rng.randint(0, 5)):
        units = [tuple(rng.randint(0, 4) for _ in supply) for _ in range(3)]
        bids = tuple(PackageBid(one, unit * rng.randint(0, 9)) for one in units if any(one))
        bidders.append(Bidder(f"bidder {index}", bids, rng.choice(("xor", "or"))))
    sold = Auction(tuple(map(str, range(len(supply)))), supply, tuple(bidders))
    assert tabulated(sold) == dynamic(sold)


def test_eighteen_goods_are_tabulated_in_machine_words_only_where_they_fit():
    sold = single_units(2, 30, lambda rng: rng.randint(1, 99), goods=18)
    assert (number_type(sold), tabulable(sold), tabulable(sold, 50)) == ("int64", False, True)
    assert optimum(sold, method="dynamic programming").welfare == tabulated(sold)
    edge = Auction(("A",), (2,), tuple(Bidder(name, (PackageBid((1,), 2**62),)) for name in "xy"))
    assert (number_type(edge), tabulated(edge)) == ("object", 2**63)
    assert not tabulable(Auction(tuple(map(str, range(40))), (1,) * 40, ()))
