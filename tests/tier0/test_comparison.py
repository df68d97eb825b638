"""Mechanisms side by side: what is recommended and why, on the command line and on a page."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from click.testing import CliRunner

from verifier.cli import main
from verifier.commands import exits
from verifier.comparison import compare
from verifier.errors import DomainError
from verifier.games.files import read_game_file
from verifier.games.formats import read_game
from verifier.oracles.smoothness import bound

GAME = """
title = "{title}"
[game]
values = [4, 2]
[subject]
call = "mechanisms.{call}"
[domain]
kind = "{kind}"
agents = 2
values = "0..4"
"""
FILES = {
    "second": GAME.format(title="Second price", call="auctions.single_item:second_price", kind="single-item"),
    "first": GAME.format(title="First price", call="auctions.single_item:first_price", kind="single-item"),
    "shares": GAME.format(title="Shares", call="allocation.proportional_share:proportional_share", kind="divisible"),
}


def found(*names, gate=Fraction(6, 5)):
    return compare([(name, read_game_file(FILES[name], "x.game.toml", read_game)) for name in names], gate)


def test_poa_simple_game():
    """Proportional share, values in ratio 2: exactly 6/5 at the continuous equilibrium, which is on this grid."""
    text = FILES["shares"].replace("[4, 2]", '[9, "9/2"]')
    (row, _) = compare([("a", read_game_file(text, "x", read_game)), ("b", read_game_file(text, "x", read_game))]).rows
    assert {line.price for line in row.lines} == {Fraction(6, 5)}
    assert not row.headline.passes


def test_poa_bound_correct():
    assert bound("A", (Fraction(5, 3), Fraction(1, 3))) == Fraction(5, 2)
    assert bound("B", (1, 1)) == 2
    assert bound("C", (Fraction(1, 2), 1)) == 2
    assert bound("D", (1, 0, 1)) == 2


def test_the_auction_where_honesty_is_dominant_is_recommended():
    comparison = found("first", "shares", "second")
    assert comparison.recommended == "second"
    assert comparison.reasons[2].startswith("second: truthful 1, passes; honesty is dominant; revenue 2; never in def")
    first = comparison.rows[0]
    assert (first.headline.concept, first.headline.overbidding, first.headline.price) == ("pure", False, 1)
    assert first.revenue == 1  # the other bids 1 at most, and ties go to the first


def test_nothing_is_recommended_where_nothing_passes():
    comparison = found("shares", "shares")
    assert comparison.recommended is None
    assert comparison.reasons[-1] == "None stays below 6/5 without paying out more than it takes."
    assert found("shares", "shares", gate=Fraction(3, 2)).recommended == "shares"


def test_who_pays_out_more_than_it_takes_is_not_recommended():
    good = read_game_file(FILES["second"], "x.game.toml", read_game)
    generous = replace(good, game=replace(good.game, revenue=good.game.revenue * -1))
    comparison = compare([("good", good), ("generous", generous)])
    assert comparison.recommended == "good"
    assert comparison.rows[1].deficit == 4  # the second bid, at most
    assert "may pay out 4 more than it takes" in comparison.reasons[1]
    assert compare([("generous", generous), ("too", generous)]).recommended is None


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(DomainError, match="at least two games"):
        found("second")
    matrix = read_game_file("[game]\nactions = [['a']]\npayoffs = [[1]]\n", "x", read_game)
    with pytest.raises(DomainError, match="m is not the game of a mechanism"):
        compare([("m", matrix), ("n", matrix)])


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / f"{name}.game.toml").write_text(text, encoding="utf-8")
    return tmp_path


def verify(*words):
    return CliRunner().invoke(main, ["compare", *words])


def test_the_command_prints_the_table_and_writes_a_page(here):
    result = verify("first.game.toml", "second.game.toml")
    assert result.exit_code == exits.MET, result.output
    assert "Recommended: second." in result.output
    page = (here / "verify-report" / "comparison.html").read_text(encoding="utf-8")
    assert "Recommended: second" in page
    assert 'class="gate"' in page
    assert page.count('class="passes"') + page.count('class="misses"') == 9
    told = json.loads(verify("first.game.toml", "shares.game.toml", "--json", "--gate", "4/3").stdout)
    assert told["recommended"] == "first"
    assert told["mechanisms"][1]["lines"][0]["price_of_anarchy"] == "4/3"
    assert verify(".", "--quiet").output == ""


def test_wrong_words_are_refused(here):
    assert verify("shares.game.toml", "shares.game.toml").exit_code == exits.USAGE  # one file, named twice
    assert verify("first.game.toml", "second.game.toml", "--gate", "1").exit_code == exits.USAGE
    assert verify("first.game.toml", "second.game.toml", "--gate", "x").exit_code == exits.USAGE
    assert verify("no.game.toml", "second.game.toml").exit_code == exits.USAGE
    result = verify("shares.game.toml", "first.game.toml", "--gate", "1.0000001")
    assert result.exit_code == exits.MET
    (here / "file").write_text("", encoding="utf-8")
    assert verify("first.game.toml", "second.game.toml", "--output", "file/x").exit_code != 0
