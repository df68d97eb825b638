"""Truthfulness of plain auctions for all bids: proofs of this package against PyPI crosshair-tool, in one run.

`tox -e bench` runs it and it prints the Markdown of the README's Performance section. Every measurement has a fresh
process (see `symbolic_contestants.py`). Exit code 1 when a goal is missed. Takes a few minutes, nearly all of them
crosshair's.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from symbolic_contestants import BUDGET

HERE = Path(__file__).resolve().parent
RUNS = 3
LONG = 10  # seconds; what takes longer is measured once
COMPARED = (("second_price", 3), ("second_price", 4), ("second_price", 5), ("second_price", 6), ("vcg", 2), ("vcg", 3))
TITLES = {"second_price": "second price, {} bidders", "vcg": "VCG, {} bidders x 2 goods"}
FASTER_GOAL = 50  # times faster than crosshair, for second price with so many bidders:
GOAL_AGENTS = (5, 6)


@dataclass(frozen=True, slots=True)
class Measured:
    """One question to one contestant: median processor seconds, and what it answered every time."""

    seconds: float
    verdict: str


def measure(name: str, auction: str, agents: int, file: Path) -> Measured:
    """Ask `RUNS` times, each in a fresh process; once where the first answer takes long."""
    command = [sys.executable, str(HERE / "symbolic_contestants.py"), name, auction, str(agents), str(file)]
    answers = []
    while len(answers) < (1 if answers and answers[0]["seconds"] > LONG else RUNS):
        answers.append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
    verdicts = {answer["verdict"] for answer in answers}
    if len(verdicts) > 1:
        raise SystemExit(f"{name} on {auction} with {agents} bidders: {' and '.join(sorted(verdicts))}")
    return Measured(statistics.median(answer["seconds"] for answer in answers), verdicts.pop())


def ours(name: str, auction: str, agents: int, file: Path) -> float:
    """The seconds of one of our sides, which has to succeed."""
    measured = measure(name, auction, agents, file)
    if measured.verdict != {"check": "CONFIRMED"}.get(name, "PROVED"):
        raise SystemExit(f"{auction} with {agents} bidders, {name}: {measured.verdict}")
    return measured.seconds


def row(auction: str, agents: int, folder: Path, missed: list[str]) -> str:
    """Measure one auction; one line of the table."""
    file = folder / "certificate.json"
    proof = ours("proof", auction, agents, file)
    theirs = measure("crosshair", auction, agents, file)
    audit = ours("audit", auction, agents, file)
    check = ours("check", auction, agents, file)
    size = file.stat().st_size
    title = TITLES[auction].format(agents)
    confirmed = theirs.verdict == "confirmed"
    if not confirmed and theirs.verdict != "cannot_confirm":
        raise SystemExit(f"crosshair on {title}: {theirs.verdict}")
    if not confirmed and theirs.seconds < BUDGET[auction]:
        raise SystemExit(f"crosshair on {title}: gave up after {theirs.seconds:.0f} s of {BUDGET[auction]:.0f} s")
    least = "" if confirmed else "> "
    shown = f"{theirs.seconds:.2f} s" if confirmed else f"> {BUDGET[auction]:.0f} s, not confirmed"
    if auction == "second_price" and agents in GOAL_AGENTS and theirs.seconds < FASTER_GOAL * proof:
        missed.append(f"{title}: {theirs.seconds / proof:.0f}x faster, the goal is {FASTER_GOAL}x")
    if check > audit:
        missed.append(f"{title}: checking takes {check:.2f} s, longer than the {audit:.2f} s of the audit")
    cells = [title, f"{proof:.2f} s", shown, least + times(theirs.seconds, proof), f"{audit:.2f} s"]
    cells += [least + times(theirs.seconds, audit), f"{check:.2f} s", f"{size / 1024:.0f} KiB"]
    return "| " + " | ".join(cells) + " |"


def times(theirs: float, ours: float) -> str:
    """A ratio, with a digit after the point where it is small."""
    ratio = theirs / ours
    return f"{ratio:.0f}x" if ratio >= 10 else f"{ratio:.1f}x"


def main() -> int:
    missed: list[str] = []
    tool = f"crosshair-tool {version('crosshair-tool')}"
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {tool}, load {load:.1f} at the start.\n")
    print("| auction | our proof, all bidders | crosshair, one bidder | faster | whole audit | faster | check | size |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        for auction, agents in COMPARED:
            print(row(auction, agents, Path(folder), missed), flush=True)
    print(f"\nProcessor seconds, child processes included; median of {RUNS} runs, one run above {LONG} s.")
    print("crosshair's contracts have no preconditions, and its numbers are unbounded integers; ours are reals >= 0.")
    print("Not in the table: a double auction, since no domain here has buyers and sellers yet.")
    for goal in missed:
        print(f"MISSED: {goal}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
