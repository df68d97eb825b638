"""Lemmas as SMT-LIB 2: z3 reads the texts and finds every lemma contradictory, and nothing else gets into them."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import pytest
import z3

from verifier.audit import ENGINES, Finished, audit
from verifier.errors import CertificateError
from verifier.properties import PROPERTIES
from verifier.reporting.smtlib import scripts
from verifier.spec import parse_spec

SAMPLES = Path(__file__).parents[1] / "samples"
PROVED = json.loads((SAMPLES / "proved.json").read_text("utf-8"))  # a second-price auction, three bidders
REGRET = json.loads((SAMPLES / "regret.json").read_text("utf-8"))  # truthfulness refuted, participation proved


def answers(text):
    """What z3 answers to the check-sats of a text."""
    context = z3.Context()  # a fresh one knows no declarations; it has to live as long as the call
    return z3.Z3_eval_smtlib2_string(context.ref(), text).split()


def changed(property_, change):
    """The sample with one change to the proof of a claim."""
    certificate = copy.deepcopy(PROVED)
    (claim,) = [claim for claim in certificate["claims"] if claim["property"] == property_]
    change(claim["proof"]["families"])
    return certificate


def with_goal(goal):
    """The text of a single lemma that is nothing but a goal."""
    lemma = {"first": [], "second": [], "goal": [goal], "multipliers": [1]}

    def replace(families):
        families[1] = [lemma]

    (script,) = [one for one in scripts(changed("dsic", replace), "dsic") if one.family == 2]
    return script.text


@pytest.mark.parametrize("certificate", [PROVED, REGRET], ids=["proved", "regret"])
def test_z3_confirms_every_lemma_of_every_family(certificate):
    found = {(script.claim, script.family): script for script in scripts(certificate)}
    expected = {
        (claim["id"], place): len(lemmas)
        for claim in certificate["claims"]
        if claim["proof"]
        for place, lemmas in enumerate(claim["proof"]["families"], start=1)
        if lemmas
    }
    assert {key: script.lemmas for key, script in found.items()} == expected
    assert len(expected) > 1
    for key, script in found.items():
        assert answers(script.text) == ["unsat"] * expected[key]
        assert script.text.count("(push 1)") == script.text.count("(pop 1)") == expected[key]


def test_bundles_have_a_variable_each_and_so_has_the_lie():
    def auction(bids):
        """Both goods together, to the bidder who wants them more, for what the other one offers."""
        winner = bids.index(max(bids, key=lambda bid: bid[2]))
        return [3 * (i == winner) for i in range(2)], [bids[1 - i][2] * (i == winner) for i in range(2)]

    table = {
        "title": "Both goods together",
        "subject": {"call": "test:auction"},
        "domain": {"kind": "combinatorial", "agents": 2, "values": "0..1", "goods": 2},
        "claim": [{"property": "dsic", "engine": "symbolic", "expect": "PROVED"}],
    }
    spec = parse_spec(table, name="test", properties=PROPERTIES, engines=ENGINES)
    last = list(audit(spec, target=auction))[-1]
    assert isinstance(last, Finished)
    first, second = scripts(last.certificate)
    for agent, script in ((1, first), (2, second)):
        declared = re.findall(r"^\(declare-const (\S+) Real\)", script.text, flags=re.MULTILINE)
        assert declared == [f"{word}_{c}" for word in ("bid_1", "bid_2", f"lie_{agent}") for c in range(3)]
        assert answers(script.text) == ["unsat"] * script.lemmas


def test_an_inequality_is_written_without_negative_numbers():
    assert "(assert (< (+ bid_1 (/ 1 2)) (* 2 bid_2)))" in with_goal([[[0, 1], [1, -2]], "1/2", True])
    assert "(assert (<= 0 (+ bid_1 lie_2 3)))" in with_goal([[[0, -1], [3, -1]], "-3", False])


def test_what_is_no_lemma_is_satisfiable():
    assert answers(with_goal([[[0, 1], [1, -2]], "1/2", True])) == ["sat"]


def test_facts_of_the_exchanged_run_are_written_with_the_reports_exchanged():
    def replace(families):
        families[0] = [{"first": [[[[0, 1], [1, -1]], "0", True]], "second": [[[[0, 1], [1, -1]], "0", False]],
                        "goal": [], "multipliers": [1, 1]}]  # fmt: skip

    text = scripts(changed("anonymous", replace), "anonymous")[0].text
    asserted = re.findall(r"^\(assert .*\)$", text, flags=re.MULTILINE)
    assert asserted == ["(assert (< bid_1 bid_2))", "(assert (<= bid_2 bid_1))"]


def test_a_file_says_what_it_is_about_and_what_it_leaves_to_the_checker():
    (text,) = [script.text for script in scripts(PROVED, "dsic") if script.family == 2]
    assert text.startswith("(set-info :smt-lib-version 2.6)\n; ")
    assert "; Family 2 of 3: agent 2 (bidder 2).\n" in text
    assert "every check-sat must answer unsat" in text
    assert "verify check" in text
    efficient = scripts(PROVED, "efficient")
    assert "against the allocation (1, 0, 0)" in efficient[0].text + efficient[1].text


def test_no_name_in_a_certificate_gets_out_of_its_comment():
    certificate = copy.deepcopy(PROVED)
    certificate["title"] = "a\n(assert false)"
    certificate["domain"]["agents"] = ["b\r(assert false)", "c\u2028(assert false)", "d"]
    for script in scripts(certificate):
        lines = script.text.splitlines()
        assert not [line for line in lines if line.startswith("(assert false)")]
        assert answers(script.text) == ["unsat"] * script.lemmas


@pytest.mark.parametrize(
    ("goal", "complaint"),
    [
        ([[[9, 1]], "0", True], "9"),
        ([[[0, "1) (assert false"]], "0", True], "no coefficient"),
        ([[[0, 0]], "0", True], "no coefficient"),
        ([[[0, 1]], "0) (assert false", True], "assert false"),
        ([[[0, 1]], "0"], "unpack"),
    ],
)
def test_what_is_no_inequality_is_refused(goal, complaint):
    with pytest.raises(CertificateError, match=f"claim 'dsic': its proof cannot be read .*{re.escape(complaint)}"):
        with_goal(goal)


def test_a_proof_with_another_number_of_families_is_refused():
    with pytest.raises(CertificateError, match="it has 2 families, not 3"):
        scripts(changed("dsic", lambda families: families.pop()))


@pytest.mark.parametrize("name", ["../dsic", "feasible", ""])
def test_ids_that_cannot_name_files_are_refused(name):
    certificate = copy.deepcopy(PROVED)
    certificate["claims"][-1]["id"] = name
    with pytest.raises(CertificateError, match="cannot name files"):
        scripts(certificate)


def test_a_claim_without_a_proof_has_nothing_to_write():
    assert {script.claim for script in scripts(REGRET)} == {"ex-post-ir"}
    with pytest.raises(CertificateError, match="'dsic' is REFUTED, and only a proof has lemmas"):
        scripts(REGRET, "dsic")
    with pytest.raises(CertificateError, match="no claim 'dsik'; did you mean 'dsic'"):
        scripts(REGRET, "dsik")
    assert scripts(PROVED, "feasible") == []
