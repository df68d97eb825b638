"""How patient players must be: the least discount factor from which on machines are a subgame perfect equilibrium.

Definition   The critical factor is the least c such that the machines are subgame perfect at all factors in [c, 1).
Method       What a one-shot deviation loses is a polynomial in the factor, divided by a positive one, because play runs
             into a cycle. The critical factor is the last root at which one of these polynomials stops being negative.
             Roots are isolated by Sturm sequences; a rational one is found exactly, as a fraction whose denominator
             divides the leading coefficient, and an irrational one is enclosed.
Source       Friedman 1971 (trigger strategies); Mailath and Samuelson 2006, Section 2; Basu, Pollack and Roy 2006,
             Section 2.2 (Sturm).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import gcd, lcm
from typing import TypeAlias

from verifier.exact import Money, common_denominator, simplest
from verifier.games.normal_form import Actions, Game
from verifier.games.repeated import Machine, States, histories, step

Polynomial: TypeAlias = list[int]  # coefficients, the constant first; the last is not 0; [] is 0

WIDTH = Fraction(1, 2**40)  # of the enclosure of an irrational factor, at most


@dataclass(frozen=True, slots=True)
class CriticalDiscount:
    """The critical factor lies in [low, high], which is one number where it is rational.

    Attributes
    ----------
    states, player, action : the one-shot deviation that gains just below; None where there is none at any factor
    """

    low: Money
    high: Money
    deviation: tuple[States, int, int] | None

    @property
    def is_exact(self) -> bool:
        """Whether the factor is known as a rational number."""
        return self.low == self.high


def critical_discount(game: Game, machines: Sequence[Machine]) -> CriticalDiscount | None:
    """The critical factor; None where a deviation gains however patient the players are.

    Raises DomainError and TooLarge where `repeated.histories` does.
    """
    found = CriticalDiscount(0, 0, None)
    for states in histories(game, machines):
        plays = tuple(own.plays[state] for own, state in zip(machines, states, strict=True))
        for player, count in enumerate(game.shape):
            for action in range(count):
                if action == plays[player]:
                    continue
                last = _last_negative(_loss(game, machines, states, player, action))
                if last is None:
                    return None
                low, high = last
                where = (states, player, action) if high > found.high else found.deviation
                found = CriticalDiscount(max(low, found.low), max(high, found.high), where)
    return found


def _loss(game: Game, machines: Sequence[Machine], states: States, player: int, action: int) -> Polynomial:
    """What a one-shot deviation loses, times a polynomial that is positive between 0 and 1."""
    plays = tuple(own.plays[state] for own, state in zip(machines, states, strict=True))
    seen = (*plays[:player], action, *plays[player + 1 :])
    before, cycle = _payoffs(game, machines, states, player)
    before_other, cycle_other = _payoffs(game, machines, step(machines, states, seen), player)
    before_other = [game.payoff(player, seen), *before_other]
    period = lcm(len(cycle), len(cycle_other))  # both values are a polynomial divided by 1 - d^period
    one, other = _value(before, cycle, period), _value(before_other, cycle_other, period)
    size = max(len(one), len(other))
    amounts = [a - b for a, b in zip(_padded(one, size), _padded(other, size), strict=True)]
    scale = common_denominator(amounts)
    return _trimmed([int(amount * scale) for amount in amounts])


def _payoffs(game: Game, machines: Sequence[Machine], states: States, player: int) -> tuple[list[Money], list[Money]]:
    """A player's payoffs until the play from these states comes into its cycle, and in the cycle."""
    place: dict[States, int] = {}
    found: list[Money] = []
    while states not in place:
        place[states] = len(found)
        plays: Actions = tuple(own.plays[state] for own, state in zip(machines, states, strict=True))
        found.append(game.payoff(player, plays))
        states = step(machines, states, plays)
    return found[: place[states]], found[place[states] :]


def _value(before: list[Money], cycle: list[Money], period: int) -> list[Money]:
    """Numerator of the discounted sum: the payoffs of all periods up to one whole period, less what comes twice."""
    once = [*before, *cycle * (period // len(cycle))]
    twice = _padded([*([0] * period), *before], len(once))
    return [a - b for a, b in zip(once, twice, strict=True)]


def _padded(amounts: Sequence[Money], size: int) -> list[Money]:
    return [*amounts, *([0] * (size - len(amounts)))]


def _last_negative(polynomial: Polynomial) -> tuple[Money, Money] | None:
    """Around the least number from which on a polynomial is not negative up to 1; None if it is, just before 1."""
    p = polynomial
    while p and not sum(p):  # 1 is a root: divide by 1 - d, which is positive below
        p = _trimmed([sum(p[: k + 1]) for k in range(len(p) - 1)])
    if not p:
        return 0, 0
    if sum(p) < 0:
        return None
    p = p[next(k for k, a in enumerate(p) if a) :]
    chain = _sturm(p)
    lead = abs(chain[0][-1])
    waiting = [(Fraction(0), Fraction(1))]
    while waiting:
        low, high = waiting.pop()  # the rightmost first
        count = _changes(chain, low) - _changes(chain, high)  # roots above low, up to high
        fine = high - low < min(WIDTH, Fraction(1, 2 * lead * lead)) and _sign(p, low) != 0
        if count == 0 or (count == 1 and fine and _sign(p, low) > 0):
            continue
        if count == 1 and fine:
            near = high.limit_denominator(lead)
            exact = low < near <= high and _sign(p, near) == 0
            return (simplest(near), simplest(near)) if exact else (low, high)
        middle = (low + high) / 2
        waiting += [(low, middle), (middle, high)]
    return 0, 0


def _sturm(p: Polynomial) -> list[Polynomial]:
    """The Sturm sequence of the part of a polynomial without repeated roots."""
    chain = _remainders(p)
    common = chain[-1]
    if len(common) > 1:
        chain = _remainders(_primitive(_divided(p, common)[0]))
    return chain


def _remainders(p: Polynomial) -> list[Polynomial]:
    """p, its derivative, and the negative remainders of each by the next, each up to a positive factor."""
    chain = [p, _trimmed([k * a for k, a in enumerate(p)][1:])]
    while chain[-1]:
        chain.append(_primitive([-a for a in _divided(chain[-2], chain[-1])[1]]))
    return chain[:-1]


def _divided(p: Polynomial, q: Polynomial) -> tuple[list[Fraction], list[Fraction]]:
    """Quotient and remainder."""
    rest = [Fraction(a) for a in p]
    quotient = [Fraction(0)] * max(len(p) - len(q) + 1, 0)
    for k in range(len(quotient) - 1, -1, -1):
        quotient[k] = rest[k + len(q) - 1] / q[-1]
        for j, a in enumerate(q):
            rest[k + j] -= quotient[k] * a
    return quotient, rest[: len(q) - 1]


def _primitive(p: list[Fraction]) -> Polynomial:
    """The polynomial times a positive number, with whole coefficients that have no common factor."""
    scale = common_denominator(p)
    whole = [int(a * scale) for a in p]
    common = gcd(*whole)
    return _trimmed([a // common for a in whole] if common else [])


def _trimmed(p: list[int]) -> Polynomial:
    while p and not p[-1]:
        p = p[:-1]
    return p


def _sign(p: Polynomial, at: Fraction) -> int:
    total = Fraction(0)
    for a in reversed(p):
        total = total * at + a
    return (total > 0) - (total < 0)


def _changes(chain: list[Polynomial], at: Fraction) -> int:
    """Changes of sign along a Sturm sequence."""
    signs = [sign for p in chain if (sign := _sign(p, at))]
    return sum(a != b for a, b in pairwise(signs))
