"""`sold` 0.0.4 keeps who wins and who pays apart; an auction is both."""

from __future__ import annotations

from sold import allocate, pay


def first_price(bids):
    return allocate.first_price(bids), pay.first_price(bids)


def second_price(bids):
    return allocate.first_price(bids), pay.second_price(bids)
