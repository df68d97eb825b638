"""Is there any payment rule that makes this allocation rule truthful? Cyclic monotonicity, by shortest paths.

Fix an agent and the others' bids. Its reports get it one of a few consumptions a. Payments p_a make the truth optimal
on the grid iff p_a - p_b <= w(b, a) := min { v(t, a) - v(t, b) : t gets a } for all a, b. Such payments exist iff no
cycle of the graph with lengths w is negative, and shortest paths are such payments (Rochet 1987).

Payments   With a further point from which a is min { v(t, a) : t gets a } away (what ex-post individual rationality
           allows), the distances are the greatest truthful payments at which nobody loses. With one number as a type
           the winner then pays the least value of the grid with which it wins: its critical value, up to the grid's
           step.
Answer     Yes, with a payment for every agent at every profile; or no, with the first negative cycle; or unknown, where
           some profile has no outcome.

Source: Rochet 1987, A necessary and sufficient condition for rationalizability in a quasi-linear context.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from verifier.domains import Consumption, Domain, Outcome, Profile, Type, value
from verifier.exact import Money, show

Payments: TypeAlias = dict[Profile, tuple[Money, ...]]  # (n,) by profile


@dataclass(frozen=True, slots=True)
class Cycle:
    """A reason why no payments are truthful: types that gain in turn what the others get.

    Attributes
    ----------
    agent : index
    others : (n-1,) reports of the others
    steps : type and what it gets; each type would take what the next one gets, the last what the first gets
    length : sum of v(t_k, x_k) - v(t_k, x_k-1) around the cycle, negative
    """

    agent: int
    others: Profile
    steps: tuple[tuple[Type, Consumption], ...]
    length: Money


@dataclass(frozen=True, slots=True)
class Implementable:
    """`payments` where there are some, else the `cycle`; neither where `unknown` says why."""

    payments: Payments | None = None
    cycle: Cycle | None = None
    unknown: str | None = None

    def said(self, domain: Domain) -> str:
        """The answer in one sentence."""
        if self.unknown is not None:
            return f"whether any payments are truthful is not decided: {self.unknown}"
        if self.cycle is None:
            return "there are payments that make this allocation truthful and cost nobody more than its bid"
        told = " and ".join(f"{_told(got)} at a value of {_told(type_)}" for type_, got in self.cycle.steps)
        others = f" (the others bid {', '.join(map(_told, self.cycle.others))})" if self.cycle.others else ""
        return (
            f"no payments make this allocation truthful: {domain.agents[self.cycle.agent]} gets {told}{others}, and "
            f"around that cycle {show(-self.cycle.length)} is lost"
        )


@dataclass(frozen=True, slots=True)
class Menu:
    """What an agent's reports get it while the others' reports stay.

    Attributes
    ----------
    agent, others : index, and (n-1,) reports of the others
    gets : consumption by the agent's type
    pays : payment by the agent's type, of the mechanism itself
    """

    agent: int
    others: Profile
    gets: dict[Type, Consumption]
    pays: dict[Type, Money]

    def lengths(self) -> dict[tuple[Consumption, Consumption], Money]:
        """w(b, a): the most by which a may cost more than b, for every ordered pair of consumptions."""
        found: dict[tuple[Consumption, Consumption], Money] = {}
        options = tuple(dict.fromkeys(self.gets.values()))
        for type_, got in self.gets.items():
            worth = value(type_, got)
            for other in options:
                if other != got:
                    slack = worth - value(type_, other)
                    found[other, got] = min(found.get((other, got), slack), slack)
        return found

    def ceilings(self) -> dict[Consumption, Money]:
        """The most that each consumption may cost those who get it."""
        found: dict[Consumption, Money] = {}
        for type_, got in self.gets.items():
            worth = value(type_, got)
            found[got] = min(found.get(got, worth), worth)
        return found

    def profile(self, type_: Type) -> Profile:
        """The profile in which the agent reports that type."""
        return (*self.others[: self.agent], type_, *self.others[self.agent :])


def menus(domain: Domain, outcomes: Mapping[Profile, Outcome]) -> Iterator[Menu]:
    """Every agent with every profile of the others, the last agent's report varying fastest; KeyError for a hole."""
    for agent in range(len(domain.agents)):
        rest = (*domain.types[:agent], *domain.types[agent + 1 :])
        for others in _product(rest):
            menu = Menu(agent, others, {}, {})
            for type_ in domain.types[agent]:
                outcome = outcomes[menu.profile(type_)]
                menu.gets[type_] = domain.expected_consumption(outcome, agent)
                menu.pays[type_] = outcome.expected_payment(agent)
            yield menu


def implementable(domain: Domain, outcomes: Mapping[Profile, Outcome]) -> Implementable:
    """Whether payments exist that make the allocation of these outcomes truthful on the grid.

    Parameters
    ----------
    domain : a domain with money
    outcomes : by profile; where one is missing the answer is unknown
    """
    if domain.ordinal:
        return Implementable(unknown="agents only rank here, and nothing is paid")
    missing = domain.size() - sum(profile in outcomes for profile in domain.profiles())
    if missing:
        return Implementable(unknown=f"{missing:,} of {domain.size():,} profiles have no valid outcome")
    paid: dict[Profile, list[Money]] = {profile: [0] * len(domain.agents) for profile in outcomes}
    for menu in menus(domain, outcomes):
        found = prices(menu)
        if isinstance(found, Cycle):
            return Implementable(cycle=found)
        for type_, got in menu.gets.items():
            paid[menu.profile(type_)][menu.agent] = found[got]
    return Implementable(payments={profile: tuple(amounts) for profile, amounts in paid.items()})


def prices(menu: Menu) -> dict[Consumption, Money] | Cycle:
    """The greatest truthful and individually rational price of each consumption, or a negative cycle (Bellman-Ford)."""
    lengths, found = menu.lengths(), menu.ceilings()
    before: dict[Consumption, Consumption | None] = dict.fromkeys(found)
    last = None
    for _ in found:
        last = None
        for (start, end), length in lengths.items():
            if found[start] + length < found[end]:
                found[end] = found[start] + length
                before[end] = last = start
                last = end
        if last is None:
            return found
    return _cycle(menu, lengths, before, last)


def _cycle(
    menu: Menu,
    lengths: Mapping[tuple[Consumption, Consumption], Money],
    before: Mapping[Consumption, Consumption | None],
    last: Consumption | None,
) -> Cycle:
    """The negative cycle that is met by walking back from a price which still falls after every round."""
    walked: list[Consumption] = []
    at = last
    while at is not None and at not in walked:
        walked.append(at)
        at = before[at]
    if at is None:
        raise AssertionError("a price that falls in the last round has a cycle behind it")
    around = walked[walked.index(at) :][::-1]  # each was reached from the one before it, the first from the last
    steps = []
    length: Money = 0
    for place, got in enumerate(around):
        start = around[place - 1]
        least = lengths[start, got]
        type_ = next(
            one for one, had in menu.gets.items() if had == got and value(one, got) - value(one, start) == least
        )
        steps.append((type_, got))
        length += least
    if length >= 0:
        raise AssertionError("the cycle is not negative")
    return Cycle(menu.agent, menu.others, tuple(steps), length)


def _product(types: tuple[tuple[Type, ...], ...]) -> Iterator[Profile]:
    from itertools import product

    return product(*types)


def _told(vector: tuple[Money, ...]) -> str:
    return show(vector[0]) if len(vector) == 1 else f"({', '.join(map(show, vector))})"
