"""What crosshair is asked: no lie pays for ONE bidder, the first, as docstring contracts over unbounded integers.

There are no preconditions: both auctions are truthful for negative values too, and a condition would only add work.
"""

from __future__ import annotations

from plain_auction import second_price
from plain_vcg import vcg


def _gain(values: list[int], lie: int) -> int:
    won, paid = second_price(values)
    truth = values[0] * won[0] - paid[0]
    won, paid = second_price([lie, *values[1:]])
    return values[0] * won[0] - paid[0] - truth


def second_price_3(v0: int, v1: int, v2: int, lie: int) -> int:
    """post: __return__ <= 0"""
    return _gain([v0, v1, v2], lie)


def second_price_4(v0: int, v1: int, v2: int, v3: int, lie: int) -> int:
    """post: __return__ <= 0"""
    return _gain([v0, v1, v2, v3], lie)


def second_price_5(v0: int, v1: int, v2: int, v3: int, v4: int, lie: int) -> int:
    """post: __return__ <= 0"""
    return _gain([v0, v1, v2, v3, v4], lie)


def second_price_6(v0: int, v1: int, v2: int, v3: int, v4: int, v5: int, lie: int) -> int:
    """post: __return__ <= 0"""
    return _gain([v0, v1, v2, v3, v4, v5], lie)


def _vcg_gain(values: list[int], lie: list[int], others: list[list[int]]) -> int:
    bundles, paid = vcg([values, *others], 2)
    truth = (values[bundles[0] - 1] if bundles[0] else 0) - paid[0]
    bundles, paid = vcg([lie, *others], 2)
    return (values[bundles[0] - 1] if bundles[0] else 0) - paid[0] - truth


def vcg_2(a1: int, a2: int, a3: int, b1: int, b2: int, b3: int, lie1: int, lie2: int, lie3: int) -> int:
    """post: __return__ <= 0"""
    return _vcg_gain([a1, a2, a3], [lie1, lie2, lie3], [[b1, b2, b3]])


def vcg_3(
    a1: int, a2: int, a3: int, b1: int, b2: int, b3: int, c1: int, c2: int, c3: int, lie1: int, lie2: int, lie3: int
) -> int:
    """post: __return__ <= 0"""
    return _vcg_gain([a1, a2, a3], [lie1, lie2, lie3], [[b1, b2, b3], [c1, c2, c3]])
