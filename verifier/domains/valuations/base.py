"""A valuation: what each bundle of m goods is worth to one agent.

Definition   v gives exact money to each of the 2^m bundles, and v(nothing) = 0. A bundle is a number whose binary digit
             g tells whether good g belongs to it, so values[5] is the worth of goods 0 and 2.
Free disposal   more goods are worth no less: v(S) <= v(S + g) for every bundle S and every good g outside it.

A list of XOR or OR bids says a valuation with free disposal: a bundle is worth the best that can be accepted of the
packages within it. The other way round, a valuation with free disposal is a list of XOR bids.

Source: Nisan 2006, "Bidding Languages", in Cramton, Shoham and Steinberg, Combinatorial Auctions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from verifier.domains.packages import Bidder, PackageBid
from verifier.errors import DomainError
from verifier.exact import Money, money

MOST_GOODS = 16  # every bundle has its number: 65,536 of them


class NotMonotone(DomainError):
    """Free disposal is claimed, but a bundle is worth more than a larger one. Raise the larger one's value to it.

    Attributes: `smaller` and `larger`, the numbers of the two bundles.
    """

    def __init__(self, smaller: int, larger: int, worth: tuple[Money, Money]) -> None:
        self.smaller = smaller
        self.larger = larger
        super().__init__(
            f"free disposal fails: goods {named(smaller)} are worth {worth[0]}, but {named(larger)} only {worth[1]}; "
            "give the larger bundle at least the value of the smaller one"
        )


@dataclass(frozen=True, slots=True)
class Valuation:
    """The worth of every bundle: `goods` is m, `values` (2^m,) by bundle number, values[0] = 0.

    Raises DomainError for a wrong number of goods or of values, an amount that is not exact, a worth of nothing.
    """

    goods: int
    values: tuple[Money, ...]

    def __post_init__(self) -> None:
        if isinstance(self.goods, bool) or not isinstance(self.goods, int) or not 1 <= self.goods <= MOST_GOODS:
            raise DomainError(f"a valuation of {self.goods!r} goods; a table of all bundles has 1 to {MOST_GOODS}")
        if len(self.values) != 1 << self.goods:
            raise DomainError(f"{len(self.values)} values, but {self.goods} goods have {1 << self.goods} bundles")
        for bundle, worth in enumerate(self.values):
            if isinstance(worth, bool) or not isinstance(worth, int | Fraction):
                raise DomainError(f"goods {named(bundle)}: the value {worth!r} is not exact; give an int or a Fraction")
        if self.values[0] != 0:
            raise DomainError(f"nothing is worth {self.values[0]}; it must be worth 0")

    def __getitem__(self, bundle: int) -> Money:
        return self.values[bundle]


def valuation(goods: int, worth: Callable[[int], object]) -> Valuation:
    """The valuation whose bundle s is worth worth(s); amounts as `verifier.exact.money` admits them."""
    if not 1 <= goods <= MOST_GOODS:
        raise DomainError(f"a valuation of {goods} goods; a table of all bundles has 1 to {MOST_GOODS}")
    return Valuation(goods, tuple(money(worth(bundle)) for bundle in range(1 << goods)))


def from_bids(bidder: Bidder) -> Valuation:
    """What a bidder's bids say that every bundle is worth to it, with free disposal.

    Raises
    ------
    DomainError : no bids (the number of goods is unknown), a bid for several units of a good, too many goods.
    """
    if not bidder.bids:
        raise DomainError(f"bidder {bidder.name!r} has no bids, so nothing says what there is")
    if any(max(bid.units) > 1 for bid in bidder.bids):
        raise DomainError(f"bidder {bidder.name!r} asks for several units of a good; a bundle has one of each at most")
    offers = [(sum(1 << good for good, units in enumerate(bid.units) if units), bid.value) for bid in bidder.bids]
    goods = len(bidder.bids[0].units)
    if goods > MOST_GOODS:
        raise DomainError(f"a valuation of {goods} goods; a table of all bundles has 1 to {MOST_GOODS}")
    values: list[Money] = []
    for bundle in range(1 << goods):  # what is left after one OR bid is a smaller number, so it is known
        within = [(package, value) for package, value in offers if package & bundle == package]
        further = bidder.language == "or"
        values.append(
            max((value + (values[bundle ^ package] if further else 0) for package, value in within), default=0)
        )
    return Valuation(goods, tuple(values))


def to_bidder(worth: Valuation, name: str) -> Bidder:
    """XOR bids that say the valuation: one for each bundle that is worth more than all bundles within it.

    Raises
    ------
    NotMonotone : XOR bids come with free disposal, and the valuation has none.
    """
    require_free_disposal(worth)
    bids = []
    for bundle in range(1, 1 << worth.goods):
        if all(worth[bundle] > worth[bundle ^ (1 << good)] for good in members(bundle)):
            units = tuple(bundle >> good & 1 for good in range(worth.goods))
            bids.append(PackageBid(units, worth[bundle]))
    return Bidder(name, tuple(bids))


def marginal(worth: Valuation, bundle: int, good: int) -> Money:
    """What a good adds to a bundle: v(S + g) - v(S), and 0 where it is there already."""
    return worth[bundle | 1 << good] - worth[bundle]


def decrease(worth: Valuation) -> tuple[int, int] | None:
    """The first bundle S and good g with v(S) > v(S + g); None where more is worth no less.

    One good at a time is enough: a larger bundle is reached by adding goods one by one.
    """
    for bundle in range(1 << worth.goods):
        for good in range(worth.goods):
            if marginal(worth, bundle, good) < 0:
                return bundle, good
    return None


def require_free_disposal(worth: Valuation) -> None:
    """Raise NotMonotone, which names two bundles, where more goods are worth less."""
    found = decrease(worth)
    if found is not None:
        smaller, larger = found[0], found[0] | 1 << found[1]
        raise NotMonotone(smaller, larger, (worth[smaller], worth[larger]))


def members(bundle: int) -> Iterator[int]:
    """The goods of a bundle, increasing."""
    return (good for good in range(bundle.bit_length()) if bundle >> good & 1)


def named(bundle: int) -> str:
    """A bundle for people: {0, 2}."""
    return "{" + ", ".join(map(str, members(bundle))) + "}"
