"""Top trading cycles: owners point at their favourite house, cycles trade and leave.

Properties   No agent can gain by lying; Pareto efficient; nobody ends worse than with its own house; in the core.
Source       Shapley and Scarf 1974 (David Gale); Roth 1982b; Ma 1994 (the only rule with these properties).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def top_trading_cycles(lists: Mapping[str, Sequence[str]], owns: Mapping[str, str]) -> dict[str, str]:
    """Every agent's house after trading; `lists` rank all houses and `owns` gives each agent its own."""
    owner = {house: agent for agent, house in owns.items()}
    found: dict[str, str] = {}
    while len(found) < len(owns):
        wanted = {
            agent: next(house for house in lists[agent] if owner[house] not in found)
            for agent in owns
            if agent not in found
        }
        agent = next(iter(wanted))
        seen: list[str] = []
        while agent not in seen:
            seen.append(agent)
            agent = owner[wanted[agent]]
        for member in seen[seen.index(agent) :]:
            found[member] = wanted[member]
    return found
