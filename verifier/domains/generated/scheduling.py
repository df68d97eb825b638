"""Scheduling: time on one machine, for jobs that take several slots on end and are worth less when they end late.

A job of some length has a first deadline, at which it is worth most, and often further ones. It bids for the runs of
slots that end by a deadline; by a later one it is worth as much less as that deadline is later. Runs that end by the
same deadline are worth the same, and the bidder bids for the last of them and some before.

Source: Leyton-Brown, Pearson and Shoham 2000, section on temporal scheduling; Wellman, Walsh, Wurman and MacKie-Mason
2001, "Auction Protocols for Decentralized Scheduling".
"""

from __future__ import annotations

from verifier.domains.generated.offers import MOST_SUBSTITUTES, THOUSAND, Market, Offers


class Scheduling(Market):
    """Goods are the slots of a day, in order."""

    def names(self) -> list[str]:
        return [f"slot {good}" for good in range(self.goods)]

    def bidder(self) -> Offers:
        length = self.source.randint(1, min(10, self.goods))
        first = self.source.randint(length, self.goods)
        worth = self.source.randint(1, 10) * length * THOUSAND + self.source.randrange(THOUSAND)
        deadlines = [first]
        while deadlines[-1] < self.goods and self.source.randrange(10):
            deadlines.append(self.source.randint(deadlines[-1] + 1, self.goods))
        offers: Offers = {}
        before = length - 1
        for deadline in deadlines:
            for end in range(deadline, max(before, deadline - 2), -1):
                offers[frozenset(range(end - length, end))] = worth * first // deadline
                if len(offers) == MOST_SUBSTITUTES:
                    return offers
            before = deadline
        return offers
