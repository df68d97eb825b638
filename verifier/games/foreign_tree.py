"""Game trees that somebody else's program builds, read as extensive games.

An end has `payoffs` and no `moves`. A decision has `player` (from 0) and `moves`, a mapping or pairs of a name and what
follows; `infoset`, a text, where the player cannot tell it from other nodes, else the player knows all that happened.
A chance node has `chances`, probabilities in the order of its moves, and no player.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from verifier.errors import DomainError, MoneyError, SubjectError, TreeError
from verifier.exact import money
from verifier.games.extensive import MOST_NODES, Chance, Decision, ExtensiveGame, Node, Terminal
from verifier.games.normal_form import player_names


def read_tree(root: object, players: Sequence[str] = (), title: str = "") -> ExtensiveGame:
    """The game of a tree of foreign objects.

    Parameters
    ----------
    players : (n,) names; without any they are numbered, as many as an end has payoffs

    Raises
    ------
    SubjectError : at the path of a node: an object that is no node, amounts that are no exact numbers, more than
        MOST_NODES nodes, and what an `ExtensiveGame` refuses.
    """
    if isinstance(root, ExtensiveGame):
        return root
    lines: list[tuple[Any, tuple[str, ...], tuple[str, ...]]] = []  # a node, its way, the names of its moves
    waiting: list[tuple[Any, tuple[str, ...]]] = [(root, ())]
    while waiting:
        node, way = waiting.pop()
        after = _moves(node, way)
        lines.append((node, way, tuple(name for name, _ in after)))
        if len(lines) + len(waiting) > MOST_NODES:
            raise SubjectError(f"the tree has more than {MOST_NODES:,} nodes, the most that are read")
        waiting.extend((then, (*way, name)) for name, then in reversed(after))
    ends = [node for node, _, names in lines if not names]
    people = tuple(players) or player_names(len(ends[0].payoffs))
    made: list[Node] = []
    try:
        for node, way, names in reversed(lines):
            made.append(_node(node, way, names, [made.pop() for _ in names], people))
        return ExtensiveGame(people, made[0], title)
    except (DomainError, TreeError) as error:
        raise SubjectError(f"the tree is no game: {error}") from error


def _moves(node: Any, way: tuple[str, ...]) -> list[tuple[str, Any]]:
    """Names of the moves at a node and what follows; none at an end."""
    moves = getattr(node, "moves", None)
    if not moves:
        if not isinstance(getattr(node, "payoffs", None), Sequence):
            raise SubjectError(f"{_at(way)}: {_excerpt(node)} has neither moves nor payoffs; it is no node of a game")
        return []
    pairs = moves.items() if isinstance(moves, Mapping) else moves
    try:
        return [(str(name), then) for name, then in pairs]
    except (TypeError, ValueError) as error:
        raise SubjectError(f"{_at(way)}: moves are no pairs of a name and what follows ({error})") from error


def _node(node: Any, way: tuple[str, ...], names: tuple[str, ...], after: list[Node], people: tuple[str, ...]) -> Node:
    try:
        if not names:
            return Terminal(tuple(map(money, node.payoffs)))
        if (chances := getattr(node, "chances", None)) is not None:
            if len(chances) != len(names):
                raise SubjectError(f"{_at(way)}: {len(chances)} probabilities for {len(names)} moves")
            return Chance(tuple(zip(names, map(money, chances), after, strict=True)))
    except MoneyError as error:
        raise SubjectError(f"{_at(way)}: {error}") from error
    player = getattr(node, "player", None)
    if not isinstance(player, int) or not 0 <= player < len(people):
        raise SubjectError(f"{_at(way)}: player {player!r} is none of 0 to {len(people) - 1}")
    known = getattr(node, "infoset", None)
    infoset = known if isinstance(known, str) else f"{people[player]} {_at(way)}"
    return Decision(player, infoset, tuple(zip(names, after, strict=True)))


def _at(way: tuple[str, ...]) -> str:
    return f"after {', '.join(way)}" if way else "at the start"


def _excerpt(node: object) -> str:
    text = repr(node)
    return text if len(text) <= 80 else f"{text[:77]}..."
