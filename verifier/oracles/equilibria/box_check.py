"""Is there exactly one equilibrium in a box? Re-done from the claim alone, in fractions and with nothing but loops.

Definition   F is what each action of a support but the first is worth more than the first, X a box with centre m and
             radius r, J(X) contains the derivatives of F on X, and Y is any matrix. If every component of
             |Y F(m)| + |I - Y J(X)| r is less than r, then F has exactly one zero in X (Krawczyk's operator maps X into
             its interior). The zero is an equilibrium if on X every probability of the supports is positive and no
             action outside is worth more than the first.
Shares       no arithmetic with the search that finds boxes: this is the reference for a checker.
Source: Krawczyk 1969; Moore 1977; Neumaier 1990, Section 5.1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from verifier.exact import Money
from verifier.games.normal_form import Actions, Game, MixedProfile

Span = tuple[Fraction, Fraction]  # least and largest
Payoff = Callable[[int, Actions], Money]


@dataclass(frozen=True, slots=True)
class BoxedEquilibrium:
    """An equilibrium, known by the box that it is alone in, and exactly where it is rational.

    Attributes
    ----------
    supports : (n,) the actions played
    centre : (U,) of the box: the probabilities of each support's actions but the first, player after player
    radius : half the width of the box in every coordinate; it holds exactly one zero, and that is the equilibrium
    reach : half the width of a larger box with the same centre in which no second zero is
    preconditioner : (U, U) the matrix Y; empty where the zero is not simple, and then `rational` is given
    box : (n, A_i) the least and the largest that each probability can be
    rational : the equilibrium itself, where it is rational and has been recognised
    """

    supports: tuple[tuple[int, ...], ...]
    centre: tuple[Fraction, ...]
    radius: Fraction
    reach: Fraction
    preconditioner: tuple[tuple[Fraction, ...], ...]
    box: tuple[tuple[Span, ...], ...]
    rational: MixedProfile | None = None

    @property
    def midpoint(self) -> MixedProfile:
        """The rational profile at the centre of the box."""
        filled = _spans(self.supports, self.centre, Fraction(0), [1 + max(own) for own in self.supports])
        return tuple(
            tuple(span[0] for span in player) + (0,) * (len(of) - len(player))
            for player, of in zip(filled, self.box, strict=True)
        )


def check_box(game: Game, boxed: BoxedEquilibrium) -> bool:
    """Whether the claim holds: one equilibrium with these supports is in the box, no second zero is within reach."""
    unknowns = sum(len(own) - 1 for own in boxed.supports)
    simple = len(boxed.preconditioner) == unknowns and all(len(row) == unknowns for row in boxed.preconditioner)
    if not _well_formed(game, boxed, unknowns) or not (simple or boxed.rational is not None):
        return False
    spans = _spans(boxed.supports, boxed.centre, boxed.radius, game.shape)
    if tuple(map(tuple, spans)) != boxed.box:
        return False
    if simple and not all(_one_zero(game, boxed, radius) for radius in (boxed.radius, boxed.reach)):
        return False
    if boxed.rational is not None:
        return _is_equilibrium_in(game, boxed.rational, boxed.supports, spans)
    return _inequalities_hold(game, boxed.supports, spans)


def _well_formed(game: Game, boxed: BoxedEquilibrium, unknowns: int) -> bool:
    return (
        len(boxed.supports) == len(game.shape)
        and all(own and list(own) == sorted(set(own)) for own in boxed.supports)
        and all(own[0] >= 0 and own[-1] < count for own, count in zip(boxed.supports, game.shape, strict=True))
        and len(boxed.centre) == unknowns
        and 0 < boxed.radius <= boxed.reach
    )


def _one_zero(game: Game, boxed: BoxedEquilibrium, radius: Fraction) -> bool:
    """Krawczyk's inclusion on the box with this radius."""
    at = _spans(boxed.supports, boxed.centre, Fraction(0), game.shape)
    over = _spans(boxed.supports, boxed.centre, radius, game.shape)
    rows = [(i, a) for i, own in enumerate(boxed.supports) for a in own[1:]]
    values = [_more(game.payoff, i, a, boxed.supports, at)[0] for i, a in rows]
    slopes = [[_slope(game.payoff, row, column, boxed.supports, over) for column in rows] for row in rows]
    for k, y in enumerate(boxed.preconditioner):
        moved = abs(sum((c * value for c, value in zip(y, values, strict=True)), Fraction(0)))
        for j in range(len(rows)):
            low = high = Fraction(int(j == k))
            for c, row in zip(y, slopes, strict=True):
                ends = -c * row[j][0], -c * row[j][1]
                low, high = low + min(ends), high + max(ends)
            moved += max(-low, high) * radius
        if moved >= radius:
            return False
    return True


def _inequalities_hold(game: Game, supports: Sequence[Sequence[int]], spans: list[list[Span]]) -> bool:
    """Everywhere in the box: the supports are played, and nothing else would be better."""
    if any(spans[i][a][0] <= 0 for i, own in enumerate(supports) for a in own):
        return False
    return all(
        _more(game.payoff, i, a, supports, spans)[1] <= 0
        for i, own in enumerate(supports)
        for a in range(game.shape[i])
        if a not in own
    )


def _is_equilibrium_in(
    game: Game, profile: MixedProfile, supports: Sequence[Sequence[int]], spans: list[list[Span]]
) -> bool:
    """Whether a rational profile has these supports, lies in the box, and nobody gains."""
    if [len(strategy) for strategy in profile] != list(game.shape) or any(sum(strategy) != 1 for strategy in profile):
        return False
    for strategy, own, player in zip(profile, supports, spans, strict=True):
        if any((p > 0) != (a in own) or p < 0 for a, p in enumerate(strategy)):
            return False
        if any(not low <= p <= high for p, (low, high) in zip(strategy, player, strict=True)):
            return False
    exact = [[(Fraction(p), Fraction(p)) for p in strategy] for strategy in profile]
    gains = (
        (_more(game.payoff, i, a, supports, exact)[0], a in own)
        for i, own in enumerate(supports)
        for a in range(game.shape[i])
    )
    return all(gain == 0 if played else gain <= 0 for gain, played in gains)


def _spans(
    supports: Sequence[Sequence[int]], centre: Sequence[Fraction], radius: Fraction, shape: Sequence[int]
) -> list[list[Span]]:
    """(n, A_i) the range of each probability on a box; the first action of a support has the rest."""
    found, place = [], 0
    for own, count in zip(supports, shape, strict=True):
        player = [(Fraction(0), Fraction(0))] * count
        for action in own[1:]:
            player[action] = (centre[place] - radius, centre[place] + radius)
            place += 1
        low = sum((player[a][1] for a in own[1:]), Fraction(0))
        high = sum((player[a][0] for a in own[1:]), Fraction(0))
        player[own[0]] = (1 - low, 1 - high)
        found.append(player)
    return found


def _more(
    payoff: Payoff, i: int, action: int, supports: Sequence[Sequence[int]], spans: Sequence[Sequence[Span]]
) -> Span:
    """What an action is worth more than the first of the support, against mixtures within the spans."""
    return _sum(payoff, [(i, ((action, 1), (supports[i][0], -1)))], supports, spans)


def _slope(
    payoff: Payoff,
    row: tuple[int, int],
    column: tuple[int, int],
    supports: Sequence[Sequence[int]],
    spans: Sequence[Sequence[Span]],
) -> Span:
    """The derivative of the equation of one action by the probability of another."""
    (i, action), (j, other) = row, column
    if i == j:
        return Fraction(0), Fraction(0)
    own, theirs = ((action, 1), (supports[i][0], -1)), ((other, 1), (supports[j][0], -1))
    return _sum(payoff, [(i, own), (j, theirs)], supports, spans)


def _sum(
    payoff: Payoff,
    fixed: list[tuple[int, tuple[tuple[int, int], tuple[int, int]]]],
    supports: Sequence[Sequence[int]],
    spans: Sequence[Sequence[Span]],
) -> Span:
    """Payoffs of the first fixed player, signed over what is fixed, weighted with the spans of everybody else."""
    signed = dict(fixed)
    low = high = Fraction(0)
    free = [j for j in range(len(supports)) if j not in signed]
    for actions in product(*(supports[j] for j in free)):
        weight = (Fraction(1), Fraction(1))
        for j, a in zip(free, actions, strict=True):
            weight = _times(weight, spans[j][a])
        profile = [0] * len(supports)
        for j, a in zip(free, actions, strict=True):
            profile[j] = a
        coefficient = Fraction(0)
        for choice in product(*(signed[j] for j in signed)):
            sign = 1
            for j, (a, factor) in zip(signed, choice, strict=True):
                profile[j] = a
                sign *= factor
            coefficient += sign * Fraction(payoff(fixed[0][0], tuple(profile)))
        term = _times(weight, (coefficient, coefficient))
        low, high = low + term[0], high + term[1]
    return low, high


def _times(left: Span, right: Span) -> Span:
    ends = [a * b for a in left for b in right]
    return min(ends), max(ends)
