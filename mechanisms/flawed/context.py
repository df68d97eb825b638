"""A context window as its specification had it: greedy by density, minimum guarantees last, Clarke payments on top.

Reading: the density of a request is its value over its tokens, and its value is the value per token times the tokens it
asks for, so that the density is the value per token. (Taken literally, value per token over tokens, larger requests
would come last whatever they are worth.) Ties: lowest index.

Clarke payments are truthful for the best allocation only (Nisan and Ronen 2007, Theorem 1): where greedy passes over a
large request for a small one, the small one is charged for all that the large one lost, more than it has. And the
guarantee comes last, when nothing may be left to guarantee. A bid is what the whole window would be worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from mechanisms.auctions.outcome import Amount, ranked


def greedy_with_clarke_payments(
    bids: Sequence[Amount],
    total: int,
    requested: Sequence[int],
    minimum: Sequence[int],
    min_per_agent: int = 0,
    max_per_agent: int | None = None,
) -> tuple[list[Fraction], list[Amount]]:
    """Charges what greedy gives the others without the agent less what it gives them now. Breaks: ex-post-ir"""
    everybody = list(range(len(bids)))
    rates = [bid * Fraction(1, total) for bid in bids]
    cap = total if max_per_agent is None else max_per_agent

    def given(agents: Sequence[int]) -> dict[int, int]:
        found: dict[int, int] = {}
        left = total
        for agent in [agent for agent in ranked(bids) if agent in agents]:
            tokens = min(requested[agent], cap, left)
            if tokens >= minimum[agent]:
                found[agent] = tokens
                left -= tokens
        for agent in agents:
            if agent not in found and left >= min_per_agent:
                found[agent] = min_per_agent
                left -= min_per_agent
        return found

    def worth(found: dict[int, int], agents: Sequence[int]) -> Amount:
        return sum((rates[agent] * found.get(agent, 0) for agent in agents), 0)

    tokens = given(everybody)
    payments: list[Amount] = []
    for agent in everybody:
        others = [other for other in everybody if other != agent]
        payments.append(worth(given(others), others) - worth(tokens, others))
    return [Fraction(tokens.get(agent, 0), total) for agent in everybody], payments
