"""Between two auctions: requests that cannot wait, served from the reserve, and tokens that turn out not to be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mechanisms.allocation.priority import Priority
from mechanisms.allocation.tokens.records import TimeWindow, TokenAllocation, TokenAuctionResult, TokenBid, TokenError
from mechanisms.auctions.outcome import Amount


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """So many tokens, now, at no more than `max_price` each."""

    agent: str
    tokens: int
    max_price: Amount
    urgency: Priority
    at: int


@dataclass(frozen=True, slots=True)
class AuctionState:
    """A window after its auction: what everybody has, and what is left of the reserve."""

    window: TimeWindow
    reserve: int
    price: Amount
    drawn: Mapping[str, int]

    @classmethod
    def after(cls, window: TimeWindow, reserve: int, result: TokenAuctionResult) -> AuctionState:
        """The state right after an auction."""
        return cls(window, reserve, result.clearing_price, {})


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """What a request got, what that costs, and why it got no more; the reason is empty where it got all."""

    agent: str
    tokens: int
    cost: Amount
    reason: str


def handle_request(request: TokenRequest, state: AuctionState) -> tuple[TokenGrant, AuctionState]:
    """Serve a request from the reserve at the clearing price, and the state after it.

    Critical and high requests may have all that is left of the reserve, normal ones half of it, others wait for the
    next auction. First come, first served: no mechanism is claimed to be truthful here, and urgency costs nothing to
    claim; who has to be kept honest about it is charged for it (see the next auction).

    Raises
    ------
    TokenError : tokens that are no number, or a time outside of the window.
    """
    if type(request.tokens) is not int or request.tokens < 1:
        raise TokenError(f"{request.agent}: {request.tokens!r} is no number of tokens to ask for")
    if not state.window.start <= request.at < state.window.end:
        raise TokenError(f"{request.agent}: {request.at} ms is outside of the window of this auction")
    open_to = {0: state.reserve, 1: state.reserve, 2: state.reserve // 2}.get(request.urgency.rank, 0)
    tokens, reason = min(request.tokens, open_to), ""
    if request.max_price < state.price:
        tokens, reason = 0, f"tokens cost {state.price} each"
    elif open_to == 0:
        reason = "the reserve is empty" if request.urgency.rank < 3 else "it is not urgent enough for the reserve"
    elif tokens < request.tokens:
        reason = f"{open_to:,} tokens are open to it"
    drawn = {**state.drawn, request.agent: state.drawn.get(request.agent, 0) + tokens}
    granted = TokenGrant(request.agent, tokens, state.price * tokens, reason)
    return granted, replace(state, reserve=state.reserve - tokens, drawn=drawn)


def rebalance(
    result: TokenAuctionResult, bids: Sequence[TokenBid], usage: Mapping[str, int]
) -> dict[str, TokenAllocation]:
    """By agent the allocations after unused tokens went to bids that were cut short, the highest prices first.

    Who did not use its tokens is not paid back. Who gets some pays the clearing price for them, at which it had wanted
    more; their number never rises.

    Raises
    ------
    TokenError : usage of nobody's tokens, or of more than there are.
    """
    for agent, used in usage.items():
        had = result.winners[agent].tokens if agent in result.winners else 0
        if not 0 <= used <= had:
            raise TokenError(f"{agent}: usage is {used:,} of {had:,} tokens")
    found = dict(result.winners)
    left = 0
    for agent, held in result.winners.items():
        used = usage.get(agent, held.tokens)
        left += held.tokens - used
        found[agent] = replace(held, tokens=used)
    until = next((held.valid_until for held in result.winners.values()), 0)
    for bid in sorted(bids, key=lambda one: (-one.max_price, one.urgency.rank)):
        held = found.get(bid.agent, TokenAllocation(bid.agent, 0, 0, until, 0))
        had = result.winners[bid.agent].tokens if bid.agent in result.winners else 0
        idle = usage.get(bid.agent, had) < had
        more = 0 if idle else min(left, max(0, bid.requested - held.tokens))
        if more and bid.max_price >= result.clearing_price:
            cost = held.total_cost + result.clearing_price * more
            found[bid.agent] = replace(held, tokens=held.tokens + more, total_cost=cost)
            left -= more
    return found
