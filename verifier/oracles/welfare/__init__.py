"""The welfare oracle: the most that a choice of bids can be worth, with a cover that anybody can add up.

Definition   max over choices c of bids of the sum of accepted offers, subject to the supply of every good and to XOR.
Evidence     `cover.Cover`: all choices, split into parts, each bounded by dual prices in exact numbers.
Cross-check  auctions of few goods or few bids are solved twice, the second time without any solver.

It shares nothing with the mechanisms that it judges: they solve integer programs, it proves bounds.

Source: Rothkopf, Pekec and Harstad 1998; Clarke 1971 (the optima without one bidder).
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.domains.packages import Auction, Choice
from verifier.errors import VerifierError, nearest
from verifier.exact import Money, show
from verifier.oracles.welfare.cover import Cover, Prices, in_money
from verifier.oracles.welfare.program import program
from verifier.oracles.welfare.relaxation import Relaxation
from verifier.oracles.welfare.search import OutOfNodes, Search, compact
from verifier.oracles.welfare.small import choices, dynamic, exhaustive, states, tabulable, tabulated

__all__ = [
    "METHODS",
    "Disagreement",
    "Optimum",
    "Oracle",
    "Undecided",
    "Unsuited",
    "optima_without",
    "optimum",
]

METHODS = ("auto", "branch and bound", "dynamic programming", "exhaustive")
NODES = 20_000
_FEW_CHOICES = 2_000  # that are tried in any case; and the most where exhaustion is asked for
_MANY_CHOICES = 10**6
_MANY_STEPS = 10**6
_PATIENCE = 50


class Undecided(VerifierError):
    """The optimum was not found within the budget of parts. Allow more (`nodes`), or ask about fewer bids.

    Attributes: `welfare`, the best that was found; `bound`, what nothing can exceed.
    """

    def __init__(self, welfare: Money, bound: Money) -> None:
        self.welfare = welfare
        self.bound = bound
        super().__init__(f"the best welfare is at least {show(welfare)} and at most {show(bound)}; the budget is spent")


class Unsuited(VerifierError, ValueError):
    """An auction is too large for the method that was asked for, or there is no such method. Leave it at "auto"."""


class Disagreement(AssertionError):
    """Two methods found different optima of one auction. Please report it with the auction: it is a bug of ours.

    No VerifierError, so that the command ends with the exit code of an internal error.
    """


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best welfare, a choice that has it, how it was found, and the cover that proves it."""

    welfare: Money
    choice: Choice
    method: str
    cover: Cover


def optimum(auction: Auction, *, method: str = "auto", nodes: int = NODES) -> Optimum:
    """The best welfare of an auction with its evidence.

    Parameters
    ----------
    method : the evidence is always a cover by branch and bound; this says who has to agree with it: "dynamic
        programming" or "exhaustive", nobody ("branch and bound"), or one of the two where it is quick ("auto")
    nodes : the most parts that the tree may have

    Raises
    ------
    Undecided : the budget is spent; Unsuited : the auction is too large for the method, or there is none of that name.
    """
    return Oracle(auction, nodes, method).optimum()


def optima_without(auction: Auction, *, nodes: int = NODES) -> list[Optimum]:
    """(n,) for each bidder the optimum of the auction without its bids, as Clarke's pivots need them."""
    oracle = Oracle(auction, nodes)
    oracle.optimum()
    return [oracle.optimum(index) for index in range(len(auction.bidders))]


class Oracle:
    """The oracle on one auction: one model, and prices of earlier optima are tried first.

    Who wins nothing in the optimum is not missed: the same choice is best without it, and mostly the same prices
    prove it.
    """

    def __init__(self, auction: Auction, nodes: int = NODES, method: str = "auto") -> None:
        if method not in METHODS:
            raise Unsuited(f"unknown method {method!r}{nearest(method, list(METHODS))}")
        self.auction = auction
        self.nodes = nodes
        self._method = method
        self._program = program(auction)
        self._relaxation = Relaxation(self._program)
        self._prices: list[Prices] = []
        self._best: tuple[int, ...] = ()

    def optimum(self, *absent: int) -> Optimum:
        """The best welfare where the bids of some bidders are refused. Raises Undecided past the budget."""
        packed = self._program
        refused = [column for column, (bidder, _) in enumerate(packed.bids) if bidder in absent]
        start = [column for column in self._best if column not in refused]
        search = Search(packed, self.nodes, self._relaxation, refused=refused, hints=self._prices, start=start)
        try:
            root = search.run()
        except OutOfNodes as spent:
            raise Undecided(packed.amount(spent.welfare), packed.amount(spent.bound)) from None
        welfare = packed.amount(search.welfare)
        other = second_opinion(self.auction.without(*absent), self._method)
        if other not in (None, welfare):
            raise Disagreement(f"{show(welfare)} by branch and bound, {other} by another method")
        self._best = self._best or search.best
        prices, tree = compact(packed, root, search.welfare)
        self._prices += [vector for vector in prices if vector not in self._prices]
        vectors = tuple(in_money(vector, packed.scale) for vector in prices)
        cover = Cover(len(self.auction.goods), packed.owners, vectors, tuple(tree))
        method = (
            self._method if self._method in METHODS[2:] else "branch and bound" if root.halves else "linear program"
        )
        return Optimum(welfare, packed.choice(search.best, len(self.auction.bidders)), method, cover)


def second_opinion(auction: Auction, method: str = "auto") -> Money | None:
    """The best welfare without any solver; None where no other method than branch and bound is to be used."""
    if method == "auto":
        quick = "dynamic programming" if tabulable(auction) else "branch and bound"
        method = "exhaustive" if choices(auction) <= _FEW_CHOICES else quick
    if method == "branch and bound":
        return None
    if method == "exhaustive" and choices(auction) <= _MANY_CHOICES:
        return exhaustive(auction)[0]
    if method == "dynamic programming":
        if tabulable(auction, _PATIENCE):
            return tabulated(auction)
        if min(states(auction), choices(auction)) * sum(len(bidder.bids) for bidder in auction.bidders) <= _MANY_STEPS:
            return dynamic(auction)
    raise Unsuited(f"{len(auction.goods)} goods and {len(auction.bidders)} bidders are too much for {method}")
