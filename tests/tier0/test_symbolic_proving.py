"""Lemmas add up or are refused; tolerances, infeasible allocations and single agents are judged as claimed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from in_process import drained

from verifier.adapters import Subject
from verifier.domains import parse_domain
from verifier.engines.symbolic import SymbolicSession
from verifier.engines.symbolic.explore import explore
from verifier.engines.symbolic.knowers import Knowers
from verifier.engines.symbolic.lemmas import Cover, Lemma
from verifier.engines.symbolic.oracle import Oracle
from verifier.engines.symbolic.proving import prove
from verifier.evidence import Verdict
from verifier.properties import PROPERTIES, find_property
from verifier.spec import SubjectSpec


def subject_of(run, **domain):
    table = {"kind": "single-item", "agents": 2, "values": "0..1", **domain}
    return Subject(SubjectSpec("subject:run"), parse_domain(table), run)


def finding(run, prop, tolerance=0, **domain):
    session = SymbolicSession(subject_of(run, **domain), importable=False)
    return drained(session.decide(find_property(prop), tolerance))


def second_price(bids, extra=0):
    winner = max(range(len(bids)), key=lambda i: bids[i])
    price = max(bids[:winner] + bids[winner + 1 :]) + extra
    return [int(i == winner) for i in range(len(bids))], [price if i == winner else 0 for i in range(len(bids))]


PROVED = sorted(name for name, prop in PROPERTIES.items() if prop.on_symbols)


def proofs_of(prop, agents=3):
    subject = subject_of(second_price, agents=agents)
    paths = drained(explore(subject, Oracle(), 100)).paths
    return drained(prove(find_property(prop), 0, subject.domain, paths, Oracle()))


@pytest.mark.parametrize("prop", PROVED)
def test_every_lemma_of_a_proof_adds_up_and_no_altered_one_does(prop):
    for proof in proofs_of(prop):
        names = proof.family.second or {}
        for lemma in proof.lemmas:
            assert lemma.is_sound(names)
            for altered in altered_lemmas(lemma):
                assert not altered.is_sound(names), altered


def altered_lemmas(lemma):
    """Other multipliers, a missing fact, a weaker goal: none of them contradicts itself any more."""
    for place, multiplier in enumerate(lemma.multipliers):
        for other in (0, -multiplier):
            changed = (*lemma.multipliers[:place], other, *lemma.multipliers[place + 1 :])
            yield replace(lemma, multipliers=changed)
    yield replace(lemma, multipliers=(*lemma.multipliers, 1))
    yield replace(lemma, multipliers=lemma.multipliers[:-1])
    for side in ("first", "second"):
        facts = getattr(lemma, side)
        for place in range(len(facts)):
            loose = facts[place]._replace(constant=facts[place].constant - 1)
            yield replace(lemma, **{side: (*facts[:place], loose, *facts[place + 1 :])})
    if lemma.goal:
        yield replace(lemma, goal=(), multipliers=lemma.multipliers[: -len(lemma.goal)])


def test_an_unsound_lemma_never_enters_a_proof():
    cover = Cover(Knowers([]), {}, (), Oracle())
    with pytest.raises(AssertionError, match="unsound"):
        cover._keep(Lemma((), (), (), ()))


@pytest.mark.parametrize(
    ("prop", "extra", "tolerance", "verdict"),
    [
        ("ex-post-ir", 1, 0, "REFUTED"),
        ("ex-post-ir", 1, Fraction(999, 1000), "REFUTED"),
        ("ex-post-ir", 1, 1, "PROVED"),
        ("no-deficit", -2, 2, "PROVED"),
        ("no-deficit", -2, Fraction(3, 2), "REFUTED"),
        ("dsic", 1, Fraction(1, 2), "REFUTED"),
        ("dsic", 1, 1, "PROVED"),
    ],
)
def test_a_violation_up_to_the_tolerance_is_none(prop, extra, tolerance, verdict):
    """The winner pays 1 too much: it loses up to 1 by telling the truth. Or the house pays up to 2."""
    assert finding(lambda bids: second_price(bids, extra), prop, tolerance).verdict == verdict


def test_an_infeasible_allocation_leaves_only_feasible_to_be_refuted():
    def everybody(bids):
        return [int(bid >= 1) for bid in bids], [int(bid >= 1) for bid in bids]

    assert finding(everybody, "feasible").verdict is Verdict.REFUTED
    found = finding(everybody, "dsic")
    assert found.verdict is Verdict.ERROR
    assert "not at bids (" in found.reason


@pytest.mark.parametrize("prop", PROVED)
def test_every_agent_and_every_alternative_is_looked_at(prop):
    """The last of three bidders is treated wrongly, and nobody else."""

    def run(bids):
        won, paid = second_price(bids)
        wrong = {
            "dsic": (won, [paid[0], paid[1], bids[2] * won[2]]),
            "ex-post-ir": (won, [paid[0], paid[1], paid[2] + 1]),
            "no-deficit": (won, [paid[0], paid[1], paid[2] - 1]),
            "no-positive-transfers": (won, [paid[0] + 1, paid[1], paid[2] - 1]),
            "monotone": ([won[0], won[1], int(won[2] and bids[2] < 5)], paid),
            "efficient": ([won[0], won[1], int(won[2] and bids[2] >= 1)], paid),
            "envy-free": (won, [paid[0], paid[1], paid[2] + 1 - won[2]]),
            "anonymous": (won, [paid[0], paid[1], paid[2] + won[2]]),
            "critical-payment": (won, [paid[0], paid[1], bids[2] * won[2]]),
            "pairwise-strategyproof": (won, [paid[0] - bids[2], paid[1] - bids[0], paid[2]]),
            "feasible": ([won[0], won[1], int(won[2] or bids[2] > max(1, bids[0] - 1))], paid),
        }
        return wrong[prop]

    found = finding(run, prop, agents=3)
    assert found.verdict is Verdict.REFUTED
    assert found.witness.margin < 0


@pytest.mark.parametrize("prop", PROVED)
def test_a_second_price_auction_has_every_property(prop):
    assert finding(second_price, prop, agents=3).verdict is Verdict.PROVED


def test_repetitions_are_no_question_for_symbols():
    assert finding(second_price, "deterministic").verdict is Verdict.UNKNOWN
