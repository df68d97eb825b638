"""The claim about a game's price of anarchy: how far the welfare of its equilibria stays below the optimum.

Definition   Price of anarchy = largest welfare of a profile / least welfare of an equilibrium of the concept; of
             stability, / greatest. Undefined (null) without an equilibrium, infinite where one has welfare 0 and the
             optimum is positive. Welfare is what the players and, in an auction, the seller get together. Where no
             profile has positive welfare, payoffs are costs: cost of an equilibrium / least cost.
Concepts     truthful: one profile of actions, which is an equilibrium in dominant strategies. pure: all equilibria in
             pure strategies. mixed: of two players, the extreme equilibria: welfare is bilinear and equilibria are
             unions of products of polytopes, so least and greatest are at pairs of vertices, which are extreme
             equilibria. correlated, coarse correlated: linear programs, with exact prices.
Played       Where nobody overbids, equilibria are those that play the listed actions alone; deviations are free.
Gate         price < gate, decided in whole numbers. Undefined and infinite never pass.
Source       Koutsoupias and Papadimitriou 1999; Anshelevich et al. 2008; Roughgarden 2015, "Intrinsic robustness".
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from verifier.correlated_claim import both_ends, bounds_json
from verifier.errors import DomainError, TooLarge
from verifier.evidence import Verdict
from verifier.exact import Money, show, simplest
from verifier.games.gates import Gate
from verifier.games.normal_form import Game, MixedProfile
from verifier.games.pure import as_mixed, dominant_actions, pure_equilibria, welfare, welfares
from verifier.judged import Judged, decided, mixed_json
from verifier.oracles.equilibria.two_player import TwoPlayer
from verifier.oracles.equilibria.vertices import TooManyBases

KIND = "price-of-anarchy"
INFINITE = "infinite"

Price: TypeAlias = Fraction | str | None  # None: undefined; INFINITE


class _Undecided(Exception):
    """Why the price is not known."""


def price_of_anarchy(game: Game, two: Callable[[], TwoPlayer | TooManyBases], gate: Gate, id_: str) -> Judged:
    """The price over the equilibria of a concept, held against the gate; UNKNOWN says why it is not known.

    `two` gives the extreme equilibria of a game of two players.
    """
    total = welfares(game)
    best = tuple(map(int, np.unravel_index(int(total.numerators.argmax()), game.shape)))
    most = simplest(Fraction(int(total.numerators[best]), total.denominator))
    try:
        if most <= 0 <= int(total.numerators.min()):
            raise _Undecided("all profiles have welfare 0, so that there is no ratio")
        evidence, ends = _ends(game, two, gate)
        if most > 0 and ends and ends[0] < 0:
            raise _Undecided(f"an equilibrium has the negative welfare {show(ends[0])}, so that there is no ratio")
    except (_Undecided, TooLarge) as error:
        statement = _statement(gate, "unknown", "unknown")
        return Judged(id_, KIND, statement, Verdict.UNKNOWN, gate.expect, str(error), {})
    prices: list[Price] = [_price(most, end) for end in ends] or [None, None]
    anarchy, stability = map(_shown, prices)
    evidence |= {
        "concept": gate.concept,
        "played": None if gate.played is None else [list(own) for own in gate.played],
        "optimum": list(best),
        "anarchy": anarchy,
        "stability": stability,
        "gate": None if gate.below is None else show(gate.below),
    }
    passed = gate.below is None or (isinstance(prices[0], Fraction) and prices[0] < gate.below)
    reason = f"welfare {' to '.join(dict.fromkeys(map(show, ends)))} of {show(most)}" if ends else "no equilibrium"
    if prices[0] is not None:
        reason = f"it is {anarchy}{'' if gate.below is not None else f', that of stability {stability}'}: {reason}"
    return Judged(id_, KIND, _statement(gate, anarchy, stability), decided(passed), gate.expect, reason, evidence)


def _ends(game: Game, two: Callable[[], TwoPlayer | TooManyBases], gate: Gate) -> tuple[dict[str, object], list[Money]]:
    """The least and the greatest welfare with their witnesses; none without equilibria."""
    if gate.concept in ("correlated", "coarse correlated"):
        try:
            bounds = both_ends(game, gate.concept, gate.played)
        except DomainError as error:
            raise _Undecided(str(error)) from error
        return {"worst": None, "best": None, "bounds": bounds_json(bounds, gate.concept)}, [b.value for b in bounds]
    found = _mixed(game, two, gate) if gate.concept == "mixed" else _pure(game, gate)
    if not found:
        return {"worst": None, "best": None, "bounds": []}, []
    worst, best = min(found), max(found)
    return {"worst": mixed_json(worst[1]), "best": mixed_json(best[1]), "bounds": []}, [worst[0], best[0]]


def _pure(game: Game, gate: Gate) -> list[tuple[Money, MixedProfile]]:
    """The least and the greatest welfare of equilibria in pure strategies, or of the honest one."""
    found = pure_equilibria(game)
    if gate.concept == "truthful":
        if gate.truth is None:
            raise _Undecided("no profile is honest in this game")
        for player, action in enumerate(gate.truth):
            if action not in dominant_actions(game, player):
                raise _Undecided(f"honesty is not a dominant strategy of {game.players[player]}")
        found = [gate.truth]
    elif gate.played is not None:
        allowed = list(map(frozenset, gate.played))
        found = [one for one in found if all(action in own for action, own in zip(one, allowed, strict=True))]
    total = welfares(game)
    ranked = sorted(found, key=lambda profile: int(total.numerators[profile]))
    return [(welfare(game, profile), as_mixed(game, profile)) for profile in (*ranked[:1], *ranked[-1:])]


def _mixed(game: Game, two: Callable[[], TwoPlayer | TooManyBases], gate: Gate) -> list[tuple[Money, MixedProfile]]:
    """The welfare of every extreme equilibrium."""
    if len(game.players) != 2:
        raise _Undecided("all mixed equilibria are known of two players only; ask for coarse correlated ones")
    known = two()
    if isinstance(known, TooManyBases):
        raise _Undecided(str(known))
    shared = Game(game.players, game.actions, (welfares(game),) * 2)
    return [(shared.expected(0, profile), profile) for profile in known.extreme if _kept(gate, profile)]


def _kept(gate: Gate, profile: MixedProfile) -> bool:
    """Whether an equilibrium plays only what the gate lets it play."""
    return gate.played is None or all(
        not share or action in own
        for row, own in zip(profile, gate.played, strict=True)
        for action, share in enumerate(row)
    )


def _price(most: Money, end: Money) -> Price:
    """The ratio, at least 1: of welfare, or where the optimum is a cost, of costs."""
    above, below = (most, end) if most > 0 else (end, most)
    if below == 0:
        return Fraction(1) if above == 0 else INFINITE
    return Fraction(above) / below


def _shown(price: Price) -> str | None:
    return show(simplest(price)) if isinstance(price, Fraction) else price


def _statement(gate: Gate, anarchy: str | None, stability: str | None) -> str:
    within = "" if gate.played is None else " that play only the actions listed"
    over = f"over {gate.concept} equilibria{within}"
    if gate.below is not None:
        return f"The price of anarchy {over} is below {show(gate.below)}."
    return f"The price of anarchy {over} is {anarchy or 'undefined'}, and that of stability {stability or 'undefined'}."
