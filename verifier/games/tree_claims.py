"""What can be claimed of an extensive game, and whether a claim can be one of this game at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from verifier.errors import DomainError
from verifier.exact import money
from verifier.games.extensive import ExtensiveGame, Terminal

TREE_KINDS = {"nash": "nash", "subgame_perfect": "subgame-perfect", "value": "value", "pure": "pure-count"}


def check_tree_claim(tree: ExtensiveGame, kind: str, content: object) -> None:
    """Refuse a claim that cannot be one of this game: DomainError or MoneyError says why."""
    if kind == "value":
        refuse_other_sums(tree)
        money(content)
    elif kind == "pure-count":
        check_count(content)
    elif kind in TREE_KINDS.values():
        tree.read(behaviour_of(content))
    else:
        raise DomainError(f"of an extensive game one claims {', '.join(TREE_KINDS)}")


def behaviour_of(content: object) -> Mapping[str, Any]:
    """A claimed behaviour strategy; DomainError where it is no mapping from information sets."""
    if not isinstance(content, Mapping):
        raise DomainError(f"{content!r} does not say a move, or probabilities of moves, for every information set")
    return cast("Mapping[str, Any]", content)


def check_count(content: object) -> None:
    """Refuse what is no number of equilibria: DomainError."""
    if not isinstance(content, int) or isinstance(content, bool) or content < 0:
        raise DomainError(f"a number of equilibria is a whole number of at least 0, not {content!r}")


def refuse_other_sums(tree: ExtensiveGame) -> None:
    """DomainError unless there are two players whose payoffs sum to zero at every end."""
    if len(tree.players) != 2:
        raise DomainError(f"a zero-sum game here has 2 players, not {len(tree.players)}")
    for at, place in enumerate(tree.places):
        if isinstance(place.node, Terminal) and sum(place.node.payoffs, 0):
            raise DomainError(f"payoffs do not sum to zero after {' / '.join(tree.path(at)) or 'no move'}")
