"""A claimed equilibrium, judged: who could gain how much, and by what, in exact numbers.

Definition   The gain of a player at a (mixed) profile is what its best response is worth against the others, less what
             its strategy is worth. The largest gain is the least epsilon with which it is an epsilon-equilibrium;
             at 0 it is a Nash equilibrium: in dominant strategies where each action that is played is a best response
             to everything, strict where no other action does as well.
Refutation   the player with the largest gain and the action that has it.
Source       Nash 1951; Osborne and Rubinstein 1994, Sections 2.2 and 3.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from verifier.errors import DomainError
from verifier.exact import Money, money, show, size
from verifier.games.normal_form import Actions, Game, Mixed, MixedProfile
from verifier.games.pure import as_mixed, dominant_actions


@dataclass(frozen=True, slots=True)
class Response:
    """One player at a profile: what it plays, what that is worth, the best that it could play, and the difference."""

    player: int
    strategy: Mixed
    value: Money
    best: tuple[int, ...]
    best_value: Money

    @property
    def gain(self) -> Money:
        """What the best response is worth more."""
        return self.best_value - self.value


@dataclass(frozen=True, slots=True)
class Verification:
    """A profile with every player's best responses.

    Attributes
    ----------
    kind : "dominant-strategy", "strict", "pure", "mixed", or "none" where somebody gains
    epsilon : the largest gain
    welfare : what all players get together
    """

    profile: MixedProfile
    responses: tuple[Response, ...]
    kind: str
    epsilon: Money
    welfare: Money

    @property
    def is_equilibrium(self) -> bool:
        """Whether nobody gains."""
        return self.epsilon == 0

    @property
    def deviation(self) -> tuple[int, int] | None:
        """The player that gains most and the action by which it does; None at an equilibrium."""
        worst = max(self.responses, key=lambda response: response.gain)
        return None if worst.gain == 0 else (worst.player, worst.best[0])


def verify_profile(game: Game, profile: Sequence[object]) -> Verification:
    """Judge a profile: for each player the place of an action, its name, or the probabilities of all its actions.

    Raises
    ------
    DomainError : not one strategy for each player, an action that does not exist, or probabilities that are negative or
        do not add up to one (by how much is said); MoneyError : a probability that is no exact number.
    """
    mixed = read_profile(game, profile)
    responses = tuple(best_response(game, player, mixed) for player in range(len(game.players)))
    epsilon = max(response.gain for response in responses)
    welfare = sum((response.value for response in responses), 0)
    return Verification(mixed, responses, _kind(game, responses) if not epsilon else "none", epsilon, welfare)


def best_response(game: Game, player: int, mixed: Sequence[Mixed]) -> Response:
    """The player's best responses to the others' mixtures."""
    values = game.action_values(player, mixed)
    most = max(values)
    own = sum((p * value for p, value in zip(mixed[player], values, strict=True)), 0)
    return Response(player, mixed[player], own, tuple(a for a, value in enumerate(values) if value == most), most)


def read_profile(game: Game, profile: Sequence[object]) -> MixedProfile:
    """The mixed profile that was meant; see `verify_profile`."""
    if len(profile) != len(game.players):
        raise DomainError(f"{len(profile)} strategies, but {len(game.players)} players; give one for each")
    return tuple(_strategy(game, player, written) for player, written in enumerate(profile))


def _strategy(game: Game, player: int, written: object) -> Mixed:
    name, actions = game.players[player], game.actions[player]
    if isinstance(written, str) and written in actions:
        written = actions.index(written)
    if isinstance(written, int) and not isinstance(written, bool):
        if not 0 <= written < len(actions):
            raise DomainError(f"{name} has no action {written}; its actions are 0 to {len(actions) - 1}")
        return as_mixed(game, tuple(written if other == player else 0 for other in range(len(game.players))))[player]
    if isinstance(written, str) or not isinstance(written, Sequence):
        raise DomainError(f"{name} has no action {written!r}; its actions are {', '.join(actions)}")
    if len(written) != len(actions):
        raise DomainError(f"{len(written)} probabilities for {name}, who has {len(actions)} actions")
    mixed = tuple(money(p) for p in cast("Sequence[object]", written))
    for action, p in zip(actions, mixed, strict=True):
        if p < 0:
            raise DomainError(f"the probability that {name} plays {action!r} is {show(p)}; it must not be negative")
    if sum(mixed) != 1:
        off = size(sum(mixed) - 1)
        text = f"{show(off)} too {'much' if sum(mixed) > 1 else 'little'}"
        raise DomainError(f"the probabilities of {name} add up to {show(sum(mixed))}, {text}; they must add up to 1")
    return mixed


def _kind(game: Game, responses: Sequence[Response]) -> str:
    played = [tuple(a for a, p in enumerate(response.strategy) if p) for response in responses]
    if all(set(support) <= set(dominant_actions(game, player)) for player, support in enumerate(played)):
        return "dominant-strategy"
    if any(len(support) > 1 for support in played):
        return "mixed"
    return "strict" if all(len(response.best) == 1 for response in responses) else "pure"


@dataclass(frozen=True, slots=True)
class Robustness:
    """How well a profile of actions holds: the most that anybody gains by another action, and how often none does."""

    most: Money
    best: int
    scenarios: int


def truthful_robustness(game: Game, truth: Actions) -> Robustness:
    """What the truth is worth when the others do anything: over all players and all actions of the others.

    Returns the maximum misreport gain, and in how many scenarios (a player, actions of the others) truth is best.
    """
    most: Money = 0
    best = scenarios = 0
    for player, action in enumerate(truth):
        tensor = game.payoffs[player]
        own = np.take(tensor.numerators, [action], axis=player)
        gains = tensor.view(tensor.numerators.max(axis=player, keepdims=True) - own)
        most = max(most, -tensor.view(-gains.numerators).least())
        best += int((gains.numerators == 0).sum())
        scenarios += gains.numerators.size
    return Robustness(most, best, scenarios)
