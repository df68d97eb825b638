"""Plurality and Borda: points by place, most points win. Ties go to the candidate who is named first.

Properties   Unanimous; manipulable with three candidates or more. Neither elects every Condorcet winner.
Source       Borda 1781; Gibbard 1973 and Satterthwaite 1975 (manipulation); Young 1975 (scoring rules).
"""

from __future__ import annotations

from collections.abc import Sequence


def _elected(ballots: Sequence[Sequence[str]], candidates: Sequence[str], points: Sequence[int]) -> str:
    scores = dict.fromkeys(candidates, 0)
    for ballot in ballots:
        for name, worth in zip(ballot, points, strict=False):  # a ballot may be short
            scores[name] += worth
    return max(candidates, key=scores.__getitem__)


def plurality(ballots: Sequence[Sequence[str]], candidates: Sequence[str]) -> str:
    """The candidate on top of most ballots."""
    return _elected(ballots, candidates, (1,))


def borda(ballots: Sequence[Sequence[str]], candidates: Sequence[str]) -> str:
    """The candidate with the most points: m - 1 for a first place among m, one less for each place below."""
    return _elected(ballots, candidates, range(len(candidates) - 1, -1, -1))
