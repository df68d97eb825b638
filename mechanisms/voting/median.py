"""The median of the favourites, for candidates on a line and single-peaked voters.

Properties   No voter can gain by lying; elects the Condorcet winner where the number of voters is odd.
Source       Black 1948; Moulin 1980.
"""

from __future__ import annotations

from collections.abc import Sequence


def median_voter(ballots: Sequence[Sequence[str]], candidates: Sequence[str]) -> str:
    """The middle one of the voters' favourites, in the order of the candidates; the left one of two middle ones."""
    favourites = sorted(candidates.index(ballot[0]) for ballot in ballots)
    return candidates[favourites[(len(favourites) - 1) // 2]]
