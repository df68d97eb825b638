"""From a proposal in doubles to an exact equilibrium, or to nothing.

How   The supports are read off at several thresholds. On a pair of supports the indifference equations (all actions
      played are worth the same to a player, the opponent's probabilities add up to 1) are solved in fractions, first
      with the support as proposed, then with all actions that look like best responses, as degenerate points ask for.
      Where they leave probabilities free (a proposal inside a face of equilibria), these are taken from the proposal,
      as short fractions, and the others follow. What has no negative probability, and gives nobody a gain, is
      returned. Rounding all doubles is not tried: a rounded equilibrium is none.
Source: Nash 1951; Dickhaut and Kaplan 1991 (equilibria by their supports).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from verifier.exact import Money, simplest
from verifier.games.claimed import verify_profile
from verifier.games.normal_form import Game, Mixed, MixedProfile

_THRESHOLDS = (1e-10, 1e-6, 1e-3)
_SHORT = 10**6  # largest denominator of a probability that is free

Support = tuple[int, ...]


def lifted(game: Game, proposal: Sequence[Sequence[float]]) -> MixedProfile | None:
    """The exact equilibrium of two players that a proposal means; None where it leads to none."""
    tried = set()
    for supports in _supports(game, proposal):
        if supports in tried:
            continue
        tried.add(supports)
        rows, columns, best_rows, best_columns = supports
        second = _indifferent(game, 0, best_rows, columns, proposal[1])
        first = _indifferent(game, 1, best_columns, rows, proposal[0])
        if first is not None and second is not None:
            profile = (first, second)
            if verify_profile(game, profile).is_equilibrium:
                return profile
    return None


def _supports(game: Game, proposal: Sequence[Sequence[float]]) -> Iterator[tuple[Support, Support, Support, Support]]:
    """What is played by both, and the actions of both that are to be worth the same."""
    for threshold in _THRESHOLDS:
        rows, columns = (tuple(a for a, p in enumerate(mixture) if p > threshold) for mixture in proposal)
        if rows and columns:
            yield rows, columns, rows, columns
            yield rows, columns, _best(game, 0, proposal, threshold), _best(game, 1, proposal, threshold)


def _best(game: Game, player: int, proposal: Sequence[Sequence[float]], threshold: float) -> Support:
    """Actions that are worth the most in doubles, or nearly."""
    tensor = game.payoffs[player]
    table = tensor.numerators if player == 0 else tensor.numerators.T
    other = proposal[1 - player]
    values = [sum(float(entry) * p for entry, p in zip(row, other, strict=True)) for row in table]
    near = threshold * max(1.0, *map(abs, values))
    return tuple(a for a, value in enumerate(values) if value >= max(values) - near)


def _indifferent(game: Game, player: int, equal: Support, played: Support, near: Sequence[float]) -> Mixed | None:
    """The opponent's mixture of `played` at which the player's actions `equal` are worth the same, or one near that."""
    tensor = game.payoffs[player]
    table = tensor.numerators if player == 0 else tensor.numerators.T
    base = table[equal[0]]
    equations = [[*(int(table[one][column]) - int(base[column]) for column in played), 0] for one in equal[1:]]
    hint = [Fraction(near[column]).limit_denominator(_SHORT) for column in played]
    solution = solved([*equations, [1] * (len(played) + 1)], hint)
    if solution is None or min(solution) < 0:
        return None
    found = dict(zip(played, map(simplest, solution), strict=True))
    return tuple(found.get(action, 0) for action in range(game.shape[1 - player]))


def solved(equations: Sequence[Sequence[Money]], near: Sequence[Fraction] | None = None) -> list[Fraction] | None:
    """The solution of linear equations, each with its right side last.

    None where there is none; where there are several, the one with the free coordinates of `near`, None without it.
    """
    rows = [[Fraction(entry) for entry in row] for row in equations]
    width = len(rows[0]) - 1
    pivots: list[int] = []  # the column of each row that has one
    for column in range(width):
        done = len(pivots)
        pivot = next((place for place in range(done, len(rows)) if rows[place][column]), None)
        if pivot is None:
            if near is None:
                return None
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        chosen = [entry / rows[done][column] for entry in rows[done]]
        rows[done] = chosen
        for place, row in enumerate(rows):
            if place != done and row[column]:
                factor = row[column]
                rows[place] = [a - factor * b for a, b in zip(row, chosen, strict=True)]
        pivots.append(column)
    if any(row[-1] for row in rows[len(pivots) :]):
        return None
    found = [Fraction(0)] * width if near is None else list(near)
    free = [column for column in range(width) if column not in pivots]
    for column, row in zip(pivots, rows, strict=False):
        found[column] = row[-1] - sum((row[other] * found[other] for other in free), Fraction(0))
    return found
