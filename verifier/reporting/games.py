"""The equilibria of a game for readers: lists with payoffs, claims with verdicts, what proposers missed, a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from verifier.evidence import Verdict
from verifier.exact import money
from verifier.games.normal_form import Game, MixedProfile
from verifier.reporting import trees
from verifier.reporting.amounts import amount, counted, decimal
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
from verifier.reporting.text import aligned, legal
from verifier.tensor import Tensor


def view(certificate: Mapping[str, Any]) -> GameView:
    """The certificate of a game, in normal form or as a tree, put into words."""
    if "tree" in certificate:
        return trees.view(certificate)
    game = game_of(certificate)
    found = equilibria(certificate)
    claims = claim_rows(certificate)
    boxes = [box for one in certificate["claims"] for box in one["evidence"].get("boxes", [])]
    return GameView(
        certificate["name"],
        certificate["title"],
        certificate["source"],
        game.players,
        f"{counted(len(game.players), 'player')}, {' x '.join(map(str, game.shape))} actions",
        _heading(certificate, len(found)),
        tuple(_row(game, place, profile) for place, profile in enumerate(found[:MOST_ROWS], 1)),
        " ".join([*hidden_rows(len(found)), *_boxed(game, boxes)]),
        claims,
        tuple(certificate["findings"]),
        overall(claims),
        certificate["interrupted"],
    )


def console(certificate: Mapping[str, Any]) -> str:
    """The same as lines of text."""
    seen = view(certificate)
    head = [seen.title, *([seen.source] if seen.source else []), seen.size, "", seen.heading]
    table = [("", *seen.players, "payoffs"), *((row.number, *row.strategies, row.payoffs) for row in seen.rows)]
    claims = [
        ("claim", "verdict", "expected", "met", "note"),
        *((c.id, str(c.verdict), c.expected, "yes" if c.met else "NO", c.note) for c in seen.claims),
    ]
    body = [*(aligned(table) if seen.rows else []), *([seen.rest] if seen.rest else []), "", *aligned(claims)]
    return legal("\n".join([*head, *body, *(["", *seen.findings] if seen.findings else []), "", seen.overall, ""]))


def page(certificate: Mapping[str, Any]) -> str:
    """The HTML page."""
    from verifier.reporting import game_pictures, tree_pictures
    from verifier.reporting.html import render

    if "tree" in certificate:
        drawn = tree_pictures.picture(certificate)
    else:
        drawn = game_pictures.picture(game_of(certificate), equilibria(certificate))
    return render("game.html.jinja", view=view(certificate), picture=drawn)


def game_of(certificate: Mapping[str, Any]) -> Game:
    """The game that a certificate holds."""
    written = certificate["game"]
    actions = tuple(map(tuple, written["actions"]))
    shape = tuple(map(len, actions))
    payoffs = tuple(Tensor.of([money(payoff) for payoff in row], shape) for row in written["payoffs"])
    earned = written["revenue"]
    revenue = None if earned is None else Tensor.of([money(amount) for amount in earned], shape)
    return Game(tuple(written["players"]), actions, payoffs, written["title"], revenue)


def equilibria(certificate: Mapping[str, Any]) -> list[MixedProfile]:
    """The extreme equilibria where they are known, else those in pure strategies."""
    proved = {one["id"]: one["evidence"] for one in certificate["claims"] if one["verdict"] == Verdict.PROVED}
    if "extreme-equilibria" in proved:
        listed = proved["extreme-equilibria"]["equilibria"]
        return [tuple(tuple(map(money, row)) for row in profile) for profile in listed]
    sizes = [len(names) for names in certificate["game"]["actions"]]
    if "mixed-equilibria" in proved:
        return [tuple(tuple(map(money, row)) for row in one) for one in proved["mixed-equilibria"]["profiles"]]
    return [
        tuple(tuple(int(a == chosen) for a in range(size)) for size, chosen in zip(sizes, profile, strict=True))
        for profile in proved.get("pure-equilibria", {}).get("profiles", [])
    ]


def _heading(certificate: Mapping[str, Any], count: int) -> str:
    ids = {one["id"] for one in certificate["claims"] if one["verdict"] == Verdict.PROVED}
    if "extreme-equilibria" in ids:
        if count == 1:
            return "1 extreme equilibrium, and so no other:"
        return f"{count:,} extreme equilibria, of which all others are mixtures:"
    if "mixed-equilibria" in ids:
        return f"{count_of(count, 'equilibrium', 'equilibria')} with rational probabilities{':' if count else '.'}"
    if "pure-equilibria" in ids:
        found = count_of(count, "equilibrium in pure strategies", "equilibria in pure strategies")
        return f"{found}, and no other{':' if count else '.'}"
    return "The equilibria are not known."


def _boxed(game: Game, boxes: Sequence[Mapping[str, Any]]) -> list[str]:
    """Equilibria that are known by the boxes that they are alone in, in decimals."""
    if not boxes:
        return []
    told = []
    for box in boxes:
        centre = iter(box["centre"])
        strategies = []
        for names, own in zip(game.actions, box["supports"], strict=True):
            rest = [money(next(centre)) for _ in own[1:]]
            shares = [1 - sum(rest, 0), *rest]
            played = [f"{names[action]} with {decimal(share)}" for action, share in zip(own, shares, strict=True)]
            strategies.append(", ".join(played) if len(own) > 1 else names[own[0]])
        told.append("; ".join(strategies))
    return [f"{count_of(len(boxes), 'more is irrational, about', 'more are irrational, about')} ({'), ('.join(told)})."]


def _row(game: Game, place: int, profile: MixedProfile) -> EquilibriumRow:
    strategies = tuple(strategy(names, row) for names, row in zip(game.actions, profile, strict=True))
    payoffs = (game.expected(player, profile) for player in range(len(game.players)))
    return EquilibriumRow(str(place), strategies, ", ".join(map(amount, payoffs)))
