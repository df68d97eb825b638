"""How long allocators take in this process: tokens by price with Clarke payments, and the exact optimum of a window.

Prints the median and the 99th percentile (goals: 100 agents and six resources below 1 ms with critical payments, 50
agents and three resources below 100 ms exactly). Resources are auctioned one by one. Without minimum amounts critical
payments are Clarke's (`context.mechanisms`); beside them the exact optimum is solved for the same windows as a mixed
integer program by HiGHS through PuLP, once for each payment, which is what a solver would cost.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pulp

from mechanisms.allocation.context.mechanisms import exact, greedy
from mechanisms.allocation.context.requests import ContextConstraints, ContextRequest, Want, wants

Window = tuple[list[Want], int]


def windows(agents: int, resources: int, *, minimum: int, seed: int) -> list[Window]:
    """Windows in which about half of what is asked for is there."""
    draws = random.Random(seed)
    found = []
    for _ in range(resources):
        sizes = [draws.randrange(1_000, 9_000) for _ in range(agents)]
        asked = [
            ContextRequest(f"agent {place}", size, draws.randrange(1, 100), min(minimum, size))
            for place, size in enumerate(sizes)
        ]
        found.append(wants(asked, ContextConstraints(sum(sizes) // 2)))
    return found


def by_solver(window: Window) -> int:
    """The most value of a window by HiGHS."""
    wanted, capacity = window
    problem = pulp.LpProblem("window", pulp.LpMaximize)
    served = [pulp.LpVariable(f"s{place}", cat="Binary") for place in range(len(wanted))]
    taken = [pulp.LpVariable(f"e{place}", 0, cat="Integer") for place in range(len(wanted))]
    problem += pulp.lpSum(int(want.value) * one for want, one in zip(wanted, taken, strict=True))
    problem += pulp.lpSum(taken) <= capacity
    for want, here, one in zip(wanted, served, taken, strict=True):
        problem += one >= want.least * here
        problem += one <= want.most * here
    problem.solve(pulp.HiGHS(msg=False, gapRel=0))
    return round(pulp.value(problem.objective))


def timed(call: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median and 99th percentile in ms."""
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        found.append((time.perf_counter() - began) * 1e3)
    found.sort()
    return found[len(found) // 2], found[int(0.99 * (len(found) - 1))]


def main() -> None:
    """Print both, and the solver beside the exact one."""
    six, three = windows(100, 6, minimum=0, seed=1), windows(50, 3, minimum=2_000, seed=2)
    fast = timed(lambda: [greedy(*one) for one in six], 200)
    print(f"greedy, critical payments, 100 agents x 6 resources: median {fast[0]:.2f} ms, p99 {fast[1]:.2f} ms")
    sure = timed(lambda: [exact(*one) for one in three], 20)
    print(f"exact, Clarke payments, 50 agents x 3 resources:     median {sure[0]:.1f} ms, p99 {sure[1]:.1f} ms")
    solved = timed(lambda: [by_solver(one) for one in three], 3)[0]
    whole = 51 * solved
    print(f"the optima by HiGHS, 51 times for payments:          {whole:,.0f} ms, {whole / sure[0]:.0f}x")


if __name__ == "__main__":
    main()
