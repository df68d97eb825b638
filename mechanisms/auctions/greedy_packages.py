"""The greedy auction for single-minded bidders: dear and small packages first, winners pay their critical value.

Definition   Every bidder wants one package of s units in all and offers v for it. Bids are ranked by v / s^norm and
             accepted in that order as long as there is room. A winner pays the least offer with which it would still
             win: where b is the first bid that is refused only because of it, v_b * (s / s_b)^norm; else nothing.
Norm 1/2     guarantees at least the best welfare over sqrt(m), for m goods of one unit each; no polynomial rule
             does better in general. Ranks are compared exactly, as v^2 / s. The payment may be irrational, so its
             square is given exactly, and the payment itself rounded down to a multiple of `unit`: by less than that
             the price is lower than the critical value.
Norms 0, 1   rank by value, and by value per unit; payments are exact.
Ties         the bidder that is named first.
Claims       truthful for bidders that want just that package (norms 0 and 1 exactly, 1/2 up to `unit`), individually
             rational, no deficit; not efficient.
Source       Lehmann, O'Callaghan and Shoham 2002, Theorems 5.1, 6.3 and 7.2 and Section 8; Nisan et al. 2007, 11.2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from mechanisms.auctions.outcome import Result, sold
from verifier.domains.packages import Auction, Bidder, Choice, PackageBid
from verifier.exact import Money, simplest

NORMS = (Fraction(0), Fraction(1, 2), Fraction(1))


@dataclass(frozen=True, slots=True)
class GreedyResult:
    """The accepted bids, (n,) payments, and (n,) the exact squares of the critical values."""

    choice: Choice
    payments: tuple[Money, ...]
    squared_critical_values: tuple[Money, ...]


def greedy(auction: Auction, norm: Money = Fraction(1, 2), unit: Money = Fraction(1, 100)) -> GreedyResult:
    """Run the auction.

    Parameters
    ----------
    norm : 0, 1/2 or 1, the power of the size of a package
    unit : the smallest amount of money in which a square root is paid

    Raises
    ------
    ValueError : another norm, a unit that is not positive, or a bidder with several bids.
    """
    if norm not in NORMS:
        raise ValueError(f"norm {norm}; ranks can be compared exactly for 0, 1/2 and 1")
    if unit <= 0:
        raise ValueError(f"unit {unit}; it must be positive")
    for bidder in auction.bidders:
        if len(bidder.bids) > 1:
            count = len(bidder.bids)
            raise ValueError(f"bidder {bidder.name!r} has {count} bids; the rule is for single-minded bidders")
    bids = {index: bidder.bids[0] for index, bidder in enumerate(auction.bidders) if bidder.bids}
    winners = accepted(auction, bids, norm)
    squares: list[Money] = [0] * len(auction.bidders)
    for winner in winners:
        squares[winner] = _squared_critical_value(auction, bids, winner, norm)
    payments = tuple(_root(square, unit) for square in squares)
    return GreedyResult(tuple((0,) if i in winners else () for i in range(len(squares))), payments, tuple(squares))


def accepted(auction: Auction, bids: dict[int, PackageBid], norm: Money) -> list[int]:
    """The winners in the order in which they are accepted."""
    left = list(auction.supply)
    winners = []
    for index in sorted(bids, key=lambda index: (-squared_rank(bids[index], norm), index)):
        if all(units <= room for units, room in zip(bids[index].units, left, strict=True)):
            winners.append(index)
            left = [room - units for units, room in zip(bids[index].units, left, strict=True)]
    return winners


def squared_rank(bid: PackageBid, norm: Money) -> Fraction:
    """(v / s^norm)^2, which is rational."""
    return Fraction(bid.value) ** 2 / Fraction(sum(bid.units)) ** int(2 * norm)


def _squared_critical_value(auction: Auction, bids: dict[int, PackageBid], winner: int, norm: Money) -> Money:
    """Of the first bid that wins without the winner and after whose acceptance the winner's package does not fit."""
    others = {index: bid for index, bid in bids.items() if index != winner}
    left = list(auction.supply)
    for index in accepted(auction, others, norm):
        left = [room - units for units, room in zip(others[index].units, left, strict=True)]
        if any(units > room for units, room in zip(bids[winner].units, left, strict=True)):
            return simplest(squared_rank(others[index], norm) * Fraction(sum(bids[winner].units)) ** int(2 * norm))
    return 0


def _root(square: Money, unit: Money) -> Money:
    """The square root: exactly where it is rational, else the next multiple of the unit below it."""
    fraction = Fraction(square)
    above, below = math.isqrt(fraction.numerator), math.isqrt(fraction.denominator)
    if above**2 == fraction.numerator and below**2 == fraction.denominator:
        return simplest(Fraction(above, below))
    scaled = fraction / Fraction(unit) ** 2
    return simplest(math.isqrt(scaled.numerator // scaled.denominator) * Fraction(unit))


def conflicting(bids: Sequence[Money], sizes: Sequence[int], norm: Money = Fraction(1, 2)) -> Result:
    """The auction among bidders whose packages all have a good in common, so that one of them wins.

    Parameters
    ----------
    sizes : (n,) how many goods each bidder wants

    Returns
    -------
    (winners, payments) as single-item auctions return them.

    Raises
    ------
    ValueError : no sizes for all bidders, or what `greedy` refuses.
    """
    if len(sizes) != len(bids) or min(sizes, default=1) < 1:
        raise ValueError(f"sizes {list(sizes)} of packages for {len(bids)} bidders; each wants at least one good")
    most = max(sizes)
    bidders = [
        Bidder(f"bidder {index}", (PackageBid((1,) * size + (0,) * (most - size), bid),) if bid else ())
        for index, (bid, size) in enumerate(zip(bids, sizes, strict=True))
    ]
    result = greedy(Auction(tuple(f"good {good}" for good in range(most)), (1,) * most, tuple(bidders)), norm)
    winners = tuple(index for index, taken in enumerate(result.choice) if taken)
    return sold(len(bids), winners, max(result.payments, default=0))
