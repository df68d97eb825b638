"""The claim about correlated play of one game: how little and how much welfare its equilibria bring.

Definition   Four bounds: the least and the greatest sum of expected payoffs over all correlated, and over all coarse
             correlated, equilibria, each with a distribution that reaches it and prices of the incentive constraints.
Why prices   With y_k >= 0 on constraints "deviation k gains at most 0", every equilibrium has welfare at most the
             largest, over profiles s, of W(s) - sum_k y_k gain_k(s); for the least, of -W(s) - sum_k y_k gain_k(s).
Source       Aumann 1974; Moulin and Vial 1978; weak duality.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from verifier.errors import TooLarge
from verifier.evidence import Verdict
from verifier.exact import show
from verifier.games.normal_form import Game
from verifier.judged import Judged
from verifier.oracles.correlated import CorrelatedBound, extreme

KIND = "correlated-welfare"
CONCEPTS = ("correlated", "coarse correlated")
STATEMENT = "No correlated or coarse correlated equilibrium has less or more welfare than these."
MOST_DEVIATIONS = 250  # from advice, of games that are looked at unasked
MOST_CELLS = 4_000_000  # gains by these deviations at all profiles


def correlated_welfare(game: Game) -> Judged:
    """The four bounds, or UNKNOWN where the linear programs would be large."""
    deviations = sum(k * (k - 1) for k in game.shape)
    if deviations > MOST_DEVIATIONS:
        large = TooLarge(deviations, MOST_DEVIATIONS, "deviations from advice")
        return Judged(KIND, KIND, STATEMENT, Verdict.UNKNOWN, None, f"{large} unasked", {})
    if (cells := deviations * math.prod(game.shape)) > MOST_CELLS:
        large = TooLarge(cells, MOST_CELLS, "gains by deviations at profiles")
        return Judged(KIND, KIND, STATEMENT, Verdict.UNKNOWN, None, f"{large} unasked", {})
    bounds, told = [], []
    for concept in CONCEPTS:
        ends = both_ends(game, concept)
        bounds += bounds_json(ends, concept)
        values = " to ".join(dict.fromkeys(show(bound.value) for bound in ends))
        told.append(f"{concept} {values}")
    return Judged(KIND, KIND, STATEMENT, Verdict.PROVED, None, f"welfare: {', '.join(told)}", {"bounds": bounds})


def both_ends(
    game: Game, concept: str, played: Sequence[Sequence[int]] | None = None
) -> tuple[CorrelatedBound, CorrelatedBound]:
    """The least and the greatest welfare over the equilibria of a concept; see `oracles.correlated.extreme`."""
    least, greatest = (extreme(game, coarse=concept != CONCEPTS[0], least=low, played=played) for low in (True, False))
    return least, greatest


def bounds_json(ends: tuple[CorrelatedBound, CorrelatedBound], concept: str) -> list[dict[str, object]]:
    """Both in their JSON form."""
    return [_written(bound, concept, sense) for bound, sense in zip(ends, ("least", "greatest"), strict=True)]


def _written(bound: CorrelatedBound, concept: str, sense: str) -> dict[str, object]:
    return {
        "concept": concept,
        "sense": sense,
        "value": show(bound.value),
        "distribution": [
            {"profile": list(profile), "probability": show(p)} for profile, p in bound.distribution.items()
        ],
        "prices": [
            {"player": player, "action": action, "deviation": deviation, "price": show(price)}
            for (player, action, deviation), price in bound.duals.items()
        ],
    }
