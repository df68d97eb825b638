"""The periodic auction of a window's tokens, all but a reserve for bursts."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from mechanisms.allocation.tokens.pricing import MODES, clearing_price, served
from mechanisms.allocation.tokens.records import TimeWindow, TokenAllocation, TokenAuctionResult, TokenBid, TokenError
from mechanisms.auctions.outcome import Amount


def run_auction(
    window: TimeWindow, capacity: int, bids: Sequence[TokenBid], mode: str = "vcg", *, burst_reserve: int = 0
) -> TokenAuctionResult:
    """Sell the tokens of a window.

    Parameters
    ----------
    capacity : tokens of the window, of which `burst_reserve` are kept for requests in between
    mode : "vcg" (truthful), "uniform", "first-price", "ascending" or "proportional"

    Raises
    ------
    TokenError : an unknown mode, two bids of one agent, a reserve above the capacity.
    """
    if mode not in MODES:
        raise TokenError(f"unknown mode {mode!r}; there are {', '.join(MODES)}")
    if not 0 <= burst_reserve <= capacity:
        raise TokenError(f"a reserve of {burst_reserve:,} tokens of {capacity:,}")
    ordered = sorted(bids, key=lambda bid: bid.urgency.rank)
    names = [bid.agent for bid in ordered]
    if len(set(names)) < len(names):
        raise TokenError("an agent has one bid in an auction; add its tokens up, or let it be several agents")
    asked = [(bid.requested, bid.max_price) for bid in ordered]
    for_sale = capacity - burst_reserve
    tokens, payments = MODES[mode](asked, for_sale)
    winners = {
        bid.agent: TokenAllocation(bid.agent, got, paid, window.end, burst_reserve if bid.urgency.rank < 3 else 0)
        for bid, got, paid in zip(ordered, tokens, payments, strict=True)
        if got
    }
    best = _worth(asked, served(asked, for_sale))
    useful = [min(got, wanted) for got, (wanted, _) in zip(tokens, asked, strict=True)]
    return TokenAuctionResult(
        winners,
        clearing_price(asked, tokens),
        sum(payments),
        sum(wanted for wanted, _ in asked) - sum(useful),
        Fraction(_worth(asked, useful)) / best if best else Fraction(1),
    )


def _worth(asked: Sequence[tuple[int, Amount]], tokens: Sequence[int]) -> Amount:
    return sum((price * got for (_, price), got in zip(asked, tokens, strict=True)), 0)
