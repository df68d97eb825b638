"""Scores that are strictly proper, factors that weigh claims, and two rounds in which claiming less pays."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechanisms.services.calibration import Calibration, expected_score, quadratic_score, weighted_second_price
from verifier.audit import ENGINES, audit
from verifier.properties import PROPERTIES
from verifier.resources import specs_dir
from verifier.spec import load_spec

CHANCES = st.fractions(0, 1, max_denominator=20)


@settings(max_examples=100, deadline=None)
@given(CHANCES, CHANCES)
def test_the_truth_about_a_chance_scores_best_and_nothing_else_does(report, chance):
    """Brier: the expected loss is the square of the distance."""
    lost = expected_score(chance, chance) - expected_score(report, chance)
    assert lost == (report - chance) ** 2


def test_a_certain_report_wins_all_or_nothing():
    assert (quadratic_score(1, True), quadratic_score(1, False), quadratic_score(Fraction(1, 2), True)) == (
        1,
        0,
        Fraction(3, 4),
    )
    with pytest.raises(ValueError, match="between 0 and 1"):
        quadratic_score(2, True)


def test_who_falls_short_is_believed_less_and_nobody_more_than_it_says():
    made = Calibration(prior=4)
    assert made.factor("new") == 1
    made.note("a", 12, 8)
    assert made.factor("a") == Fraction(12, 16)
    made.note("a", 4, 20)
    assert made.factor("a") == 1
    for call in (lambda: Calibration(0), lambda: made.note("a", -1, 0)):
        with pytest.raises(ValueError, match=r"prior|negative"):
            call()


def two_rounds(first_bid):
    """The first agent values both items at 4, of which 3 show; the other bids 2 today and 7/2 tomorrow."""
    made, utility = Calibration(prior=1), Fraction(0)
    for bid, other in ((first_bid, 2), (4, Fraction(7, 2))):
        won, payments = weighted_second_price([bid, other], [made.factor("a"), 1])
        utility += 4 * won[0] - payments[0]
        if won[0]:
            made.note("a", bid, 3)
    return utility


def test_over_two_rounds_it_pays_to_claim_less_today():
    """Truth: 2 today; believed at 4/5 tomorrow, 16/5 lose to 7/2. A claim of 3 is met, and wins tomorrow as well."""
    assert two_rounds(4) == 2
    assert two_rounds(3) == 2 + Fraction(1, 2)


def test_claims_are_met(monkeypatch):
    monkeypatch.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
    path = specs_dir() / "claims" / "allocation" / "calibrated.toml"
    *_, last = audit(load_spec(path, properties=PROPERTIES, engines=ENGINES))
    found = {
        claim["id"]: (claim["verdict"], claim["reason"]) for claim in last.certificate["claims"] if not claim["met"]
    }
    assert found == {}
