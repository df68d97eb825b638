"""`verify check` around a checker that is canned: what it is given, and what its exit codes become."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from verifier.cli import main
from verifier.commands import check as module
from verifier.commands.check import importable_from


@pytest.mark.parametrize(
    ("codes", "code"),
    [((0, 0), 0), ((0, 3), 3), ((3, 2), 2), ((2, 4), 4), ((0, 1), 4), ((3, -9), 4)],
)
def test_the_gravest_code_counts_and_a_broken_checker_is_the_gravest(
    codes: tuple[int, int], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    left = list(codes)
    asked: list[list[str]] = []

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, left.pop(0), "a report\n", "")

    monkeypatch.setattr(module.subprocess, "run", run)
    result = CliRunner().invoke(main, ["check", str(tmp_path), "--source", str(tmp_path)])
    assert result.exit_code == code
    assert [words[:3] for words in asked] == [[sys.executable, "-I", str(module.CHECKER)]] * 2
    assert all(words[4:] == ["--source", str(tmp_path)] for words in asked)
    assert result.stdout == f"{tmp_path / 'a.json'}\na report\n{tmp_path / 'b.json'}\na report\n"
    assert ("the checker itself failed" in result.stderr) == bool(set(codes) & {1, -9})


def test_the_checker_is_where_it_is_said_to_be() -> None:
    assert module.CHECKER.is_file()


@pytest.mark.parametrize(
    ("place", "call"),
    [("alone.py", "alone:run"), ("package/__init__.py", "package:run"), ("spread/deep.py", "spread.deep:run")],
)
def test_the_directory_of_a_subject_is_found_without_running_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, call: str
) -> None:
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("raise SystemExit('it ran')\n", encoding="utf-8")
    certificate = tmp_path / "cert.json"
    certificate.write_text(json.dumps({"subject": {"call": call}}), encoding="utf-8")
    before = list(sys.path)
    assert importable_from(certificate) == []
    monkeypatch.chdir(tmp_path)
    assert importable_from(certificate) == [tmp_path]
    assert sys.path == before


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"subject": {"call": ""}}', '{"subject": {"call": "sys:path"}}'])
def test_a_certificate_without_an_importable_subject_gives_no_directory(tmp_path: Path, text: str) -> None:
    (tmp_path / "cert.json").write_text(text, encoding="utf-8")
    assert importable_from(tmp_path / "cert.json") == []
