"""What deviations gain at all profiles of a game, priced or for some profiles alone, without a table of all of them.

Definition   Advised to play a, player i could play d instead: at a profile s with s_i = a that gains
             u_i(d, s_-i) - u_i(s), elsewhere nothing. Coarse: whatever it is advised, it could play d.
Priced       with prices Y of the deviations of i, the sum over them at s is (Y u_i)(s) - (sum of the row of s_i in Y)
             u_i(s), a product of a matrix with the payoffs along the axis of i.
Units        gains of player i are in units of 1 / the denominator of its payoffs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TypeAlias, TypeVar

import numpy as np

from verifier.games.normal_form import Game
from verifier.tensor import Array

Advice: TypeAlias = tuple[int, int | None, int]  # player, action advised (None: whatever it is, coarse), deviation

T = TypeVar("T", int, float)
_LIMIT = 2**62


class DeviationGains:
    """The constraints of correlated or coarse correlated equilibria of a game; `names` has them in their order."""

    def __init__(self, game: Game, coarse: bool) -> None:
        self.shape, self.coarse = game.shape, coarse
        self.names = list(_names(game.shape, coarse))
        # (before, own action, after) for each player
        self.own = [
            np.ascontiguousarray(tensor.numerators).reshape(math.prod(game.shape[:player]), game.shape[player], -1)
            for player, tensor in enumerate(game.payoffs)
        ]
        self.spans = [max(float(own.max() - own.min()), 1.0) for own in self.own]

    def columns(self, places: Array) -> Array:
        """(K, m) the gain of every deviation at each of m profiles, given by their places."""
        found: list[Array] = []
        for own in self.own:
            count, step = own.shape[1], own.shape[2]
            flat, played = own.reshape(-1), places // step % count
            start = places - played * step
            for deviation in range(count):
                gain = flat[start + deviation * step] - flat[places]
                if self.coarse:
                    found.append(gain)
                    continue
                found += [np.where(played == action, gain, 0) for action in range(count) if action != deviation]
        return np.array(found)

    def least(self) -> list[int]:
        """For every deviation the place of a profile where it gains least."""
        found: list[int] = []
        for own in self.own:
            _, count, after = own.shape
            for deviation in range(count):
                gain = own[:, [deviation]] - own
                if self.coarse:
                    found.append(int(gain.reshape(-1).argmin()))
                    continue
                for action in range(count):
                    if action != deviation:
                        place = int(gain[:, action].reshape(-1).argmin())
                        found.append((place // after * count + action) * after + place % after)
        return found

    def priced(self, weights: Sequence[int]) -> Array:
        """At every profile, in their order, the sum of all gains times whole weights; exact."""
        total: Array | None = None
        for player, (own, matrix) in enumerate(zip(self.own, self._matrices(weights), strict=True)):
            most = max(sum(abs(weight) for weight in row) for row in matrix) * 2 * int(abs(own).max()) * len(self.shape)
            dtype = np.int64 if most < _LIMIT and own.dtype != object else object
            part = self._product(np.array(matrix, dtype=dtype), own.astype(dtype, copy=False), player)
            total = part if total is None else total + part
        assert total is not None
        return total

    def priced_doubles(self, prices: Array) -> Array:
        """The same in doubles, each gain divided by the span of its player's payoffs."""
        total = np.zeros(math.prod(self.shape))
        for player, (own, matrix) in enumerate(zip(self.own, self._matrices(prices.tolist()), strict=True)):
            total += self._product(np.array(matrix, dtype=float), own.astype(float), player) / self.spans[player]
        return total

    def scales(self) -> Array:
        """(K,) the span of payoffs that belongs to each deviation."""
        return np.array([self.spans[player] for player, _, _ in self.names])

    def _matrices(self, prices: Sequence[T]) -> list[list[list[T | int]]]:
        """For each player the price of going from an action (row; one row if coarse) to another."""
        found: list[list[list[T | int]]] = [
            [[0] * count for _ in range(1 if self.coarse else count)] for count in self.shape
        ]
        for (player, action, deviation), price in zip(self.names, prices, strict=True):
            found[player][action or 0][deviation] = price
        return found

    def _product(self, matrix: Array, own: Array, player: int) -> Array:
        moved = np.matmul(matrix, own)  # (before, rows, after)
        return np.asarray(moved - matrix.sum(axis=1)[:, None] * own).reshape(-1)


def _names(shape: Sequence[int], coarse: bool) -> Iterator[Advice]:
    for player, count in enumerate(shape):
        for deviation in range(count):
            for action in [None] if coarse else range(count):
                if action != deviation:
                    yield player, action, deviation
