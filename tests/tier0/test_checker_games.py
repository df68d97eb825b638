"""The checker on certificates of games: textbook games are confirmed, everything that is altered is refused."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sealing import sealed

from verifier import checker
from verifier.correlated_claim import correlated_welfare
from verifier.evidence import Verdict
from verifier.game_audit import audit_game
from verifier.games.files import Asked
from verifier.games.normal_form import Game, from_matrices, from_table, player_names
from verifier.tensor import Tensor

HANDBOOK = from_matrices([[3, 3], [2, 5], [0, 6]], [[3, 2], [2, 6], [3, 1]])  # von Stengel 2002, (2.2)
DEGENERATE = from_matrices([[3, 3], [2, 5], [0, 6]], [[3, 3], [2, 6], [3, 1]])  # the same, Section 2.5
DILEMMA = from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]])
MAJORITY = from_table(
    {(a, b, c): [int(x == (a + b + c > 1)) for x in (a, b, c)] for a in (0, 1) for b in (0, 1) for c in (0, 1)},
    [["no", "yes"]] * 3,
)


def written(game, *asked):
    return json.loads(json.dumps(audit_game(game, asked, seconds=0)))


def statuses(certificate):
    return {report["claim"]: report["status"] for report in checker.check(certificate)}


def refusal(certificate):
    """What the first refused claim is told."""
    return next(report["reasons"][0] for report in checker.check(certificate) if report["status"] == "REJECTED")


def test_the_equilibria_of_the_handbook_are_confirmed():
    certificate = written(HANDBOOK, Asked("nash", (["4/5", "1/5", "0"], ["2/3", "1/3"])), Asked("pure-count", 1))
    assert set(statuses(certificate).values()) == {"CONFIRMED"}
    assert [claim["verdict"] for claim in certificate["claims"]] == ["PROVED"] * 5
    extreme = certificate["claims"][1]["evidence"]["equilibria"]
    assert sorted(extreme) == [
        [["0", "1/3", "2/3"], ["1/3", "2/3"]],
        [["1", "0", "0"], ["1", "0"]],
        [["4/5", "1/5", "0"], ["2/3", "1/3"]],
    ]


def test_an_equilibrium_off_by_a_millionth_is_refuted_with_the_exact_gain():
    off = Fraction(1, 10**6)
    almost = ([Fraction(4, 5) + off, Fraction(1, 5) - off, 0], [Fraction(2, 3), Fraction(1, 3)])
    certificate = written(HANDBOOK, Asked("nash", almost, Verdict.REFUTED))
    claim = certificate["claims"][2]
    # her columns are worth 14/5 + off and 14/5 - 4 off, of which she plays 2/3 and 1/3
    assert claim["evidence"]["gains"] == ["0", str(5 * off / 3)]
    assert set(statuses(certificate).values()) == {"CONFIRMED"}


def test_defection_is_dominant_and_cooperation_is_not():
    certificate = written(DILEMMA, Asked("dominant", ("2", "2")), Asked("dominant", ("1", "1"), Verdict.REFUTED))
    assert [claim["verdict"] for claim in certificate["claims"][2:4]] == ["PROVED", "REFUTED"]
    assert set(statuses(certificate).values()) == {"CONFIRMED"}


def test_three_players_have_their_pure_equilibria_listed_and_profiles_judged():
    half = ["1/2", "1/2"]
    certificate = written(MAJORITY, Asked("nash", (half, half, half)), Asked("pure-count", 2))
    ids = ["pure-equilibria", "mixed-equilibria", "nash-1", "pure-count-2", "correlated-welfare"]
    assert [claim["id"] for claim in certificate["claims"]] == ids
    assert set(statuses(certificate).values()) == {"CONFIRMED"}


ALTERED = [
    (("game", "revenue"), ["1"], "game.revenue: not 6 amounts"),
    (("version",), 2, "version"),
    (("extra",), 1, "unknown key 'extra'"),
    (("game", "payoffs", 0, 0), "4", "but the claim is false"),
    (("game", "payoffs", 0, 0), "nan", "is not a rational"),
    (("game", "payoffs"), [["1"]], "not payoffs for every player"),
    (("game", "payoffs", 0), ["1"], "game.payoffs: not 6 for every player"),
    (("game", "actions", 0), [], "a player has none"),
    (("claims",), [], "none, or two of one id"),
    (("claims", 1, "id"), "pure-equilibria", "none, or two of one id"),
    (("claims", 0, "kind"), "all", "kind 'all' is unknown"),
    (("claims", 0, "statement"), "All is well.", "not that of the claim"),
    (("claims", 0, "met"), False, "met is wrong"),
    (("claims", 0, "verdict"), "EXHAUSTED", "no verdict about a game"),
    (("claims", 0, "verdict"), "REFUTED", "REFUTED, but the claim is true"),
    (("claims", 0, "evidence"), {}, "lacks the key 'profiles'"),
    (("claims", 0, "evidence", "profiles"), [], "PROVED, but the claim is false"),
    (("claims", 0, "evidence", "profiles"), [[0, 0], [1, 1]], "PROVED, but the claim is false"),
    (("claims", 1, "evidence", "equilibria", 0), [["1", "0", "0"], ["1", "0"]], "PROVED, but the claim is false"),
    (("claims", 1, "evidence", "equilibria", 0), [["1", "0"], ["1", "0"]], "not a probability for every action"),
    (("claims", 1, "evidence", "equilibria", 0), [["2", "-1", "0"], ["1", "0"]], "negative or do not add up"),
    (("claims", 1, "evidence", "equilibria"), [], "PROVED, but the claim is false"),
    (("claims", 2, "evidence", "gains"), ["0", "1"], "evidence.gains should be 0, 0"),
    (("claims", 2, "evidence", "profile", 0), ["1", "0", "1"], "do not add up to 1"),
    (("claims", 3, "evidence", "profiles"), [], "not all pure equilibria"),
    (("claims", 3, "evidence", "count"), 2, "statement: not that of the claim"),
    (("claims", 4, "evidence", "profile"), [0], "not an action of every player"),
    (("claims", 4, "evidence", "profile"), [3, 0], "not an action of every player"),
]


@pytest.fixture(scope="module")
def certificate():
    nash = Asked("nash", (["4/5", "1/5", "0"], ["2/3", "1/3"]))
    return written(HANDBOOK, nash, Asked("pure-count", 1), Asked("dominant", (0, 0), Verdict.REFUTED))


@pytest.mark.parametrize(("path", "value", "said"), ALTERED)
def test_what_is_altered_is_refused(certificate, path, value, said):
    body = copy.deepcopy(certificate)
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert said in refusal(sealed(body))


FAROL = from_table(
    {p: [x * (1 if sum(p) < 3 else -1) for x in p] for p in product((0, 1), repeat=3)}, [["home", "bar"]] * 3
)
ALTERED_BOXES = [
    (("radius",), "0", "or no radius"),
    (("centre",), ["1/2"], "a centre or a matrix of another size"),
    (("centre", 0), "1/2", "PROVED, but the claim is false"),
    (("preconditioner", 0), ["0"], "a centre or a matrix of another size"),
    (("preconditioner", 0), ["0", "0", "0"], "PROVED, but the claim is false"),
    (("supports", 0), [1, 0], "supports that are none of this game"),
    (("supports", 0), [0, 2], "supports that are none of this game"),
    (("supports",), [[0, 1]], "supports that are none of this game"),
    (("radius",), "1/2", "PROVED, but the claim is false"),
]


def mixed_of(certificate):
    return next(claim for claim in certificate["claims"] if claim["kind"] == "mixed-equilibria")


def test_an_irrational_equilibrium_is_confirmed_by_its_box():
    certificate = written(FAROL)
    evidence = mixed_of(certificate)["evidence"]
    assert (len(evidence["profiles"]), len(evidence["boxes"])) == (6, 1)
    assert set(statuses(certificate).values()) == {"CONFIRMED"}


@pytest.mark.parametrize(("path", "value", "said"), ALTERED_BOXES)
def test_an_altered_box_is_refused(path, value, said):
    certificate = written(FAROL)
    place = mixed_of(certificate)["evidence"]["boxes"][0]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert said in refusal(sealed(certificate))


def test_a_profile_that_is_no_equilibrium_among_mixed_ones_is_refused():
    certificate = written(FAROL)
    mixed_of(certificate)["evidence"]["profiles"][0] = [["1", "0"]] * 3
    assert "PROVED, but the claim is false" in refusal(sealed(certificate))


def test_a_box_in_which_an_action_outside_is_better_is_refused():
    """Without the third action, which is worth more than both others, the first two would be mixed."""
    game = from_matrices([[1, 0], [0, 1], [5, 5]], [[0, 1], [1, 0], [0, 0]])
    certificate = written(game)
    box = {"supports": [[0, 1], [0, 1]], "centre": ["1/2", "1/2"], "radius": "1/100"}
    certificate["claims"][1] = {
        **certificate["claims"][1],
        "id": "mixed-equilibria",
        "kind": "mixed-equilibria",
        "statement": "Each profile is an equilibrium, and in each box is just one; nothing is said of others.",
        "evidence": {"profiles": [], "boxes": [{**box, "preconditioner": [["0", "-1/2"], ["1/2", "0"]]}]},
    }
    assert "PROVED, but the claim is false" in refusal(sealed(certificate))
    better = from_matrices([[1, 0], [0, 1], [0, 0]], [[0, 1], [1, 0], [0, 0]])
    certificate["game"] = json.loads(json.dumps(better.to_json()))
    certificate["claims"] = certificate["claims"][1:2]
    assert set(statuses(sealed(certificate)).values()) == {"CONFIRMED"}


def test_a_broken_seal_is_refused(certificate):
    assert "the seal is broken" in refusal({**certificate, "title": "another"})


def test_extreme_equilibria_of_three_players_are_refused():
    body = written(MAJORITY)
    claim = {**body["claims"][0], "id": "extreme-equilibria", "kind": "extreme-equilibria"}
    claim["statement"] = "These are all extreme equilibria; every other one mixes some of them."
    body["claims"].append({**claim, "evidence": {"equilibria": []}})
    assert "those of two players" in refusal(sealed(body))


def test_what_is_left_open_is_said_to_be_open(certificate):
    body = copy.deepcopy(certificate)
    body["claims"][0].update(verdict="UNKNOWN", evidence={})
    (first, *_) = checker.check(sealed(body))
    assert (first["status"], "nothing to confirm" in first["reasons"][0]) == ("CONFIRMED", True)


entries = st.integers(-3, 3)


@given(st.data(), st.integers(1, 4), st.integers(1, 4))
@settings(max_examples=150, deadline=None)
def test_the_checker_finds_the_same_extreme_equilibria_as_the_enumeration_on_degenerate_games_too(data, rows, columns):
    """Small payoffs tie often; two programs that share no code."""
    first, second = (
        data.draw(st.lists(st.lists(entries, min_size=columns, max_size=columns), min_size=rows, max_size=rows))
        for _ in range(2)
    )
    certificate = written(from_matrices(first, second))
    assert certificate["claims"][1]["evidence"]["equilibria"]  # Nash: there is one
    assert set(statuses(certificate).values()) == {"CONFIRMED"}


def correlated_of(certificate):
    return next(claim for claim in certificate["claims"] if claim["kind"] == "correlated-welfare")


CHICKEN = from_matrices([[6, 2], [7, 0]], [[6, 7], [2, 0]])  # Aumann 1974: the best correlated equilibrium brings 21/2


def test_the_welfare_of_correlated_equilibria_is_confirmed_by_prices():
    certificate = written(CHICKEN)
    claim = correlated_of(certificate)
    values = {(one["concept"], one["sense"]): Fraction(one["value"]) for one in claim["evidence"]["bounds"]}
    assert values["correlated", "greatest"] == Fraction(21, 2)
    assert values["coarse correlated", "least"] <= values["correlated", "least"] <= 9
    assert values["coarse correlated", "greatest"] >= Fraction(21, 2)
    assert set(statuses(certificate).values()) == {"CONFIRMED"}


ALTERED_BOUNDS = [
    (("value",), "11", "PROVED, but the claim is false"),
    (("concept",), "correlated", "PROVED, but the claim is false"),
    (("sense",), "greatest", "PROVED, but the claim is false"),
    (("sense",), "most", "is none of greatest, least"),
    (("prices",), [], "PROVED, but the claim is false"),
    (("prices", 0, "price"), "-1", "PROVED, but the claim is false"),
    (("prices", 0, "player"), 2, "of a constraint that there is not"),
    (("prices", 0, "action"), 0, "of a constraint that there is not"),
    (("prices", 0, "deviation"), 2, "of a constraint that there is not"),
    (("distribution",), [], "PROVED, but the claim is false"),
    (("distribution",), [{"profile": [0, 0], "probability": "1"}], "PROVED, but the claim is false"),
    (("distribution",), [{"profile": [0, 1], "probability": "1"}], "PROVED, but the claim is false"),
    (("distribution", 0, "profile"), [0], "a profile that is none of this game"),
    (("distribution", 0, "profile"), [0, 2], "a profile that is none of this game"),
    (("distribution", 0, "probability"), "3/2", "PROVED, but the claim is false"),
]


@pytest.mark.parametrize(("path", "value", "said"), ALTERED_BOUNDS)
def test_an_altered_bound_is_refused(path, value, said):
    certificate = written(CHICKEN)
    place = correlated_of(certificate)["evidence"]["bounds"][2]  # coarse correlated, least
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert said in refusal(sealed(certificate))


def test_a_profile_or_a_price_that_is_named_twice_is_refused():
    for key in ("distribution", "prices"):
        certificate = written(CHICKEN)
        bound = correlated_of(certificate)["evidence"]["bounds"][2]
        bound[key] = [*bound[key], bound[key][0]]
        assert "named twice" in refusal(sealed(certificate))


def test_bounds_that_are_left_out_are_refused():
    certificate = written(CHICKEN)
    del correlated_of(certificate)["evidence"]["bounds"][0]
    assert "PROVED, but the claim is false" in refusal(sealed(certificate))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_correlated_bounds_of_random_games_are_confirmed(data):
    shape = data.draw(st.sampled_from([(2, 2), (2, 3), (3, 3), (2, 2, 2)]))
    amounts = st.integers(-4, 4)
    payoffs = {p: [data.draw(amounts) for _ in shape] for p in product(*map(range, shape))}
    game = from_table(payoffs, [list(map(str, range(size))) for size in shape])
    certificate = written(game)
    assert statuses(certificate)["correlated-welfare"] == "CONFIRMED"


def test_extreme_equilibria_are_counted():
    certificate = written(HANDBOOK, Asked("extreme-count", 3), Asked("extreme-count", 4, Verdict.REFUTED))
    assert all(claim["met"] for claim in certificate["claims"])
    assert set(statuses(certificate).values()) == {"CONFIRMED"}
    certificate["claims"][3]["verdict"] = "PROVED"
    certificate["claims"][3]["met"] = False
    assert "PROVED, but the claim is false" in refusal(sealed(certificate))


def test_large_linear_programs_are_left_undecided_with_their_size():
    for shape, said in (((60, 60), "7,080 deviations"), ((2,) * 18, "9,437,184 gains")):
        table = Tensor(np.zeros(shape, dtype=np.int64), 1, 0)
        names = tuple(tuple(map(str, range(size))) for size in shape)
        judged = correlated_welfare(Game(player_names(len(shape)), names, (table,) * len(shape)))
        assert judged.verdict is Verdict.UNKNOWN
        assert said in judged.reason
