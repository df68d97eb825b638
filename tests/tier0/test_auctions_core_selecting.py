"""Core-selecting payments against published numbers and against all coalitions."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from mechanisms.auctions.core_selecting import core_selecting, least_sum, nearest
from verifier.auction_audit import audit_auction
from verifier.domains.packages import Auction, Bidder, PackageBid, auction
from verifier.oracles.welfare.small import dynamic

DAY_CRAMTON = auction("AB", {"1": [("A", 28)], "2": [("B", 20)], "3": [("AB", 32)], "4": [("A", 14)], "5": [("B", 12)]})


def random_auction(rng, goods=4, bidders=5):
    made = []
    for index in range(bidders):
        packages = [rng.sample(range(goods), rng.randint(1, 3)) for _ in range(rng.randint(1, 3))]
        bids = [
            PackageBid(tuple(int(good in package) for good in range(goods)), rng.randint(1, 20)) for package in packages
        ]
        made.append(Bidder(str(index), tuple(bids)))
    return Auction(tuple(map(str, range(goods))), (1,) * goods, tuple(made))


def core_rows(sold, choice):
    """Every coalition: which winners are outside, and the least that these have to pay together."""
    everybody = range(len(sold.bidders))
    values = [sold.value(choice, index) for index in everybody]
    for size in range(len(sold.bidders) + 1):
        for coalition in combinations(everybody, size):
            alone = dynamic(sold.without(*(index for index in everybody if index not in coalition)))
            yield [int(i not in coalition) for i in everybody], alone - sum(values[i] for i in coalition)


def test_the_published_example():
    """Day and Cramton 2012: VCG gives 14 and 12, bidder 3 offers 32 for both; the missing 6 are shared equally."""
    found = core_selecting(DAY_CRAMTON)
    assert found.vcg_payments == (14, 12, 0, 0, 0)
    assert found.payments == (17, 15, 0, 0, 0)
    assert found.coalitions == ((2,),)


def test_where_vcg_is_in_the_core_nothing_changes():
    found = core_selecting(auction("AB", {"x": [("A", 9)], "y": [("B", 7)], "z": [("A", 4), ("B", 3)]}))
    assert found.payments == found.vcg_payments
    assert found.coalitions == ()


def test_what_the_locals_lack_is_shared_equally_on_top_of_vcg():
    """The global bidder offers 16 for both, VCG collects 11: each of the two locals pays 5/2 more."""
    found = core_selecting(auction("AB", {"x": [("A", 20)], "y": [("B", 5)], "z": [("AB", 16)]}))
    assert found.vcg_payments == (11, 0, 0)
    assert found.payments == (Fraction(27, 2), Fraction(5, 2), 0)


@pytest.mark.parametrize("seed", range(30))
def test_no_coalition_objects_and_no_lower_revenue_would_do(seed):
    """Against linear programs in doubles over all coalitions, and against random moves to other payments."""
    sold = random_auction(random.Random(seed))
    found = core_selecting(sold)
    rows = list(core_rows(sold, found.choice))
    values = [sold.value(found.choice, index) for index in range(len(sold.bidders))]
    assert all(sum(p for p, one in zip(found.payments, row, strict=True) if one) >= least for row, least in rows)
    assert all(0 <= paid <= value for paid, value in zip(found.payments, values, strict=True))
    from scipy.optimize import linprog

    matrix = -np.array([row for row, _ in rows], float)
    limits = -np.array([float(least) for _, least in rows])
    lowest = linprog(np.ones(len(values)), matrix, limits, bounds=[(0, float(value)) for value in values])
    assert abs(lowest.fun - float(sum(found.payments))) < 1e-7
    distance = sum((paid - vcg) ** 2 for paid, vcg in zip(found.payments, found.vcg_payments, strict=True))
    rng = random.Random(seed)
    for _ in range(200):
        move = [Fraction(rng.randint(-8, 8), 8) if value else 0 for value in values]
        other = [paid + step for paid, step in zip(found.payments, move, strict=True)]
        inside = all(sum(p for p, one in zip(other, row, strict=True) if one) >= least for row, least in rows)
        if (
            inside
            and sum(other) == sum(found.payments)
            and all(0 <= p <= v for p, v in zip(other, values, strict=True))
        ):
            assert sum((p - vcg) ** 2 for p, vcg in zip(other, found.vcg_payments, strict=True)) >= distance


def test_the_judge_finds_the_outcome_in_the_core():
    claims = {claim["id"]: claim["verdict"] for claim in audit_auction(DAY_CRAMTON, core_selecting)["claims"]}
    assert (claims["core"], claims["efficient"], claims["vcg-payments"]) == ("PROVED", "PROVED", "REFUTED")


def test_bids_joined_by_or_are_refused():
    both = (PackageBid((1, 0), 3), PackageBid((0, 1), 3))
    with pytest.raises(ValueError, match="joins bids by OR"):
        core_selecting(Auction(("A", "B"), (1, 1), (Bidder("x", both, "or"),)))


def test_the_least_sum_and_the_nearest_point_by_hand():
    rows = [((1, 1, 0), Fraction(6)), ((0, 1, 1), Fraction(6))]
    room = [Fraction(10)] * 3
    assert least_sum(rows, room) == 6  # the one in the middle pays it all
    assert nearest(rows, room, Fraction(6)) == [0, 6, 0]
    assert least_sum(rows, [Fraction(10), Fraction(4), Fraction(10)]) == 8
    assert nearest(rows, [Fraction(10), Fraction(4), Fraction(10)], Fraction(8)) == [2, 4, 2]
    assert nearest([], [Fraction(1)] * 2, Fraction(0)) == [0, 0]
