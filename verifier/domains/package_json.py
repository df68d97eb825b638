"""The JSON form of an auction: goods, supply, and the bids with their units by the number of the good."""

from __future__ import annotations

from verifier.domains.packages import Auction
from verifier.exact import show


def auction_to_json(auction: Auction) -> dict[str, object]:
    """The auction as certificates hold it; goods that a bid does not ask for are left out, values are "p/q"."""
    return {
        "goods": list(auction.goods),
        "supply": list(auction.supply),
        "bidders": [
            {
                "name": bidder.name,
                "language": bidder.language,
                "bids": [
                    {
                        "units": {str(good): units for good, units in enumerate(bid.units) if units},
                        "value": show(bid.value),
                    }
                    for bid in bidder.bids
                ],
            }
            for bidder in auction.bidders
        ],
    }
