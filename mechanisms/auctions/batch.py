"""Vectorised twins of scalar auctions, for large grids. The scalar code is the mechanism; these must agree with it."""

from __future__ import annotations

import operator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Integers: TypeAlias = NDArray[np.int64]


def second_price_batch(bids: Integers, reserve: int = 0) -> tuple[Integers, Integers]:
    """`single_item.second_price` on every row.

    Parameters
    ----------
    bids : (B, n) whole amounts, one profile per row
    reserve : a whole amount; a fraction raises TypeError, for int64 would round it

    Returns
    -------
    (B, n) units won and (B, n) payments.
    """
    floor = operator.index(reserve)
    allocation, payments = np.zeros_like(bids), np.zeros_like(bids)
    profiles, agents = bids.shape
    if not agents:
        return allocation, payments
    rows = np.arange(profiles)
    winner = bids.argmax(axis=1)  # the first of equal bids, as in the scalar code
    others = bids.copy()
    others[rows, winner] = floor  # now the largest of the row is the price
    won = rows[bids[rows, winner] >= floor]
    allocation[won, winner[won]] = 1
    payments[won, winner[won]] = others.max(axis=1)[won]
    return allocation, payments
