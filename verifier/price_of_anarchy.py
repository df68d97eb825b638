"""Prices of anarchy in one call: of a game by the method that is asked for, of a class by what is known of it.

enumeration          every equilibrium of the concept: exact, or a bound where not all are known (`oracles.anarchy`)
smoothness           the best inequality of a form: an upper bound for coarse correlated equilibria, so for all others
potential_function   the equilibrium that a potential leads to: an upper bound on the price of stability alone
simulation           equilibria that best responses run into from random profiles: a lower bound on the price of
                     anarchy, which never achieves a target
analytic             what the literature knows of a class: `bound_poa`

Source: the names follow the project's specification of resource allocation, section 5; its bound of smoothness is of
form B, and each form has its own here (`verify explain poa`).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np

from verifier.errors import DomainError, nearest
from verifier.exact import Money, money
from verifier.games.equilibrium_set import Coverage, EquilibriumSet
from verifier.games.normal_form import Actions, Game
from verifier.games.potential import exact_potential
from verifier.games.pure import as_mixed, welfares
from verifier.oracles.anarchy import price_of_anarchy, price_over
from verifier.oracles.anarchy_result import Anarchy, Direction, Equilibrium, Infinite, Objective, Price
from verifier.oracles.anarchy_table import AUCTIONS, GAMES, Known
from verifier.oracles.potential_bound import PotentialBound, potential_bound
from verifier.oracles.smoothness import Smooth, best_smooth

TARGET = Fraction(6, 5)


class PoAMethod(StrEnum):
    """How a price was found; see the module."""

    SMOOTHNESS = "smoothness"
    POTENTIAL_FUNCTION = "potential_function"
    ENUMERATION = "enumeration"
    SIMULATION = "simulation"
    ANALYTIC = "analytic"


@dataclass(frozen=True, slots=True, eq=False)
class PoAResult:
    """A price of anarchy and of stability.

    Attributes
    ----------
    price_of_anarchy, price_of_stability : at least 1; None where the method says nothing, or nothing is defined
    optimal_welfare : exact; minus it is the least cost where payoffs are costs
    worst_nash_welfare, best_nash_welfare : None where the method names no equilibrium
    bound_type : "exact", "upper_bound" or "lower_bound", of the price of anarchy
    method : how it was found
    proof : the list of equilibria, the inequality, or the potential, as their modules have it
    achieves_target : whether the price of anarchy is proved to be below the target
    """

    price_of_anarchy: Price
    price_of_stability: Price
    optimal_welfare: Money
    worst_nash_welfare: Money | None
    best_nash_welfare: Money | None
    bound_type: str
    method: PoAMethod
    proof: Anarchy | Smooth | PotentialBound | None
    achieves_target: bool


@dataclass(frozen=True, slots=True)
class PoABound:
    """What is known of a class.

    Attributes
    ----------
    upper_bound, lower_bound : rational ones; None where there is none, or it is irrational (see `conditions`)
    is_tight : whether the upper bound is attained or approached
    conditions : concept, assumptions, the number in words, and who proved it
    """

    upper_bound: Fraction | None
    lower_bound: Fraction | None
    is_tight: bool
    conditions: tuple[str, ...]


def compute_poa(
    game: Game,
    concept: str = "pure",
    *,
    method: str = "enumeration",
    target: Money = TARGET,
    played: Sequence[Sequence[int]] | None = None,
    truth: Actions | None = None,
    tries: int = 100,
    seed: int = 0,
) -> PoAResult:
    """The price of anarchy of a game of costs (no profile has positive welfare) or of welfare.

    Parameters
    ----------
    concept, played, truth : see `oracles.anarchy.price_of_anarchy`; the other methods bound every concept up to coarse
        correlated equilibria, and take no `played`
    method : a `PoAMethod` but "analytic"
    target : what the price is to stay below
    tries, seed : of a simulation

    Raises
    ------
    DomainError : an unknown method or concept; the method does not fit the game, said why.
    """
    if method not in tuple(PoAMethod) or method == PoAMethod.ANALYTIC:
        known = [one for one in PoAMethod if one is not PoAMethod.ANALYTIC]
        raise DomainError(f"unknown method {method!r}{nearest(method, list(map(str, known)))}")
    if method != PoAMethod.ENUMERATION and (played is not None or concept in ("truthful",)):
        raise DomainError(f"{method} says nothing about {concept} equilibria that play some actions alone")
    total = welfares(game)
    objective = Objective.WELFARE if int(total.numerators.max()) > 0 else Objective.COST
    if method == PoAMethod.SMOOTHNESS:
        return _smooth(game, objective, target)
    if method == PoAMethod.POTENTIAL_FUNCTION:
        return _potential(game)
    if method == PoAMethod.SIMULATION:
        runs = EquilibriumSet(
            "pure", _reached(game, tries, seed), Coverage.UNKNOWN, "best responses from random profiles"
        )
        return _of(price_over(game, runs, objective=objective), PoAMethod.SIMULATION, target)
    found = price_of_anarchy(game, concept, objective=objective, played=played, truth=truth)
    return _of(found, PoAMethod.ENUMERATION, target)


def compute_pos(game: Game, concept: str = "pure") -> Price:
    """The price of stability: of the best equilibrium. Errors as `compute_poa`."""
    return compute_poa(game, concept).price_of_stability


def find_worst_case_nash(game: Game, concept: str = "pure") -> Equilibrium | None:
    """An equilibrium of the least welfare; None where there is none. Errors as `compute_poa`."""
    found = compute_poa(game, concept).proof
    return found.worst if isinstance(found, Anarchy) else None


def bound_poa(setting: str, concept: str = "") -> PoABound:
    """What the literature knows of mechanisms or games whose setting contains a text, under a concept that does.

    DomainError where nothing is known, with what there is.
    """
    rows = [row for row in (*AUCTIONS, *GAMES) if setting in row.setting and concept in row.concept]
    if not rows:
        settings = sorted({row.setting for row in (*AUCTIONS, *GAMES)})
        raise DomainError(f"nothing is known of {setting!r} {concept!r}; there are: {'; '.join(settings)}")
    above = [row.exact for row in rows if row.kind != "at least"]
    below = [row.exact for row in rows if row.kind != "at most" and row.exact is not None]
    upper = max(bound for bound in above if bound is not None) if above and None not in above else None
    tight = bool(above) and all(row.kind in ("attained", "supremum") for row in rows)
    return PoABound(upper, max(below, default=None), tight, tuple(map(_condition, rows)))


def _condition(row: Known) -> str:
    return f"{row.setting}: {row.concept}: {row.price}, {row.kind} ({row.source})"


def _of(found: Anarchy, method: PoAMethod, target: Money) -> PoAResult:
    kinds = {Direction.EXACT: "exact", Direction.UPPER: "upper_bound", Direction.LOWER: "lower_bound"}
    ends = [None if one is None else _welfare(found.objective, one.value) for one in (found.worst, found.best)]
    optimum = _welfare(found.objective, found.optimum)
    bound = kinds[found.direction]
    return PoAResult(found.poa, found.pos, optimum, ends[0], ends[1], bound, method, found, found.passes(target))


def _welfare(objective: Objective, value: Money) -> Money:
    return value if objective is Objective.WELFARE else -value


def _smooth(game: Game, objective: Objective, target: Money) -> PoAResult:
    form = "A" if objective is Objective.COST else "B" if game.revenue is None else "C"
    found = best_smooth(game, form)
    price = None if found is None else found.bound
    achieved = price is not None and price < Fraction(money(target))
    return PoAResult(price, None, _optimum(game), None, None, "upper_bound", PoAMethod.SMOOTHNESS, found, achieved)


def _potential(game: Game) -> PoAResult:
    potential = exact_potential(game).values
    if potential is None:
        raise DomainError("the game has no exact potential; take another method")
    found = potential_bound(game, potential)
    prices = [price for price in (found.attained, found.bound) if price is not None and not isinstance(price, Infinite)]
    stability = min(prices, default=None)
    return PoAResult(
        None, stability, _optimum(game), None, None, "upper_bound", PoAMethod.POTENTIAL_FUNCTION, found, False
    )


def _optimum(game: Game) -> Money:
    total = welfares(game)
    return Fraction(int(total.numerators.max()), total.denominator)


def _reached(game: Game, tries: int, seed: int) -> tuple[tuple[tuple[Money, ...], ...], ...]:
    """The equilibria in pure strategies that best responses run into from random profiles."""
    dice, found = random.Random(seed), set()
    for _ in range(tries):
        here = [dice.randrange(size) for size in game.shape]
        for _ in range(sum(game.shape) * len(game.shape)):
            before = list(here)
            for player in dice.sample(range(len(here)), len(here)):
                line = game.payoffs[player].numerators[tuple(here[:player])][(slice(None), *here[player + 1 :])]
                if line[here[player]] < line.max():
                    here[player] = int(np.asarray(line).argmax())
            if here == before:
                found.add(tuple(here))
                break
    return tuple(as_mixed(game, profile) for profile in sorted(found))
