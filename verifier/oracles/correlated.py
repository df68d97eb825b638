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
from typing import Any

from verifier.errors import DomainError, TooLarge
from verifier.exact import Money, common_denominator, simplest
from verifier.games.normal_form import Actions, Game
from verifier.games.pure import welfares
from verifier.oracles.deviation_gains import Advice, DeviationGains
from verifier.oracles.linear import Infeasible, LinearProgram, Optimal, in_doubles, solve
from verifier.tensor import Array, Tensor

MOST_CONSTRAINTS = 4_000  # deviations from advice
_BATCH = 200  # profiles added at a time where prices are not yet feasible
_WHOLE, _FIRST = 3_000, 200  # profiles up to which the whole program is proposed from; else how many it starts with
_FINE, _CLEAR = 100.0, 1e-9  # of what breaks a constraint; what improves


@dataclass(frozen=True, slots=True)
class CorrelatedBound:
    """The largest value of an objective, a distribution that reaches it, and prices that show there is no more."""

    value: Money
    distribution: dict[Actions, Money]
    duals: dict[Advice, Money]


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
    gains, worth = DeviationGains(game, coarse), wanted.numerators.reshape(-1)
    _refuse_many(len(gains.names))
    kept = np.arange(worth.size)
    if played is not None:
        kept = kept.reshape(game.shape)[np.ix_(*played)].reshape(-1)
        worth = worth[kept]
    chosen = _proposed(worth, gains, kept)
    while True:
        picked = sorted(chosen)
        columns = gains.columns(kept[picked])
        program = LinearProgram(
            len(picked),
            {j: Fraction(int(worth[s]), wanted.denominator) for j, s in enumerate(picked)},
            tuple({j: int(value) for j, value in enumerate(row) if value} for row in columns),
            (0,) * len(columns),
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
        paid: Any = gains.priced([int(price * whole) for price in prices[:-1]])[kept]
        left = _left(worth, whole // scale if scale else 0, paid, int(prices[-1] * whole))
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
            for name, y in zip(gains.names, prices, strict=False)
            if y
        },
    )


def _refuse_many(constraints: int) -> None:
    if constraints > MOST_CONSTRAINTS:
        raise TooLarge(constraints, MOST_CONSTRAINTS, "deviations from advice")


def _left(worth: Array, factor: int, paid: Array, rest: int) -> Array:
    """What each profile would improve: its worth times the factor, less what is paid and the rest; exact."""
    import numpy as np

    most = factor * int(abs(worth).max()) + int(abs(paid).max()) + abs(rest)
    dtype = np.int64 if most < 2**62 and worth.dtype != object and paid.dtype != object else object
    return np.asarray(worth.astype(dtype) * factor - paid.astype(dtype) - rest)


def _proposed(worth: Array, gains: DeviationGains, kept: Array) -> set[int]:
    """Profiles that matter, as doubles see it; the best one besides, so that there is always one.

    Of many profiles only those are priced in that improve the program so far (Gilmore and Gomory 1961): few do.
    """
    import numpy as np

    best, count = {int(np.argmax(worth))}, len(gains.names)
    if not count:
        return best
    scales, goal = gains.scales(), worth.astype(float) / float(max(abs(worth).max(), 1))
    if worth.size <= _WHOLE:
        chosen = np.arange(worth.size)
    else:
        where = {place: k for k, place in enumerate(kept.tolist())} if len(kept) < gains.own[0].size else None
        least = gains.least()
        known = least if where is None else [where[place] for place in least if place in where]
        chosen = np.unique([*best, *np.linspace(0, worth.size - 1, _FIRST).astype(int), *known])
    while True:
        # one column more breaks every constraint for a fine, so that there is always a solution
        table = gains.columns(kept[chosen]).astype(float) / scales[:, None]
        part = np.vstack([np.hstack([table, -np.ones((count, 1))]), np.append(np.ones(len(chosen)), 0)])
        filled = [row.nonzero()[0] for row in part]
        basis, prices = in_doubles(
            np.append(goal[chosen], -_FINE),
            np.cumsum([0, *map(len, filled)]),
            np.concatenate(filled).astype(np.int32),
            np.concatenate([row[places] for row, places in zip(part, filled, strict=True)]),
            np.array([-np.inf] * count + [1.0]),
            np.array([0.0] * count + [1.0]),
        )
        left = goal - gains.priced_doubles(prices[:count])[kept] - prices[count]
        left[chosen] = -np.inf
        worst = np.argpartition(left, -min(_BATCH, left.size))[-_BATCH:]
        worst = worst[left[worst] > _CLEAR]
        if not len(worst):
            return best | {int(chosen[column]) for column in basis if column < len(chosen)}
        chosen = np.concatenate([chosen, worst])
