"""Reports tuned by outcomes: scores that reward the truth about chances, and factors that weigh what is claimed.

Score        Of a chance p of success that was reported, 1 - (1 - p)^2 after a success, 1 - p^2 after a failure. In
             expectation under a chance q that is 1 - q (1 - q) - (p - q)^2, largest at p = q alone: strictly proper.
             Brier 1950; Gneiting and Raftery 2007.
Factor       What came of an agent's allocations, over what it had claimed, as a part of 1 at most; prior counts keep a
             single outcome from deciding.
Truth        Factors that are fixed before a round leave it truthful: the highest weighted bid wins and pays the
             weighted second bid over its own weight, an affine maximiser (Nisan et al. 2007, Proposition 9.31). Over
             several rounds nothing of the kind holds: what is claimed today weighs the bids of tomorrow, and who
             expects to fall short of its claims may claim less today to be heard tomorrow. The tests have such a pair
             of rounds. Paying the score keeps reports of chances truthful in every round.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from mechanisms.auctions.outcome import Amount, Result


def quadratic_score(report: Amount, success: bool) -> Fraction:
    """The score of a reported chance. ValueError where it is no chance."""
    if not 0 <= report <= 1:
        raise ValueError(f"a chance lies between 0 and 1, not at {report}")
    return 1 - (Fraction(int(success)) - report) ** 2


def expected_score(report: Amount, chance: Amount) -> Fraction:
    """What the score of a report is on average."""
    return chance * quadratic_score(report, True) + (1 - chance) * quadratic_score(report, False)


class Calibration:
    """Claims and outcomes by agent.

    Parameters
    ----------
    prior : a claim that was met in full, as large as that, which everybody begins with
    """

    def __init__(self, prior: Amount = 1) -> None:
        if prior <= 0:
            raise ValueError(
                f"a prior of {prior}; without one the first outcome decides, or nothing is divided by nothing"
            )
        self._prior = prior
        self._sums: dict[str, tuple[Amount, Amount]] = {}

    def note(self, agent: str, claimed: Amount, realised: Amount) -> None:
        """An outcome: what had been claimed, and what came of it. ValueError where one is negative."""
        if claimed < 0 or realised < 0:
            raise ValueError(f"{agent}: {realised} of {claimed}; neither is negative")
        before = self._sums.get(agent, (0, 0))
        self._sums[agent] = before[0] + claimed, before[1] + realised

    def factor(self, agent: str) -> Fraction:
        """How much of a claim is believed, 1 at most."""
        claimed, realised = self._sums.get(agent, (0, 0))
        return min(Fraction(1), Fraction(self._prior + realised) / (self._prior + claimed))


def weighted_second_price(bids: Sequence[Amount], weights: Sequence[Amount]) -> Result:
    """One item to the highest weighted bid, the lowest index among equals, at the least bid that would have won.

    Claims  DSIC, ex-post IR, no deficit for positive weights that no bid of this round moves. Efficient and anonymous
            for equal weights only.
    Source  Nisan et al. 2007, Proposition 9.31.
    """
    scores = [weight * bid for weight, bid in zip(weights, bids, strict=True)]
    winner = max(range(len(bids)), key=lambda agent: scores[agent])
    others = [score for agent, score in enumerate(scores) if agent != winner]
    price = max([0, *others]) / Fraction(weights[winner])
    won = [int(agent == winner) for agent in range(len(bids))]
    return won, [price * share for share in won]
