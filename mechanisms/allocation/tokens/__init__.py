"""LLM tokens of a time window: an auction for each window, bursts between auctions, and what is not used put to use.

Money is exact: prices are per token, int or Fraction. Times are ms.
"""

from __future__ import annotations

from mechanisms.allocation.tokens.auction import run_auction as run_auction
from mechanisms.allocation.tokens.between import AuctionState as AuctionState
from mechanisms.allocation.tokens.between import TokenGrant as TokenGrant
from mechanisms.allocation.tokens.between import TokenRequest as TokenRequest
from mechanisms.allocation.tokens.between import handle_request as handle_request
from mechanisms.allocation.tokens.between import rebalance as rebalance
from mechanisms.allocation.tokens.records import TimeWindow as TimeWindow
from mechanisms.allocation.tokens.records import TokenAllocation as TokenAllocation
from mechanisms.allocation.tokens.records import TokenAuctionResult as TokenAuctionResult
from mechanisms.allocation.tokens.records import TokenBid as TokenBid
from mechanisms.allocation.tokens.records import TokenError as TokenError
