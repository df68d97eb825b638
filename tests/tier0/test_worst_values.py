"""`verify worst`: the tight examples come out as game files with certificates."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from verifier import checker
from verifier.cli import main
from verifier.commands import exits

SLOTS = """\
title = "Two slots"

[game]
values = [1, 1]

[subject]
call = "mechanisms.auctions.slots:generalized_second_price"
arguments = { click_rates = [1, { money = "1/2" }] }

[[gate]]
concept = "pure"
overbidding = false
poa = "6/5"

[domain]
kind = "slots"
click_rates = ["1", "1/2"]
agents = 2
values = "0..4"

[[claim]]
pure = 3
expect = "REFUTED"
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "slots.game.toml").write_text(SLOTS, encoding="utf-8")
    return tmp_path


def verify(*words):
    return CliRunner().invoke(main, list(words))


def test_two_slots_are_led_to_five_quarters_and_the_instance_is_certified(here):
    result = verify("worst", "slots.game.toml", "--tries", "25")
    assert result.exit_code == exits.MET, result.output
    assert "it is 5/4, that of stability 1" in result.output
    folder = here / "verify-report"
    certificate = json.loads((folder / "slots-worst.json").read_text(encoding="utf-8"))
    assert {report["status"] for report in checker.check(certificate)} == {"CONFIRMED"}
    written = (folder / "slots-worst.game.toml").read_text(encoding="utf-8")
    assert "poa" not in written
    assert "[[claim]]" not in written
    assert verify("game", str(folder / "slots-worst.game.toml"), "--seconds", "0").exit_code == exits.MET
    told = json.loads(verify("worst", "slots.game.toml", "--json", "--quiet").stdout)
    assert told["certificates"][0]["name"] == "slots-worst"


def test_synthesis_covers_all_real_values(here):
    result = verify("worst", "slots.game.toml", "--synthesis")
    assert result.exit_code == exits.MET, result.output
    assert "it is 5/4" in result.output
    assert "no values up to 4 are worse" in result.output
    certificate = json.loads((here / "verify-report" / "slots-worst.json").read_text(encoding="utf-8"))
    assert {report["status"] for report in checker.check(certificate)} == {"CONFIRMED"}
    assert "the search is not complete" in verify("worst", "slots.game.toml", "--synthesis", "--tries", "1").output
    mixed = SLOTS.replace('"pure"', '"mixed"')
    (here / "mixed.game.toml").write_text(mixed, encoding="utf-8")
    assert "synthesis is of pure equilibria" in verify("worst", "mixed.game.toml", "--synthesis").output


def test_vickrey_with_overbidding_is_led_to_infinity(here):
    text = SLOTS.replace("slots:generalized_second_price", "single_item:second_price").replace('kind = "slots"', "")
    text = text.replace('click_rates = ["1", "1/2"]', 'kind = "single-item"').replace("overbidding = false", "")
    text = "\n".join(line for line in text.splitlines() if not line.startswith("arguments"))
    (here / "vickrey.game.toml").write_text(text, encoding="utf-8")
    result = verify("worst", "vickrey.game.toml")
    assert result.exit_code == exits.MET, result.output
    assert "unbounded" in result.output
    assert "it is infinite" in result.output


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('[[gate]]\nconcept = "pure"\noverbidding = false\npoa = "6/5"\n', "", "says whose equilibria count"),
        ("values = [1, 1]", "values = [\n1, 1]", "write them as a list on one line"),
        ('"0..4"', '"0..0"', "has a price of anarchy under this concept|true value|has no"),
    ],
)
def test_what_cannot_be_searched_is_refused(here, old, new, said):
    import re

    text = SLOTS.replace(old, new)
    (here / "odd.game.toml").write_text(text.replace("[1, 1]", "[0, 0]") if "0..0" in new else text, encoding="utf-8")
    result = verify("worst", "odd.game.toml")
    assert result.exit_code == exits.USAGE
    assert re.search(said, result.output), result.output


def test_a_game_without_a_mechanism_has_no_values_to_search(here):
    text = "[game]\nactions = [['a'], ['b']]\npayoffs = [[[1, 2]]]\n[[gate]]\nconcept = 'pure'\n"
    (here / "matrix.game.toml").write_text(text, encoding="utf-8")
    result = verify("worst", "matrix.game.toml")
    assert result.exit_code == exits.USAGE
    assert "not the game of a mechanism" in result.output
    assert "name one file" in verify("worst", ".").output
