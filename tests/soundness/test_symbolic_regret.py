"""Exact regret: known suprema, and for random programs bounds from a grid below and from z3, pair by pair, above."""

from __future__ import annotations

import importlib.util
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
import z3

from mechanisms.auctions import multi_unit, single_item, slots
from mechanisms.flawed import prices
from verifier.adapters import Subject
from verifier.domains import parse_domain
from verifier.engines.symbolic import SymbolicSession
from verifier.engines.symbolic.explore import explore
from verifier.engines.symbolic.oracle import Oracle
from verifier.engines.symbolic.regret import regrets
from verifier.evidence import Verdict
from verifier.properties import find_property
from verifier.spec import SubjectSpec

_FILE = Path(__file__).with_name("test_symbolic_differential.py")
_SPEC = importlib.util.spec_from_file_location("differential", _FILE)
differential = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(differential)

HALF = Fraction(1, 2)
DSIC = find_property("dsic")


def finding(run, **domain):
    table = {"kind": "single-item", "agents": 2, "values": "0..1", **domain}
    session = SymbolicSession(Subject(SubjectSpec("subject:run"), parse_domain(table), run), importable=False)
    return differential.drained(session.decide(DSIC, 0))


def suprema(found):
    assert found.verdict is Verdict.REFUTED
    return [(Fraction(entry["supremum"]), entry["attained"]) for entry in found.regret]


@pytest.mark.parametrize("n", [1, 2, 3])
def test_first_price_all_that_the_winner_pays(n):
    """Value 1 and rivals at 0: bidder 1 wins ties and bids 0, the others bid a little more."""
    found = finding(single_item.first_price, agents=n, upper=1)
    assert suprema(found) == [(1, True), *[(1, False)] * (n - 1)]


def test_first_price_with_a_reserve_the_reserve_has_to_be_paid():
    found = finding(lambda bids: single_item.first_price(bids, Fraction(1, 4)), upper=1)
    assert suprema(found) == [(Fraction(3, 4), True), (Fraction(3, 4), True)]


@pytest.mark.parametrize("upper", [1, 7, "5/3"])
def test_the_regret_scales_with_the_box(upper):
    found = finding(single_item.first_price, upper=upper, values=[0, 1])
    assert [value for value, _ in suprema(found)] == [Fraction(upper)] * 2


@pytest.mark.parametrize(("n", "expected"), [(2, [(HALF, True), (HALF, False)]),
                                             (3, [(HALF, True), (HALF, True), (HALF, False)])])  # fmt: skip
def test_generalized_second_price_half_of_what_the_first_slot_brings(n, expected):
    """Value 1, first slot at price 1, the second for nothing: 1/2 against 0. The last bidder never has slot 1 at 1."""
    found = finding(
        lambda bids: slots.generalized_second_price(bids, (1, HALF)),
        kind="slots", agents=n, click_rates=[1, "1/2"], upper=1,
    )  # fmt: skip
    assert suprema(found) == expected


def test_lowest_winning_bid_whoever_is_lowest_pays_the_next_bid():
    """Two items, three bidders: the lowest winner, value 1, pays 1 and could pay the losing 0."""
    found = finding(
        lambda bids: prices.lowest_winning_bid(bids, 2), kind="unit-demand", agents=3, items=2, upper=1
    )  # fmt: skip
    assert [value for value, _ in suprema(found)] == [1, 1, 1]


def test_uniform_price_asking_for_one_unit_less():
    """The own second bid sets the price of the first: (1, 1) against (1, 0) pays 1, (1, 0) against it nothing."""
    found = finding(lambda bids: multi_unit.uniform_price(bids, 2), kind="multi-unit", items=2, upper=1)
    assert [value for value, _ in suprema(found)] == [1, 1]


def test_all_pay_a_loser_saves_its_bid():
    found = finding(single_item.all_pay, upper=1)
    assert [value for value, _ in suprema(found)] == [1, 1]


def test_who_cannot_gain_has_no_regret():
    found = finding(prices.first_price_for_one, upper=1)
    assert suprema(found) == [(1, True), (0, True)]


def test_without_an_upper_end_nothing_is_said():
    found = finding(single_item.first_price)
    assert (found.verdict, found.regret) == (Verdict.REFUTED, None)


def test_a_truthful_mechanism_is_proved_and_needs_no_regret():
    found = finding(single_item.second_price, upper=1)
    assert (found.verdict, found.regret) == (Verdict.PROVED, None)


def gain(auction, agent, point):
    """What the lie at a point gains; the variable after the bids is the report."""
    *profile, report = point
    lie = differential.changed(tuple(profile), agent, report)
    return auction.utility(profile[agent], lie, agent) - auction.utility(profile[agent], tuple(profile), agent)


def at_most(program, paths, agent, bound):
    """Put to z3 for every pair of paths that the gain exceeds the bound."""
    names, agents = {agent: program.agents}, range(program.agents)
    solver = z3.Solver()
    for variable in range(program.agents + 1):
        solver.add(z3.Real(f"x{variable}") >= 0, z3.Real(f"x{variable}") <= program.upper)
    for first, second in product(paths, repeat=2):
        solver.push()
        solver.add(*(differential.z3_atom(fact, {}) for fact in first.atoms))
        solver.add(*(differential.z3_atom(fact, names) for fact in second.atoms))
        x = z3.Real(f"x{agent}")
        amounts = [z3.RealVal(str(path.consumptions[agent][0])) for path in (first, second)]
        paid = [differential.z3_form(path.payments[agent], renamed) for path, renamed in ((first, {}), (second, names))]
        solver.add((amounts[1] * x - paid[1]) - (amounts[0] * x - paid[0]) > z3.RealVal(str(bound)))
        possible = solver.check()
        solver.pop()
        assert possible == z3.unsat, (program.source, agents, first, second)


def examine(seed):
    """The regrets of one program on a box; how many of them were positive."""
    program = differential.programs.program(seed)._replace(upper=4)
    subject, auction = differential.subject_of(program), differential.Auction(program)
    paths = differential.drained(explore(subject, Oracle(), 1000)).paths
    if len(paths) > differential.SMALL or any(path.slack < 0 for path in paths):
        return 0
    grid = differential.programs.GRIDS[program.agents]
    for found in regrets(DSIC, subject.domain, paths, Oracle()):
        gains = [gain(auction, found.agent, point) for point in product(grid, repeat=program.agents + 1)]
        assert max(gains) <= found.supremum, (seed, found, program.source)
        assert found.supremum >= 0
        if found.supremum == 0:
            assert found.attained
            continue
        for point in (found.inside, found.limit):
            assert all(0 <= amount <= program.upper for amount in point)
        if found.attained:
            assert gain(auction, found.agent, found.inside) == found.supremum, (seed, program.source)
        else:
            assert max(gains) < found.supremum, (seed, found, program.source)
            near = [a + (b - a) * (1 - Fraction(1, 2**30)) for a, b in zip(found.inside, found.limit, strict=True)]
            short = found.supremum - gain(auction, found.agent, near)
            assert 0 < short <= Fraction(64, 2**30), (seed, found, program.source)
        at_most(program, paths, found.agent, found.supremum)
    return 1


@pytest.mark.parametrize("block", range(4))
def test_no_lie_gains_more_than_the_regret_and_some_come_as_near_as_one_likes(block):
    assert sum(map(examine, range(20_000 + block * 20, 20_000 + (block + 1) * 20))) >= 8
