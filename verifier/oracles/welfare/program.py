"""Winner determination as a packing program in whole numbers.

    maximise   sum over columns j of values[j] * x_j
    subject to sum over j of entries[j][r] * x_j <= limits[r]  for every row r,   x_j in {0, 1}

A column is a bid that fits into the supply; a row is a good, or a bidder whose bids exclude each other (XOR, at least
two bids). Values are scaled by `scale`, so that all are whole.

Source: Rothkopf, Pekec and Harstad 1998; Lehmann, Müller and Sandholm 2006 (winner determination).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from verifier.domains.packages import Auction, Choice
from verifier.exact import Money, common_denominator, simplest

Entries = tuple[tuple[int, int], ...]  # (row, units), by row


@dataclass(frozen=True, slots=True)
class Program:
    """The program of an auction; `bids[j]` is the (bidder, place) of column j, `owners[r]` the bidder of an XOR row."""

    scale: int
    bids: tuple[tuple[int, int], ...]
    values: tuple[int, ...]
    entries: tuple[Entries, ...]
    limits: tuple[int, ...]
    owners: dict[int, int]

    def welfare(self, columns: Collection[int]) -> int:
        """The scaled value of some columns."""
        return sum(self.values[column] for column in columns)

    def fits(self, columns: Collection[int]) -> bool:
        """Whether these columns can all be accepted."""
        left = list(self.limits)
        for column in columns:
            for row, units in self.entries[column]:
                left[row] -= units
        return not left or min(left) >= 0

    def amount(self, welfare: int) -> Money:
        """A scaled welfare in money."""
        return simplest(Fraction(welfare, self.scale))

    def choice(self, columns: Collection[int], bidders: int) -> Choice:
        """The accepted bids as a choice."""
        places: list[list[int]] = [[] for _ in range(bidders)]
        for column in sorted(columns):
            bidder, place = self.bids[column]
            places[bidder].append(place)
        return tuple(map(tuple, places))


def program(auction: Auction) -> Program:
    """The program of an auction. Bids for more than there is are left out, since they are never accepted."""
    scale = common_denominator(bid.value for bidder in auction.bidders for bid in bidder.bids)
    limits = list(auction.supply)
    owners: dict[int, int] = {}
    bids: list[tuple[int, int]] = []
    values: list[int] = []
    entries: list[Entries] = []
    for index, bidder in enumerate(auction.bidders):
        exclusive: Entries = ()
        if bidder.language == "xor" and len(bidder.bids) > 1:
            exclusive = ((len(limits), 1),)
            owners[len(limits)] = index
            limits.append(1)
        for place, bid in enumerate(bidder.bids):
            asked = tuple((good, units) for good, units in enumerate(bid.units) if units)
            if all(units <= auction.supply[good] for good, units in asked):
                bids.append((index, place))
                values.append(int(bid.value * scale))
                entries.append((*asked, *exclusive))
    return Program(scale, tuple(bids), tuple(values), tuple(entries), tuple(limits), owners)
