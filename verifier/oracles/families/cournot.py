"""Cournot's oligopoly with linear demand: firms choose quantities, the price clears the market.

Definition   Inverse demand p(Q) = a - bQ, also below zero; firm i makes q_i >= 0 at a constant marginal cost c_i >= 0
             and earns (p(Q) - c_i) q_i. Welfare = aQ - bQ^2/2 - sum of c_i q_i: what buyers and firms have together.
Equilibrium  Firms with c_i < p are active; p = (a + sum of their c_i) / (their number + 1), q_i = (p - c_i) / b. Each
             profit is strictly concave in q_i and p is the only root of a decreasing function, so it is the only one.
Optimum      The cheapest firms make all, up to price = cost: (a - c)^2 / (2b).
Bounds       (n+1)^2 / (n(n+2)) for n equal firms, 4/3 for one; below 3/2 whatever the costs.

Source: Cournot 1838; Johari and Tsitsiklis 2005, Efficiency loss in Cournot games.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier.errors import DomainError
from verifier.exact import Money, show
from verifier.oracles.families.enclosure import Enclosure, exactly

WORST = Fraction(3, 2)  # a supremum, of one firm without cost and infinitely many with a third of the choke price


@dataclass(frozen=True, slots=True)
class Market:
    """Demand and the firms' marginal costs.

    Attributes: `choke`, the price a at which nobody buys; `slope`, b; `costs` (n,), one for each firm.

    Raises
    ------
    DomainError : a slope that is not positive, no firms, a negative cost, or no firm that makes the good for less than
        anybody pays, where both welfares are 0 and their ratio means nothing.
    """

    choke: Money
    slope: Money
    costs: tuple[Money, ...]

    def __post_init__(self) -> None:
        if self.slope <= 0:
            raise DomainError(f"the slope of demand is {show(self.slope)}; the price must fall by a positive amount")
        if not self.costs:
            raise DomainError("there are no firms; name at least one marginal cost")
        if min(self.costs) < 0:
            raise DomainError(f"firm {self.costs.index(min(self.costs))} has the negative cost {show(min(self.costs))}")
        if min(self.costs) >= self.choke:
            raise DomainError(f"no firm makes the good for less than {show(self.choke)}, so that nothing is sold")

    def profit(self, firm: int, quantities: Sequence[Money]) -> Fraction:
        """What a firm earns where these quantities are made."""
        price = self.choke - self.slope * sum(quantities, Fraction(0))
        return Fraction((price - self.costs[firm]) * quantities[firm])

    def welfare(self, quantities: Sequence[Money]) -> Fraction:
        """What buyers and firms have together where these quantities are made."""
        whole = Fraction(sum(quantities))
        spent = Fraction(sum(cost * made for cost, made in zip(self.costs, quantities, strict=True)))
        return self.choke * whole - self.slope * whole * whole / 2 - spent


@dataclass(frozen=True, slots=True)
class Cournot:
    """The only equilibrium: its price and quantities, its welfare, the optimum, and their ratio."""

    price: Fraction
    quantities: tuple[Fraction, ...]
    welfare: Fraction
    optimum: Fraction
    poa: Enclosure


def cournot(market: Market) -> Cournot:
    """The exact equilibrium and its price of anarchy.

    Source: Cournot 1838, Chapter 7; Johari and Tsitsiklis 2005.
    """
    price, total, count = Fraction(market.choke), Fraction(market.choke), 0
    for cost in sorted(market.costs):  # a firm is active if its cost is below the price that the cheaper ones make
        if cost >= price:
            break
        total, count = total + cost, count + 1
        price = total / (count + 1)
    quantities = tuple(max(Fraction(0), (price - cost) / market.slope) for cost in market.costs)
    welfare = market.welfare(quantities)
    optimum = Fraction(market.choke - min(market.costs)) ** 2 / (2 * market.slope)
    return Cournot(price, quantities, welfare, optimum, exactly(optimum / welfare))
