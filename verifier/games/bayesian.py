"""Games of incomplete information with finitely many types: interim utilities, Bayes-Nash equilibria, truthfulness.

Definition   Nature draws the types of all players by a common prior; each player knows its own and takes an action. A
             strategy gives every type an action. Strategies are a Bayes-Nash equilibrium if no type of no player has an
             action that is worth more in expectation, given its type. Where actions are reports of types, truth is
             Bayesian incentive compatible (BIC) if it is such an equilibrium; an ex-post equilibrium if nobody gains by
             a lie at any profile of types that the others tell the truth about; dominant if nobody gains whatever is
             reported. Dominant implies ex-post, ex-post implies BIC for every prior.
Exact        Priors and payoffs are rationals; types of probability zero have no interim utility and are left out.
Source       Harsanyi 1967-68; Myerson 1991, Section 2.8; Nisan et al. 2007, Sections 9.3 and 9.6.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from verifier.errors import DomainError, TooLarge
from verifier.exact import Money, show, simplest, size
from verifier.games.normal_form import Actions, Game, check_names, from_table
from verifier.games.pure import pure_equilibria

Types: TypeAlias = tuple[int, ...]  # (n,) the place of each player's type
Strategies: TypeAlias = tuple[tuple[int, ...], ...]  # [player][type] the place of an action

MOST_STRATEGIES = 1_000_000  # profiles of pure strategies that are looked at


@dataclass(frozen=True, slots=True, eq=False)
class BayesianGame:
    """A game with finitely many types.

    Attributes
    ----------
    players : (n,) names
    types, actions : (n,) for each player the names of its types and of its actions
    prior : probability of every profile of types that can occur
    utility : of a player at a profile of types and a profile of actions

    Raises
    ------
    DomainError : repeated names, players without types or actions, a prior that is negative, about types that do not
        exist, or does not add up to one (by how much is said).
    """

    players: tuple[str, ...]
    types: tuple[tuple[str, ...], ...]
    actions: tuple[tuple[str, ...], ...]
    prior: Mapping[Types, Money]
    utility: Callable[[int, Types, Actions], Money]

    def __post_init__(self) -> None:
        check_names(self.players, self.types)
        check_names(self.players, self.actions)
        known = set(product(*(range(len(names)) for names in self.types)))
        for profile, chance in self.prior.items():
            if profile not in known:
                raise DomainError(f"the prior names the types {profile}, which do not exist")
            if chance < 0:
                raise DomainError(f"the probability of the types {profile} is {show(chance)}; it must not be negative")
        total = sum(self.prior.values(), Fraction(0))
        if total != 1:
            text = f"{show(size(total - 1))} too {'much' if total > 1 else 'little'}"
            raise DomainError(f"the prior adds up to {show(total)}, {text}; it must add up to 1")

    def interim(self, player: int, type_: int, strategies: Sequence[Sequence[int]]) -> tuple[Money, ...] | None:
        """(A_i,) what each action of a type is worth, given it and the others' strategies; None if it never occurs."""
        whole: Money = Fraction(0)
        values: list[Money] = [Fraction(0)] * len(self.actions[player])
        for types, chance in self.prior.items():
            if types[player] == type_ and chance:
                whole += chance
                played = [strategy[own] for strategy, own in zip(strategies, types, strict=True)]
                for action in range(len(values)):
                    played[player] = action
                    values[action] += chance * self.utility(player, types, tuple(played))
        return tuple(simplest(Fraction(value) / whole) for value in values) if whole else None


@dataclass(frozen=True, slots=True)
class Regret:
    """What a type of a player could gain, given its type, and the action by which it does."""

    player: int
    type: int
    value: Money
    best: int
    gain: Money


def verify_bayes_nash(game: BayesianGame, strategies: Sequence[Sequence[int]]) -> list[Regret]:
    """The interim regret of every type that can occur; the strategies are an equilibrium where all gains are zero.

    Raises DomainError where the strategies are not an action for each type of each player.
    """
    _refuse_other(game, strategies)
    found = []
    for player, names in enumerate(game.types):
        for type_ in range(len(names)):
            values = game.interim(player, type_, strategies)
            if values is not None:
                own = values[strategies[player][type_]]
                best = max(range(len(values)), key=values.__getitem__)
                found.append(Regret(player, type_, own, best, values[best] - own))
    return found


def is_bayes_nash(game: BayesianGame, strategies: Sequence[Sequence[int]]) -> bool:
    """Whether no type gains."""
    return all(regret.gain == 0 for regret in verify_bayes_nash(game, strategies))


def agent_form(game: BayesianGame) -> tuple[Game, list[tuple[int, int]]]:
    """The game between types: each that can occur is a player of its own, and gets what it expects given its type.

    Returns the game and (player, type) for each of its players. TooLarge : more profiles than `MOST_STRATEGIES`.
    """
    agents = [
        (player, type_)
        for player, names in enumerate(game.types)
        for type_ in range(len(names))
        if any(chance and types[player] == type_ for types, chance in game.prior.items())
    ]
    count = math.prod(len(game.actions[player]) for player, _ in agents)
    if count > MOST_STRATEGIES:
        raise TooLarge(count, MOST_STRATEGIES, "strategies, a bid for each type")
    payoffs: dict[Actions, list[Money]] = {}
    for chosen in product(*(range(len(game.actions[player])) for player, _ in agents)):
        strategies = _strategies(game, agents, chosen)
        payoffs[chosen] = [
            (game.interim(player, type_, strategies) or ())[action]
            for (player, type_), action in zip(agents, chosen, strict=True)
        ]
    names = [f"{game.players[player]} of type {game.types[player][type_]}" for player, type_ in agents]
    return from_table(payoffs, [game.actions[player] for player, _ in agents], names), agents


def pure_bayes_nash(game: BayesianGame) -> list[Strategies]:
    """All Bayes-Nash equilibria in pure strategies; types that cannot occur take their first action."""
    form, agents = agent_form(game)
    return [_strategies(game, agents, profile) for profile in pure_equilibria(form)]


def truth(game: BayesianGame) -> Strategies:
    """Everybody reports its type. DomainError where the actions of a player are not its types."""
    for name, types, actions in zip(game.players, game.types, game.actions, strict=True):
        if types != actions:
            raise DomainError(f"the actions of {name} are not its types, so that there is no truth to report")
    return tuple(tuple(range(len(names))) for names in game.types)


def ex_post_gain(game: BayesianGame) -> Money:
    """The most that a player gains by a lie where all types are known and the others tell the truth.

    Over all profiles of types, also those that the prior rules out; 0 exactly where truth is an ex-post equilibrium.
    """
    truth(game)
    return max(_gains(game, ((types, types) for types in _profiles(game))), default=0)


def dominance_gain(game: BayesianGame) -> Money:
    """The most that a player gains by a lie, whatever the others' types and reports; 0: truth is dominant."""
    truth(game)
    return max(_gains(game, product(_profiles(game), _profiles(game))), default=0)


def _gains(game: BayesianGame, cases: Iterator[tuple[Types, Types]]) -> Iterator[Money]:
    """For types and reports: what each player gains by its best report over its type, the others' being as they are."""
    for types, reports in cases:
        for player, own in enumerate(types):
            told = [
                game.utility(player, types, (*reports[:player], report, *reports[player + 1 :]))
                for report in range(len(game.actions[player]))
            ]
            yield max(told) - told[own]


def _profiles(game: BayesianGame) -> Iterator[Types]:
    return product(*(range(len(names)) for names in game.types))


def _strategies(game: BayesianGame, agents: Sequence[tuple[int, int]], chosen: Sequence[int]) -> Strategies:
    place = dict(zip(agents, chosen, strict=True))
    return tuple(
        tuple(place.get((player, type_), 0) for type_ in range(len(names))) for player, names in enumerate(game.types)
    )


def _refuse_other(game: BayesianGame, strategies: Sequence[Sequence[int]]) -> None:
    if [len(strategy) for strategy in strategies] != [len(names) for names in game.types]:
        raise DomainError("strategies are an action for each type of each player")
    for name, strategy, actions in zip(game.players, strategies, game.actions, strict=True):
        if not all(0 <= action < len(actions) for action in strategy):
            raise DomainError(f"{name} has no action {max(strategy)}; its actions are 0 to {len(actions) - 1}")


def independent(chances: Sequence[Sequence[Money]]) -> dict[Types, Money]:
    """The prior under which types are independent, from the probabilities of each player's types."""
    places = product(*(range(len(of)) for of in chances))
    return {types: math.prod(of[t] for of, t in zip(chances, types, strict=True)) for types in places}
