"""Exhaustive DSIC of a plain second-price auction: this package against PyPI mechaudit 0.1.0, in one run.

`tox -e bench` runs it and it prints the Markdown of the README's Performance section. Every measurement has a fresh
process (see `contestants.py`). Exit code 1 when a goal is missed. Linux only: it reads memory from /proc.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUNS = 3
COMPARED = ((10, 3), (20, 3), (30, 3))
OURS_ALONE = ((60, 3), (12, 5))
SPEED_GOAL = 100  # times faster than mechaudit at 30 types
MEMORY_GOAL = 10  # times less memory than mechaudit at 30 types
SECONDS_GOAL = 10  # for the sizes that only we are asked for
HELP_GOAL = 0.3  # seconds for `verify --help`


@dataclass(frozen=True, slots=True)
class Measured:
    """One question: median seconds, median MiB above the imports, peak MiB of the whole tree of processes."""

    seconds: float
    above: float
    tree: float


def measure(name: str, types: int, agents: int) -> Measured:
    """Ask one contestant `RUNS` times for time and once more for the memory of its tree, each in a fresh process."""
    command = [sys.executable, str(HERE / "contestants.py"), name, str(types), str(agents)]
    answers = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(RUNS)]
    if not all(answer["truthful"] for answer in answers):
        raise SystemExit(f"{name} does not find the second-price auction truthful on {types} types")
    return Measured(
        seconds=statistics.median(answer["seconds"] for answer in answers),
        above=statistics.median(answer["peak"] - answer["baseline"] for answer in answers) / 1024,
        tree=tree_peak(command) / 1024,
    )


def tree_peak(command: list[str]) -> int:
    """Peak of the memory of a command and all processes that it starts, in KiB; shared pages are counted once."""
    peak = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, tree_memory(process.pid))
            time.sleep(0.005)
    return peak


def tree_memory(pid: int) -> int:
    """Proportional set size of a process and its descendants now, in KiB; a process that is just ending counts 0."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0
    own = next((int(line.split()[1]) for line in rollup if line.startswith("Pss:")), 0)
    return own + sum(tree_memory(int(child)) for child in children)


def help_seconds() -> float:
    """Wall time of `verify --help`, start of the interpreter included."""
    command = [str(Path(sys.executable).parent / "verify"), "--help"]
    times = []
    for _ in range(RUNS + 2):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def times(theirs: float, ours: float) -> str:
    """A ratio, with a digit after the point where it is small."""
    ratio = theirs / ours
    return f"{ratio:.0f}x" if ratio >= 10 else f"{ratio:.1f}x"


def row(types: int, agents: int, ours: Measured, theirs: Measured | None) -> str:
    """One line of the table."""
    cells = [f"{types} types x {agents}", f"{types**agents:,}", f"{ours.seconds:.2f} s"]
    cells.append(f"{theirs.seconds:.2f} s" if theirs else "")
    cells.append(times(theirs.seconds, ours.seconds) if theirs else "")
    cells.append(f"{ours.above:.0f} MiB ({ours.tree:.0f})")
    cells.append(f"{theirs.above:.0f} MiB ({theirs.tree:.0f})" if theirs else "")
    cells.append(f"{times(theirs.above, ours.above)} ({times(theirs.tree, ours.tree)})" if theirs else "")
    return "| " + " | ".join(cells) + " |"


def main() -> int:
    missed: list[str] = []
    cores = os.cpu_count()
    print(f"Python {platform.python_version()}, {cores} cores, median of {RUNS} runs.\n")
    print("| grid | profiles | ours | mechaudit | faster | our memory | its memory | smaller |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for types, agents in COMPARED:
        ours, theirs = measure("ours", types, agents), measure("mechaudit", types, agents)
        print(row(types, agents, ours, theirs), flush=True)
        if types == 30:
            if theirs.seconds < SPEED_GOAL * ours.seconds:
                missed.append(f"30 types: {theirs.seconds / ours.seconds:.0f}x faster, the goal is {SPEED_GOAL}x")
            if theirs.above < MEMORY_GOAL * ours.above or theirs.tree < MEMORY_GOAL * ours.tree:
                missed.append(f"30 types: memory is not {MEMORY_GOAL} times less")
    for types, agents in OURS_ALONE:
        ours = measure("ours", types, agents)
        print(row(types, agents, ours, None), flush=True)
        if ours.seconds > SECONDS_GOAL:
            missed.append(f"{types} types x {agents} agents: {ours.seconds:.1f} s, the goal is {SECONDS_GOAL} s")
    print("\nMemory above the imports; in brackets the whole tree of processes, imports included.")
    seconds = help_seconds()
    print(f"`verify --help` takes {seconds:.2f} s.")
    if seconds > HELP_GOAL:
        missed.append(f"verify --help: {seconds:.2f} s, the goal is {HELP_GOAL} s")
    for goal in missed:
        print(f"MISSED: {goal}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
