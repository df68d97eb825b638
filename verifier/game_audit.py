"""One game, judged: all its equilibria as far as they can be found and shown to be all, and what is claimed of it.

Definition   Claims about a finite game with exact payoffs:
             pure-equilibria      a list of all equilibria in pure strategies;
             mixed-equilibria     for more players, equilibria that were found, irrational ones as the boxes that each
                                  is alone in; whether they are all is told, and rests on z3;
             extreme-equilibria   for two players, a list of all extreme equilibria, of which the others are mixtures;
             nash                 a profile, pure or mixed, is a Nash equilibrium: nobody gains by another strategy;
             dominant             a profile of actions is an equilibrium in dominant strategies;
             pure-count           the game has just so many equilibria in pure strategies;
             extreme-count        of two players, it has just so many extreme equilibria;
             class-bound          of all games of a class, of which this is the worst; see `class_bound`;
             smooth               an inequality over all profiles, which bounds the price; see `smooth_claim`;
             price-of-anarchy     what the worst, and the best, equilibrium loses; see `anarchy_claim`;
             correlated-welfare   the least and greatest welfare of correlated and coarse correlated equilibria.
How it knows Payoff tensors are compared at every profile, polytopes are enumerated in whole numbers, gains are
             computed in fractions; `checker.py` does each of these again from the payoffs, with code of its own.
             Proposals of nashpy are certified one by one and never believed; what it missed is among the findings.
Source       Nash 1951; von Stengel 2002, "Computing equilibria for two-person games".
"""

from __future__ import annotations

import math
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from verifier.anarchy_claim import anarchy_claim
from verifier.certificate import GAME_FORMAT, seal
from verifier.correlated_claim import correlated_welfare
from verifier.evidence import Verdict
from verifier.exact import Money, show
from verifier.games.claimed import read_profile, verify_profile
from verifier.games.equilibrium_set import Coverage
from verifier.games.files import Asked, check_claim
from verifier.games.gates import Gate, Smoothness
from verifier.games.normal_form import Game
from verifier.games.pure import dominant_actions, pure_equilibria
from verifier.judged import Judged, claim_json, decided, mixed_json
from verifier.oracles.equilibria.box_check import BoxedEquilibrium
from verifier.oracles.equilibria.many_player import ManyPlayerResult, mixed_equilibria
from verifier.oracles.equilibria.nashpy_proposals import ALGORITHMS, SECONDS, findings, proposed
from verifier.oracles.equilibria.two_player import TwoPlayer, two_player
from verifier.oracles.equilibria.vertices import TooManyBases
from verifier.smooth_claim import smooth_claim

MOST_ACTIONS = 24  # of two players together, whose extreme equilibria are looked for unasked
MOST_SUPPORTS = 700  # of games of three players and more whose mixed equilibria are looked for

STATEMENTS = {
    "pure-equilibria": "These are all equilibria in pure strategies.",
    "extreme-equilibria": "These are all extreme equilibria; every other one mixes some of them.",
    "mixed-equilibria": "Each profile is an equilibrium, and in each box is just one; nothing is said of others.",
    "nash": "No player can gain by another strategy.",
    "dominant": "No player can gain by another action, whatever the others do.",
}


class _Solved:
    """A game with its lists of equilibria, each made when it is first asked for."""

    def __init__(self, game: Game) -> None:
        self.game = game

    @cached_property
    def pure(self) -> list[list[int]]:
        """All equilibria in pure strategies."""
        return [list(profile) for profile in pure_equilibria(self.game)]

    @cached_property
    def two(self) -> TwoPlayer | TooManyBases:
        """All extreme equilibria of two players, or why they are not known."""
        try:
            return two_player(self.game)
        except TooManyBases as error:
            return error


def audit_game(
    game: Game,
    asked: Sequence[Asked] = (),
    gates: Sequence[Gate] = (),
    smooth: Sequence[Smoothness] = (),
    *,
    name: str = "game",
    title: str = "",
    source: str = "",
    seconds: float = SECONDS,
    tell: Callable[[str], None] = lambda stage: None,
) -> dict[str, object]:
    """Find the equilibria of a game, judge what is claimed of it, and seal the certificate.

    Parameters
    ----------
    asked : claims about the game
    gates : what is asked about its price of anarchy
    smooth : claims that it is smooth
    name, title, source : of the certificate: a short name, a heading, a citation
    seconds : for each algorithm of nashpy; 0 to ask none
    tell : is told of every stage before it begins

    Returns
    -------
    The certificate. After Ctrl-C it is partial: "interrupted" is true, and what was not decided is left out.

    Raises
    ------
    DomainError, MoneyError : a claimed profile is none of this game; the message says why.
    """
    for claim in asked:  # before anything takes time
        check_claim(game, claim)
    claims: list[Judged] = []
    said: tuple[str, ...] = ()
    interrupted = False
    try:
        solved = _Solved(game)
        for judged in _sets(solved, tell):
            claims.append(judged)  # noqa: PERF402  one by one: Ctrl-C keeps them
        tell("what is claimed")
        claims += [_answer(solved, f"{claim.kind}-{place}", claim) for place, claim in enumerate(asked, 1)]
        tell("welfare of correlated equilibria")
        claims.append(correlated_welfare(game))
        for place, gate in enumerate(gates, 1):
            tell(f"price of anarchy, {gate.concept}")
            claims.append(anarchy_claim(game, gate, f"price-of-anarchy-{place}"))
        for place, wanted in enumerate(smooth, 1):
            tell(f"smoothness, form {wanted.form}")
            claims.append(smooth_claim(game, wanted, f"smooth-{place}"))
        said = _proposals(solved, seconds, tell)
    except KeyboardInterrupt:
        interrupted = True
    return seal(
        {
            "name": name,
            "title": title or game.title or name,
            "source": source,
            "versions": {"python": platform.python_version()},
            "game": game.to_json(),
            "claims": [claim_json(judged) for judged in claims],
            "findings": list(said),
            "interrupted": interrupted,
        },
        GAME_FORMAT,
    )


def _sets(solved: _Solved, tell: Callable[[str], None]) -> Iterator[Judged]:
    """The sets of equilibria that are looked for in any case."""
    game = solved.game
    tell("equilibria in pure strategies")
    yield _judged("pure-equilibria", "pure-equilibria", Verdict.PROVED, None, "", {"profiles": solved.pure})
    if len(game.players) == 2:
        kind = "extreme-equilibria"
        if sum(game.shape) > MOST_ACTIONS:
            reason = f"{sum(game.shape)} actions; unasked, they are looked for with up to {MOST_ACTIONS}"
            yield _judged(kind, kind, Verdict.UNKNOWN, None, reason, {})
            return
        tell("extreme equilibria")
        two = solved.two
        if isinstance(two, TooManyBases):
            yield _judged(kind, kind, Verdict.UNKNOWN, None, str(two), {})
        else:
            evidence = {"equilibria": list(map(mixed_json, two.extreme))}
            yield _judged(kind, kind, Verdict.PROVED, None, two.connectedness, evidence)
    elif math.prod(2**count - 1 for count in game.shape) <= MOST_SUPPORTS:
        tell("equilibria in mixed strategies")
        yield _mixed(mixed_equilibria(game))


def _mixed(found: ManyPlayerResult) -> Judged:
    """The equilibria of three or more players, and whether they are all."""
    boxes = [boxed for boxed in found.equilibria if boxed.rational is None]
    evidence: dict[str, object] = {
        "profiles": [mixed_json(boxed.rational) for boxed in found.equilibria if boxed.rational is not None],
        "boxes": [_box_json(boxed) for boxed in boxes],
    }
    reason = f"they are not known to be all: {found.reason}"
    if found.coverage is Coverage.COMPLETE:
        reason = "there is no other, if z3 is right, which nobody checks" if found.closed_by_z3 else "there is no other"
    return _judged("mixed-equilibria", "mixed-equilibria", Verdict.PROVED, None, reason, evidence)


def _box_json(boxed: BoxedEquilibrium) -> dict[str, object]:
    return {
        "supports": [list(own) for own in boxed.supports],
        "centre": list(map(show, boxed.centre)),
        "radius": show(boxed.radius),
        "preconditioner": [list(map(show, row)) for row in boxed.preconditioner],
    }


def _proposals(solved: _Solved, seconds: float, tell: Callable[[str], None]) -> tuple[str, ...]:
    """What nashpy makes of the game, where all extreme equilibria are known."""
    small = len(solved.game.players) == 2 and sum(solved.game.shape) <= MOST_ACTIONS
    if not small or isinstance(solved.two, TooManyBases) or not seconds:
        return ()
    made = []
    for algorithm in ALGORITHMS:
        tell(f"nashpy's {algorithm.replace('_', ' ')}")
        made.append(proposed(solved.game, algorithm, seconds))
    return findings(solved.two.extreme, made)


def _sequence(content: object) -> Sequence[object]:
    if not isinstance(content, Sequence):
        raise TypeError(f"{content!r} is no list")
    return content


def _answer(solved: _Solved, id_: str, claim: Asked) -> Judged:
    """The verdict about one claim."""
    game = solved.game
    if isinstance(claim.content, Judged):  # of the whole class, by `class_bound`
        return replace(claim.content, id=id_)
    if claim.kind == "nash":
        return _nash(game, id_, claim)
    if claim.kind == "dominant":
        return _dominant(game, id_, claim)
    if claim.kind == "pure-count":
        right = len(solved.pure) == claim.content
        reason = "" if right else f"it has {len(solved.pure)}"
        counted: dict[str, object] = {"count": claim.content, "profiles": solved.pure}
        return _judged(id_, claim.kind, decided(right), claim.expect, reason, counted)
    if isinstance(solved.two, TooManyBases):
        return _judged(id_, claim.kind, Verdict.UNKNOWN, claim.expect, str(solved.two), {})
    if claim.kind == "extreme-count":
        found = len(solved.two.extreme)
        reason = "" if found == claim.content else f"it has {found}"
        return _judged(id_, claim.kind, decided(not reason), claim.expect, reason, {"count": claim.content})
    listed = {read_profile(game, _sequence(profile)) for profile in _sequence(claim.content)}
    extreme = set(solved.two.extreme)
    missing, wrong = len(extreme - listed), len(listed - extreme)
    reason = f"{missing} are missing and {wrong} are no extreme equilibria" if missing or wrong else ""
    evidence = {"equilibria": list(map(mixed_json, sorted(listed)))}
    return _judged(id_, claim.kind, decided(not reason), claim.expect, reason, evidence)


def _nash(game: Game, id_: str, claim: Asked) -> Judged:
    found = verify_profile(game, _sequence(claim.content))
    gains = [response.gain for response in found.responses]
    evidence = {"profile": mixed_json(found.profile), "gains": list(map(show, gains))}
    if found.deviation is None:
        return _judged(id_, claim.kind, Verdict.PROVED, claim.expect, _KINDS[found.kind], evidence)
    player, action = found.deviation
    who, what = game.players[player], game.actions[player][action]
    reason = f"{who} gains {show(found.epsilon)} by playing {what!r} instead"
    return _judged(id_, claim.kind, Verdict.REFUTED, claim.expect, reason, evidence)


_KINDS = {
    "dominant-strategy": "in dominant strategies",
    "strict": "strict: everybody would lose by any other action",
    "pure": "in pure strategies, and somebody could do as well otherwise",
    "mixed": "in mixed strategies",
}


def _dominant(game: Game, id_: str, claim: Asked) -> Judged:
    mixed = read_profile(game, _sequence(claim.content))
    actions = [row.index(1) for row in mixed]
    evidence = {"profile": actions}
    for player, action in enumerate(actions):
        if action not in dominant_actions(game, player):
            gain = _largest_gain(game, player, action)
            who, what = game.players[player], game.actions[player][action]
            reason = f"{who} can gain {show(gain)} by another action than {what!r}"
            return _judged(id_, claim.kind, Verdict.REFUTED, claim.expect, reason, evidence)
    return _judged(id_, claim.kind, Verdict.PROVED, claim.expect, "", evidence)


def _largest_gain(game: Game, player: int, action: int) -> Money:
    """The most that another action is worth more, over all that the others can do."""
    import numpy as np

    tensor = game.payoffs[player]
    own = np.take(tensor.numerators, [action], axis=player)
    return -tensor.view(own - tensor.numerators).least()


def _judged(
    id_: str, kind: str, verdict: Verdict, expect: Verdict | None, reason: str, evidence: Mapping[str, object]
) -> Judged:
    counted = "extreme equilibria" if kind == "extreme-count" else "equilibria in pure strategies"
    count = f"The game has exactly {evidence.get('count')} {counted}."
    return Judged(id_, kind, STATEMENTS.get(kind, count), verdict, expect, reason, evidence)
