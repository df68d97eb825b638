"""What the best truthful mechanism would earn: automated mechanism design as a line to compare with.

Types are independent and uniform on the grid. A linear program chooses, at every profile, a lottery over the domain's
alternatives and payments, so that no agent gains by a lie and none loses by taking part, in expectation over the
lottery, whatever the others report; it maximises the expected sum of payments.

Source: Conitzer and Sandholm 2002, Complexity of mechanism design (dominant strategies, randomised, one program).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from verifier.domains import Domain, Outcome, Profile, Share, value
from verifier.exact import Money, show, simplest
from verifier.oracles.linear import LinearProgram, Optimal, Row, solve

MOST = 600  # columns of the program


@dataclass(frozen=True, slots=True)
class BestRevenue:
    """Expected revenue of the mechanism, and of the best one; `unknown` says why that is not known."""

    own: Money
    best: Money | None
    unknown: str | None = None

    def said(self) -> str:
        """Both in one sentence."""
        if self.best is None:
            return f"what the best truthful mechanism would earn is not decided: {self.unknown}"
        return (
            f"expected revenue from truthful bids, uniform on the grid: {show(self.own)}; the best truthful mechanism "
            f"earns {show(self.best)}"
        )


def best_revenue(domain: Domain, outcomes: Mapping[Profile, Outcome]) -> BestRevenue:
    """Expected revenue of outcomes at every profile of the grid, and the most that any truthful mechanism has."""
    profiles = list(domain.profiles())
    own = simplest(
        Fraction(
            sum(outcomes[one].expected_payment(agent) for one in profiles for agent in range(len(domain.agents))),
            len(profiles),
        )
    )
    alternatives = list(domain.alternatives())
    width = len(alternatives) + len(domain.agents)
    if len(profiles) * width > MOST:
        return BestRevenue(own, None, f"{len(profiles) * width:,} unknowns, and at most {MOST:,} are tried")
    found = solve(_program(domain, profiles, alternatives))
    if not isinstance(found, Optimal):
        raise AssertionError("to sell nothing is feasible, and nobody pays more than its value")
    return BestRevenue(own, simplest(Fraction(found.value, len(profiles))))


def _program(domain: Domain, profiles: list[Profile], alternatives: list[tuple[Share, ...]]) -> LinearProgram:
    """Columns of each profile: a probability for every alternative, then what every agent keeps.

    An agent keeps its utility, which is not negative; its payment is its value less that, so that no column is free.
    """
    agents, width = range(len(domain.agents)), len(alternatives) + len(domain.agents)
    place = {profile: number * width for number, profile in enumerate(profiles)}
    held = [[domain.consumption(shares[agent]) for agent in agents] for shares in alternatives]
    objective: dict[int, Money] = {}
    rows: list[Row] = []
    equal: list[Row] = []
    for profile in profiles:
        start = place[profile]
        equal.append({start + one: 1 for one in range(len(alternatives))})
        for one, gets in enumerate(held):
            objective[start + one] = sum(value(profile[agent], gets[agent]) for agent in agents)
        for agent in agents:
            objective[start + len(alternatives) + agent] = -1
            rows += _truthful(domain, profile, agent, place, held)
    return LinearProgram(
        len(profiles) * width, objective, tuple(rows), (0,) * len(rows), tuple(equal), (1,) * len(equal)
    )


def _truthful(
    domain: Domain, profile: Profile, agent: int, place: Mapping[Profile, int], held: list[list[tuple[Money, ...]]]
) -> list[Row]:
    """u(t | lie) - u(t) <= 0 for every lie: what it keeps there, and what the same is worth more to t."""
    found: list[Row] = []
    true, count = profile[agent], len(held)
    for lie in domain.types[agent]:
        if lie == true:
            continue
        there = place[(*profile[:agent], lie, *profile[agent + 1 :])]
        row: dict[int, Money] = {there + count + agent: 1, place[profile] + count + agent: -1}
        for one, gets in enumerate(held):
            more = value(true, gets[agent]) - value(lie, gets[agent])
            if more:
                row[there + one] = more
        found.append(row)
    return found
