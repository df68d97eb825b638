"""Who would rather not take part: the coalition with the most to gain against an outcome of an auction.

Definition   A coalition C of bidders has w(C), the best welfare of its bids, if the seller is with it, and nothing
             without the seller. At an outcome with gains u_i (value less payment) and revenue R its excess is
             w(C) - sum of u_i over C - R with the seller, and - sum of u_i over C without. An outcome is in the core
             iff no excess is positive.
Decided by   one winner determination: every bid is lowered by what its bidder gains, since a coalition pays each of
             its winners that much to come along. Who has lost (u_i < 0) joins in any case, and brings its loss.
             The bids of an OR bidder that gains are first joined to packages of which one is taken, so that its gain
             is counted once; `Unsuited` where these would be too many.
Refutation   the coalition, whether the seller is with it, the bids that it accepts among itself, and the excess.

Source: Shapley and Shubik 1971 (core); Day and Raghavan 2007 (separation by lowered bids).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from verifier.domains.packages import Auction, Bidder, Choice, PackageBid
from verifier.errors import DomainError
from verifier.exact import Money
from verifier.oracles.welfare import NODES, Optimum, Unsuited, optimum

MOST_JOINED = 8  # OR bids of a bidder that gains: 255 packages

Places = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Blocking:
    """A coalition of bidders, with the seller or not, the bids it accepts, and how much better off it is together."""

    coalition: tuple[int, ...]
    seller: bool
    choice: Choice
    excess: Money


def blocking(auction: Auction, choice: Choice, payments: Sequence[Money], *, nodes: int = NODES) -> Blocking | None:
    """The coalition with the largest excess where that is positive; None where the outcome is in the core.

    Parameters
    ----------
    choice : the bids that the outcome accepts
    payments : (n,) what each bidder pays

    Raises
    ------
    DomainError : the choice is not feasible, or there are not as many payments as bidders.
    Unsuited : an OR bidder that gains has more than `MOST_JOINED` bids; Undecided : the budget is spent.
    """
    fault = auction.fault(choice)
    if fault:
        raise DomainError(f"the outcome is not feasible: {fault}")
    if len(payments) != len(auction.bidders):
        raise DomainError(f"{len(payments)} payments, but {len(auction.bidders)} bidders; give one for each")
    gains = [auction.value(choice, index) - payment for index, payment in enumerate(payments)]
    losers = tuple(index for index, gain in enumerate(gains) if gain < 0)
    lost = -sum((gains[index] for index in losers), 0)
    best, accepted = _best_lowered(auction, gains, nodes)
    excess = best.welfare + lost - sum(payments, 0)
    if max(excess, lost) <= 0:
        return None
    if excess < lost:
        return Blocking(losers, False, ((),) * len(gains), lost)
    winners = tuple(index for index, places in enumerate(accepted) if places)
    return Blocking(tuple(sorted({*winners, *losers})), True, accepted, excess)


def _best_lowered(auction: Auction, gains: Sequence[Money], nodes: int) -> tuple[Optimum, Choice]:
    """The optimum at lowered bids, and its choice in places of the bids as they were sent."""
    bidders: list[Bidder] = []
    meant: list[list[Places]] = []
    for bidder, gain in zip(auction.bidders, gains, strict=True):
        packages: list[tuple[Places, PackageBid]] = [((place,), bid) for place, bid in enumerate(bidder.bids)]
        language = bidder.language
        if language == "or" and len(packages) > 1 and gain > 0:
            packages, language = _joined(auction, bidder), "xor"
        worth_it = [(places, bid) for places, bid in packages if bid.value > max(gain, 0)]
        lowered = tuple(PackageBid(bid.units, bid.value - max(gain, 0)) for _, bid in worth_it)
        bidders.append(Bidder(bidder.name, lowered, language))
        meant.append([places for places, _ in worth_it])
    best = optimum(Auction(auction.goods, auction.supply, tuple(bidders)), nodes=nodes)
    accepted = tuple(
        tuple(sorted(one for place in places for one in meaning[place]))
        for places, meaning in zip(best.choice, meant, strict=True)
    )
    return best, accepted


def _joined(auction: Auction, bidder: Bidder) -> list[tuple[Places, PackageBid]]:
    """Every set of a bidder's OR bids that fits into the supply, as one package."""
    if len(bidder.bids) > MOST_JOINED:
        raise Unsuited(
            f"bidder {bidder.name!r} joins {len(bidder.bids)} bids by OR and gains; "
            f"coalitions are decided for at most {MOST_JOINED} such bids"
        )
    found = []
    for count in range(1, len(bidder.bids) + 1):
        for places in combinations(range(len(bidder.bids)), count):
            bids = [bidder.bids[place] for place in places]
            units = tuple(map(sum, zip(*(bid.units for bid in bids), strict=True)))
            if all(asked <= supply for asked, supply in zip(units, auction.supply, strict=True)):
                found.append((places, PackageBid(units, sum((bid.value for bid in bids), 0))))
    return found
