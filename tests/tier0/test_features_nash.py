"""The seed's scenarios for Nash equilibria, run as they are written in `specs/features/`."""

from __future__ import annotations

import json

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from verifier import checker
from verifier.evidence import Verdict
from verifier.game_audit import audit_game
from verifier.games.anonymous import congestion_game
from verifier.games.claimed import verify_profile
from verifier.games.files import Asked
from verifier.resources import specs_dir

scenarios(str(specs_dir() / "features" / "nash.feature"))

SHARED = [[1, 3, 6], [2, 4, 6]]  # what a user of each resource pays, by the number of its users


@pytest.fixture
def case():
    return {}


@given(parsers.parse("a resource game with {count:d} agents"), target_fixture="case")
def _game(count):
    return {"game": congestion_game(count, [costs[:count] for costs in SHARED]).to_game()}


@given("a strategy profile S")
def _profile(case):
    """Two on the first resource pay 3 each, one on the second pays 2; who moves would pay 4, or 6."""
    case["profile"] = (0, 0, 1)


@given("a strategy profile that is NOT Nash", target_fixture="case")
def _other():
    """All on the first resource pay 6; on the second one would pay 2."""
    return {"game": congestion_game(3, SHARED).to_game(), "profile": (0, 0, 0)}


@when("I verify Nash equilibrium for S")
@when("I verify Nash equilibrium")
def _verify(case):
    case["found"] = verify_profile(case["game"], case["profile"])


@then("each agent is playing best response")
def _best(case):
    assert case["found"].is_equilibrium
    for action, response in zip(case["profile"], case["found"].responses, strict=True):
        assert action in response.best


@then("equilibrium welfare is computed")
def _welfare(case):
    assert case["found"].welfare == -3 - 3 - 2


@then("a proof certificate is generated")
def _certificate(case):
    certificate = json.loads(json.dumps(audit_game(case["game"], [Asked("nash", case["profile"])])))
    (claim,) = [claim for claim in certificate["claims"] if claim["kind"] == "nash"]
    assert claim["verdict"] == Verdict.PROVED
    assert {report["status"] for report in checker.check(certificate)} == {"CONFIRMED"}


@then("a profitable deviation is identified")
def _deviation(case):
    assert not case["found"].is_equilibrium
    assert case["found"].deviation[1] == 1


@then("the improving agent is specified")
def _agent(case):
    assert case["found"].deviation[0] == 0


@then("the improvement gain is computed")
def _gain(case):
    assert case["found"].epsilon == 6 - 2
