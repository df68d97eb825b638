"""Infinitely repeated games with discounting, played by finite automata (Moore machines).

Definition   In every period the stage game is played, and everybody sees the actions. A machine starts in a state,
             plays the action of its state, and moves on by the actions of all. With the discount factor d a player gets
             the mean (1 - d) (u_0 + d u_1 + d^2 u_2 + ...). A change of one action in one state, after which the
             machines go on as they would, is a one-shot deviation.
Decided by   machines are a subgame perfect equilibrium exactly where no one-shot deviation gains in any profile of
             states that some play leads to. They are a Nash equilibrium where no other strategy gains from the start:
             the best one is found by policy iteration on the product of the machines. All values solve the linear
             equations of the product exactly; since play from a profile of states runs into a cycle, they are sums.
Refutation   the profile of states, a way there, the player, the action and the exact gain.
Source       Rubinstein 1986 and Abreu and Rubinstein 1988 (machines); Blackwell 1965 (one-shot deviations);
             Howard 1960 (policy iteration); Mailath and Samuelson 2006, Section 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import TypeAlias

from verifier.errors import DomainError, TooLarge
from verifier.exact import Money, money, show, simplest
from verifier.games.normal_form import Actions, Game

States: TypeAlias = tuple[int, ...]  # (n,) the state of each machine
MOST_MOVES = 2_000_000  # profiles of states times profiles of actions


@dataclass(frozen=True, slots=True)
class Machine:
    """A strategy of one player; it starts in its first state.

    Attributes
    ----------
    plays : for each state the place of an action
    moves : for each state the next state by profile of actions
    """

    plays: tuple[int, ...]
    moves: tuple[Mapping[Actions, int], ...]


@dataclass(frozen=True, slots=True)
class OneShot:
    """The one-shot deviation that gains most (or loses least): where, by whom, to what, how much.

    Attributes
    ----------
    states : of the machines
    history : profiles of actions after which the machines are there, a shortest one
    """

    states: States
    history: tuple[Actions, ...]
    player: int
    action: int
    gain: Money


@dataclass(frozen=True, slots=True)
class Judgement:
    """Machines at a discount factor.

    Attributes
    ----------
    values : (n,) mean discounted payoffs from the start
    best_values : (n,) those of each player's best response among all strategies
    deviation : the best one-shot deviation over all profiles of states; None where nobody has a second action
    """

    values: tuple[Money, ...]
    best_values: tuple[Money, ...]
    deviation: OneShot | None

    @property
    def is_nash(self) -> bool:
        """Whether no other strategy gains from the start."""
        return self.values == self.best_values

    @property
    def is_subgame_perfect(self) -> bool:
        """Whether nobody gains after any history."""
        return self.deviation is None or self.deviation.gain <= 0


def machine(game: Game, plays: Sequence[int], move: Callable[[int, Actions], int]) -> Machine:
    """The machine whose states play `plays` and that goes from a state by a profile of actions to `move` of them."""
    _refuse_large(len(plays) * prod(game.shape))
    return Machine(tuple(plays), tuple({seen: move(s, seen) for seen in game.profiles()} for s in range(len(plays))))


def always(game: Game, action: int) -> Machine:
    """Plays one action whatever happens."""
    return machine(game, [action], lambda _, __: 0)


def grim_trigger(game: Game, player: int, agreed: Actions, punishment: int) -> Machine:
    """Plays its part of the agreed profile until anybody deviates from it, then the punishment for ever."""
    return machine(game, [agreed[player], punishment], lambda state, seen: int(state == 1 or seen != agreed))


def tit_for_tat(game: Game, player: int, first: int = 0) -> Machine:
    """Of two players: plays `first`, then what the other one played last.

    Raises DomainError unless there are two players with equally many actions.
    """
    if len(game.players) != 2 or len(set(game.shape)) != 1:
        raise DomainError(f"tit for tat needs two players with the same actions, not the shape {game.shape}")
    plays = [first, *(action for action in range(game.shape[0]) if action != first)]
    return machine(game, plays, lambda _, seen: plays.index(seen[1 - player]))


def judge(game: Game, machines: Sequence[Machine], discount: object) -> Judgement:
    """Judge machines, one for each player, at a discount factor.

    Raises
    ------
    DomainError : a factor outside [0, 1), machines that play or move to what does not exist; MoneyError : a factor
        that is no exact number. TooLarge : more profiles of states and actions than MOST_MOVES.
    """
    factor = read_discount(discount)
    ways = histories(game, machines)
    played = {states: _played(machines, states) for states in ways}
    n = len(game.players)
    values = [_follow(game, machines, factor, player, played) for player in range(n)]
    worst: OneShot | None = None
    for states, way in ways.items():
        for player in range(n):
            for action in range(game.shape[player]):
                if action == played[states][player]:
                    continue
                gain = _once(game, machines, factor, player, states, action, values[player]) - values[player][states]
                if worst is None or gain > worst.gain:
                    worst = OneShot(states, way, player, action, simplest(gain))
    start = (0,) * n
    best = tuple(simplest(_best(game, machines, factor, player, played)[start]) for player in range(n))
    return Judgement(tuple(simplest(values[player][start]) for player in range(n)), best, worst)


def read_discount(discount: object) -> Money:
    """The factor as an exact number; DomainError unless it is at least 0 and below 1."""
    factor = money(discount)
    if not 0 <= factor < 1:
        raise DomainError(f"the discount factor is {show(factor)}; it must be at least 0 and below 1")
    return factor


def histories(game: Game, machines: Sequence[Machine]) -> dict[States, tuple[Actions, ...]]:
    """Every profile of states that some play leads to, with a shortest history that does."""
    _refuse_other(game, machines)
    _refuse_large(prod(len(own.plays) for own in machines) * prod(game.shape))
    start = (0,) * len(machines)
    found: dict[States, tuple[Actions, ...]] = {start: ()}
    level = [start]
    while level:
        following = []
        for states in level:
            for seen in game.profiles():
                then = step(machines, states, seen)
                if then not in found:
                    found[then] = (*found[states], seen)
                    following.append(then)
        level = following
    return found


def step(machines: Sequence[Machine], states: States, seen: Actions) -> States:
    """Where the machines go from their states by a profile of actions."""
    return tuple(own.moves[state][seen] for own, state in zip(machines, states, strict=True))


def _played(machines: Sequence[Machine], states: States) -> Actions:
    return tuple(own.plays[state] for own, state in zip(machines, states, strict=True))


def _follow(
    game: Game, machines: Sequence[Machine], factor: Money, player: int, played: Mapping[States, Actions]
) -> dict[States, Fraction]:
    """A player's values if `played` is: every profile of states leads to one other, so that cycles are sums."""
    values: dict[States, Fraction] = {}
    for start in played:
        way: list[States] = []
        place: dict[States, int] = {}
        states = start
        while states not in values and states not in place:
            place[states] = len(way)
            way.append(states)
            states = step(machines, states, played[states])
        if states in place:
            cycle = way[place[states] :]
            whole = sum((factor**k * game.payoff(player, played[at]) for k, at in enumerate(cycle)), Fraction(0))
            values[states] = (1 - factor) * whole / (1 - factor ** len(cycle))
        for at in reversed(way):
            if at not in values:
                after = values[step(machines, at, played[at])]
                values[at] = (1 - factor) * game.payoff(player, played[at]) + factor * after
    return values


def _once(
    game: Game,
    machines: Sequence[Machine],
    factor: Money,
    player: int,
    states: States,
    action: int,
    after: Mapping[States, Fraction],
) -> Fraction:
    """What a player gets by an action now, if the values afterwards are as given."""
    seen = _with(_played(machines, states), player, action)
    return Fraction((1 - factor) * game.payoff(player, seen) + factor * after[step(machines, states, seen)])


def _with(seen: Actions, player: int, action: int) -> Actions:
    return (*seen[:player], action, *seen[player + 1 :])


def _best(
    game: Game, machines: Sequence[Machine], factor: Money, player: int, played: Mapping[States, Actions]
) -> dict[States, Fraction]:
    """What a player gets at most against the other machines: its plan is improved until no single change helps."""
    plan = dict(played)
    while True:
        values = _follow(game, machines, factor, player, plan)
        better = {}
        for states in plan:
            options = [
                _once(game, machines, factor, player, states, action, values) for action in range(game.shape[player])
            ]
            if max(options) > values[states]:
                better[states] = _with(plan[states], player, options.index(max(options)))
        if not better:
            return values
        plan |= better


def _refuse_large(count: int) -> None:
    if count > MOST_MOVES:
        raise TooLarge(count, MOST_MOVES, "moves of the product automaton")


def _refuse_other(game: Game, machines: Sequence[Machine]) -> None:
    """DomainError where machines do not fit the game."""
    if len(machines) != len(game.players):
        raise DomainError(f"{len(machines)} machines; the game has {len(game.players)} players")
    for name, count, own in zip(game.players, game.shape, machines, strict=True):
        if not own.plays or len(own.plays) != len(own.moves):
            raise DomainError(f"the machine of {name} has {len(own.plays)} states and moves from {len(own.moves)}")
        for state, (action, moves) in enumerate(zip(own.plays, own.moves, strict=True)):
            if not 0 <= action < count:
                raise DomainError(
                    f"the machine of {name} plays {action} in state {state}; it has actions 0 to {count - 1}"
                )
            for seen in game.profiles():
                if not 0 <= moves.get(seen, -1) < len(own.plays):
                    raise DomainError(
                        f"the machine of {name} does not know where to go from state {state} after {seen}"
                    )
