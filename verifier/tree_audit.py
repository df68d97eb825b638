"""One extensive game, judged: its equilibria as far as they can be listed, and what is claimed of it.

Definition   Claims about a finite game tree with exact payoffs in which nobody forgets:
             subgame-perfect-equilibria   with perfect information, a list of all of them in pure strategies;
             value                        what a zero-sum game of two players is worth to the first;
             pure-equilibria              all equilibria in pure strategies of the reduced normal form;
             extreme-equilibria           of two players, all its extreme equilibria;
             nash                         nobody gains by another strategy in the whole game;
             subgame-perfect              nobody gains in any subgame, whether it is reached or not;
             pure-count                   the reduced normal form has just so many equilibria in pure strategies.
How it knows Backward induction that keeps every tie; the linear program of the sequence form; best responses from the
             ends on. `checker.py` does each again from the tree, with code of its own.
Source       Kuhn 1953; Selten 1965; von Stengel 1996.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

from verifier.certificate import TREE_FORMAT, seal
from verifier.errors import DomainError, TooLarge
from verifier.evidence import Verdict
from verifier.exact import money, show
from verifier.games.extensive import Behaviour, Chance, Decision, ExtensiveGame, Terminal
from verifier.games.extensive_equilibrium import TreeVerification, all_subgame_perfect, verify_behaviour
from verifier.games.files import Asked, check_claim
from verifier.games.normal_form import Game
from verifier.games.pure import pure_equilibria
from verifier.games.sequence_form import normal_form, pure_strategies
from verifier.games.tree_claims import behaviour_of, refuse_other_sums
from verifier.judged import Judged, claim_json, decided, mixed_json
from verifier.oracles.equilibria.two_player import two_player
from verifier.oracles.equilibria.vertices import TooManyBases
from verifier.oracles.tree_zero_sum import TreeValue, tree_value

MOST_PLANS = 1_000  # subgame perfect equilibria that are listed
MOST_PROFILES = 20_000  # of a reduced normal form whose equilibria are listed
MOST_ACTIONS = 40  # of both players together where extreme equilibria are listed

STATEMENTS = {
    "subgame-perfect-equilibria": "These are all subgame perfect equilibria in pure strategies.",
    "value": "This is what the game is worth to the first player, and what guarantees it.",
    "pure-equilibria": "These are all equilibria in pure strategies of the reduced normal form.",
    "extreme-equilibria": "These are all extreme equilibria of the reduced normal form; every other one mixes some of "
    "them.",
    "nash": "No player can gain by another strategy in the whole game.",
    "subgame-perfect": "No player can gain by another strategy in any subgame.",
}


class _Solved:
    """A tree with what is found of it, each when it is first asked for."""

    def __init__(self, tree: ExtensiveGame) -> None:
        self.tree = tree

    @cached_property
    def zero_sum(self) -> bool:
        """Whether this is a zero-sum game of two players."""
        try:
            refuse_other_sums(self.tree)
        except DomainError:
            return False
        return True

    @cached_property
    def value(self) -> TreeValue | TooLarge:
        """The value of a zero-sum game, or why it is not known."""
        try:
            return tree_value(self.tree)
        except TooLarge as error:
            return error

    @cached_property
    def normal_form(self) -> Game | TooLarge:
        """The reduced normal form, or why it is not written out."""
        try:
            return normal_form(self.tree, reduced=True, most=MOST_PROFILES)
        except TooLarge as error:
            return error

    @cached_property
    def pure(self) -> list[list[int]]:
        """All pure equilibria of the reduced normal form; none where it is too large."""
        game = self.normal_form
        return [] if isinstance(game, TooLarge) else [list(profile) for profile in pure_equilibria(game)]


def audit_tree(
    tree: ExtensiveGame,
    asked: Sequence[Asked] = (),
    *,
    name: str = "game",
    title: str = "",
    source: str = "",
    tell: Callable[[str], None] = lambda stage: None,
) -> dict[str, object]:
    """Find the equilibria of an extensive game, judge what is claimed of it, and seal the certificate.

    Parameters and errors are those of `game_audit.audit_game`; TreeError says where a player forgets what it knew.
    """
    tree.refuse_forgetting()
    for claim in asked:  # before anything takes time
        check_claim(tree, claim)
    solved = _Solved(tree)
    claims: list[Judged] = []
    interrupted = False
    try:
        for found in _sets(solved, tell):
            claims.append(found)  # noqa: PERF402  one by one: Ctrl-C keeps them
        tell("what is claimed")
        claims += [_answer(solved, f"{claim.kind}-{place}", claim) for place, claim in enumerate(asked, 1)]
    except KeyboardInterrupt:
        interrupted = True
    needed = any(one.verdict is not Verdict.UNKNOWN and one.kind in _OF_NORMAL_FORM for one in claims)
    return seal(
        {
            "name": name,
            "title": title or tree.title or name,
            "source": source,
            "versions": {"python": platform.python_version()},
            "tree": tree_json(tree),
            "strategies": _strategies_json(tree) if needed else None,
            "claims": [claim_json(one) for one in claims],
            "findings": [],
            "interrupted": interrupted,
        },
        TREE_FORMAT,
    )


_OF_NORMAL_FORM = ("pure-equilibria", "extreme-equilibria", "pure-count")


def _sets(solved: _Solved, tell: Callable[[str], None]) -> Iterator[Judged]:
    """What is looked for in any case."""
    tree = solved.tree
    if tree.perfect_information:
        tell("subgame perfect equilibria")
        yield _perfect(tree)
    if solved.zero_sum:
        tell("the value")
        yield _value(solved, "value", None, None)
    tell("equilibria of the normal form")
    game = solved.normal_form
    if isinstance(game, TooLarge):
        yield _judge("pure-equilibria", Verdict.UNKNOWN, None, f"the reduced normal form has {game}", {})
        return
    yield _judge("pure-equilibria", Verdict.PROVED, None, "", {"profiles": solved.pure})
    if len(tree.players) == 2 and sum(game.shape) <= MOST_ACTIONS:
        tell("extreme equilibria of the normal form")
        yield _extreme(game)


def _perfect(tree: ExtensiveGame) -> Judged:
    kind = "subgame-perfect-equilibria"
    try:
        found = all_subgame_perfect(tree, MOST_PLANS)
    except TooLarge as error:
        return _judge(kind, Verdict.UNKNOWN, None, str(error), {})
    moves = {name: infoset.moves for name, infoset in tree.infosets.items()}
    plans = [[moves[name].index(move) for name, move in one.plan.items()] for one in found]
    return _judge(kind, Verdict.PROVED, None, "", {"plans": plans})


def _extreme(game: Game) -> Judged:
    kind = "extreme-equilibria"
    try:
        found = two_player(game)
    except TooManyBases as error:
        return _judge(kind, Verdict.UNKNOWN, None, str(error), {})
    return _judge(kind, Verdict.PROVED, None, found.connectedness, {"equilibria": list(map(mixed_json, found.extreme))})


def _value(solved: _Solved, id_: str, claimed: object, expect: Verdict | None) -> Judged:
    """The value that was found, or one that is claimed."""
    found = solved.value
    if isinstance(found, TooLarge):
        return Judged(id_, "value", STATEMENTS["value"], Verdict.UNKNOWN, expect, str(found), {})
    value = found.value if claimed is None else money(claimed)
    reason = f"it is worth {show(found.value)}" if claimed is None or value != found.value else ""
    evidence = {"value": show(value), "behaviour": _behaviour_json(found.behaviour)}
    return Judged(id_, "value", STATEMENTS["value"], decided(value == found.value), expect, reason, evidence)


def _answer(solved: _Solved, id_: str, claim: Asked) -> Judged:
    """The verdict about one claim."""
    if claim.kind == "value":
        return _value(solved, id_, claim.content, claim.expect)
    if claim.kind == "pure-count":
        return _count(solved, id_, claim)
    tree = solved.tree
    found = verify_behaviour(tree, behaviour_of(claim.content))
    behaviour = _behaviour_json(tree.read(behaviour_of(claim.content)))
    statement = STATEMENTS[claim.kind]
    if claim.kind == "nash":
        gains = [show(response.gain) for response in found.responses]
        evidence: dict[str, object] = {"behaviour": behaviour, "gains": gains}
        return Judged(id_, "nash", statement, decided(found.is_nash), claim.expect, _why(tree, found, False), evidence)
    verdict = decided(found.is_subgame_perfect)
    evidence = {"behaviour": behaviour, "gains": [list(map(show, row)) for row in found.gains]}
    return Judged(id_, claim.kind, statement, verdict, claim.expect, _why(tree, found, True), evidence)


def _count(solved: _Solved, id_: str, claim: Asked) -> Judged:
    statement = f"The reduced normal form has exactly {claim.content} equilibria in pure strategies."
    if isinstance(solved.normal_form, TooLarge):
        reason = f"the reduced normal form has {solved.normal_form}"
        return Judged(id_, claim.kind, statement, Verdict.UNKNOWN, claim.expect, reason, {})
    right = len(solved.pure) == claim.content
    evidence = {"count": claim.content, "profiles": solved.pure}
    reason = "" if right else f"it has {len(solved.pure)}"
    return Judged(id_, claim.kind, statement, decided(right), claim.expect, reason, evidence)


def _why(tree: ExtensiveGame, found: TreeVerification, everywhere: bool) -> str:
    """Who gains, how much, where, and how; empty where nobody does."""
    worst = found.worst if everywhere else max(found.responses, key=lambda response: response.gain)
    if worst.gain == 0:
        return "" if everywhere or found.is_subgame_perfect else "not subgame perfect"
    where = f" in the subgame after {', '.join(worst.path)}" if worst.path else ""
    told = [f"{name}: {worst.plan[name]}" for name in tree.infosets if name in worst.plan]
    moves, more = "; ".join(told[:6]), f" and {len(told) - 6} moves more" if len(told) > 6 else ""
    return f"{tree.players[worst.player]} gains {show(worst.gain)}{where} by playing {moves}{more}"


def tree_json(tree: ExtensiveGame) -> dict[str, object]:
    """The game as a certificate has it: its nodes in prefix order, so that moves alone say what follows what."""
    nodes: list[Mapping[str, object]] = []
    for place in tree.places:
        node = place.node
        own: dict[str, object] = {"player": None, "infoset": "", "moves": [], "chances": [], "payoffs": []}
        if isinstance(node, Terminal):
            own["payoffs"] = list(map(show, node.payoffs))
        elif isinstance(node, Decision):
            own |= {"player": node.player, "infoset": node.infoset, "moves": [move for move, _ in node.moves]}
        elif isinstance(node, Chance):
            own |= {"moves": [move for move, _, _ in node.moves], "chances": [show(p) for _, p, _ in node.moves]}
        nodes.append(own)
    return {"title": tree.title, "players": list(tree.players), "nodes": nodes}


def _strategies_json(tree: ExtensiveGame) -> list[list[list[int | None]]]:
    """Of each player all strategies of the reduced normal form: a move, or null, for each of its information sets."""
    return [
        [
            [plan.get(infoset.name) for infoset in tree.of_player(player)]
            for plan in pure_strategies(tree, player, reduced=True)
        ]
        for player in range(len(tree.players))
    ]


def _behaviour_json(behaviour: Behaviour) -> list[list[str]]:
    return [list(map(show, row)) for row in behaviour.values()]


def _judge(kind: str, verdict: Verdict, expect: Verdict | None, reason: str, evidence: Mapping[str, object]) -> Judged:
    return Judged(kind, kind, STATEMENTS[kind], verdict, expect, reason, evidence)
