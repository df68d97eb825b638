"""The all-pay auction of one item with known values: the highest bid wins, everybody pays its own bid.

Definition   Values v_1 >= v_2 > v_3 >= ...; bidder i gets v_i [i wins] - b_i; equal bids share the chance evenly.
Equilibrium  No pure one. The two highest bid in [0, v_2]: bidder 1 uniformly, F_1(b) = b / v_2; bidder 2 with
             F_2(b) = (v_1 - v_2 + b) / v_1, so that it bids 0 with probability 1 - v_2 / v_1. The rest bid 0. They get
             v_1 - v_2, 0, 0, ... It is the only equilibrium where v_2 > v_3; with equal seconds there are infinitely
             many, which are refused here.
Efficiency   Bidder 2 wins with probability v_2 / (2 v_1): welfare v_1 - (v_1 - v_2) v_2 / (2 v_1).
Bound        8/7, attained at v_1 = 2 v_2 alone: 8 v_1 (welfare) - 7 v_1^2 = (v_1 - 2 v_2)^2.

Source: Baye, Kovenock and de Vries 1996; Hillman and Riley 1989.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier.errors import DomainError
from verifier.exact import Money, show
from verifier.oracles.families.enclosure import Enclosure, exactly

WORST = Fraction(8, 7)  # over all values of two bidders; attained where one is twice the other


@dataclass(frozen=True, slots=True)
class AllPay:
    """The only mixed equilibrium of an all-pay auction.

    Attributes
    ----------
    values : (n,) as they were given
    first, second : the bidders with the highest and the second value
    payoffs : (n,) what each bidder expects
    welfare, optimum, revenue : expected value of the winner, highest value, expected sum of the bids
    poa : optimum / welfare
    slack : 8 welfare / 7 optimum - 1, as 8/7 >= poa where it is not negative; 0 only where one value is twice the other
    """

    values: tuple[Fraction, ...]
    first: int
    second: int
    payoffs: tuple[Fraction, ...]
    welfare: Fraction
    optimum: Fraction
    revenue: Fraction
    poa: Enclosure
    slack: Fraction

    def below(self, bidder: int, bid: Money) -> Fraction:
        """The probability that a bidder bids at most this much."""
        top, low = self.values[self.first], self.values[self.second]
        if bid < 0:
            return Fraction(0)
        if bidder == self.first:
            return min(Fraction(1), bid / low)
        return min(Fraction(1), (top - low + bid) / top) if bidder == self.second else Fraction(1)

    def payoff(self, bidder: int, bid: Money) -> Fraction:
        """What a bidder expects from a bid while the others play the equilibrium. DomainError for a negative bid."""
        if bid < 0:
            raise DomainError(f"the bid {show(bid)} is negative; bids start at 0")
        others = [other for other in range(len(self.values)) if other != bidder]
        if bid:  # equal positive bids have probability 0
            chance = Fraction(1)
            for other in others:
                chance *= self.below(other, bid)
        elif bidder != self.first and self.first in others:
            chance = Fraction(0)  # the first bids more than 0 with probability 1
        else:  # all others bid 0: the seconds by their atom, the rest always
            chance = self.below(self.second, 0) / len(self.values)
        return self.values[bidder] * chance - bid

    def gain(self, bidder: int, bid: Money) -> Fraction:
        """What a deviation to a bid is worth beyond the equilibrium; never positive."""
        return self.payoff(bidder, bid) - self.payoffs[bidder]


def all_pay(values: Sequence[Money]) -> AllPay:
    """The mixed equilibrium and its exact price of anarchy.

    Raises
    ------
    DomainError : fewer than two bidders, a value that is not positive among the two highest, a negative one, or a third
        value as high as the second, where the equilibrium is not the only one.

    Source: Baye, Kovenock and de Vries 1996, Theorem 1.
    """
    if len(values) < 2:
        raise DomainError(f"{len(values)} bidders do not compete; an all-pay auction needs two")
    order = sorted(range(len(values)), key=lambda bidder: -values[bidder])
    top, low = (Fraction(values[order[0]]), Fraction(values[order[1]]))
    if values[order[-1]] < 0:
        raise DomainError(f"bidder {order[-1]} has the negative value {show(values[order[-1]])}")
    if low <= 0:
        raise DomainError("only one bidder has a positive value; whatever it bids, half of it would win as well")
    if len(values) > 2 and values[order[2]] == low:
        raise DomainError(f"two bidders have the second value {show(low)}; then there are infinitely many equilibria")
    welfare = top - (top - low) * low / (2 * top)
    payoffs = [Fraction(0)] * len(values)
    payoffs[order[0]] = top - low
    return AllPay(
        values=tuple(map(Fraction, values)),
        first=order[0],
        second=order[1],
        payoffs=tuple(payoffs),
        welfare=welfare,
        optimum=top,
        revenue=welfare - (top - low),
        poa=exactly(top / welfare),
        slack=8 * welfare / (7 * top) - 1,
    )
