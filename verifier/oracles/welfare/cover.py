"""The evidence of an optimum: a cover of all choices of bids, with dual prices that bound every part of it.

A cover is a binary tree. An inner node asks of one bid whether it is accepted; at a leaf nonnegative prices of the rows
(goods, and bidders whose bids exclude each other) bound what the choices there can be worth, by weak duality:

    sum of limit * price + sum of max(0, value - price of the bid), where a bid that is accepted at the leaf counts
    with its value less its price, whatever the sign, and a bid that is refused there does not count.

A leaf is closed where the bound is less than the welfare of the optimum plus one unit of money (the smallest, of which
all values are multiples), or where the accepted bids alone do not fit.

Source: Schrijver 1986, Section 7.4 (weak duality); Land and Doig 1960 (branch and bound).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier.exact import Money, show, simplest
from verifier.oracles.welfare.program import Program

INFEASIBLE = -1  # in the place of the number of a price vector


@dataclass(frozen=True, slots=True)
class Prices:
    """Whole numbers over a common denominator: the price of row r is `numerators[r] / denominator`, scaled values."""

    denominator: int
    numerators: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Cover:
    """Price vectors by row, in money, and the tree in preorder.

    A pair (bidder, place) asks whether that bid is accepted, and is followed by the part where it is not and the part
    where it is; a number is a leaf with the price vector of that number, or `INFEASIBLE`.
    """

    goods: int
    owners: Mapping[int, int]
    vectors: tuple[Mapping[int, Money], ...]
    tree: tuple[int | tuple[int, int], ...]


class Bound:
    """One price vector against a program: the bound at any leaf in a few additions."""

    def __init__(self, program: Program, prices: Prices) -> None:
        self.denominator = prices.denominator
        numerators, entries = prices.numerators, program.entries
        self.reduced = [
            value * prices.denominator - sum(units * numerators.get(row, 0) for row, units in entries[column])
            for column, value in enumerate(program.values)
        ]
        self.everywhere = sum(program.limits[row] * price for row, price in numerators.items())
        self.everywhere += sum(reduced for reduced in self.reduced if reduced > 0)

    def at(self, refused: Sequence[int], accepted: Sequence[int]) -> int:
        """The bound where some columns are refused and others accepted, times the denominator."""
        total = self.everywhere
        for column in refused:
            total -= max(self.reduced[column], 0)
        for column in accepted:
            total += min(self.reduced[column], 0)
        return total

    def closes(self, refused: Sequence[int], accepted: Sequence[int], welfare: int) -> bool:
        """Whether no choice there is worth more than a (scaled) welfare."""
        return self.at(refused, accepted) < (welfare + 1) * self.denominator


def in_money(prices: Prices, scale: int) -> dict[int, Money]:
    """The prices of the rows that have one, in money."""
    return {
        row: simplest(Fraction(price, prices.denominator * scale))
        for row, price in sorted(prices.numerators.items())
        if price
    }


def cover_to_json(cover: Cover) -> dict[str, object]:
    """The cover as certificates hold it: prices as "p/q" by the number of the good and of the bidder."""
    return {
        "prices": [
            {
                "goods": {str(row): show(price) for row, price in vector.items() if row < cover.goods},
                "bidders": {str(cover.owners[row]): show(price) for row, price in vector.items() if row >= cover.goods},
            }
            for vector in cover.vectors
        ],
        "tree": [token if isinstance(token, int) else list(token) for token in cover.tree],
    }
