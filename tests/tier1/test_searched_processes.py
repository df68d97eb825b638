"""Search and sampling as the command runs them: fresh processes, the checker, the database of examples."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

CLAIMS = """
title = "searched"

[subject]
call = "mechanisms.{call}"

[domain]
kind = "single-item"
agents = 3
values = "0..4"

[[claim]]
property = "dsic"
engine = "{engine}"
expect = "{expect}"
"""


def verify(*words, code, cwd=None):
    command = [sys.executable, "-m", "verifier", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def claimed(folder, call, engine, expect):
    file = folder / "searched.toml"
    file.write_text(CLAIMS.format(call=call, engine=engine, expect=expect))
    return file


@pytest.mark.parametrize("engine", ["search", "sampling"])
def test_a_tie_by_set_order_shows_in_fresh_processes(tmp_path, engine):
    file = claimed(tmp_path, "flawed.hidden_inputs:tie_by_set_order", engine, "ERROR")
    verify("run", file, "--output", tmp_path / "out", code=0)
    (claim,) = json.loads((tmp_path / "out" / "searched.json").read_text())["claims"]
    assert "does not repeat itself" in claim["reason"]
    assert "PYTHONHASHSEED" in claim["reason"]


@pytest.mark.parametrize("engine", ["search", "sampling"])
def test_a_refutation_is_checked_and_replayed_and_the_same_again(tmp_path, engine):
    file = claimed(tmp_path, "auctions.single_item:first_price", engine, "REFUTED")
    outputs = [tmp_path / name for name in ("one", "two")]
    for output in outputs:
        verify("run", file, "--output", output, "--seed", 5, "--samples", 200, code=0)
    texts = [(output / "searched.json").read_text() for output in outputs]
    assert texts[0] == texts[1]
    assert "CONFIRMED  dsic" in verify("check", outputs[0] / "searched.json", code=0)
    assert "REPRODUCED" in verify("replay", f"{outputs[0] / 'searched.json'}#dsic", code=0)


def test_a_search_that_finds_nothing_is_only_partly_checked_and_leaves_nothing_behind(tmp_path):
    file = claimed(tmp_path, "auctions.single_item:second_price", "search", "SUPPORTED")
    verify("run", file, "--output", tmp_path / "out", "--max-examples", 300, code=0, cwd=tmp_path)
    assert "PARTLY     dsic" in verify("check", tmp_path / "out" / "searched.json", code=3)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "searched.toml"]
