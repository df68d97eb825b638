"""The command as a stranger runs it: mechanisms compared by their prices of anarchy, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

GAME = """
title = "{title}"
[game]
values = [9, "9/2"]
[subject]
call = "mechanisms.{call}"
[domain]
kind = "{kind}"
agents = 2
values = ["0", "1", "2", "9/2", "9"]
"""
MECHANISMS = {
    "vcg": ("auctions.single_item:second_price", "single-item"),
    "shares": ("allocation.proportional_share:proportional_share", "divisible"),
    "first": ("auctions.single_item:first_price", "single-item"),
}


def test_poa_across_mechanisms(tmp_path: Path) -> None:
    for name, (call, kind) in MECHANISMS.items():
        text = GAME.format(title=name, call=call, kind=kind)
        (tmp_path / f"{name}.game.toml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "verifier", "compare", ".", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True)
    told = json.loads(done.stdout)
    lines = {one["name"]: one["lines"][0] for one in told["mechanisms"]}
    assert (lines["vcg"]["concept"], lines["vcg"]["price_of_anarchy"]) == ("truthful", "1")
    assert Fraction(lines["shares"]["price_of_anarchy"]) == Fraction(6, 5)  # exactly the gate, which is strict
    assert not lines["shares"]["passes"]
    assert told["recommended"] == "vcg"
    assert (tmp_path / "verify-report" / "comparison.html").exists()
