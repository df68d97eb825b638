"""A finite game in normal form: players, their actions, and exact payoffs for every profile of actions.

Axes: players first, so that `payoffs[i]` is a tensor of shape (A_1, ..., A_n) with one axis for each player's action. A
mixed strategy is a vector of A_i exact probabilities, a mixed profile has one for each player.

Source: von Neumann and Morgenstern 1944; Osborne and Rubinstein 1994, Definition 11.1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TypeAlias

import numpy as np

from verifier.errors import DomainError, TooLarge
from verifier.exact import Money, common_denominator, show, simplest
from verifier.tensor import Tensor

Actions: TypeAlias = tuple[int, ...]  # (n,) the place of each player's action
Mixed: TypeAlias = tuple[Money, ...]  # (A_i,) probabilities of a player's actions
MixedProfile: TypeAlias = tuple[Mixed, ...]  # (n,)

MOST_PROFILES = 50_000_000  # of a game that is held in memory


@dataclass(frozen=True, slots=True, eq=False)
class Game:
    """A finite game.

    Attributes
    ----------
    players : (n,) distinct names
    actions : (n,) for each player the distinct names of its actions, at least one
    payoffs : (n,) for each player a tensor of shape (A_1, ..., A_n)
    title : what the game is called
    revenue : a tensor of that shape: what somebody outside the game gets, as the seller of an auction does. It is part
        of welfare, and no player minds it. None: nobody does

    Raises
    ------
    DomainError : no player, repeated names, a player without actions, a tensor of another shape.
    """

    players: tuple[str, ...]
    actions: tuple[tuple[str, ...], ...]
    payoffs: tuple[Tensor, ...]
    title: str = ""
    revenue: Tensor | None = None

    def __post_init__(self) -> None:
        check_names(self.players, self.actions)
        if len(self.payoffs) != len(self.players):
            raise DomainError(f"payoffs for {len(self.payoffs)} players; the game has {len(self.players)}")
        for name, tensor in zip(self.players, self.payoffs, strict=True):
            if tensor.numerators.shape != self.shape:
                raise DomainError(f"payoffs of {name} have the shape {tensor.numerators.shape}, not {self.shape}")
        if self.revenue is not None and self.revenue.numerators.shape != self.shape:
            raise DomainError(f"revenue has the shape {self.revenue.numerators.shape}, not {self.shape}")

    @property
    def shape(self) -> tuple[int, ...]:
        """(A_1, ..., A_n)."""
        return tuple(map(len, self.actions))

    def payoff(self, player: int, profile: Actions) -> Money:
        """What a player gets at a profile of actions."""
        tensor = self.payoffs[player]
        return simplest(Fraction(int(tensor.numerators[profile]), tensor.denominator))

    def expected(self, player: int, mixed: Sequence[Sequence[Money]]) -> Money:
        """What a player gets in expectation if everybody mixes independently."""
        return sum((p * u for p, u in zip(mixed[player], self.action_values(player, mixed), strict=True)), 0)

    def action_values(self, player: int, mixed: Sequence[Sequence[Money]]) -> Mixed:
        """(A_i,) what each action of a player is worth against the mixtures of the others; its own is not looked at.

        Sums run over the supports alone, in whole numbers.
        """
        tensor = self.payoffs[player]
        played = [[a for a, p in enumerate(mix) if p or other == player] for other, mix in enumerate(mixed)]
        values = np.moveaxis(tensor.numerators[np.ix_(*played)], player, 0)
        bound, denominator = tensor.bound, tensor.denominator
        for other in reversed([index for index in range(len(mixed)) if index != player]):
            scale = common_denominator(mixed[other])
            weights = [int(mixed[other][a] * scale) for a in played[other]]
            bound, denominator = bound * max(1, sum(map(abs, weights))), denominator * scale
            whole = bound < 2**62 and values.dtype != object
            dtype = np.int64 if whole else object  # larger sums leave the integers of the machine
            values = values.astype(dtype, copy=False) @ np.array(weights, dtype=dtype)
        return tuple(simplest(Fraction(int(value), denominator)) for value in values)

    def profiles(self) -> Iterator[Actions]:
        """Every profile of actions, the last player's varying fastest."""
        return product(*map(range, self.shape))

    def to_json(self) -> dict[str, object]:
        """The game as a certificate holds it: payoffs of each player, the last player's action fastest."""
        return {
            "title": self.title,
            "players": list(self.players),
            "actions": [list(names) for names in self.actions],
            "payoffs": list(map(amounts, self.payoffs)),
            "revenue": None if self.revenue is None else amounts(self.revenue),
        }


def amounts(tensor: Tensor) -> list[str]:
    """What a tensor has at every profile, the last player's action fastest, as a certificate holds it."""
    return [show(simplest(Fraction(int(k), tensor.denominator))) for k in tensor.numerators.reshape(-1)]


def from_table(
    payoffs: Mapping[Actions, Sequence[Money]],
    actions: Sequence[Sequence[str]],
    players: Sequence[str] | None = None,
    title: str = "",
) -> Game:
    """The game with the given (n,) payoffs at every profile of actions; DomainError where a profile lacks them."""
    names = tuple(tuple(of) for of in actions)
    shape = tuple(map(len, names))
    refuse_large(shape)
    flat: list[Sequence[Money]] = []
    for profile in product(*map(range, shape)):
        if profile not in payoffs:
            raise DomainError(f"there are no payoffs for the profile {profile}")
        flat.append(payoffs[profile])
        if len(flat[-1]) != len(shape):
            raise DomainError(f"{len(flat[-1])} payoffs at {profile}; the game has {len(shape)} players")
    tensors = tuple(Tensor.of([row[i] for row in flat], shape) for i in range(len(shape)))
    return Game(tuple(players or player_names(len(shape))), names, tensors, title)


def from_matrices(
    first: Sequence[Sequence[Money]], second: Sequence[Sequence[Money]] | None = None, title: str = ""
) -> Game:
    """The two-player game with these (rows, columns) payoffs; with one matrix the zero-sum game."""
    shape = (len(first), len(first[0]) if first else 0)
    other = [[-amount for amount in row] for row in first] if second is None else second
    for matrix in (first, other):
        if len(matrix) != shape[0] or any(len(row) != shape[1] for row in matrix):
            raise DomainError(f"a payoff matrix is not {shape[0]} x {shape[1]}")
    actions = tuple(tuple(str(action + 1) for action in range(count)) for count in shape)
    check_names(player_names(2), actions)
    tensors = tuple(Tensor.of([amount for row in matrix for amount in row], shape) for matrix in (first, other))
    return Game(player_names(2), actions, tensors, title)


def player_names(count: int) -> tuple[str, ...]:
    """Player 1, player 2, ..."""
    return tuple(f"player {index + 1}" for index in range(count))


def refuse_large(shape: Sequence[int]) -> None:
    """Raise TooLarge before payoffs of a game are listed that has too many profiles."""
    if math.prod(shape) > MOST_PROFILES:
        raise TooLarge(math.prod(shape), MOST_PROFILES, "profiles of actions")


def check_names(players: Sequence[str], actions: Sequence[Sequence[str]]) -> None:
    """DomainError where there is no player, a player has no actions, or a name is not distinct."""
    if not players or len(set(players)) < len(players):
        raise DomainError(f"players {list(players)} must be distinct, and at least one")
    if len(actions) != len(players):
        raise DomainError(f"actions for {len(actions)} players; the game has {len(players)}")
    for name, of in zip(players, actions, strict=True):
        if not of:
            raise DomainError(f"{name} has no actions; give it at least one")
        if len(set(of)) < len(of):
            raise DomainError(f"actions of {name} repeat a name: {list(of)}")
