"""Package auctions with a reserve price for every good: the seller takes part as a bidder who wants each unit alone.

Definition   The seller offers the reserve of a good for every unit of it and wins with the others. What it wins stays
             unsold. Bidders pay what their presence costs the others, the seller included.
Ties         as the winner determination breaks them, with the seller last: an offer equal to the reserves wins.
Claims       truthful, ex-post individually rational, no deficit, and every winner pays at least the reserves of what it
             gets: without it these units could stay with the seller. Best for bidders and seller together, but not
             efficient among bidders: goods worth less than their reserves go unsold.
Source       Ausubel and Cramton 2004, "Vickrey auctions with reserve pricing"; Krishna 2010, Section 2.5, for one item.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mechanisms.auctions import combinatorial
from mechanisms.auctions.outcome import Amount
from mechanisms.auctions.packages.clarke import vcg
from verifier.domains.packages import Auction, Bidder, Choice, PackageBid
from verifier.exact import Money, money


@dataclass(frozen=True, slots=True)
class ReservedResult:
    """The accepted bids and (n,) payments of the bidders, and (m,) the units that stay with the seller."""

    choice: Choice
    payments: tuple[Money, ...]
    unsold: tuple[int, ...]


def reserved_vcg(auction: Auction, reserves: Mapping[str, object], solver: str = "highs") -> ReservedResult:
    """Run VCG with reserves.

    Parameters
    ----------
    reserves : by good, an exact price of one unit; 0 for goods that are not named

    Raises
    ------
    ValueError : a reserve that is negative, for an unknown good, or no exact amount.
    """
    result = vcg(with_seller(auction, reserves), None, solver)
    choice = result.choice[:-1]
    left = list(auction.supply)
    for _, bid in auction.accepted(choice):
        left = [room - units for room, units in zip(left, bid.units, strict=True)]
    return ReservedResult(choice, result.payments[:-1], tuple(left))


def with_seller(auction: Auction, reserves: Mapping[str, object]) -> Auction:
    """The auction with the seller as its last bidder, one OR bid at the reserve for every unit."""
    prices = {good: money(reserve) for good, reserve in reserves.items()}
    for good, price in prices.items():
        if good not in auction.goods:
            raise ValueError(f"a reserve for the unknown good {good!r}; the goods are {', '.join(auction.goods)}")
        if price < 0:
            raise ValueError(f"the reserve of {good!r} is {price}; it must not be negative; leave it out for none")
    bids = [
        PackageBid(tuple(int(good == other) for other in auction.goods), prices[good])
        for good, supply in zip(auction.goods, auction.supply, strict=True)
        if prices.get(good)
        for _ in range(supply)
    ]
    taken = {bidder.name for bidder in auction.bidders}
    name = "seller"
    while name in taken:
        name = f"the {name}"
    return Auction(auction.goods, auction.supply, (*auction.bidders, Bidder(name, tuple(bids), "or")))


def reserved_bundles(
    bids: Sequence[combinatorial.Valuation], goods: int, reserves: Sequence[Amount]
) -> tuple[list[int], list[Amount]]:
    """The same for bids that list the value of every bundle, by brute force; bids and bundles as in `combinatorial`.

    reserves : (m,) one for each good
    """
    seller = [
        sum(reserve for good, reserve in enumerate(reserves) if bundle >> good & 1) for bundle in range(1, 2**goods)
    ]
    bundles, payments = combinatorial.vcg([*bids, seller], goods)
    return bundles[:-1], payments[:-1]
