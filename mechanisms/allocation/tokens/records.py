"""What goes into an auction of tokens, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from mechanisms.allocation.priority import Priority
from mechanisms.auctions.outcome import Amount


class TokenError(ValueError):
    """Bids, windows or reports that make no sense. Mend what the message names."""


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """From `start` until before `end`, in ms."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise TokenError(f"a window from {self.start} to {self.end} ms has no duration")

    @property
    def duration(self) -> int:
        """In ms."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class TokenBid:
    """So many tokens at no more than `max_price` each; `urgency` breaks ties, the other fields are recorded."""

    agent: str
    requested: int
    max_price: Amount
    urgency: Priority = Priority.NORMAL
    estimated_duration: int = 0
    task: str = ""

    def __post_init__(self) -> None:
        if type(self.requested) is not int or self.requested < 0:
            raise TokenError(f"{self.agent}: {self.requested!r} is no number of tokens")
        if self.max_price < 0:
            raise TokenError(f"{self.agent}: a price of {self.max_price} is negative")


@dataclass(frozen=True, slots=True)
class TokenAllocation:
    """Tokens of one agent; `burst_limit` is what it may draw beyond them while the window lasts."""

    agent: str
    tokens: int
    total_cost: Amount
    valid_until: int
    burst_limit: int

    @property
    def price_per_token(self) -> Amount:
        """The average price; 0 where there are no tokens."""
        return Fraction(self.total_cost) / self.tokens if self.tokens else 0

    @property
    def allow_burst(self) -> bool:
        """Whether it may draw any."""
        return self.burst_limit > 0


@dataclass(frozen=True, slots=True)
class TokenAuctionResult:
    """An auction settled.

    Attributes
    ----------
    winners : by agent, those with tokens
    clearing_price : per token; the highest at which more was wanted than there was, 0 where all were served
    unsatisfied_demand : tokens that were bid for and not sold
    efficiency : reported value of what was sold, of the most that it could be; 1 where nothing is worth anything
    """

    winners: Mapping[str, TokenAllocation]
    clearing_price: Amount
    revenue: Amount
    unsatisfied_demand: int
    efficiency: Fraction
