"""A mechanism that draws at random, in processes of its own: the same lotteries come over the bridge."""

from __future__ import annotations

from verifier.adapters.bridge import isolated
from verifier.adapters.subject import load
from verifier.audit import ENGINES
from verifier.properties import PROPERTIES
from verifier.spec import parse_spec


def test_an_isolated_subject_gives_the_lottery_that_it_gives_here():
    subject = {
        "call": "mechanisms.auctions.coins:coin_between_prices",
        "random": {"how": "argument", "parameter": "rng"},
    }
    table = {
        "title": "t",
        "subject": subject,
        "domain": {"kind": "single-item", "agents": 2, "values": "0..2"},
        "claim": [{"property": "dsic"}],
    }
    spec = parse_spec(table, name="t", properties=PROPERTIES, engines=ENGINES)
    there = isolated(spec.subject, spec.domain)
    try:
        outcome = there.observe(((2,), (1,)))
    finally:
        there.close()
    assert outcome == load(spec.subject, spec.domain).observe(((2,), (1,)))
    assert len(outcome.draws) == 2
