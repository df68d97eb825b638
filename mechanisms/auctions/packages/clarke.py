"""Vickrey-Clarke-Groves and pay-as-bid for package bids, with n + 1 questions to one shared model.

Definition  accept the choice with the largest sum of offers (of several the declared first, see `determination`);
            bidder i pays the most that the others' offers could sum to without it, less what they sum to with it. A
            bidder that gets nothing pays nothing: without it the same choice is still the best.
Claims      truthful, ex-post individually rational, efficient, no deficit, under supply, limits and guarantees. Under
            fairness constraints neither truthful nor always individually rational, see `constraints`.
Source      Vickrey 1961; Clarke 1971; Groves 1973; Nisan et al. 2007, Section 9.3.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from mechanisms.auctions.packages.constraints import Constraints
from mechanisms.auctions.packages.determination import Allocation, Determination, Winners
from verifier.domains.packages import Auction, Choice
from verifier.exact import Money


@dataclass(frozen=True, slots=True)
class Optimality:
    """What this mechanism claims about its choice. It is a claim: the proof is for somebody else to give."""

    optimal: Money
    achieved: Money
    gap: Money
    method: str


@dataclass(frozen=True, slots=True)
class VCGResult:
    """The result of an auction.

    allocations : (n, m) units held; choice : the accepted bids; payments : (n,)
    social_welfare : the sum of accepted offers; revenue : the sum of payments
    efficiency : social welfare over the most that supply alone would allow; 1 without constraints
    optimality : the mechanism's own claim

    The certificate of optimality and the list of verified properties are missing on purpose. No mechanism is its own
    judge: the verifier adds both.
    """

    allocations: Allocation
    choice: Choice
    payments: tuple[Money, ...]
    social_welfare: Money
    revenue: Money
    efficiency: Money
    optimality: Optimality


def vcg(auction: Auction, constraints: Constraints | None = None, solver: str = "highs") -> VCGResult:
    """Run VCG.

    Parameters
    ----------
    auction : goods, supply and package bids, which are taken for the bidders' values
    constraints : capacity, limits, guarantees, fairness
    solver : "highs" or "cbc"; the answer is the same

    Raises
    ------
    ConstraintError : a constraint that makes no sense; InfeasibleConstraints : constraints that conflict, by name.
    """
    determination = Determination(auction, constraints, solver)
    found = determination.best()
    payments = tuple(_pivot(determination, found, index) for index in range(len(auction.bidders)))
    return _result(auction, constraints, solver, found, payments)


def clarke_pivot(auction: Auction, agent: str, constraints: Constraints | None = None, solver: str = "highs") -> Money:
    """What one agent, by name, pays under VCG: the others' best without it, less what they have with it."""
    names = [bidder.name for bidder in auction.bidders]
    if agent not in names:
        raise ValueError(f"unknown agent {agent!r}; the agents are {', '.join(names)}")
    determination = Determination(auction, constraints, solver)
    return _pivot(determination, determination.best(), names.index(agent))


def pay_as_bid(auction: Auction, constraints: Constraints | None = None, solver: str = "highs") -> VCGResult:
    """The first-price combinatorial auction: the same winners, and everybody pays what it offered. Not truthful."""
    found = Determination(auction, constraints, solver).best()
    payments = tuple(auction.value(found.choice, index) for index in range(len(auction.bidders)))
    return _result(auction, constraints, solver, found, payments)


def _pivot(determination: Determination, found: Winners, index: int) -> Money:
    others = found.welfare - determination.auction.value(found.choice, index)
    return _simplest(determination.without(index) - others)


def _result(
    auction: Auction, constraints: Constraints | None, solver: str, found: Winners, payments: tuple[Money, ...]
) -> VCGResult:
    most = found.welfare if constraints is None else Determination(auction, None, solver).best().welfare
    return VCGResult(
        found.allocations,
        found.choice,
        payments,
        found.welfare,
        _simplest(sum(payments)),
        _simplest(Fraction(found.welfare) / most) if most else 1,
        Optimality(found.welfare, found.welfare, 0, found.method),
    )


def _simplest(amount: Money) -> Money:
    exact = Fraction(amount)
    return exact.numerator if exact.denominator == 1 else exact
