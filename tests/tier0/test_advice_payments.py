"""Payments that make an allocation truthful: whether there are any, the nearest, the best revenue, a mended module."""

from __future__ import annotations

from fractions import Fraction

import pytest

from verifier.adapters import load
from verifier.advice.best_revenue import best_revenue
from verifier.advice.implementable import Menu, implementable, prices
from verifier.advice.nearest import nearest
from verifier.advice.repair import source
from verifier.domains import Outcome, parse_domain, value
from verifier.spec import subject_from_json

ONE = {"kind": "single-item", "agents": 2, "values": "0..4"}
SECOND, FIRST = "mechanisms.auctions.single_item:second_price", "mechanisms.auctions.single_item:first_price"


def outcomes(target, domain, **subject):
    table = {"call": target if isinstance(target, str) else "nobody.there:run", **subject}
    judged = load(subject_from_json(table), domain, None if isinstance(target, str) else target)
    answers = zip(domain.profiles(), judged.observe_many(domain.profiles()), strict=True)
    return {profile: answer for profile, answer in answers if isinstance(answer, Outcome)}


def second_highest(bids):
    winner = sorted(range(len(bids)), key=lambda agent: -bids[agent])[1]
    return [int(agent == winner) for agent in range(len(bids))], [0] * len(bids)


def truthful(domain, found, payments):
    """DSIC and ex-post IR by loops from the definitions."""
    for profile in domain.profiles():
        for agent, types in enumerate(domain.types):

            def utility(at, agent=agent, profile=profile):
                gets = domain.expected_consumption(found[at], agent)
                return value(profile[agent], gets) - payments[at][agent]

            lies = [(*profile[:agent], lie, *profile[agent + 1 :]) for lie in types]
            if utility(profile) < max(0, *map(utility, lies)):
                return False
    return True


@pytest.mark.parametrize("call", [SECOND, FIRST, "mechanisms.auctions.single_item:all_pay"])
def test_the_highest_bid_wins_is_implementable_at_its_critical_values(call):
    domain = parse_domain(ONE)
    found = outcomes(call, domain)
    answer = implementable(domain, found)
    assert truthful(domain, found, answer.payments)
    assert answer.payments[(3,), (1,)] == (1, 0)  # a bid of 1 wins a tie for the first
    assert answer.payments[(1,), (3,)] == (0, 2)  # the second has to bid 2
    assert answer.said(domain).startswith("there are payments that make this allocation truthful")


def test_giving_it_to_the_second_highest_is_not_and_a_negative_cycle_shows_it():
    domain = parse_domain(ONE)
    answer = implementable(domain, outcomes(second_highest, domain))
    cycle = answer.cycle
    assert answer.payments is None
    total = sum(
        value(type_, got) - value(type_, cycle.steps[place - 1][1]) for place, (type_, got) in enumerate(cycle.steps)
    )
    assert total == cycle.length < 0
    assert answer.said(domain).startswith("no payments make this allocation truthful: bidder 1 gets ")


def test_a_longer_cycle_is_found_where_no_pair_of_types_shows_it():
    """Each pair of types is content (weak monotonicity), all three are not: by hand (0-1) + (1-2) + (1-0) = -1."""
    first, second, both = (1, 0, 0), (0, 1, 0), (0, 0, 1)
    a, b, c = (0, 1, 1), (0, 1, 2), (0, 0, 1)
    pairs = Menu(0, (), {a: first, b: second}, {}), Menu(0, (), {b: second, c: both}, {})
    assert all(isinstance(prices(menu), dict) for menu in (*pairs, Menu(0, (), {a: first, c: both}, {})))
    cycle = prices(Menu(0, (), {a: first, b: second, c: both}, {}))
    assert (cycle.length, len(cycle.steps)) == (-1, 3)


def test_what_cannot_be_decided_is_said():
    domain = parse_domain(ONE)
    found = outcomes(SECOND, domain)
    del found[(0,), (0,)]
    assert implementable(domain, found).said(domain).endswith("1 of 25 profiles have no valid outcome")
    votes = parse_domain({"kind": "voting", "agents": 2, "candidates": 2})
    assert "agents only rank" in implementable(votes, {}).said(votes)


def test_the_nearest_payments_are_truthful_and_change_nothing_that_is_right():
    domain = parse_domain(ONE)
    second, first = outcomes(SECOND, domain), outcomes(FIRST, domain)
    assert nearest(domain, second).said() == "the payments are truthful as they are"
    found = nearest(domain, first)
    assert truthful(domain, first, found.payments)
    # bidder 1 wins from b_2 on and pays 1/2 sum |t - b_2| less than its bid at the median price at most
    assert (found.changed > 0, found.largest) == (True, 4)
    assert f"differ at {found.changed} places" in found.said()
    assert nearest(domain, outcomes(second_highest, domain)) is None


def test_the_least_total_change_for_one_bidder_is_by_hand():
    """Wins from 1 on and pays its bid 1, 2, 3: the price has to be one number of at most 1, so 1: changes 0 + 1 + 2."""
    domain = parse_domain({**ONE, "agents": 1, "values": "0..3"})
    found = outcomes(lambda bids: ([int(bids[0] >= 1)], [bids[0]]), domain)
    assert (nearest(domain, found).total, nearest(domain, found).largest, nearest(domain, found).changed) == (3, 2, 2)


def test_negative_payments_stay_possible_where_the_mechanism_has_them():
    domain = parse_domain({**ONE, "agents": 1, "values": "0..2"})
    paid = outcomes(lambda bids: ([0], [-bids[0]]), domain)  # pays out what is bid
    found = nearest(domain, paid)
    assert found.total == 2  # one price for all: the median, -1
    assert set(found.payments.values()) == {(-1,)}


@pytest.mark.parametrize(("values", "best"), [("0..4", Fraction(6, 5)), ([1, 2], 1), ([1, 10], 5)])
def test_one_bidder_is_sold_to_at_the_best_posted_price(values, best):
    domain = parse_domain({**ONE, "agents": 1, "values": values})
    found = outcomes(FIRST, domain)
    types = [type_[0] for type_ in domain.types[0]]
    assert best == max(price * sum(one >= price for one in types) for price in types) / Fraction(len(types))
    assert best_revenue(domain, found).best == best


def test_two_uniform_bidders_on_a_grid_earn_what_virtual_values_say():
    """Myerson on {0, 1, 2}: virtual values v - (1 - F(v)) / f(v) = -2, 0, 2; the expectation of the larger, or 0."""
    domain = parse_domain({**ONE, "values": "0..2"})
    found = best_revenue(domain, outcomes(SECOND, domain))
    virtual = {0: -2, 1: 0, 2: 2}
    expected = Fraction(sum(max(0, virtual[a], virtual[b]) for a in virtual for b in virtual), 9)
    assert found.best == expected == Fraction(10, 9)
    assert found.own == Fraction(5, 9)
    assert "earns 10/9" in found.said()


def test_a_program_that_is_too_large_is_not_tried():
    domain = parse_domain({**ONE, "agents": 3, "values": "0..9"})
    found = best_revenue(domain, outcomes(SECOND, domain))
    assert found.best is None
    assert "at most 600 are tried" in found.said()


@pytest.mark.parametrize(
    "domain",
    [
        ONE,
        {"kind": "slots", "agents": 2, "values": [0, "1/2"], "click_rates": [1]},
        {"kind": "multi-unit", "agents": 2, "values": "0..1", "items": 2},
    ],
)
def test_the_mended_module_says_what_the_table_says(domain):
    parsed = parse_domain(domain)
    nothing = None if domain["kind"] == "slots" else 0
    found = outcomes(lambda bids: ([nothing] * 2, [0, 0]), parsed)
    payments = {profile: (0, Fraction(1, 2)) for profile in found}
    space = {}
    exec(compile(source("A title.", parsed, found, payments), "mended", "exec"), space)
    profile = next(iter(parsed.profiles()))
    assert space["run"](list(parsed.bids(profile))) == [(1, ([nothing, nothing], [0, Fraction(1, 2)]))]
    assert space["__doc__"].startswith("A title.")
