"""Pictures of two-player games: best responses of 2 x 2 games as curves, welfare of larger ones as a heat map."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from verifier.exact import Money
from verifier.games.normal_form import Game, MixedProfile
from verifier.games.pure import welfare as total_welfare
from verifier.reporting.amounts import amount, decimal
from verifier.reporting.svg import Picture

_SIDE, _LEFT, _TOP = 240.0, 64.0, 40.0
_MOST_CELLS = 20  # in a row or a column of the heat map


def picture(game: Game, equilibria: Sequence[MixedProfile]) -> str:
    """The SVG markup; empty where nothing is to be seen (more players, or too many actions)."""
    if len(game.players) != 2 or max(game.shape) > _MOST_CELLS:
        return ""
    return best_responses(game, equilibria) if game.shape == (2, 2) else welfare_map(game, equilibria)


def best_responses(game: Game, equilibria: Sequence[MixedProfile]) -> str:
    """Each player's best responses to what the other mixes; they meet at the equilibria."""
    first, second = game.players
    across, up = game.actions[0][0], game.actions[1][0]
    drawn = Picture("best", "Best responses", _told(game, equilibria))
    drawn.text(f"probability that {second} plays {up}", 0, 16, "heading")
    bottom = _TOP + _SIDE
    for share in (0.0, 0.5, 1.0):
        x, y = _LEFT + share * _SIDE, bottom - share * _SIDE
        drawn.add("line", "hair", x1=x, y1=_TOP, x2=x, y2=bottom)
        drawn.add("line", "hair", x1=_LEFT, y1=y, x2=_LEFT + _SIDE, y2=y)
        drawn.text(f"{share:g}", x, bottom + 16, "tick", "middle")
        drawn.text(f"{share:g}", _LEFT - 8, y + 4, "tick", "end")
    drawn.text(f"probability that {first} plays {across}", _LEFT + _SIDE / 2, bottom + 36, "tick", "middle")
    for player, style in ((0, "response first"), (1, "response second")):
        points = [(x, y) if player == 0 else (y, x) for x, y in _response(game, player)]
        drawn.path(style, [(_LEFT + x * _SIDE, bottom - y * _SIDE) for x, y in points])
    for row, column in equilibria:
        drawn.add("circle", "meet", cx=_LEFT + float(row[0]) * _SIDE, cy=bottom - float(column[0]) * _SIDE, r=6.0)
    drawn.text(f"best responses of {first}", _LEFT + _SIDE + 20, _TOP + 20, "label first")
    drawn.text(f"best responses of {second}", _LEFT + _SIDE + 20, _TOP + 40, "label second")
    drawn.text("rings: equilibria", _LEFT + _SIDE + 20, _TOP + 60, "tick")
    return drawn.render(520, bottom + 48)


def _response(game: Game, player: int) -> list[tuple[float, float]]:
    """(own probability of the first action, the other's): the graph of best responses, from the other's 0 to 1."""

    def lead(other: Money) -> Money:
        mixed = ((other, 1 - other), (other, 1 - other))
        values = game.action_values(player, mixed)
        return values[0] - values[1]

    low, high = lead(0), lead(1)
    if low == high == 0:  # indifferent everywhere: the whole square
        return [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    first, last = float((low or high) > 0), float((high or low) > 0)  # the best response beside either end
    start = [(1 - first, 0.0)] if low == 0 else []
    end = [(1 - last, 1.0)] if high == 0 else []
    turn = float(Fraction(low) / (low - high)) if first != last else 0.0
    return [*start, (first, 0), (first, turn), (last, turn), (last, 1), *end]


def welfare_map(game: Game, equilibria: Sequence[MixedProfile]) -> str:
    """What both players, and a seller, get together at each pair of actions; the pure equilibria are ringed."""
    rows, columns = game.shape
    drawn = Picture("welfare", "Welfare and equilibria", _told(game, equilibria))
    total = [[total_welfare(game, (i, j)) for j in range(columns)] for i in range(rows)]
    low, high = min(map(min, total)), max(map(max, total))
    side = min(56.0, 400.0 / max(rows, columns))
    left = 110.0
    drawn.text(f"welfare; rows are {game.players[0]}, columns {game.players[1]}", 0, 16, "heading")
    pure = {(row.index(1), column.index(1)) for row, column in equilibria if max(row) == 1 and max(column) == 1}
    for i in range(rows):
        y = _TOP + 20 + i * side
        drawn.text(_short(game.actions[0][i]), left - 8, y + side / 2 + 4, "tick", "end")
        for j in range(columns):
            x = left + j * side
            shade = float(Fraction(total[i][j] - low) / (high - low)) if high > low else 0.0
            opacity = {"fill-opacity": round(0.1 + 0.5 * shade, 1)}
            drawn.add("rect", "cell", x=x, y=y, width=side, height=side, **opacity)
            if side >= 36:
                drawn.text(decimal(total[i][j], 3), x + side / 2, y + side / 2 + 4, "number", "middle")
            if (i, j) in pure:
                drawn.add("circle", "meet", cx=x + side / 2, cy=y + side / 2, r=side / 2 - 3)
    for j in range(columns):
        drawn.text(_short(game.actions[1][j], side), left + (j + 0.5) * side, _TOP + 12, "tick", "middle")
    bottom = _TOP + 20 + rows * side
    legend = f"from {amount(low)} (light) to {amount(high)}; rings: equilibria in pure strategies"
    drawn.text(legend, 0, bottom + 22, "tick")
    return drawn.render(max(520.0, left + columns * side + 10), bottom + 32)


def _short(name: str, room: float = 100.0) -> str:
    most = max(1, int(room / 7))
    return name if len(name) <= most else name[: most - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _told(game: Game, equilibria: Sequence[MixedProfile]) -> str:
    """The picture in words."""
    from verifier.reporting.game_views import strategy

    said = [
        " and ".join(strategy(names, row) for names, row in zip(game.actions, profile, strict=True))
        for profile in equilibria[:10]
    ]
    return f"Equilibria: {'; '.join(said)}." if said else "There is no equilibrium to show."
