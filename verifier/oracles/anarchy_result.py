"""What a price of anarchy is: the ratio, its witnesses, what was proved about it, and whether it passes a gate.

Definition   Welfare: price of anarchy = optimum / least welfare of an equilibrium, of stability = optimum / greatest.
             Cost: greatest, respectively least, cost of an equilibrium / optimum. Both are at least 1.
Values       None where there is no equilibrium (EMPTY) or nothing is proved (UNKNOWN). Infinite where the worst
             equilibrium has welfare 0 and the optimum more, or the optimum costs nothing and the equilibrium something.
             An equilibrium that costs nothing has the ratio 1.
Refused      A ratio means nothing if the best welfare is not positive, an equilibrium's is negative, the least cost is
             negative, or all profiles cost 0.
Gate         price < gate, decided in whole numbers: 5 * optimum < 6 * welfare for the gate 6/5.

Source: Koutsoupias and Papadimitriou 1999; Anshelevich et al. 2008; Roughgarden 2015.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from verifier.errors import DomainError
from verifier.exact import Money, money, show
from verifier.games.equilibrium_set import Coverage
from verifier.games.normal_form import Actions, MixedProfile
from verifier.oracles.correlated import CorrelatedBound
from verifier.tensor import Array


class Objective(StrEnum):
    """What is measured: more is better of welfare, less of cost."""

    WELFARE = "welfare"
    COST = "cost"


class Direction(StrEnum):
    """What a number says about the true price."""

    EXACT = "exact"
    UPPER = "upper bound"
    LOWER = "lower bound"


class Infinite(Enum):
    """The price where there is no finite ratio, as a type of its own: it is no number and compares with none."""

    INFINITE = "infinite"


INFINITE = Infinite.INFINITE
Price: TypeAlias = Fraction | Infinite | None


@dataclass(frozen=True, slots=True)
class Equilibrium:
    """An equilibrium and its exact welfare or cost: independent mixtures, or a distribution over profiles."""

    value: Money
    mixed: MixedProfile | None = None
    distribution: Mapping[Actions, Money] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Enumeration:
    """All pure equilibria that are candidates: their places in the order of the profiles, and the shape of the game."""

    shape: tuple[int, ...]
    places: Array

    def __len__(self) -> int:
        return len(self.places)

    @property
    def profiles(self) -> list[Actions]:
        """The equilibria as profiles of actions."""
        columns = np.unravel_index(self.places, self.shape)
        return list(zip(*(column.tolist() for column in columns), strict=True))


@dataclass(frozen=True, slots=True)
class Listed:
    """Mixed equilibria between whose values those of all others lie, if the list is complete."""

    equilibria: tuple[MixedProfile, ...]


@dataclass(frozen=True, slots=True)
class Prices:
    """Distributions and dual prices for the least and the greatest value; of minus the cost where cost is measured."""

    least: CorrelatedBound
    greatest: CorrelatedBound


Proof: TypeAlias = Enumeration | Listed | Prices | None
Optimum: TypeAlias = Actions | Mapping[Actions, Actions]


@dataclass(frozen=True, slots=True, eq=False)
class Anarchy:
    """A price of anarchy and of stability, and why.

    Attributes
    ----------
    concept : whose equilibria
    objective : welfare or cost
    optimum, optimal : its exact value, and a profile that reaches it (by profile of types in a Bayesian game)
    worst, best : equilibria as witnesses; of a bound, the distributions that give it; None where there are none
    poa, pos : the prices
    coverage : COMPLETE or EMPTY where the candidates are known to be all
    direction : what `poa` says about the price of anarchy; `pos` says the opposite, see `stability_direction`
    proof : the list of equilibria, or the dual prices of the linear programs
    played : for each player the actions that a candidate may play, deviations being free; None for all
    reason : why the prices are None or no more than bounds
    """

    concept: str
    objective: Objective
    optimum: Money
    optimal: Optimum
    worst: Equilibrium | None
    best: Equilibrium | None
    poa: Price
    pos: Price
    coverage: Coverage
    direction: Direction
    proof: Proof
    played: tuple[tuple[int, ...], ...] | None = None
    reason: str = ""

    @property
    def stability_direction(self) -> Direction:
        """What `pos` says: a larger set of equilibria makes anarchy look worse and stability better."""
        turned = {Direction.UPPER: Direction.LOWER, Direction.LOWER: Direction.UPPER}
        return turned.get(self.direction, self.direction)

    def passes(self, gate: Money) -> bool:
        """Whether the price of anarchy is proved to be below the gate; MoneyError where the gate is no exact number.

        No equilibrium, infinity, lower bounds and sets that are not COMPLETE never pass.
        """
        limit = Fraction(money(gate))
        if self.coverage is not Coverage.COMPLETE or self.direction is Direction.LOWER:
            return False
        if self.worst is None or not isinstance(self.poa, Fraction):
            return False
        above, below = _sides(self.objective, self.optimum, self.worst.value)
        if below == 0:  # the equilibrium is as free as the optimum: the price is 1
            return limit > 1
        over, under = Fraction(above), Fraction(below)
        return (
            limit.denominator * over.numerator * under.denominator
            < limit.numerator * under.numerator * over.denominator
        )


def ratio(objective: Objective, optimum: Money, value: Money) -> Fraction | Infinite:
    """The price that an equilibrium of this value means. DomainError where a ratio has no meaning."""
    if objective is Objective.WELFARE and value < 0:
        raise DomainError(
            f"an equilibrium has the negative welfare {show(value)}, so that there is no ratio; measure cost, "
            "or count what was left out of welfare"
        )
    above, below = _sides(objective, optimum, value)
    if below == 0:
        return Fraction(1) if above == 0 else INFINITE
    return Fraction(above) / below


def refuse_meaningless(objective: Objective, optimum: Money, worst: Money) -> None:
    """DomainError where no ratio to this optimum has a meaning; `worst` is the value of the worst profile."""
    if objective is Objective.WELFARE and optimum <= 0:
        raise DomainError(
            f"the largest welfare is {show(optimum)}, not above 0, so that there is no ratio; measure cost"
        )
    if objective is Objective.COST and optimum < 0:
        raise DomainError(f"the least cost is {show(optimum)}, below 0, so that there is no ratio; measure welfare")
    if optimum == worst == 0:
        raise DomainError("all profiles cost 0, so that there is no ratio")


def _sides(objective: Objective, optimum: Money, value: Money) -> tuple[Money, Money]:
    return (optimum, value) if objective is Objective.WELFARE else (value, optimum)
