"""A game as a table of comma-separated values: a row for each profile, its actions and then the payoffs.

    Ann,Bob,payoff Ann,payoff Bob
    up,left,2,1

The heading names the players and then, in their order, their payoffs; rows may come in any order.
"""

from __future__ import annotations

import csv
import io
from fractions import Fraction

from verifier.errors import DomainError, MoneyError, SpecError
from verifier.exact import Money, money, show, simplest
from verifier.games.normal_form import Actions, Game, from_table


def read_table(text: str, path: str = "") -> Game:
    """The game of a table.

    Raises
    ------
    SpecError : with the line: a row that is too short or too long, a payoff that is no exact number, a profile that is
        listed twice or not at all.
    """
    rows = csv.reader(io.StringIO(text), strict=True)
    try:
        heading = next(rows, [])
        players = tuple(heading[: len(heading) // 2])
        if not players or heading[len(players) :] != [f"payoff {name}" for name in players]:
            raise SpecError('the heading must be the players, then "payoff" and each of them again', path, 1)
        names: list[dict[str, int]] = [{} for _ in players]
        found: dict[Actions, list[Money]] = {}
        for row in rows:
            if not row:
                continue
            if len(row) != len(heading):
                raise SpecError(f"the row has {len(row)} entries, not {len(heading)}", path, rows.line_num)
            profile = tuple(known.setdefault(name, len(known)) for known, name in zip(names, row, strict=False))
            if profile in found:
                raise SpecError(f"the profile {', '.join(row[: len(players)])} is listed twice", path, rows.line_num)
            try:
                found[profile] = [money(payoff) for payoff in row[len(players) :]]
            except MoneyError as error:
                raise SpecError(str(error), path, rows.line_num) from error
        return from_table(found, [tuple(known) for known in names], players)
    except csv.Error as error:
        raise SpecError(f"not comma-separated values: {error}", path, rows.line_num) from error
    except DomainError as error:
        raise SpecError(str(error), path) from error


def write_table(game: Game) -> str:
    """The table of a game."""
    made = io.StringIO()
    # a carriage return is read as the end of a line unless it stands in quotes
    odd = any("\r" in name for names in (game.players, *game.actions) for name in names)
    writer = csv.writer(made, lineterminator="\n", quoting=csv.QUOTE_ALL if odd else csv.QUOTE_MINIMAL)
    writer.writerow([*game.players, *(f"payoff {name}" for name in game.players)])
    for profile in game.profiles():
        payoffs = [
            show(simplest(Fraction(int(tensor.numerators[profile]), tensor.denominator))) for tensor in game.payoffs
        ]
        writer.writerow([*(names[action] for names, action in zip(game.actions, profile, strict=True)), *payoffs])
    return made.getvalue()
