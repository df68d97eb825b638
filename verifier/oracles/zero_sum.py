"""Two-player zero-sum games: the value, with a strategy of each player that guarantees it.

The row player's mixture earns at least the value in every column, the column player's gives away at most the value in
every row: the pair is the certificate.

Source: von Neumann 1928; Dantzig 1951.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors import DomainError
from verifier.exact import Money
from verifier.games.normal_form import Game, Mixed
from verifier.oracles.linear import LinearProgram, Optimal, solve


@dataclass(frozen=True, slots=True)
class ZeroSum:
    """The value to the first player, and the strategies that guarantee it."""

    value: Money
    first: Mixed
    second: Mixed


def zero_sum(game: Game) -> ZeroSum:
    """The value and optimal strategies; DomainError unless two players' payoffs sum to zero everywhere."""
    if len(game.players) != 2:
        raise DomainError(f"a zero-sum game here has 2 players, not {len(game.players)}")
    if (total := game.payoffs[0] + game.payoffs[1]).numerators.any():
        raise DomainError(f"payoffs do not sum to zero at {int((total.numerators != 0).sum())} profiles")
    rows, columns = game.shape
    table = [[game.payoff(0, (r, c)) for c in range(columns)] for r in range(rows)]
    low = min(map(min, table))
    parts = tuple({**{r: low - table[r][c] for r in range(rows)}, rows: 1} for c in range(columns))
    result = solve(LinearProgram(rows + 1, {rows: 1}, parts, (0,) * columns, (dict.fromkeys(range(rows), 1),), (1,)))
    if not isinstance(result, Optimal):
        raise AssertionError("a finite zero-sum game has a value")
    return ZeroSum(result.value + low, result.primal[:rows], result.dual[:columns])
