"""Allocation constraints hold exactly and cost no more than they must: every choice is tried as a second opinion."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product

import pytest

from mechanisms.auctions.packages.clarke import vcg
from mechanisms.auctions.packages.constraints import (
    ConstraintError,
    Constraints,
    Fairness,
    InfeasibleConstraints,
)
from mechanisms.auctions.packages.determination import Determination, determine
from verifier.domains.packages import Auction, Bidder, Choice, PackageBid, auction


def worth(bidder: Bidder, units: tuple[int, ...]) -> object:
    """The most that a bidder's bids say about some units."""
    sets = [taken for size in range(len(bidder.bids) + 1) for taken in combinations(bidder.bids, size)]
    if bidder.language == "xor":
        sets = [taken for taken in sets if len(taken) <= 1]
    fitting = [
        taken for taken in sets if all(sum(bid.units[good] for bid in taken) <= most for good, most in enumerate(units))
    ]
    return max(sum(bid.value for bid in taken) for taken in fitting)


def languages(case: Auction) -> Iterator[Choice]:
    """Every choice that the bidding languages allow, whatever the supply."""
    options = []
    for bidder in case.bidders:
        most = 1 if bidder.language == "xor" else len(bidder.bids)
        options.append([t for size in range(most + 1) for t in combinations(range(len(bidder.bids)), size)])
    yield from product(*options)


def holdings(case: Auction, rules: Constraints, choice: Choice) -> list[tuple[int, ...]]:
    held = []
    for bidder, places in zip(case.bidders, choice, strict=True):
        promised = rules.min_guaranteed.get(bidder.name, {})
        accepted = [sum(bidder.bids[place].units[good] for place in places) for good in range(len(case.goods))]
        held.append(tuple(max(have, promised.get(good, 0)) for good, have in zip(case.goods, accepted, strict=True)))
    return held


def allowed(case: Auction, rules: Constraints, choice: Choice, absent: int = -1) -> bool:
    """Whether a choice keeps to everything but max-min fairness; nothing is owed to an absent bidder."""
    held = holdings(case, rules, choice)
    for good, (name, supply) in enumerate(zip(case.goods, case.supply, strict=True)):
        if sum(units[good] for units in held) > min(supply, rules.capacity.get(name, supply)):
            return False
        if any(units[good] > rules.max_per_agent.get(name, units[good]) for units in held):
            return False
    for need in rules.fairness:
        for index, bidder in enumerate(case.bidders):
            own = case.value(choice, index)
            everything = tuple(min(u, rules.capacity.get(g, u)) for g, u in zip(case.goods, case.supply, strict=True))
            share = Fraction(need.weight) * worth(bidder, everything) / len(case.bidders)
            if index != absent and need.kind == "proportional" and own < share:
                return False
            if index != absent and need.kind == "envy_free" and any(own < need.weight * worth(bidder, u) for u in held):
                return False
    return True


def rules_of(rng: random.Random, case: Auction) -> Constraints:
    kinds = (
        ["proportional"] if any(bidder.language == "or" for bidder in case.bidders) else ["proportional", "envy_free"]
    )
    return Constraints(
        capacity={good: rng.randint(0, 3) for good in case.goods if rng.random() < 0.4},
        max_per_agent={good: rng.randint(0, 2) for good in case.goods if rng.random() < 0.4},
        min_guaranteed={
            bidder.name: {good: rng.randint(0, 1) for good in case.goods}
            for bidder in case.bidders
            if rng.random() < 0.5
        },
        fairness=tuple(
            Fairness(kind, rng.choice([Fraction(1, 4), Fraction(1, 2), 1])) for kind in kinds if rng.random() < 0.4
        ),
    )


def sampled(rng: random.Random) -> Auction:
    goods = rng.randint(1, 3)
    supply = tuple(rng.randint(1, 4) for _ in range(goods))
    language = rng.choice(["xor", "xor", "or"])
    bidders = []
    for index in range(rng.randint(1, 3)):
        bids = [
            PackageBid(units, rng.randint(0, 9))
            for units in (tuple(rng.randint(0, 2) for _ in supply) for _ in range(rng.randint(1, 3)))
            if any(units)
        ]
        bidders.append(Bidder(f"b{index}", tuple(bids), language))
    return Auction(tuple(f"g{good}" for good in range(goods)), supply, tuple(bidders))


@pytest.mark.parametrize("seed", range(150))
def test_constrained_winners_and_payments_are_those_of_brute_force(seed: int) -> None:
    rng = random.Random(seed)
    case = sampled(rng)
    rules = rules_of(rng, case)
    feasible = [choice for choice in languages(case) if allowed(case, rules, choice)]
    if not feasible:
        with pytest.raises(InfeasibleConstraints):
            vcg(case, rules)
        return
    found = vcg(case, rules)
    best = max(case.welfare(choice) for choice in feasible)
    assert found.social_welfare == best
    assert found.choice in feasible
    assert found.allocations == tuple(holdings(case, rules, found.choice))
    for index, payment in enumerate(found.payments):
        rest = [
            choice for choice in languages(case) if not choice[index] and allowed(case, rules, choice, absent=index)
        ]
        without = max(case.welfare(choice) for choice in rest)
        assert payment == without - (best - case.value(found.choice, index))
        assert payment >= 0
        if not rules.fairness:
            assert payment <= case.value(found.choice, index)


@pytest.mark.parametrize("weight", [1, Fraction(2, 3)])
@pytest.mark.parametrize("seed", range(30))
def test_max_min_fairness_raises_the_smallest_value_as_far_as_possible(seed: int, weight: int | Fraction) -> None:
    case = sampled(random.Random(seed))
    rules = Constraints(fairness=(Fairness("max_min_fair", weight),))
    agents = range(len(case.bidders))
    feasible = [choice for choice in languages(case) if case.fault(choice) is None]
    smallest = {choice: min(case.value(choice, agent) for agent in agents) for choice in feasible}
    floor = weight * max(smallest.values())
    best = max(case.welfare(choice) for choice in feasible if smallest[choice] >= floor)
    assert determine(case, rules).welfare == best


def test_a_guarantee_is_set_aside_free_of_charge_and_serves_bids_that_fit() -> None:
    case = auction({"g": 3}, {"A": [({"g": 1}, 2)], "B": [({"g": 3}, 9), ({"g": 2}, 5)]})
    free = vcg(case)
    assert (free.choice, free.payments) == (((), (0,)), (0, 2))
    kept = vcg(case, Constraints(min_guaranteed={"A": {"g": 1}}))
    assert (kept.allocations, kept.payments) == (((1,), (2,)), (0, 0))
    assert kept.efficiency == Fraction(7, 9)


def conflict(case: Auction, rules: Constraints) -> tuple[str, ...]:
    with pytest.raises(InfeasibleConstraints) as error:
        determine(case, rules)
    assert all(part in str(error.value) for part in error.value.conflict)
    return error.value.conflict


def test_conflicting_guarantees_are_named_and_nothing_else() -> None:
    case = auction({"g": 2, "h": 5}, {"A": [({"g": 1}, 2)], "B": [({"g": 1}, 3)], "C": [({"h": 1}, 3)]})
    two = {"A": {"g": 1}, "B": {"g": 2}, "C": {"h": 1}}
    assert conflict(case, Constraints(min_guaranteed=two)) == (
        "the guarantee of 'A'",
        "the guarantee of 'B'",
        "the supply of 'g'",
    )
    limited = Constraints(max_per_agent={"g": 1}, min_guaranteed={"B": {"g": 2}, "C": {"h": 1}}, capacity={"h": 4})
    assert conflict(case, limited) == ("the guarantee of 'B'", "at most 1 of 'g' for each agent")


def test_fair_shares_of_one_thing_conflict_with_its_supply() -> None:
    case = auction(["x"], {"A": [(["x"], 4)], "B": [(["x"], 3)], "C": [(["x"], 9)]})
    named = conflict(case, Constraints(fairness=(Fairness("proportional"),)))
    assert len(named) == 3
    assert "the supply of 'x'" in named


@pytest.mark.parametrize("seed", range(60))
def test_every_conflict_is_irreducible(seed: int) -> None:
    rng = random.Random(seed)
    case = sampled(rng)
    rules = rules_of(rng, case)
    determination = Determination(case, rules)
    try:
        determination.best()
    except InfeasibleConstraints as error:
        agents = [name for name in rules.min_guaranteed if f"the guarantee of {name!r}" in error.conflict]
        names = [name for name in error.conflict if not name.startswith("the guarantee")]
        assert not determination._possible(names, agents)
        for name in names:
            assert determination._possible([other for other in names if other != name], agents)
        for agent in agents:
            assert determination._possible(names, [other for other in agents if other != agent])


def test_fairness_can_cost_individual_rationality_and_truth() -> None:
    """Both want the two goods together: whoever got them would be envied, so that nobody may get them."""
    case = auction(["x", "y"], {"A": [(["x", "y"], 1)], "B": [(["x", "y"], 1)]})
    rules = Constraints(fairness=(Fairness("envy_free"),))
    honest = vcg(case, rules)
    assert honest.choice == ((), ())
    assert honest.payments == (1, 1)  # each blocks the other, pays for it, and would rather have bid nothing
    silent = auction(["x", "y"], {"A": [(["x", "y"], 1)], "B": []})
    assert vcg(silent, rules).payments == (0, 0)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (Constraints(capacity={"z": 1}), "capacity: unknown good 'z'"),
        (Constraints(max_per_agent={"x": -1}), "max_per_agent: -1 units of 'x'"),
        (Constraints(min_guaranteed={"A": {"x": True}}), "min_guaranteed of 'A': True units"),
        (Constraints(min_guaranteed={"Z": {"x": 1}}), "unknown agent 'Z'"),
        (Constraints(fairness=(Fairness("equal"),)), "fairness 'equal' is unknown"),
        (Constraints(fairness=(Fairness("proportional", 2),)), "weight 2"),
        (Constraints(fairness=(Fairness("envy_free"),)), "'A' has OR bids"),
    ],
)
def test_senseless_constraints_are_refused_with_the_place(rules: Constraints, words: str) -> None:
    case = auction(["x"], {"A": [(["x"], 1), (["x"], 2)]}, "or")
    with pytest.raises(ConstraintError, match=words):
        determine(case, rules)


def test_both_solvers_keep_to_the_constraints_alike() -> None:
    for seed in range(6):
        rng = random.Random(seed + 1000)
        case = sampled(rng)
        rules = Constraints(max_per_agent={case.goods[0]: 1}, fairness=(Fairness("proportional", Fraction(1, 4)),))
        results = []
        for solver in ("highs", "cbc"):
            try:
                found = vcg(case, rules, solver)
                results.append(replace(found, optimality=replace(found.optimality, method="")))
            except InfeasibleConstraints as error:
                results.append(error.conflict)
        assert results[0] == results[1]


def test_many_guaranteed_agents_with_or_bids_are_refused_before_memory_is():
    bidders = tuple(Bidder(str(index), (PackageBid((1, 0), 1), PackageBid((0, 1), 1)), "or") for index in range(11))
    case = Auction(("A", "B"), (20, 20), bidders)
    held = Constraints(min_guaranteed={str(index): {"A": 1} for index in range(11)})
    with pytest.raises(ConstraintError, match="11 agents join several bids by OR"):
        vcg(case, held)
