"""Reserve prices in package auctions: against brute force, the single-item auction and hand-worked numbers."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import pytest

from mechanisms.auctions.reserves import reserved_bundles, reserved_vcg, with_seller
from mechanisms.auctions.single_item import second_price
from verifier.domains.packages import Auction, Bidder, PackageBid, auction
from verifier.errors import MoneyError


def choices(sold):
    """Every feasible choice of bids of XOR bidders."""
    each = [[(), *((place,) for place in range(len(bidder.bids)))] for bidder in sold.bidders]
    return [choice for choice in product(*each) if sold.fault(choice) is None]


def surplus(sold, choice, prices):
    """Offers less the reserves of what is sold."""
    sums = (bid.value - sum(u * p for u, p in zip(bid.units, prices, strict=True)) for _, bid in sold.accepted(choice))
    return sum(sums, Fraction(0))


def random_auction(rng):
    bidders = []
    for index in range(4):
        packages = [tuple(rng.choice([0, 0, 1, 2]) for _ in range(2)) for _ in range(rng.randint(1, 3))]
        bids = tuple(PackageBid(package, rng.randint(1, 12)) for package in packages if any(package))
        bidders.append(Bidder(str(index), bids))
    return Auction(("A", "B"), (2, 3), tuple(bidders))


@pytest.mark.parametrize("seed", range(25))
def test_the_best_surplus_over_the_reserves_wins_and_payments_are_the_pivots(seed):
    rng = random.Random(seed)
    sold, prices = random_auction(rng), [rng.randint(0, 4), Fraction(rng.randint(0, 6), 2)]
    found = reserved_vcg(sold, dict(zip("AB", prices, strict=True)))
    best = max(surplus(sold, choice, prices) for choice in choices(sold))
    assert surplus(sold, found.choice, prices) == best
    for index, (bidder, places) in enumerate(zip(sold.bidders, found.choice, strict=True)):
        without = max(surplus(sold, choice, prices) for choice in choices(sold) if not choice[index])
        assert found.payments[index] == without - best + sold.value(found.choice, index)
        reserve = sum(u * p for place in places for u, p in zip(bidder.bids[place].units, prices, strict=True))
        assert reserve <= found.payments[index] <= sold.value(found.choice, index) if places else True
    given = [sum(bid.units[good] for _, bid in sold.accepted(found.choice)) for good in range(2)]
    assert found.unsold == tuple(supply - units for supply, units in zip(sold.supply, given, strict=True))


def test_two_goods_by_hand():
    """30 for both beats 12 for a and the 15 that the seller keeps b for; without y the 12 and the 15 would be best."""
    sold = auction("ab", {"x": [("a", 12)], "y": [("ab", 30)]})
    found = reserved_vcg(sold, {"a": 10, "b": 15})
    assert (found.choice, found.payments, found.unsold) == (((), (0,)), (0, 27), (0, 0))
    found = reserved_vcg(sold, {"a": 10, "b": 20})
    assert (found.choice, found.payments, found.unsold) == (((0,), ()), (10, 0), (0, 1))


@pytest.mark.parametrize("bids", list(product(range(5), repeat=2)))
def test_one_item_is_the_second_price_auction_with_a_reserve(bids):
    won, paid = second_price(bids, reserve=2)
    assert reserved_bundles([[bid] for bid in bids], 1, [2]) == (won, paid)
    sold = auction("a", {str(index): [("a", bid)] for index, bid in enumerate(bids)})
    found = reserved_vcg(sold, {"a": 2})
    assert ([len(places) for places in found.choice], list(found.payments)) == (won, paid)


def test_without_reserves_nothing_changes():
    sold = auction("ab", {"seller": [("a", 3)], "y": [("ab", 7)]})
    assert with_seller(sold, {}).bidders[-1] == Bidder("the seller", (), "or")
    found = reserved_vcg(sold, {})
    assert (found.choice, found.payments) == (((), (0,)), (0, 3))


def test_senseless_reserves_are_refused():
    sold = auction(["left", "right"], {"x": [(["left"], 1)]})
    with pytest.raises(ValueError, match="unknown good 'lefft'; the goods are left, right"):
        reserved_vcg(sold, {"lefft": 1})
    with pytest.raises(ValueError, match="must not be negative"):
        reserved_vcg(sold, {"left": -1})
    with pytest.raises(MoneyError):
        reserved_vcg(sold, {"left": 0.5})
