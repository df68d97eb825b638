"""A second opinion from cvc5, where it is installed: it confirms what is proved and notices what is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from verifier.cli import main
from verifier.commands import exits

pytest.importorskip("cvc5", reason="cvc5 is optional: pip install cvc5")

SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.mark.parametrize("name", ["proved", "regret"])
def test_cvc5_confirms_every_lemma(name: str, tmp_path: Path) -> None:
    words = ["smtlib", str(SAMPLES / f"{name}.json"), "--solve", "cvc5", "--output", str(tmp_path)]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == exits.MET
    files = list(tmp_path.glob("*.smt2"))
    assert result.stdout.count(", confirmed\n") == len(files) > 1


def test_cvc5_notices_a_lemma_that_lost_a_fact(tmp_path: Path) -> None:
    certificate = json.loads((SAMPLES / "proved.json").read_text(encoding="utf-8"))
    (claim,) = [claim for claim in certificate["claims"] if claim["property"] == "dsic"]
    lemma = claim["proof"]["families"][1][4]
    lemma["first"], lemma["second"] = lemma["first"][1:], []
    (tmp_path / "hurt.json").write_text(json.dumps(certificate), encoding="utf-8")
    words = ["smtlib", str(tmp_path / "hurt.json"), "--claim", "dsic", "--solve", "cvc5", "--output", str(tmp_path)]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == exits.INTERNAL
    said = [line.rpartition("lemmas, ")[2] for line in result.stdout.splitlines()[:3]]
    assert said == ["confirmed", "disagrees: lemma 5 is satisfiable", "confirmed"]
