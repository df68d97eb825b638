"""k identical items, bidders want several: uniform price, discriminatory (pay as bid), Vickrey.

A bid is a vector of `items` marginal values, non-increasing: what the first, second, ... item adds. With one item a bid
is a plain number. All three auctions sell to the `items` highest marginal bids, and differ in payments only. All items
are sold, at marginal bids of 0 as well. Among equal marginal bids those of the lowest index come first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, cast

from mechanisms.auctions.outcome import Amount, Result

Vector: TypeAlias = Sequence[Amount]  # (k,) marginal values of one bidder
Bids: TypeAlias = Sequence[Vector] | Sequence[Amount]  # plain numbers where there is one item


def as_vectors(bids: Bids, items: int) -> list[Vector]:
    """(n,) vectors; the number of items tells how bids are written, so that no bid need be asked for its type."""
    if items == 1:
        return [(bid,) for bid in cast("Sequence[Amount]", bids)]
    return list(cast("Sequence[Vector]", bids))


def ranked_units(vectors: Sequence[Vector]) -> list[tuple[int, Amount]]:
    """(bidder, marginal bid) of all marginal bids from the highest down, ties as the module says."""
    units = [(agent, marginal) for agent, vector in enumerate(vectors) for marginal in vector]
    return sorted(units, key=lambda unit: unit[1], reverse=True)


def units_won(agents: int, winning: Sequence[tuple[int, Amount]]) -> list[int]:
    """(n,) how many of the winning marginal bids belong to each bidder."""
    return [sum(owner == agent for owner, _ in winning) for agent in range(agents)]


def uniform_price(bids: Bids, items: int) -> Result:
    """Every item costs the highest losing marginal bid, 0 where there is none (a bidder alone).

    Claims  Not DSIC: a bidder's own losing bid may set the price of the items it wins, so it gains by asking for less
            (demand reduction). Truthful bidders get what they would choose at the price, hence ex-post IR and
            envy-free. Efficient under truthful bids, never pays anybody, monotone, anonymous off ties. DSIC for one
            item, and for a bidder alone.
    Source  Krishna 2010, Section 12.1.2; demand reduction: Ausubel, Cramton, Pycia, Rostek, Weretka 2014.
    """
    vectors = as_vectors(bids, items)
    units = ranked_units(vectors)
    won = units_won(len(vectors), units[:items])
    price = units[items][1] if len(units) > items else 0
    return won, [amount * price for amount in won]


def discriminatory(bids: Bids, items: int) -> Result:
    """Every bidder pays the sum of its winning marginal bids.

    Claims  Not DSIC: as in the first-price auction, bidding less pays less. Truthful bidders have utility 0, hence
            ex-post IR. Not envy-free: who paid a high bid would rather have the item that went for a low one.
            Efficient under truthful bids, never pays anybody, monotone, anonymous off ties.
    Source  Krishna 2010, Section 12.1.1.
    """
    vectors = as_vectors(bids, items)
    winning = ranked_units(vectors)[:items]
    paid: list[Amount] = [sum(bid for owner, bid in winning if owner == agent) for agent in range(len(vectors))]
    return units_won(len(vectors), winning), paid


def vickrey(bids: Bids, items: int) -> Result:
    """A bidder that wins q items pays the q losing marginal bids of the others that would win if it stayed away.

    These are the others' marginal bids number items - q + 1 to items, counted from the highest; a bidder alone pays 0.

    Claims  DSIC: the payment is what the others lose by the bidder's presence, so its utility is total welfare less an
            amount that it cannot move. Efficient, ex-post IR, never pays anybody, monotone, anonymous off ties. Not
            envy-free: equal numbers of items go at different totals, since nobody's price contains its own losing bids.
    Source  Vickrey 1961; Krishna 2010, Section 12.1.3; Nisan et al. 2007, Theorem 9.17 and Lemma 9.20.
    """
    vectors = as_vectors(bids, items)
    won = units_won(len(vectors), ranked_units(vectors)[:items])
    paid: list[Amount] = []
    for agent, amount in enumerate(won):
        rivals = sorted((bid for other, vector in enumerate(vectors) if other != agent for bid in vector), reverse=True)
        paid.append(sum(rivals[items - amount : items]))
    return won, paid
