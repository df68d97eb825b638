"""The table of known prices: what our own engines can decide of it, they decide the same way."""

from __future__ import annotations

from fractions import Fraction
from math import exp, sqrt

import pytest
from click.testing import CliRunner

from verifier.cli import main
from verifier.commands.game_files import read
from verifier.games.normal_form import Game
from verifier.oracles.anarchy import price_of_anarchy
from verifier.oracles.anarchy_table import AUCTIONS, GAMES
from verifier.oracles.congestion_bounds import cost_bound, polynomial, welfare_bound
from verifier.resources import specs_dir


def row(setting, concept=""):
    (found,) = (one for one in (*AUCTIONS, *GAMES) if one.setting == setting and one.concept.startswith(concept))
    return found


def test_there_are_at_least_forty_rows_and_each_has_a_source():
    rows = [*AUCTIONS, *GAMES]
    assert len(rows) >= 40
    assert all(one.source and one.kind in ("attained", "supremum", "at most", "at least") for one in rows)
    assert len({(one.setting, one.concept) for one in rows}) == len(rows)


@pytest.mark.parametrize(
    ("setting", "degree", "players"),
    [
        ("affine congestion, two players", 1, 2),
        ("affine congestion", 1, 3),
        *((f"congestion, polynomials of degree {d}", d, 5) for d in (2, 3, 4)),
    ],
)
def test_rows_of_congestion_games_are_decided_by_the_linear_program(setting, degree, players):
    basis = [polynomial(power) for power in range(degree + 1)]
    assert cost_bound(players, basis).price == row(setting, "pure").exact


def test_rows_of_covering_and_utility_games_are_decided_by_the_linear_program():
    for players in (2, 3, 5):
        equal = welfare_bound(players, [lambda k: 1], [lambda k: Fraction(1, k)])
        assert equal.price == 2 - Fraction(1, players)
        assert welfare_bound(players, [lambda k: 1], [lambda k: int(k == 1)]).price == row("valid utility games").exact


@pytest.mark.parametrize(
    ("name", "setting", "concept", "objective"),
    [
        ("vickrey", "Vickrey, one item", "pure to", "welfare"),
        ("vcg-truthful", "VCG, exact allocation", "truthful", "welfare"),
        ("vcg-unit-demand", "VCG, unit demand", "pure", "welfare"),
        ("generalized-second-price", "generalized second price, two slots", "pure", "welfare"),
        ("simultaneous-second-price", "simultaneous second price, submodular", "pure", "welfare"),
        ("uniform-price", "uniform price, two units", "pure", "welfare"),
        ("affine-congestion", "affine congestion", "pure", "cost"),
    ],
)
def test_attained_rows_are_attained_by_packaged_games(name, setting, concept, objective):
    found = read(specs_dir() / "claims" / "poa" / f"{name}.game.toml")
    assert isinstance(found.game, Game)
    gate = next(one for one in found.gates if one.concept in ("pure", "truthful"))
    if name == "vickrey":
        gate = next(one for one in found.gates if one.played is not None)
    price = price_of_anarchy(found.game, gate.concept, objective=objective, played=gate.played, truth=gate.truth).poa
    assert price == row(setting, concept).exact


def test_decimals_of_irrational_rows_are_those_of_their_formulas():
    assert f"{1 / (1 - exp(-2)):.4f}" in row("first price, one item", "Bayes").price
    assert f"{exp(1) / (exp(1) - 1):.4f}" in row("covering, Gairing's shares").price
    assert f"{(1 + sqrt(2)) / 2:.4f}" in row("proportional share, two linear values").price
    assert f"{(3 + sqrt(5)) / 2:.4f}" in row("affine congestion, weighted players").price
    assert f"{1 + 1 / sqrt(3):.4f}" in row("affine congestion", "price of stability").price
    for degree, told in ((2, "1.626"), (3, "1.896"), (4, "2.151")):
        rho = 1 / (1 - degree * (degree + 1) ** (-(degree + 1) / degree))
        assert f"{rho:.3f}" == told == row(f"nonatomic routing, polynomials of degree {degree}").price


def test_verify_explain_prints_forms_and_rows():
    result = CliRunner().invoke(main, ["explain", "poa"])
    assert result.exit_code == 0
    assert "generalized second price, two slots; pure, no overbidding: 5/4" in result.output
    assert "Bound max(1, m) / l, also for Bayes-Nash equilibria." in result.output
