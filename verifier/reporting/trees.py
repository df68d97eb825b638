"""The equilibria of an extensive game for readers: what everybody does at its information sets, and what it brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from verifier.evidence import Verdict
from verifier.exact import Money, money, simplest
from verifier.games.extensive import Chance, Decision, ExtensiveGame, Node, Terminal
from verifier.reporting.amounts import amount, counted
from verifier.reporting.game_views import (
    MOST_ROWS,
    EquilibriumRow,
    GameView,
    claim_rows,
    count_of,
    hidden_rows,
    overall,
    strategy,
)

Behaviour = Mapping[str, tuple[Money, ...]]
_MOST_SETS = 8  # information sets of a player that a cell names


def view(certificate: Mapping[str, Any]) -> GameView:
    """The certificate of an extensive game, put into words."""
    tree = tree_of(certificate)
    heading, found = solutions(certificate, tree)
    claims = claim_rows(certificate)
    people = f"{counted(len(tree.players), 'player')}, {counted(len(tree.places), 'node')}"
    return GameView(
        certificate["name"],
        certificate["title"],
        certificate["source"],
        tree.players,
        f"{people}, {counted(len(tree.infosets), 'information set')}",
        heading,
        tuple(_row(tree, place, behaviour) for place, behaviour in enumerate(found[:MOST_ROWS], 1)),
        " ".join([*hidden_rows(len(found)), *_others(certificate)]),
        claims,
        tuple(certificate["findings"]),
        overall(claims),
        certificate["interrupted"],
    )


def tree_of(certificate: Mapping[str, Any]) -> ExtensiveGame:
    """The game that a certificate holds."""
    made: list[Node] = []
    for node in reversed(certificate["tree"]["nodes"]):
        after = [made.pop() for _ in node["moves"]]
        if not after:
            made.append(Terminal(tuple(map(money, node["payoffs"]))))
        elif node["player"] is None:
            made.append(Chance(tuple(zip(node["moves"], map(money, node["chances"]), after, strict=True))))
        else:
            made.append(Decision(node["player"], node["infoset"], tuple(zip(node["moves"], after, strict=True))))
    return ExtensiveGame(tuple(certificate["tree"]["players"]), made[0], certificate["tree"]["title"])


def solutions(certificate: Mapping[str, Any], tree: ExtensiveGame) -> tuple[str, list[Behaviour]]:
    """The equilibria that say most, with a heading: subgame perfect ones, else optimal play, else pure ones."""
    proved = {one["id"]: one["evidence"] for one in certificate["claims"] if one["verdict"] == Verdict.PROVED}
    if "subgame-perfect-equilibria" in proved:
        plans = proved["subgame-perfect-equilibria"]["plans"]
        found = [_of_moves(tree, plan) for plan in plans]
        words = count_of(len(found), "subgame perfect equilibrium", "subgame perfect equilibria")
        return f"{words} in pure strategies, and no other:", found
    if "value" in proved:
        rows = [tuple(map(money, row)) for row in proved["value"]["behaviour"]]
        worth = amount(money(proved["value"]["value"]))
        heading = f"The game is worth {worth} to {tree.players[0]}; this play guarantees it:"
        return heading, [dict(zip(tree.infosets, rows, strict=True))]
    if "extreme-equilibria" in proved:
        found = [
            _of_mixed(tree, certificate["strategies"], profile)
            for profile in proved["extreme-equilibria"]["equilibria"]
        ]
        words = count_of(len(found), "extreme equilibrium", "extreme equilibria")
        return f"{words} of the reduced normal form, of which all others are mixtures:", found
    if "pure-equilibria" in proved:
        profiles = proved["pure-equilibria"]["profiles"]
        found = [_of_strategies(tree, certificate["strategies"], profile) for profile in profiles]
        words = count_of(len(found), "equilibrium", "equilibria")
        return f"{words} in pure strategies of the reduced normal form{', and no other:' if found else '.'}", found
    return "The equilibria are not known.", []


def _others(certificate: Mapping[str, Any]) -> Iterator[str]:
    """How many equilibria the reduced normal form has, where they are not all listed."""
    proved = {one["id"]: one["evidence"] for one in certificate["claims"] if one["verdict"] == Verdict.PROVED}
    counts = []
    listed = proved.keys() & {"subgame-perfect-equilibria", "value"}
    if "pure-equilibria" in proved and (listed or "extreme-equilibria" in proved):
        counts.append(f"{len(proved['pure-equilibria']['profiles']):,} in pure strategies")
    if "extreme-equilibria" in proved and listed:
        counts.append(f"{len(proved['extreme-equilibria']['equilibria']):,} extreme ones, mixed ones among them")
    if counts:
        yield f"The reduced normal form has, subgame perfect or not, these equilibria: {', '.join(counts)}."


def _of_moves(tree: ExtensiveGame, moves: Sequence[int | None]) -> Behaviour:
    """A behaviour from the place of a move for each information set; one that is never led to is left out."""
    return {
        name: tuple(int(move == chosen) for move in range(len(infoset.moves)))
        for (name, infoset), chosen in zip(tree.infosets.items(), moves, strict=True)
        if chosen is not None
    }


def _of_strategies(tree: ExtensiveGame, strategies: Any, profile: Sequence[int]) -> Behaviour:
    """A behaviour from one strategy of the reduced normal form for each player."""
    own = [iter(strategies[player][chosen]) for player, chosen in enumerate(profile)]
    return _of_moves(tree, [next(own[infoset.player]) for infoset in tree.infosets.values()])


def _of_mixed(tree: ExtensiveGame, strategies: Any, profile: Sequence[Sequence[str]]) -> Behaviour:
    """The behaviour that does the same as mixtures of strategies (Kuhn 1953); sets that are never led to left out."""
    found: dict[str, tuple[Money, ...]] = {}
    for player, shares in enumerate(profile):
        for place, infoset in enumerate(tree.of_player(player)):
            weights: list[Money] = [0] * len(infoset.moves)
            for plan, share in zip(strategies[player], map(money, shares), strict=True):
                if plan[place] is not None:
                    weights[plan[place]] += share
            if whole := sum(weights, Fraction(0)):
                found[infoset.name] = tuple(simplest(Fraction(weight) / whole) for weight in weights)
    return found


def _row(tree: ExtensiveGame, place: int, behaviour: Behaviour) -> EquilibriumRow:
    reached = {name: behaviour.get(name, _first(len(infoset.moves))) for name, infoset in tree.infosets.items()}
    strategies = tuple(_cell(tree, player, behaviour) for player in range(len(tree.players)))
    return EquilibriumRow(str(place), strategies, ", ".join(map(amount, tree.values(reached)[0])))


def _first(count: int) -> tuple[Money, ...]:
    """Any mixture, where it is never asked for."""
    return (1, *[0] * (count - 1))


def _cell(tree: ExtensiveGame, player: int, behaviour: Behaviour) -> str:
    """What a player does at each of its information sets."""
    own = [infoset for infoset in tree.of_player(player) if infoset.name in behaviour]
    told = [f"{infoset.name}: {strategy(infoset.moves, behaviour[infoset.name])}" for infoset in own[:_MOST_SETS]]
    rest = [f"and {len(own) - _MOST_SETS} more"] if len(own) > _MOST_SETS else []
    return "; ".join([*told, *rest]) or "no move"
