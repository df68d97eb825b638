"""What an allocation must keep to besides supply: limits, guarantees, fairness. As data, checked against an auction.

capacity        no more units of a good are given out than this, even where the supply is larger.
max_per_agent   no agent holds more units of a good than this.
min_guaranteed  units set aside for an agent, which it holds even if it bids for nothing. It holds, of each good, the
                larger of its guaranteed and its accepted units; guaranteed units cost it nothing, and what they are
                worth to it is what its accepted bids say. A bid that fits into the guarantee needs no further units.
fairness        proportional  an agent with n - 1 others gets at least weight * 1/n of what everything is worth to it;
                envy_free     no agent gets less than weight * what another's units are worth to it (XOR bids only:
                              the worth of the union of several accepted bids is not a sum);
                max_min_fair  the smallest value of any agent is at least weight * the largest possible smallest value.
                Values are what the bids say, weights are between 0 and 1.

Fairness costs truthfulness. What is feasible then depends on the bids, so that an agent can bid the others out of
feasibility, and the argument of Groves no longer holds. It can cost individual rationality as well. Limits and
guarantees do not depend on bids and keep VCG truthful.

Source: Steinhaus 1948 (proportional); Foley 1967 (envy-free); Rawls 1971 (max-min); Nisan et al. 2007, Section 9.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from verifier.domains.packages import Auction
from verifier.exact import Money

MOST_LOOSE = 10  # guaranteed agents with several OR bids
KINDS = ("proportional", "envy_free", "max_min_fair")


class ConstraintError(ValueError):
    """A constraint makes no sense for this auction. Mend the entry that the message names."""


class InfeasibleConstraints(ConstraintError):
    """No allocation keeps to all constraints. Relax one of `conflict`: without any one of them, the rest can be met."""

    def __init__(self, conflict: tuple[str, ...]) -> None:
        self.conflict = conflict
        super().__init__(f"no allocation keeps to all of these at once: {'; '.join(conflict)}; relax one of them")


@dataclass(frozen=True, slots=True)
class Fairness:
    """One fairness requirement: its kind, and a weight from 0 (asks nothing) to 1 (in full)."""

    kind: str
    weight: Money = 1


@dataclass(frozen=True, slots=True)
class Constraints:
    """The constraints on an allocation; goods and agents by name."""

    capacity: Mapping[str, int] = field(default_factory=dict)
    max_per_agent: Mapping[str, int] = field(default_factory=dict)
    min_guaranteed: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    fairness: tuple[Fairness, ...] = ()

    def check(self, auction: Auction) -> None:
        """Raise ConstraintError where a name is unknown, a number of units negative, a kind or a weight impossible."""
        names = tuple(bidder.name for bidder in auction.bidders)
        for where, units in self._units():
            for good, amount in units.items():
                if good not in auction.goods:
                    raise ConstraintError(f"{where}: unknown good {good!r}; the goods are {', '.join(auction.goods)}")
                if not isinstance(amount, int) or isinstance(amount, bool) or amount < 0:
                    raise ConstraintError(f"{where}: {amount!r} units of {good!r}; give a whole number >= 0")
        for agent in self.min_guaranteed:
            if agent not in names:
                raise ConstraintError(f"min_guaranteed: unknown agent {agent!r}; the agents are {', '.join(names)}")
        loose = [b for b in auction.bidders if b.name in self.min_guaranteed and b.language == "or" and len(b.bids) > 1]
        if len(loose) > MOST_LOOSE:
            raise ConstraintError(
                f"min_guaranteed: {len(loose)} agents join several bids by OR, each doubles the rows; "
                f"at most {MOST_LOOSE} can have a guarantee, or give them XOR bids"
            )
        for need in self.fairness:
            if need.kind not in KINDS:
                raise ConstraintError(f"fairness {need.kind!r} is unknown; it must be one of {', '.join(KINDS)}")
            if not isinstance(need.weight, int | Fraction) or not 0 <= need.weight <= 1:
                raise ConstraintError(f"fairness {need.kind!r}: weight {need.weight!r}; give an exact number, 0 to 1")
            if need.kind == "envy_free":
                for bidder in auction.bidders:
                    if bidder.language == "or" and len(bidder.bids) > 1:
                        raise ConstraintError(f"fairness 'envy_free': {bidder.name!r} has OR bids; give it XOR bids")

    def _units(self) -> Iterator[tuple[str, Mapping[str, int]]]:
        yield "capacity", self.capacity
        yield "max_per_agent", self.max_per_agent
        for agent, units in self.min_guaranteed.items():
            yield f"min_guaranteed of {agent!r}", units

    def guaranteed(self, auction: Auction) -> list[tuple[int, ...]]:
        """(n, m) the units that are set aside."""
        return [
            tuple(self.min_guaranteed.get(bidder.name, {}).get(good, 0) for good in auction.goods)
            for bidder in auction.bidders
        ]

    def for_sale(self, auction: Auction) -> tuple[int, ...]:
        """(m,) the supply as far as capacity lets it be given out."""
        return tuple(
            min(units, self.capacity.get(good, units))
            for good, units in zip(auction.goods, auction.supply, strict=True)
        )
