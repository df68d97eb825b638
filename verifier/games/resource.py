"""Resource games: agents ask for amounts of several resources within their constraints and are paid by a rule.

Definition   an action is a bundle, a vector of amounts, one for each resource; a strategy space is a list of bundles
             with constraints, and its admissible bundles are the agent's actions in the normal form.
Congestion   an agent with bundle q pays sum_r q_r c_r(load of r), the load being what all agents ask for together.
Shares       agents bid amounts of money; resource r is divided in proportion, and an agent with bid b_r gets
             v_r b_r / (sum of bids on r) - b_r from it, where it values all of r at v_r; nothing is given for no bid.
Game types   only a static game is its normal form; the other types have models of their own.

Source: Rosenthal 1973 (congestion); Kelly 1997, Johari and Tsitsiklis 2004 (proportional shares).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from verifier.errors import DomainError, TooLarge
from verifier.exact import Money, money, show, simplest
from verifier.games.normal_form import Game
from verifier.tensor import Tensor

Bundle: TypeAlias = tuple[Money, ...]  # (r,) an amount of each resource
Rule: TypeAlias = Callable[[tuple[Bundle, ...]], Sequence[Money]]  # (n,) bundles -> (n,) payoffs

MOST_PROFILES = 2_000_000  # for which a rule is asked one by one


class GameType(StrEnum):
    """In which order the agents move and what they know."""

    STATIC = "static"
    REPEATED = "repeated"
    BAYESIAN = "bayesian"
    EXTENSIVE = "extensive"


@dataclass(frozen=True, slots=True)
class Constraint:
    """The sum of weights times amounts is at least `least` and at most `most`, where given."""

    name: str
    weights: Bundle
    most: Money | None = None
    least: Money | None = None

    def kept_by(self, bundle: Bundle) -> bool:
        """Whether a bundle keeps the constraint."""
        total = sum((weight * amount for weight, amount in zip(self.weights, bundle, strict=True)), 0)
        return (self.most is None or total <= self.most) and (self.least is None or total >= self.least)


@dataclass(frozen=True, slots=True)
class StrategySpace:
    """Bundles that an agent may ask for, as far as they keep every constraint."""

    bundles: tuple[Bundle, ...]
    constraints: tuple[Constraint, ...] = ()

    def admissible(self) -> tuple[Bundle, ...]:
        """The bundles that keep every constraint, in their order."""
        return tuple(bundle for bundle in self.bundles if all(c.kept_by(bundle) for c in self.constraints))


@dataclass(frozen=True, slots=True, eq=False)
class ResourceGame:
    """Agents, resources, what each agent may ask for, and what everybody gets for it.

    Attributes
    ----------
    agents, resources : distinct names
    spaces : (n,) strategy spaces
    rule : from everybody's bundles to everybody's payoffs: `congestion`, `proportional_shares`, or any other

    Raises
    ------
    DomainError : no agent or resource, a bundle or constraint with another number of amounts, a bundle twice, or an
        agent without an admissible bundle.
    """

    agents: tuple[str, ...]
    resources: tuple[str, ...]
    spaces: tuple[StrategySpace, ...]
    rule: Rule
    type: GameType = GameType.STATIC

    def __post_init__(self) -> None:
        if not self.agents or not self.resources or len(set(self.resources)) < len(self.resources):
            raise DomainError(
                f"agents {list(self.agents)}, resources {list(self.resources)}: one of each, all distinct"
            )
        if len(self.spaces) != len(self.agents):
            raise DomainError(f"{len(self.spaces)} strategy spaces for {len(self.agents)} agents; give one for each")
        for agent, space in zip(self.agents, self.spaces, strict=True):
            _check_space(agent, space, len(self.resources))

    def actions(self) -> tuple[tuple[Bundle, ...], ...]:
        """(n,) the admissible bundles of each agent."""
        return tuple(space.admissible() for space in self.spaces)

    def normal_form(self, title: str = "") -> Game:
        """The game whose actions are the admissible bundles.

        Raises
        ------
        DomainError : the game is not static, or the rule does not pay every agent
        TooLarge : there are more than two million profiles
        """
        if self.type is not GameType.STATIC:
            raise DomainError(
                f"a {self.type.value} game is more than one normal form; state it as a {self.type.value} game"
            )
        bundles = self.actions()
        shape = tuple(map(len, bundles))
        if math.prod(shape) > MOST_PROFILES:
            raise TooLarge(math.prod(shape), MOST_PROFILES, "profiles of actions")
        rows = [self._paid(profile) for profile in product(*bundles)]
        names = tuple(tuple(map(self._named, of)) for of in bundles)
        return Game(self.agents, names, tuple(Tensor.of(column, shape) for column in zip(*rows, strict=True)), title)

    def _paid(self, profile: tuple[Bundle, ...]) -> list[Money]:
        paid = self.rule(profile)
        if len(paid) != len(self.agents):
            raise DomainError(f"the rule pays {len(paid)} amounts at {profile}; there are {len(self.agents)} agents")
        return list(map(money, paid))

    def _named(self, bundle: Bundle) -> str:
        parts = [f"{show(q)} {name}" for q, name in zip(bundle, self.resources, strict=True) if q]
        return " + ".join(parts) or "nothing"


def bundles_of(amounts: Sequence[Money], resources: int) -> tuple[Bundle, ...]:
    """Every bundle with one of the given amounts of each resource."""
    return tuple(product(map(money, amounts), repeat=resources))


def one_resource(resources: int, amount: Money = 1) -> tuple[Bundle, ...]:
    """The bundles that have `amount` of one resource and nothing of the others."""
    return tuple(tuple(amount if r == chosen else 0 for r in range(resources)) for chosen in range(resources))


def congestion(costs: Sequence[Mapping[Money, Money] | Callable[[Money], Money]]) -> Rule:
    """Everybody pays for each of its units what a unit of that resource costs at the load; a table or a function each.

    The rule raises DomainError where a table has no cost for a load.
    """

    def rule(profile: tuple[Bundle, ...]) -> list[Money]:
        loads = [sum(column) for column in zip(*profile, strict=True)]
        unit = [_cost(r, cost, load) if load else 0 for r, (cost, load) in enumerate(zip(costs, loads, strict=True))]
        return [-sum(q * price for q, price in zip(bundle, unit, strict=True)) for bundle in profile]

    return rule


def proportional_shares(values: Sequence[Sequence[Money]]) -> Rule:
    """`values[i][r]` is what agent i would give for all of resource r; bids are paid, and divide it in proportion."""
    worth = [[money(amount) for amount in row] for row in values]

    def rule(profile: tuple[Bundle, ...]) -> list[Money]:
        totals = [sum(column) for column in zip(*profile, strict=True)]
        return [
            simplest(
                sum(
                    (v * Fraction(bid) / total - bid for v, bid, total in zip(row, bundle, totals, strict=True) if bid),
                    Fraction(0),
                )
            )
            for row, bundle in zip(worth, profile, strict=True)
        ]

    return rule


def _cost(resource: int, cost: Mapping[Money, Money] | Callable[[Money], Money], load: Money) -> Money:
    if not isinstance(cost, Mapping):
        return money(cost(load))
    if load not in cost:
        raise DomainError(f"resource {resource + 1} has no cost for the load {show(load)}; give one for every load")
    return money(cost[load])


def _check_space(agent: str, space: StrategySpace, resources: int) -> None:
    for bundle in space.bundles:
        if len(bundle) != resources or any(amount < 0 for amount in bundle):
            raise DomainError(f"{agent} has the bundle {bundle}; a bundle has {resources} amounts, none negative")
    if len(set(space.bundles)) < len(space.bundles):
        raise DomainError(f"{agent} has a bundle twice")
    for constraint in space.constraints:
        if len(constraint.weights) != resources:
            raise DomainError(f"{constraint.name!r} of {agent} has {len(constraint.weights)} weights, not {resources}")
    if not space.admissible():
        names = ", ".join(repr(constraint.name) for constraint in space.constraints)
        raise DomainError(f"{agent} has no bundle left that keeps {names or 'no constraint, as it was given none'}")
