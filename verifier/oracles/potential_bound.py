"""The potential method: how good the best equilibrium of a potential game is.

Definition   P is an exact potential if each deviation changes P by what the deviating player gains. A profile where P
             is largest is an equilibrium, so the price of stability is at most that of this profile.
Bound        Where costs are a C(s) <= -P(s) + c <= b C(s) at all profiles s, for 0 < a <= b, the equilibrium with the
             largest P costs at most b/a times the optimum: a C <= -P + c at it, -P + c <= b C* at the optimum. For
             Rosenthal's potential, c = 0 when nobody uses a resource; H(n) for fair cost sharing.
Source       Rosenthal 1973; Monderer and Shapley 1996; Anshelevich et al. 2008, Theorem 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from verifier.errors import DomainError
from verifier.exact import Money, simplest
from verifier.games.normal_form import Actions, Game
from verifier.games.pure import welfares
from verifier.oracles.anarchy_result import Objective, Price, ratio
from verifier.tensor import Tensor


@dataclass(frozen=True, slots=True)
class PotentialBound:
    """What a potential says about the price of stability.

    Attributes
    ----------
    minimiser : an equilibrium with the largest potential
    attained : its own price: the price of stability is at most that
    low, high : the best a and b with a C <= -P + c <= b C; None where some profile costs nothing
    bound : b/a
    """

    minimiser: Actions
    attained: Price
    low: Fraction | None
    high: Fraction | None
    bound: Fraction | None


def potential_bound(game: Game, potential: Tensor, constant: Money = 0) -> PotentialBound:
    """Bound the price of stability of a game of costs by a potential of its payoffs.

    Parameters
    ----------
    potential : (A_1, ..., A_n), as `games.potential` finds it, up to a constant
    constant : c, which is added to minus the potential before it is compared with costs

    Raises
    ------
    DomainError : another shape; no exact potential (said where); payoffs that are no costs.
    """
    if potential.numerators.shape != game.shape:
        raise DomainError(f"the potential has the shape {potential.numerators.shape}, not {game.shape}")
    for player, payoffs in enumerate(game.payoffs):
        rest = payoffs - potential
        first = rest.view(np.take(rest.numerators, [0], axis=player))
        if (rest - first).numerators.any():
            raise DomainError(f"no exact potential: deviations of {game.players[player]} change it by another amount")
    cost = -welfares(game)
    if cost.least() < 0:
        raise DomainError("payoffs are no costs: their sum is positive somewhere")
    place = int(np.asarray(potential.numerators).argmax())
    minimiser = tuple(map(int, np.unravel_index(place, game.shape)))
    attained = ratio(Objective.COST, cost.least(), _at(cost, place))
    shares = []
    for k, amount in enumerate(cost.numerators.reshape(-1)):
        if amount:
            shares.append((constant - _at(potential, k)) / Fraction(_at(cost, k)))
    if len(shares) < cost.numerators.size or min(shares) <= 0:
        return PotentialBound(minimiser, attained, None, None, None)
    low, high = min(shares), max(shares)
    return PotentialBound(minimiser, attained, low, high, high / low)


def _at(tensor: Tensor, place: int) -> Money:
    return simplest(Fraction(int(tensor.numerators.reshape(-1)[place]), tensor.denominator))
