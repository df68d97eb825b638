"""The price of anarchy, exactly: how long it takes against reading the payoffs, and against the whole linear program.

`tox -e bench` runs it; it prints the Markdown of the README's Performance section. Exit code 1 when a goal is missed.

(a) Pure equilibria of a game with a million profiles, against one sum over all its payoffs.
(b) Coarse correlated equilibria of a first price auction of 3 bidders x 30 bids, with exact prices that prove it,
    against scipy's linprog on the whole program in doubles, which proves nothing: time and memory, each in its process.
(c) 1,000 random first price auctions of 3 bidders x 10 bids, coarse correlated with proofs, on two cores.
(d) The price of affine congestion games as a class, up to 30 players.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from verifier.games.normal_form import Game, player_names
from verifier.oracles.anarchy import price_of_anarchy
from verifier.oracles.congestion_bounds import cost_bound, polynomial
from verifier.oracles.correlated import extreme
from verifier.oracles.deviation_gains import DeviationGains
from verifier.tensor import Tensor

READING_GOAL = 20  # times one sum over the payoffs
SHARE_GOAL = 0.1  # of linprog's time and memory
MANY_GOAL = 60.0  # seconds for 1,000 instances
CLASS_GOAL = 0.1  # seconds for 30 players


def million(shape: tuple[int, ...]) -> Game:
    """A game with random whole payoffs."""
    rng = np.random.default_rng(0)
    names = tuple(tuple(map(str, range(count))) for count in shape)
    return Game(player_names(len(shape)), names, tuple(Tensor(rng.integers(1, 1000, shape), 1, 1000) for _ in shape))


def first_price(values: tuple[int, ...], bids: int) -> Game:
    """A first price auction for one item; bids 0 to `bids` - 1, ties to the lowest index."""
    shape = (bids,) * len(values)
    offers = np.indices(shape)
    winner = offers.argmax(axis=0)
    price = offers.max(axis=0)
    payoffs = [np.where(winner == bidder, value - price, 0) for bidder, value in enumerate(values)]
    names = (tuple(map(str, range(bids))),) * len(values)
    tensors = tuple(Tensor(payoff, 1, max(bids, *values)) for payoff in payoffs)
    return Game(player_names(len(values)), names, tensors, "", Tensor(price, 1, bids))


def pure() -> bool:
    """Part (a)."""
    print(
        "\n| pure price of anarchy, a million profiles | ours | one sum over the payoffs | ratio |\n|---|---|---|---|"
    )
    good = True
    for shape in ((100, 100, 100), (10,) * 6, (2,) * 20):
        game = million(shape)
        reading = spent = float("inf")
        for _ in range(5):
            start = time.perf_counter()
            for tensor in game.payoffs:
                tensor.numerators.sum()
            middle = time.perf_counter()
            price_of_anarchy(game)
            reading, spent = min(reading, middle - start), min(spent, time.perf_counter() - middle)
        print(f"| {len(shape)} players | {1000 * spent:.0f} ms | {1000 * reading:.1f} ms | {spent / reading:.0f}x |")
        good = good and spent < READING_GOAL * reading
    return good


LARGE = (29, 20, 13), 30  # values of the bidders, bids


def ours() -> float:
    """The least coarse correlated welfare of the large auction, with its proof."""
    return float(extreme(first_price(*LARGE), coarse=True, least=True).value)


def theirs() -> float:
    """The same from the whole program in doubles."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix

    from verifier.games.pure import welfares

    game = first_price(*LARGE)
    worth = welfares(game).numerators.reshape(-1).astype(float)
    rows = csr_matrix(DeviationGains(game, coarse=True).columns(np.arange(worth.size)).astype(float))
    whole = np.ones((1, worth.size))
    found = linprog(worth, A_ub=rows, b_ub=np.zeros(rows.shape[0]), A_eq=whole, b_eq=[1.0], method="highs")
    return float(found.fun)


def measured(part: str) -> tuple[float, float, float]:
    """Value, seconds and megabytes of a part in a process of its own, less those of its start."""
    program = (
        "import resource, sys, time; sys.path.insert(0, sys.argv[1]); import price_of_anarchy as here;"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; start = time.perf_counter();"
        f"value = here.{part}(); spent = time.perf_counter() - start;"
        "print(value, spent, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)"
    )
    folder = __file__.rpartition("/")[0]
    done = subprocess.run([sys.executable, "-c", program, folder], capture_output=True, text=True, check=True)
    value, seconds, megabytes = map(float, done.stdout.splitlines()[-1].split())
    return value, seconds, megabytes


def coarse() -> bool:
    """Part (b)."""
    mine, other = measured("ours"), measured("theirs")
    print(
        "\n| coarse correlated, 3 bidders x 30 bids | ours, with proof | linprog, doubles | share |\n|---|---|---|---|"
    )
    for name, index, unit in (("time", 1, "s"), ("memory", 2, "MB")):
        share = mine[index] / other[index]
        print(f"| {name} | {mine[index]:.2f} {unit} | {other[index]:.2f} {unit} | {share:.2f} |")
    return abs(mine[0] - other[0]) < 1e-6 and all(mine[k] < SHARE_GOAL * other[k] for k in (1, 2))


def instance(seed: int) -> bool:
    """Whether a random auction of 3 bidders x 10 bids passes the gate, with proof."""
    dice = random.Random(seed)
    values = tuple(dice.randint(1, 9) for _ in range(3))
    return price_of_anarchy(first_price(values, 10), "coarse correlated").passes(MANY_GATE)


MANY_GATE = "6/5"


def many() -> bool:
    """Part (c)."""
    start = time.perf_counter()
    with ProcessPoolExecutor(2) as pool:
        passed = sum(pool.map(instance, range(1000), chunksize=25))
    spent = time.perf_counter() - start
    print(f"\n1,000 first price auctions of 3 bidders x 10 bids: {spent:.0f} s on 2 cores; {passed} below 6/5.")
    return spent < MANY_GOAL


def classes() -> bool:
    """Part (d)."""
    print("\n| affine congestion | players | time |\n|---|---|---|")
    spent = 0.0
    for players in (5, 10, 20, 30):
        start = time.perf_counter()
        price = cost_bound(players, [polynomial(0), polynomial(1)]).price
        spent = time.perf_counter() - start
        print(f"| {price} | {players} | {1000 * spent:.0f} ms |")
    return spent < CLASS_GOAL


def main() -> int:
    """Everything; 1 where a goal is missed."""
    good = [pure(), coarse(), many(), classes()]
    missed = [part for part, held in zip("abcd", good, strict=True) if not held]
    if missed:
        print(f"\nmissed: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
