"""`auctionsi` 0.2.0, its sealed second-price auction with a reserve of 2: bids are objects of the package.

Prices below the reserve are refused by the validation in front of the auction, and not by the auction: the two together
are the mechanism, and `without_validation` shows what judging the inner function alone would say.
"""

from __future__ import annotations

from types import SimpleNamespace

from auctionsi.core.bid import Bid, BidProposal
from auctionsi.core.task import Task
from auctionsi.market.validation import BidValidationConfig, validate_proposal
from auctionsi.mechanisms.forward import ForwardAuction

TASK = Task("slot", "compute", reserve_price=2)
BUYER = SimpleNamespace(capability=lambda kind: kind)  # all that the validation asks of an agent
RULES = {"eligible": True, "now": 0.0, "config": BidValidationConfig(), "direction": "forward"}


def without_validation(bids, admitted=lambda price: True):
    offers = [Bid(f"b{i}", "slot", f"a{i}", "auction", price) for i, price in enumerate(bids) if admitted(price)]
    awards = ForwardAuction(pricing="second").determine_winners(offers, TASK, None, {}).awards
    return {award.agent_id: 1 for award in awards}, {award.agent_id: award.payment for award in awards}


def as_a_whole(bids):
    return without_validation(bids, lambda price: not validate_proposal(BidProposal(price), TASK, BUYER, **RULES))
