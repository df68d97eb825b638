"""Games in files: what Gambit writes is read, what is written is read back, what is wrong is said with its place."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import DomainError, SpecError
from verifier.games.files import read_game_file
from verifier.games.formats import read_game
from verifier.games.formats.nfg import read_nfg, write_nfg
from verifier.games.formats.table import read_table, write_table
from verifier.games.normal_form import from_table

PAYOFFS = """NFG 1 R "Selten, \\"r. 75\\"" { "Player 1" "Player 2" } { 3 2 }

1 1 0 2 0 2
1 1 0 3 2 0
"""  # the example of Gambit's documentation: the first player's strategies change fastest
NAMED = 'NFG 1 R "two" { "Ann" "Bob" } { { "up" "down" } { "left" "right" } } "a comment"\n 1/2,0.25 -3 1e3 0 0 7 8\n'
OUTCOMES = """NFG 1 R "outcomes" { "1" "2" }
{ { "1" "2" } { "1" "2" } }
""
{
{ "first" 10, 5 }
{ "" 1/3, 2 }
}
1 2 0 1
"""


def test_payoffs_stand_with_the_first_players_action_fastest():
    game = read_nfg(PAYOFFS)
    assert (game.title, game.players, game.shape) == ('Selten, "r. 75"', ("Player 1", "Player 2"), (3, 2))
    assert [game.payoff(0, p) for p in game.profiles()] == [1, 1, 0, 0, 0, 2]
    assert [game.payoff(1, (row, 1)) for row in range(3)] == [1, 3, 0]


def test_names_comments_and_all_ways_to_write_numbers_are_read():
    game = read_nfg(NAMED)
    assert game.actions == (("up", "down"), ("left", "right"))
    assert [game.payoff(0, p) for p in game.profiles()] == [Fraction(1, 2), 0, -3, 7]
    assert [game.payoff(1, p) for p in game.profiles()] == [Fraction(1, 4), 0, 1000, 8]


def test_outcomes_are_counted_from_one_and_zero_pays_nothing():
    game = read_nfg(OUTCOMES)
    assert [game.payoff(0, p) for p in game.profiles()] == [10, 0, Fraction(1, 3), 10]


amounts = st.fractions(max_denominator=10**6) | st.integers(-(10**30), 10**30)


@st.composite
def games(draw):
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)))
    names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=6)
    actions = [draw(st.lists(names, min_size=size, max_size=size, unique=True)) for size in shape]
    players = draw(st.lists(names, min_size=len(shape), max_size=len(shape), unique=True))
    vector = st.lists(amounts, min_size=len(shape), max_size=len(shape))
    payoffs = {profile: draw(vector) for profile in product(*map(range, shape))}
    return from_table(payoffs, actions, players, draw(names))


@given(games())
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_back(game):
    again = read_nfg(write_nfg(game))
    assert again.to_json() == game.to_json()
    table = read_table(write_table(game))
    assert {**table.to_json(), "title": game.title} == game.to_json()


WRONG = [
    ("", 'column 1: here should be "NFG 1 R", not the end of the file', 1),
    ("EFG 2 R", "not 'EFG'", 1),
    ("NFG 2 R", "not '2'", 1),
    ("NFG 1 X", 'here should be "R" or "D"', 1),
    ("NFG 1 R title", "a title in quotes", 1),
    ('NFG 1 R "title', "does not end", 1),
    ('NFG 1 R "t" { "a" "a" } { 1 1 }', "must be distinct", 1),
    ('NFG 1 R "t" { "a" } { 0 }', "0 is no number of actions", 1),
    ('NFG 1 R "t" { "a" } { { } }', "has no actions", 1),
    ('NFG 1 R "t" { "a" "b" } { 2 }', "actions for 1 players", 1),
    (
        PAYOFFS.replace("2 0\n", "2\n"),
        "column 1: here should be a payoff at profile (3, 2), not the end of the file",
        5,
    ),
    (PAYOFFS + "7", "here should be the end: all 6 profiles have their payoffs, not '7'", 5),
    (PAYOFFS.replace("0 3", "0 NaN"), "column 7: a payoff at profile (2, 2)", 4),
    (PAYOFFS.replace("0 3", "0 infinity"), "a payoff at profile (2, 2)", 4),
    (PAYOFFS.replace("0 3", '0 "3"'), "here should be a payoff at profile (2, 2), not '3'", 4),
    (OUTCOMES.replace("1 2 0 1", "1 2 0 3"), "there is no outcome 3; they are 0 to 2", 8),
    (OUTCOMES.replace("10, 5", "10"), "a payoff of outcome 1", 5),
    (OUTCOMES.replace("10, 5", "10, 5, 6"), "} after the 2 payoffs of outcome 1", 5),
    (OUTCOMES.replace("}\n1 2", "1 2"), "{ and another outcome, or }", 7),
    ('NFG 1 R "t" { "a" "b" "c" } { 1000 1000 1000 }', "1,000,000,000 profiles", 1),
]


@pytest.mark.parametrize(("text", "said", "line"), WRONG)
def test_what_is_wrong_is_said_with_line_and_column(text, said, line):
    with pytest.raises(SpecError) as error:
        read_nfg(text, "game.nfg")
    assert said in str(error.value)
    assert error.value.line == line


TABLE = "Ann,Bob,payoff Ann,payoff Bob\nup,left,2,1\nup,right,0,0\ndown,left,0,0\ndown,right,1,2\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1: the heading must be"),
        ("Ann,Bob\n", "1: the heading must be"),
        (TABLE.replace("up,left,2,1", "up,left,2"), "2: the row has 3 entries, not 4"),
        (TABLE.replace("2,1", "2,x"), "2: 'x'"),
        (TABLE.replace("down,left", "up,left"), "4: the profile up, left is listed twice"),
        (TABLE.replace("up,right,0,0\n", ""), "no payoffs for the profile"),
        (TABLE + 'up,"', "not comma-separated values"),
    ],
)
def test_what_is_wrong_with_a_table_is_said_with_its_line(text, said):
    with pytest.raises(SpecError, match=said):
        read_table(text, "game.csv")


def test_empty_lines_of_a_table_mean_nothing():
    assert read_table(TABLE.replace("\n", "\n\n")).to_json() == read_table(TABLE).to_json()


def test_a_file_is_read_by_its_suffix(tmp_path):
    (tmp_path / "bos.csv").write_text(TABLE, encoding="utf-8-sig")
    assert read_game(tmp_path / "bos.csv").players == ("Ann", "Bob")
    with pytest.raises(SpecError, match=r"no format of games ends in '.txt'; known are .nfg, .efg, .csv"):
        read_game(tmp_path / "bos.txt")
    with pytest.raises(SpecError, match="cannot be read"):
        read_game(tmp_path / "none.nfg")


DILEMMA = """title = "Dilemma"
[game]
players = ["row", "column"]
actions = [["silent", "talk"], ["silent", "talk"]]
payoffs = [[[3, 3], [0, "5"]], [[5, 0], [1, 1]]]
[[claim]]
nash = ["talk", ["0", "1"]]
[[claim]]
dominant = ["talk", "talk"]
[[claim]]
pure = 2
expect = "REFUTED"
[[claim]]
extreme = [["talk", "talk"]]
"""


def read(text, load=None):
    return read_game_file(text, "dilemma.toml", load)


def test_a_game_file_has_a_game_and_claims():
    found = read(DILEMMA)
    assert (found.title, found.source, found.game.payoff(1, (0, 1))) == ("Dilemma", "", 5)
    assert [claim.kind for claim in found.asked] == ["nash", "dominant", "pure-count", "extreme-equilibria"]
    assert [str(claim.expect) for claim in found.asked] == ["PROVED", "PROVED", "REFUTED", "PROVED"]


def test_a_game_file_may_name_another_file_beside_it(tmp_path):
    (tmp_path / "game.nfg").write_text(PAYOFFS)
    text = '[game]\nfile = "game.nfg"\n'
    found = read_game_file(text, str(tmp_path / "claims.toml"), read_game)
    assert (found.title, found.game.shape, found.asked) == ('Selten, "r. 75"', (3, 2), ())


@pytest.mark.parametrize(
    ("old", "new", "said", "line"),
    [
        ('title = "Dilemma"', "title =", "not valid TOML", 1),
        ('title = "Dilemma"', "title = 3", "title and source must be texts", 1),
        ('title = "Dilemma"', 'tilte = "x"', "unknown key 'tilte'; did you mean 'title'", 1),
        ("[game]", "[games]", "unknown key 'games'", 2),
        ('players = ["row", "column"]', "players = [1, 2]", "1 is no name", 5),
        ('players = ["row", "column"]', 'players = ["row"]', "actions for 2 players; the game has 1", 5),
        ('actions = [["silent", "talk"], ["silent", "talk"]]', "actions = 3", "must be a list of names", 4),
        ('"5"]', '"x"]', "'x'", 5),
        ('"5"]', "5.5]", "5.5", 5),
        ("[[5, 0], [1, 1]]", "[[5, 0]]", "payoffs[1] has 1 entries; there should be 2 actions", 5),
        ("[5, 0]", "[5]", "payoffs[1][0] has 1 entries; there should be payoffs for 2 players", 5),
        ("[5, 0]", "5", "payoffs[1][0] is 5, not a list", 5),
        ('nash = ["talk", ["0", "1"]]', "", "a claim says one of nash, dominant, pure, extreme", 6),
        ('["0", "1"]', '["0", "1/2"]', "add up to 1/2, 1/2 too little", 7),
        ('["0", "1"]', '"speak"', "column has no action 'speak'", 7),
        ('dominant = ["talk", "talk"]', 'dominant = ["talk", ["1/2", "1/2"]]', "name one action for each player", 9),
        ("pure = 2", "pure = -1", "a whole number of at least 0, not -1", 11),
        ("pure = 2", "pure = true", "not True", 11),
        ('"REFUTED"', '"EXHAUSTED"', "expect must be PROVED or REFUTED", 12),
        ('extreme = [["talk", "talk"]]', 'extreme = "all"', "'all' is no list", 14),
        ('extreme = [["talk", "talk"]]', 'extreme = [["talk"]]', "1 strategies, but 2 players", 14),
    ],
)
def test_what_is_wrong_with_a_game_file_is_said_with_its_line(old, new, said, line):
    assert old in DILEMMA
    with pytest.raises(SpecError) as error:
        read(DILEMMA.replace(old, new))
    assert said in str(error.value)
    assert error.value.line == line


def test_a_game_file_without_a_game_says_so():
    with pytest.raises(SpecError, match=r"needs a \[game\] table"):
        read('title = "none"')
    with pytest.raises(SpecError, match="claims are written as"):
        read(DILEMMA[: DILEMMA.index("[[claim]]")].replace("[game]", "claim = 3\n[game]"))
    with pytest.raises(SpecError, match="file must be a text"):
        read("[game]\nfile = 3")


def test_extreme_equilibria_of_three_players_cannot_be_claimed():
    text = '[game]\nactions = [["a"], ["b"], ["c"]]\npayoffs = [[[[1, 2, 3]]]]\n[[claim]]\nextreme = []\n'
    with pytest.raises(SpecError, match="those of two players; the game has 3"):
        read(text)


def test_a_game_that_would_not_fit_is_refused_before_its_payoffs_are_looked_at():
    many = str([str(n) for n in range(1001)])
    with pytest.raises(SpecError, match="1,003,003,001 profiles"):
        read(f"[game]\nactions = [{many}, {many}, {many}]\npayoffs = []\n")
    assert math.prod([1001] * 3) == 1_003_003_001


def test_names_of_a_table_without_payoffs_are_refused():
    with pytest.raises(DomainError, match="no payoffs for the profile"):
        from_table({(0, 0): [1, 1]}, [["a"], ["b", "c"]])


INDUCED = """[subject]
call = "mechanisms.auctions.single_item:first_price"
[domain]
kind = "single-item"
agents = 2
values = "0..4"
[game]
values = [4, 3]
[[claim]]
nash = ["3", "3"]
"""


def test_a_mechanism_induces_the_game_of_its_bids():
    found = read(INDUCED)
    assert (found.title, found.game.shape) == ("mechanisms.auctions.single_item:first_price", (5, 5))
    assert [found.game.payoff(player, (1, 3)) for player in (0, 1)] == [0, 0]  # 3 wins, is worth 3, and pays 3
    assert [found.game.payoff(player, (2, 2)) for player in (0, 1)] == [2, 0]


@pytest.mark.parametrize(
    ("old", "new", "said", "line"),
    [
        ("values = [4, 3]", "", "needs [subject], [domain] and a list of values", 7),
        ("values = [4, 3]", "values = [4]", "", 7),
        ("values = [4, 3]", "values = [4, 0.5]", "0.5", 7),
        ("values = [4, 3]", 'values = [4, 3]\nfile = "x.nfg"', "unknown key 'file'", 9),
        (':first_price"', ':none"', "none", 1),
        (':first_price"', '"', "is no path to a mechanism", 1),
        ('"single-item"', '"single"', "single", 3),
        ("mechanisms.auctions.single_item:first_price", "mechanisms.flawed.protocol:winners_only", "no payoffs", 1),
        ("[domain]", "[domains]", "unknown key 'domains'", 3),
    ],
)
def test_what_is_wrong_with_the_game_of_a_mechanism_is_said_with_its_line(old, new, said, line):
    with pytest.raises(SpecError) as error:
        read(INDUCED.replace(old, new))
    assert said in str(error.value)
    assert error.value.line == line


def test_an_absurd_number_of_actions_or_digits_is_refused_with_its_place():
    with pytest.raises(SpecError, match=r"game.nfg:1: column 24: .*99,999,999,999 profiles"):
        read_nfg('NFG 1 R "t" { "a" } {  99999999999 }', "game.nfg")
    with pytest.raises(SpecError, match="too long"):
        read_nfg(PAYOFFS.replace("0 3", "0 1e999999999"), "game.nfg")


def test_a_name_with_a_carriage_return_is_kept_in_a_table():
    game = from_table({(0,): [1], (1,): [2]}, [["a\rb", "c"]])
    assert read_table(write_table(game)).actions == (("a\rb", "c"),)
