"""The token service as a process of its own, under the load of a minute; figures are printed, and not judged."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

_FILE = Path(__file__).parents[1] / "benchmarks" / "auction_under_load.py"
_SPEC = importlib.util.spec_from_file_location("auction_under_load", _FILE)
assert _SPEC is not None
assert _SPEC.loader is not None
under_load = sys.modules["auction_under_load"] = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(under_load)


def test_auction_under_load() -> None:
    """1,000 requests a second for a minute, each charged and written down: all are answered, none twice."""
    found, entries, problem = under_load.loaded(1_000, 60)
    assert (len(found.latencies), found.refused, problem) == (60_000, 0, None)
    assert entries == 2 * 60_000 + 3  # a charge and a grant each; two accounts, one auction
    print(f"p50 {found.at(0.5):.2f} ms, p99 {found.at(0.99):.2f} ms, p99.9 {found.at(0.999):.2f} ms")
