"""Smoothness of one game: inequalities over all profiles that bound the welfare of every coarse correlated equilibrium.

Forms        With deviations d_i, a mixture of each player's own actions that does not depend on what the others do, and
             L(s) = sum_i u_i(d_i, s_-i), for all profiles s:
             A   sum_i C_i(d_i, s_-i) <= l C* + m C(s), m < 1; payoffs are minus the costs      price <= l / (1 - m)
             B   L(s) >= l W* - m W(s), where welfare W is at least the sum of utilities        price <= (1 + m) / l
             C   L(s) >= l W* - m R(s), where W is utilities and revenue R together             price <= max(1, m) / l
             D   L(s) >= l W* - m R(s) - w sum_i B_i(s), B_i(s): the most that i could be charged there; only for
                 equilibria where nobody overbids: expected charges are at most values  price <= (w + max(1, m)) / l
Nothing      Where the best outcome costs, or is worth, nothing, parameters may give less than 1. The price is 1 there,
             0 by 0 being taken for 1, and no price is below 1: neither is a bound.
Best         of all d, l, m the ones with the least bound are a linear program after division by l (B, C, D) or 1 - m
             (A); its dual has a column for each profile, and is what is solved.
Source       Roughgarden 2015 (A, B); Syrgkanis and Tardos 2013 (C, D).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from verifier.errors import DomainError
from verifier.exact import Money, money, show, simplest
from verifier.games.claimed import read_profile
from verifier.games.normal_form import Actions, Game, MixedProfile
from verifier.games.pure import welfares
from verifier.oracles.linear import LinearProgram, Optimal, solve
from verifier.tensor import Tensor

FORMS = ("A", "B", "C", "D")


@dataclass(frozen=True, slots=True)
class Smooth:
    """A game is smooth with these parameters.

    Attributes
    ----------
    form : one of FORMS
    parameters : (l, m), and w in form D
    deviations : (n,) a mixture of its actions for each player
    """

    form: str
    parameters: tuple[Money, ...]
    deviations: MixedProfile

    @property
    def bound(self) -> Fraction | None:
        """What the price of anarchy is at most; None where the parameters bound nothing."""
        return bound(self.form, self.parameters)


@dataclass(frozen=True, slots=True)
class SmoothVerified:
    """A claim of smoothness, judged.

    Attributes
    ----------
    slack : the least of what the left side is above the right one, over all profiles
    profile : one where it is least; a counterexample if the slack is negative
    """

    claim: Smooth
    slack: Money
    profile: Actions

    @property
    def holds(self) -> bool:
        """Whether the inequality holds at every profile."""
        return self.slack >= 0


def bound(form: str, parameters: Sequence[Money]) -> Fraction | None:
    """The bound of a form, 1 at least, as no price is less; None where l, or 1 - m of form A, is not positive.

    Raises DomainError for an unknown form, or parameters that are negative or of another number.
    """
    if form not in FORMS:
        raise DomainError(f"form {form!r}; there are {', '.join(FORMS)}")
    if len(parameters) != (3 if form == "D" else 2):
        raise DomainError(f"form {form} has {3 if form == 'D' else 2} parameters, not {len(parameters)}")
    if min(parameters) < 0:
        raise DomainError(f"parameters {', '.join(map(show, parameters))}; none may be negative")
    first, second = Fraction(parameters[0]), Fraction(parameters[1])
    if form == "A":
        return max(Fraction(1), first / (1 - second)) if second < 1 else None
    if first == 0:
        return None
    above = 1 + second if form == "B" else max(Fraction(1), second) + (parameters[2] if form == "D" else 0)
    return max(Fraction(1), above / first)


def verify_smooth(game: Game, claim: Smooth, charges: Sequence[Tensor] | None = None) -> SmoothVerified:
    """Whether the inequality holds, with the profile where it is tightest.

    Parameters
    ----------
    charges : (n,) for form D the most that each player could be charged at every profile

    Raises
    ------
    DomainError : the game does not meet what the form takes for granted (said which, and where); deviations that are
        no mixtures; charges that are missing, negative, or given to another form.
    """
    bound(claim.form, claim.parameters)
    terms = _terms(game, claim.form, charges)
    deviations = read_profile(game, claim.deviations)
    left = sum(
        (
            _against(game, player, action) * share
            for player, mixed in enumerate(deviations)
            for action, share in enumerate(mixed)
            if share
        ),
        terms.shared * 0,
    )
    first, *others = (money(parameter) for parameter in claim.parameters)
    slack = left - Tensor.of([simplest(Fraction(first * terms.best))], (1,) * len(game.shape))
    for parameter, term in zip(others, terms.tolerated, strict=True):
        slack = slack + term * parameter
    place = int(np.asarray(slack.numerators).argmin())
    profile = tuple(map(int, np.unravel_index(place, game.shape)))
    return SmoothVerified(claim, simplest(slack.least()), profile)


def best_smooth(game: Game, form: str, charges: Sequence[Tensor] | None = None) -> Smooth | None:
    """The parameters and deviations with the least bound; None where no deviations give any.

    In form B the least bound may be approached only, by ever larger l and m, where all profiles are good enough by
    themselves: then the answer is within a millionth of it.

    Raises DomainError as `verify_smooth`, TooLarge where the linear program does not fit.
    """
    bound(form, (0,) * (3 if form == "D" else 2))
    terms = _terms(game, form, charges)
    n, places = len(game.players), terms.shared.numerators.size
    plus, minus, last = places, places + n, places + 2 * n  # free prices of "the weights add up to t", and one more
    rows = [
        _column(_against(game, player, action)) | {plus + player: 1, minus + player: -1}
        for player, size in enumerate(game.shape)
        for action in range(size)
    ]
    back: dict[int, Money] = {}
    for player in range(n):
        back |= {plus + player: -1, minus + player: 1}
    tolerated = [_column(term) for term in terms.tolerated]
    goal: dict[int, Money] = dict.fromkeys(range(places), terms.best)
    if form == "A":  # least r = l t, t = 1/(1 - m) at least 1: L(d t) + r C* + t C(s) >= C(s)
        rows += [back | tolerated[0] | {last: 1}, dict.fromkeys(range(places), -terms.best) if terms.best else {}]
        one: dict[int, Money] = {last: 1}
        ends, goal = [0, 1], tolerated[0] | one
    elif form == "B":  # least t + m t
        rows += [back, tolerated[0]]
        ends = [1, 1]
    else:  # least z + w t, where z is at least t and at least m t
        rows += [back | {last: -1}, tolerated[0] | {last: 1}, *tolerated[1:]]
        ends = [0, 1, *[1] * (len(tolerated) - 1)]
    limits: list[Money] = [*[0] * sum(game.shape), *ends]
    found = solve(LinearProgram(last + 1, goal, tuple(rows), tuple(limits)))
    if isinstance(found, Optimal) and form == "B" and found.dual[-2] == 0:  # no weight on deviations: prefer some
        limits[-2] = 1 - Fraction(1, 10**6)
        found = solve(LinearProgram(last + 1, goal, tuple(rows), tuple(limits)))
    return _read(game, form, found.dual) if isinstance(found, Optimal) else None


def _column(tensor: Tensor) -> dict[int, Money]:
    """A tensor as a row of the program, which has a column for each profile."""
    return {
        place: simplest(Fraction(int(value), tensor.denominator))
        for place, value in enumerate(tensor.numerators.reshape(-1))
        if value
    }


@dataclass(frozen=True, slots=True)
class _Terms:
    """What the inequality of a form is made of: the optimum, any tensor of the right shape, what is tolerated."""

    best: Money
    shared: Tensor
    tolerated: tuple[Tensor, ...]


def _terms(game: Game, form: str, charges: Sequence[Tensor] | None) -> _Terms:
    """DomainError where the game does not meet what the form takes for granted."""
    if (charges is None) == (form == "D"):
        raise DomainError("form D needs what everybody could be charged at most, and no other form takes it")
    total = welfares(game)
    best = simplest(Fraction(int(total.numerators.max()), total.denominator))
    utilities = sum(game.payoffs[1:], game.payoffs[0])
    if form == "A":
        if game.revenue is not None or best > 0:
            raise DomainError("form A is for costs: payoffs that are minus costs and nobody outside the game")
        return _Terms(best, total, (-total,))
    if best <= 0:
        raise DomainError(f"the largest welfare is {show(best)}; forms B, C and D need a positive one")
    if form == "B":
        _require(total - utilities, "welfare is below the sum of utilities", game)
        return _Terms(best, total, (total,))
    if game.revenue is None:
        raise DomainError(f"form {form} is for auctions: the game of a mechanism, with its revenue")
    _require(game.revenue, "revenue is negative", game)
    for player, tensor in enumerate(game.payoffs):
        if not any((np.take(tensor.numerators, a, axis=player) >= 0).all() for a in range(game.shape[player])):
            raise DomainError(f"{game.players[player]} cannot stay out: every action loses somewhere")
    for charge in charges or ():
        if charge.numerators.shape != game.shape:
            raise DomainError(f"charges have the shape {charge.numerators.shape}, not {game.shape}")
        _require(charge, "a charge is negative", game)
    if charges is None:
        return _Terms(best, total, (game.revenue,))
    if len(charges) != len(game.players):
        raise DomainError(f"charges of {len(charges)} players; the game has {len(game.players)}")
    return _Terms(best, total, (game.revenue, sum(charges[1:], charges[0])))


def _require(tensor: Tensor, problem: str, game: Game) -> None:
    if tensor.least() < 0:
        place = np.unravel_index(int(np.asarray(tensor.numerators).argmin()), game.shape)
        names = ", ".join(own[int(action)] for own, action in zip(game.actions, place, strict=True))
        raise DomainError(f"{problem} at ({names})")


def _against(game: Game, player: int, action: int) -> Tensor:
    """u_i(action, s_-i) at every profile s."""
    tensor = game.payoffs[player]
    own = np.take(tensor.numerators, [action], axis=player)
    return tensor.view(np.broadcast_to(own, game.shape))


def _read(game: Game, form: str, prices: Sequence[Money]) -> Smooth | None:
    """Parameters from the prices of the dual program's rows."""
    count = sum(game.shape)
    weights, rest = list(prices[:count]), list(prices[count:])
    scale = rest[0]  # t
    if scale == 0 and form in ("C", "D") and rest[1]:  # revenue is enough by itself: nobody needs to take part
        scale = rest[1]
        weights = [scale * share for player in range(len(game.players)) for share in _staying_out(game, player)]
        rest[0] = scale
    if scale == 0:
        return None
    if form == "A":
        parameters: tuple[Fraction, ...] = (Fraction(rest[1]) / scale, 1 - Fraction(1) / scale)
    else:
        parameters = (Fraction(1) / scale, *(Fraction(price) / scale for price in rest[1:]))
    return Smooth(form, tuple(map(simplest, parameters)), _mixtures(game, weights, scale))


def _staying_out(game: Game, player: int) -> list[int]:
    """The first action that never loses."""
    tensor, size = game.payoffs[player], game.shape[player]
    safe = [bool((np.take(tensor.numerators, action, axis=player) >= 0).all()) for action in range(size)]
    return [int(action == safe.index(True)) for action in range(size)]


def _mixtures(game: Game, weights: Sequence[Money], scale: Money) -> MixedProfile:
    found, start = [], 0
    for size in game.shape:
        found.append(tuple(simplest(Fraction(weight) / scale) for weight in weights[start : start + size]))
        start += size
    return tuple(found)
