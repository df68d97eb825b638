"""`verify smtlib` around a solver that is canned: what is written, and what its answers become."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from verifier.cli import main
from verifier.commands import exits
from verifier.commands import smtlib as module

SAMPLES = Path(__file__).parents[1] / "samples"
PROVED = str(SAMPLES / "proved.json")


def run(*words: str, directory: Path):
    return CliRunner().invoke(main, ["smtlib", *words, "--output", str(directory)])


def test_a_file_per_family_is_written_and_told(tmp_path):
    result = run(PROVED, "--claim", "dsic", directory=tmp_path / "new" / "folder")
    written = sorted((tmp_path / "new" / "folder").iterdir())
    assert [path.name for path in written] == [f"proved-dsic-{family}.smt2" for family in (1, 2, 3)]
    assert result.exit_code == exits.MET
    *lines, last = result.stdout.splitlines()
    assert lines == [f"{path}: {path.read_text('utf-8').count('(check-sat)')} lemmas" for path in written]
    assert last.endswith("lemmas in 3 files; every check-sat must answer unsat.")


def test_nothing_to_write_is_a_failure(tmp_path):
    result = run(str(SAMPLES / "first-price.json"), directory=tmp_path)
    assert (result.exit_code, list(tmp_path.iterdir())) == (exits.NOTHING, [])
    assert "there is no lemma to write" in result.stderr


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = run(PROVED, directory=tmp_path / "file" / "below")
    assert result.exit_code == exits.USAGE
    assert "cannot write to" in result.stderr


@pytest.mark.parametrize(
    ("answers", "code", "words"),
    [
        (["unsat", "unsat"], exits.MET, ", confirmed"),
        (["unsat", "sat"], exits.INTERNAL, ", disagrees: lemma 2 is satisfiable"),
        (["unknown", "sat"], exits.INTERNAL, ", disagrees: lemma 2 is satisfiable"),
        (["unsat", "unknown"], exits.INCONCLUSIVE, ", not decided: unknown"),
        (["unsat"], exits.INCONCLUSIVE, ", not decided: no answer to some lemma"),
        ([], exits.INCONCLUSIVE, ", not decided: no answer to some lemma"),
        (["unsat", "unsat", "unsat"], exits.INCONCLUSIVE, ", not decided: 3 answers to 2 lemmas"),
    ],
)
def test_only_as_many_unsat_as_lemmas_confirm(answers, code, words):
    assert module.judged(answers, 2) == (code, words)


def test_the_gravest_answer_is_the_exit_code(tmp_path, monkeypatch):
    canned = {"proved-dsic-1.smt2": "unknown", "proved-dsic-2.smt2": "sat", "proved-dsic-3.smt2": "unsat"}
    monkeypatch.setattr(module, "_cvc5", lambda: lambda path: [canned[path.name]] * 15)
    result = run(PROVED, "--claim", "dsic", "--solve", "cvc5", directory=tmp_path)
    assert result.exit_code == exits.INTERNAL
    said = [line.rpartition("lemmas, ")[2] for line in result.stdout.splitlines()[:3]]
    assert said == ["not decided: unknown", "disagrees: lemma 1 is satisfiable", "confirmed"]


def test_without_cvc5_one_sentence_says_how_to_get_it_and_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run(PROVED, "--solve", "cvc5", directory=tmp_path / "folder")
    assert result.exit_code == exits.USAGE
    assert result.stderr == "cvc5 is neither a package of this Python nor on the PATH: pip install cvc5\n"
    assert not (tmp_path / "folder").exists()


@pytest.mark.parametrize(
    ("code", "printed", "complaint", "said"),
    [
        (0, "unsat\n", "", "15 lemmas, not decided: no answer to some lemma"),
        (1, "unsat\n" * 15, "a\nparse error", "15 lemmas, not decided: cvc5 failed: a parse error"),
        (0, "unsat\n" * 15, "", "15 lemmas, confirmed"),
    ],
)
def test_the_executable_is_asked_where_there_is_no_package(code, printed, complaint, said, tmp_path, monkeypatch):
    asked = []

    def process(command, **options):
        asked.append(command)
        return subprocess.CompletedProcess(command, code, printed, complaint)

    monkeypatch.setattr(module, "find_spec", lambda name: None)
    monkeypatch.setattr(module.shutil, "which", lambda name: f"/somewhere/{name}")
    monkeypatch.setattr(module.subprocess, "run", process)
    result = run(PROVED, "--claim", "dsic", "--solve", "cvc5", directory=tmp_path)
    assert [line.partition(": ")[2] for line in result.stdout.splitlines()[:3]] == [said] * 3
    assert [command[:2] for command in asked] == [["/somewhere/cvc5", "--incremental"]] * 3
    assert [command[-1] for command in asked] == [str(tmp_path / f"proved-dsic-{one}.smt2") for one in (1, 2, 3)]


def test_what_the_package_raises_is_no_answer(tmp_path, monkeypatch):
    class Parser:
        def __init__(self, solver):
            assert solver.options["incremental"] == "true"

        def setStringInput(self, language, text, name):  # noqa: N802
            assert "(check-sat)" in text

        def getSymbolManager(self):  # noqa: N802
            return None

        def nextCommand(self):  # noqa: N802
            raise RuntimeError("out of\nmemory")

    class Solver:
        def __init__(self):
            self.options = {}

        def setOption(self, key, value):  # noqa: N802
            self.options[key] = value

    package = SimpleNamespace(Solver=Solver, InputParser=Parser, InputLanguage=SimpleNamespace(SMT_LIB_2_6=0))
    monkeypatch.setattr(module, "find_spec", lambda name: package)
    monkeypatch.setitem(sys.modules, "cvc5", package)
    result = run(PROVED, "--claim", "dsic", "--solve", "cvc5", directory=tmp_path)
    assert result.exit_code == exits.INCONCLUSIVE
    assert result.stdout.count("not decided: cvc5 failed: out of memory") == 3
