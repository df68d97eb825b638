"""Support profiles of a game, and the polynomial system whose zeros are the equilibria with exactly these supports.

Definition   The support of a mixed strategy is the set of actions that it plays with positive probability. A profile
             with supports S_1, ..., S_n is an equilibrium exactly when, for every player i, the actions of S_i are all
             worth the same against the others, and no other action of i is worth more.
System       The unknowns are the probabilities of all actions of a support but its first, which has what is left to 1.
             The equations say that every other action of the support is worth what the first one is, so that there are
             as many equations as unknowns and the players' values do not occur.
Pruning      An action of S_i is conditionally dominated if another action of i is never worth less against actions in
             the others' supports and somewhere more: since those are all played, nobody mixes it in an equilibrium.
Source: Dickhaut and Kaplan 1991; Porter, Nudelman and Shoham 2008, Section 4.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product
from typing import Any, TypeAlias

import numpy as np

from verifier.errors import DomainError
from verifier.games.normal_form import Game
from verifier.tensor import Array

Supports: TypeAlias = tuple[tuple[int, ...], ...]  # (n,) the actions that each player plays, ascending

MOST_SUPPORTS = 20_000  # support profiles of a game whose supports are gone through


def support_profiles(game: Game) -> list[Supports]:
    """Every support profile without a conditionally dominated action: small ones first, then balanced ones.

    Raises
    ------
    DomainError : there are more than `MOST_SUPPORTS` to look at.
    """
    count = math.prod(2**actions - 1 for actions in game.shape)
    if count > MOST_SUPPORTS:
        raise DomainError(
            f"a game of shape {game.shape} has {count:,} support profiles and at most {MOST_SUPPORTS:,} are "
            "gone through; eliminate dominated actions first"
        )
    every = product(*(list(_subsets(actions)) for actions in game.shape))
    return sorted((s for s in every if not has_dominated(game, s)), key=_simplicity)


def has_dominated(game: Game, supports: Supports) -> bool:
    """Whether some action in the supports is conditionally dominated, so that no equilibrium has these supports."""
    for player, own in enumerate(supports):
        others = [range(game.shape[player]) if i == player else s for i, s in enumerate(supports)]
        block: Array = np.moveaxis(game.payoffs[player].numerators[np.ix_(*others)], player, 0)
        rows = block.reshape(game.shape[player], -1)
        for action in own:
            if ((rows >= rows[action]).all(axis=1) & (rows > rows[action]).any(axis=1)).any():
                return True
    return False


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """The equations and inequalities of one support profile, for any numbers that add and multiply.

    Attributes
    ----------
    supports : (n,)
    played : (n,) what each other action of the support is worth more than the first: player i's axis has |S_i| - 1
    outside : (n,) the same for the actions outside the support: player i's axis has A_i - |S_i|
    """

    supports: Supports
    played: tuple[Array, ...]
    outside: tuple[Array, ...]

    @classmethod
    def of(cls, game: Game, supports: Supports) -> System:
        """The system with whole coefficients: each player's payoffs times their common denominator."""
        played, outside = [], []
        for player, own in enumerate(supports):
            others = [range(game.shape[player]) if i == player else s for i, s in enumerate(supports)]
            block = np.moveaxis(game.payoffs[player].numerators[np.ix_(*others)], player, 0).astype(object)
            rest = [action for action in range(game.shape[player]) if action not in own]
            played.append(np.moveaxis(block[list(own[1:])] - block[own[0]], 0, player))
            outside.append(np.moveaxis(block[rest] - block[own[0]], 0, player))
        return cls(supports, tuple(played), tuple(outside))

    @property
    def unknowns(self) -> int:
        """How many unknowns, and equations, there are."""
        return sum(len(own) - 1 for own in self.supports)

    def strategies(self, unknowns: Sequence[Any]) -> list[Array]:
        """(n,) the probabilities on each support, the first one filled in."""
        found, start = [], 0
        for own in self.supports:
            free = list(unknowns[start : start + len(own) - 1])
            start += len(free)
            strategy = np.empty(len(own), dtype=object)
            strategy[0] = 1 - sum(free[1:], free[0]) if free else 1
            for place, probability in enumerate(free, 1):
                strategy[place] = probability
            found.append(strategy)
        return found

    def equations(self, strategies: Sequence[Array]) -> list[Any]:
        """The left sides, which are zero at an equilibrium."""
        return [v for i, block in enumerate(self.played) for v in contracted(block, strategies, (i,))]

    def inequalities(self, strategies: Sequence[Array]) -> list[Any]:
        """What actions outside the supports are worth more, which is not positive at an equilibrium."""
        return [v for i, block in enumerate(self.outside) for v in contracted(block, strategies, (i,))]

    def jacobian(self, strategies: Sequence[Array]) -> Array:
        """(unknowns, unknowns) the derivative of each equation by each unknown."""
        zero = np.zeros((self.unknowns, self.unknowns), dtype=self.played[0].dtype)
        ends = [0, *np.cumsum([len(own) - 1 for own in self.supports])]
        for i, j in product(range(len(self.supports)), repeat=2):
            if i != j and len(self.supports[i]) > 1 and len(self.supports[j]) > 1:
                pair = contracted(self.played[i], strategies, (i, j))
                pair = pair if i < j else pair.T
                zero[ends[i] : ends[i + 1], ends[j] : ends[j + 1]] = pair[:, 1:] - pair[:, :1]
        return zero


def contracted(block: Array, strategies: Sequence[Array], keep: tuple[int, ...]) -> Array:
    """The block summed over every axis but those to keep, weighted by the strategies; the kept axes stay in order."""
    if 0 in block.shape:
        return np.zeros([block.shape[axis] for axis in sorted(keep)], dtype=block.dtype)
    for axis in range(block.ndim - 1, -1, -1):  # the last first, so that the places of the others do not move
        if axis not in keep:
            block = np.moveaxis(block, axis, -1) @ strategies[axis]
    return block


def _subsets(actions: int) -> Iterator[tuple[int, ...]]:
    return chain.from_iterable(combinations(range(actions), count) for count in range(1, actions + 1))


def _simplicity(supports: Supports) -> tuple[int, int, Supports]:
    sizes = [len(own) for own in supports]
    return sum(sizes), max(sizes) - min(sizes), supports
