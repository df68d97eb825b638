"""Equilibria of extensive games: subgame perfection by backward induction, and claimed behaviour strategies judged.

Definition   The gain of a player at a behaviour profile is what its best response over the whole tree is worth, less
             what its strategy is worth. No gain: a Nash equilibrium. No gain in any subgame, reached or not: a subgame
             perfect equilibrium.
Method       A best response is found from the ends on: at an information set each move is worth the sum, over ends and
             later own sets that it leads to, weighted by what chance and the others do. An inner subgame counts as one
             end that is worth the best response inside it, so that one walk finds the gain in every subgame.
Refutation   the subgame, the player, its best plan there, and the exact gain.
Source       Kuhn 1953; Selten 1965 and 1975; Osborne and Rubinstein 1994, Sections 6.2 and 11.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod

from verifier.errors import TooLarge, TreeError
from verifier.exact import Money, simplest
from verifier.games.extensive import Behaviour, Decision, ExtensiveGame, Terminal

MOST_EQUILIBRIA = 10_000  # profiles that are listed


@dataclass(frozen=True, slots=True)
class Solution:
    """A subgame perfect equilibrium in pure strategies.

    Attributes
    ----------
    plan : a move for every information set
    values : (n,) what the players get
    ties : information sets where other moves do as well, with all moves that do, if the plan is followed afterwards
    """

    plan: dict[str, str]
    values: tuple[Money, ...]
    ties: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Gain:
    """What a player gains in a subgame by its best response.

    Attributes
    ----------
    path : the moves that lead to the subgame; empty for the whole game
    value : what its strategy is worth there
    best_value : what its best response is worth
    plan : a best response, a move for each of its information sets in the subgame
    """

    path: tuple[str, ...]
    player: int
    value: Money
    best_value: Money
    plan: dict[str, str]

    @property
    def gain(self) -> Money:
        """What the best response is worth more."""
        return self.best_value - self.value


@dataclass(frozen=True, slots=True)
class TreeVerification:
    """A behaviour profile, judged.

    Attributes
    ----------
    values : (n,) what the players get
    responses : (n,) each player's best response in the whole game
    worst : the largest gain in any subgame
    gains : what each player gains in each subgame, in the order of `ExtensiveGame.subgames`
    """

    values: tuple[Money, ...]
    responses: tuple[Gain, ...]
    worst: Gain
    gains: tuple[tuple[Money, ...], ...]

    @property
    def epsilon(self) -> Money:
        """The largest gain in the whole game: the least epsilon of an epsilon-equilibrium."""
        return max(response.gain for response in self.responses)

    @property
    def is_nash(self) -> bool:
        """Whether nobody gains in the whole game."""
        return self.epsilon == 0

    @property
    def is_subgame_perfect(self) -> bool:
        """Whether nobody gains in any subgame."""
        return self.worst.gain == 0


def backward_induction(game: ExtensiveGame) -> Solution:
    """One subgame perfect equilibrium; of equally good moves the first, and all of them are named.

    Raises TreeError where a player does not know at which node it is.
    """
    _refuse_imperfect(game)
    values: list[tuple[Money, ...]] = [()] * len(game.places)
    plan: dict[str, str] = {}
    ties: dict[str, tuple[str, ...]] = {}
    for at, place in game.upwards():
        node = place.node
        if isinstance(node, Terminal):
            values[at] = node.payoffs
        elif isinstance(node, Decision):
            worth = [values[child][node.player] for child in place.children]
            best = [move for move, value in enumerate(worth) if value == max(worth)]
            values[at] = values[place.children[best[0]]]
            plan[node.infoset] = node.moves[best[0]][0]
            if len(best) > 1:
                ties[node.infoset] = tuple(node.moves[move][0] for move in best)
        else:
            values[at] = _mean(tuple(p for _, p, _ in node.moves), [values[child] for child in place.children])
    return Solution({name: plan[name] for name in game.infosets}, values[0], ties)


def all_subgame_perfect(game: ExtensiveGame, most: int = MOST_EQUILIBRIA) -> list[Solution]:
    """All subgame perfect equilibria in pure strategies.

    Raises TreeError where a player does not know at which node it is; TooLarge where a subgame has more than `most`.
    """
    _refuse_imperfect(game)
    found: list[list[tuple[tuple[Money, ...], dict[str, str]]]] = [[] for _ in game.places]
    for at, place in game.upwards():
        node = place.node
        if isinstance(node, Terminal):
            found[at] = [(node.payoffs, {})]
            continue
        below = [found[child] for child in place.children]
        if (count := prod(map(len, below))) > most:  # every combination of what follows is completed in some way
            raise TooLarge(count, most, "combinations of plans")
        for chosen in product(*below):
            after = {name: move for _, plan in chosen for name, move in plan.items()}
            if isinstance(node, Decision):
                worth = [values[node.player] for values, _ in chosen]
                best = [move for move, value in enumerate(worth) if value == max(worth)]
                found[at] += [(chosen[move][0], {node.infoset: node.moves[move][0], **after}) for move in best]
            else:
                found[at].append((_mean(tuple(p for _, p, _ in node.moves), [v for v, _ in chosen]), after))
        if len(found[at]) > most:
            raise TooLarge(len(found[at]), most, "subgame perfect equilibria")
        for child in place.children:
            found[child] = []
    return [_solution(game, plan) for _, plan in found[0]]


def verify_behaviour(game: ExtensiveGame, claimed: Mapping[str, object]) -> TreeVerification:
    """Judge a behaviour strategy for everybody, given as `ExtensiveGame.read` takes it.

    Raises DomainError and MoneyError as `read` does, and TreeError where a player lacks perfect recall.
    """
    game.refuse_forgetting()
    behaviour = game.read(claimed)
    values = game.values(behaviour)
    roots = game.subgames() or [0]
    whole: list[Gain] = []
    largest: list[Gain] = []
    every: list[list[Money]] = []
    for player in range(len(game.players)):
        best, plan = _best_responses(game, behaviour, player, roots)
        gains = [(best[root] - values[root][player], -root) for root in roots]
        every.append([gain for gain, _ in gains])
        top = -max(gains)[1]
        for root, kept in ((0, whole), (top, largest)):
            inside = {
                name: game.infosets[name].moves[move]
                for name, move in plan.items()
                if root <= game.infosets[name].members[0] < game.places[root].end
            }
            kept.append(Gain(game.path(root), player, values[root][player], best[root], inside))
    worst = max(largest, key=lambda found: found.gain)
    return TreeVerification(values[0], tuple(whole), worst, tuple(zip(*every, strict=True)))


def best_response(game: ExtensiveGame, claimed: Mapping[str, object], player: int) -> Gain:
    """A player's best response in the whole game; of equally good moves the first."""
    return verify_behaviour(game, claimed).responses[player]


def _best_responses(
    game: ExtensiveGame, behaviour: Behaviour, player: int, roots: list[int]
) -> tuple[dict[int, Money], dict[str, int]]:
    """What a best response is worth from the root of each subgame on, and one that is best in all of them."""
    first = {infoset.members[0]: infoset for infoset in game.of_player(player)}
    depths = _depths(game, player)
    best: dict[int, Money] = {}
    plan: dict[str, int] = {}
    for root in reversed(roots):
        before = game.places[root].last[player]  # the last own move on the way to the subgame
        gathered: dict[tuple[str, int] | None, Money] = {before: 0}
        own: list[int] = []
        waiting: list[tuple[int, Money]] = [(root, 1)]
        while waiting:  # this subgame without those inside it
            at, weight = waiting.pop()
            place = game.places[at]
            if at in best or isinstance(place.node, Terminal):
                worth = place.node.payoffs[player] if isinstance(place.node, Terminal) else best[at]
                gathered[place.last[player]] = gathered.get(place.last[player], 0) + weight * worth
            elif isinstance(place.node, Decision) and place.node.player == player:
                if at in first:
                    own.append(at)
                waiting.extend((child, weight) for child in place.children)
            else:
                weights = game.weights(at, behaviour)
                waiting.extend((child, weight * p) for child, p in zip(place.children, weights, strict=True))
        for at in sorted(own, key=lambda at: -depths[first[at].name]):
            infoset = first[at]
            worth_of = [gathered.get((infoset.name, move), 0) for move in range(len(infoset.moves))]
            plan[infoset.name] = worth_of.index(max(worth_of))
            origin = game.places[at].last[player]
            gathered[origin] = gathered.get(origin, 0) + max(worth_of)
        best[root] = simplest(Fraction(gathered[before]))
    return best, plan


def _depths(game: ExtensiveGame, player: int) -> dict[str, int]:
    """How many own moves come before each of a player's information sets."""
    depths: dict[str, int] = {}
    for infoset in game.of_player(player):  # in the order of the tree: sets on the way are met before
        origin = game.places[infoset.members[0]].last[player]
        depths[infoset.name] = depths[origin[0]] + 1 if origin else 0
    return depths


def _mean(weights: tuple[Money, ...], values: list[tuple[Money, ...]]) -> tuple[Money, ...]:
    return tuple(
        simplest(Fraction(sum((p * amount for p, amount in zip(weights, column, strict=True)), 0)))
        for column in zip(*values, strict=True)
    )


def _solution(game: ExtensiveGame, plan: dict[str, str]) -> Solution:
    """A plan with what it is worth and its ties."""
    values = game.values(game.read(plan))
    ties = {}
    for name, infoset in game.infosets.items():
        worth = [values[child][infoset.player] for child in game.places[infoset.members[0]].children]
        good = tuple(move for move, value in zip(infoset.moves, worth, strict=True) if value == max(worth))
        if len(good) > 1:
            ties[name] = good
    return Solution({name: plan[name] for name in game.infosets}, values[0], ties)


def _refuse_imperfect(game: ExtensiveGame) -> None:
    for infoset in game.infosets.values():
        if len(infoset.members) > 1:
            text = (
                f"the information set {infoset.name!r} has {len(infoset.members)} nodes; backward induction needs one"
            )
            raise TreeError(text, game.path(infoset.members[1]))
