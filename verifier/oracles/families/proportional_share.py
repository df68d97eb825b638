"""Kelly's mechanism: a divisible resource is shared in proportion to what the users pay.

Definition   User i pays w_i >= 0, gets x_i = C w_i / (sum of w) of the capacity C and has U_i(x_i) - w_i, U_i concave.
Equilibrium  Shares that add up to C with U_i'(x_i) (1 - x_i / C) = p for who gets something, <= p for the others, p the
             sum of the payments over C: a variational inequality with the strictly monotone map
             -U_i'(x_i) (1 - x_i / C), so that the shares are the only ones. At a kink U_i' is any slope in between.
Exact        For piecewise linear values the shares demanded at a price are piecewise linear in it: exact rationals.
             Otherwise price and shares are enclosed by bisection with exact signs, and payments are given with the most
             that anybody could gain, from an enclosure of its best share.
Optimum      The largest sum of values; at most r C + sum of the largest U_i(y) - r y, for every rate r >= 0.
Bounds       Below 4/3 for concave values, a supremum; at most (1 + sqrt 2) / 2 for two linear users.

Source: Kelly 1997; Johari and Tsitsiklis 2004, Theorems 2 and 3 (equilibrium, 4/3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier.errors import DomainError
from verifier.exact import Money, show
from verifier.oracles.families.concave import Concave, PiecewiseLinear
from verifier.oracles.families.enclosure import Enclosure, crossing, exactly, filled, ratio_of_gains, root

WORST = Fraction(4, 3)  # over all concave values and numbers of users; a supremum, never reached

_SPARE = 24  # further bits by which shares are finer than the price, so that their sum can be compared


@dataclass(frozen=True, slots=True)
class Kelly:
    """The equilibrium and its price of anarchy.

    Attributes
    ----------
    price : payments per unit of the resource; at kinks several may do, of which it is, or encloses, one
    shares : (n,) what each user gets in the only equilibrium
    payments : (n,) exact, at most `gain` from an equilibrium
    gain : the most that any user gains by another payment, given these payments; 0 where all is exact
    welfare, optimum, poa : sum of the values at the equilibrium, the largest sum, their ratio
    """

    price: Enclosure
    shares: tuple[Enclosure, ...]
    payments: tuple[Fraction, ...]
    gain: Fraction
    welfare: Enclosure
    optimum: Enclosure
    poa: Enclosure


def proportional_share(values: Sequence[Concave], capacity: Money = 1, *, bits: int = 48) -> Kelly:
    """The equilibrium of Kelly's mechanism, exact for piecewise linear values, else enclosed.

    Parameters
    ----------
    values : (n,) of the users
    capacity : of the resource
    bits : halvings of the interval that holds the price; of no matter for piecewise linear values

    Raises
    ------
    DomainError : a capacity that is not positive; fewer than two users who want anything, or users who all have enough
        before the capacity is used up: there is no equilibrium then, as someone would always pay less.

    Source: Johari and Tsitsiklis 2004, Theorem 2.
    """
    whole = Fraction(capacity)
    if whole <= 0:
        raise DomainError(f"the capacity is {show(capacity)}; there must be something to share")
    if sum(user.marginals(Fraction(0))[1] > 0 for user in values) < 2:
        raise DomainError("fewer than two users want the resource; who is alone would pay ever less")
    known = [user for user in values if isinstance(user, PiecewiseLinear)]
    if len(known) == len(values):
        price = exactly(_exact_price(known, whole))
        shares = tuple(exactly(_demand(user, price.low, whole)) for user in known)
        optimum = exactly(_exact_optimum(known, whole))
    else:
        price = _price(values, whole, bits)
        shares = _shares(values, price, whole, bits + _SPARE)
        optimum = _optimum(values, whole, bits)
    payments = tuple(price.middle * share.middle for share in shares)
    welfare = Enclosure(
        _worth(values, [share.low for share in shares]), _worth(values, [share.high for share in shares])
    )
    gain = most_gain(values, payments, whole, bits=bits + _SPARE)
    return Kelly(price, shares, payments, gain, welfare, optimum, ratio_of_gains(optimum, welfare))


def payoff(values: Sequence[Concave], payments: Sequence[Money], capacity: Money, user: int) -> Fraction:
    """What a user has at some payments; nobody gets anything where nobody pays."""
    total = sum(payments, Fraction(0))
    share = capacity * payments[user] / total if total else Fraction(0)
    return values[user].value(Fraction(share)) - payments[user]


def most_gain(values: Sequence[Concave], payments: Sequence[Money], capacity: Money, *, bits: int = 72) -> Fraction:
    """An upper bound on what anybody gains by another payment; 0 proves an equilibrium.

    As a function of the share y a user has U(y) - B y / (C - y), B what the others pay. That is concave, so that the
    slopes at the present share say on which side the best one lies, and bisection encloses it.

    Raises DomainError where a user alone pays: it would gain by paying less, but no payment is the best.
    """
    whole, total, most = Fraction(capacity), Fraction(sum(payments)), Fraction(0)
    for user, paid in zip(values, payments, strict=True):
        others = total - paid
        if others <= 0:
            raise DomainError("at most one user pays; then no payment is the best, as a smaller one gets as much")
        share = whole * paid / total
        left, right = user.marginals(share)
        cost = _cost_of_more(share, others, whole)
        if right > cost:
            best = _best_share(user, others, whole, share, whole, bits)
        elif share and left < cost:
            best = _best_share(user, others, whole, Fraction(0), share, bits)
        else:
            continue
        most = max(most, user.value(best.high) - others * best.low / (whole - best.low) - user.value(share) + paid)
    return most


def _cost_of_more(share: Fraction, others: Fraction, capacity: Fraction) -> Fraction:
    """What a little more costs a user with this share, where the others pay so much together."""
    return others * capacity / (capacity - share) ** 2


def _best_share(
    user: Concave, others: Fraction, capacity: Fraction, low: Fraction, high: Fraction, bits: int
) -> Enclosure:
    """Around the share that is the best answer to what the others pay, known to be between low and high."""
    return crossing(
        lambda share: 1 if user.marginals(share)[0] >= _cost_of_more(share, others, capacity) else -1, low, high, bits
    )


def two_linear_users(bits: int = 64) -> Enclosure:
    """Around (1 + sqrt 2) / 2, the worst ratio of two users with linear values, at slopes 1 and sqrt 2 - 1."""
    return (exactly(1) + root(2, 2, bits)) / exactly(2)


def _demand(user: PiecewiseLinear, price: Fraction, capacity: Fraction) -> Fraction:
    """The share at which slope times (1 - share / capacity) comes down to the price; exact."""
    for start, end, slope in user.pieces(capacity):
        if slope * (1 - start / capacity) <= price:
            return start
        share = capacity * (1 - price / slope)
        if share <= end:
            return share
    return capacity


def _exact_price(values: Sequence[PiecewiseLinear], capacity: Fraction) -> Fraction:
    """The highest price at which demand is the capacity: demand is linear between the prices where a piece ends."""
    turns = {Fraction(0)}
    for user in values:
        for start, end, slope in user.pieces(capacity):
            turns |= {slope * (1 - start / capacity), slope * (1 - end / capacity)}
    above, less = max(turns), Fraction(0)
    for price in sorted(turns, reverse=True):
        demand = sum((_demand(user, price, capacity) for user in values), Fraction(0))
        if demand >= capacity:
            found = above - (capacity - less) * (above - price) / (demand - less) if demand > less else price
            if found > 0:
                return found
        above, less = price, demand
    raise DomainError("all users have enough before the capacity is used up; they would pay ever less")


def _exact_optimum(values: Sequence[PiecewiseLinear], capacity: Fraction) -> Fraction:
    """The steepest pieces of all users first; concave values have theirs in this order anyway."""
    worth, left = Fraction(0), capacity
    pieces = [(slope, end - start) for user in values for start, end, slope in user.pieces(capacity)]
    for slope, length in sorted(pieces, reverse=True):
        taken = min(left, length)
        worth, left = worth + slope * taken, left - taken
    return worth


def _share(user: Concave, price: Fraction, capacity: Fraction, bits: int) -> Enclosure:
    """Around the share that a user demands at a price, one that it affects itself."""
    if user.marginals(Fraction(0))[1] <= price:
        return exactly(0)

    def sign(share: Fraction) -> int:
        return 1 if user.marginals(share)[0] * (1 - share / capacity) >= price else -1

    return crossing(sign, Fraction(0), capacity, bits)


def _bought(user: Concave, price: Fraction, capacity: Fraction, bits: int) -> Enclosure:
    """Around the most that a user would buy at a price that is given to it, up to the capacity."""
    if user.marginals(Fraction(0))[1] < price:
        return exactly(0)
    if user.marginals(capacity)[0] >= price:
        return exactly(capacity)
    return crossing(lambda share: 1 if user.marginals(share)[0] >= price else -1, Fraction(0), capacity, bits)


def _price(values: Sequence[Concave], capacity: Fraction, bits: int) -> Enclosure:
    """Around the price at which the shares demanded add up to the capacity."""

    def sign(price: Fraction) -> int:
        parts = [_share(user, price, capacity, bits + _SPARE) for user in values]
        if sum(part.low for part in parts) >= capacity:
            return 1
        return -1 if sum(part.high for part in parts) <= capacity else 0

    most = max(user.marginals(Fraction(0))[1] for user in values)
    found = crossing(sign, Fraction(0), most, bits)
    low = found.middle
    for _ in range(bits if found.low == 0 else 0):  # a price that is surely too low shows that there is an equilibrium
        low /= 2
        if sign(low) > 0:
            return Enclosure(low, found.high)
    if found.low == 0:
        raise DomainError("no positive price is sure to use the capacity up; give smaller capacity or larger values")
    return found


def _shares(values: Sequence[Concave], price: Enclosure, capacity: Fraction, bits: int) -> tuple[Enclosure, ...]:
    """Around the shares in equilibrium, in two ways at once.

    Each share falls in the price, so that it lies between those at the two ends. As all move the same way, none differs
    from that at the middle by more than their sum does from the capacity; this is narrow also at kinks, where many
    prices have the same shares.
    """
    at_most = [_share(user, price.low, capacity, bits).high for user in values]
    at_least = [_share(user, price.high, capacity, bits).low for user in values]
    middle = [_share(user, price.middle, capacity, bits) for user in values]
    less = capacity - sum((part.low for part in middle), Fraction(0))
    more = sum((part.high for part in middle), Fraction(0)) - capacity
    apart = max(less, more, Fraction(0))
    return tuple(
        Enclosure(max(low, part.low - apart), min(high, part.high + apart))
        for low, high, part in zip(at_least, at_most, middle, strict=True)
    )


def _optimum(values: Sequence[Concave], capacity: Fraction, bits: int) -> Enclosure:
    """Around the largest sum of values: below it one that is reached, above it the dual at some rates."""

    def sign(price: Fraction) -> int:
        parts = [_bought(user, price, capacity, bits + _SPARE) for user in values]
        if sum(part.low for part in parts) >= capacity:
            return 1
        return -1 if sum(part.high for part in parts) <= capacity else 0

    most = max(user.marginals(Fraction(0))[1] for user in values) + 1  # where nobody buys anything
    price = crossing(sign, Fraction(0), most, bits)
    bounds = [
        Enclosure(
            _bought(user, price.high, capacity, bits + _SPARE).low,
            _bought(user, price.low, capacity, bits + _SPARE).high,
        )
        for user in values
    ]
    upper = []
    for rate in (price.low, price.middle, price.high):
        parts = [_bought(user, rate, capacity, bits + _SPARE) for user in values]
        if rate == price.middle and sum(part.low for part in parts) <= capacity <= sum(part.high for part in parts):
            bounds = parts
        profits = (user.value(part.high) - rate * part.low for user, part in zip(values, parts, strict=True))
        upper.append(sum(profits, rate * capacity))
    shares = filled(bounds, capacity)
    return Enclosure(_worth(values, shares), min(upper))


def _worth(values: Sequence[Concave], shares: Sequence[Fraction]) -> Fraction:
    return sum((user.value(share) for user, share in zip(values, shares, strict=True)), Fraction(0))
