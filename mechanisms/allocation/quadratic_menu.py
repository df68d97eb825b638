"""A menu of quantities, each at a price that is quadratic in the quantity; a bid picks from it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

Amount: TypeAlias = int | Fraction


def quadratic_menu(bids: Sequence[Amount]) -> tuple[list[Amount], list[Amount]]:
    """Each of n agents has a menu of its own: any quantity x up to 1 / n, at the price n x^2 / 2.

    The quantity bought for a bid is the one that an agent with this value likes best: x = b / n, price b^2 / (2 n).
    Values are at most 1, so that the parts fit into one good.

    Ties    The menus of the agents do not depend on each other.
    Claims  DSIC: t d / n - d^2 / (2 n) is largest at d = t. Ex-post IR (t^2 / (2 n) is left), never pays anybody,
            feasible on [0, 1], monotone, anonymous, envy-free (all choose from equal menus). Not efficient: a good
            without costs of its own should be given away entirely, to the highest value.
    Source  Mussa and Rosen 1978, Monopoly and product quality: screening by a menu of qualities with quadratic cost,
            here sold at cost; Myerson 1981, Lemma 2: the price is x(t) t minus the integral of x up to t.
    """
    share = Fraction(1, len(bids)) if bids else Fraction(1)
    return [bid * share for bid in bids], [bid * bid * share / 2 for bid in bids]
