"""The witness worked by hand: every line is true arithmetic, and its end is the margin of the certificate."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest

from verifier.properties import PROPERTIES
from verifier.properties.replay import margin_of
from verifier.reporting.findings import finding
from verifier.reporting.reading import read
from verifier.reporting.worked import lines, work

SAMPLES = Path(__file__).parents[1] / "samples"
REFUTED = [
    (path.stem, claim["id"], which)
    for path in sorted(SAMPLES.glob("*.json"))
    for claim in json.loads(path.read_text("utf-8"))["claims"]
    for which in ("witness", "worst")
    if claim[which]
]


def property_of(claim):
    """A second claim on a property has -2 behind its name."""
    return PROPERTIES[re.sub(r"-[0-9]+$", "", claim)]


def sample(name):
    return json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))


def worked(name, claim_id, which="witness", change=lambda witness: None):
    certificate = sample(name)
    entry = next(entry for entry in certificate["claims"] if entry["id"] == claim_id)
    change(entry[which])
    report = read(certificate)
    claim = next(claim for claim in report.claims if claim.id == claim_id)
    return work(claim.property, report.domain, getattr(claim, which)), report, getattr(claim, which)


def evaluate(text):
    """The exact value of what a line prints: numbers, + - x and brackets; the asides in decimals are no part of it."""
    plain = re.sub(r" \(about [^)]*\)", "", text).replace("\u2212", "-").replace("\u00d7", "*")
    assert re.fullmatch(r"[-+*/() 0-9]+", plain), text
    return eval(re.sub(r"(\d+(?:/\d+)?)", r"Fraction('\1')", plain), {"Fraction": Fraction})


def sums(steps):
    return {step.words: step.arithmetic for step in steps.sums}


def test_the_samples_refute_every_property():
    assert {property_of(claim).name for _, claim, _ in REFUTED} == {
        name for name, prop in PROPERTIES.items() if "money" in prop.settings and prop.over != "tapes"
    }


@pytest.mark.parametrize(("name", "claim", "which"), REFUTED)
def test_every_equation_of_a_worked_witness_is_true(name, claim, which):
    equations = [step.arithmetic for step in worked(name, claim, which)[0].sums if " = " in step.arithmetic]
    for equation in equations:
        left, right = equation.split(" = ")
        if "," in equation:  # vectors: componentwise
            one, other, difference = (
                [evaluate(part) for part in vector.strip("()").split(", ")]
                for vector in (*left.split(" \u2212 "), right)
            )
            assert difference == [a - b for a, b in zip(one, other, strict=True)]
        else:
            assert evaluate(left) == evaluate(right)


@pytest.mark.parametrize(("name", "claim", "which"), REFUTED)
def test_the_last_number_of_a_worked_witness_is_its_margin(name, claim, which):
    steps, report, witness = worked(name, claim, which)
    last = evaluate(steps.sums[-1].arithmetic.split(" = ")[-1])
    assert abs(last) == -witness.margin
    assert witness.margin == margin_of(property_of(claim), report.domain, witness)
    assert not [remark for remark in steps.remarks if "Do not rely" in remark]


@pytest.mark.parametrize(("name", "claim", "which"), REFUTED)
def test_the_runs_are_told_as_the_certificate_has_them(name, claim, which):
    steps, report, witness = worked(name, claim, which)
    assert len(steps.runs) == len(witness.runs)
    for told, run in zip(steps.runs, witness.runs, strict=True):
        assert [[row[0] for row in draw.rows] for draw in told.draws] == [list(report.domain.agents)] * len(told.draws)
        paid = [[evaluate(row[3]) for row in draw.rows] for draw in told.draws]
        assert paid == [list(draw.payments) for draw in run.outcome.draws]


def test_the_first_price_witness_reads_like_a_textbook():
    steps = worked("first-price", "dsic")[0]
    setting = "To Ann, the item is worth 1. The reports of the others are the same in both runs."
    assert lines(steps) == [
        f"{setting} Utility is what the share is worth at the true value, less the payment.",
        "If Ann reports the truth, 1:",
        "  Ann reports 1, gets the item, pays 1",
        "  Bo reports 0, gets nothing, pays 0",
        "If Ann reports 0 instead:",
        "  Ann reports 0, gets the item, pays 0",
        "  Bo reports 0, gets nothing, pays 0",
        "Utility of the truth: 1 \u00d7 1 \u2212 1 = 0",
        "Utility of the lie, at the same true value: 1 \u00d7 1 \u2212 0 = 1",
        "Gain: 1 \u2212 0 = 1",
        "By reporting 0 in place of the truth, 1, Ann gains 1.",
    ]


def test_a_lottery_is_worked_in_exact_expectation():
    # Bidding 0 against 0 wins with probability 1/2 at no price: 1/3 * 1/2 = 1/6, against 0 from winning at one's value.
    steps = worked("lottery", "dsic")[0]
    assert [draw.probability for draw in steps.runs[1].draws] == ["1/2", "1/2"]
    told = sums(steps)
    average = "What bidder 1, reporting 0, gets on average (share of the item)"
    assert told[average] == "1/2 \u00d7 1 + 1/2 \u00d7 0 = 1/2"
    assert told["Utility of the lie, at the same true value"] == "1/3 \u00d7 1/2 \u2212 0 = 1/6"
    assert told["Gain"] == "1/6 \u2212 0 = 1/6"
    assert "  with probability 1/2:" in lines(steps)


def test_the_marginal_values_of_several_items_are_added():
    told = sums(worked("multi-unit", "dsic")[0])
    assert told["Utility of the truth"] == "1 \u00d7 1 + 1 \u00d7 1 \u2212 2 = 0"
    assert told["Utility of the lie, at the same true value"] == "1 \u00d7 1 + 1 \u00d7 0 \u2212 0 = 1"


def test_an_agent_without_a_slot_gets_no_slot():
    rows = worked("slots", "dsic")[0].runs[0].draws[0].rows
    assert [row[2] for row in rows] == ["slot 0 (click rate 1)", "no slot", "slot 1 (click rate 1/2)"]


def test_a_better_allocation_is_named_agent_by_agent():
    steps = worked("perverse", "efficient")[0]
    assert steps.better == "A better allocation: bidder 1 gets the item, bidder 2 gets nothing."
    assert sums(steps)["Worth of the better allocation"] == "1 \u00d7 1 + 0 \u00d7 0 = 1"
    assert steps.better in lines(steps)


def test_welfare_of_several_items_is_added_agent_by_agent():
    certificate = sample("multi-unit")
    entry = next(entry for entry in certificate["claims"] if entry["id"] == "dsic")
    run = entry["witness"]["runs"][0]
    run["draws"][0]["allocation"] = ["0", "2"]
    entry.update(property="efficient")
    entry["witness"].update(agents=[], runs=[run], margin="-1", alternative=["1", "1"])
    report = read(certificate)
    told = sums(work("efficient", report.domain, next(c for c in report.claims if c.id == "dsic").witness))
    assert told["Worth to the agents in total"] == "(1 \u00d7 0 + 1 \u00d7 0) + (1 \u00d7 1 + 0 \u00d7 1) = 1"
    assert told["Worth of the better allocation"] == "(1 \u00d7 1 + 1 \u00d7 0) + (1 \u00d7 1 + 0 \u00d7 0) = 2"


def test_a_repetition_says_how_it_was_made():
    assert worked("unstable", "deterministic")[0].runs[1].heading == "Again (second call, in reverse order)"


def test_a_broken_constraint_is_named():
    assert sums(worked("sold-twice", "feasible")[0]) == {
        "Slack of \u201cno more than 1 of 1 units are given out\u201d": "\u22121"
    }


def test_a_share_that_means_nothing_is_told_and_not_computed():
    def damage(witness):
        witness["runs"][0]["draws"][0].update(allocation=[None, "1"])

    steps = worked("sold-twice", "feasible", change=damage)
    assert steps[0].runs[0].draws[0].rows[0][2] == "none"
    assert "a share is None" in steps[0].sums[0].words


def test_a_margin_that_the_runs_do_not_give_is_said_aloud():
    steps = worked("first-price", "dsic", change=lambda witness: witness.update(margin="-7"))[0]
    assert steps.remarks == (
        "These runs give a margin of \u22121, but the certificate records \u22127. Do not rely on it.",
    )


def test_rounding_is_named_beside_the_arithmetic():
    assert worked("rounding", "dsic")[0].remarks == (
        "A violation of this size is no larger than the rounding of the floats that were returned.",
    )


def test_a_property_of_a_later_version_shows_its_runs_and_its_margin():
    report = read(sample("first-price"))
    steps = work("core-stable", report.domain, report.claims[1].witness)
    assert [run.heading for run in steps.runs] == ["Run 1", "Run 2"]
    assert steps.conclusion == "The margin of this case is \u22121; a margin must not be negative."


def test_a_vector_of_reports_that_moves_against_what_it_gets_is_worked_coordinate_by_coordinate():
    # Truth (1, 1) gets 2 items under the first run and the report (0, 0) gets 1: turned around, the product is -1.
    certificate = sample("multi-unit")
    entry = next(entry for entry in certificate["claims"] if entry["id"] == "dsic")
    first, second = entry["witness"]["runs"]
    first["draws"], second["draws"] = second["draws"], first["draws"]
    entry.update(property="monotone")
    entry["witness"].update(margin="-1")
    report = read(certificate)
    claim = next(claim for claim in report.claims if claim.id == "dsic")
    told = sums(work("monotone", report.domain, claim.witness))
    assert told["Change of the report"] == "(1, 1) \u2212 (0, 0) = (1, 1)"
    assert told["Change of what it gets"] == "(1, 0) \u2212 (1, 1) = (0, \u22121)"
    assert told["Product"] == "1 \u00d7 0 + 1 \u00d7 (\u22121) = \u22121"
    assert finding("monotone", report.domain, claim.witness) == (
        "what bidder 1 gets moves against its report, from (0, 0) to (1, 1)"
    )


def test_a_lottery_over_several_items_is_averaged_item_by_item():
    certificate = sample("multi-unit")
    entry = next(entry for entry in certificate["claims"] if entry["id"] == "dsic")
    (draw,) = entry["witness"]["runs"][1]["draws"]
    other = {"probability": "1/2", "allocation": ["2", "0"], "payments": ["1", "0"]}
    entry["witness"]["runs"][1]["draws"] = [{**draw, "probability": "1/2"}, other]
    report = read(certificate)
    claim = next(claim for claim in report.claims if claim.id == "dsic")
    told = sums(work("dsic", report.domain, claim.witness))
    assert told["What bidder 1, reporting (0, 0), gets on average (items)"] == "(1, 1/2)"
    assert told["Utility of the lie, at the same true value"] == "1 \u00d7 1 + 1 \u00d7 1/2 \u2212 1/2 = 1"


def test_two_outcomes_with_different_winners_differ_in_shares_and_payments():
    def damage(witness):
        witness["runs"][1]["draws"][0].update(allocation=["1", "0"], payments=["1", "0"])
        witness["margin"] = "-3"

    told = sums(worked("unstable", "deterministic", change=damage)[0])
    assert told == {
        "What bidder 1 gets": "0 and 1",
        "What bidder 1 pays": "0 and 1",
        "What bidder 2 gets": "1 and 0",
        "Differences in all": "1 + 1 + 1 = 3",
    }
