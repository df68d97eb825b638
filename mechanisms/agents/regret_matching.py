"""Agents who may learn to lie: regret matching over factors by which they shade their values.

Each round every agent has a value, picks a factor, and bids the value times the factor. Afterwards it sees what every
other factor would have given it against the same bids of the others, and from then on picks each factor in proportion
to its regret so far, the gain that it would have had in all rounds by that one instead; where nothing is regretted,
the truth. Time averages then are coarse correlated equilibria: nobody gains in the long run by one factor instead.

Source: Hart and Mas-Colell 2000, "A simple adaptive procedure leading to correlated equilibrium", Section 4
(unconditional regrets).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Utilities: TypeAlias = Callable[[Floats, Floats], Floats]  # (n,) values and (n,) bids to (n,) utilities


@dataclass(frozen=True, slots=True)
class Learned:
    """A run of learners.

    Attributes
    ----------
    gains : (rounds, n) what an agent had more than by the truth in that round, against the same bids of the others
    played : (n, k) how often each factor was picked, as a share of the second half of the rounds
    """

    gains: Floats
    played: Floats

    def bounds(self, most: float, error: float) -> tuple[Floats, float]:
        """(n,) average gains from lying, and how far they may be off an expectation, for all agents together.

        Azuma's inequality for differences of at most `most`, with `error` as the chance that one of them is further
        off: rounds depend on each other by what was learned, and gains are martingale differences around what is
        expected.
        """
        rounds, n = self.gains.shape
        return self.gains.mean(axis=0), most * float(np.sqrt(2 * np.log(2 * n / error) / rounds))


def learn(
    utilities: Utilities, agents: int, rounds: int, factors: Sequence[float], draw: Callable[[Any], Floats], seed: int
) -> Learned:
    """Let agents play.

    Parameters
    ----------
    utilities : of the mechanism
    factors : (k,) that they choose from; the truth, 1, is one of them
    draw : from a numpy Generator to (n,) values, anew each round
    seed : of everything that is random

    Raises ValueError where the truth is not among the factors.
    """
    options = np.asarray(factors, dtype=float)
    if 1.0 not in options:
        raise ValueError("the truth, a factor of 1, has to be among the factors")
    honest = int(np.flatnonzero(options == 1.0)[0])
    random = np.random.default_rng(seed)
    regret = np.zeros((agents, len(options)))
    gains = np.zeros((rounds, agents))
    played = np.zeros((agents, len(options)))
    for round_ in range(rounds):
        values = draw(random)
        picked = [_pick(regret[agent], honest, random) for agent in range(agents)]
        bids = values * options[picked]
        got = utilities(values, bids)
        for agent in range(agents):
            others = np.tile(bids, (len(options), 1))
            others[:, agent] = values[agent] * options
            would = np.array([utilities(values, one)[agent] for one in others])
            regret[agent] += would - got[agent]
            gains[round_, agent] = got[agent] - would[honest]
        if round_ >= rounds // 2:
            played[np.arange(agents), picked] += 1
    return Learned(gains, played / max(1, rounds - rounds // 2))


def _pick(regret: Floats, honest: int, random: np.random.Generator) -> int:
    positive = np.maximum(regret, 0)
    total = positive.sum()
    return honest if total <= 0 else int(random.choice(len(positive), p=positive / total))
