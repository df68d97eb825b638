"""The packaged games: what is published of their equilibria is found, certified and confirmed."""

from __future__ import annotations

import json
import re
from fractions import Fraction

import jsonschema
import pytest

from verifier import checker
from verifier.anarchy_claim import anarchy_claim
from verifier.commands.game_files import audit, name_of, packaged_games, read
from verifier.domains.instances import catalogue
from verifier.game_audit import audit_game
from verifier.games.files import read_game_file
from verifier.games.formats import read_game
from verifier.games.pure import pure_equilibria
from verifier.oracles.equilibria.nashpy_proposals import findings, proposed
from verifier.oracles.equilibria.two_player import two_player
from verifier.resources import reports_dir, specs_dir

GAMES = packaged_games()
SCHEMAS = {
    kind: json.loads((reports_dir() / "schema" / f"{kind}-certificate-v1.schema.json").read_text(encoding="utf-8"))
    for kind in ("game", "tree")
}


def test_there_are_at_least_forty_games_with_claims_and_auctions_are_not_among_them():
    assert len(GAMES) >= 40
    assert not set(GAMES.values()) & set(catalogue().values())
    assert name_of(GAMES["nash-1951/example-1"]) == "nash-1951-example-1"


@pytest.mark.parametrize("name", GAMES)
def test_what_is_published_of_a_game_is_found_and_confirmed(name):
    found = read(GAMES[name])
    assert found.asked
    assert found.source
    certificate = json.loads(json.dumps(audit(found, name, 0, lambda stage: None)))
    jsonschema.validate(certificate, SCHEMAS["tree" if "tree" in certificate else "game"])
    assert all(claim["met"] for claim in certificate["claims"]), certificate["claims"]
    assert {report["status"] for report in checker.check(certificate)} == {"CONFIRMED"}


@pytest.mark.parametrize("name", ["von-stengel-2002/handbook-degenerate", "haywood-1954/bismarck-sea"])
def test_what_nashpy_misses_on_degenerate_games_of_the_catalogue_is_told(name):
    game = read(GAMES[name]).game
    exact = two_player(game)
    assert exact.degenerate
    told = findings(exact.extreme, [proposed(game, "support_enumeration")])
    assert any("extreme equilibria" in sentence for sentence in told)


def test_the_irrational_equilibrium_of_the_bar_is_a_box_around_one_over_the_root_of_two():
    found = read(GAMES["arthur-1994/el-farol"])
    claims = audit_game(found.game)["claims"]
    (mixed,) = [claim for claim in claims if claim["kind"] == "mixed-equilibria"]
    (box,) = mixed["evidence"]["boxes"]
    radius = Fraction(box["radius"])
    for share in map(Fraction, box["centre"]):  # the probability to go, of each player
        assert (share - radius) ** 2 * 2 < 1 < (share + radius) ** 2 * 2


def test_a_continuum_is_never_called_complete():
    found = read(GAMES["selten-1975/horse"])
    claims = audit_game(found.game)["claims"]
    (mixed,) = [claim for claim in claims if claim["kind"] == "mixed-equilibria"]
    assert "not known to be all" in mixed["reason"]
    assert len(pure_equilibria(found.game)) == 2


POA = {path.name.removesuffix(".game.toml"): path for path in sorted((specs_dir() / "claims" / "poa").glob("*.toml"))}


@pytest.mark.parametrize("name", POA)
def test_what_can_and_what_cannot_pass_the_gate_is_decided_and_confirmed(name):
    found = read(POA[name])
    assert found.source
    assert found.gates or found.asked
    certificate = json.loads(json.dumps(audit(found, name, 0, lambda stage: None)))
    jsonschema.validate(certificate, SCHEMAS["game"])
    assert all(claim["met"] for claim in certificate["claims"]), certificate["claims"]
    assert {report["status"] for report in checker.check(certificate)} == {"CONFIRMED"}


def test_first_price_on_finer_grids_approaches_the_bounds_for_continuous_bids():
    """1.2292 where nobody overbids (Feldman, Lucier and Nisan 2016), e/(e-1) = 1.5820 with overbidding."""
    text = POA["first-price-coarse"].read_text(encoding="utf-8")
    modest = [_coarse(text, values, grid) for values, grid in (("[5, 3]", 5), ("[10, 6]", 10), ("[20, 13]", 20))]
    assert modest == sorted(modest)
    assert Fraction("1.2") < modest[-1] < Fraction("1.2293")
    text = POA["first-price-coarse-overbidding"].read_text(encoding="utf-8")
    bold = [_coarse(text, f"[{top}, 1]", top) for top in (5, 10, 20)]
    assert bold == sorted(bold)
    assert Fraction("1.5") < bold[-1] < Fraction("1.582")


def _coarse(text, values, top):
    """The price of the first gate of a file, with other values on another grid."""
    text = re.sub(r"(?m)^values = \[.*\]$", f"values = {values}", text)
    found = read_game_file(re.sub(r'(?m)^values = ".*"$', f'values = "0..{top}"', text), "x.game.toml", read_game)
    claim = anarchy_claim(found.game, found.gates[0], "x")
    return Fraction(claim.evidence["anarchy"])
