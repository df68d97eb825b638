"""What patient players can agree on: feasible payoffs of two players, and the individually rational ones.

Definition   Feasible payoffs are the convex hull of the payoffs at profiles of actions. A player's minmax payoff is the
             least that the other can hold it to. Payoffs are individually rational if nobody gets less.
Claim        Feasible payoffs above both minmax payoffs are those of a Nash equilibrium of the repeated game if players
             are patient enough, and of a subgame perfect one (for two players always).
Membership   weights of at most three profiles of actions whose mean is the point; refuted by a direction in which the
             point is beyond all payoffs.
Minmax       In pure strategies it is found here; in mixed ones, which may be lower, it is the value of the zero-sum
             game with the player's payoffs, and is handed in.
Source       Fudenberg and Maskin 1986; Abreu, Dutta and Smith 1994; Mailath and Samuelson 2006, Section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

from verifier.errors import DomainError
from verifier.exact import Money, money, simplest
from verifier.games.normal_form import Actions, Game

Point: TypeAlias = tuple[Money, Money]


@dataclass(frozen=True, slots=True)
class Weights:
    """Profiles of actions and their weights, whose mean payoff is the point."""

    weights: dict[Actions, Money]


@dataclass(frozen=True, slots=True)
class Beyond:
    """A direction in which no payoff goes further than `most`, and the point goes to `reached`."""

    direction: Point
    most: Money
    reached: Money


def pure_minmax(game: Game, player: int) -> Money:
    """The least that the other can hold a player to by a pure action, if the player knows it."""
    _refuse_others(game)
    rows, columns = game.shape if player == 0 else game.shape[::-1]
    own = [[game.payoff(player, (a, b) if player == 0 else (b, a)) for a in range(rows)] for b in range(columns)]
    return min(map(max, own))


def feasible(game: Game) -> list[Point]:
    """Extreme feasible payoffs, counter-clockwise from the leftmost (of these, the lowest)."""
    _refuse_others(game)
    points = sorted({_payoffs(game, profile) for profile in game.profiles()})
    if len(points) < 3:
        return points
    lower, upper = _chain(points), _chain(points[::-1])
    return lower[:-1] + upper[:-1]


def rational(game: Game, minmax: Sequence[object] | None = None) -> list[Point]:
    """Extreme points of the feasible payoffs that are no less than the minmax payoffs, pure ones unless given."""
    corners = feasible(game)
    for player, least in enumerate(_least(game, minmax)):
        kept: list[Point] = []
        for one, other in zip(corners, corners[1:] + corners[:1], strict=True):
            if one[player] >= least:
                kept.append(one)
            if (one[player] - least) * (other[player] - least) < 0:
                part = Fraction(least - one[player]) / (other[player] - one[player])
                x, y = (simplest(Fraction(a + part * (b - a))) for a, b in zip(one, other, strict=True))
                kept.append((x, y))
        corners = list(dict.fromkeys(kept))
    return corners


def membership(game: Game, point: Sequence[object]) -> Weights | Beyond:
    """Exact weights that show that payoffs are feasible, or a direction in which they are beyond all that are."""
    target = _point(point)
    corners = feasible(game)
    profile_of = {_payoffs(game, profile): profile for profile in game.profiles()}
    around = list(zip(corners, corners[1:] + corners[:1], strict=True)) if len(corners) > 2 else []
    directions: list[Point] = [(other[1] - one[1], one[0] - other[0]) for one, other in around]  # outwards
    if len(corners) == 2:
        x, y = (b - a for a, b in zip(*corners, strict=True))
        directions = [(y, -x), (-y, x), (x, y), (-x, -y)]
    if len(corners) == 1:
        directions = [(1, 0), (-1, 0), (0, 1), (0, -1)]
    for direction in directions:
        most = max(_dot(direction, corner) for corner in corners)
        if (reached := _dot(direction, target)) > most:
            return Beyond(direction, most, reached)
    if len(corners) < 3:
        return Weights(_named(profile_of, _between(corners[0], corners[-1], target)))
    base = corners[0]
    for one, other in pairwise(corners[1:]):  # a fan of triangles covers the hull
        parts = (_cross(target, one, other), _cross(base, target, other), _cross(base, one, target))
        if min(parts) >= 0:
            shares = [Fraction(part) / sum(parts) for part in parts]
            return Weights(_named(profile_of, list(zip((base, one, other), shares, strict=True))))
    raise AssertionError("a point that is beyond no side of a convex polygon lies in it")


def sustainable(game: Game, point: Sequence[object], minmax: Sequence[object] | None = None) -> bool:
    """Whether payoffs are feasible and above both minmax payoffs, pure ones unless given: then patience is enough."""
    target = _point(point)
    above = all(own > least for own, least in zip(target, _least(game, minmax), strict=True))
    return above and isinstance(membership(game, target), Weights)


def _refuse_others(game: Game) -> None:
    if len(game.players) != 2:
        raise DomainError(f"the folk theorem here is for 2 players, not {len(game.players)}")


def _least(game: Game, minmax: Sequence[object] | None) -> Point:
    return (pure_minmax(game, 0), pure_minmax(game, 1)) if minmax is None else _point(minmax)


def _point(given: Sequence[object]) -> Point:
    if len(given) != 2:
        raise DomainError(f"payoffs of two players are two amounts, not {len(given)}")
    return money(given[0]), money(given[1])


def _payoffs(game: Game, profile: Actions) -> Point:
    return game.payoff(0, profile), game.payoff(1, profile)


def _cross(a: Point, b: Point, c: Point) -> Money:
    """Twice the signed area of a triangle, positive counter-clockwise."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _dot(a: Point, b: Point) -> Money:
    return a[0] * b[0] + a[1] * b[1]


def _chain(points: Sequence[Point]) -> list[Point]:
    """One half of the hull of sorted points (Andrew 1979)."""
    found: list[Point] = []
    for point in points:
        while len(found) > 1 and _cross(found[-2], found[-1], point) <= 0:
            found.pop()
        found.append(point)
    return found


def _between(one: Point, other: Point, target: Point) -> list[tuple[Point, Fraction]]:
    """Shares of two points of which a point of their segment is the mean."""
    axis = 0 if one[0] != other[0] else 1
    if one == other:
        return [(one, Fraction(1))]
    part = Fraction(target[axis] - one[axis]) / (other[axis] - one[axis])
    return [(one, 1 - part), (other, part)]


def _named(profile_of: dict[Point, Actions], shares: list[tuple[Point, Fraction]]) -> dict[Actions, Money]:
    return {profile_of[point]: simplest(share) for point, share in shares if share}
