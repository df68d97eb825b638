"""The seed's scenarios for the price of anarchy, run as they are written in `specs/features/`."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pytest_bdd import given, scenarios, then, when

from verifier import checker
from verifier.comparison import compare
from verifier.game_audit import audit_game
from verifier.games.files import read_game_file
from verifier.games.formats import read_game
from verifier.games.gates import Gate, Smoothness
from verifier.oracles.anarchy import price_of_anarchy
from verifier.oracles.congestion_bounds import cost_bound, polynomial, worst_case
from verifier.resources import specs_dir

scenarios(str(specs_dir() / "features" / "poa.feature"))

VCG = """
title = "VCG"
[game]
values = [4, 2]
[subject]
call = "mechanisms.auctions.single_item:second_price"
[domain]
kind = "single-item"
agents = 2
values = "0..4"
"""
SHARES = VCG.replace("auctions.single_item:second_price", "allocation.proportional_share:proportional_share").replace(
    "single-item", "divisible"
)


@pytest.fixture
def case():
    return {}


@given("a resource allocation mechanism", target_fixture="case")
def _mechanism():
    text = VCG.replace("second_price", "first_price").replace("[4, 2]", "[4, 3]")
    return {"game": read_game_file(text, "first.game.toml", read_game).game}


@given("target PoA < 1.2")
def _target(case):
    case["gate"] = Fraction(6, 5)


@when("I analyze Price of Anarchy")
def _analyze(case):
    gates = (Gate("correlated", case["gate"]),)
    case["certificate"] = audit_game(case["game"], (), gates, (Smoothness("C"),), seconds=0)


@then("computed PoA is less than 1.2")
def _below(case):
    (claim,) = (one for one in case["certificate"]["claims"] if one["kind"] == "price-of-anarchy")
    assert claim["verdict"] == "PROVED"
    assert Fraction(claim["evidence"]["anarchy"]) < case["gate"]


@then("a smoothness proof is provided")
def _smooth(case):
    (claim,) = (one for one in case["certificate"]["claims"] if one["kind"] == "smooth")
    assert claim["verdict"] == "PROVED"
    assert Fraction(claim["evidence"]["bound"]) >= price_of_anarchy(case["game"], "coarse correlated").poa
    assert {report["status"] for report in checker.check(case["certificate"])} == {"CONFIRMED"}


@then("worst-case instance is identified")
def _worst(case):
    """Of the game the worst equilibrium; of a class, here linear congestion, the game that attains its bound."""
    (claim,) = (one for one in case["certificate"]["claims"] if one["kind"] == "price-of-anarchy")
    least = claim["evidence"]["bounds"][0]
    assert sum(Fraction(one["probability"]) for one in least["distribution"]) == 1
    linear = [polynomial(0), polynomial(1)]
    bound = cost_bound(3, linear)
    assert price_of_anarchy(worst_case(bound, linear), "pure", objective="cost").poa == bound.price == Fraction(5, 2)


@given("VCG and proportional share mechanisms", target_fixture="case")
def _both():
    return {name: read_game_file(text, "x.game.toml", read_game) for name, text in (("vcg", VCG), ("shares", SHARES))}


@when("I compute PoA for both")
def _compare(case):
    case["found"] = compare(list(case.items()))


@then("VCG has PoA = 1.0 (optimal)")
def _optimal(case):
    line = case["found"].rows[0].headline
    assert (line.concept, line.price) == ("truthful", 1)


@then("proportional share has PoA <= 2.0")
def _two(case):
    assert all(line.price <= Fraction(4, 3) for line in case["found"].rows[1].lines)


@then("mechanism recommendation is provided")
def _recommended(case):
    assert case["found"].recommended == "vcg"
    assert case["found"].reasons[-1] == "Recommended: vcg."
