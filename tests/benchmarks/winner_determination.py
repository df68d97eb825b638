"""Winner determination against its peers, in one run: VCG against plain PuLP, proofs against scipy's MILP.

`tox -e bench` runs it; it prints the Markdown of the README's Performance section. Exit code 1 when a goal is missed.

(a) VCG with all its solves on 8 bidders x 5 XOR bids x 12 goods, against the same auction through PuLP and the CBC
    program, a new model for every solve.
(b) 60 goods and 1,000 bids of every distribution: the optimum with its proof, against `scipy.optimize.milp` with gap 0,
    which proves nothing to anybody; the size of the proof and the time to check it.
(c) Growth with goods and bids.
"""

from __future__ import annotations

import json
import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version

import numpy as np
import pulp
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

from mechanisms.auctions.packages.clarke import vcg
from verifier import checker
from verifier.domains.generated import DISTRIBUTIONS, generate
from verifier.domains.package_json import auction_to_json
from verifier.domains.packages import Auction, Bidder, PackageBid
from verifier.oracles.welfare import Optimum, optimum
from verifier.oracles.welfare.cover import cover_to_json
from verifier.oracles.welfare.program import program

RUNS = 5
FASTER_GOAL = 10  # than plain PuLP with CBC, (a)
SLOWER_GOAL = 2  # than milp, (b), in the median over the distributions
SIZE_GOAL = 10_240  # bytes
CHECK_GOAL = 0.1  # seconds
GROWTH = ((10, 50), (20, 200), (50, 500), (100, 1000), (100, 2000), (200, 5000))


def small(seed: int) -> Auction:
    """8 bidders with 5 XOR bids each on 12 goods."""
    rng = random.Random(seed)
    bidders = []
    for index in range(8):
        packages = [rng.sample(range(12), rng.randint(1, 5)) for _ in range(5)]
        bids = [
            PackageBid(tuple(int(good in package) for good in range(12)), 10 * len(package) + rng.randint(0, 40))
            for package in packages
        ]
        bidders.append(Bidder(f"bidder {index}", tuple(bids)))
    return Auction(tuple(f"good {good}" for good in range(12)), (1,) * 12, tuple(bidders))


def plain_vcg(sold: Auction) -> list[float]:
    """VCG as one writes it with PuLP: a model for every solve, the CBC program, gap 0."""

    def best(absent: int) -> tuple[float, list[float]]:
        problem = pulp.LpProblem("winners", pulp.LpMaximize)
        bids = [
            (i, bid, problem.add_variable(f"x{i}_{place}", 0, 1, pulp.LpInteger))
            for i, bidder in enumerate(sold.bidders)
            if i != absent
            for place, bid in enumerate(bidder.bids)
        ]
        problem += pulp.lpSum(float(bid.value) * x for _, bid, x in bids)
        for good, supply in enumerate(sold.supply):
            problem += pulp.lpSum(bid.units[good] * x for _, bid, x in bids) <= supply
        for i in range(len(sold.bidders)):
            problem += pulp.lpSum(x for owner, _, x in bids if owner == i) <= 1
        problem.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0))
        own = [sum(float(bid.value) * x.varValue for j, bid, x in bids if j == i) for i in range(len(sold.bidders))]
        return sum(own), own

    welfare, own = best(-1)
    return [best(i)[0] - (welfare - own[i]) for i in range(len(sold.bidders))]


def by_milp(sold: Auction) -> Callable[[], float]:
    """`scipy.optimize.milp` on the same program; only the call itself is timed."""
    packed = program(sold)
    rows = [row for entries in packed.entries for row, _ in entries]
    columns = [column for column, entries in enumerate(packed.entries) for _ in entries]
    units = [float(count) for entries in packed.entries for _, count in entries]
    matrix = csr_matrix((units, (rows, columns)), shape=(len(packed.limits), len(packed.values)))
    values = -np.array(packed.values, float)

    def solve() -> float:
        found = milp(
            values,
            constraints=LinearConstraint(matrix, -np.inf, packed.limits),
            integrality=np.ones(len(values)),
            bounds=Bounds(0, 1),
            options={"mip_rel_gap": 0},
        )
        return float(-found.fun / packed.scale)

    return solve


def timed(function: Callable[[], object], runs: int = RUNS) -> tuple[float, object]:
    """The median time of some calls, and what the last one returned."""
    seconds, found = [], None
    for _ in range(runs):
        start = time.perf_counter()
        found = function()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), found


def checked(sold: Auction, found: Optimum) -> tuple[float, int]:
    """The time to check the proof, and its size in bytes."""
    cover = json.loads(json.dumps(cover_to_json(found.cover)))
    written = json.loads(json.dumps(auction_to_json(sold)))
    claim = {"welfare": str(found.welfare), "choice": [list(places) for places in found.choice], "cover": cover}
    sale = checker.Sale(written)
    seconds, _ = timed(lambda: sale.optimum(claim))
    return seconds, len(json.dumps(cover, separators=(",", ":")))


def vcg_table(missed: list[str]) -> None:
    """(a)"""
    ratios = []
    print("| VCG, 8 bidders x 5 bids x 12 goods | ours | plain PuLP, CBC | faster |")
    print("|---|--:|--:|--:|")
    for seed in range(5):
        sold = small(seed)
        ours, mine = timed(lambda sold=sold: vcg(sold))  # type: ignore[misc]
        theirs, payments = timed(lambda sold=sold: plain_vcg(sold))  # type: ignore[misc]
        assert np.allclose([float(payment) for payment in mine.payments], payments)  # type: ignore[attr-defined, arg-type]
        ratios.append(theirs / ours)
        print(f"| seed {seed} | {ours * 1000:.0f} ms | {theirs * 1000:.0f} ms | {theirs / ours:.0f}x |")
    if statistics.median(ratios) < FASTER_GOAL:
        missed.append(f"VCG: {statistics.median(ratios):.1f}x faster than plain PuLP, the goal is {FASTER_GOAL}x")


def proof_table(missed: list[str]) -> None:
    """(b)"""
    ratios = []
    print("\n| 60 goods x 1,000 bids | ours, with proof | milp, no proof | ratio | proof | check |")
    print("|---|--:|--:|--:|--:|--:|")
    for kind in DISTRIBUTIONS:
        sold = generate(kind, 60, 1000, seed=1)
        ours, found = timed(lambda sold=sold: optimum(sold))  # type: ignore[misc]
        theirs, welfare = timed(by_milp(sold))
        assert isinstance(found, Optimum)
        assert abs(float(found.welfare) - float(welfare)) < 1e-6 * float(found.welfare)  # type: ignore[arg-type]
        check, size = checked(sold, found)
        ratios.append(ours / theirs)
        cells = f"{ours * 1000:.0f} ms | {theirs * 1000:.0f} ms | {ours / theirs:.2f} | {size / 1024:.1f} KiB"
        print(f"| {kind} | {cells} | {check * 1000:.0f} ms |")
        if size > SIZE_GOAL:
            missed.append(f"{kind}: a proof of {size} bytes, the goal is {SIZE_GOAL}")
        if check > CHECK_GOAL:
            missed.append(f"{kind}: {check:.2f} s to check, the goal is {CHECK_GOAL} s")
    if statistics.median(ratios) > SLOWER_GOAL:
        missed.append(f"proofs take {statistics.median(ratios):.1f} times as long as milp, the goal is {SLOWER_GOAL}")


def growth_table() -> None:
    """(c)"""
    print("\n| goods | bids | optimum with proof | parts | proof | check |")
    print("|--:|--:|--:|--:|--:|--:|")
    for goods, bids in GROWTH:
        sold = generate("regions", goods, bids, seed=2)
        seconds, found = timed(lambda sold=sold: optimum(sold), 1)  # type: ignore[misc]
        assert isinstance(found, Optimum)
        check, size = checked(sold, found)
        parts = sum(isinstance(token, int) for token in found.cover.tree)
        cells = f"{seconds:.2f} s | {parts} | {size / 1024:.1f} KiB | {check * 1000:.0f} ms"
        print(f"| {goods} | {bids:,} | {cells} |")


def main() -> int:
    """Print the tables; 1 where a goal is missed."""
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f} at the start; ", end="")
    print(f"PuLP {version('pulp')}, scipy {version('scipy')}; median of {RUNS} runs.\n")
    missed: list[str] = []
    vcg_table(missed)
    proof_table(missed)
    growth_table()
    for line in missed:
        print(f"missed: {line}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
