"""The first-price auction of one item with private values: the highest bid wins and pays itself.

Definition   Bidder i knows its own value v_i, drawn independently, bids b_i >= 0 and gets v_i - b_i if it wins.
Symmetric    n values uniform on [0, w]: all bid (n-1)/n v, the highest value wins, price of anarchy 1.
Asymmetric   Two values uniform on [0, w_1] and [0, w_2]: who bids b has the value 2b / (1 + k_i b^2), where
             k_i = 1/w_i^2 - 1/w_j^2, up to the common highest bid w_1 w_2 / (w_1 + w_2). The weaker bidder shades less
             and wins against somewhat higher values: what is lost is the integral over b <= top bid of
             16 k^2 / (w_1 w_2) b^6 / ((1 - k b^2) (1 + k b^2)^4), k = k_1 of the weaker, summed here as a series.
Discretised  Finitely many values and bids: a `BayesianGame`, whose interim regret is exact; ties are shared.
Overbidding  The closed forms bid below the value, and no deviation gains, whether above the value or below.

Source: Vickrey 1961 (symmetric); Griesmer, Levitan and Shubik 1967; Krishna 2010, Section 4.3 (asymmetric). At most
1 / (1 - e^-2) for independent values of any distributions: Jin and Lu 2022.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier.errors import DomainError, TooLarge
from verifier.exact import Money, show
from verifier.games.bayesian import BayesianGame, Strategies, Types, independent
from verifier.games.normal_form import Actions
from verifier.oracles.families.enclosure import Enclosure, exactly, ratio_of_gains

MOST_TERMS = 20_000
MOST_BITS = 256
MOST_CELLS = 1_000_000  # profiles of types and bids


@dataclass(frozen=True, slots=True)
class SymmetricUniform:
    """`bidders` values uniform on [0, top]. DomainError for fewer than two bidders or a top that is not positive."""

    bidders: int
    top: Money = 1

    def __post_init__(self) -> None:
        if self.bidders < 2:
            raise DomainError(f"{self.bidders} bidders do not compete; a first-price auction needs two")
        _positive(self.top)

    def bid(self, value: Money) -> Fraction:
        """What the equilibrium bids."""
        return Fraction(value * (self.bidders - 1), self.bidders)

    def interim(self, value: Money, bid: Money) -> Fraction:
        """What a bidder expects from a bid, by its value; the others play the equilibrium."""
        highest = self.bid(self.top)
        return (value - bid) * (min(Fraction(bid), highest) / highest) ** (self.bidders - 1)

    def gain(self, value: Money, bid: Money) -> Fraction:
        """What a deviation to a bid is worth beyond the equilibrium; never positive."""
        return self.interim(value, bid) - self.interim(value, self.bid(value))

    @property
    def welfare(self) -> Fraction:
        """The expected value of the winner, which is the highest: n w / (n + 1)."""
        return Fraction(self.top * self.bidders, self.bidders + 1)

    @property
    def poa(self) -> Enclosure:
        """Exactly 1: bids rise with values."""
        return exactly(1)


@dataclass(frozen=True, slots=True)
class AsymmetricUniform:
    """Two values uniform on [0, tops[0]] and [0, tops[1]]. DomainError unless both tops are positive."""

    tops: tuple[Money, Money]

    def __post_init__(self) -> None:
        for top in self.tops:
            _positive(top)

    @property
    def highest(self) -> Fraction:
        """The highest bid, common to both."""
        return 1 / (1 / Fraction(self.tops[0]) + 1 / Fraction(self.tops[1]))

    def value(self, bidder: int, bid: Money) -> Fraction:
        """The value at which a bidder makes a bid; DomainError for bids outside of [0, highest]."""
        if not 0 <= bid <= self.highest:
            raise DomainError(f"nobody bids {show(bid)}; bids lie between 0 and {show(self.highest)}")
        own, other = (Fraction(self.tops[bidder]), Fraction(self.tops[1 - bidder]))
        return 2 * bid / (1 + (1 / own**2 - 1 / other**2) * bid**2)

    def interim(self, bidder: int, value: Money, bid: Money) -> Fraction:
        """What a bidder expects from a bid, by its value, while the other plays the equilibrium."""
        met = min(Fraction(bid), self.highest)
        return (value - bid) * self.value(1 - bidder, met) / self.tops[1 - bidder]

    def gain(self, bidder: int, usual: Money, bid: Money) -> Fraction:
        """What the type that bids `usual` in equilibrium gains by another bid; never positive."""
        value = self.value(bidder, usual)
        return self.interim(bidder, value, bid) - self.interim(bidder, value, usual)

    @property
    def optimum(self) -> Fraction:
        """The expected highest value: w_2 / 2 + w_1^2 / (6 w_2), w_1 the smaller top."""
        low, high = sorted(map(Fraction, self.tops))
        return high / 2 + low**2 / (6 * high)

    def loss(self, bits: int = 64) -> Enclosure:
        """By how much the expected value of the winner is below that of the highest value.

        With r = (w_2 - w_1) / (w_2 + w_1) and b = highest * s it is 16 r^2 highest^3 / (w_1 w_2) times the integral
        over s in [0, 1] of s^6 / ((1 - r s^2) (1 + r s^2)^4), a power series in r s^2 with whole coefficients, that of
        term m at most (m + 4 choose 4) in size, which bounds the rest.

        Parameters
        ----------
        bits : the enclosure of the integral is about 2 ** -bits wide

        Raises TooLarge where the tops are so far apart that more than `MOST_TERMS` terms are needed.
        """
        low, high = sorted(map(Fraction, self.tops))
        ratio = (high - low) / (high + low)
        scale = 16 * ratio**2 * self.highest**3 / (low * high)
        return exactly(scale) * _integral(ratio, bits) if ratio else exactly(0)

    def poa(self, bits: int = 64) -> Enclosure:
        """The expected highest value over the expected value of the winner. Raises as `loss`."""
        best = exactly(self.optimum)
        return ratio_of_gains(best, best - self.loss(bits))


def _integral(ratio: Fraction, bits: int) -> Enclosure:
    """The integral over [0, 1] of s^6 / ((1 - r s^2) (1 + r s^2)^4), in whole multiples of a tiny unit, outwards."""
    if not 1 <= bits <= MOST_BITS:
        raise TooLarge(bits, MOST_BITS, "bits of accuracy")
    fine = bits + 96
    goal = 1 << 96  # of the rest, in units of 2 ** -fine
    low = high = 1 << fine  # around ratio ** m
    below = above = 0
    before = [0] * 5  # coefficients of 1 / ((1 - y) (1 + y)^4) = 1 / (1 + 3y + 2y^2 - 2y^3 - 3y^4 - y^5)
    for m in range(MOST_TERMS):
        c1, c2, c3, c4, c5 = before
        now = -3 * c1 - 2 * c2 + 2 * c3 + 3 * c4 + c5 if m else 1
        before = [now, c1, c2, c3, c4]
        ends = sorted((now * low, now * high))
        below += ends[0] // (2 * m + 7)
        above += -(-ends[1] // (2 * m + 7))
        low = low * ratio.numerator // ratio.denominator
        high = -(-high * ratio.numerator // ratio.denominator)
        growth = ratio * Fraction(m + 6, m + 2)  # of the bound on the size of terms, from the next one on
        if growth < 1:
            rest = math.comb(m + 5, 4) * high / ((2 * m + 9) * (1 - growth))
            if rest <= goal:
                rest_up = math.ceil(rest)
                unit = Fraction(1, 1 << fine)
                return Enclosure((below - rest_up) * unit, (above + rest_up) * unit)
    raise TooLarge(MOST_TERMS + 1, MOST_TERMS, "terms of a series; the two tops are too far apart")


def discretised(
    values: Sequence[Sequence[Money]], chances: Sequence[Sequence[Money]], bids: Sequence[Money]
) -> BayesianGame:
    """The first-price auction of bidders with finitely many independent values, on a grid of bids.

    Parameters
    ----------
    values, chances : for each bidder its values and their probabilities
    bids : that everybody may make; the highest wins, equal ones share the chance evenly

    Raises
    ------
    DomainError : no bidders, negative values or bids, probabilities that do not add up to 1; TooLarge : more than
        `MOST_CELLS` profiles of types and bids.
    """
    if not values or not bids:
        raise DomainError("an auction needs bidders and bids; there are none")
    if [len(own) for own in values] != [len(own) for own in chances]:
        raise DomainError("every value of every bidder needs one probability")
    if min(bids) < 0 or any(value < 0 for own in values for value in own):
        raise DomainError("values and bids must not be negative")
    cells = math.prod(map(len, values)) * len(bids) * len(values)
    if cells > MOST_CELLS:
        raise TooLarge(cells, MOST_CELLS, "bids of types")

    def utility(player: int, types: Types, actions: Actions) -> Money:
        made = [bids[action] for action in actions]
        if made[player] < max(made):
            return 0
        return Fraction(values[player][types[player]] - made[player]) / made.count(made[player])

    return BayesianGame(
        players=tuple(f"bidder {i + 1}" for i in range(len(values))),
        types=tuple(tuple(map(show, own)) for own in values),
        actions=tuple(tuple(map(show, bids)) for _ in values),
        prior=independent(chances),
        utility=utility,
    )


def shading(values: Sequence[Sequence[Money]], bids: Sequence[Money]) -> Strategies:
    """Each value v bids the highest bid of the grid that is at most (n-1)/n v: the uniform equilibrium, rounded down.

    Raises DomainError where the grid has no bid that low.
    """
    share = Fraction(len(values) - 1, len(values)) if values else Fraction(0)
    chosen = []
    for own in values:
        allowed = [[place for place, bid in enumerate(bids) if bid <= share * value] for value in own]
        if not all(allowed):
            raise DomainError(f"the lowest bid {show(min(bids))} is too high for the value {show(min(own))}")
        chosen.append(tuple(max(places, key=lambda place: bids[place]) for places in allowed))
    return tuple(chosen)


def expected_price(values: Sequence[Sequence[Money]], game: BayesianGame, strategies: Strategies) -> Enclosure:
    """The expected highest value over the expected value of the winner, exact, for strategies of a discretised auction.

    It is the price of one strategy profile: `verifier.games.bayesian.verify_bayes_nash` says how far it is from an
    equilibrium. Raises DomainError where nobody ever wins anything of value.
    """
    optimum = reached = Fraction(0)
    for types, chance in game.prior.items():
        worth = [own[t] for own, t in zip(values, types, strict=True)]
        bids = [Fraction(game.actions[i][strategies[i][t]]) for i, t in enumerate(types)]
        winners = [own for own, bid in zip(worth, bids, strict=True) if bid == max(bids)]
        optimum += chance * max(worth)
        reached += chance * Fraction(sum(winners)) / len(winners)
    return ratio_of_gains(exactly(optimum), exactly(reached))


def _positive(top: Money) -> None:
    if top <= 0:
        raise DomainError(f"the highest value is {show(top)}; it must be positive")
