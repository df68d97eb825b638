"""Progress on a terminal: a bar on stderr that names the claims file and the stage."""

from __future__ import annotations

import json
import sys
from io import StringIO
from pathlib import Path

import pytest

import verifier
from verifier.audit import Finished, Progress, Started
from verifier.commands.progress import listener
from verifier.resources import specs_dir
from verifier.spec import Spec, load_spec


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def spec() -> Spec:
    path = specs_dir() / "claims" / "first-price.toml"
    return load_spec(path, properties=verifier.PROPERTIES, engines=("exhaustive", "symbolic", "search", "sampling"))


def test_a_terminal_shows_which_file_and_which_stage(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    with listener(3, quiet=False) as tell:
        tell(Started(spec))
        tell(Progress("running first-price", 500, 1331))
    assert "1 of 3  running first-price" in terminal.getvalue()
    assert "500/1331" in terminal.getvalue()


def test_anything_else_gets_a_line_per_file(spec: Spec, capsys: pytest.CaptureFixture[str]) -> None:
    sample = Path(__file__).parents[1] / "samples" / "interrupted.json"
    certificate = json.loads(sample.read_text(encoding="utf-8"))
    with listener(1, quiet=False) as tell:
        tell(Started(spec))
        tell(Finished(certificate, {}))
    out, told = capsys.readouterr()
    met = sum(claim["met"] for claim in certificate["claims"])
    assert told == f"{certificate['name']}: {met} of {len(certificate['claims'])} claims as expected, interrupted\n"
    assert out == ""


def test_quiet_says_nothing_on_a_terminal_either(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with listener(1, quiet=True) as tell:
        tell(Started(spec))
    assert terminal.getvalue() == ""
