"""The shape of a violation in words: for each shape a mechanism that has it, and true at what was looked at."""

from __future__ import annotations

import pytest

from verifier.adapters import load
from verifier.advice.why import seen, why
from verifier.domains import Outcome, parse_domain
from verifier.engines.exhaustive import ExhaustiveSession
from verifier.evidence import Verdict
from verifier.properties import find_property
from verifier.spec import subject_from_json

ONE = {"kind": "single-item", "agents": 2, "values": "0..3"}
REST = "(the others bid 0)"
UNITS = {"kind": "unit-demand", "agents": 3, "values": "0..3", "items": 2}


def said(call, prop, domain=ONE, **subject):
    parsed = parse_domain(domain)
    table = {"call": call if ":" in call else f"mechanisms.flawed.{call}", **subject}
    judged = load(subject_from_json(table), parsed)
    session = ExhaustiveSession(judged, importable=False)
    deciding = session.decide(find_property(prop), 0)
    while True:
        try:
            next(deciding)
        except StopIteration as end:
            found = end.value
            break
    assert found.verdict is Verdict.REFUTED, found.reason
    answers = zip(parsed.profiles(), judged.observe_many(parsed.profiles()), strict=True)
    outcomes = {profile: answer for profile, answer in answers if isinstance(answer, Outcome)}
    return why(prop, found.witness, seen(parsed, outcomes))


def by_name(module, name):
    return f"mechanisms.flawed.{module}:{name}"


@pytest.mark.parametrize(
    ("call", "prop", "domain", "subject", "sentence"),
    [
        (
            "mechanisms.auctions.single_item:first_price",
            "dsic",
            ONE,
            {},
            "Whoever gets something pays its own bid for it (at all 16 profiles that were looked at).",
        ),
        (
            by_name("prices", "lowest_winning_bid"),
            "dsic",
            UNITS,
            {"arguments": {"items": 2}},
            "The winners pay the lowest winning bid (at all 64 profiles that were looked at).",
        ),
        (
            by_name("prices", "reserve_not_charged"),
            "dsic",
            ONE,
            {"arguments": {"reserve": 2}},
            f"a reserve is not charged: bidder 1 wins at a bid of 2 and pays 0, though a bid of 1 loses {REST}.",
        ),
        (
            by_name("prices", "first_price_for_one"),
            "dsic",
            ONE,
            {},
            "What bidder 1 pays depends on its own bid while what it gets does not: 1 at a bid of 1, 0 at 0.",
        ),
        (
            by_name("prices", "entry_fee"),
            "ex-post-ir",
            ONE,
            {},
            "bidder 1 pays 1 for what it bids 0 for.",
        ),
        (
            by_name("winners", "tie_sold_twice"),
            "feasible",
            ONE,
            {},
            "At bids (0, 0) a tie is sold to all who are in it: bidder 1, bidder 2.",
        ),
        (
            by_name("participation", "one_bid_is_no_auction"),
            "efficient",
            {**ONE, "agents": 1},
            {},
            "Nothing is sold to bidder 1, the only one who bids: 1.",
        ),
    ],
)
def test_the_shape_of_a_violation_in_one_sentence(call, prop, domain, subject, sentence):
    assert said(call, prop, domain, **subject) == sentence


def second_highest(bids):
    winner = sorted(range(len(bids)), key=lambda agent: -bids[agent])[1]
    return [int(agent == winner) for agent in range(len(bids))], [0] * len(bids)


def pays_all(bids):
    return [0] * len(bids), [-bid for bid in bids]


def overcharges(bids):
    return [1, 0], [bids[0] + 1, 0]


def nearly(bids):
    winner = int(bids[1] > bids[0])
    price = float(min(bids)) * (1 + 2**-50) if winner == 0 else float(min(bids))
    return [int(agent == winner) for agent in (0, 1)], [price * (agent == winner) for agent in (0, 1)]


def unsold_pairs(bids):
    return [0, 0], [0, 0]


@pytest.mark.parametrize(
    ("target", "prop", "start"),
    [
        ("second_highest", "dsic", "The allocation is not monotone: bidder 1 gets 1 at a bid of 0 and 0 at 1"),
        ("pays_all", "no-deficit", "At bids (0, 1) the mechanism pays bidder 2 1 and takes in 0."),
        ("overcharges", "ex-post-ir", "bidder 1 pays 1 for what it bids 0 for."),
        ("nearly", "ex-post-ir", "The violation of "),
        ("unsold_pairs", "efficient", "Nothing is sold to bidder 1, the only one who bids: 1."),
        (
            "unsold_pairs",
            "consumer-sovereignty",
            "bidder 1 gets nothing at any of its 4 bids, the highest 3 (the others bid",
        ),
    ],
)
def test_shapes_of_mechanisms_of_a_few_lines(target, prop, start):
    found = said(f"{__name__}:{target}", prop)
    assert found.startswith(start), found


def takes_a_fee(bids):
    return [0, 0], [1, 0]


def test_who_gets_nothing_and_pays_is_told():
    assert said(f"{__name__}:takes_a_fee", "ex-post-ir") == "bidder 1 gets nothing and pays 1."


def test_where_no_shape_fits_nothing_is_said():
    assert said(by_name("relations", "flat_discount"), "translation-invariant") is None
    votes = {"kind": "voting", "agents": 3, "candidates": 3}
    parsed = parse_domain(votes)
    assert why("dsic", None, seen(parsed, {})) is None
