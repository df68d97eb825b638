"""Our exact enumerator against two others, on thousands of random games of whole payoffs from 2 x 2 to 5 x 5.

`python tests/benchmarks/second_opinions.py [GAMES] [SEED]` in the bench environment; Markdown on stdout. Exit code 1
where we are wrong in one game.

pygambit   Exact: its extreme and its pure equilibria must be ours, each game's. Where they are not, the game decides:
           an equilibrium gives nobody a gain (best responses in fractions), and is extreme where the equations that
           hold at each mixture leave no other (unplayed actions at zero, best responses worth the same).
nashpy     In doubles, so that it is no judge: what it proposes is lifted to an exact equilibrium, and that must be one
           of ours or a mixture of those of one maximal Nash subset of ours. What it gets wrong is counted.
"""

from __future__ import annotations

import math
import random
import signal
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import nashpy
import numpy as np
import pygambit

from verifier.games.normal_form import MixedProfile, from_matrices
from verifier.games.pure import pure_equilibria
from verifier.oracles.equilibria.lifting import lifted, solved
from verifier.oracles.equilibria.nashpy_proposals import ALGORITHMS
from verifier.oracles.equilibria.two_player import TwoPlayer, two_player
from verifier.oracles.linear import LinearProgram, Optimal, solve

GAMES, SEED = 3000, 1
RANGES = ((-99, 99), (-9, 9), (0, 3), (0, 1))  # wide ones make generic games, narrow ones degenerate games
LIMIT = 0.5  # seconds of processor that one call of nashpy may take
TROUBLE = ("no equilibrium", "NaN", "misshapen", "failed", "no end")

Matrix = Sequence[Sequence[int]]


class NoEnd(Exception):
    """A call took longer than its limit."""


def games(count: int, seed: int) -> Iterator[tuple[list[list[int]], list[list[int]]]]:
    """Two matrices for each game; wide and narrow ranges take turns."""
    for place in range(count):
        rng = random.Random(f"{seed}/{place}")
        low, high = RANGES[place % len(RANGES)]
        rows, columns = rng.randint(2, 5), rng.randint(2, 5)
        first, second = ([[rng.randint(low, high) for _ in range(columns)] for _ in range(rows)] for _ in range(2))
        yield first, second


# the third check, which knows nothing of polytopes


def gain(table: Matrix, own: Sequence[Fraction], other: Sequence[Fraction]) -> tuple[Fraction, list[int]]:
    """What the player of the rows gains by its best action, and which are best."""
    worth = [sum((entry * q for entry, q in zip(row, other, strict=True)), Fraction(0)) for row in table]
    now = sum((p * value for p, value in zip(own, worth, strict=True)), Fraction(0))
    return max(worth) - now, [action for action, value in enumerate(worth) if value == max(worth)]


def is_extreme_equilibrium(first: Matrix, second: Matrix, profile: MixedProfile) -> bool:
    """Whether nobody gains, and each mixture is the only one with its support and its best responses."""
    x, y = ([Fraction(p) for p in mixture] for mixture in profile)
    if min(*x, *y) < 0 or sum(x) != 1 or sum(y) != 1:
        return False
    turned = list(zip(*second, strict=True))
    gains = gain(first, x, y), gain(turned, y, x)
    return all(most == 0 for most, _ in gains) and alone(first, y, gains[0][1]) and alone(turned, x, gains[1][1])


def alone(table: Matrix, mixture: Sequence[Fraction], best: Sequence[int]) -> bool:
    """Whether indifference between the best rows, and probabilities that sum to one, fix the mixture and its worth."""
    played = [action for action, p in enumerate(mixture) if p]
    indifferent = [[*(table[row][action] for action in played), -1, 0] for row in best]
    return solved([*indifferent, [1] * len(played) + [0, 1]]) is not None


def is_pure_equilibrium(first: Matrix, second: Matrix, i: int, j: int) -> bool:
    return first[i][j] == max(row[j] for row in first) and second[i][j] == max(second[i])


def within(found: TwoPlayer, profile: MixedProfile) -> bool:
    """Whether a profile mixes the extreme equilibria of one maximal Nash subset."""
    subsets = ([found.extreme[place] for place in subset] for subset in found.subsets)
    return any(all(mixes([m[k] for m in members], profile[k]) for k in (0, 1)) for members in subsets)


def mixes(points: Iterable[Sequence[Any]], target: Sequence[Any]) -> bool:
    """Whether the target is a convex combination of the points."""
    different = list(dict.fromkeys(map(tuple, points)))
    rows = [{k: point[axis] for k, point in enumerate(different) if point[axis]} for axis in range(len(target))]
    rows.append(dict.fromkeys(range(len(different)), 1))
    return isinstance(solve(LinearProgram(len(different), {}, (), (), rows, (*target, 1))), Optimal)


# the others


def pygambit_says(first: Matrix, second: Matrix) -> tuple[set[MixedProfile], set[tuple[int, ...]], float]:
    """Its extreme equilibria, its pure ones as places, and the seconds for the former."""
    exact = (
        np.array([[Fraction(entry) for entry in row] for row in matrix], dtype=object) for matrix in (first, second)
    )
    peer = pygambit.Game.from_arrays(*exact)
    start = time.perf_counter()
    answer = pygambit.nash.enummixed_solve(peer, rational=True).equilibria
    seconds = time.perf_counter() - start
    pure = pygambit.nash.enumpure_solve(peer).equilibria
    return set(map(profile_of, answer)), {tuple(mix.index(1) for mix in profile_of(one)) for one in pure}, seconds


def profile_of(theirs: Any) -> MixedProfile:
    return tuple(
        tuple(Fraction(int(p.numerator), int(p.denominator)) for _, p in mixture)
        for _, mixture in theirs.mixed_strategies()
    )


def nashpy_says(first: Matrix, second: Matrix, algorithm: str) -> tuple[list[Any], str, float]:
    """What an algorithm proposes, why it ended early ("" if it did not), and its seconds."""
    proposals: list[Any] = []
    game = nashpy.Game(np.array(first, dtype=float), np.array(second, dtype=float))
    method = "lemke_howson_enumeration" if algorithm == "lemke_howson" else algorithm
    start, reason = time.perf_counter(), ""
    signal.setitimer(signal.ITIMER_PROF, LIMIT)  # processor time, so that a busy machine makes no difference
    try:
        for proposal in getattr(game, method)():
            proposals.append(proposal)  # noqa: PERF402 - what came before the alarm counts
        signal.setitimer(signal.ITIMER_PROF, 0)
    except NoEnd:
        reason = "no end"
    except Exception:
        reason = "failed"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return proposals, reason, time.perf_counter() - start


def ring(_number: int, _frame: object) -> None:
    raise NoEnd


class Tally:
    """What is counted of the games of one size."""

    def __init__(self) -> None:
        self.games = self.degenerate = self.equilibria = self.pure = self.same = 0
        self.seconds: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.trouble: Counter[tuple[str, str]] = Counter()


def judge_pygambit(
    first: Matrix, second: Matrix, found: TwoPlayer, pure: set[tuple[int, ...]], tally: Tally
) -> list[str]:
    """Errors of ours; what pygambit gets wrong is counted and printed."""
    theirs, their_pure, seconds = pygambit_says(first, second)
    tally.seconds["pygambit"] += seconds
    ours = set(found.extreme)
    tally.same += ours == theirs and pure == their_pure and len(ours) == len(found.extreme)
    errors = [] if len(ours) == len(found.extreme) else [f"an equilibrium is listed twice: {found.extreme}"]
    differences: list[tuple[object, bool, bool]] = [
        (profile, profile in ours, is_extreme_equilibrium(first, second, profile)) for profile in ours ^ theirs
    ]
    differences += [(place, place in pure, is_pure_equilibrium(first, second, *place)) for place in pure ^ their_pure]
    for what, named_by_us, right in differences:
        who = "ours" if named_by_us else "pygambit"
        print(f"{who} alone names {what}, which is {'right' if right else 'wrong'}: {first}, {second}", flush=True)
        if named_by_us != right:
            errors.append(f"{'invented' if named_by_us else 'missed'}: {what}")
    return errors


def judge_nashpy(first: Matrix, second: Matrix, found: TwoPlayer, tally: Tally) -> list[str]:
    """Errors of ours; nashpy's are counted by algorithm and kind."""
    game, errors = from_matrices(first, second), []
    for algorithm in ALGORITHMS:
        proposals, reason, seconds = nashpy_says(first, second, algorithm)
        tally.seconds[algorithm] += seconds
        if reason:
            tally.trouble[algorithm, reason] += 1
        met = set()
        for proposal in proposals:
            mixtures = [[float(p) for p in mixture] for mixture in proposal]
            if tuple(map(len, mixtures)) != game.shape:
                tally.trouble[algorithm, "misshapen"] += 1
            elif not all(math.isfinite(p) for mixture in mixtures for p in mixture):
                tally.trouble[algorithm, "NaN"] += 1
            elif (profile := lifted(game, mixtures)) is None:
                tally.trouble[algorithm, "no equilibrium"] += 1
            else:
                met.add(profile)
        errors += [f"not covered: {one}" for one in met.difference(found.extreme) if not within(found, one)]
        if algorithm == "lemke_howson":  # which promises one equilibrium, not all
            tally.missed[algorithm] += not met
        else:
            tally.missed[algorithm] += len(set(found.extreme) - met)
    return errors


def compared(first: Matrix, second: Matrix, tallies: dict[str, Tally]) -> list[str]:
    """One game: what we have wrong."""
    game = from_matrices(first, second)
    start = time.perf_counter()
    found = two_player(game)
    seconds = time.perf_counter() - start
    kind = "degenerate" if found.degenerate else "generic"
    tally = tallies.setdefault(f"{max(game.shape)} actions, {kind}", Tally())
    pure = set(pure_equilibria(game))
    tally.games += 1
    tally.equilibria += len(found.extreme)
    tally.pure += len(pure)
    tally.seconds["ours"] += seconds
    errors = judge_pygambit(first, second, found, pure, tally) + judge_nashpy(first, second, found, tally)
    for error in errors:
        print(f"WE ARE WRONG, {error}: {first}, {second}", flush=True)
    return errors


def report(tallies: dict[str, Tally]) -> None:
    """The tables."""
    names = [algorithm.replace("_", " ") for algorithm in ALGORITHMS]
    print(
        "\n| at most | games | extreme, pure | as pygambit | pygambit's time | nashpy's time: supports, vertices, L-H |"
    )
    print("|---|---|---|---|---|---|")
    for size, tally in sorted(tallies.items()):
        ours = tally.seconds["ours"]
        times = ", ".join(f"{tally.seconds[algorithm] / ours:.1f}x" for algorithm in ALGORITHMS)
        print(
            f"| {size} | {tally.games:,} | {tally.equilibria:,}, {tally.pure:,} | {tally.same:,} "
            f"| {tally.seconds['pygambit'] / ours:.1f}x | {times} |"
        )
    print(f"\n| at most | nashpy's | missed | {' | '.join(TROUBLE)} |\n|---|---|---|{'---|' * len(TROUBLE)}")
    for size, tally in sorted(tallies.items()):
        for algorithm, name in zip(ALGORITHMS, names, strict=True):
            if algorithm == "lemke_howson":
                missed = f"{tally.missed[algorithm]:,} of {tally.games:,} games"
            else:
                missed = f"{tally.missed[algorithm]:,} of {tally.equilibria:,}"
            kinds = " | ".join(f"{tally.trouble[algorithm, kind]:,}" for kind in TROUBLE)
            print(f"| {size} | {name} | {missed} | {kinds} |")
    print(
        "\nMissed: extreme equilibria that it never names; of Lemke-Howson, games in which no label leads to any. "
        f"Failed, no end (within {LIMIT:g} s of processor): calls. The others: proposals."
    )


def main(count: int, seed: int) -> int:
    """All games; 1 where we are wrong in one."""
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGPROF, ring)
    tallies: dict[str, Tally] = {}
    start, wrong = time.perf_counter(), 0
    for first, second in games(count, seed):
        wrong += bool(compared(first, second, tallies))
    report(tallies)
    same = sum(tally.same for tally in tallies.values())
    total = sum(tally.equilibria for tally in tallies.values())
    verdict = f"we are wrong in {wrong:,} games" if wrong else "we are wrong in none"
    print(
        f"\n{count:,} games (seed {seed}) with {total:,} extreme equilibria: pygambit says the same "
        f"in {same:,}, and {verdict}; {time.perf_counter() - start:.0f} s"
    )
    return int(wrong > 0)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:3]]
    sys.exit(main(*given, *(GAMES, SEED)[len(given) :]))
