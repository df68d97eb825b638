"""Correlated and coarse correlated equilibria, and the extreme value of a linear objective over them.

Definition   A distribution p over profiles is a correlated equilibrium if for every player i and actions a, d
             sum over profiles s with s_i = a of p(s) (u_i(d, s_-i) - u_i(s)) <= 0;
             coarse, if for every i and d the same sum over all profiles is <= 0.
Certificate  p itself, and a price y >= 0 of each constraint with value >= objective(s) - sum_k y_k gain_k(s)
             at every profile s.

HiGHS proposes which profiles matter; the exact program on those is solved and its prices are tried at all profiles,
until none is left that would improve.

Source: Aumann 1974; Moulin and Vial 1978; Gilmore and Gomory 1961 (pricing of columns).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from verifier.errors import DomainError, TooLarge
from verifier.exact import Money, common_denominator, simplest
from verifier.games.normal_form import Actions, Game
from verifier.games.pure import welfares
from verifier.oracles.linear import Infeasible, LinearProgram, Optimal, basic, in_doubles, solve
from verifier.tensor import Array, Tensor

Advice: TypeAlias = tuple[int, int | None, int]  # player, action advised (None: whatever it is, coarse), deviation

MOST_ENTRIES = 10_000_000  # constraints times profiles
_BATCH = 200  # profiles added at a time where prices are not yet feasible
_WHOLE, _FIRST = 3_000, 200  # profiles up to which the whole program is proposed from; else how many it starts with
_FINE, _CLEAR = 100.0, 1e-9  # of what breaks a constraint; what improves


@dataclass(frozen=True, slots=True)
class CorrelatedBound:
    """The largest value of an objective, a distribution that reaches it, and prices that show there is no more."""

    value: Money
    distribution: dict[Actions, Money]
    duals: dict[Advice, Money]


def gains(game: Game, coarse: bool = False) -> dict[Advice, Array]:
    """What each deviation gains at every profile, flat, in units of 1 / the denominator of the player's payoffs."""
    import numpy as np

    advised = sum(k - 1 if coarse else k * (k - 1) for k in game.shape) + (len(game.shape) if coarse else 0)
    if advised * game.payoffs[0].numerators.size > MOST_ENTRIES:
        raise TooLarge(advised * game.payoffs[0].numerators.size, MOST_ENTRIES, "gains by deviations at profiles")
    found: dict[Advice, Array] = {}
    for player, tensor in enumerate(game.payoffs):
        own = tensor.numerators
        for deviation in range(game.shape[player]):
            gain = np.take(own, [deviation], axis=player) - own
            if coarse:
                found[player, None, deviation] = gain.reshape(-1)
                continue
            for action in range(game.shape[player]):
                if action != deviation:
                    place = (slice(None),) * player + (action,)
                    only = np.zeros_like(gain)
                    only[place] = gain[place]
                    found[player, action, deviation] = only.reshape(-1)
    return found


def slacks(game: Game, distribution: Mapping[Actions, Money], coarse: bool = False) -> dict[Advice, Money]:
    """What obeying earns more than each deviation, exactly: an equilibrium if none is negative.

    DomainError where the probabilities are no distribution over profiles of the game.
    """
    if sum(distribution.values()) != 1 or min(distribution.values()) < 0:
        raise DomainError(f"probabilities must be at least 0 and sum to 1, not {sum(distribution.values())}")
    found: dict[Advice, Money] = {}
    for player, count in enumerate(game.shape):
        for deviation in range(count):
            for action in [None] if coarse else [a for a in range(count) if a != deviation]:
                total: Money = 0
                for profile, p in distribution.items():
                    if action is None or profile[player] == action:
                        other = (*profile[:player], deviation, *profile[player + 1 :])
                        total += p * (game.payoff(player, profile) - game.payoff(player, other))
                found[player, action, deviation] = total
    return found


def extreme(
    game: Game,
    objective: Tensor | None = None,
    coarse: bool = False,
    least: bool = False,
    played: Sequence[Sequence[int]] | None = None,
) -> CorrelatedBound:
    """The largest (or least) expected objective over the equilibria; without one, social welfare.

    With `played`, for each player some of its actions, over those equilibria that advise no others, while deviations to
    any action count. `duals` of the least value are those of the largest value of minus the objective.

    Raises
    ------
    DomainError : an objective of another shape; no equilibrium that advises only actions of `played`.
    """
    import numpy as np

    wanted = welfares(game) if objective is None else objective
    wanted = -wanted if least else wanted
    if wanted.numerators.shape != game.shape:
        raise DomainError(f"the objective has the shape {wanted.numerators.shape}, not {game.shape}")
    rows, worth = gains(game, coarse), wanted.numerators.reshape(-1)
    kept = np.arange(worth.size)
    if played is not None:
        kept = kept.reshape(game.shape)[np.ix_(*played)].reshape(-1)
        rows, worth = {name: row[kept] for name, row in rows.items()}, worth[kept]
    names = list(rows)
    chosen = _proposed(worth, list(rows.values()))
    while True:
        picked = sorted(chosen)
        program = LinearProgram(
            len(picked),
            {j: Fraction(int(worth[s]), wanted.denominator) for j, s in enumerate(picked)},
            tuple({j: int(row[s]) for j, s in enumerate(picked) if row[s]} for row in rows.values()),
            (0,) * len(rows),
            (dict.fromkeys(range(len(picked)), 1),),
            (1,),
        )
        result = solve(program)
        if isinstance(result, Optimal):
            prices, scale = result.dual, wanted.denominator
        elif isinstance(result, Infeasible):
            prices, scale = result.farkas, 0
        else:
            raise AssertionError("a distribution is bounded")
        whole = common_denominator(prices) * (scale or 1)
        left: Any = np.full(worth.shape, -int(prices[-1] * whole), dtype=object)
        if scale:
            left += worth.astype(object) * (whole // scale)
        for price, row in zip(prices, rows.values(), strict=False):
            if price:
                places = row.nonzero()[0]
                left[places] -= int(price * whole) * row[places].astype(object)
        worse = (left > 0).astype(bool).nonzero()[0]
        if not len(worse):
            break
        chosen |= set(sorted(worse.tolist(), key=lambda s: -left[s])[:_BATCH])
    if not isinstance(result, Optimal):
        if played is None:
            raise AssertionError("every finite game has a correlated equilibrium")
        raise DomainError("there is no such equilibrium that advises only these actions")
    spots = [tuple(map(int, np.unravel_index(kept[s], game.shape))) for s in picked]
    return CorrelatedBound(
        -result.value if least else result.value,
        {spot: p for spot, p in zip(spots, result.primal, strict=True) if p},
        {
            name: simplest(Fraction(y) * game.payoffs[name[0]].denominator)
            for name, y in zip(names, prices, strict=False)
            if y
        },
    )


def _proposed(worth: Array, rows: list[Array]) -> set[int]:
    """Profiles that matter, as doubles see it; the best one besides, so that there is always one.

    Of many profiles only those are priced in that improve the program so far (Gilmore and Gomory 1961): few do.
    """
    import numpy as np

    best = {int(np.argmax(worth))}
    if not rows:
        return best
    if worth.size <= _WHOLE:
        return best | _basic(worth, rows)
    table = np.stack(rows).astype(float)
    table /= np.maximum(np.abs(table).max(axis=1, keepdims=True), 1)
    goal = worth.astype(float) / float(max(abs(worth).max(), 1))
    count = len(rows)
    chosen = np.unique([*best, *np.linspace(0, worth.size - 1, _FIRST).astype(int), *table.argmin(axis=1).tolist()])
    while True:
        # one column more breaks every constraint for a fine, so that there is always a solution
        part = np.vstack([np.hstack([table[:, chosen], -np.ones((count, 1))]), np.append(np.ones(len(chosen)), 0)])
        width = part.shape[1]
        basis, prices = in_doubles(
            np.append(goal[chosen], -_FINE),
            np.arange(0, part.size + 1, width),
            np.tile(np.arange(width, dtype=np.int32), count + 1),
            part.reshape(-1),
            np.array([-np.inf] * count + [1.0]),
            np.array([0.0] * count + [1.0]),
        )
        left = goal - prices[:count] @ table - prices[count]
        left[chosen] = -np.inf
        worst = np.argpartition(left, -_BATCH)[-_BATCH:]
        worst = worst[left[worst] > _CLEAR]
        if not len(worst):
            return best | {int(chosen[column]) for column in basis if column < len(chosen)}
        chosen = np.concatenate([chosen, worst])


def _basic(worth: Array, rows: list[Array]) -> set[int]:
    """Profiles that HiGHS makes basic in the whole program."""
    import numpy as np

    top = [float(max(abs(row).max(), 1)) for row in rows]
    filled = [row.nonzero()[0] for row in rows] + [np.arange(len(worth))]
    values = [row[f].astype(float) / t for row, f, t in zip(rows, filled, top, strict=False)] + [np.ones(len(worth))]
    limits = np.array([0.0] * len(rows) + [1.0])
    lower = np.array([-np.inf] * len(rows) + [1.0])
    starts = np.cumsum([0, *map(len, filled)])
    cost = worth.astype(float) / float(max(abs(worth).max(), 1))
    indices = np.concatenate(filled).astype(np.int32)
    return {c for c in basic(cost, starts, indices, np.concatenate(values), lower, limits) if c < len(worth)}
