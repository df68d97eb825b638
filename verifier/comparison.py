"""Mechanisms side by side: prices of anarchy by concept, truthfulness, revenue and budget, and which one to take.

Method       Every mechanism induces a game with its true values on its grid (`games.induced`); prices are exact
             (`oracles.anarchy`). The line that counts is that of honest play where honesty is a dominant strategy, else
             of all pure equilibria in which nobody overbids.
Recommended  is, among those whose line stays below the gate and that never pay out more than they take, the one with
             the least price; among equals one where honesty is dominant, then the one with most revenue.
Says nothing about other values, grids and tie rules: it compares these games.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier.errors import DomainError
from verifier.exact import Money, show, simplest
from verifier.games.files import GameFile
from verifier.games.gates import Honest
from verifier.games.normal_form import Actions, Game
from verifier.games.pure import dominant_actions, pure_equilibria
from verifier.oracles.anarchy import price_of_anarchy
from verifier.oracles.anarchy_result import Direction, Infinite, Price

TARGET = Fraction(6, 5)  # the gate of the allocation spec


@dataclass(frozen=True, slots=True)
class Line:
    """A price over the equilibria of a concept; `note` says why there is none."""

    concept: str
    overbidding: bool
    price: Price
    passes: bool
    note: str = ""

    @property
    def said(self) -> str:
        """The price in words."""
        if isinstance(self.price, Infinite):
            return "unbounded"
        return self.note if self.price is None else show(simplest(self.price))


@dataclass(frozen=True, slots=True)
class Compared:
    """One mechanism.

    Attributes
    ----------
    dominant : whether honesty is a dominant strategy of everybody
    revenue : of honest play where it is dominant, else the least over pure equilibria in which nobody overbids; None
        where there is none
    deficit : the most that it pays out more than it takes, over all bids
    headline : the line that counts
    """

    name: str
    title: str
    lines: tuple[Line, ...]
    dominant: bool
    revenue: Money | None
    deficit: Money
    headline: Line


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of them, and the recommendation: a name, None where nothing can be recommended, with reasons."""

    gate: Fraction
    rows: tuple[Compared, ...]
    recommended: str | None
    reasons: tuple[str, ...]


def compare(named: Sequence[tuple[str, GameFile]], gate: Money = TARGET) -> Comparison:
    """Compare the mechanisms of game files.

    Raises DomainError where a file is not the game of a mechanism, or there are fewer than two.
    """
    if len(named) < 2:
        raise DomainError("there is nothing to compare; name at least two games of mechanisms")
    rows = tuple(_compared(name, found, Fraction(gate)) for name, found in named)
    fit = [row for row in rows if row.headline.passes and row.deficit == 0]
    reasons = tuple(map(_reason, rows))
    if not fit:
        none = f"None stays below {show(gate)} without paying out more than it takes."
        return Comparison(Fraction(gate), rows, None, (*reasons, none))
    best = min(fit, key=_rank)
    return Comparison(Fraction(gate), rows, best.name, (*reasons, f"Recommended: {best.name}."))


def _compared(name: str, found: GameFile, gate: Fraction) -> Compared:
    game, honest = found.game, found.honest
    if not isinstance(game, Game) or honest is None or game.revenue is None:
        raise DomainError(f"{name} is not the game of a mechanism; give it [subject], [domain] and values in [game]")
    dominant = honest.truth is not None and all(
        action in dominant_actions(game, player) for player, action in enumerate(honest.truth)
    )
    lines = [
        *([_line(game, gate, "truthful", honest, True)] if dominant else []),
        *(_line(game, gate, c, honest, over) for c in ("pure", "coarse correlated") for over in (False, True)),
    ]
    least = game.revenue.least()
    deficit = simplest(-least) if least < 0 else 0
    return Compared(name, found.title, tuple(lines), dominant, _revenue(game, honest, dominant), deficit, lines[0])


def _line(game: Game, gate: Fraction, concept: str, honest: Honest, over: bool) -> Line:
    played = None if over else honest.modest
    try:
        found = price_of_anarchy(game, concept, played=played, truth=honest.truth if concept == "truthful" else None)
    except DomainError as error:
        return Line(concept, over, None, False, str(error))
    if found.direction is not Direction.EXACT or found.poa is None:
        return Line(concept, over, None, False, found.reason or "no equilibrium")
    return Line(concept, over, found.poa, found.passes(gate))


def _revenue(game: Game, honest: Honest, dominant: bool) -> Money | None:
    if game.revenue is None:
        return None
    allowed = list(map(frozenset, honest.modest))
    profiles: list[Actions] = (
        [honest.truth]
        if dominant and honest.truth is not None
        else [
            profile
            for profile in pure_equilibria(game)
            if all(action in own for action, own in zip(profile, allowed, strict=True))
        ]
    )
    amounts = [int(game.revenue.numerators[profile]) for profile in profiles]
    return simplest(Fraction(min(amounts), game.revenue.denominator)) if amounts else None


def _rank(row: Compared) -> tuple[Fraction, bool, Money]:
    price = row.headline.price if isinstance(row.headline.price, Fraction) else Fraction(0)
    return price, not row.dominant, -(row.revenue or 0)


def _reason(row: Compared) -> str:
    line = row.headline
    under = "" if line.concept == "truthful" else ", nobody overbidding"
    verdict = "passes" if line.passes else "does not pass"
    parts = [f"{row.name}: {line.concept}{under} {line.said}, {verdict}"]
    parts.append("honesty is dominant" if row.dominant else "honesty is not dominant")
    parts.append("no such equilibrium" if row.revenue is None else f"revenue {show(row.revenue)}")
    parts.append(f"may pay out {show(row.deficit)} more than it takes" if row.deficit else "never in deficit")
    return "; ".join(parts) + "."
