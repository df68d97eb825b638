"""Core-selecting payments: the least revenue that no coalition objects to, as near to VCG as that allows.

Definition   The best choice of bids wins. With winners' values v and payments p, a coalition S of bidders blocks where
             its best welfare alone exceeds what the winners outside S pay plus what those inside have: the core asks
                 sum of p_i over winners outside S >= best welfare of S - sum of v_i over winners in S, for every S,
             and p_i <= v_i. Of these payments those with the least sum are taken, and of those the nearest to the VCG
             payments in the Euclidean norm.
Method       Constraint generation: the coalition that blocks most is found by one winner determination on bids lowered
             by what their bidders gain. The least sum by the simplex method, the nearest point by its
             Karush-Kuhn-Tucker conditions, both in fractions.
Ties         as the winner determination breaks them.
Claims       in the core, individually rational, efficient on truthful bids, no deficit; not truthful: VCG is where it
             is in the core, and otherwise winners pay more for higher bids.
Source       Day and Raghavan 2007; Day and Cramton 2012; Erdil and Klemperer 2010.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

from mechanisms.auctions.packages.clarke import vcg
from mechanisms.auctions.packages.determination import Determination
from verifier.domains.packages import Auction, Bidder, Choice, PackageBid
from verifier.exact import Money, simplest

MOST_SETS = 200_000  # sets of constraints that are tried for the nearest point

Row = tuple[tuple[int, ...], Fraction]  # 0/1 coefficients of the winners, and the least that their sum may be


class TooManyWinners(ArithmeticError):
    """The nearest point would need more sets of constraints than MOST_SETS. Fewer winners will do."""


@dataclass(frozen=True, slots=True)
class CoreResult:
    """The accepted bids, (n,) payments in the core, (n,) VCG payments, and the coalitions that set constraints."""

    choice: Choice
    payments: tuple[Money, ...]
    vcg_payments: tuple[Money, ...]
    coalitions: tuple[tuple[int, ...], ...]


def core_selecting(auction: Auction, solver: str = "highs") -> CoreResult:
    """Run the auction.

    Raises
    ------
    ValueError : a bidder joins several bids by OR, so that its gain is not one number per bid; TooManyWinners.
    """
    for bidder in auction.bidders:
        if bidder.language == "or" and len(bidder.bids) > 1:
            raise ValueError(f"bidder {bidder.name!r} joins bids by OR; core-selecting payments are for XOR bids")
    found = vcg(auction, None, solver)
    winners = [index for index, places in enumerate(found.choice) if places]
    values = [Fraction(auction.value(found.choice, index)) for index in winners]
    least = [Fraction(found.payments[index]) for index in winners]
    room = [value - payment for value, payment in zip(values, least, strict=True)]
    rows: list[Row] = []
    coalitions: list[tuple[int, ...]] = []
    extra = [Fraction(0)] * len(winners)
    while True:
        paid = [payment + more for payment, more in zip(least, extra, strict=True)]
        gains = {index: value - payment for index, value, payment in zip(winners, values, paid, strict=True)}
        blocking = Determination(_lowered(auction, gains), None, solver).best()
        if blocking.welfare <= sum(paid):
            break
        coalition = tuple(index for index, places in enumerate(blocking.choice) if places)
        outside = tuple(int(index not in coalition) for index in winners)
        short = Fraction(blocking.welfare) - sum(paid)
        rows.append((outside, short + sum(more for more, one in zip(extra, outside, strict=True) if one)))
        coalitions.append(coalition)
        extra = nearest(rows, room, least_sum(rows, room))
    payments: list[Money] = [0] * len(auction.bidders)
    for index, payment in zip(winners, paid, strict=True):
        payments[index] = simplest(payment)
    return CoreResult(found.choice, tuple(payments), found.payments, tuple(coalitions))


def _lowered(auction: Auction, gains: dict[int, Fraction]) -> Auction:
    """The auction whose bids are lowered by what their bidders gain, but not below nothing."""
    bidders = [
        Bidder(
            bidder.name, tuple(PackageBid(bid.units, max(bid.value - gains.get(index, 0), 0)) for bid in bidder.bids)
        )
        for index, bidder in enumerate(auction.bidders)
    ]
    return replace(auction, bidders=tuple(bidders))


def least_sum(rows: Sequence[Row], room: Sequence[Fraction]) -> Fraction:
    """The least sum of q with 0 <= q <= room that satisfies all rows, by the simplex method on the dual.

    The dual, max of sum b_k y_k - sum room_i z_i with sum of y_k over rows that count i, less z_i, at most 1, has the
    feasible start 0. Bland's rule keeps it from going round in circles.
    """
    n, columns = len(room), len(rows) + len(room)
    costs = [value for _, value in rows] + [-space for space in room]
    tableau = [
        [Fraction(row[i]) for row, _ in rows]
        + [Fraction(-(i == j)) for j in range(n)]
        + [Fraction(i == j) for j in range(n)]
        + [Fraction(1)]
        for i in range(n)
    ]
    objective = [-cost for cost in costs] + [Fraction(0)] * (n + 1)
    basis = [columns + i for i in range(n)]
    while True:
        entering = next((j for j, cost in enumerate(objective[:-1]) if cost < 0), None)
        if entering is None:
            return objective[-1]
        ratios = [(line[-1] / line[entering], basis[i], i) for i, line in enumerate(tableau) if line[entering] > 0]
        _, _, leaving = min(ratios)  # bounded: paying what one bid is in the core
        pivot = tableau[leaving][entering]
        tableau[leaving] = [entry / pivot for entry in tableau[leaving]]
        for line in [*(line for i, line in enumerate(tableau) if i != leaving), objective]:
            factor = line[entering]
            if factor:
                line[:] = [entry - factor * other for entry, other in zip(line, tableau[leaving], strict=True)]
        basis[leaving] = entering


def nearest(rows: Sequence[Row], room: Sequence[Fraction], total: Fraction) -> list[Fraction]:
    """The shortest q with 0 <= q <= room and the given sum that satisfies all rows: the one KKT point there is."""
    n = len(room)
    limits: list[tuple[tuple[int, ...], Fraction]] = [*rows]
    for i, space in enumerate(room):
        unit = tuple(int(i == j) for j in range(n))
        limits += [(unit, Fraction(0)), (tuple(-one for one in unit), -space)]
    tried = 0
    for size in range(n + 1):
        for active in combinations(limits, size):
            tried += 1
            if tried > MOST_SETS:
                raise TooManyWinners(f"no nearest payments among {MOST_SETS:,} sets of constraints; {n} win")
            point = _stationary(active, total, n)
            if point is not None and all(_product(row, point) >= value for row, value in limits):
                return point
    raise AssertionError("a convex program with a feasible point has a nearest one")


def _stationary(active: Sequence[Row], total: Fraction, n: int) -> list[Fraction] | None:
    """The shortest point with that sum where all active rows are equalities, if their multipliers are not negative."""
    normals = [tuple(Fraction(1) for _ in range(n)), *(tuple(map(Fraction, row)) for row, _ in active)]
    values = [total, *(value for _, value in active)]
    gram = [[_product(one, other) for other in normals] + [value] for one, value in zip(normals, values, strict=True)]
    multipliers = _solved(gram)
    if multipliers is None or any(multiplier < 0 for multiplier in multipliers[1:]):
        return None
    return [sum((m * normal[i] for m, normal in zip(multipliers, normals, strict=True)), Fraction(0)) for i in range(n)]


def _solved(system: list[list[Fraction]]) -> list[Fraction] | None:
    """Gauss and Jordan on a square system with its right side; None where it is singular."""
    for place in range(len(system)):
        pivot = next((line for line in system[place:] if line[place]), None)
        if pivot is None:
            return None
        system.remove(pivot)
        pivot = [entry / pivot[place] for entry in pivot]
        system = [[e - line[place] * p for e, p in zip(line, pivot, strict=True)] for line in system]
        system.insert(place, pivot)
    return [line[-1] for line in system]


def _product(one: Sequence[Fraction | int], other: Sequence[Fraction | int]) -> Fraction:
    return sum((Fraction(a * b) for a, b in zip(one, other, strict=True)), Fraction(0))
