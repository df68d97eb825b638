"""Symmetric (anonymous) games: identical players, who care only for how many play what; congestion games among them.

Definition   a load x counts the players of each action; who plays a under x gets u_a(x). A load is an equilibrium if
             u_a(x) >= u_b(x - e_a + e_b) for every action a that is played and every b. All n! / (x_1! ... x_k!)
             profiles with that load are then pure Nash equilibria, and there are no others.
Method       C(n + k - 1, k - 1) loads in place of k^n profiles; a load's place in the list is computed, not looked up.
Congestion   u_a(x) = -c_a(x_a). Rosenthal's potential sum_a sum_(l <= x_a) c_a(l) changes by what a mover's cost does,
             so that its least loads are equilibria: there always is one.

Source: Rosenthal 1973; Brandt, Fischer and Holzer 2009, "Symmetries and the complexity of pure Nash equilibrium".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from verifier.errors import DomainError, TooLarge
from verifier.exact import Money, money, simplest
from verifier.games.normal_form import Game, player_names, refuse_large
from verifier.tensor import Array, Tensor

Load: TypeAlias = tuple[int, ...]  # (k,) how many players play each action

MOST_LOADS = 5_000_000


@dataclass(frozen=True, slots=True, eq=False)
class AnonymousGame:
    """A game between identical players.

    Attributes
    ----------
    count : n, how many players there are
    actions : (k,) names
    payoffs : (L, k) what those get who play an action under a load, in the order of `loads`; 0 where nobody plays it
    """

    count: int
    actions: tuple[str, ...]
    payoffs: Tensor

    def loads(self) -> Array:
        """(L, k) every load, the last action's varying fastest."""
        return all_loads(self.count, len(self.actions))

    def equilibria(self) -> list[Load]:
        """The loads of all pure equilibria."""
        return self._stable(strict=False)

    def strict_equilibria(self) -> list[Load]:
        """The loads of all strict equilibria: whoever moves loses."""
        return self._stable(strict=True)

    def payoff(self, load: Sequence[int], action: int) -> Money:
        """What those get who play an action; DomainError where nobody does, or the load is not one of this game."""
        if load[action] == 0:
            raise DomainError(f"nobody plays {self.actions[action]!r} under the load {tuple(load)}")
        return simplest(Fraction(int(self.payoffs.numerators[self._place(load), action]), self.payoffs.denominator))

    def welfare(self, load: Sequence[int]) -> Money:
        """What all players get together."""
        row = self.payoffs.numerators[self._place(load)].tolist()
        return simplest(Fraction(sum(n * u for n, u in zip(load, row, strict=True)), self.payoffs.denominator))

    def to_game(self) -> Game:
        """The same game with a payoff for every profile; TooLarge where there are too many of them."""
        kinds = len(self.actions)
        shape = (kinds,) * self.count
        refuse_large(shape)
        axes = np.indices(shape, sparse=True)
        loads = np.stack([np.broadcast_to(sum(axis == a for axis in axes), shape) for a in range(kinds)], axis=-1)
        places = _ranks(loads, self.count)
        tensors = (self.payoffs.view(self.payoffs.numerators[places, np.broadcast_to(axis, shape)]) for axis in axes)
        return Game(player_names(self.count), (self.actions,) * self.count, tuple(tensors))

    def _place(self, load: Sequence[int]) -> int:
        if len(load) != len(self.actions) or sum(load) != self.count or min(load) < 0:
            raise DomainError(f"{tuple(load)} is no load of {self.count} players on {len(self.actions)} actions")
        return int(_ranks(np.array([load]), self.count)[0])

    def _stable(self, strict: bool) -> list[Load]:
        loads, table = self.loads(), self.payoffs.numerators
        left = np.arange(len(loads))
        for origin in range(len(self.actions)):
            for target in range(len(self.actions)):
                if origin == target:
                    continue
                movable = loads[left, origin] > 0
                rows = left[movable]
                moved = loads[rows].copy()
                moved[:, origin] -= 1
                moved[:, target] += 1
                here, there = table[rows, origin], table[_ranks(moved, self.count), target]
                keep = np.ones(len(left), dtype=bool)
                keep[movable] = np.asarray(here > there if strict else here >= there, dtype=bool)
                left = left[keep]
        return [tuple(row) for row in loads[left].tolist()]


def symmetric_game(count: int, actions: Sequence[str], payoff: Callable[[int, Load], Money]) -> AnonymousGame:
    """The game where `payoff(action, load)` is what those get who play an action; it is asked only where somebody does.

    Raises
    ------
    DomainError : no player, no action or repeated names; TooLarge : over five million loads.
    """
    _check(count, actions)
    amounts = [
        money(payoff(action, tuple(load))) if load[action] else 0
        for load in all_loads(count, len(actions)).tolist()
        for action in range(len(actions))
    ]
    return AnonymousGame(count, tuple(actions), Tensor.of(amounts, (-1, len(actions))))


def congestion_game(
    count: int, costs: Sequence[Sequence[Money]], actions: Sequence[str] | None = None
) -> AnonymousGame:
    """Each player takes one resource; `costs[r][l - 1]` is what it costs each of l players on resource r, l = 1 to n.

    Raises
    ------
    DomainError : no player or resource, repeated names, or not one cost for every load
    TooLarge : over five million loads
    """
    names = tuple(actions) if actions is not None else tuple(f"resource {index + 1}" for index in range(len(costs)))
    _check(count, names)
    if len(names) != len(costs):
        raise DomainError(f"{len(names)} names for {len(costs)} resources")
    for name, row in zip(names, costs, strict=True):
        if len(row) != count:
            raise DomainError(f"{name} has {len(row)} costs; give one for each load from 1 to {count}")
    whole = Tensor.of([-money(amount) for row in costs for amount in (0, *row)], (len(costs), count + 1))
    loads = all_loads(count, len(costs))
    return AnonymousGame(count, names, whole.view(whole.numerators[np.arange(len(costs)), loads]))


def rosenthal_potential(costs: Sequence[Sequence[Money]], load: Sequence[int]) -> Money:
    """The sum over resources of the costs at 1, 2, ... up to its load."""
    return sum((sum(map(money, row[:used]), 0) for row, used in zip(costs, load, strict=True)), 0)


def profiles_with(load: Sequence[int]) -> int:
    """How many profiles of actions have a load: n! / (x_1! ... x_k!)."""
    return math.factorial(sum(load)) // math.prod(map(math.factorial, load))


def all_loads(count: int, actions: int) -> Array:
    """(L, k) every way in which n players spread over k actions; TooLarge where there are over five million."""
    total = math.comb(count + actions - 1, actions - 1)
    if total > MOST_LOADS:
        raise TooLarge(total, MOST_LOADS, "vectors of loads")
    rest = np.array([count])
    columns: list[Array] = []
    for _ in range(actions - 1):  # each partial load is repeated for every number that may come next
        repeats = rest + 1
        origin = np.repeat(np.arange(len(rest)), repeats)
        following = np.arange(len(origin)) - (np.cumsum(repeats) - repeats)[origin]
        columns = [*(column[origin] for column in columns), following]
        rest = rest[origin] - following
    return np.stack([*columns, rest], axis=-1)


def _ranks(loads: Array, count: int) -> Array:
    """The places of loads in `all_loads`: how many have a smaller number at the first action that differs."""
    kinds = loads.shape[-1]
    rank, rest = np.zeros(loads.shape[:-1], dtype=np.int64), np.full(loads.shape[:-1], count)
    for action in range(kinds - 1):
        after = kinds - 1 - action
        # up_to[t]: the loads of at most t players on the actions that follow
        up_to = np.array([math.comb(t + after, after) for t in range(count + 1)], dtype=np.int64)
        left = rest - loads[..., action]
        rank += up_to[rest] - up_to[left]
        rest = left
    return rank


def _check(count: int, actions: Sequence[str]) -> None:
    if count < 1 or not actions or len(set(actions)) < len(actions):
        raise DomainError(
            f"{count} players with the actions {list(actions)}: give at least one of each, names distinct"
        )
