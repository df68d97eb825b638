"""Two routes to truthfulness with one payment rule: utilities compared directly, and Myerson's characterisation.

Over all real types a mechanism that sells one fixed share to each agent, charges no loser and pays nobody is DSIC and
ex-post IR if and only if it is monotone and its payments are critical (Nisan et al. 2007, Theorem 9.36). The two sides
have different margins, lemmas and goals; here they must never disagree.
"""

from __future__ import annotations

from fractions import Fraction

import programs
import pytest

from mechanisms.auctions import k_items, single_item
from mechanisms.flawed import prices, winners
from verifier.adapters import Subject
from verifier.domains import parse_domain
from verifier.engines.symbolic import SymbolicSession
from verifier.evidence import Verdict
from verifier.properties import Property, find_property
from verifier.properties.cases import AgentCase, Over, positive
from verifier.spec import SubjectSpec

DIRECT, CHARACTERISED = ("dsic", "ex-post-ir", "no-positive-transfers"), ("monotone", "critical-payment")


def charged_for_nothing(case: AgentCase):
    return -abs(case.run.payment(case.agent)) * (1 - positive(case.run.consumption(case.agent)[0]))


def not_all_or_nothing(case: AgentCase):
    share = case.run.consumption(case.agent)[0]
    return share * (share - 1)


LOSERS_PAY_NOTHING = Property("losers-pay-nothing", "", "", Over.AGENTS, charged_for_nothing)
ALL_OR_NOTHING = Property("all-or-nothing", "", "", Over.AGENTS, not_all_or_nothing)


def session_of(run, **domain):
    table = {"kind": "single-item", "agents": 2, "values": "0..1", **domain}
    return SymbolicSession(Subject(SubjectSpec("subject:run"), parse_domain(table), run), importable=False)


def verdict(session, prop):
    deciding = session.decide(prop, 0)
    while True:
        try:
            next(deciding)
        except StopIteration as end:
            return end.value.verdict


def routes(session):
    """Whether each route ends in a proof; None where something is undecided or the theorem does not speak of it."""
    preconditions = [verdict(session, prop) for prop in (find_property("feasible"), ALL_OR_NOTHING, LOSERS_PAY_NOTHING)]
    direct, characterised = (
        [verdict(session, find_property(name)) for name in side] for side in (DIRECT, CHARACTERISED)
    )
    if Verdict.UNKNOWN in (*preconditions, *direct, *characterised) or preconditions[0] is not Verdict.PROVED:
        return None
    if preconditions[1] is not Verdict.PROVED:
        return None
    proved = [set(side) == {Verdict.PROVED} for side in (direct, characterised)]
    return proved[0] and preconditions[2] is Verdict.PROVED, proved[1]


TRUTHFUL = {
    "second price": (single_item.second_price, {"agents": 4}),
    "second price with a reserve": (lambda bids: single_item.second_price(bids, Fraction(5, 2)), {"agents": 3}),
    "posted price": (lambda bids: single_item.posted_price(bids, 3), {"agents": 3}),
    "third price for two": (
        lambda bids: k_items.k_plus_one_price(bids, 2), {"kind": "unit-demand", "items": 2, "agents": 4}
    ),
    "bounded": (single_item.second_price, {"agents": 3, "upper": 5}),
    "given away": (lambda bids: ([1, 0], [0, 0]), {}),
}  # fmt: skip
UNTRUTHFUL = {
    "first price": (single_item.first_price, {"agents": 3}),
    "first price for one": (prices.first_price_for_one, {"agents": 3}),
    "skips the runner-up": (prices.skips_the_runner_up, {"agents": 3}),
    "excludes the neighbour": (prices.excludes_the_neighbour, {"agents": 3}),
    "entry fee": (prices.entry_fee, {"agents": 2}),
    "shares the revenue": (prices.shares_the_revenue, {"agents": 3}),
    "reserve not charged": (lambda bids: prices.reserve_not_charged(bids, 2), {"agents": 2}),
    "the outlier is discarded": (winners.outlier_discarded, {"agents": 3}),
    "lowest winning bid": (
        lambda bids: prices.lowest_winning_bid(bids, 2), {"kind": "unit-demand", "items": 2, "agents": 3}
    ),
    "paid to win": (lambda bids: ([1, 0], [-bids[0], 0]), {}),
}  # fmt: skip


@pytest.mark.parametrize("case", TRUTHFUL.values(), ids=TRUTHFUL)
def test_truthful_auctions_are_proved_on_both_routes(case):
    run, domain = case
    assert routes(session_of(run, **domain)) == (True, True)


@pytest.mark.parametrize("case", UNTRUTHFUL.values(), ids=UNTRUTHFUL)
def test_untruthful_auctions_are_proved_on_neither(case):
    run, domain = case
    assert routes(session_of(run, **domain)) == (False, False)


def test_a_truthful_auction_that_pays_a_bidder_has_no_critical_payment():
    """The theorem speaks of mechanisms that pay nobody: here the direct route alone would end in a proof."""
    session = session_of(lambda bids: ([1, 0], [-1, 0]))
    assert verdict(session, find_property("dsic")) is Verdict.PROVED
    assert verdict(session, find_property("critical-payment")) is Verdict.REFUTED


def test_on_a_grid_critical_payments_leave_room_for_lies():
    """With whole reports only, a price between a losing and a winning report may depend on the report."""

    def between(bids):
        won = bids[0] >= 2
        return [int(won), 0], [Fraction(3, 2) + Fraction(1, 8) * (bids[0] == 3) if won else 0, 0]

    session = session_of(between)
    assert verdict(session, find_property("critical-payment")) is Verdict.REFUTED  # 7/4 wins and is less than paid


@pytest.mark.parametrize("block", range(4))
def test_random_auctions_take_both_routes_or_none(block):
    found = {}
    for seed in range(7000 + block * 60, 7000 + (block + 1) * 60):
        program = programs.program(seed)
        if program.randomised:
            continue
        table = program.domain()
        both = routes(session_of(program.run(), **table))
        assert both is None or both[0] == both[1], (seed, both, program.source)
        found[both] = found.get(both, 0) + 1
    assert found.get((True, True), 0) >= 1, found
    assert found.get((False, False), 0) >= 10, found
