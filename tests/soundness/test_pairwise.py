"""Which auctions two bidders can exploit together: known answers, on a grid and for all bids."""

from __future__ import annotations

from itertools import product

import pytest

from mechanisms.auctions import combinatorial, k_items, multi_unit, single_item
from verifier.adapters import Subject
from verifier.audit import ENGINES
from verifier.domains import parse_domain
from verifier.evidence import Verdict
from verifier.properties import find_property
from verifier.spec import SubjectSpec

PAIRS = find_property("pairwise-strategyproof")


def decided(run, engine, **domain):
    table = {"values": "0..2", **domain}
    session = ENGINES[engine](Subject(SubjectSpec("subject:run"), parse_domain(table), run), importable=False)
    deciding = session.decide(PAIRS, 0)
    while True:
        try:
            next(deciding)
        except StopIteration as end:
            return end.value


SAFE = {
    "one item, second price": (single_item.second_price, {"kind": "single-item", "agents": 3}),
    "one item, first price: only the winner gains": (single_item.first_price, {"kind": "single-item", "agents": 3}),
    "posted price": (lambda bids: single_item.posted_price(bids, 1), {"kind": "single-item", "agents": 3}),
    "two items at the third price": (
        lambda bids: k_items.k_plus_one_price(bids, 2), {"kind": "unit-demand", "items": 2, "agents": 3}
    ),
}  # fmt: skip
EXPLOITED = {
    "Vickrey for two units: both hide their second unit": (
        lambda bids: multi_unit.vickrey(bids, 2), {"kind": "multi-unit", "items": 2, "agents": 2}
    ),
    "two items, winners pay their bids": (
        lambda bids: ([1] * len(bids), list(bids)), {"kind": "unit-demand", "items": 2, "agents": 2}
    ),
    "combinatorial VCG: both understate the bundle": (
        lambda bids: combinatorial.vcg(bids, 2), {"kind": "combinatorial", "goods": 2, "agents": 2}
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SAFE.values(), ids=SAFE)
def test_no_pair_gains(case):
    run, domain = case
    assert decided(run, "symbolic", **domain).verdict is Verdict.PROVED
    assert decided(run, "exhaustive", **domain).verdict is Verdict.EXHAUSTED


@pytest.mark.parametrize("engine", ["symbolic", "exhaustive"])
@pytest.mark.parametrize("case", EXPLOITED.values(), ids=EXPLOITED)
def test_a_pair_gains_and_the_witness_shows_both(case, engine):
    run, domain = case
    found = decided(run, engine, **domain)
    assert found.verdict is Verdict.REFUTED
    truth, lie = found.witness.runs
    where, pair = parse_domain({"values": "0..2", **domain}), found.witness.agents
    others = [agent for agent in range(len(where.agents)) if agent not in pair]
    assert all(truth.reports[agent] == lie.reports[agent] for agent in others)
    gains = []
    for agent in pair:
        type_ = truth.reports[agent]
        now, then = (
            sum(v * x for v, x in zip(type_, where.expected_consumption(one.outcome, agent), strict=True))
            - one.outcome.expected_payment(agent)
            for one in (truth, lie)
        )
        gains.append(then - now)
    assert min(gains) == -found.witness.margin > 0


def test_the_table_counts_every_pair_of_types_and_reports():
    found = decided(single_item.second_price, "exhaustive", kind="single-item", agents=3)
    (row,) = found.table.rows
    assert (row.agent, row.cases, row.violations, row.least) == (None, 3**3 * 3 * 3**2, 0, 0)


def test_violations_on_a_grid_are_those_that_a_loop_counts():
    """Two items for two bidders, who pay their bids: every common shading of positive bids gains."""
    run, domain = EXPLOITED["two items, winners pay their bids"]
    found = decided(run, "exhaustive", **domain)
    loop = sum(
        all(told < type_ for type_, told in zip(types, lies, strict=True))
        for types, lies in product(product(range(3), repeat=2), repeat=2)
    )
    (row,) = found.table.rows
    assert (row.cases, row.violations) == (3**4, loop)


def test_nobody_has_a_partner_alone():
    alone = {"kind": "single-item", "agents": 1}
    assert decided(single_item.second_price, "symbolic", **alone).verdict is Verdict.UNKNOWN
    assert decided(single_item.second_price, "exhaustive", **alone).verdict is Verdict.UNKNOWN
