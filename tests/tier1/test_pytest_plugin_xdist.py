"""The pytest plugin with several workers: every claim keeps a certificate of its own, and its path comes back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

SUITE = """\
import pytest

def first_price(bids):
    winner = bids.index(max(bids))
    won = [int(agent == winner) for agent in range(len(bids))]
    return won, [bid * share for bid, share in zip(bids, won)]

@pytest.mark.parametrize("agents", [1, 2, 3])
@pytest.mark.parametrize("high", [1, 2])
def test_truth(verify_claim, agents, high):
    setting = dict(kind="single-item", agents=agents, values=range(high + 1))
    verify_claim(first_price, "dsic", expect="REFUTED", **setting)
    verify_claim("mechanisms.auctions.single_item:second_price", "dsic", **setting)
"""


def test_workers_do_not_overwrite_each_other(tmp_path: Path) -> None:
    (tmp_path / "test_suite.py").write_text(SUITE, encoding="utf-8")
    plugins = ["-p", "xdist", "-p", "verifier.pytest_plugin", "-p", "no:cacheprovider"]
    options = ["-n", "2", "-W", "error", "--verify-output", "certs", "--junitxml", "junit.xml"]
    command = [sys.executable, "-m", "pytest", *plugins, *options]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # the same, installed or not
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    paths = [found.get("value") or "" for found in ET.parse(tmp_path / "junit.xml").iter("property")]
    assert len(paths) == len(set(paths)) == 12
    assert {Path(path).parent for path in paths} == {tmp_path / "certs"}
    certificates = [json.loads(Path(path).read_text(encoding="utf-8")) for path in paths]
    assert sorted(one["domain"]["agents"] for one in certificates) == sorted(
        [[f"bidder {number}" for number in range(1, agents + 1)] for agents in (1, 2, 3)] * 4
    )
