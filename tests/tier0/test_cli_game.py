"""`verify game`, in this process: what is found, what is claimed, what is wrong, and what an interruption keeps."""

from __future__ import annotations

import json
from itertools import product

import jsonschema
import pytest
from click.testing import CliRunner

from verifier import checker
from verifier.cli import main
from verifier.commands import exits, game_files
from verifier.game_audit import audit_game
from verifier.games.normal_form import from_matrices, from_table
from verifier.games.pure import pure_equilibria
from verifier.oracles.equilibria.vertices import TooManyBases
from verifier.reporting import games as reporting
from verifier.resources import reports_dir

NFG = 'NFG 1 R "Chicken" { "Ann" "Bob" } { { "swerve" "stay" } { "swerve" "stay" } }\n0 0  1 -1  -1 1  -10 -10\n'
TOML = """\
title = "Battle of the sexes"
source = "Luce and Raiffa 1957, Section 5.3"
[game]
actions = [["opera", "boxing"], ["opera", "boxing"]]
payoffs = [[[2, 1], [0, 0]], [[0, 0], [1, 2]]]
[[claim]]
nash = [["2/3", "1/3"], ["1/3", "2/3"]]
[[claim]]
extreme = [["opera", "opera"], ["boxing", "boxing"], [["2/3", "1/3"], ["1/3", "2/3"]]]
"""
MAJORITY = 'NFG 1 R "three" { "a" "b" "c" } { 2 2 2 }\n' + "0 0 0 " * 7 + "1 1 1\n"
SCHEMA = json.loads((reports_dir() / "schema" / "game-certificate-v1.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chicken.nfg").write_text(NFG, encoding="utf-8")
    (tmp_path / "sexes.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "three.nfg").write_text(MAJORITY, encoding="utf-8")
    return tmp_path


def verify(*words):
    return CliRunner().invoke(main, words)


def certificate(here, name):
    return json.loads((here / "verify-report" / f"{name}.json").read_text(encoding="utf-8"))


def test_a_game_of_gambits_format_is_solved_certified_and_drawn(here):
    result = verify("game", "chicken.nfg", "--seconds", "0")
    assert result.exit_code == exits.MET, result.output
    assert "3 extreme equilibria, of which all others are mixtures:" in result.output
    assert "swerve with 9/10, stay with 1/10" in result.output
    found = certificate(here, "chicken")
    jsonschema.validate(found, SCHEMA)
    assert {report["status"] for report in checker.check(found)} == {"CONFIRMED"}
    page = (here / "verify-report" / "chicken.html").read_text(encoding="utf-8")
    assert page.count('class="meet"') == 3
    assert 'href="./chicken.html"' in (here / "verify-report" / "index.html").read_text(encoding="utf-8")


def test_claims_of_a_game_file_are_judged(here):
    result = verify("game", "sexes.toml", "--seconds", "0")
    assert result.exit_code == exits.MET, result.output
    assert "Luce and Raiffa 1957" in result.output
    assert [claim["id"] for claim in certificate(here, "sexes")["claims"][2:4]] == ["nash-1", "extreme-equilibria-2"]


def test_a_profile_on_the_command_line_is_judged_and_a_wrong_one_misses(here):
    assert verify("game", "sexes.toml", "--nash", "opera;opera", "--seconds", "0").exit_code == exits.MET
    result = verify("game", "sexes.toml", "--nash", "opera; 1/2 1/2", "--seconds", "0")
    assert result.exit_code == exits.MISSED
    assert "player 2 gains 1/2 by playing 'opera' instead" in result.output
    assert "Not as expected: nash-3." in result.output


def test_an_extreme_list_that_is_not_all_is_refuted(here):
    text = TOML.replace('["boxing", "boxing"], ', "")
    (here / "sexes.toml").write_text(text, encoding="utf-8")
    result = verify("game", "sexes.toml", "--seconds", "0")
    assert result.exit_code == exits.MISSED
    assert "1 are missing and 0 are no extreme equilibria" in result.output
    assert {report["status"] for report in checker.check(certificate(here, "sexes"))} == {"CONFIRMED"}


def test_three_players_have_equilibria_that_mix_too_and_it_is_said_whether_they_are_all(here):
    result = verify("game", "three.nfg")
    assert result.exit_code == exits.MET, result.output
    assert "equilibria with rational probabilities:" in result.output
    assert "not known to be all" in result.output


def test_an_irrational_equilibrium_is_shown_in_decimals(here):
    rows = [[str(x * (1 if sum(p) < 3 else -1)) for x in p] for p in product((0, 1), repeat=3)]
    text = "a,b,c,payoff a,payoff b,payoff c\n" + "".join(
        ",".join([*(("home", "bar")[x] for x in p), *row]) + "\n"
        for p, row in zip(product((0, 1), repeat=3), rows, strict=True)
    )
    (here / "farol.csv").write_text(text, encoding="utf-8")
    result = verify("game", "farol.csv")
    assert "1 more is irrational, about (home with 0.292893, bar with 0.707107;" in result.output
    assert "if z3 is right, which nobody checks" in result.output


def test_of_many_players_the_pure_equilibria_are_listed():
    payoffs = {p: [int(x == 0) for x in p] for p in product(range(3), repeat=4)}
    found = audit_game(from_table(payoffs, [["x", "y", "z"]] * 4))
    assert [claim["id"] for claim in found["claims"]] == ["pure-equilibria", "correlated-welfare"]
    assert "1 equilibrium in pure strategies, and no other:" in reporting.console(found)


def test_json_is_one_document_and_quiet_is_quiet(here):
    result = CliRunner().invoke(main, ["game", "chicken.nfg", "--json", "--seconds", "0"])
    (found,) = json.loads(result.stdout)["certificates"]
    assert found["name"] == "chicken"
    assert verify("game", "chicken.nfg", "--quiet", "--seconds", "0").output == ""


def test_what_nashpy_missed_is_told(here):
    (here / "tie.toml").write_text(
        "[game]\nactions = [['a', 'b', 'c'], ['d', 'e']]\n"
        "payoffs = [[[3, 3], [3, 3]], [[2, 2], [5, 6]], [[0, 3], [6, 1]]]\n",
        encoding="utf-8",
    )
    result = verify("game", "tie.toml")
    assert "the game is degenerate; these hang together: {2, 3}" in result.output
    assert "nashpy's support enumeration found 2 of 3 extreme equilibria." in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["none.nfg"], "no game file, directory or packaged game is called 'none.nfg'"),
        (["broken.nfg"], "broken.nfg:1: column 1: here should be"),
        (["chicken.nfg", "--nash", "swerve"], "--nash 'swerve': 1 strategies, but 2 players"),
        (["chicken.nfg", "--nash", "swerve;1/2 1/3"], "add up to 5/6, 1/6 too little"),
        (["chicken.nfg", "--nash", "swerve;"], "Bob has no action ''"),
        (["chicken.nfg", "--nash", "swerve;stay;stay"], "3 strategies, but 2 players"),
        (["chicken.nfg", "same/chicken.nfg"], "same name"),
    ],
)
def test_mistakes_are_told_before_anything_runs(here, words, said):
    (here / "broken.nfg").write_text("game", encoding="utf-8")
    (here / "same").mkdir()
    (here / "same" / "chicken.nfg").write_text(NFG, encoding="utf-8")
    result = verify("game", *words)
    assert result.exit_code == exits.USAGE
    assert said in result.output
    assert not (here / "verify-report").exists()


def test_a_directory_means_the_games_in_it(here):
    result = verify("game", str(here), "--seconds", "0")
    assert result.exit_code == exits.MET, result.output
    assert {path.stem for path in (here / "verify-report").glob("*.json")} == {"chicken", "three"}


def test_an_interruption_keeps_what_was_found(here, monkeypatch):
    def stopped(game):
        raise KeyboardInterrupt

    monkeypatch.setattr("verifier.game_audit.two_player", stopped)
    result = verify("game", "chicken.nfg", "three.nfg")
    assert result.exit_code == exits.INTERRUPTED
    assert "the certificates of 1 of 2 games are in verify-report, the last one partial" in result.output
    found = certificate(here, "chicken")
    assert found["interrupted"]
    assert [claim["id"] for claim in found["claims"]] == ["pure-equilibria"]
    assert "interrupted" in (here / "verify-report" / "chicken.html").read_text(encoding="utf-8")


def test_a_spent_budget_leaves_the_set_unknown(monkeypatch):
    def spent(game):
        raise TooManyBases("the game has more than 3 bases of best responses")

    monkeypatch.setattr("verifier.game_audit.two_player", spent)
    game = from_matrices([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    found = audit_game(game, [game_files.Asked("extreme-equilibria", [])])
    assert [claim["verdict"] for claim in found["claims"][:3]] == ["PROVED", "UNKNOWN", "UNKNOWN"]
    assert found["findings"] == []
    text = reporting.console(found)
    assert "2 equilibria in pure strategies, and no other:" in text
    assert len(pure_equilibria(game)) == 2


def test_pages_of_all_shapes_are_drawn_or_left_without_a_picture():
    """One action, indifference, dominance, a large game, and one too large to draw."""
    shapes = [
        ([[1]], [[1]], 'aria-labelledby="welfare'),
        ([[0, 0], [0, 0]], [[0, 0], [0, 0]], 'class="response first"'),
        ([[1, 1], [0, 0]], [[1, 0], [1, 0]], 'class="response second"'),
        ([[0, 1], [0, 2]], [[0, 1], [0, 2]], 'class="response second"'),
        ([[0] * 12] * 12, [[0] * 12] * 12, "rings: equilibria in pure strategies"),
    ]
    for first, second, shown in shapes:
        assert shown in reporting.page(audit_game(from_matrices(first, second), seconds=0))
    wide = from_matrices([[int(j == 20) for j in range(21)]], [[int(j == 20) for j in range(21)]])
    assert "<figure>" not in reporting.page(audit_game(wide, seconds=0))


def test_long_lists_are_cut_with_their_count():
    six = [[int(i == j) for j in range(6)] for i in range(6)]
    seen = reporting.view(audit_game(from_matrices(six, six), seconds=0))
    assert (len(seen.rows), seen.rest) == (reporting.MOST_ROWS, "23 more are in the certificate.")
    nothing = audit_game(from_matrices([[1, -1], [-1, 1]]), seconds=0)
    nothing["claims"][1]["verdict"] = "UNKNOWN"
    assert reporting.view(nothing).heading == "No equilibria in pure strategies, and no other."
    nothing["claims"] = []
    assert reporting.view(nothing).heading == "The equilibria are not known."


EFG = (
    'EFG 2 R "entry" { "Entrant" "Store" }\np "" 1 1 "market" { "in" "out" } 0\n'
    'p "" 2 1 "fight?" { "yes" "no" } 0\nt "" 1 "" { 0, 0 }\nt "" 2 "" { 2, 2 }\nt "" 3 "" { 1, 5 }\n'
)
BLIND = (
    'EFG 2 R "pennies" { "Ann" "Bob" }\np "" 1 1 "hers" { "h" "t" } 0\np "" 2 1 "his" { "h" "t" } 0\n'
    't "" 1 "" { 1 -1 }\nt "" 2 "" { -1 1 }\np "" 2 1 0\nt "" 2\nt "" 1\n'
)
STAG = BLIND.replace('t "" 1 "" { 1 -1 }', 't "" 1 "" { 2 2 }').replace("{ -1 1 }", "{ 0 0 }")


def test_a_tree_is_solved_certified_and_drawn_and_profiles_are_judged(here):
    (here / "entry.efg").write_text(EFG, encoding="utf-8")
    result = verify("game", "entry.efg", "--nash", "market = out; fight? = 1 0")
    assert result.exit_code == exits.MET, result.output
    assert "1 subgame perfect equilibrium in pure strategies, and no other:" in result.output
    assert "not subgame perfect" in result.output
    found = certificate(here, "entry")
    assert {report["status"] for report in checker.check(found)} == {"CONFIRMED"}
    page = (here / "verify-report" / "entry.html").read_text(encoding="utf-8")
    assert page.count("branch played") == 2
    assert verify("game", "entry.efg", "--nash", "market = in; fight? = yes").exit_code == exits.MISSED
    unknown = verify("game", "entry.efg", "--nash", "marked = in")
    assert unknown.exit_code == exits.USAGE
    assert "no information set 'marked'; did you mean 'market'" in unknown.output


def test_a_tree_with_hidden_moves_shows_its_value_or_its_mixed_equilibria(here):
    (here / "pennies.efg").write_text(BLIND, encoding="utf-8")
    (here / "stag.efg").write_text(STAG, encoding="utf-8")
    result = verify("game", "pennies.efg", "stag.efg")
    assert result.exit_code == exits.MET, result.output
    assert "The game is worth 0 to Ann; this play guarantees it:" in result.output
    assert "hers: h with 1/2, t with 1/2" in result.output
    assert "3 extreme equilibria of the reduced normal form, of which all others are mixtures:" in result.output
    page = (here / "verify-report" / "stag.html").read_text(encoding="utf-8")
    assert 'class="same"' in page


def test_verify_run_takes_games_among_claims(here):
    result = verify("run", "chicken.nfg", "second-price-one-bidder", "--junit", "junit.xml")
    assert result.exit_code == exits.MET, result.output
    assert "3 extreme equilibria, of which all others are mixtures:" in result.output
    assert 'testcase classname="chicken" name="pure-equilibria"' in (here / "junit.xml").read_text(encoding="utf-8")
    assert len(json.loads(verify("run", "chicken.nfg", "--json", "--quiet").stdout)["certificates"]) == 1
    (here / "second-price-one-bidder.nfg").write_text(NFG, encoding="utf-8")
    clash = verify("run", "second-price-one-bidder.nfg", "second-price-one-bidder")
    assert clash.exit_code == exits.USAGE
    assert "has the same name: their reports would be one file" in clash.output


def test_ctrl_c_in_verify_run_keeps_the_games_that_were_solved(here, monkeypatch):
    def stopped(game):
        raise KeyboardInterrupt

    monkeypatch.setattr("verifier.game_audit.two_player", stopped)
    result = verify("run", "three.nfg", "chicken.nfg", "second-price-one-bidder")
    assert result.exit_code == exits.INTERRUPTED
    assert "the certificates of 2 of 3 files are in verify-report" in result.output
