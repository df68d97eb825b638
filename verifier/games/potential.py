"""Potential functions: one number for each profile that tells every player which of its deviations gain.

Definition   P is an exact potential if a player that deviates gains what P gains; an ordinal one if it gains exactly
             where P does; a generalised ordinal one if P gains wherever it does.
Exact        exists if and only if what the movers gain adds up to 0 around every cycle of four profiles.
Ordinal      exists if and only if there is no weak improvement cycle: no step loses and one gains (ties may be walked).
Generalised  exists if and only if there is no cycle in which every step gains: the finite improvement property.
Refutation   such a cycle; `cycle_gains` gives what the movers gain at its steps.

Source: Monderer and Shapley 1996, Theorem 2.8 and Lemma 2.5; Voorneveld and Norde 1997, Theorem 3.2 (ties).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from verifier.errors import DomainError, TooLarge
from verifier.exact import Money
from verifier.games.normal_form import Actions, Game
from verifier.tensor import Array, Tensor

MOST_PROFILES = 200_000  # of a game whose improvement graph is built


@dataclass(frozen=True, slots=True, eq=False)
class Potential:
    """A potential with its (A_1, ..., A_n) values, or else the profiles of a cycle that shows there is none."""

    values: Tensor | None
    cycle: tuple[Actions, ...] = ()

    @property
    def exists(self) -> bool:
        """Whether there is one."""
        return self.values is not None


def exact_potential(game: Game) -> Potential:
    """The exact potential, 0 where all play the first action, or a cycle of four profiles around which gains remain."""
    total: Tensor = Tensor.of([0], (1,) * len(game.shape))
    for player, tensor in enumerate(game.payoffs):  # along the path that changes players one after the other
        corner = tuple(slice(None) if axis <= player else slice(1) for axis in range(len(game.shape)))
        start = tensor.view(tensor.numerators[corner])
        total = total + start - _first(start, player)
    total = (
        total + Tensor.of([0], (1,) * len(game.shape)) * game.payoffs[0]
    )  # the shape of the game, also for one player
    if is_exact_potential(game, total):
        return Potential(total)
    return Potential(None, _four_cycle(game))


def is_exact_potential(game: Game, values: Tensor) -> bool:
    """Whether every deviation gains its player what it gains in `values`."""
    gaps = (tensor - values for tensor in game.payoffs)
    return all(bool((gap.numerators == _first(gap, player).numerators).all()) for player, gap in enumerate(gaps))


def ordinal_potential(game: Game, budget: int = MOST_PROFILES) -> Potential:
    """The least ordinal potential in whole numbers from 0, or a weak improvement cycle.

    Raises TooLarge for a game with more profiles than the budget.
    """
    return _ranked(game, budget, ties=True)


def generalised_ordinal_potential(game: Game, budget: int = MOST_PROFILES) -> Potential:
    """The least generalised ordinal potential in whole numbers from 0, or a cycle in which every step gains.

    Raises TooLarge for a game with more profiles than the budget.
    """
    return _ranked(game, budget, ties=False)


def is_ordinal_potential(game: Game, values: Tensor, generalised: bool = False) -> bool:
    """Whether `values` rise exactly where a deviation gains; wherever one does, if `generalised`."""
    for player, tensor in enumerate(game.payoffs):
        count = game.shape[player]
        payoff, level = (np.moveaxis(of.numerators, player, 0).reshape(count, -1) for of in (tensor, values))
        for one, other in combinations(range(count), 2):
            gains, loses = payoff[one] > payoff[other], payoff[one] < payoff[other]
            rises, falls = level[one] > level[other], level[one] < level[other]
            if not ((rises[gains]).all() and (falls[loses]).all()):
                return False
            if not generalised and not ((gains[rises]).all() and (loses[falls]).all()):
                return False
    return True


def cycle_gains(game: Game, cycle: Sequence[Actions]) -> tuple[Money, ...]:
    """What the mover gains at each step of a cycle, the last one leading back to the first profile.

    Raises DomainError where a step is no deviation of one player.
    """
    gains = []
    for here, there in zip(cycle, [*cycle[1:], *cycle[:1]], strict=True):
        movers = [player for player, (a, b) in enumerate(zip(here, there, strict=True)) if a != b]
        if len(movers) != 1:
            raise DomainError(f"from {here} to {there} {len(movers)} players move; a step moves exactly one")
        gains.append(game.payoff(movers[0], there) - game.payoff(movers[0], here))
    return tuple(gains)


def _first(tensor: Tensor, player: int) -> Tensor:
    """The amounts where the player plays its first action, along an axis of length 1."""
    return tensor.view(np.take(tensor.numerators, [0], axis=player))


def _four_cycle(game: Game) -> tuple[Actions, ...]:
    for first, second in combinations(range(len(game.shape)), 2):
        gap = game.payoffs[first] - game.payoffs[second]
        change = gap - _first(gap, first)
        around = (change - _first(change, second)).numerators != 0
        if around.any():
            far = tuple(map(int, np.argwhere(around)[0]))
            near = [list(far) for _ in range(4)]
            near[0][first] = near[0][second] = near[1][second] = near[3][first] = 0
            return tuple(map(tuple, near))
    raise AssertionError("gains that add up to 0 around every cycle of four have a potential")


def _ranked(game: Game, budget: int, ties: bool) -> Potential:
    size = math.prod(game.shape)
    if size > budget:
        raise TooLarge(size, budget, "profiles of actions")
    graph = _Graph(size)
    for low, high, strict in _steps(game, ties):
        (graph.gain if strict else graph.tie)(low, high)
    levels = graph.levels()
    if isinstance(levels, list):
        return Potential(Tensor.of(levels, game.shape))
    return Potential(None, tuple(tuple(map(int, np.unravel_index(place, game.shape))) for place in levels))


def _steps(game: Game, ties: bool) -> Iterator[tuple[int, int, bool]]:
    """Deviations between places of profiles, upwards in payoff.

    With ties, those between neighbours in payoff: the others follow. Without, all that gain.
    """
    places = np.arange(math.prod(game.shape)).reshape(game.shape)
    for player, tensor in enumerate(game.payoffs):
        count = game.shape[player]
        line = np.moveaxis(places, player, -1).reshape(-1, count)
        worth = np.moveaxis(tensor.numerators, player, -1).reshape(-1, count)
        order = np.argsort(worth, axis=1, kind="stable")
        line, worth = np.take_along_axis(line, order, 1), np.take_along_axis(worth, order, 1)
        for low, high in combinations(range(count), 2):
            if ties and high != low + 1:
                continue
            strict = np.asarray(worth[:, high] > worth[:, low], dtype=bool)
            keep = np.ones_like(strict) if ties else strict
            columns: tuple[Array, ...] = (line[keep, low], line[keep, high], strict[keep])
            yield from zip(*(column.tolist() for column in columns), strict=True)


class _Graph:
    """Profiles joined where a deviation ties, with arrows between the joined ones where a deviation gains."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))
        self.tied: dict[int, list[int]] = {}
        self.arrows: list[tuple[int, int]] = []

    def gain(self, low: int, high: int) -> None:
        self.arrows.append((low, high))

    def tie(self, one: int, other: int) -> None:
        self.tied.setdefault(one, []).append(other)
        self.tied.setdefault(other, []).append(one)
        self.parent[self.root(one)] = self.root(other)

    def root(self, place: int) -> int:
        parent = self.parent
        while parent[place] != place:
            parent[place] = place = parent[parent[place]]
        return place

    def levels(self) -> list[int] | tuple[int, ...]:
        """For each place the longest path that leads up to it; or else, as a tuple, the places of a cycle."""
        roots = [self.root(place) for place in range(len(self.parent))]
        above: dict[int, list[int]] = {}
        missing = [0] * len(roots)
        for low, high in self.arrows:
            above.setdefault(roots[low], []).append(roots[high])
            missing[roots[high]] += 1
        level = [0] * len(roots)
        ready = [place for place, root in enumerate(roots) if place == root and not missing[place]]
        while ready:
            root = ready.pop()
            for higher in above.get(root, ()):
                level[higher] = max(level[higher], level[root] + 1)
                missing[higher] -= 1
                if not missing[higher]:
                    ready.append(higher)
        if any(missing):
            return self._cycle(roots, missing)
        return [level[root] for root in roots]

    def _cycle(self, roots: list[int], missing: list[int]) -> tuple[int, ...]:
        """Back along arrows between what was never ready: each of those has an arrow from another."""
        into = {roots[high]: (low, high) for low, high in self.arrows if missing[roots[high]] and missing[roots[low]]}
        seen: dict[int, int] = {}
        arrows: list[tuple[int, int]] = []
        at = next(iter(into))
        while at not in seen:
            seen[at] = len(arrows)
            arrows.append(into[at])
            at = roots[into[at][0]]
        forward = arrows[seen[at] :][::-1]
        cycle: list[int] = []
        for (low, high), (following, _) in zip(forward, [*forward[1:], forward[0]], strict=True):
            cycle += [low, *self._walk(high, following)[:-1]]
        return tuple(cycle)

    def _walk(self, start: int, end: int) -> list[int]:
        """From one place to another that it is joined with, over ties."""
        came = {start: start}
        queue = deque([start])
        while end not in came:
            here = queue.popleft()
            for there in self.tied.get(here, ()):
                if there not in came:
                    came[there] = here
                    queue.append(there)
        path = [end]
        while path[-1] != start:
            path.append(came[path[-1]])
        return path[::-1]
