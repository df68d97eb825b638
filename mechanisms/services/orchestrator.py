"""Tokens for agents, window by window: bids, an auction, bursts, usage; each decision is charged and written at once.

Once       A window is settled once, and a request with its key is granted once, however often and in which order they
           come. What was granted can be read back from the ledger, and is when the service starts again.
Money      Prices are whole units of virtual currency. Who could not pay for all that it bids for is left out of the
           auction; payments are never above bids (see `tokens.pricing.vcg`).
Truth      The auction is truthful for one window. Urgency and requests in between are first come, first served.

One thread at a time may call it: `GroupCommit` is such a thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mechanisms.allocation.priority import Priority
from mechanisms.allocation.tokens import AuctionState, TimeWindow, TokenBid, TokenRequest, handle_request, run_auction
from mechanisms.services.billing import Billing
from mechanisms.services.ledger import Entry, Ledger
from mechanisms.services.rate_limiter import RateLimiter

TREASURY = "treasury"


class Refused(Exception):
    """Something an agent may not do now; the message says why. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Tokens for each window of so many ms, how many of them are a reserve, and what agents may borrow."""

    capacity: int
    window: int = 60_000
    reserve: int = 0
    credit: int = 0
    mode: str = "vcg"


class Orchestrator:
    """The state of the present window, and what changes it."""

    def __init__(self, ledger: Ledger, terms: Terms, agents: tuple[str, ...], *, now: int = 0) -> None:
        self.ledger, self.terms = ledger, terms
        self.billing, self.limiter = Billing(ledger), RateLimiter()
        self._bids: dict[str, TokenBid] = {}
        self._state: AuctionState | None = None
        self._held: dict[str, int] = {}
        self.billing.open(TREASURY, time=now)
        for agent in agents:
            self.billing.open(agent, time=now, credit=terms.credit)
        for entry in ledger.entries():
            self._recall(entry)

    def bid(self, agent: str, tokens: int, max_price: int, urgency: Priority = Priority.NORMAL) -> None:
        """Bid in the next auction; a later bid takes the place of an earlier one. Raises Refused beyond its means."""
        spendable = self.billing.balance(agent) + self.terms.credit
        if tokens * max_price > spendable:
            raise Refused(f"a bid of {tokens:,} tokens at {max_price:,} is above {spendable:,}, credit included")
        self._bids[agent] = TokenBid(agent, tokens, max_price, urgency)

    def close(self, now: int) -> Mapping[str, Any]:
        """Settle the auction of the window that `now` is in, and forget its bids; settled already, say how."""
        start = now // self.terms.window * self.terms.window
        key = f"auction {start}"
        if (known := self.ledger.find(key)) is not None:
            return known.body
        window = TimeWindow(start, start + self.terms.window)
        able = [
            bid
            for bid in self._bids.values()
            if bid.requested * bid.max_price <= self.billing.balance(bid.agent) + self.terms.credit
        ]
        terms = self.terms
        sold = run_auction(window, terms.capacity, able, terms.mode, burst_reserve=terms.reserve)
        body = {
            "start": window.start,
            "end": window.end,
            "clearing_price": sold.clearing_price,
            "reserve": terms.reserve,
            "tokens": {agent: one.tokens for agent, one in sold.winners.items()},
            "costs": {agent: one.total_cost for agent, one in sold.winners.items()},
        }
        with self.ledger.transaction():
            for agent, one in sold.winners.items():
                self._charge(agent, int(one.total_cost), now, f"{key} {agent}")
            entry = self.ledger.append("auction", body, time=now, key=key)
        self._bids = {}
        self._recall(entry)
        return entry.body

    def request(
        self, agent: str, tokens: int, max_price: int, urgency: Priority, key: str, now: int
    ) -> Mapping[str, Any]:
        """Serve a request from the reserve, once for each key.

        Raises Refused where no window is settled, or the agent cannot pay.
        """
        named = f"request {agent} {key}"
        if (known := self.ledger.find(named)) is not None:
            return known.body
        if self._state is None or not self._state.window.start <= now < self._state.window.end:
            raise Refused("no auction was settled for this window yet")
        asked = TokenRequest(agent, tokens, max_price, urgency, now)
        grant, _ = handle_request(asked, self._state)
        spendable = self.billing.balance(agent) + self.terms.credit
        if grant.cost > spendable:
            raise Refused(f"{grant.tokens:,} tokens cost {grant.cost:,}, and {spendable:,} is there")
        body = {"agent": agent, "tokens": grant.tokens, "cost": int(grant.cost), "reason": grant.reason}
        with self.ledger.transaction():
            if grant.tokens:
                self._charge(agent, int(grant.cost), now, f"{named} charge")
            entry = self.ledger.append("grant", {**body, "start": self._state.window.start}, time=now, key=named)
        self._recall(entry)
        return entry.body

    def use(self, agent: str, tokens: int, now: int) -> bool:
        """Whether so many tokens may be used now; they are, if so."""
        return self.limiter.allow(agent, tokens, now)

    def held(self, agent: str) -> int:
        """Tokens of the agent in the last window that was settled, bursts included."""
        return self._held.get(agent, 0)

    def _charge(self, agent: str, cost: int, now: int, key: str) -> None:
        self.billing.transfer([(agent, -cost), (TREASURY, cost)], time=now, key=key, memo="tokens")

    def _recall(self, entry: Entry) -> None:
        """Take in what an entry decided, now or when the service starts again."""
        if entry.kind == "auction":
            body = entry.body
            window = TimeWindow(body["start"], body["end"])
            self._state = AuctionState(window, body["reserve"], body["clearing_price"], {})
            self._held = dict(body["tokens"])
            for agent, tokens in self._held.items():
                self.limiter.feed(agent, tokens, window.duration, burst=tokens, now=entry.time)
        elif entry.kind == "grant" and self._state is not None and entry.body["start"] == self._state.window.start:
            agent, tokens = entry.body["agent"], entry.body["tokens"]
            drawn = {**self._state.drawn, agent: self._state.drawn.get(agent, 0) + tokens}
            left = self._state.reserve - tokens
            self._state = AuctionState(self._state.window, left, self._state.price, drawn)
            self._held[agent] = self._held.get(agent, 0) + tokens
            whole = self._held[agent]
            self.limiter.feed(agent, whole, self._state.window.duration, burst=whole, now=entry.time)
