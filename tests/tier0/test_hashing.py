"""Where a set, a hash or an address stands in a mechanism's text, more hash seeds are tried; nothing is run for it."""

from __future__ import annotations

import sys

import pytest

from verifier.adapters import load
from verifier.adapters.hashing import MORE_SEEDS, depends_on_hashes
from verifier.domains import parse_domain
from verifier.engines.exhaustive import ExhaustiveSession
from verifier.spec import subject_from_json


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("    return {bid for bid in bids}\n", True),
        ("    return {1, 2}\n", True),
        ("    return set(bids)\n", True),
        ("    return frozenset(bids)\n", True),
        ("    return sorted(bids, key=hash)\n", True),
        ("    return id(bids)\n", True),
        ("    return {bid: 1 for bid in bids}\n", False),
        ("    import helper_module\n    return helper_module.top(bids)\n", True),
        ("    return max(bids)\n", False),
        ("    raise SystemExit\nexit(3)\n", False),
        ("    return (\n", False),
    ],
)
def test_what_stands_in_the_text(tmp_path, monkeypatch, body, found):
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "hashed_auction.py").write_text(f"def run(bids):\n{body}", encoding="utf-8")
    (tmp_path / "helper_module.py").write_text("def top(bids):\n    return max(set(bids))\n", encoding="utf-8")
    assert depends_on_hashes(subject_from_json({"call": "hashed_auction:run", "root": str(tmp_path)})) is found
    assert "hashed_auction" not in sys.modules


def test_programs_and_what_has_no_file_have_no_text_to_read():
    assert depends_on_hashes(subject_from_json({"call": "exec:node a.js"})) is False
    assert depends_on_hashes(subject_from_json({"call": "nowhere_at_all:run"})) is False


def test_the_session_runs_the_sample_again_under_more_seeds():
    domain = parse_domain({"kind": "single-item", "agents": 2, "values": "0..1"})
    for name, more in (("hidden_inputs:tie_by_set_order", True), ("prices:sign_flipped", False)):
        session = ExhaustiveSession(load(subject_from_json({"call": f"mechanisms.flawed.{name}"}), domain))
        assert (set(MORE_SEEDS) <= set(session.hash_seeds)) is more
    assert (
        ExhaustiveSession(
            load(subject_from_json({"call": f"mechanisms.flawed.{name}"}), domain), importable=False
        ).hash_seeds
        == ()
    )
