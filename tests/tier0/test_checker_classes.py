"""Bounds for whole classes of games: those of the literature, confirmed; and what the checker and the file refuse."""

from __future__ import annotations

import copy
import json
from fractions import Fraction

import pytest

from verifier import checker
from verifier.certificate import GAME_FORMAT, seal
from verifier.commands.game_files import read_text
from verifier.errors import SpecError
from verifier.game_audit import audit_game
from verifier.games.files import read_game_file
from verifier.games.formats import read_game

COST = "[class]\nobjective = 'cost'\n"
COVER = "[class]\nobjective = 'welfare'\nplayers = 3\nworth = [[1, 1, 1]]\n"


def certificate(text):
    found = read_text(text, "x.game.toml")
    return json.loads(json.dumps(audit_game(found.game, found.asked, found.gates, seconds=0)))


def claim_of(body):
    (claim,) = (one for one in body["claims"] if one["kind"] == "class-bound")
    return claim


def judged(body):
    """What the checker says of the bound."""
    body = seal({key: value for key, value in body.items() if key not in ("sha256", "format", "version")}, GAME_FORMAT)
    (report,) = (one for one in checker.check(body) if one["claim"] == claim_of(body)["id"])
    return report["status"] if report["status"] == "CONFIRMED" else report["reasons"][0]


@pytest.mark.parametrize(
    ("text", "price"),
    [
        (COST + "players = 2\ndegree = 1", "2"),  # Christodoulou and Koutsoupias 2005
        (COST + "players = 3\ndegree = 1", "5/2"),
        (COST + "players = 5\ndegree = 2", "115/12"),  # Aland et al. 2011
        (COST + "players = 2\ndegree = 0", "1"),
        (COST + "players = 3\ncosts = [[3, 3, 3]]", "1"),
        (COVER + "utility = [[1, 0, 0]]", "2"),  # Vetta 2002: what each adds
    ],
)
def test_the_price_of_a_class_is_that_of_the_literature_and_its_worst_game_has_it(text, price):
    body = certificate(text + "\n[gate]\nconcept = 'pure'\n")
    claim = claim_of(body)
    assert (claim["evidence"]["price"], claim["verdict"], claim["met"]) == (price, "PROVED", True)
    assert {report["status"] for report in checker.check(body)} == {"CONFIRMED"}
    (worst,) = (one for one in body["claims"] if one["kind"] == "price-of-anarchy")
    assert worst["evidence"]["anarchy"] == price


def test_a_class_misses_a_gate_at_its_price_and_meets_one_above():
    asked = [COST + f"players = 3\ndegree = 1\npoa = '{poa}'" for poa in ("5/2", "2.5000001")]
    at, above = (claim_of(certificate(text)) for text in asked)
    assert (at["verdict"], at["met"]) == ("REFUTED", False)
    assert (above["verdict"], above["met"]) == ("PROVED", True)


CHANGES = [
    ({"share": "1/2"}, "do not fit at all loads"),
    ({"share": "1/3"}, "does not attain the bound"),
    ({"share": "0"}, "not positive"),
    ({"multiplier": "-1"}, "multiplier negative"),
    ({"multiplier": "100"}, "do not fit at all loads"),
    ({"price": "2"}, "evidence.price should be 5/2"),
    ({"players": 2}, "not values at 1 to n users"),
    ({"functions": [["1", "2"]]}, "not values at 1 to n users"),
    ({"functions": [["1", "1", "1"], ["1", "2", "-3"]]}, "evidence.functions: negative"),
    ({"worth": [["1", "1", "1"]]}, "evidence.worth: of welfare alone"),
    ({"loads": []}, "does not attain the bound"),
    ({"functions": [["1", "2", "3"]]}, "of a function that there is not"),
]


@pytest.mark.parametrize(("changed", "said"), CHANGES, ids=[str(change) for change, _ in CHANGES])
def test_a_changed_bound_is_refused(changed, said):
    body = certificate(COST + "players = 3\ndegree = 1")
    claim = claim_of(body)
    if "share" in changed and changed["share"] != "0":  # the statement names the price, not the share
        changed = {**changed, "price": str(1 / Fraction(changed["share"]))}
    claim["evidence"] |= changed
    price = claim["evidence"]["price"]
    claim["statement"] = claim["statement"].replace("5/2", price)
    assert said in judged(body)


def test_another_game_does_not_attain_the_bound():
    body = certificate(COST + "players = 2\ndegree = 1")
    body["game"]["payoffs"][0][0] = "-7"
    assert "does not attain" in judged(body)
    body = certificate(COST + "players = 2\ndegree = 1")
    evidence = claim_of(body)["evidence"]
    evidence["functions"] = [[*row, "9"] for row in evidence["functions"]]
    evidence["players"] = 3
    assert "do not fit" in judged(body) or "does not attain" in judged(body)
    body = certificate(COVER + "utility = [[1, 0, 0]]")
    body["game"]["revenue"][0] = "9"
    assert "does not attain" in judged(body)
    body = certificate(COVER + "utility = [[1, 0, 0]]")
    claim_of(body)["evidence"]["players"] = 2
    for key in ("functions", "worth"):
        claim_of(body)["evidence"][key] = [row[:2] for row in claim_of(body)["evidence"][key]]
    assert "does not attain" in judged(body)


def test_no_digit_of_a_bound_can_be_changed():
    body = certificate(COST + "players = 3\ndegree = 1")
    whole = claim_of(body)["evidence"]
    text = json.dumps({key: whole[key] for key in ("share", "multiplier", "loads", "price", "players")})
    for place, sign in enumerate(text):
        if sign.isdigit():
            changed = copy.deepcopy(body)
            try:
                changes = json.loads(f"{text[:place]}{(int(sign) + 1) % 10}{text[place + 1 :]}")
            except json.JSONDecodeError:
                continue
            claim_of(changed)["evidence"] |= changes
            assert judged(changed) != "CONFIRMED", text[: place + 1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[class]\nobjective = 'wealth'", "objective must be cost or welfare"),
        (COST + "players = 0\ndegree = 1", "players must be a whole number"),
        (COST + "players = 2\ndegree = 1\nslope = 1", "unknown key 'slope'"),
        (COST + "players = 2", "give the degree"),
        (COST + "players = 2\ndegree = 1\ncosts = [[1, 2]]", "give the degree"),
        (COST + "players = 2\ndegree = 99", "from 0 to 12"),
        (COST + "players = 2\ncosts = [[1]]", "lists of 2 amounts"),
        (COST + "players = 2\ncosts = [[2, 1]]", "falls from 2 to 1"),
        (COST + "players = 2\ncosts = [['x', 1]]", "x"),
        (COST + "players = 13\ndegree = 1", "profiles of a worst case"),
        (COST + "players = 2\ndegree = 1\nexpect = 'UNKNOWN'", "expect must be one of PROVED, REFUTED"),
        (COVER, "utility must be lists of 3 amounts"),
        ("[class]\nobjective = 'welfare'\nplayers = 2\nworth = [[1, 0]]\nutility = [[1, 1]]", "is unbounded"),
        (COST + "players = 2\ndegree = 1\n[game]\nfile = 'x.nfg'", "in its place"),
        ("[class]\nobjective = 'welfare'\nplayers = 1\nworth = [[1]]\nutility = [[0]]", "must be positive"),
    ],
)
def test_a_wrong_class_is_refused_with_its_line(text, said):
    with pytest.raises(SpecError, match=said):
        read_text(text, "x.game.toml")


def test_who_cannot_make_the_worst_game_refuses_the_file():
    with pytest.raises(SpecError, match="unknown key 'class'"):
        read_game_file(COST, "x.game.toml", read_game)
