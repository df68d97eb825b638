"""Zeros of a support's polynomial system: proposed by Newton's method in doubles, proved by Krawczyk's operator.

Definition   K(X) = m - Y F(m) + (I - Y J(X)) (X - m) for a box X with centre m. If K(X) lies in the interior of X, the
             system F has exactly one zero in X, whatever the matrix Y; here Y is near the inverse of the Jacobian.
Rational     A zero that a fraction with a short denominator is near to is tried exactly; at such a one also ties with
             actions outside the supports can be decided, and zeros that are not simple.
Source: Krawczyk 1969; Neumaier 1990, Section 5.1; McKelvey and McLennan 1996 (equilibria by their supports).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from verifier.exact import Money, simplest, size
from verifier.games.normal_form import Game, MixedProfile
from verifier.oracles.equilibria.box_check import BoxedEquilibrium, check_box
from verifier.oracles.equilibria.epsilon import largest_gain
from verifier.oracles.equilibria.intervals import Interval, around
from verifier.oracles.equilibria.supports import System
from verifier.tensor import Array

STARTS = 16
_STEPS = 40
_PLACES = 120  # binary places of a centre
_RADII = tuple(Fraction(1, 2**k) for k in (60, 48, 36, 24, 16))
_REACHES = tuple(Fraction(1, 2**k) for k in range(1, 15))
_LONGEST = 2**45  # denominator that a simple zero is tried with
_SHORT = (12, 120, 10_000)  # and a zero that is not simple: Newton's method gives half the digits there

Unknowns = Sequence[Fraction]


def proposals(system: System, starts: int = STARTS, seed: int = 0) -> list[tuple[Fraction, ...]]:
    """Distinct points that Newton's method runs into from random profiles, without negative probabilities."""
    if not starts:
        return []
    blocks = [_scaled(block) for block in system.played]
    sizes = [len(own) for own in system.supports]
    random = np.random.default_rng(seed)
    drawn = [random.dirichlet(np.ones(count), starts) for count in sizes]
    points = np.hstack([strategy[:, 1:] for strategy in drawn])
    points[0] = np.concatenate([np.full(count - 1, 1 / count) for count in sizes])
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # what overflows is dropped below
        for _ in range(_STEPS):
            values, slopes = _evaluated(blocks, sizes, points)
            step = (np.linalg.pinv(slopes, rcond=1e-11) @ values[:, :, None])[:, :, 0]
            points = points - step
            sane = np.isfinite(points).all(axis=1) & (abs(points) < 50).all(axis=1)
            points, step = points[sane], step[sane]
            if not len(points) or abs(step).max() < 1e-14:
                break
        values, _ = _evaluated(blocks, sizes, points)
        points = points[(abs(values) < 1e-9).all(axis=1)]
    found: dict[tuple[float, ...], tuple[Fraction, ...]] = {}
    for point in points:
        if all((np.asarray(part, dtype=float) > -1e-7).all() for part in system.strategies(list(point))):
            found.setdefault(tuple(np.round(point, 6) + 0.0), tuple(Fraction(float(x)) for x in point))
    return list(found.values())


def proved(game: Game, system: System, point: Unknowns) -> BoxedEquilibrium | None:
    """The equilibrium with exactly these supports near a point, with what proves it; None where the proof fails."""
    inverse = _preconditioner(system, point)
    centre = tuple(point) if inverse is None else _refined(system, point, inverse)
    rational = _recognised(game, system, centre, inverse is not None) or _recognised(game, system, point, False)
    if rational is not None:
        centre = tuple(
            Fraction(strategy[a]) for strategy, own in zip(rational, system.supports, strict=True) for a in own[1:]
        )
        inverse = _preconditioner(system, centre)
    boxed = None if inverse is None else _boxed(game, system, centre, inverse, rational)
    if boxed is None and rational is not None:
        boxed = _claim(game, system, centre, _RADII[0], _RADII[0], (), rational)
    return boxed if boxed is not None and check_box(game, boxed) else None


def _boxed(
    game: Game, system: System, centre: Unknowns, inverse: Array, rational: MixedProfile | None
) -> BoxedEquilibrium | None:
    """The smallest box that the operator maps into itself, if it has the inequalities too."""
    for radius in _RADII:
        if _contracts(system, centre, inverse, radius):
            if rational is None and not _holds(system, centre, radius):
                continue
            reach = next((r for r in _REACHES if _contracts(system, centre, inverse, r)), radius)
            # the coefficients were made whole: the matrix for the payoffs themselves
            factors = [game.payoffs[i].denominator for i, own in enumerate(system.supports) for _ in own[1:]]
            matrix = tuple(tuple(y * f for y, f in zip(row, factors, strict=True)) for row in inverse)
            return _claim(game, system, centre, radius, reach, matrix, rational)
    return None


def _claim(
    game: Game,
    system: System,
    centre: Unknowns,
    radius: Fraction,
    reach: Fraction,
    matrix: tuple[tuple[Fraction, ...], ...],
    rational: MixedProfile | None,
) -> BoxedEquilibrium:
    exactly = Fraction(0), Fraction(0)
    box = [[exactly] * count for count in game.shape]
    strategies = system.strategies([around(x, radius) for x in centre])
    for player, own, strategy in zip(box, system.supports, strategies, strict=True):
        for action, span in zip(own, strategy, strict=True):
            ends = (span.lower, span.upper) if isinstance(span, Interval) else (span, span)
            player[action] = Fraction(ends[0]), Fraction(ends[1])
    return BoxedEquilibrium(
        system.supports, tuple(centre), radius, reach, matrix, tuple(tuple(player) for player in box), rational
    )


def _contracts(system: System, centre: Unknowns, inverse: Array, radius: Fraction) -> bool:
    """Whether Krawczyk's operator maps the box into its interior."""
    if not system.unknowns:
        return True
    moved = inverse @ _column(system.equations(system.strategies(centre)))
    slopes = system.jacobian(system.strategies([around(x, radius) for x in centre]))
    rest = np.eye(system.unknowns, dtype=int).astype(object) - inverse @ slopes
    for shift, row in zip(moved, rest, strict=True):
        widths = [entry.magnitude if isinstance(entry, Interval) else size(entry) for entry in row]
        if size(shift) + radius * sum(widths, Fraction(0)) >= radius:
            return False
    return True


def _holds(system: System, centre: Unknowns, radius: Fraction) -> bool:
    """Whether on the whole box the supports are played and nothing outside is better."""
    strategies = system.strategies([around(x, radius) for x in centre])
    positive = all(_lower(p) > 0 for strategy in strategies for p in strategy)
    return positive and all(-_lower(-gain) <= 0 for gain in system.inequalities(strategies))


def _lower(number: Interval | Money) -> Money:
    return number.lower if isinstance(number, Interval) else number


def _preconditioner(system: System, point: Unknowns) -> Array | None:
    """The inverse of the Jacobian, with some 24 bits an entry; None where it is singular as far as doubles see."""
    slopes = system.jacobian(system.strategies(point))
    largest = [max((size(x) for x in row), default=0) for row in slopes]
    if not all(largest):
        return None
    doubles = np.array([[float(Fraction(x) / m) for x in row] for row, m in zip(slopes, largest, strict=True)])
    doubles = doubles.reshape(slopes.shape)
    if len(doubles) and np.linalg.svd(doubles, compute_uv=False)[-1] < 1e-6:
        return None
    inverse = np.linalg.inv(doubles)
    result = np.empty(slopes.shape, dtype=object)
    for k, row in enumerate(inverse):
        for column, y in enumerate(row):
            result[k, column] = _shortened(float(y)) / largest[column]
    return result


def _shortened(number: float) -> Fraction:
    mantissa, exponent = math.frexp(number)
    return Fraction(round(mantissa * 2**24)) * Fraction(2) ** (exponent - 24)


def _refined(system: System, point: Unknowns, inverse: Array) -> tuple[Fraction, ...]:
    """A simple zero to `_PLACES` binary places; the point moves by one linear rate, so a dozen steps do."""
    centre = [_kept(x) for x in point]
    for _ in range(12 if centre else 0):
        step = inverse @ _column(system.equations(system.strategies(centre)))
        centre = [_kept(Fraction(x - s)) for x, s in zip(centre, step, strict=True)]
        if max(map(size, step)) < Fraction(1, 2 ** (_PLACES - 8)):
            break
    return tuple(centre)


def _kept(number: Fraction) -> Fraction:
    return Fraction(round(number * 2**_PLACES), 2**_PLACES)


def _recognised(game: Game, system: System, point: Unknowns, simple: bool) -> MixedProfile | None:
    """The exact equilibrium with these supports that the point is a rounding of, if any."""
    for unknowns in _roundings(point, simple):
        profile = []
        for own, count, strategy in zip(system.supports, game.shape, system.strategies(unknowns), strict=True):
            filled: list[Money] = [0] * count
            for action, probability in zip(own, strategy, strict=True):
                filled[action] = simplest(Fraction(probability))
            profile.append(tuple(filled))
        positive = all(s[a] > 0 for s, own in zip(profile, system.supports, strict=True) for a in own)
        if positive and largest_gain(game, tuple(profile)) == 0:
            return tuple(profile)
    return None


def _roundings(point: Unknowns, simple: bool) -> Iterator[list[Fraction]]:
    for denominator in (_LONGEST,) if simple else _SHORT:
        yield [x.limit_denominator(denominator) for x in point]
    yield list(point)


def _column(entries: Sequence[Money]) -> Array:
    column = np.empty(len(entries), dtype=object)
    column[:] = entries
    return column


def _scaled(block: Array) -> Array:
    """The coefficients in doubles, none above 1."""
    largest = max((abs(x) for x in block.reshape(-1)), default=0) or 1
    return np.array([float(Fraction(x) / largest) for x in block.reshape(-1)]).reshape(block.shape)


def _evaluated(blocks: Sequence[Array], sizes: Sequence[int], points: Array) -> tuple[Array, Array]:
    """(points, U) the equations and (points, U, U) their derivatives, in doubles."""
    ends = [0, *np.cumsum([count - 1 for count in sizes])]
    strategies = []
    for i in range(len(sizes)):
        free = points[:, ends[i] : ends[i + 1]]
        strategies.append(np.hstack([1 - free.sum(axis=1, keepdims=True), free]))
    values = np.zeros((len(points), ends[-1]))
    slopes = np.zeros((len(points), ends[-1], ends[-1]))
    for i, block in enumerate(blocks):
        if sizes[i] == 1:
            continue
        values[:, ends[i] : ends[i + 1]] = _contracted(block, strategies, (i,))
        for j in range(len(sizes)):
            if j != i and sizes[j] > 1:
                pair = _contracted(block, strategies, (i, j))
                slopes[:, ends[i] : ends[i + 1], ends[j] : ends[j + 1]] = pair[:, :, 1:] - pair[:, :, :1]
    return values, slopes


def _contracted(block: Array, strategies: Sequence[Array], keep: tuple[int, ...]) -> Array:
    """(points, kept axes in the order given): the block weighted by the strategies on all other axes."""
    batch = block.ndim
    operands: list[object] = [block, list(range(batch))]
    for axis, strategy in enumerate(strategies):
        if axis not in keep:
            operands += [strategy, [batch, axis]]
    if len(operands) == 2:  # two players: nobody is left to weight with
        return np.broadcast_to(block.transpose(keep), (len(strategies[0]), *(block.shape[k] for k in keep)))
    result: Array = np.einsum(*operands, [batch, *keep], optimize=False)  # type: ignore[call-overload]
    return result
