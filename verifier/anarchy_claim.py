"""The claim about a game's price of anarchy, as a certificate has it: prices, witnesses, and a gate.

Concepts and methods are those of `oracles.anarchy`; payoffs are costs where no profile has positive welfare. The
checker finds all pure equilibria and all extreme ones of two players again, and adds up dual prices of correlated ones.
What it could not check, such as that a list of mixed equilibria of three players is complete, is UNKNOWN here.

Gate         price < gate, decided in whole numbers. Undefined (no equilibrium) and infinite never pass.
Line         over which equilibria the price in the evidence is taken. For mixed equilibria of three and more players
             it may be a wider concept, whose price below the gate proves the claim, or one equilibrium that refutes it.
Source       Koutsoupias and Papadimitriou 1999; Anshelevich et al. 2008; Roughgarden 2015.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import cast

from verifier.correlated_claim import bounds_json
from verifier.errors import DomainError, TooLarge
from verifier.evidence import Verdict
from verifier.exact import Money, show, simplest
from verifier.games.equilibrium_set import Coverage
from verifier.games.gates import Gate
from verifier.games.normal_form import Game
from verifier.games.pure import welfares
from verifier.judged import Judged, decided, mixed_json
from verifier.oracles.anarchy import price_of_anarchy
from verifier.oracles.anarchy_result import Anarchy, Direction, Equilibrium, Objective, Price, Prices

KIND = "price-of-anarchy"
INFINITE = "infinite"
WITNESS = "witness"  # the line of one equilibrium, which can only miss a gate


def anarchy_claim(game: Game, gate: Gate, id_: str) -> Judged:
    """The price over the equilibria of a concept, held against the gate; UNKNOWN says why it is not known."""
    largest = int(welfares(game).numerators.max())
    objective = Objective.WELFARE if largest > 0 else Objective.COST
    try:
        found = price_of_anarchy(game, gate.concept, objective=objective, played=gate.played, truth=gate.truth)
    except DomainError as error:
        return _judged(id_, gate, Verdict.UNKNOWN, str(error), {})
    reason = _open(found, game)
    if not reason:
        passed = gate.below is None or found.passes(gate.below)
        return _judged(id_, gate, decided(passed), _reason(found, gate), _evidence(found, gate, gate.concept))
    if gate.below is not None and gate.concept == "mixed":
        return _by_another_line(game, gate, id_, found, reason)
    return _judged(id_, gate, Verdict.UNKNOWN, reason, {})


def _by_another_line(game: Game, gate: Gate, id_: str, found: Anarchy, reason: str) -> Judged:
    """A gate over mixed equilibria that nobody can show to be all: one of them misses it, or a wider concept meets it.

    Where neither is so, a list that is complete if z3 is right supports the claim.
    """
    below = cast("Money", gate.below)
    try:
        pure = price_of_anarchy(game, "pure", objective=found.objective, played=gate.played)
    except DomainError as error:  # one of them has no ratio
        return _judged(id_, gate, Verdict.UNKNOWN, str(error), {})
    for known in (found, pure):  # whether there are other equilibria does not matter
        if known.worst is not None and known.worst.mixed is not None and not _below(known, below):
            line = _evidence(known, gate, WITNESS)
            return _judged(id_, gate, Verdict.REFUTED, f"an equilibrium has {_shown(known.poa)}", line)
    exists = gate.played is None or pure.worst is not None  # without an equilibrium that counts there is no price
    for concept in ("correlated", "coarse correlated") if exists else ():
        try:
            wider = price_of_anarchy(game, concept, objective=found.objective, played=gate.played)
        except (DomainError, TooLarge):
            continue
        if wider.passes(below):
            met = f"met by all {concept} equilibria, whose price is {_shown(wider.poa)}"
            return _judged(id_, gate, Verdict.PROVED, met, _evidence(wider, gate, concept))
    if found.coverage is Coverage.COMPLETE and found.passes(below):
        told = f"at most {_shown(found.poa)} over all that were found; {reason}"
        return _judged(id_, gate, Verdict.SUPPORTED, told, {})
    return _judged(id_, gate, Verdict.UNKNOWN, reason, {})


def _below(found: Anarchy, gate: Money) -> bool:
    return isinstance(found.poa, Fraction) and found.poa < gate


def _evidence(found: Anarchy, gate: Gate, line: str) -> dict[str, object]:
    """What the price rests on; `line` says over which equilibria it is taken."""
    bounds = found.proof if isinstance(found.proof, Prices) else None
    return {
        "concept": gate.concept,
        "line": line,
        "played": None if gate.played is None else [list(own) for own in gate.played],
        "optimum": list(found.optimal),
        "worst": _mixed(found.worst),
        "best": _mixed(found.best) if line != WITNESS else _mixed(found.worst),
        "bounds": [] if bounds is None else bounds_json((bounds.least, bounds.greatest), line),
        "anarchy": _shown(found.poa),
        "stability": _shown(found.pos) if line != WITNESS else _shown(found.poa),
        "gate": None if gate.below is None else show(gate.below),
    }


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


def _judged(id_: str, gate: Gate, verdict: Verdict, reason: str, evidence: Mapping[str, object]) -> Judged:
    prices = [evidence.get(key, "unknown") for key in ("anarchy", "stability")]
    return Judged(id_, KIND, _statement(gate, *prices), verdict, gate.expect, reason, evidence)


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


def _statement(gate: Gate, anarchy: object, stability: object) -> str:
    within = "" if gate.played is None else " that play only the actions listed"
    over = f"over {gate.concept} equilibria{within}"
    if gate.below is not None:
        return f"The price of anarchy {over} is below {show(gate.below)}."
    return f"The price of anarchy {over} is {anarchy or 'undefined'}, and that of stability {stability or 'undefined'}."
