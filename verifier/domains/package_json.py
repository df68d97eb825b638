"""The JSON form of an auction: goods, supply, and the bids with their units by the number of the good.

    {"goods": ["A", "B"], "supply": [1, 2],
     "bidders": [{"name": "x", "language": "xor", "bids": [{"units": {"0": 1, "1": 2}, "value": "7/2"}]}]}

Source: our own; the language names are those of Nisan 2006, "Bidding Languages".
"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.domains.packages import Auction, Bidder, PackageBid
from verifier.errors import DomainError
from verifier.exact import money, show


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


def auction_from_json(written: object) -> Auction:
    """The auction that `auction_to_json` wrote.

    Raises
    ------
    DomainError : an unknown or missing key, a wrong type, a good that does not exist, and all that `Auction` refuses;
    MoneyError : a value that is no exact amount.
    """
    goods, supply, bidders = _fields(written, ("goods", "supply", "bidders"), "the auction")
    names = tuple(_text(good, f"goods[{place}]") for place, good in enumerate(_list(goods, "goods")))
    made = []
    for index, bidder in enumerate(_list(bidders, "bidders")):
        where = f"bidders[{index}]"
        name, language, bids = _fields(bidder, ("name", "language", "bids"), where)
        packages = tuple(
            _bid(bid, len(names), f"{where}.bids[{place}]") for place, bid in enumerate(_list(bids, f"{where}.bids"))
        )
        made.append(Bidder(_text(name, f"{where}.name"), packages, _text(language, f"{where}.language")))
    counts = [_count(units, f"supply[{place}]") for place, units in enumerate(_list(supply, "supply"))]
    return Auction(names, tuple(counts), tuple(made))


def _bid(written: object, goods: int, where: str) -> PackageBid:
    asked, value = _fields(written, ("units", "value"), where)
    if not isinstance(asked, dict):
        raise DomainError(f"{where}.units is a {type(asked).__name__}; it must map numbers of goods to units")
    places = dict.fromkeys(map(str, range(goods)))
    for key in asked:
        if key not in places:
            raise DomainError(f"{where}.units: there is no good {key!r}; write a number from 0 to {goods - 1}")
    return PackageBid(tuple(_count(asked.get(key, 0), f"{where}.units[{key!r}]") for key in places), money(value))


def _fields(written: object, keys: Sequence[str], where: str) -> list[object]:
    """The values of just these keys."""
    if not isinstance(written, dict):
        raise DomainError(f"{where} is a {type(written).__name__}; it must be an object with {', '.join(keys)}")
    for key in [*written, *keys]:
        if key not in keys or key not in written:
            fault = "lacks the key" if key in keys else "has the unknown key"
            raise DomainError(f"{where} {fault} {key!r}; it must have {', '.join(keys)}")
    return [written[key] for key in keys]


def _list(written: object, where: str) -> list[object]:
    if not isinstance(written, list):
        raise DomainError(f"{where} is a {type(written).__name__}; it must be a list")
    return written


def _text(written: object, where: str) -> str:
    if not isinstance(written, str):
        raise DomainError(f"{where} is a {type(written).__name__}; it must be a text")
    return written


def _count(written: object, where: str) -> int:
    if not isinstance(written, int) or isinstance(written, bool):
        raise DomainError(f"{where} is {written!r}; it must be a whole number")
    return written
