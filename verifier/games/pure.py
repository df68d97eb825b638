"""Pure Nash equilibria: profiles of actions where each player's action is a best response to those of the others.

Definition   s with u_i(s) >= u_i(a, s_-i) for every player i and action a; strict when > for every other a, else weak.
Method       one pass over the payoffs of each player; profiles that are left after some players are looked at alone.
Dominant     an action that is a best response to every profile of the others; one of each player: an equilibrium in
             dominant strategies.
Ranking      an equilibrium that gives everybody at least as much and somebody more Pareto-dominates the other.

Source: Nash 1951; Osborne and Rubinstein 1994, Definitions 14.1 and 181.1; Harsanyi and Selten 1988 (payoff dominance).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import numpy as np

from verifier.errors import TooLarge
from verifier.exact import Money, simplest
from verifier.games.equilibrium_set import Coverage, EquilibriumSet
from verifier.games.normal_form import Actions, Game, MixedProfile
from verifier.tensor import Array, Tensor

_MOST_PAIRS = 100_000_000  # of equilibria that are compared with each other
_LONG = 32  # actions of a player over which a reduction is fast


def best_responses(game: Game, player: int) -> Array:
    """(A_1, ..., A_n) booleans: where the player's action is a best response to those of the others."""
    blocks = _by_player(game, player)
    if blocks.shape[1] >= _LONG and blocks.dtype != object:
        best = blocks.max(axis=1)
    else:
        best = blocks[:, 0]
        for action in range(1, blocks.shape[1]):  # whole slices at once: a reduction over a short axis is slow
            best = np.maximum(best, blocks[:, action])
    return np.asarray(blocks == best[:, None], dtype=bool).reshape(game.shape)


def pure_equilibria(game: Game) -> list[Actions]:
    """All pure Nash equilibria, in the order of the profiles (the last player's action varies fastest)."""
    return _profiles(game, equilibrium_places(game))


def strict_equilibria(game: Game) -> list[Actions]:
    """The pure equilibria from which every deviation loses."""
    places = equilibrium_places(game)
    return _profiles(game, places[_strict(game, places)])


def weak_equilibria(game: Game) -> list[Actions]:
    """The pure equilibria with a deviation that costs nothing."""
    places = equilibrium_places(game)
    return _profiles(game, places[~_strict(game, places)])


def pure_set(game: Game) -> EquilibriumSet:
    """All pure equilibria as mixed profiles: COMPLETE, or EMPTY where every profile has a profitable deviation."""
    found = tuple(as_mixed(game, profile) for profile in pure_equilibria(game))
    return EquilibriumSet("pure Nash", found, Coverage.COMPLETE if found else Coverage.EMPTY)


def as_mixed(game: Game, profile: Actions) -> MixedProfile:
    """The pure profile as probabilities."""
    return tuple(
        tuple(int(action == chosen) for action in range(count))
        for chosen, count in zip(profile, game.shape, strict=True)
    )


def dominant_actions(game: Game, player: int) -> tuple[int, ...]:
    """The actions of a player that are best responses to everything that the others may do."""
    count = game.shape[player]
    always = np.moveaxis(best_responses(game, player), player, 0).reshape(count, -1).all(axis=1)
    return tuple(map(int, np.flatnonzero(always)))


def dominant_equilibria(game: Game) -> list[Actions]:
    """All equilibria in dominant strategies; there are none where a player has no dominant action."""
    return list(product(*(dominant_actions(game, player) for player in range(len(game.players)))))


def welfare(game: Game, profile: Actions) -> Money:
    """The sum of what the players, and a seller outside the game, get at a profile."""
    total = sum((game.payoff(player, profile) for player in range(len(game.players))), 0)
    if game.revenue is None:
        return total
    return simplest(Fraction(total) + Fraction(int(game.revenue.numerators[profile]), game.revenue.denominator))


def welfares(game: Game) -> Tensor:
    """(A_1, ..., A_n) the welfare of every profile."""
    total = sum(game.payoffs[1:], game.payoffs[0])
    return total if game.revenue is None else total + game.revenue


def pareto_dominators(game: Game, profiles: Sequence[Actions]) -> list[tuple[int, ...]]:
    """For each of the given profiles the places of those that Pareto-dominate it; an empty tuple is undominated.

    Raises
    ------
    TooLarge : there are more pairs than are compared.
    """
    if len(profiles) ** 2 > _MOST_PAIRS:
        raise TooLarge(len(profiles) ** 2, _MOST_PAIRS, "pairs of equilibria")
    if not profiles:
        return []
    index = tuple(np.array(profiles, dtype=np.intp).T)
    columns = [tensor.numerators[index] for tensor in game.payoffs]  # one player's amounts share a denominator
    found = []
    for row in range(len(profiles)):
        as_good, better = np.ones(len(profiles), dtype=bool), np.zeros(len(profiles), dtype=bool)
        for column in columns:
            as_good &= np.asarray(column >= column[row], dtype=bool)
            better |= np.asarray(column > column[row], dtype=bool)
        found.append(tuple(map(int, np.flatnonzero(as_good & better))))
    return found


def undominated_equilibria(game: Game) -> list[Actions]:
    """The pure equilibria that no other pure equilibrium Pareto-dominates."""
    profiles = pure_equilibria(game)
    return [p for p, above in zip(profiles, pareto_dominators(game, profiles), strict=True) if not above]


def by_welfare(game: Game, profiles: Sequence[Actions]) -> list[tuple[Actions, Money]]:
    """The profiles with their welfare, the largest first."""
    return sorted(((profile, welfare(game, profile)) for profile in profiles), key=lambda pair: (-pair[1], pair[0]))


def _by_player(game: Game, player: int) -> Array:
    """(before, A_i, after) the numerators with the player's axis in the middle."""
    shape = game.shape
    return np.ascontiguousarray(game.payoffs[player].numerators).reshape(math.prod(shape[:player]), shape[player], -1)


def equilibrium_places(game: Game) -> Array:
    """The places of the pure equilibria in the order of the profiles."""
    total = math.prod(game.shape)
    places: Array | None = None
    mask = np.ones(game.shape, dtype=bool)
    for player in sorted(range(len(game.shape)), key=lambda i: -game.shape[i]):  # many actions leave few profiles
        if places is None:
            mask &= best_responses(game, player)
            if np.count_nonzero(mask) * 2 <= total:
                places = np.flatnonzero(mask)
            continue
        if len(places) * game.shape[player] >= total:  # looking at each alone would read more than the whole
            places = places[best_responses(game, player).reshape(-1)[places]]
            continue
        here, rivals = _deviations(game, player, places)
        keep = np.ones(len(places), dtype=bool)
        for rival in rivals:
            keep &= np.asarray(here >= rival, dtype=bool)
        places = places[keep]
    return np.flatnonzero(mask) if places is None else places


def _strict(game: Game, places: Array) -> Array:
    """Which of the equilibria at these places are strict."""
    keep = np.ones(len(places), dtype=bool)
    for player in range(len(game.shape)):
        here, rivals = _deviations(game, player, places)
        ties = np.zeros(len(places), dtype=np.int64)
        for rival in rivals:
            ties += np.asarray(here == rival, dtype=bool)
        keep &= ties == 1  # itself
    return keep


def _deviations(game: Game, player: int, places: Array) -> tuple[Array, list[Array]]:
    """What the player gets at the places, and for each of its actions what that would give there."""
    flat = game.payoffs[player].numerators.reshape(-1)
    step = math.prod(game.shape[player + 1 :])
    count = game.shape[player]
    start = places - (places // step) % count * step
    return flat[places], [flat[start + action * step] for action in range(count)]


def _profiles(game: Game, places: Array) -> list[Actions]:
    columns = np.unravel_index(places, game.shape)
    return list(zip(*(column.tolist() for column in columns), strict=True))
