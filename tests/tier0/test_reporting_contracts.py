"""A verdict that rests on a contract says so wherever it is shown."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from verifier.certificate import seal
from verifier.errors import CertificateError
from verifier.reporting import console, coverage, html, junit, proofs, smtlib, words
from verifier.reporting.reading import read

SAMPLES = Path(__file__).parents[1] / "samples"
GROUND = "under the contract that mod:f returns the first best of mod:g (compared at 1,234 calls)"


def sample(name, *calls, **changes):
    """A sample as if its mechanism had called optimisers, each compared at so many calls."""
    certificate = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    names = ["mod:f", "mod:h"][: len(calls)]
    certificate["subject"]["contracts"] = dict.fromkeys(names, "mod:g")
    counts = {name: {"calls": count, "rounded": 0} for name, count in zip(names, calls, strict=True)}
    certificate["exploration"]["contracts"] = counts
    body = {key: value for key, value in certificate.items() if key not in ("format", "version", "sha256")}
    return seal({**body, **changes})


def shown(page):
    text = re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", "", text).split())


def test_the_console_names_the_contract_beside_every_proof():
    certificate = sample("proved", 1234)
    lines = console.plain([certificate]).splitlines()
    proved = [line for line in lines if " PROVED " in line]
    assert len(proved) == len(certificate["claims"]) > 1
    assert all(line.endswith(f", {GROUND}") for line in proved)
    assert lines[-1].endswith(f"{len(proved)} proved under a contract.")


def test_one_call_and_several_contracts_are_counted_right():
    (claim, *_) = read(sample("proved", 1, 2)).claims
    assert claim.ground == (
        "under the contract that mod:f returns the first best of mod:g (compared at 1 call), "
        "and that mod:h returns the first best of mod:g (compared at 2 calls)"
    )
    assert {claim.ground for claim in read(sample("proved")).claims} == {""}


def test_every_sentence_about_a_proof_names_its_contract():
    report = read(sample("proved", 1234))
    for claim in report.claims:
        assert f"Proved {GROUND}: on symbolic bids that was taken for granted." in words.verdict(report, claim)
        assert words.found(report, claim) == f"{claim.statement} Proved {GROUND}."
        assert words.note(report, claim).endswith(GROUND)
    told = " ".join(coverage.covered(report))
    assert "There mod:f was not run: its contract answered for it, with what mod:g puts first." in told
    assert "With numbers it ran itself, and was compared with its contract at 1,234 calls." in told
    assert "always keeps its contract was compared at those calls, not proved." in " ".join(
        coverage.not_covered(report)
    )


def test_exact_regrets_name_the_contract_and_the_witness_needs_none():
    report = read(sample("regret", 1234))
    (claim, *_) = (one for one in report.claims if one.regret)
    assert words.note(report, claim).endswith(GROUND)
    assert proofs.bound(report, claim).endswith(f", {GROUND}.")
    assert GROUND not in words.verdict(report, claim)
    others = [one for one in report.claims if not one.regret and not one.proof]
    assert {one.ground for one in others} <= {""}


def test_a_count_tells_proofs_under_a_contract_from_others():
    claims = [*read(sample("proved", 1234)).claims[:2], *read(sample("proved")).claims[:3]]
    assert words.tally(claims) == "5 proved, 2 of them under a contract"


def test_junit_and_html_carry_the_contract():
    certificate = sample("proved", 1234)
    document = junit.document([certificate])
    assert document.count("PROVED: ") == document.count(f"{GROUND}\n") == len(certificate["claims"])
    page = shown(html.page(certificate))
    assert page.count(GROUND) == 2 * len(certificate["claims"])
    assert "Contracts mod:f returns the first best of mod:g" in page.replace("Contractsmod", "Contracts mod")
    assert shown(html.index([certificate])).count(GROUND) == 1
    assert GROUND not in shown(html.index([sample("proved")]))


def test_lemmas_as_smt_lib_name_the_contract():
    texts = [script.text for script in smtlib.scripts(sample("proved", 1234))]
    assert texts
    assert all(f"; The paths are those of the program {GROUND}." in text for text in texts)


def test_a_certificate_whose_counts_are_missing_cannot_be_read():
    certificate = sample("proved", 1234)
    certificate["exploration"]["contracts"] = {}
    with pytest.raises(CertificateError):
        read(certificate)


def test_where_nothing_was_explored_nothing_rests_on_a_contract():
    certificate = sample("unknown-symbolic", 0)
    assert "contract that" not in console.plain([certificate])
