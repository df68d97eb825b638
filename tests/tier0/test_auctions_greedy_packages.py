"""The greedy package auction against its theorems."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from mechanisms.auctions.greedy_packages import NORMS, greedy
from verifier.domains.packages import Auction, Bidder, PackageBid, auction
from verifier.oracles.welfare.small import dynamic


def single_minded(rng, goods=5, bidders=6):
    made = []
    for index in range(bidders):
        package = rng.sample(range(goods), rng.randint(1, goods))
        bid = PackageBid(tuple(int(good in package) for good in range(goods)), rng.randint(0, 30))
        made.append(Bidder(str(index), (bid,)))
    return Auction(tuple(map(str, range(goods))), (1,) * goods, tuple(made))


def offering(sold, bidder, value):
    """The auction where one bidder offers another amount."""
    changed = Bidder(sold.bidders[bidder].name, (PackageBid(sold.bidders[bidder].bids[0].units, value),))
    return Auction(sold.goods, sold.supply, (*sold.bidders[:bidder], changed, *sold.bidders[bidder + 1 :]))


def test_the_example_of_the_paper():
    """Lehmann, O'Callaghan and Shoham 2002: 10 for a, 19 for a and b, 8 for b; by value per good the first and third
    win. Without the first, the second (19/2 a good) would take a: it pays 19/2; without the third b would stay free.
    """
    found = greedy(auction("ab", {"red": [("a", 10)], "green": [("ab", 19)], "blue": [("b", 8)]}), norm=1)
    assert found.choice == ((0,), (), (0,))
    assert found.payments == (Fraction(19, 2), 0, 0)


def test_by_the_square_root_a_small_package_beats_a_large_one_by_less():
    sold = auction("abcd", {"x": [("a", 5)], "y": [("abcd", 9)]})
    found = greedy(sold)
    assert (found.choice, found.payments) == (((0,), ()), (Fraction(9, 2), 0))  # 9 / sqrt(4)
    assert greedy(sold, norm=0).choice == ((), (0,))


def test_an_irrational_critical_value_is_rounded_down_and_its_square_is_exact():
    found = greedy(auction("ab", {"x": [("a", 5)], "y": [("ab", 2)]}))
    assert found.squared_critical_values == (2, 0)
    assert found.payments == (Fraction(141, 100), 0)
    assert greedy(auction("ab", {"x": [("a", 5)], "y": [("ab", 2)]}), unit=1).payments == (1, 0)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("seed", range(25))
def test_the_payment_is_the_least_offer_that_wins(norm, seed):
    sold = single_minded(random.Random(seed))
    found = greedy(sold, norm)
    little = Fraction(1, 1000)
    for bidder, places in enumerate(found.choice):
        critical = found.payments[bidder]
        assert 0 <= critical <= sold.value(found.choice, bidder)
        if places:
            assert greedy(offering(sold, bidder, critical + Fraction(1, 100) + little), norm).choice[bidder] == (0,)
            if critical:
                assert greedy(offering(sold, bidder, critical - little), norm).choice[bidder] == ()
        else:
            assert critical == 0


@pytest.mark.parametrize("norm", [0, 1])
def test_no_lie_about_the_value_pays(norm):
    for seed in range(15):
        sold = single_minded(random.Random(seed), bidders=4)
        for bidder in range(4):
            true = sold.bidders[bidder].bids[0].value
            honest = greedy(sold, norm)
            gain = len(honest.choice[bidder]) * true - honest.payments[bidder]
            for lie in [Fraction(step, 2) for step in range(0, 80, 3)]:
                found = greedy(offering(sold, bidder, lie), norm)
                assert len(found.choice[bidder]) * true - found.payments[bidder] <= gain


def test_the_square_root_guarantee():
    """Theorem 5.1: the best welfare is at most sqrt(m) times that of norm 1/2; for norm 1 it can be m times."""
    for seed in range(150):
        sold = single_minded(random.Random(seed), goods=random.Random(seed).randint(1, 7))
        welfare = sold.welfare(greedy(sold).choice)
        assert dynamic(sold) ** 2 <= len(sold.goods) * welfare**2
    bad = auction("abcdefghi", {"small": [("a", Fraction(101, 100))], "all": [("abcdefghi", 9)]})
    assert bad.welfare(greedy(bad, norm=1).choice) * 8 < dynamic(bad)


def test_what_the_rule_is_not_for_is_refused():
    several = auction("ab", {"x": [("a", 1), ("b", 1)]})
    with pytest.raises(ValueError, match="single-minded"):
        greedy(several)
    with pytest.raises(ValueError, match="compared exactly for 0, 1/2 and 1"):
        greedy(several, norm=Fraction(1, 3))
    with pytest.raises(ValueError, match="must be positive"):
        greedy(several, unit=0)
