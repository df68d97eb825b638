"""What must be proved for all bids is proved: from two bidders to as many as were promised, in both ways of writing.

`test_proofs_of_auctions` has the checker repeat such proofs; here the sizes are larger and nothing is certified.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from mechanisms.auctions import combinatorial, k_items, multi_unit, single_item, slots
from verifier.adapters import Subject
from verifier.domains import parse_domain
from verifier.engines.symbolic import SymbolicSession
from verifier.evidence import Verdict
from verifier.properties import find_property
from verifier.spec import SubjectSpec

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)
TRUTHFUL = ("dsic", "ex-post-ir", "no-deficit")
EFFICIENT = (*TRUTHFUL, "efficient")
MORE = ("feasible", "no-positive-transfers", "monotone")  # proved of all cases with up to four bidders


def by_sorting(bids, reserve=0):
    """The second-price auction with `sorted`: n! paths."""
    order = sorted(range(len(bids)), key=lambda i: bids[i], reverse=True)
    won = bids[order[0]] >= reserve
    price = max(reserve, bids[order[1]])
    return [int(won and i == order[0]) for i in range(len(bids))], [
        price if won and i == order[0] else 0 for i in range(len(bids))
    ]


def by_maximum(bids, reserve=0):
    return single_item.second_price(bids, reserve)


def with_reserve(run, reserve):
    return lambda bids: run(bids, reserve)


def single(agents):
    return {"kind": "single-item", "agents": agents}


CASES = {}
for n in range(2, 8):
    CASES[f"sorted, {n} bidders"] = (by_sorting, single(n), EFFICIENT)
    CASES[f"sorted with a reserve, {n} bidders"] = (with_reserve(by_sorting, 3), single(n), TRUTHFUL)
for n in range(2, 11):
    CASES[f"max, {n} bidders"] = (by_maximum, single(n), EFFICIENT)
    CASES[f"max with a reserve, {n} bidders"] = (with_reserve(by_maximum, HALF), single(n), TRUTHFUL)
for items in (2, 3):
    for n in range(2, 7):
        CASES[f"{items} items at the next price, {n} bidders"] = (
            lambda bids, k=items: k_items.k_plus_one_price(bids, k),
            {"kind": "unit-demand", "agents": n, "items": items},
            EFFICIENT,
        )
for n in range(2, 5):
    CASES[f"Vickrey for two units, {n} bidders"] = (
        lambda bids: multi_unit.vickrey(bids, 2), {"kind": "multi-unit", "agents": n, "items": 2}, EFFICIENT
    )  # fmt: skip
for n in range(2, 6):
    CASES[f"VCG for three slots, {n} bidders"] = (
        lambda bids: slots.vcg(bids, (1, HALF, QUARTER)),
        {"kind": "slots", "agents": n, "click_rates": [1, "1/2", "1/4"]},
        EFFICIENT,
    )
for n in range(1, 6):
    CASES[f"posted price, {n} bidders"] = (lambda bids: single_item.posted_price(bids, 3), single(n), TRUTHFUL)
for n in (2, 3):
    CASES[f"combinatorial VCG for two goods, {n} bidders"] = (
        lambda bids: combinatorial.vcg(bids, 2), {"kind": "combinatorial", "agents": n, "goods": 2}, EFFICIENT
    )  # fmt: skip


def verdicts(run, domain, properties):
    """The verdicts on one mechanism; it is explored once."""
    subject = Subject(SubjectSpec("subject:run"), parse_domain({"values": "0..1", **domain}), run)
    session = SymbolicSession(subject, importable=False)
    found = {}
    for name in properties:
        deciding = session.decide(find_property(name), 0)
        while True:
            try:
                next(deciding)
            except StopIteration as end:
                found[name] = (end.value.verdict, end.value.reason)
                break
    return found


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_it_is_proved_for_all_bids(case):
    run, domain, properties = case
    if domain["agents"] < 5:
        properties = (*properties, *MORE)
    assert verdicts(run, domain, properties) == dict.fromkeys(properties, (Verdict.PROVED, None))


def test_a_bounded_domain_is_proved_as_well():
    found = verdicts(by_maximum, {**single(3), "upper": 1}, EFFICIENT)
    assert set(found.values()) == {(Verdict.PROVED, None)}


@pytest.mark.parametrize("n", [2, 3, 4])
def test_a_reserve_is_refuted_as_inefficient(n):
    found = verdicts(with_reserve(by_sorting, 3), single(n), ["efficient"])
    assert found["efficient"][0] is Verdict.REFUTED


def test_monotone_and_critical_payments_agree_with_truthfulness():
    """Myerson: with a monotone allocation the winner pays the bid at which it would lose. Off by one, it is refuted."""
    right = verdicts(by_maximum, single(3), ["monotone", "dsic"])
    wrong = verdicts(lambda bids: shifted(*by_maximum(bids)), single(3), ["monotone", "dsic"])
    assert [verdict for verdict, _ in right.values()] == [Verdict.PROVED, Verdict.PROVED]
    assert [verdict for verdict, _ in wrong.values()] == [Verdict.PROVED, Verdict.REFUTED]


def shifted(won, paid):
    return won, [price + 1 if share else price for share, price in zip(won, paid, strict=True)]
