"""Winner determination over package bids is exact: brute force, near ties, declared ties, both solvers, relations."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product

import pytest

from mechanisms.auctions.packages import search
from mechanisms.auctions.packages.clarke import VCGResult, pay_as_bid, vcg
from mechanisms.auctions.packages.determination import determine
from verifier.domains.packages import Auction, Bidder, Choice, PackageBid, auction

NEAR = [10**6, 10**9, 10**12, 10**15]


def choices(auction: Auction) -> list[Choice]:
    """Every feasible choice."""
    options = []
    for bidder in auction.bidders:
        places = range(len(bidder.bids))
        most = 1 if bidder.language == "xor" else len(bidder.bids)
        options.append([taken for size in range(most + 1) for taken in combinations(places, size)])
    return [choice for choice in product(*options) if auction.fault(choice) is None]


def accepts(auction: Auction, choice: Choice) -> tuple[int, ...]:
    """The choice as 0 and 1, one for each bid in order."""
    return tuple(
        int(place in taken)
        for bidder, taken in zip(auction.bidders, choice, strict=True)
        for place in range(len(bidder.bids))
    )


def by_brute_force(auction: Auction) -> tuple[Choice, tuple[object, ...]]:
    """The declared first best choice, and the Clarke payments from the definition."""
    best = max(choices(auction), key=lambda choice: (auction.welfare(choice), accepts(auction, choice)))
    payments = []
    for index in range(len(auction.bidders)):
        rest = auction.without(index)
        without = max(rest.welfare(choice) for choice in choices(rest))
        payments.append(without - (auction.welfare(best) - auction.value(best, index)))
    return best, tuple(payments)


def sampled(rng: random.Random, base: int, spread: int) -> Auction:
    """A small auction; values near `base` for each unit asked for, so that totals nearly tie."""
    goods = rng.randint(1, 4)
    supply = tuple(rng.randint(1, 3) for _ in range(goods))
    bidders = []
    for index in range(rng.randint(1, 4)):
        bids = []
        for _ in range(rng.randint(0, 3)):
            units = tuple(rng.randint(0, min(2, most)) for most in supply)
            if any(units):
                value = sum(units) * base + rng.randint(0, spread)
                bids.append(PackageBid(units, Fraction(value, rng.choice([1, 1, 3])) if base < 10 else value))
        bidders.append(Bidder(f"b{index}", tuple(bids), rng.choice(["xor", "or"])))
    return Auction(tuple(f"g{good}" for good in range(goods)), supply, tuple(bidders))


def outcome(result: VCGResult) -> VCGResult:
    """Without the text that names the solver."""
    return replace(result, optimality=replace(result.optimality, method=""))


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize(("base", "spread"), [(0, 1), (0, 9), (0, 100), *((base, 2) for base in NEAR)])
def test_choice_and_payments_are_those_of_brute_force(seed: int, base: int, spread: int) -> None:
    case = sampled(random.Random(f"{seed} {base} {spread}"), base, spread)
    found = vcg(case)
    choice, payments = by_brute_force(case)
    assert found.choice == choice
    assert found.payments == payments
    assert found.social_welfare == case.welfare(choice)
    assert found.revenue == sum(payments)


@pytest.mark.parametrize("seed", range(40))
def test_splitting_the_program_does_not_change_the_answer(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    case = sampled(random.Random(seed), *random.Random(seed).choice([(0, 1), (1, 2), (10**12, 2)]))
    whole = outcome(vcg(case))
    monkeypatch.setattr(search, "BUDGET", 2)
    assert outcome(vcg(case)) == whole


def test_a_split_is_said_in_the_method(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "BUDGET", 2)
    # a triangle: three packages of two goods each, any two of which collide, at equal prices 1/2
    triangle = auction(["a", "b", "c"], {"1": [(["a", "b"], 2)], "2": [(["b", "c"], 2)], "3": [(["a", "c"], 2)]})
    found = determine(triangle)
    assert (found.choice, found.welfare) == (((0,), (), ()), 2)
    assert "integer program (HiGHS)" in found.method


def test_a_search_beyond_its_count_of_splits_gives_no_half_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "BUDGET", 2)
    monkeypatch.setattr(search, "SPLITS", 0)
    triangle = auction(["a", "b", "c"], {"1": [(["a", "b"], 2)], "2": [(["b", "c"], 2)], "3": [(["a", "c"], 2)]})
    with pytest.raises(search.TooHard, match="no proof after 0 splits"):
        determine(triangle)


@pytest.mark.parametrize("base", NEAR)
def test_one_unit_of_money_decides_at_any_magnitude(base: int) -> None:
    for extra in (-1, 0, 1):
        case = auction(["a", "b"], {"1": [(["a", "b"], 2 * base + extra)], "2": [(["a"], base)], "3": [(["b"], base)]})
        found = vcg(case)
        assert found.social_welfare == 2 * base + max(0, extra)
        assert found.payments == ((2 * base, 0, 0) if extra >= 0 else (0, base - 1, base - 1))


@pytest.mark.parametrize("seed", range(6))
def test_both_solvers_give_the_same_result(seed: int) -> None:
    case = sampled(random.Random(seed), (0, 10**9)[seed % 2], 3)
    assert outcome(vcg(case, solver="cbc")) == outcome(vcg(case, solver="highs"))


def test_the_first_of_equal_choices_wins_whatever_the_solver() -> None:
    tied = auction(["x"], {"A": [(["x"], 7)], "B": [(["x"], 7)], "C": [(["x"], 7)]})
    for solver in ("highs", "cbc"):
        assert vcg(tied, solver=solver).choice == ((0,), (), ())
    assert vcg(tied).payments == (7, 0, 0)


@pytest.mark.parametrize("seed", range(25))
def test_relations_between_auctions(seed: int) -> None:
    rng = random.Random(seed)
    case = sampled(rng, 0, 20)
    found = vcg(case)
    scaled = Auction(
        case.goods,
        case.supply,
        tuple(
            Bidder(one.name, tuple(PackageBid(bid.units, bid.value * Fraction(7, 3)) for bid in one.bids), one.language)
            for one in case.bidders
        ),
    )
    assert vcg(scaled).payments == tuple(payment * Fraction(7, 3) for payment in found.payments)
    more = Auction(case.goods, tuple(units + 1 for units in case.supply), case.bidders)
    assert vcg(more).social_welfare >= found.social_welfare
    order = list(range(len(case.bidders)))
    rng.shuffle(order)
    moved = Auction(case.goods, case.supply, tuple(case.bidders[index] for index in order))
    assert vcg(moved).social_welfare == found.social_welfare
    for index, payment in enumerate(found.payments):
        assert 0 <= payment <= case.value(found.choice, index)


def test_pay_as_bid_charges_the_accepted_offers_of_the_same_winners() -> None:
    case = sampled(random.Random(3), 0, 9)
    first, second = pay_as_bid(case), vcg(case)
    assert first.choice == second.choice
    assert first.payments == tuple(case.value(first.choice, index) for index in range(len(case.bidders)))
    assert first.revenue == first.social_welfare >= second.revenue


def test_an_auction_without_bids_has_an_empty_result() -> None:
    found = vcg(auction(["x"], {"A": [], "B": []}))
    assert (found.choice, found.payments, found.social_welfare, found.efficiency) == (((), ()), (0, 0), 0, 1)


def test_an_unknown_solver_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'glpk'; it must be one of highs, cbc"):
        vcg(auction(["x"], {"A": [(["x"], 1)]}), solver="glpk")
