"""Instant runoff: the candidate with the fewest first places is struck off all ballots, until one is left.

Properties   Unanimous; manipulable, not monotone; does not elect every Condorcet winner.
Source       Hare 1859; Smith 1973; Bartholdi and Orlin 1991.
"""

from __future__ import annotations

from collections.abc import Sequence


def instant_runoff(ballots: Sequence[Sequence[str]], candidates: Sequence[str]) -> str:
    """The last candidate left; of equal ones the later named is struck first."""
    left = list(candidates)
    while len(left) > 1:
        tops = [next((name for name in ballot if name in left), None) for ballot in ballots]
        left.remove(min(reversed(left), key=tops.count))
    return left[0]
