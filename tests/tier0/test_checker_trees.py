"""Extensive games in files: Gambit's .efg, trees of other programs, certificates of trees, and what is refused."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from itertools import product
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sealing import sealed

from verifier import checker
from verifier.errors import DomainError, SpecError, SubjectError, TooLarge, TreeError
from verifier.evidence import Verdict
from verifier.games.extensive import Chance, Decision, ExtensiveGame, Terminal, chance, decision, terminal
from verifier.games.extensive_equilibrium import all_subgame_perfect, verify_behaviour
from verifier.games.files import Asked, read_game_file
from verifier.games.foreign_tree import read_tree
from verifier.games.formats import read_game
from verifier.games.formats.efg import read_efg
from verifier.games.sequence_form import normal_form
from verifier.oracles.tree_zero_sum import tree_value
from verifier.oracles.zero_sum import zero_sum
from verifier.tree_audit import audit_tree

HEAD = 'EFG 2 R "entry" { "Entrant" "Store" } "a comment"\n'
ENTRY = (
    HEAD + 'p "" 1 1 "market" { "in" "out" } 0\np "" 2 1 "fight?" { "yes" "no" } 0\n'
    't "" 1 "war" { 0, 0 }\nt "" 2 "" { 2, 2 }\nt "" 3 "" { 1, 5 }\n'
)


def written(tree, *asked):
    return json.loads(json.dumps(audit_tree(tree, asked)))


def statuses(certificate):
    return {report["status"] for report in checker.check(certificate)}


def refusal(certificate):
    return next(report["reasons"][0] for report in checker.check(certificate) if report["status"] == "REJECTED")


# --- the format


def test_a_tree_of_gambits_format_is_read_with_its_names_and_payoffs():
    game = read_efg(ENTRY)
    assert (game.title, game.players) == ("entry", ("Entrant", "Store"))
    assert {name: infoset.moves for name, infoset in game.infosets.items()} == {
        "market": ("in", "out"),
        "fight?": ("yes", "no"),
    }
    assert game.expected({"market": "in", "fight?": "no"}) == (2, 2)
    assert game.expected({"market": "out", "fight?": "no"}) == (1, 5)


def test_what_was_said_before_may_be_left_out_and_payments_on_the_way_add_up():
    text = (
        'EFG 2 R "twice" { "A" "B" }\n'
        'c "" 1 "" { "left" 1/3 "right" 0.666666666666666666666666666666666666666666666666666666 } 0\n'
    )
    with pytest.raises(SpecError, match=r"probabilities add up to .* too little"):
        read_efg(text)
    text = (
        'EFG 2 R "twice" { "A" "B" }\nc "" 1 "" { "left" 1/3 "right" 2/3 } 1 "fee" { -1, 1 }\n'
        'p "" 1 7 "" { "x" "y" } 0\nt "" 2 "" { 3 0 }\nt "" 3 "" { 1/2 0 }\np "" 1 7 0\nt "" 2\nt "" 0\n'
    )
    game = read_efg(text)
    assert list(game.infosets) == ["A:7"]
    assert game.expected({"A:7": "x"}) == (2, 1)
    assert game.expected({"A:7": "y"}) == (Fraction(-5, 6), 1)


def test_names_that_are_not_clear_are_replaced_by_numbers():
    text = HEAD + 'p "" 1 1 "same" { "" "" } 0\np "" 2 1 "same" { "go" } 0\nt "" 0\nt "" 0\n'
    game = read_efg(text)
    assert {name: infoset.moves for name, infoset in game.infosets.items()} == {
        "Entrant:1": ("1", "2"),
        "Store:1": ("go",),
    }


def test_a_name_that_looks_like_a_number_of_another_set_is_not_mixed_up_with_it():
    text = HEAD + 'p "" 1 1 "" { "a" } 0\np "" 2 1 "Entrant:1" { "a" } 0\nt "" 0\n'
    assert list(read_efg(text).infosets) == ["Entrant:1'", "Entrant:1"]


WRONG = [
    ("NFG 1 R", 'column 1: here should be "EFG 2 R"'),
    ("EFG 2 R x", "a title in quotes"),
    ('EFG 2 R "x" { }\nt "" 0', "players .* must be distinct, and at least one"),
    (HEAD + 'p "" 1 1 "m" { "in" "out" } 0\nt "" 0\n', ":4: column 1: here should be a node: c, p or t, not the end"),
    (HEAD + 't "" 0\nt "" 0\n', ":3: column 1: here should be the end"),
    (HEAD + 'x "" 0', "a node: c, p or t, not 'x'"),
    (HEAD + 'p "" 3 1 "m" { "in" } 0\nt "" 0', "column 6: there is no player 3; they are 1 to 2"),
    (HEAD + 'p "" 1 0 "m" { "in" } 0\nt "" 0', "0 is not the number of an information set; they count from 1"),
    (HEAD + 'p "" 1 1 0', "this information set was not met before"),
    (HEAD + 'p "" 1 1 "m" { } 0', "there are no moves; make it an end"),
    (HEAD + 'p "" 1 1 "m" { "a" "b" } 0\np "" 1 1 "m" { "a" } 0', "differ from what was said of this information set"),
    (HEAD + 't "" 4', "the payoffs of outcome 4, which was not met before"),
    (HEAD + 't "" 1 "" { 1 }', "a payoff of outcome 1, for each of 2 players"),
    (HEAD + 't "" 1 "" { 1 2 3 }', "} after 2 payoffs"),
    (HEAD + 't "" 1 "" { 1 nan }', "is not an amount|nan"),
    (HEAD + 'c "" 1 "" { "a" 1 "b" 0 } 0', "'b' has probability 0, and nothing after it is ever reached"),
    (HEAD + 'c "" 1 "" { "a" 1/2 "b" 1/3 } 0', "probabilities add up to 5/6, 1/6 too little"),
    (HEAD + 'c "" 1 "" { "a" 3/2 "b" -1/2 } 0', "negative probability"),
    (
        HEAD + 'p "" 1 1 "m" { "a" "b" } 0\nt "" 1 "" { 1 1 }\nt "" 1 "" { 2 2 }',
        "payoffs of outcome 1 differ from what was said before",
    ),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_a_wrong_file_is_refused_with_line_and_column(text, said):
    with pytest.raises(SpecError, match=said) as refused:
        read_efg(text, "game.efg")
    assert str(refused.value).startswith("game.efg:")


def test_a_file_that_never_ends_is_refused_before_memory_is(monkeypatch):
    monkeypatch.setattr("verifier.games.formats.efg.MOST_NODES", 20)
    text = HEAD + 'p "" 1 1 "m" { "a" "b" } 0\n' + 'p "" 1 1 0\n' * 50
    with pytest.raises(SpecError, match="more than 20 nodes"):
        read_efg(text)


def test_a_long_game_is_read_without_recursion(tmp_path):
    lines = "".join(f'p "" {k % 2 + 1} {k + 1} "" {{ "go" "end" }} 0\n' for k in range(3000))
    ends = 't "" 1 "" { 1 1 }\n' * 3001
    path = tmp_path / "long.efg"
    path.write_text(HEAD + lines + ends, encoding="utf-8")
    game = read_game(path)
    assert isinstance(game, ExtensiveGame)
    assert len(game.infosets) == 3000


# --- trees that other programs build


def test_a_tree_of_another_program_is_read_and_its_players_know_what_happened():
    def end(*payoffs):
        return SimpleNamespace(payoffs=payoffs)

    after = SimpleNamespace(player=1, moves={"yes": end(0, 0), "no": end(2, 2)})
    game = read_tree(SimpleNamespace(player=0, moves=[("in", after), ("out", end(1, 5))]), ["Entrant", "Store"])
    assert list(game.infosets) == ["Entrant at the start", "Store after in"]
    assert game.expected({"Entrant at the start": "in", "Store after in": "no"}) == (2, 2)
    hidden = SimpleNamespace(player=1, infoset="blind", moves={"l": end(1, 0), "r": end(0, 1)})
    dealt = read_tree(SimpleNamespace(player=None, chances=["1/2", "1/2"], moves={"a": hidden, "b": hidden}))
    assert len(dealt.infosets["blind"].members) == 2
    assert read_tree(dealt) is dealt


WRONG_TREES = [
    (SimpleNamespace(), "at the start: .* has neither moves nor payoffs"),
    (SimpleNamespace(player=0, moves=[1]), "moves are no pairs"),
    (SimpleNamespace(player=0, moves={"a": SimpleNamespace(payoffs=[0.1])}), "after a: .*float"),
    (SimpleNamespace(player=5, moves={"a": SimpleNamespace(payoffs=[1])}), "player 5 is none of 0 to 0"),
    (SimpleNamespace(chances=["1/2"], moves={"a": SimpleNamespace(payoffs=[1])}), "the tree is no game: .*1/2 too lit"),
    (SimpleNamespace(chances=[], moves={"a": SimpleNamespace(payoffs=[1])}), "0 probabilities for 1 moves"),
]


@pytest.mark.parametrize(("root", "said"), WRONG_TREES)
def test_an_object_that_is_no_tree_is_refused_where_it_stands(root, said):
    with pytest.raises(SubjectError, match=said):
        read_tree(root)


CLOCK = """\
[game]
players = ["Ann", "Bob"]
[subject]
call = "mechanisms.auctions.english_tree:english_tree"
arguments = { values = [2, 1] }
"""


def test_the_tree_that_a_subject_returns_is_a_game():
    found = read_game_file(CLOCK, "clock.toml", read_game)
    assert found.game.perfect_information
    assert found.game.players == ("Ann", "Bob")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CLOCK.replace("english_tree:english_tree", "english_tree:truthful"), "returns?d? .*tree|neither moves"),
        (CLOCK.replace("[2, 1]", "[2, -1]"), "does not return a tree: .*negative value"),
        (CLOCK.replace("english_tree:english_tree", "english_tree:nothing"), "no attribute 'nothing'"),
        (CLOCK.replace('["Ann", "Bob"]', "[1]"), "players must be a list of names"),
        (CLOCK.replace('["Ann", "Bob"]', '["Ann"]'), "the tree is no game|none of 0 to 0"),
        (CLOCK.replace("players", "actors"), "unknown key 'actors'"),
        (CLOCK + "[[claim]]\ndominant = []\n", "unknown key 'dominant'"),
        (CLOCK + "[[claim]]\nvalue = 0\n", "payoffs do not sum to zero after"),
        (CLOCK + "[[claim]]\nnash = 3\n", "does not say a move"),
        (CLOCK + "[[claim]]\nnash = { Ann = 'stay' }\n", "there is no information set 'Ann'"),
        (CLOCK + "[[claim]]\npure = -1\n", "a whole number of at least 0"),
        ("subject = 3\n[game]\n", "written as a .subject. table"),
    ],
)
def test_a_subject_that_returns_no_tree_is_refused_with_the_line(text, said):
    with pytest.raises(SpecError, match=said) as refused:
        read_game_file(text, "clock.toml", read_game)
    assert refused.value.line > 0


TRUTH = """\
[game]
values = [2, 1]
[subject]
call = "mechanisms.auctions.single_item:{}"
[domain]
kind = "single-item"
agents = 2
values = "0..3"
[[claim]]
truth = "dominant"
expect = "{}"
[[claim]]
truth = "nash"
expect = "{}"
"""


def test_truth_is_dominant_in_a_second_price_auction_and_no_equilibrium_of_a_first_price_one():
    from verifier.game_audit import audit_game

    for mechanism, expect in (("second_price", "PROVED"), ("first_price", "REFUTED")):
        found = read_game_file(TRUTH.format(mechanism, expect, expect), "truth.toml", read_game)
        claims = audit_game(found.game, found.asked, seconds=0)["claims"]
        judged = {claim["kind"]: claim for claim in claims if claim["expect"]}
        assert judged.keys() == {"dominant", "nash"}
        assert all(claim["met"] for claim in judged.values())


def test_truth_is_a_claim_about_the_game_of_a_mechanism_alone_and_must_be_a_bid():
    with pytest.raises(SpecError, match="unknown key 'truth'"):
        read_game_file('[game]\nactions=[["a"]]\npayoffs=[[1]]\n[[claim]]\ntruth="nash"\n', "x.toml", read_game)
    with pytest.raises(SpecError, match="truth must be one of 'dominant', 'nash'"):
        read_game_file(TRUTH.format("second_price", "PROVED", "PROVED").replace('"nash"', '"yes"'), "x.toml", read_game)
    text = TRUTH.format("second_price", "PROVED", "PROVED").replace("[2, 1]", "[7, 1]")
    with pytest.raises(SpecError, match="7"):
        read_game_file(text, "x.toml", read_game)


# --- the value of zero-sum trees


@st.composite
def trees(draw, *, zero=False, perfect=False):
    """Small trees of two players; where information is hidden, whoever moves second in a branch is blind."""
    amounts = st.integers(-3, 3)

    def end():
        first = draw(amounts)
        return terminal(first, -first if zero else draw(amounts))

    def second(player, name):
        return decision(player, name, {"l": end(), "r": end()})

    moves = draw(st.integers(2, 3))
    player = draw(st.integers(0, 1))
    blind = not perfect and draw(st.booleans())
    after = {
        f"m{k}": second(1 - player, "later" if blind else f"later {k}") if draw(st.booleans()) else end()
        for k in range(moves)
    }
    root = decision(player, "first", after)
    if draw(st.booleans()):
        other = decision(1 - player, "other", {"l": end(), "r": second(player, "answer")})
        root = chance({"heads": ("1/3", root), "tails": ("2/3", other)})
    return ExtensiveGame(("A", "B"), root)


@settings(max_examples=60, deadline=None)
@given(trees(zero=True))
def test_the_value_of_a_zero_sum_tree_is_that_of_its_normal_form(tree):
    found = tree_value(tree)
    assert found.value == zero_sum(normal_form(tree)).value
    judged = verify_behaviour(tree, found.behaviour)
    assert judged.is_nash
    assert judged.values == (found.value, -found.value)


def test_a_value_is_asked_of_zero_sum_games_of_two_only():
    with pytest.raises(DomainError, match="2 players, not 1"):
        tree_value(ExtensiveGame(("A",), decision(0, "x", {"a": terminal(1)})))
    with pytest.raises(DomainError, match="do not sum to zero after a"):
        tree_value(ExtensiveGame(("A", "B"), decision(0, "x", {"a": terminal(1, 1)})))


# --- certificates


@settings(max_examples=80, deadline=None)
@given(trees())
def test_certificates_of_random_trees_are_confirmed(tree):
    plan = {name: infoset.moves[0] for name, infoset in tree.infosets.items()}
    judged = verify_behaviour(tree, plan)
    perfect = Verdict.PROVED if judged.is_subgame_perfect else Verdict.REFUTED
    nash = Verdict.PROVED if judged.is_nash else Verdict.REFUTED
    certificate = written(tree, Asked("nash", plan, nash), Asked("subgame-perfect", plan, perfect))
    assert statuses(certificate) == {"CONFIRMED"}
    assert all(claim["met"] for claim in certificate["claims"])


@settings(max_examples=60, deadline=None)
@given(trees(perfect=True))
def test_the_checker_counts_perfect_equilibria_as_the_enumeration_of_all_plans_does(tree):
    names = list(tree.infosets)
    every = [
        dict(zip(names, moves, strict=True))
        for moves in product(*(infoset.moves for infoset in tree.infosets.values()))
    ]
    perfect = [plan for plan in every if verify_behaviour(tree, plan).is_subgame_perfect]
    assert len(perfect) == len(all_subgame_perfect(tree))
    assert checker.Tree(written(tree)["tree"]).count_perfect() == len(perfect)


HIDDEN = ExtensiveGame(
    ("A", "B"),
    decision(
        0,
        "A",
        {
            "stop": terminal(1, 1),
            "go": decision(
                1, "B", {"x": decision(0, "later", {"l": terminal(2, 0), "r": terminal(0, 2)}), "y": terminal(0, 0)}
            ),
        },
    ),
)
PENNIES = ExtensiveGame(
    ("A", "B"),
    chance(
        {
            "skip": ("1/2", terminal(0, 0)),
            "play": (
                "1/2",
                decision(
                    0,
                    "A",
                    {
                        "h": decision(1, "B", {"h": terminal(2, -2), "t": terminal(-2, 2)}),
                        "t": decision(1, "B", {"h": terminal(-2, 2), "t": terminal(2, -2)}),
                    },
                ),
            ),
        }
    ),
)
HALVES = {"A": ["1/2", "1/2"], "B": ["1/2", "1/2"]}


@pytest.fixture(scope="module")
def certificate():
    """The claims: subgame-perfect-equilibria, pure-equilibria, extreme-equilibria, nash, subgame-perfect, count."""
    plan = {"A": "stop", "B": "y", "later": "r"}
    return written(
        HIDDEN,
        Asked("nash", plan),
        Asked("subgame-perfect", plan, Verdict.REFUTED),
        Asked("pure-count", 2, Verdict.PROVED),
    )


@pytest.fixture(scope="module")
def pennies():
    return written(PENNIES, Asked("value", 0), Asked("value", "1/10", Verdict.REFUTED), Asked("nash", HALVES))


def test_certificates_of_both_trees_are_confirmed(certificate, pennies):
    assert statuses(certificate) == statuses(pennies) == {"CONFIRMED"}
    assert [claim["kind"] for claim in pennies["claims"]][:3] == ["value", "pure-equilibria", "extreme-equilibria"]
    assert all(claim["met"] for claim in [*pennies["claims"], *certificate["claims"]])


NODES = ("tree", "nodes")
ALTERED = [
    (("version",), 2, "version"),
    (("tree", "players"), [], "tree.players: none"),
    (("tree", "players"), ["A", "A"], "two of one name"),
    ((*NODES, 0, "moves"), ["stop"], "more than the moves lead to"),
    ((*NODES, 0, "moves"), ["stop", "go", "wait"], "fewer than the moves lead to"),
    ((*NODES, 0, "moves"), ["go", "go"], "two moves of one name"),
    ((*NODES, 0, "player"), 2, "no decision of a player"),
    ((*NODES, 0, "player"), None, "no probabilities of its moves"),
    ((*NODES, 0, "chances"), ["1/2", "1/2"], "no decision of a player"),
    ((*NODES, 0, "payoffs"), ["1", "1"], "not payoffs for every player"),
    ((*NODES, 1, "payoffs"), ["1"], "not payoffs for every player"),
    ((*NODES, 1, "payoffs"), ["2", "1"], "claim is"),
    ((*NODES, 2, "infoset"), "A", "other moves or another player in its set"),
    ((*NODES, 3, "infoset"), "A", "other moves or another player in its set"),
    (("strategies",), None, "strategies: none, though a claim is about them"),
    (("strategies",), [], "not those of every player"),
    (("strategies", 0, 0), [0, 0], "at just those sets that the own moves lead to"),
    (("strategies", 0, 0), [0], "at just those sets that the own moves lead to"),
    (("strategies", 1, 0), [2], "at just those sets that the own moves lead to"),
    (("strategies", 1, 0), [1], "not every strategy of the reduced normal form once"),
    (("strategies", 1), [[0]], "not every strategy of the reduced normal form once"),
    (("claims",), [], "none, or two of one id"),
    (("claims", 0, "evidence", "plans"), [], "PROVED, but the claim is false"),
    (("claims", 0, "evidence", "plans", 0), [0, 1, 0], "PROVED, but the claim is false"),
    (("claims", 0, "evidence", "plans", 0), [0, 0, 1], "PROVED, but the claim is false"),
    (("claims", 0, "evidence", "plans", 0), [0], "a plan is not a move for every set"),
    (("claims", 0, "evidence", "plans", 0), [0, 0, 2], "a plan is not a move for every set"),
    (("claims", 0, "statement"), "All is well.", "not that of the claim"),
    (("claims", 0, "kind"), "dominant", "kind 'dominant' is unknown"),
    (("claims", 1, "evidence", "profiles"), [], "PROVED, but the claim is false"),
    (("claims", 2, "evidence", "equilibria"), [], "PROVED, but the claim is false"),
    (("claims", 3, "evidence", "gains"), ["0", "1"], "evidence.gains should be"),
    (("claims", 3, "evidence", "behaviour", 0), ["1", "1"], "negative or do not add up to 1"),
    (("claims", 3, "evidence", "behaviour"), [["1", "0"]], "not a probability for every move"),
    (("claims", 4, "evidence", "gains"), [["0", "0"]], "evidence.gains should be"),
    (("claims", 4, "verdict"), "PROVED", "met is wrong"),
    (("claims", 5, "evidence", "count"), 3, "statement: not that of the claim"),
]


@pytest.mark.parametrize(("path", "value", "said"), ALTERED)
def test_what_is_altered_is_refused(certificate, path, value, said):
    body = copy.deepcopy(certificate)
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert said in refusal(sealed(body))


def test_a_player_who_forgets_is_refused_by_both():
    twice = decision(0, "A", {"l": decision(0, "A", {"l": terminal(1), "r": terminal(0)}), "r": terminal(0)})
    tree = ExtensiveGame(("A",), twice)
    with pytest.raises(TreeError, match="forgets"):
        audit_tree(tree)
    fine = written(ExtensiveGame(("A",), decision(0, "A", {"l": terminal(1), "r": terminal(0)})))
    from verifier.tree_audit import tree_json

    fine["tree"] = json.loads(json.dumps(tree_json(tree)))
    assert "its player forgets what it knew or did" in refusal(sealed(fine))


def test_a_set_of_two_nodes_has_no_plan_by_backward_induction(pennies):
    body = copy.deepcopy(pennies)
    claim = {
        "id": "x",
        "kind": "subgame-perfect-equilibria",
        "statement": "These are all subgame perfect equilibria in pure strategies.",
        "evidence": {"plans": [[0, 0]]},
    }
    body["claims"][1] = {**body["claims"][1], **claim}
    assert "somebody does not know where it is" in refusal(sealed(body))


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("evidence", "value"), "1", "PROVED, but the claim is false"),
        (("evidence", "behaviour", 0), ["1", "0"], "somebody gains by another strategy"),
    ],
)
def test_a_wrong_value_is_refused(pennies, path, value, said):
    body = copy.deepcopy(pennies)
    place = body["claims"][0]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert said in refusal(sealed(body))


def test_a_value_needs_payoffs_that_sum_to_zero(pennies):
    body = copy.deepcopy(pennies)
    end = next(node for node in body["tree"]["nodes"] if node["payoffs"] == ["2", "-2"])
    end["payoffs"] = ["2", "-1"]
    assert "the game is not zero-sum" in refusal(sealed(body))


def test_chances_that_do_not_add_up_are_refused(pennies):
    body = copy.deepcopy(pennies)
    body["tree"]["nodes"][0]["chances"] = ["1/2", "1/3"]
    assert "no probabilities of its moves" in refusal(sealed(body))


def test_a_game_that_is_over_at_once_has_one_equilibrium():
    certificate = written(ExtensiveGame(("A", "B"), terminal(1, 2)), Asked("nash", {}), Asked("pure-count", 1))
    assert statuses(certificate) == {"CONFIRMED"}
    assert all(claim["met"] for claim in certificate["claims"])


def test_what_is_too_large_is_unknown_and_says_how_large(monkeypatch):
    moves = {f"m{k}": decision(1, f"B{k}", {"l": terminal(0, 0), "r": terminal(0, 0)}) for k in range(12)}
    certificate = written(ExtensiveGame(("A", "B"), decision(0, "A", moves)), Asked("pure-count", 0))
    told = {claim["id"]: (claim["verdict"], claim["reason"]) for claim in certificate["claims"]}
    assert told["subgame-perfect-equilibria"][0] == "UNKNOWN"
    assert told["pure-equilibria"][0] == told["pure-count-1"][0] == "UNKNOWN"
    assert "49,152" in told["pure-count-1"][1]
    assert certificate["strategies"] is None
    assert statuses(certificate) == {"CONFIRMED"}

    def large(tree):
        raise TooLarge(10**9, 10**6)

    monkeypatch.setattr("verifier.tree_audit.tree_value", large)
    assert {claim["kind"]: claim["verdict"] for claim in written(PENNIES)["claims"]}["value"] == "UNKNOWN"


def test_ctrl_c_keeps_what_is_known(monkeypatch):
    def stop(tree):
        raise KeyboardInterrupt

    monkeypatch.setattr("verifier.tree_audit.tree_value", stop)
    certificate = audit_tree(PENNIES)
    assert certificate["interrupted"]
    assert certificate["claims"] == []


def test_scaling_money_scales_values_and_gains():
    def scaled(node):
        if isinstance(node, Terminal):
            return terminal(*(7 * payoff for payoff in node.payoffs))
        if isinstance(node, Chance):
            return chance({name: (p, scaled(after)) for name, p, after in node.moves})
        assert isinstance(node, Decision)
        return decision(node.player, node.infoset, {name: scaled(after) for name, after in node.moves})

    plan = {"A": "stop", "B": "y", "later": "r"}
    one = verify_behaviour(HIDDEN, plan)
    seven = verify_behaviour(ExtensiveGame(HIDDEN.players, scaled(HIDDEN.root)), plan)
    assert seven.gains == tuple(tuple(7 * gain for gain in row) for row in one.gains)
