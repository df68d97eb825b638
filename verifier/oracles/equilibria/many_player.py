"""Nash equilibria in mixed strategies of a game with any number of players, irrational ones included.

Definition   A mixed profile at which nobody gains by another strategy. With three players or more its probabilities may
             be irrational even if all payoffs are integers: an equilibrium is a box of rationals that holds it alone.
How          Support profiles are gone through, small ones first. In each, Newton's method in doubles proposes zeros of
             the indifference equations; Krawczyk's operator in rational intervals proves them. z3 then looks for a
             further equilibrium until it answers that there is none: that closes the support profile.
Coverage     COMPLETE only if every support profile is closed; FOUND names those left open. A support profile with
             infinitely many equilibria can never be closed, so that a list is not called complete there.
Source: Nash 1951; Dickhaut and Kaplan 1991; Porter, Nudelman and Shoham 2008; Krawczyk 1969.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from verifier.exact import size
from verifier.games.equilibrium_set import Coverage
from verifier.games.normal_form import Game
from verifier.oracles.equilibria.box_check import BoxedEquilibrium
from verifier.oracles.equilibria.epsilon import EpsilonEquilibrium, epsilon_equilibrium
from verifier.oracles.equilibria.many_player_boxes import STARTS, proposals, proved
from verifier.oracles.equilibria.many_player_closing import EFFORT, Answer, another
from verifier.oracles.equilibria.supports import Supports, System, support_profiles

_SINGULAR = 3  # zeros of one support profile that are not simple, before it is taken to have infinitely many


@dataclass(frozen=True, slots=True)
class ManyPlayerResult:
    """Equilibria of one game, and what the list is of all of them.

    Attributes
    ----------
    equilibria : distinct, each proved and checked again by `check_box`
    coverage : COMPLETE (every support profile is closed), FOUND, or UNKNOWN (nothing found)
    open_supports : support profiles that may have further equilibria
    reason : why it is not COMPLETE; empty otherwise
    closed_by_z3 : support profiles for which it is z3 that says that no further equilibrium exists
    approximate : exact epsilon-equilibria at the proposals for which the proof failed, the best first
    """

    equilibria: tuple[BoxedEquilibrium, ...]
    coverage: Coverage
    open_supports: tuple[Supports, ...] = ()
    reason: str = ""
    closed_by_z3: tuple[Supports, ...] = ()
    approximate: tuple[EpsilonEquilibrium, ...] = ()


@dataclass(frozen=True, slots=True)
class _Searched:
    """One support profile: what is proved, the points that are not, and why it is open, if it is."""

    found: tuple[BoxedEquilibrium, ...]
    unproved: tuple[tuple[Fraction, ...], ...]
    reason: str


def mixed_equilibria(game: Game, starts: int = STARTS, seed: int = 0, effort: int = EFFORT) -> ManyPlayerResult:
    """All Nash equilibria of a game that are found and proved.

    Parameters
    ----------
    game : any number of players; at most `MOST_SUPPORTS` support profiles
    starts : random profiles that Newton's method starts from, for each support profile; with 0 all proposals are z3's
    seed : of those profiles
    effort : limit of z3's work for each question, in its own units; 0 asks nothing, and mixed supports stay open

    Raises
    ------
    DomainError : there are too many support profiles; the message has the count.
    """
    equilibria: list[BoxedEquilibrium] = []
    open_supports: list[Supports] = []
    closed: list[Supports] = []
    reasons: dict[str, int] = {}
    approximate: list[EpsilonEquilibrium] = []
    for supports in support_profiles(game):
        system = System.of(game, supports)
        searched = _searched(game, system, starts, seed, effort)
        equilibria += searched.found
        if searched.reason:
            open_supports.append(supports)
            reasons[searched.reason] = reasons.get(searched.reason, 0) + 1
            approximate += [_near(game, system, point) for point in searched.unproved]
        elif system.unknowns:
            closed.append(supports)
    reason = "; ".join(f"{count} support profile(s) open: {why}" for why, count in reasons.items())
    coverage = Coverage.FOUND if equilibria else Coverage.UNKNOWN
    if not open_supports:
        if equilibria:
            coverage = Coverage.COMPLETE
        else:
            reason = "every support profile was closed without an equilibrium, which contradicts Nash 1951"
    best = tuple(sorted(approximate, key=lambda near: near.epsilon))
    return ManyPlayerResult(tuple(equilibria), coverage, tuple(open_supports), reason, tuple(closed), best)


def _searched(game: Game, system: System, starts: int, seed: int, effort: int) -> _Searched:
    found: list[BoxedEquilibrium] = []
    unproved: list[tuple[Fraction, ...]] = []
    for point in proposals(system, starts, seed) if system.unknowns else ():
        boxed = proved(game, system, point)
        if boxed is None:
            unproved.append(point)
        elif not any(_same(boxed, known) for known in found):
            found.append(boxed)
        if _singular(found) >= _SINGULAR:
            return _Searched(tuple(found), (), _INFINITE)
    if system.unknowns and not effort:
        return _Searched(tuple(found), tuple(unproved), "z3 was not asked")
    while True:
        closing = another(system, found, effort)
        if closing.answer is Answer.NONE:
            return _Searched(tuple(found), (), "")
        if closing.answer is Answer.OPEN:
            return _Searched(tuple(found), tuple(unproved), closing.reason)
        boxed = proved(game, system, closing.point)
        if boxed is None or any(_same(boxed, known) for known in found):
            return _Searched(tuple(found), (*unproved, closing.point), _UNPROVED)
        found.append(boxed)
        if _singular(found) >= _SINGULAR:
            return _Searched(tuple(found), (), _INFINITE)


_INFINITE = "several equilibria that are not simple zeros: there may be infinitely many"
_UNPROVED = "z3 has an equilibrium that the box proof fails at: it is not simple, or ties with an action outside"


def _singular(found: list[BoxedEquilibrium]) -> int:
    return sum(1 for boxed in found if boxed.centre and not boxed.preconditioner)


def _same(one: BoxedEquilibrium, other: BoxedEquilibrium) -> bool:
    """Whether a zero that is proved is in the box in which the other is alone."""
    reach = other.reach if other.preconditioner else Fraction(0)
    return all(size(a - b) <= reach for a, b in zip(one.centre, other.centre, strict=True))


def _near(game: Game, system: System, point: tuple[Fraction, ...]) -> EpsilonEquilibrium:
    """The exact profile at an unproved point, with the most that anybody gains there."""
    profile = []
    for own, count, strategy in zip(system.supports, game.shape, system.strategies(point), strict=True):
        chances = dict(zip(own, strategy, strict=True))
        profile.append([Fraction(chances.get(action, 0)) for action in range(count)])
    return epsilon_equilibrium(game, profile)
