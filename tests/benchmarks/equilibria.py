"""Equilibria against peers, in one run; ratios, and the growth of our own times.

`tox -e bench` runs it; it prints the Markdown of the README's Performance section. Exit code 1 when a goal is missed.

(a) All pure equilibria of 10 players x 3 actions against quantecon's brute force, and of 10 x 4.
(b) All extreme equilibria of random games, exactly, against nashpy's vertex enumeration in doubles and against
    pygambit's exact enumeration of extreme points; and of von Stengel's 6 x 6 game with 75.
(c) Extreme welfare of correlated and coarse correlated equilibria of 10 players x 3 actions, exact and with prices that
    prove it, against the whole linear program in doubles (scipy's HiGHS), which proves nothing.
(d) Growth: pure equilibria with players, extreme ones with actions.
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

from verifier.commands.game_files import packaged_games, read
from verifier.games.normal_form import Game, from_matrices, player_names
from verifier.games.pure import pure_equilibria, welfares
from verifier.oracles.correlated import extreme as correlated
from verifier.oracles.correlated import gains
from verifier.oracles.equilibria.two_player import two_player
from verifier.tensor import Tensor

PURE_GOAL = 1000  # times quantecon's speed on 10 players x 3 actions
LARGE_GOAL = 0.1  # seconds for 10 x 4
CORRELATED_GOAL = 10.0  # seconds for each of the four bounds of 10 x 3
SIX_GOAL = 0.1  # seconds for von Stengel's 6 x 6
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
    print("\n| extreme equilibria | ours | nashpy, vertices | pygambit, exact | found: ours, nashpy, pygambit |")
    print("|---|---|---|---|---|")
    ratios = {size: _extreme(f"{size} x {size}", from_matrices(*two(size, size))) for size in (5, 7, 9)}
    _, nashpy_ratio, exact_ratio = ratios[9]
    game = read(packaged_games()["von-stengel-1999/six-by-six"]).game
    if not isinstance(game, Game):
        raise TypeError("von Stengel's game is a pair of matrices")
    ours, _, _ = _extreme("von Stengel's 6 x 6", game)
    return nashpy_ratio >= NASHPY_GOAL and exact_ratio >= EXACT_GOAL and ours < SIX_GOAL


def _extreme(name: str, game: Game) -> tuple[float, float, float]:
    """A row of the table; our seconds, and how many times those of nashpy and of pygambit are."""
    import pygambit

    first, second = (
        [[Fraction(game.payoff(player, (i, j))) for j in range(game.shape[1])] for i in range(game.shape[0])]
        for player in range(2)
    )
    ours = median(lambda: two_player(game))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = time.perf_counter()
        doubles = [np.array(matrix, dtype=float) for matrix in (first, second)]
        found = len(list(nashpy.Game(*doubles).vertex_enumeration()))
        nashpy_time = time.perf_counter() - start
    peer = pygambit.Game.from_arrays(*(np.array(matrix, dtype=object) for matrix in (first, second)))
    start = time.perf_counter()
    exact = len(pygambit.nash.enummixed_solve(peer, rational=True).equilibria)
    exact_time = time.perf_counter() - start
    count = len(two_player(game).extreme)
    print(
        f"| {name} | {1000 * ours:.0f} ms | {nashpy_time:.2f} s ({nashpy_time / ours:.0f}x) "
        f"| {exact_time:.2f} s ({exact_time / ours:.1f}x) | {count}, {found}, {exact} |"
    )
    return ours, nashpy_time / ours, exact_time / ours


def bounds() -> bool:
    """Part (c)."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix

    game = many(10, 3)
    worth = welfares(game).numerators.reshape(-1).astype(float)
    good = True
    print("\n| welfare of 10 players x 3 actions | exact, with prices | HiGHS, doubles | ratio |\n|---|---|---|---|")
    for coarse in (False, True):
        rows = csr_matrix(np.array(list(gains(game, coarse).values()), dtype=float))
        whole = np.ones((1, worth.size))
        for least in (True, False):
            found = []
            ours = timed(lambda c=coarse, low=least, f=found: f.append(correlated(game, coarse=c, least=low)))
            sign = 1 if least else -1
            doubles = []
            theirs = timed(
                lambda s=sign, a=rows, e=whole, d=doubles: d.append(
                    linprog(s * worth, A_ub=a, b_ub=np.zeros(a.shape[0]), A_eq=e, b_eq=[1.0], method="highs")
                )
            )
            name = f"{'least' if least else 'greatest'} {'coarse correlated' if coarse else 'correlated'}"
            print(f"| {name} | {ours:.1f} s | {theirs:.1f} s | {theirs / ours:.1f}x |")
            agree = abs(float(found[0].value) - sign * doubles[0].fun) < 1e-4 * abs(doubles[0].fun)
            good = good and agree and ours < CORRELATED_GOAL
    return good


def growth() -> None:
    """Part (d)."""
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
    good = [pure(), extreme(), bounds()]
    growth()
    missed = [part for part, held in zip("abc", good, strict=True) if not held]
    print(f"\ngoals missed: {', '.join(missed)}" if missed else "\nall goals met")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
