"""Equilibria against peers, in one run; ratios, and the growth of our own times.

`tox -e bench` runs it; it prints the Markdown of the README's Performance section. Exit code 1 when a goal is missed.

(a) All pure equilibria of 10 players x 3 actions against quantecon's brute force, and of 10 x 4.
(b) All extreme equilibria of random games, exactly, against nashpy's vertex enumeration in doubles and against
    pygambit's exact enumeration of extreme points.
(c) Growth: pure equilibria with players, extreme ones with actions.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from fractions import Fraction

import nashpy
import numpy as np

from verifier.games.normal_form import Game, from_matrices, player_names
from verifier.games.pure import pure_equilibria
from verifier.oracles.equilibria.two_player import two_player
from verifier.tensor import Tensor

PURE_GOAL = 1000  # times quantecon's speed on 10 players x 3 actions
LARGE_GOAL = 0.1  # seconds for 10 x 4
NASHPY_GOAL, EXACT_GOAL = 100, 20  # times their speed on 9 x 9
RUNS = 5


def timed(call: Callable[[], object]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def median(call: Callable[[], object]) -> float:
    """Median seconds of a few calls."""
    return statistics.median(timed(call) for _ in range(RUNS))


def many(players: int, actions: int, seed: int = 1) -> Game:
    """A game with random whole payoffs."""
    rng = np.random.default_rng(seed)
    shape = (actions,) * players
    names = (tuple(map(str, range(actions))),) * players
    return Game(player_names(players), names, tuple(Tensor(rng.integers(0, 1000, shape), 1, 1000) for _ in shape))


def two(size: int, seed: int) -> tuple[list[list[int]], list[list[int]]]:
    """Two random matrices of whole payoffs."""
    rng = random.Random(seed)
    first, second = ([[rng.randint(-99, 99) for _ in range(size)] for _ in range(size)] for _ in range(2))
    return first, second


def quantecon_pure(game: Game) -> list[tuple[int, ...]]:
    """The same equilibria as quantecon lists them."""
    from quantecon.game_theory import NormalFormGame, Player, pure_nash_brute

    count = len(game.players)
    axes = [[(axis - i) % count for axis in range(count)] for i in range(count)]  # a player's own axis comes first
    turned = [np.moveaxis(t.numerators, range(count), to) for t, to in zip(game.payoffs, axes, strict=True)]
    return [tuple(map(int, found)) for found in pure_nash_brute(NormalFormGame([Player(t) for t in turned]))]


def pure() -> bool:
    """Part (a)."""
    game, large = many(10, 3), many(10, 4)
    ours = median(lambda: pure_equilibria(game))
    theirs = timed(lambda: quantecon_pure(game))
    assert sorted(quantecon_pure(game)) == sorted(pure_equilibria(game))
    most = median(lambda: pure_equilibria(large))
    print("\n| pure equilibria | ours | quantecon | ratio |\n|---|---|---|---|")
    print(f"| 10 players x 3 actions | {1000 * ours:.1f} ms | {theirs:.1f} s | {theirs / ours:,.0f}x |")
    print(f"| 10 players x 4 actions | {1000 * most:.0f} ms | | |")
    return theirs / ours >= PURE_GOAL and most < LARGE_GOAL


def extreme() -> bool:
    """Part (b)."""
    import pygambit

    print("\n| extreme equilibria | ours | nashpy, vertices | pygambit, exact | found: ours, nashpy, pygambit |")
    print("|---|---|---|---|---|")
    good = True
    for size in (5, 7, 9):
        first, second = two(size, size)
        game = from_matrices(first, second)
        ours = median(lambda game=game: two_player(game))  # type: ignore[misc]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            start = time.perf_counter()
            doubles = len(list(nashpy.Game(np.array(first), np.array(second)).vertex_enumeration()))
            nashpy_time = time.perf_counter() - start
        exact_payoffs = ([[Fraction(entry) for entry in row] for row in matrix] for matrix in (first, second))
        peer = pygambit.Game.from_arrays(*(np.array(matrix, dtype=object) for matrix in exact_payoffs))
        start = time.perf_counter()
        exact = len(pygambit.nash.enummixed_solve(peer, rational=True).equilibria)
        exact_time = time.perf_counter() - start
        count = len(two_player(game).extreme)
        print(
            f"| {size} x {size} | {1000 * ours:.0f} ms | {nashpy_time:.2f} s ({nashpy_time / ours:.0f}x) "
            f"| {exact_time:.2f} s ({exact_time / ours:.1f}x) | {count}, {doubles}, {exact} |"
        )
        if size == 9:
            good = nashpy_time / ours >= NASHPY_GOAL and exact_time / ours >= EXACT_GOAL
    return good


def growth() -> None:
    """Part (c)."""
    print("\n| players x actions | profiles | pure equilibria |\n|---|---|---|")
    for players, actions in ((4, 4), (6, 4), (8, 4), (10, 4), (11, 4)):
        game = many(players, actions)
        seconds = median(lambda game=game: pure_equilibria(game))  # type: ignore[misc]
        print(f"| {players} x {actions} | {actions**players:,} | {1000 * seconds:.1f} ms |")
    print("\n| actions | extreme equilibria | time |\n|---|---|---|")
    for size in (4, 6, 8, 10, 12):
        game = from_matrices(*two(size, size))
        seconds = timed(lambda game=game: two_player(game))  # type: ignore[misc]
        print(f"| {size} x {size} | {len(two_player(game).extreme)} | {1000 * seconds:.0f} ms |")


def main() -> int:
    """Everything; 1 where a goal is missed."""
    good = [pure(), extreme()]
    growth()
    missed = [part for part, held in zip("ab", good, strict=True) if not held]
    print(f"\ngoals missed: {', '.join(missed)}" if missed else "\nall goals met")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
