"""nashpy as a proposer that nobody has to trust: what it proposes is lifted and certified, what it missed is told.

How       Support enumeration, vertex enumeration and Lemke-Howson from every label run in processes of their own, under
          a limit of time after which they are ended; what they had proposed until then counts.
Findings  one sentence for each algorithm that missed extreme equilibria, proposed what is no equilibrium, failed, or
          did not end. Completeness never rests on it: `two_player` enumerates on its own.
Source    Knight and Campbell 2018 (nashpy); Lemke and Howson 1964.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from verifier.games.normal_form import Game, MixedProfile
from verifier.oracles.equilibria.lifting import lifted

ALGORITHMS = ("support_enumeration", "vertex_enumeration", "lemke_howson")
SECONDS = 10.0  # for one algorithm


@dataclass(frozen=True, slots=True)
class Proposed:
    """What one algorithm did.

    Attributes
    ----------
    proposals : how many profiles it named
    certified : the distinct exact equilibria that they lead to
    wrong : how many lead to none, NaN among them
    failure : why it stopped early; empty if it did not
    """

    algorithm: str
    proposals: int
    certified: tuple[MixedProfile, ...]
    wrong: int
    failure: str


def proposed(game: Game, algorithm: str, seconds: float = SECONDS) -> Proposed:
    """Ask one algorithm of nashpy, and certify what it says."""
    lines, failure = _asked(game, algorithm, seconds)
    found, wrong = dict[MixedProfile, None](), 0
    for line in lines:
        mixtures: list[list[float]] = json.loads(line)
        fits = tuple(map(len, mixtures)) == game.shape and all(math.isfinite(p) for row in mixtures for p in row)
        profile = lifted(game, mixtures) if fits else None
        if profile is None:
            wrong += 1
        else:
            found[profile] = None
    return Proposed(algorithm, len(lines), tuple(found), wrong, failure)


def findings(extreme: Sequence[MixedProfile], made: Sequence[Proposed]) -> tuple[str, ...]:
    """What the proposers missed or got wrong, one sentence each; nothing about those that did all right."""
    told = []
    for one in made:
        name = f"nashpy's {one.algorithm.replace('_', ' ').replace('lemke howson', 'Lemke-Howson')}"
        met = len(set(one.certified) & set(extreme))
        if one.failure:
            told.append(f"{name} {one.failure}, after {one.proposals} proposals.")
        if one.wrong:
            told.append(f"{name} proposed {one.wrong} profiles of {one.proposals} that lead to no equilibrium.")
        if one.algorithm != "lemke_howson" and met < len(extreme):  # which promises a sample only
            told.append(f"{name} found {met} of {len(extreme)} extreme equilibria.")
        if one.algorithm == "lemke_howson" and not one.certified:
            told.append(f"{name} found no equilibrium from any label.")
    return tuple(told)


def _asked(game: Game, algorithm: str, seconds: float) -> tuple[list[str], str]:
    """The lines of a child process, and why it ended early."""
    try:
        payoffs = [[[float(entry) for entry in row] for row in tensor.numerators] for tensor in game.payoffs]
    except OverflowError:
        return [], "was not asked, since no double holds these payoffs"
    command = [sys.executable, "-P", "-m", "verifier.oracles.equilibria.nashpy_child"]  # -P: not from where we stand
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        try:
            out, err = child.communicate(json.dumps({"algorithm": algorithm, "payoffs": payoffs}), timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            out, err = child.communicate()
            return _whole(out), f"did not end within {seconds:g} seconds"
        except KeyboardInterrupt:
            child.kill()
            raise
    last = err.strip().splitlines()[-1] if err.strip() else "no message"
    return _whole(out), f"failed ({last})" if child.returncode else ""


def _whole(out: str) -> list[str]:
    """Complete lines: one may have been cut off."""
    return [line for line in out.splitlines(keepends=False) if line.endswith("]]")]
