"""A picture of a game tree: moves downwards, information sets joined, the play of one equilibrium drawn bold."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from verifier.games.extensive import Chance, Decision, ExtensiveGame, Terminal
from verifier.reporting.amounts import amount
from verifier.reporting.svg import Picture
from verifier.reporting.trees import Behaviour, solutions, tree_of

_MOST_ENDS, _MOST_DEPTH = 32, 12
_STEP, _LEVEL, _TOP, _LEFT = 74.0, 74.0, 44.0, 60.0


def picture(certificate: Mapping[str, Any]) -> str:
    """The SVG markup; empty where the tree is too large to be read."""
    tree = tree_of(certificate)
    depths = [0] * len(tree.places)
    for at, place in enumerate(tree.places[1:], 1):
        depths[at] = depths[place.parent] + 1
    ends = sum(not place.children for place in tree.places)
    if not 1 < ends <= _MOST_ENDS or max(depths) > _MOST_DEPTH:
        return ""
    _, found = solutions(certificate, tree)
    return _drawn(tree, depths, found[0] if found else {})


def _drawn(tree: ExtensiveGame, depths: list[int], played: Behaviour) -> str:
    across = _places(tree)
    down = [_TOP + depth * _LEVEL for depth in depths]
    told = "The moves that the first of the equilibria plays are bold." if played else "No equilibrium is drawn."
    drawn = Picture("tree", "The game tree", f"{len(tree.places)} nodes, {len(tree.infosets)} information sets. {told}")
    drawn.text("the tree; bold: the play of the first equilibrium" if played else "the tree", 0, 16, "heading")
    for number, infoset in enumerate(tree.infosets.values()):
        members = sorted(infoset.members, key=lambda at: across[at])
        for one, other in pairwise(members):
            middle = (
                across[one] + across[other]
            ) / 2  # bent, each set otherwise, so that two on a level are told apart
            bend = (down[one] + down[other]) / 2 + 7 * (number % 3 - 1)
            drawn.path("same", [(across[one], down[one]), (middle, bend), (across[other], down[other])])
    for at, place in enumerate(tree.places):
        for move, child in enumerate(place.children):
            bold = _played(tree, at, move, played)
            drawn.path("branch played" if bold else "branch", [(across[at], down[at]), (across[child], down[child])])
    for at, place in enumerate(tree.places):
        _node(drawn, tree, at, across[at], down[at])
        for move, child in enumerate(place.children):
            x, y = (across[at] + across[child]) / 2, (down[at] + down[child]) / 2
            drawn.text(_move(tree, at, move), x, y + 3, "tick label", "middle")
    width = _LEFT * 2 + _STEP * max(sum(not place.children for place in tree.places) - 1, 1)
    return drawn.render(max(width, 380.0), max(down) + 18.0 + 14.0 * len(tree.players))


def _places(tree: ExtensiveGame) -> list[float]:
    """How far to the right each node is: ends evenly, every other node in the middle of what follows."""
    across = [0.0] * len(tree.places)
    seen = 0
    for at, place in enumerate(tree.places):
        if not place.children:
            across[at] = _LEFT + _STEP * seen
            seen += 1
    for at, place in tree.upwards():
        if place.children:
            across[at] = (across[place.children[0]] + across[place.children[-1]]) / 2
    return across


def _node(drawn: Picture, tree: ExtensiveGame, at: int, x: float, y: float) -> None:
    node = tree.places[at].node
    if isinstance(node, Terminal):
        for line, payoff in enumerate(node.payoffs):
            drawn.text(amount(payoff), x, y + 14 + 14 * line, "tick", "middle")
    elif isinstance(node, Decision):
        drawn.add("circle", "decides", cx=x, cy=y, r=4.5)
        drawn.text(_short(tree.players[node.player]), x + 8, y - 6, "label")
    else:
        drawn.add("rect", "chance", x=x - 4, y=y - 4, width=8, height=8)
        drawn.text("chance", x + 8, y - 6, "tick")


def _move(tree: ExtensiveGame, at: int, move: int) -> str:
    node = tree.places[at].node
    if isinstance(node, Chance):
        name, probability, _ = node.moves[move]
        return _short(f"{name} {amount(probability)}")
    return _short(node.moves[move][0]) if isinstance(node, Decision) else ""


def _played(tree: ExtensiveGame, at: int, move: int, played: Behaviour) -> bool:
    """Whether an equilibrium plays a move of a player with positive probability."""
    node = tree.places[at].node
    return isinstance(node, Decision) and node.infoset in played and played[node.infoset][move] > 0


def _short(words: str, most: int = 14) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}\N{HORIZONTAL ELLIPSIS}"
