"""Prose: every verdict says what it rests on, and what was not covered is said as plainly as what was."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from pathlib import Path

import pytest

from verifier.errors import CertificateError
from verifier.evidence import Verdict
from verifier.reporting import amounts, coverage, words
from verifier.reporting.amounts import amount, counted, listed, share
from verifier.reporting.reading import read

SAMPLES = Path(__file__).parents[1] / "samples"


def sample(name):
    return json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))


def claim_of(report, name):
    return next(claim for claim in report.claims if claim.id == name)


def altered(name, claim, **changes):
    """A report in which one claim was changed."""
    certificate = sample(name)
    next(entry for entry in certificate["claims"] if entry["id"] == claim).update(changes)
    report = read(certificate)
    return report, claim_of(report, claim)


def verdict_of(name, claim):
    report = read(sample(name))
    return words.verdict(report, claim_of(report, claim))


def test_exhausted_says_that_nothing_is_known_between_grid_points():
    assert verdict_of("first-price", "feasible") == (
        "True at every one of the 121 profiles of the grid. Nothing is said about values between grid points."
    )


def test_determinism_is_claimed_for_the_runs_that_were_made_only():
    assert verdict_of("exhausted", "deterministic").endswith("evidence for the runs that were made, and for no others.")


@pytest.mark.parametrize(
    ("name", "claim", "text"),
    [
        ("first-price", "dsic", "Ann gains 1 by reporting 0 when the item is worth 1 to it, at the reports (1, 0)."),
        ("multi-unit", "dsic", "by reporting (0, 0) when the first item is worth 1 and the next 1 to it"),
        ("slots", "dsic", "top gains 1/2 by reporting 0 when a click is worth 1 to it"),
        ("perverse", "ex-post-ir", "bidder 1 reports the truth and loses 1"),
        ("perverse", "no-deficit", "the mechanism pays out 1 more than it takes in"),
        ("perverse", "no-positive-transfers", "bidder 2 is paid 2 by the mechanism"),
        ("perverse", "efficient", "another feasible allocation is worth 1 more in total"),
        ("perverse", "monotone", "bidder 1 gets less by reporting 1 than by reporting 0"),
        ("perverse", "envy-free", "bidder 1 would be 3 better off with the share and payment of bidder 2"),
        ("biased", "anonymous", "exchanging the reports of bidder 1 and bidder 2 changes shares and payments by 1"),
        ("sold-twice", "feasible", "no more than 1 of 1 units are given out\u201d is broken by 1"),
        ("unstable", "deterministic", "the same bids gave two outcomes that differ by 1 in all"),
    ],
)
def test_a_refutation_is_told_in_the_terms_of_its_property(name, claim, text):
    found = verdict_of(name, claim)
    assert found.startswith("False: ")
    assert text in found


def test_a_violation_of_the_size_of_rounding_is_named_so():
    assert words.ROUNDING in verdict_of("rounding", "dsic")
    assert words.ROUNDING not in verdict_of("first-price", "dsic")


def test_a_property_of_a_later_version_is_still_told_with_its_margin():
    report, claim = altered("first-price", "dsic", property="core-stable")
    assert "its margin is \u22121" in words.verdict(report, claim)
    assert words.checked(claim) == "2,662 cases checked, 385 violated."


def test_supported_says_that_it_is_no_proof():
    assert "not a proof" in words.verdict(*altered("first-price", "feasible", verdict="SUPPORTED", table=None))


def test_no_answer_gives_its_reason_with_one_full_stop():
    assert verdict_of("interrupted", "efficient") == "Not decided: interrupted before it was decided."
    assert verdict_of("faults", "dsic").startswith("No answer: 552 cases have no valid outcome")


def test_a_tolerance_is_repeated():
    assert words.verdict(*altered("first-price", "feasible", tolerance="1/100")).endswith(
        "Violations up to 1/100 are tolerated."
    )


def test_the_gate_is_told_apart_from_the_verdict():
    assert words.gate(claim_of(read(sample("first-price")), "dsic")) == "This is what the claims file expects."
    missed = claim_of(read(sample("hostile")), "dsic")
    assert words.gate(missed) == "The claims file expects EXHAUSTED: this gate is missed."
    stronger = altered("first-price", "feasible", verdict="PROVED")[1]
    assert words.gate(stronger) == "The claims file expects EXHAUSTED at least; this is stronger."


def test_the_first_sentence_counts_every_claim():
    assert words.overall(read(sample("first-price")).claims) == (
        "All 5 claims are as expected: 4 true on the whole grid and 1 refuted."
    )
    assert words.overall(read(sample("interrupted")).claims) == (
        "3 of 5 claims are not as expected. Found: 1 true on the whole grid, 1 refuted and 3 not decided."
    )
    assert words.overall(read(sample("hostile")).claims).startswith("1 of 2 claims is not as expected.")
    assert words.overall(read(sample("first-price")).claims[:1]).startswith("The one claim is as expected")


def test_no_claims_at_all_is_no_success():
    assert words.overall([]) == "Nothing was checked."


def test_regret_is_the_largest_gain_of_an_agent_and_never_negative():
    first_price = claim_of(read(sample("first-price")), "dsic").table.rows
    assert [words.regret(row) for row in first_price] == [10, 9]  # Ann wins ties: at value 10 she may bid 0 against 0
    assert {words.regret(row) for row in claim_of(read(sample("exhausted")), "dsic").table.rows} == {0}


def test_truth_is_counted_as_a_best_response_only_where_every_case_was_looked_at():
    assert words.truth_best(claim_of(read(sample("exhausted")), "dsic")).endswith("(100 %).")
    assert words.truth_best(claim_of(read(sample("faults")), "dsic")) == ""
    assert words.truth_best(claim_of(read(sample("exhausted")), "feasible")) == ""


def test_ties_are_named_where_anonymity_sets_them_apart():
    assert "In 74 of 120 exchanges" in words.unequal_ties(claim_of(read(sample("biased")), "anonymous"))
    claim = altered("biased", "anonymous")[1]
    table = {**sample("biased")["claims"][0]["table"], "unequal_ties": {"part": 0, "whole": 0}}
    assert "no exchange" in words.unequal_ties(altered("biased", "anonymous", table=table)[1])
    assert words.unequal_ties(claim_of(read(sample("biased")), "dsic")) == ""
    assert claim.table.unequal_ties.part == 74


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(1999, 2000, "99.9 %"), (2, 2, "100 %"), (1, 3, "33.3 %"), (0, 5, "0 %")]
)
def test_a_percentage_is_rounded_down(part, whole, text):
    assert words.share_of(part, whole) == text


def test_the_statement_is_told_only_of_what_holds():
    report = read(sample("perverse"))
    told = {claim.id: words.found(report, claim) for claim in report.claims}
    assert told["feasible"] == "The allocation never breaks a constraint of the domain."
    assert told["ex-post-ir"] == "Bidder 1 reports the truth and loses 1."


def test_skipped_cases_are_counted_aloud():
    assert "1 case left out" in words.checked(claim_of(read(sample("faults")), "feasible"))
    assert words.checked(claim_of(read(sample("interrupted")), "efficient")) == ""


def test_coverage_names_the_grid_the_arithmetic_and_the_repetitions():
    told = " ".join(coverage.covered(read(sample("exhausted"))))
    assert "every one of 216 profiles" in told
    assert "64-bit integers that refuse to overflow" in told
    assert "PYTHONHASHSEED 0, 1, 2, 3" in told


def test_coverage_says_what_nobody_may_conclude():
    told = " ".join(coverage.not_covered(read(sample("exhausted"))))
    assert "between grid points or past the grid; the values it samples go from 0 up to 10." in told
    assert "floats was not tried" in told
    told = " ".join(coverage.not_covered(read(sample("rounding"))))
    assert "handed over as floats" in told
    assert "without an upper end" in told
    assert "probabilities are taken as true" in " ".join(coverage.not_covered(read(sample("lottery"))))


def test_coverage_of_a_partial_audit_says_so():
    assert "interrupted" in coverage.not_covered(read(sample("interrupted")))[-1]
    certificate = sample("interrupted")
    certificate["method"].update(evaluated=0, repeat_sample=0)
    assert coverage.covered(read(certificate)) == ["No profile was run before the audit ended."]
    certificate["method"].update(evaluated=50)
    assert coverage.covered(read(certificate))[0].startswith("The mechanism was run on 50 of 121 profiles")


def test_coverage_tells_when_vectorised_code_spoke_for_the_mechanism():
    certificate = sample("exhausted")
    certificate["method"].update(outcomes="batch", batch_sample=12, hash_seeds=[])
    told = " ".join(coverage.covered(read(certificate)) + coverage.not_covered(read(certificate)))
    assert "agreed with the plain code on 12 sampled profiles" in told
    assert "were not compared" in told
    assert "hash seeds were not tried" in told
    certificate["method"].update(outcomes="scalar", batch_refused="it differs at (1, 0, 0)", arithmetic="fractions")
    assert "was not used: it differs at (1, 0, 0)." in " ".join(coverage.not_covered(read(certificate)))
    assert "fractions of integers" in " ".join(coverage.covered(read(certificate)))


def test_faults_are_counted_where_coverage_is_told():
    assert "24 times; see Faults." in " ".join(coverage.not_covered(read(sample("faults"))))


@pytest.mark.parametrize(
    ("name", "setting", "values"),
    [
        ("exhausted", "3 agents, one indivisible item", "0 to 5 in steps of 1"),
        ("slots", "3 agents, position slots with click rates 1 and 1/2", "0 to 6 in steps of 1"),
        ("lottery", "2 agents, one indivisible item", "0 to 2 in steps of 1/3"),
        ("biased", "3 agents, one indivisible item", "0, 1, 2, 3"),
        (
            "multi-unit",
            "2 agents, 2 identical items, each further one worth no more than the one before",
            "vectors of 2 values from 0, 1, 2, 3, 4",
        ),
    ],
)
def test_the_setting_and_its_grid_are_told_in_short(name, setting, values):
    domain = read(sample(name)).domain
    assert coverage.setting(domain) == setting
    assert [row[1] for row in coverage.grid_rows(domain)] == [values]


def test_agents_with_different_grids_stand_on_different_rows():
    certificate = sample("first-price")
    certificate["domain"]["types"][1] = [["0"], ["1"], ["2"], ["3"], ["4"], ["7"]]
    rows = coverage.grid_rows(read(certificate).domain)
    assert rows == [("Ann", "0 to 10 in steps of 1", 11), ("Bo", "0 to 7, unevenly spaced", 6)]


def test_a_unit_demand_domain_is_read_and_told():
    certificate = sample("first-price")
    certificate["domain"].update(kind="unit-demand", items=1)
    domain = read(certificate).domain
    assert coverage.setting(domain) == "2 agents, one item"
    assert [share(domain, got) for got in (0, 1, 2, Fraction(1, 2), None)] == [
        "nothing", "1 item", "2 items", "1/2 items", "none",
    ]  # fmt: skip
    assert amounts.worth_of(domain, (3,)) == "one item is worth 3"


def test_amounts_keep_every_digit_and_print_a_true_minus():
    assert amount(Fraction(-5, 2)) == "\u22125/2"
    assert amount(Fraction(1, 3)) == "1/3"
    assert amount(Fraction(1, 2**60)) == f"1/{2**60} (about 8.67362e\u221219)"
    assert amounts.factor(-2) == "(\u22122)"
    assert amounts.total([1, -2, 3]) == "1 \u2212 2 + 3"
    assert amounts.total([]) == "0"
    assert amounts.products([1, 2], [3, -4]) == "1 \u00d7 3 + 2 \u00d7 (\u22124)"
    assert amounts.vector((3, 1)) == "(3, 1)"
    assert amounts.decimal(10**400) == str(10**400)


def test_counts_and_lists_read_like_english():
    assert (counted(1, "profile"), counted(1331, "profile")) == ("1 profile", "1,331 profiles")
    assert [listed("abc"[:length]) for length in range(4)] == ["", "a", "a and b", "a, b and c"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda c: c.pop("claims"),
        lambda c: c["domain"].update(kind="auction"),
        lambda c: c["claims"][0].update(verdict="MAYBE"),
        lambda c: c["claims"][0].update(tolerance="0.1 about"),
        lambda c: c["claims"][1]["witness"].update(runs=None),
        lambda c: c["method"].update(surprise=1),
    ],
)
def test_a_certificate_that_cannot_be_read_is_one_clear_error(damage):
    certificate = copy.deepcopy(sample("first-price"))
    damage(certificate)
    with pytest.raises(CertificateError, match="first-price"):
        read(certificate)


def test_a_witness_beside_a_verdict_that_is_no_refutation_is_not_shown():
    assert altered("first-price", "dsic", verdict=Verdict.EXHAUSTED)[1].witness is None
