"""The claims that come with the package: all of them are met, together they cover every reference auction."""

from __future__ import annotations

import importlib
import tomllib

import pytest

from verifier.audit import ENGINES, Decided, audit
from verifier.engines.exhaustive import session
from verifier.properties import PROPERTIES
from verifier.resources import specs_dir
from verifier.spec import load_spec

FILES = sorted((specs_dir() / "claims").glob("*.toml"))
TRUSTED = sorted((specs_dir() / "trusted").glob("*.toml"))
AUCTIONS = ("single_item", "clock", "k_items", "multi_unit", "slots", "lotteries")


@pytest.mark.parametrize("path", [*FILES, *TRUSTED], ids=lambda path: path.stem)
def test_every_packaged_claim_is_met(path, monkeypatch):
    spec = load_spec(path, properties=PROPERTIES, engines=ENGINES)
    if all(claim.property != "deterministic" for claim in spec.claims):  # whose claim is about all of them
        monkeypatch.setattr(session, "HASH_SEEDS", session.HASH_SEEDS[:1])
    decided = [event.result for event in audit(spec) if isinstance(event, Decided)]
    assert len(decided) == len(spec.claims)
    assert [(entry["id"], entry["verdict"], entry["reason"]) for entry in decided if not entry["met"]] == []


@pytest.mark.parametrize("path", [*FILES, *TRUSTED], ids=lambda path: path.stem)
def test_every_packaged_claim_says_what_is_expected(path):
    assert all("expect" in claim for claim in tomllib.loads(path.read_text())["claim"])


def test_what_rests_on_a_solver_lies_in_a_folder_of_its_own():
    assert TRUSTED
    for path in [*FILES, *TRUSTED]:
        table = tomllib.loads(path.read_text())
        expected = {claim["expect"] for claim in table["claim"]}
        sampled = "sampled" in table["subject"].get("random", {})  # which rests on draws, not on a solver
        assert ("SUPPORTED" in expected) == (path in TRUSTED or sampled), path


def test_every_auction_has_a_claims_file_and_every_property_is_claimed():
    tables = [tomllib.loads(path.read_text()) for path in FILES]
    calls = {table["subject"]["call"] for table in tables}
    for name in AUCTIONS:
        module = importlib.import_module(f"mechanisms.auctions.{name}")
        for item, value in vars(module).items():
            documented = callable(value) and value.__module__ == module.__name__ and "Source " in (value.__doc__ or "")
            assert not documented or f"{module.__name__}:{item}" in calls, item
    assert {claim["property"] for table in tables for claim in table["claim"]} == set(PROPERTIES)
