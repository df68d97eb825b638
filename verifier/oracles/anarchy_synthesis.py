"""The worst true values of all real ones: counterexample-guided synthesis by exact linear programs.

Question     A mechanism's outcomes at every profile of a grid of bids are known. For which true values v, of all that
             the domain admits up to an end, is the pure price of anarchy of the game between them largest?
Program      Given a profile b, another outcome t and a price r, welfare W(v, t) - r W(v, b) is linear in v, and so are
             "nobody gains at b by another bid" and "nobody bids above its value". Where the maximum is positive, its v
             has a larger price than r; this raises r (Dinkelbach). Where it is not, for all b and t, r is the answer.
Guided       Each program begins without deviations. What a proposed v lets somebody gain is the counterexample that is
             added, until nobody gains or no v is left. Each optimum is exact and proves itself (`linear`).
Infinite     prices are found too: as r grows, a vertex with W(v, b) = 0 becomes the best one.

Source: Dinkelbach 1967; Solar-Lezama et al. 2006 (counterexample-guided inductive synthesis).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from verifier.domains import Profile
from verifier.errors import DomainError
from verifier.exact import Money, simplest
from verifier.games.induced import Outcomes
from verifier.games.normal_form import Actions
from verifier.oracles.anarchy_result import INFINITE, Infinite, Price
from verifier.oracles.linear import LinearProgram, Optimal, Row, solve

Held: TypeAlias = tuple[tuple[Money, ...], ...]  # (n, d) what everybody gets

MOST_PROGRAMS = 20_000


@dataclass(frozen=True, slots=True)
class Synthesis:
    """The worst values that were found.

    Attributes
    ----------
    values, price : of the worst instance; None where no values have an equilibrium
    complete : whether no admissible values are worse, which the programs show; False after Ctrl-C or too many programs
    programs, counterexamples : linear programs that were solved, and deviations that were added to them
    """

    values: Profile | None
    price: Price
    complete: bool
    programs: int
    counterexamples: int


def synthesise_worst(
    outcomes: Outcomes,
    upper: Money,
    *,
    overbidding: bool = True,
    most: int = MOST_PROGRAMS,
    tell: Callable[[Profile, Price], None] = lambda values, price: None,
) -> Synthesis:
    """True values, up to `upper` each, with the largest pure price of anarchy.

    Parameters
    ----------
    outcomes : of the mechanism at every profile of bids
    overbidding : False counts only equilibria in which nobody bids above its value in any coordinate
    most : linear programs
    tell : is told of every instance that is worse than all before

    Raises
    ------
    DomainError : the end is not positive.
    """
    if upper <= 0:
        raise DomainError(f"values up to {upper} are no values; the end must be positive")
    search = _Search(outcomes, upper, overbidding, most)
    complete = True
    try:
        while search.price is not INFINITE and (worse := search.raised()) is not None:
            tell(worse, search.price)
    except (KeyboardInterrupt, _Spent):
        complete = False
    return Synthesis(search.values, search.price, complete, search.programs, search.counterexamples)


class _Spent(Exception):
    """As many programs as were allowed are solved."""


class _Search:
    """The best price so far, and the deviations at each profile that mattered so far."""

    def __init__(self, outcomes: Outcomes, upper: Money, overbidding: bool, most: int) -> None:
        self.outcomes, self.domain, self.most = outcomes, outcomes.domain, most
        self.d = outcomes.domain.dimension
        self.n = len(outcomes.domain.agents)
        self.overbidding = overbidding
        self.values: Profile | None = None
        self.price: Price = None
        self.programs = self.counterexamples = 0
        self.profiles = list(product(*(range(len(types)) for types in outcomes.domain.types)))
        self.held = {profile: self._held(profile) for profile in self.profiles}
        self.paid = {
            profile: [Fraction(int(pay.numerators[profile]), pay.denominator) for pay in outcomes.payments]
            for profile in self.profiles
        }
        self.targets = sorted(set(self.held.values()))
        self.rows, self.limits = self._admissible(upper)
        self.guards: dict[Actions, set[tuple[int, int]]] = {profile: set() for profile in self.profiles}
        self.order = [(profile, target) for profile in self.profiles for target in self.targets]

    def raised(self) -> Profile | None:
        """Values with a larger price, which are the worst so far then; None where there are none."""
        for place, (profile, target) in enumerate(self.order):
            values = self._worse(profile, target)
            if values is not None:
                self._keep(profile, values)
                self.order = self.order[place:] + self.order[:place]  # where there was one there may be a worse one
                return values
        return None

    def _worse(self, profile: Actions, target: Held) -> Profile | None:
        """Values with a larger price, at this equilibrium and with this better outcome; None if there are none."""
        rate = self.price if isinstance(self.price, Fraction) else Fraction(0)  # at first any welfare will do
        here = self.held[profile]
        goal = {
            self._column(agent, place): simplest(Fraction(target[agent][place] - rate * here[agent][place]))
            for agent, place in product(range(self.n), range(self.d))
        }
        goal = {column: amount for column, amount in goal.items() if amount}
        while (found := self._solved(profile, goal)) is not None and found.value > 0:
            values = tuple(tuple(found.primal[agent * self.d :][: self.d]) for agent in range(self.n))
            added = [guard for guard in self._gaining(profile, values) if guard not in self.guards[profile]]
            if not added:
                return values
            self.guards[profile].update(added)
            self.counterexamples += len(added)
        return None

    def _price(self, profile: Actions, values: Profile) -> Fraction | Infinite:
        here, best = self._welfare(values, self.held[profile]), max(self._welfare(values, t) for t in self.targets)
        return INFINITE if here == 0 else best / here

    def _keep(self, profile: Actions, values: Profile) -> None:
        self.values, self.price = values, self._price(profile, values)

    def _solved(self, profile: Actions, goal: Row) -> Optimal | None:
        if self.programs >= self.most:
            raise _Spent
        self.programs += 1
        rows, limits = list(self.rows), list(self.limits)
        for agent, action in sorted(self.guards[profile]):
            row, limit = self._guard(profile, agent, action)
            rows.append(row)
            limits.append(limit)
        if not self.overbidding:  # minus the value is at most minus the bid
            for agent, types in enumerate(self.domain.types):
                for place, bid in enumerate(types[profile[agent]]):
                    rows.append({self._column(agent, place): -1})
                    limits.append(-bid)
        found = solve(LinearProgram(self.n * self.d, goal, tuple(rows), tuple(limits)))
        return found if isinstance(found, Optimal) else None

    def _guard(self, profile: Actions, agent: int, action: int) -> tuple[Row, Money]:
        """Another bid is worth no more: v (x' - x) <= p' - p."""
        other = (*profile[:agent], action, *profile[agent + 1 :])
        moved = zip(self.held[other][agent], self.held[profile][agent], strict=True)
        row = {self._column(agent, place): new - old for place, (new, old) in enumerate(moved) if new != old}
        return row, simplest(self.paid[other][agent] - self.paid[profile][agent])

    def _gaining(self, profile: Actions, values: Profile) -> Iterator[tuple[int, int]]:
        """For each agent who gains, the bid that gains most."""
        for agent, types in enumerate(self.domain.types):
            gains = []
            for action in range(len(types)):
                row, limit = self._guard(profile, agent, action)
                gains.append(sum((w * values[agent][k - agent * self.d] for k, w in row.items()), Fraction(0)) - limit)
            if max(gains) > 0:
                yield agent, gains.index(max(gains))

    def _admissible(self, upper: Money) -> tuple[list[Row], list[Money]]:
        """What the domain says of true values, and that none is above the end."""
        rows: list[Row] = [{column: 1} for column in range(self.n * self.d)]
        limits: list[Money] = [upper] * len(rows)
        for agent in range(self.n):
            for form, constant in self.domain.type_constraints():
                rows.append({self._column(agent, place): amount for place, amount in form.items()})
                limits.append(-constant)
        return rows, limits

    def _held(self, profile: Actions) -> Held:
        return tuple(
            tuple(simplest(Fraction(int(one.numerators[profile]), one.denominator)) for one in own)
            for own in self.outcomes.consumptions
        )

    def _column(self, agent: int, place: int) -> int:
        return agent * self.d + place

    def _welfare(self, values: Profile, held: Sequence[Sequence[Money]]) -> Fraction:
        pairs = (pair for own in zip(values, held, strict=True) for pair in zip(*own, strict=True))
        return Fraction(sum(worth * amount for worth, amount in pairs))
