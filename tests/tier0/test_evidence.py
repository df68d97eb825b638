"""Verdicts as a lattice, and the JSON form of evidence: exact rationals, no floats."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import product

import pytest

from verifier.domains import Draw, Outcome
from verifier.evidence import Count, Fault, ObservedRun, Row, Table, Verdict, Witness

POSITIVE = [Verdict.SUPPORTED, Verdict.EXHAUSTED, Verdict.PROVED]  # weakest first


@pytest.mark.parametrize(("verdict", "required"), list(product(POSITIVE, POSITIVE)))
def test_a_gate_is_passed_by_the_same_strength_or_more(verdict: Verdict, required: Verdict) -> None:
    assert verdict.meets(required) == (POSITIVE.index(verdict) >= POSITIVE.index(required))


@pytest.mark.parametrize("required", list(Verdict))
def test_unknown_passes_no_gate(required: Verdict) -> None:
    assert not Verdict.UNKNOWN.meets(required)


@pytest.mark.parametrize("found", [Verdict.REFUTED, Verdict.ERROR])
@pytest.mark.parametrize("other", list(Verdict))
def test_a_refutation_or_an_error_meets_only_the_expectation_of_itself(found: Verdict, other: Verdict) -> None:
    assert found.meets(other) == (found is other)
    assert other.meets(found) == (found is other)


@pytest.mark.parametrize(("a", "b", "c"), list(product(Verdict, repeat=3)))
def test_meeting_gates_is_transitive(a: Verdict, b: Verdict, c: Verdict) -> None:
    if a.meets(b) and b.meets(c):
        assert a.meets(c)


def run(*payments: Fraction | int) -> ObservedRun:
    draw = Draw(1, (1, None), tuple(payments))
    return ObservedRun(((Fraction(1, 2),), (3,)), Outcome((draw,)))


def test_a_run_writes_rationals_as_quotients_and_a_missing_slot_as_null() -> None:
    assert run(Fraction(-2, 6), 0).to_json() == {
        "bids": [["1/2"], ["3"]],
        "draws": [{"probability": "1", "allocation": ["1", None], "payments": ["-1/3", "0"]}],
    }


def test_a_lottery_keeps_every_draw_with_its_probability() -> None:
    draws = (Draw(Fraction(1, 3), (1, 0), (2, 0)), Draw(Fraction(2, 3), (0, 1), (0, 2)))
    written = ObservedRun(((1,), (1,)), Outcome(draws)).to_json()["draws"]
    assert [draw["probability"] for draw in written] == ["1/3", "2/3"]  # type: ignore[attr-defined]


def test_a_witness_has_a_json_form_without_floats() -> None:
    witness = Witness((0,), (run(1, 0), run(0, 0)), Fraction(-1, 2))
    written = witness.to_json()
    assert json.loads(json.dumps(written), parse_float=pytest.fail) == written
    assert written["agents"] == [0]
    assert written["margin"] == "-1/2"
    assert (written["alternative"], written["repeat"], written["rounding"]) == (None, None, False)
    assert len(written["runs"]) == 2  # type: ignore[arg-type]


def test_a_witness_of_inefficiency_names_the_better_allocation() -> None:
    assert Witness((), (run(0, 0),), -1, alternative=(None, 1)).to_json()["alternative"] == [None, "1"]


def test_a_table_adds_up_its_violations_and_writes_its_counts() -> None:
    rows = (Row(0, 6, 2, Fraction(-3, 2)), Row(1, 6, 1, -1))
    table = Table(rows, skipped=4, truth_best=Count(5, 8))
    assert table.violations == 3
    assert table.to_json() == {
        "rows": [
            {"agent": 0, "cases": 6, "violations": 2, "least_margin": "-3/2"},
            {"agent": 1, "cases": 6, "violations": 1, "least_margin": "-1"},
        ],
        "skipped": 4,
        "truth_best": {"part": 5, "whole": 8},
        "unequal_ties": None,
    }


def test_a_row_without_cases_has_no_least_margin() -> None:
    table = Table((Row(None, 0, 0, None),), unequal_ties=Count(1, 2))
    assert table.violations == 0
    assert table.to_json()["rows"] == [{"agent": None, "cases": 0, "violations": 0, "least_margin": None}]
    assert table.to_json()["unequal_ties"] == {"part": 1, "whole": 2}
    assert table.to_json()["truth_best"] is None


def test_a_fault_names_the_profile_the_kind_and_what_happened() -> None:
    fault = Fault(((0,), (Fraction(1, 3),)), "crash", "ZeroDivisionError: division by zero")
    assert fault.to_json() == {
        "bids": [["0"], ["1/3"]],
        "kind": "crash",
        "message": "ZeroDivisionError: division by zero",
    }
