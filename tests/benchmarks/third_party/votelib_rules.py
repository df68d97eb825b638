"""`votelib` 0.4.0: plurality and approval among three candidates, seen by one voter; ties go to the first candidate.

A voter likes whom it values. All get the same candidate, which no domain of private goods can say: the first voter is
given the candidate as a good and the others nothing, so that a claim is about the first voter against all ballots.
Both rules treat voters alike.
"""

from __future__ import annotations

from collections import Counter

from votelib.convert import ApprovalToSimpleVotes
from votelib.evaluate.core import Plurality


def plurality(bids):
    return _elected(Counter(max((0, 1, 2), key=lambda one: value[(1 << one) - 1]) for value in bids), bids)


def approval(bids):
    liked = Counter(frozenset(one for one in (0, 1, 2) if value[(1 << one) - 1]) for value in bids)
    return _elected(ApprovalToSimpleVotes().convert(liked), bids)


def _elected(votes, bids):
    (winner,) = Plurality().evaluate(votes, 1) if votes else [0]
    first = min(winner) if isinstance(winner, frozenset) else winner
    return [1 << first] + [0] * (len(bids) - 1), [0] * len(bids)
