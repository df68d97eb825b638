"""Gambit's format of games in normal form (.nfg), read and written.

    NFG 1 R "title" { "Ann" "Bob" } { 2 2 }            or  { { "up" "down" } { "left" "right" } }  "comment"
    2 1  0 0  0 0  1 2

Payoffs of all players stand profile by profile, the FIRST player's action changing fastest. In the outcome version a
list { { "name" 2, 1 } { "" 0, 0 } } comes first, and then a number for each profile, counted from 1; 0 pays nothing.

Source: Gambit's documentation, "The strategic game (.nfg) file format" (versions of payoffs and of outcomes).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from verifier.errors import DomainError
from verifier.exact import Money, show, simplest
from verifier.games.formats.tokens import Tokens
from verifier.games.normal_form import Actions, Game, check_names, from_table, refuse_large


def read_nfg(text: str, path: str = "") -> Game:
    """The game of a text in that format.

    Raises
    ------
    SpecError : with line and column: another format, a text without end, payoffs that are missing, too many, or no
        exact numbers, an outcome that does not exist, more profiles than fit (before they are listed).
    """
    tokens = Tokens(text, path)
    tokens.require("NFG", '"NFG 1 R"')
    tokens.require("1", '"NFG 1 R"')
    if not (tokens.at("R") or tokens.at("D")):
        raise tokens.expected('"R" or "D"')
    tokens.take()
    if tokens.next.kind != "text":
        raise tokens.expected("a title in quotes")
    title = tokens.take().value
    start = tokens.next.offset
    players = tuple(tokens.words_of("text", "names of players in quotes"))
    actions = _actions(tokens)
    try:
        check_names(players, actions)
        refuse_large(tuple(map(len, actions)))
    except DomainError as error:
        raise tokens.fault(start, str(error)) from error
    if tokens.next.kind == "text":  # a comment
        tokens.take()
    outcomes = _outcomes(tokens, len(players)) if tokens.at("{") else None
    payoffs = {profile: _payoffs(tokens, profile, len(players), outcomes) for profile in _in_order(actions)}
    if tokens.next.kind != "end":
        raise tokens.expected(f"the end: all {math.prod(map(len, actions)):,} profiles have their payoffs")
    return from_table(payoffs, actions, players, title)


def write_nfg(game: Game) -> str:
    """The text of a game, in the version with payoffs."""
    actions = " ".join(f"{{ {' '.join(map(_quoted, names))} }}" for names in game.actions)
    head = f"NFG 1 R {_quoted(game.title)} {{ {' '.join(map(_quoted, game.players))} }}\n\n{{ {actions} }}\n\n"
    tables = [tensor.numerators for tensor in game.payoffs]
    below = [tensor.denominator for tensor in game.payoffs]
    lines = (
        " ".join(show(simplest(Fraction(int(table[profile]), d))) for table, d in zip(tables, below, strict=True))
        for profile in _in_order(game.actions)
    )
    return head + "\n".join(lines) + "\n"


def _actions(tokens: Tokens) -> tuple[tuple[str, ...], ...]:
    """Names of the actions of each player, or how many there are: then they are called 1, 2, ..."""
    tokens.require("{", "{ and the players' actions")
    found: list[tuple[str, ...]] = []
    while not tokens.at("}"):
        if tokens.at("{"):
            found.append(tuple(tokens.words_of("text", "names of actions in quotes")))
            continue
        offset, count = tokens.next.offset, tokens.number("a number of actions")
        if not isinstance(count, int) or count < 1:
            raise tokens.fault(offset, f"{show(count)} is no number of actions; a player has at least one")
        try:
            refuse_large([count])
        except DomainError as error:
            raise tokens.fault(offset, str(error)) from error
        found.append(tuple(str(action + 1) for action in range(count)))
    tokens.take()
    return tuple(found)


def _outcomes(tokens: Tokens, players: int) -> list[list[Money]]:
    """The payoffs of each outcome, that of number 0 first."""
    found: list[list[Money]] = [[0] * players]
    tokens.take()
    while tokens.at("{"):
        tokens.take()
        if tokens.next.kind == "text":
            tokens.take()
        found.append([tokens.number(f"a payoff of outcome {len(found)}") for _ in range(players)])
        tokens.require("}", f"}} after the {players} payoffs of outcome {len(found) - 1}")
    tokens.require("}", "{ and another outcome, or }")
    return found


def _payoffs(tokens: Tokens, profile: Actions, players: int, outcomes: list[list[Money]] | None) -> list[Money]:
    where = f"profile ({', '.join(str(action + 1) for action in profile)})"
    if outcomes is None:
        return [tokens.number(f"a payoff at {where}") for _ in range(players)]
    offset, number = tokens.next.offset, tokens.number(f"the outcome of {where}")
    if not isinstance(number, int) or not 0 <= number < len(outcomes):
        raise tokens.fault(offset, f"there is no outcome {show(number)}; they are 0 to {len(outcomes) - 1}")
    return outcomes[number]


def _in_order(actions: tuple[tuple[str, ...], ...]) -> Iterator[Actions]:
    """All profiles, the first player's action changing fastest."""
    for backwards in product(*(range(len(names)) for names in reversed(actions))):
        yield backwards[::-1]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
