"""Dominated actions and their iterated elimination, with every step as a certificate.

Definition   a mixture p of a player's other actions strictly dominates its action a if p earns more than a against
             every profile of the others; weakly if never less and more at least once.
Elimination  takes away dominated actions until there are none. The strict one has the same end in every order and keeps
             every Nash equilibrium; the weak one may lose equilibria, and its end depends on the order (here: the
             players in turn, all dominated actions of one at once).
Certificate  the steps: player, action, dominating mixture, least lead; `check_elimination` replays them.
Mixtures     are proposed by a function from outside, such as a linear program, and checked here; where it finds none,
             nothing is proved, so that the actions that remain are as complete as the function.

Source: Luce and Raiffa 1957; Gilboa, Kalai and Zemel 1990 (order); Osborne and Rubinstein 1994, Section 4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TypeAlias

import numpy as np

from verifier.errors import DomainError
from verifier.exact import Money, common_denominator, money, simplest
from verifier.games.normal_form import Game, Mixed
from verifier.tensor import Array

Kept: TypeAlias = tuple[tuple[int, ...], ...]  # (n,) the places of the actions that each player still has

# (k, m) rows are the other actions, columns the profiles of the others, entries proportional to what the row earns more
# than the action in question -> probabilities of the rows under which every column is positive; None if there are none
Dominator: TypeAlias = Callable[[Sequence[Sequence[int]]], "Sequence[Money] | None"]


@dataclass(frozen=True, slots=True)
class Step:
    """One eliminated action.

    Attributes
    ----------
    player, action : whose action, and its place among all that the player began with
    by : (A_i,) probabilities of those actions, the dominating mixture
    lead : the least that the mixture earns more, over all that the others can still do; 0 for weak dominance
    """

    player: int
    action: int
    by: Mixed
    lead: Money


@dataclass(frozen=True, slots=True)
class Elimination:
    """The steps in their order, and the actions that are left at the end."""

    steps: tuple[Step, ...]
    kept: Kept
    strict: bool

    @property
    def solved(self) -> bool:
        """Whether one action is left for each player: the game is dominance solvable."""
        return all(len(actions) == 1 for actions in self.kept)


def dominated_actions(game: Game, player: int, strict: bool = True) -> dict[int, int]:
    """The actions that another pure action dominates, each with one that does and is not dominated itself."""
    return _by_pure(_rows(game, player, _all_actions(game)), range(game.shape[player]), strict)


def eliminate(game: Game, strict: bool = True, dominator: Dominator | None = None) -> Elimination:
    """Take dominated actions away until there are none.

    Parameters
    ----------
    strict : whether the dominating action has to earn more everywhere
    dominator : proposes mixtures that dominate strictly; asked only for actions that no pure action dominates

    Raises
    ------
    DomainError : the dominator proposed a mixture that does not dominate.
    """
    kept = [list(actions) for actions in _all_actions(game)]
    steps: list[Step] = []
    since = player = 0  # how many players in a row had nothing to lose
    while since < len(kept):
        found = _one_player(game, player, kept, strict, dominator)
        for action, by in found:
            mixture = tuple(by.get(place, 0) for place in range(game.shape[player]))
            steps.append(Step(player, action, mixture, _leads(game, player, kept, action, mixture)[0]))
        kept[player] = [action for action in kept[player] if action not in dict(found)]
        since = 1 if found else since + 1
        player = (player + 1) % len(kept)
    return Elimination(tuple(steps), tuple(map(tuple, kept)), strict)


def check_elimination(game: Game, elimination: Elimination) -> None:
    """Replay an elimination; DomainError at the first step that does not hold, or where the end is another."""
    kept = [list(actions) for actions in _all_actions(game)]
    for number, step in enumerate(elimination.steps, start=1):
        where = f"step {number}, action {step.action} of player {step.player + 1}"
        if not 0 <= step.player < len(kept) or step.action not in kept[step.player]:
            raise DomainError(f"{where}: there is no such action left to take away")
        rest = [action for action in kept[step.player] if action != step.action]
        whole = len(step.by) == game.shape[step.player] and min(step.by) >= 0 and sum(step.by) == 1
        if not whole or any(p and action not in rest for action, p in enumerate(step.by)):
            raise DomainError(f"{where}: {step.by} are no probabilities of the other actions that are left")
        least, most = _leads(game, step.player, kept, step.action, step.by)
        if least != step.lead or not (least > 0 or (not elimination.strict and least == 0 < most)):
            raise DomainError(f"{where}: the mixture leads by {least} at least, stated is {step.lead}")
        kept[step.player] = rest
    if tuple(map(tuple, kept)) != elimination.kept:
        raise DomainError(f"the actions {kept} are left, stated is {elimination.kept}")


def restricted(game: Game, kept: Kept) -> Game:
    """The game with some of the actions of each player; DomainError where a player has none left."""
    actions = tuple(tuple(names[place] for place in of) for names, of in zip(game.actions, kept, strict=True))
    index = np.ix_(*kept)
    payoffs = tuple(tensor.view(tensor.numerators[index]) for tensor in game.payoffs)
    revenue = None if game.revenue is None else game.revenue.view(game.revenue.numerators[index])
    return Game(game.players, actions, payoffs, game.title, revenue)


def _all_actions(game: Game) -> Kept:
    return tuple(tuple(range(count)) for count in game.shape)


def _rows(game: Game, player: int, kept: Sequence[Sequence[int]]) -> Array:
    """(kept, M) numerators of what the player's actions earn against each profile of the others that is left."""
    rows = np.moveaxis(game.payoffs[player].numerators[np.ix_(*kept)], player, 0)
    return rows.reshape(len(kept[player]), -1)


def _by_pure(rows: Array, names: Sequence[int], strict: bool) -> dict[int, int]:
    count = len(rows)
    over = np.zeros((count, count), dtype=bool)  # over[a, b]: a dominates b
    for one, other in product(range(count), repeat=2):
        if one != other:
            if strict:
                over[one, other] = bool((rows[one] > rows[other]).all())
            else:
                over[one, other] = bool((rows[one] >= rows[other]).all()) and bool((rows[one] > rows[other]).any())
    best = [place for place in range(count) if not over[:, place].any()]
    # dominance is transitive, so what is dominated is dominated by one of the best
    return {
        names[place]: names[next(one for one in best if over[one, place])]
        for place in range(count)
        if place not in best
    }


def _one_player(
    game: Game, player: int, kept: Sequence[Sequence[int]], strict: bool, dominator: Dominator | None
) -> list[tuple[int, dict[int, Money]]]:
    """The actions of a player to take away now, each with a mixture of actions that stay."""
    rows, names = _rows(game, player, kept), kept[player]
    pure = _by_pure(rows, names, strict)
    found: list[tuple[int, dict[int, Money]]] = [(action, {over: 1}) for action, over in pure.items()]
    if dominator is None:
        return found
    for action in [name for name in names if name not in pure]:
        gone = {gone for gone, _ in found}
        rest = [place for place, name in enumerate(names) if name != action and name not in gone]
        mixture = _proposed(rows, names.index(action), rest, dominator) if len(rest) > 1 else None
        if mixture is not None:
            by = {names[place]: p for place, p in zip(rest, mixture, strict=True)}
            found.append((action, by))
            break  # the next one is looked at without this one: a mixture must stay
    return found


def _proposed(rows: Array, place: int, rest: Sequence[int], dominator: Dominator) -> Mixed | None:
    """The dominator's mixture of the rows `rest`, checked; leads are integers, so equal columns are easily merged."""
    leads = rows[list(rest)].astype(object) - rows[place].astype(object)
    columns = sorted(set(zip(*leads.tolist(), strict=True)))
    proposed = dominator(list(zip(*columns, strict=True)))
    if proposed is None:
        return None
    mixture = tuple(map(money, proposed))
    if len(mixture) != len(rest) or min(mixture) < 0 or sum(mixture) != 1:
        raise DomainError(f"the dominator proposed {mixture}, which are no probabilities of {len(rest)} actions")
    for column in columns:
        lead = sum((p * amount for p, amount in zip(mixture, column, strict=True)), 0)
        if lead <= 0:
            raise DomainError(
                f"the dominator proposed {mixture}, which does not lead where the actions lead by {column}"
            )
    return mixture


def _leads(game: Game, player: int, kept: Sequence[Sequence[int]], action: int, mixture: Mixed) -> tuple[Money, Money]:
    """The least and the most that a mixture earns more than an action, over what the others can still do."""
    own = [place for place, p in enumerate(mixture) if p]
    sides = [[*own, action] if other == player else list(actions) for other, actions in enumerate(kept)]
    rows = _rows(game, player, sides).astype(object)
    scale = common_denominator(mixture)
    total = -scale * rows[-1]
    for place, row in zip(own, rows[:-1], strict=True):
        total = total + int(mixture[place] * scale) * row
    unit = scale * game.payoffs[player].denominator
    return simplest(Fraction(int(total.min()), unit)), simplest(Fraction(int(total.max()), unit))
