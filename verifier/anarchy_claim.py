"""The claim about a game's price of anarchy, as a certificate has it: prices, witnesses, and a gate.

Concepts and methods are those of `oracles.anarchy`; payoffs are costs where no profile has positive welfare. The
checker finds all pure equilibria and all extreme ones of two players again, and adds up dual prices of correlated ones.
What it could not check, such as that a list of mixed equilibria of three players is complete, is UNKNOWN here.

Gate         price < gate, decided in whole numbers. Undefined (no equilibrium) and infinite never pass.
Source       Koutsoupias and Papadimitriou 1999; Anshelevich et al. 2008; Roughgarden 2015.
"""

from __future__ import annotations

from fractions import Fraction

from verifier.correlated_claim import bounds_json
from verifier.errors import DomainError
from verifier.evidence import Verdict
from verifier.exact import show, simplest
from verifier.games.equilibrium_set import Coverage
from verifier.games.gates import Gate
from verifier.games.normal_form import Game
from verifier.games.pure import welfares
from verifier.judged import Judged, decided, mixed_json
from verifier.oracles.anarchy import price_of_anarchy
from verifier.oracles.anarchy_result import Anarchy, Direction, Equilibrium, Objective, Price, Prices

KIND = "price-of-anarchy"
INFINITE = "infinite"


def anarchy_claim(game: Game, gate: Gate, id_: str) -> Judged:
    """The price over the equilibria of a concept, held against the gate; UNKNOWN says why it is not known."""
    largest = int(welfares(game).numerators.max())
    objective = Objective.WELFARE if largest > 0 else Objective.COST
    try:
        found = price_of_anarchy(game, gate.concept, objective=objective, played=gate.played, truth=gate.truth)
    except DomainError as error:
        return _unknown(id_, gate, str(error))
    if reason := _open(found, game):
        return _unknown(id_, gate, reason)
    anarchy, stability = _shown(found.poa), _shown(found.pos)
    bounds = found.proof if isinstance(found.proof, Prices) else None
    evidence: dict[str, object] = {
        "concept": gate.concept,
        "played": None if gate.played is None else [list(own) for own in gate.played],
        "optimum": list(found.optimal),
        "worst": _mixed(found.worst),
        "best": _mixed(found.best),
        "bounds": [] if bounds is None else bounds_json((bounds.least, bounds.greatest), gate.concept),
        "anarchy": anarchy,
        "stability": stability,
        "gate": None if gate.below is None else show(gate.below),
    }
    passed = gate.below is None or found.passes(gate.below)
    statement = _statement(gate, anarchy, stability)
    return Judged(id_, KIND, statement, decided(passed), gate.expect, _reason(found, gate), evidence)


def _open(found: Anarchy, game: Game) -> str:
    """Why nothing is proved that the checker could find again; empty where it is."""
    if found.direction is not Direction.EXACT or found.coverage is Coverage.UNKNOWN:
        told = "" if found.poa is None else f": at most {_shown(found.poa)}"
        return found.reason + told
    if found.concept == "mixed" and len(game.players) != 2:
        return "that all mixed equilibria of more than two players are known, no certificate shows"
    if found.worst is None and found.concept not in ("pure", "mixed"):
        return found.reason
    return ""


def _unknown(id_: str, gate: Gate, reason: str) -> Judged:
    return Judged(id_, KIND, _statement(gate, "unknown", "unknown"), Verdict.UNKNOWN, gate.expect, reason, {})


def _reason(found: Anarchy, gate: Gate) -> str:
    if found.worst is None or found.best is None:
        return "there is no equilibrium"
    values = " to ".join(dict.fromkeys(map(show, (found.worst.value, found.best.value))))
    prices = f"it is {_shown(found.poa)}"
    if gate.below is None:
        prices += f", that of stability {_shown(found.pos)}"
    return f"{prices}: {found.objective} {values}, at best {show(found.optimum)}"


def _mixed(found: Equilibrium | None) -> list[list[str]] | None:
    return None if found is None or found.mixed is None else mixed_json(found.mixed)


def _shown(price: Price) -> str | None:
    if price is None:
        return None
    return show(simplest(price)) if isinstance(price, Fraction) else INFINITE


def _statement(gate: Gate, anarchy: str | None, stability: str | None) -> str:
    within = "" if gate.played is None else " that play only the actions listed"
    over = f"over {gate.concept} equilibria{within}"
    if gate.below is not None:
        return f"The price of anarchy {over} is below {show(gate.below)}."
    return f"The price of anarchy {over} is {anarchy or 'undefined'}, and that of stability {stability or 'undefined'}."
