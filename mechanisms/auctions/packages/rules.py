"""Winner determination as a 0/1 program: one column for each bid, bidder by bidder, and rules that give its rows.

Values become whole numbers by their common denominator. Every constraint is a rule with a name of its own, linear in
the columns, so that a set of rules without a solution can be cut down to the ones that conflict.

Guaranteed units are set aside: of a good of which agent k is guaranteed h units, an accepted XOR bid for u takes only
max(0, u - h) more. Several OR bids of k may take sum u - h more together or nothing; both cases become a row.

Source: Rothkopf, Pekec and Harstad 1998; de Vries and Vohra 2003, Section 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from mechanisms.auctions.packages.constraints import Constraints, Fairness
from mechanisms.auctions.packages.program import Program, Row
from mechanisms.auctions.packages.search import Solver
from verifier.domains.packages import Auction, Bidder, Choice
from verifier.exact import Money, common_denominator


@dataclass(frozen=True)
class Rule:
    """Rows under one name; `agent` is the one for whose sake they are there, if they fall away without it."""

    name: str
    rows: tuple[Row, ...]
    agent: int | None = None


class Bids:
    """The columns of an auction: (bidder, place) of every bid, in order, and their whole values."""

    def __init__(self, auction: Auction) -> None:
        self.auction = auction
        self.columns = [
            (index, place) for index, bidder in enumerate(auction.bidders) for place in range(len(bidder.bids))
        ]
        bids = [auction.bidders[index].bids[place] for index, place in self.columns]
        self.scale = common_denominator([bid.value for bid in bids])
        self.values = tuple(int(bid.value * self.scale) for bid in bids)
        self.units = [bid.units for bid in bids]
        self.of: list[list[int]] = [[] for _ in auction.bidders]
        for column, (index, _) in enumerate(self.columns):
            self.of[index].append(column)

    def program(self, rules: Sequence[Rule]) -> Program:
        """The program with these rules, less rows that nothing can break; the bidding language is always in force."""
        rows = [
            Row(dict.fromkeys(own, 1), 1)
            for bidder, own in zip(self.auction.bidders, self.of, strict=True)
            if bidder.language == "xor" and len(own) > 1
        ]
        for rule in rules:
            rows += [row for row in rule.rows if row.binding]
        return Program(self.values, tuple(rows))

    def choice(self, point: Sequence[int]) -> Choice:
        """A point as the accepted places of each bidder."""
        return tuple(tuple(self.columns[column][1] for column in own if point[column]) for own in self.of)

    def known(self, choice: Choice) -> list[int]:
        """A choice as a point."""
        return [int(place in choice[index]) for index, place in self.columns]

    def whole(self, amount: Fraction | int) -> Money:
        """An amount in whole units as money."""
        exact = Fraction(amount, self.scale)
        return exact.numerator if exact.denominator == 1 else exact


def worth(bidder: Bidder, units: Sequence[int], scale: int) -> int:
    """What some units are worth to a bidder by its bids: the best of them that fits, of OR bids the best set."""
    fitting = [bid for bid in bidder.bids if all(a <= u for a, u in zip(bid.units, units, strict=True))]
    if bidder.language == "xor" or len(fitting) < 2:
        return max((int(bid.value * scale) for bid in fitting), default=0)
    rows = tuple(
        Row({column: bid.units[good] for column, bid in enumerate(fitting)}, limit) for good, limit in enumerate(units)
    )
    return Solver(Program(tuple(int(bid.value * scale) for bid in fitting), rows)).best(declared=False).value


def rules(bids: Bids, constraints: Constraints) -> list[Rule]:
    """All rules of an auction under constraints, save that of max-min fairness, which needs an optimum first."""
    auction = bids.auction
    held = constraints.guaranteed(auction)
    found = []
    for good, name in enumerate(auction.goods):
        found.append(Rule(f"the supply of {name!r}", tuple(_supply(bids, held, good, auction.supply[good]))))
        if name in constraints.capacity:
            limit = constraints.capacity[name]
            found.append(Rule(f"the capacity of {name!r}, {limit}", tuple(_supply(bids, held, good, limit))))
        if name in constraints.max_per_agent:
            limit = constraints.max_per_agent[name]
            each = tuple(
                Row({column: bids.units[column][good] for column in own}, limit if held[agent][good] <= limit else -1)
                for agent, own in enumerate(bids.of)
            )
            found.append(Rule(f"at most {limit} of {name!r} for each agent", each))
    for need in constraints.fairness:
        if need.kind == "proportional":
            found += _proportional(bids, need, constraints.for_sale(auction))
        elif need.kind == "envy_free":
            found += _envy_free(bids, need, held)
    return found


def guarantees(auction: Auction, constraints: Constraints) -> list[str]:
    """The agents that have a guarantee."""
    return [bidder.name for bidder in auction.bidders if any(constraints.min_guaranteed.get(bidder.name, {}).values())]


def floor(bids: Bids, agent: int, numerator: int, denominator: int, name: str) -> Rule:
    """The rule that an agent's accepted bids are worth at least numerator / denominator whole units."""
    row = Row({column: -denominator * bids.values[column] for column in bids.of[agent]}, -numerator)
    return Rule(name, (row,), agent)


def _supply(bids: Bids, held: Sequence[Sequence[int]], good: int, supply: int) -> Iterator[Row]:
    """What is held fits into the supply. An OR agent with a guarantee holds the larger of two numbers: two cases."""
    set_aside = [units[good] for units in held]
    loose = [
        agent
        for agent, bidder in enumerate(bids.auction.bidders)
        if set_aside[agent] and bidder.language == "or" and len(bidder.bids) > 1
    ]
    for cases in product((False, True), repeat=len(loose)):
        beyond = {agent for agent, case in zip(loose, cases, strict=True) if case}
        coefficients = {}
        for agent, own in enumerate(bids.of):
            for column in own:
                units = bids.units[column][good]
                more = max(0, units - set_aside[agent]) if agent not in loose else units if agent in beyond else 0
                if more:
                    coefficients[column] = more
        yield Row(coefficients, supply - sum(units for agent, units in enumerate(set_aside) if agent not in beyond))


def _proportional(bids: Bids, need: Fairness, for_sale: Sequence[int]) -> Iterator[Rule]:
    weight = Fraction(need.weight)
    for agent, bidder in enumerate(bids.auction.bidders):
        everything = worth(bidder, for_sale, bids.scale)
        share = len(bids.of) * weight.denominator
        yield floor(bids, agent, weight.numerator * everything, share, f"a proportional share for {bidder.name!r}")


def _envy_free(bids: Bids, need: Fairness, held: Sequence[Sequence[int]]) -> Iterator[Rule]:
    weight = Fraction(need.weight)
    for agent, bidder in enumerate(bids.auction.bidders):
        for other, rival in enumerate(bids.auction.bidders):
            if other == agent:
                continue
            empty = worth(bidder, held[other], bids.scale)
            coefficients = {column: -weight.denominator * bids.values[column] for column in bids.of[agent]}
            for column in bids.of[other]:
                units = [max(pair) for pair in zip(bids.units[column], held[other], strict=True)]
                coefficients[column] = weight.numerator * (worth(bidder, units, bids.scale) - empty)
            row = Row(coefficients, -weight.numerator * empty)
            yield Rule(f"{bidder.name!r} does not envy {rival.name!r}", (row,), agent)
