"""The text format of CATS, in which combinatorial auctions are exchanged.

A line that starts with % is a comment. `goods N`, `bids N` and `dummy N` come first, then one line per bid: its number,
its price, the numbers of its goods from 0, and # at the end. Goods from N on are dummies: nobody wants them, but bids
that share one exclude each other, which is how the format says XOR. So bids with the same dummy are of one XOR bidder,
and a bid without a dummy is a bidder of its own. Prices are decimals and are read exactly.

Bidders are named after the file: "bid 7", or "dummy 12" where a dummy good joins several bids.

Source: Leyton-Brown, Pearson and Shoham 2000, "Towards a Universal Test Suite for Combinatorial Auction Algorithms";
the file format as in the readme of CATS 2.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from verifier.domains.packages import Auction, Bidder, PackageBid
from verifier.errors import DomainError, SpecError, nearest
from verifier.exact import Money, simplest

MOST_CELLS = 50_000_000  # bids times goods; a package is a row with a number for every good, 8 bytes each
_HEADER = ("goods", "bids", "dummy")
_WHOLE = re.compile(r"[0-9]{1,12}")
_PRICE = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,3})?")


def read_cats(text: str, path: str = "") -> Auction:
    """The auction that a CATS file describes.

    Parameters
    ----------
    text : the file's contents
    path : its name, for messages

    Returns
    -------
    Auction with goods "0", "1", ..., one unit of each, and bidders in the order of their first bids.

    Raises
    ------
    SpecError : with the line, for whatever breaks the format; before memory is spent where bids x goods > MOST_CELLS.
    """
    return _Reader(path).read(text)


def write_cats(auction: Auction) -> str:
    """The auction as a CATS file; `read_cats` gives it back, with bidders and goods named after the file.

    Bidders without bids leave no trace in it.

    Raises
    ------
    DomainError : for what the format cannot say: several units of a good, several OR bids of one bidder, a value that
        is no finite decimal.
    """
    for good, units in zip(auction.goods, auction.supply, strict=True):
        if units != 1:
            raise DomainError(f"a CATS file has one unit of each good, but there are {units} of {good!r}")
    lines: list[str] = []
    dummies = 0
    for bidder in auction.bidders:
        if bidder.language != "xor" and len(bidder.bids) > 1:
            raise DomainError(f"a CATS file cannot say that {bidder.name!r} joins bids by OR; make each a bidder")
        tie = [len(auction.goods) + dummies] if len(bidder.bids) > 1 else []
        dummies += len(tie)
        for place, bid in enumerate(bidder.bids):
            where = f"bidder {bidder.name!r}, bid {place + 1}"
            if max(bid.units) > 1:
                raise DomainError(f"{where}: a CATS file has one unit of each good, but {max(bid.units)} are asked for")
            wanted = [good for good, units in enumerate(bid.units) if units]
            lines.append("\t".join(map(str, [len(lines), _decimal(bid.value, where), *wanted, *tie, "#"])))
    head = [f"goods {len(auction.goods)}", f"bids {len(lines)}", f"dummy {dummies}", ""]
    return "\n".join([*head, *lines, ""])


class _Reader:
    """What is known of the file so far, and the line that is being read."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.line = 0
        self.header: dict[str, int] = {}
        self.bidders: dict[str, list[PackageBid]] = {}
        self.numbers: set[int] = set()

    def read(self, text: str) -> Auction:
        for words in self._words(text):
            if words[0][0].isalpha():
                self._take_header(words)
            else:
                self._take_bid(words)
        missing = [key for key in ("goods", "bids") if key not in self.header]
        if missing:
            raise SpecError(f"a CATS file lacks its line '{missing[0]} N'", self.path, max(1, self.line))
        if len(self.numbers) < self.header["bids"]:
            count = f"the file ends after {len(self.numbers)} bids, but 'bids' says {self.header['bids']}"
            raise SpecError(count, self.path, self.line)
        goods = tuple(map(str, range(self.header["goods"])))
        bidders = tuple(Bidder(name, tuple(bids)) for name, bids in self.bidders.items())
        return Auction(goods, (1,) * len(goods), bidders)

    def _words(self, text: str) -> Iterator[list[str]]:
        """The words of each line that says something."""
        start = 0
        text = text.removeprefix("\ufeff")
        while start < len(text):
            end = text.find("\n", start)
            end = len(text) if end < 0 else end
            self.line += 1
            words = text[start:end].split()
            start = end + 1
            if words and not words[0].startswith("%"):
                yield words

    def _take_header(self, words: list[str]) -> None:
        key = words[0].lower()
        if key not in _HEADER:
            raise self._fault(f"unknown word {words[0]!r}{nearest(key, list(_HEADER))}")
        if len(words) != 2:
            raise self._fault(f"write '{key} N' with one number")
        if key in self.header:
            raise self._fault(f"'{key}' is said a second time")
        if self.numbers:
            raise self._fault(f"'{key}' must come before the bids")
        self.header[key] = self._whole(words[1], f"the number behind '{key}'")
        if key == "goods" and not self.header[key]:
            raise self._fault("an auction needs at least one good")
        cells = self.header.get("goods", 1) * self.header.get("bids", 1)
        if cells > MOST_CELLS:
            raise self._fault(
                f"bids times goods come to {cells:,}, and more than {MOST_CELLS:,} do not fit in memory; "
                "split the auction or leave out goods that nobody bids for"
            )

    def _take_bid(self, words: list[str]) -> None:
        for key in ("goods", "bids"):
            if key not in self.header:
                raise self._fault(f"a bid before the line '{key} N'")
        if words[-1] != "#":
            after = "nothing may follow the #" if "#" in words else "a bid must end with #; is the line cut off?"
            raise self._fault(after)
        if len(words) < 3:
            raise self._fault("a bid is its number, its price, the numbers of its goods and #")
        number = self._whole(words[0], "the number of the bid")
        if number in self.numbers:
            raise self._fault(f"two bids have the number {number}")
        if len(self.numbers) == self.header["bids"]:
            raise self._fault(f"more bids than the {self.header['bids']} that 'bids' says")
        self.numbers.add(number)
        value = self._price(words[1])
        units, dummy = self._package(words[2:-1])
        name = f"bid {number}" if dummy is None else f"dummy {dummy}"
        self.bidders.setdefault(name, []).append(PackageBid(units, value))

    def _package(self, words: list[str]) -> tuple[tuple[int, ...], int | None]:
        """The row of units, and the dummy good where there is one."""
        count, dummies = self.header["goods"], self.header.get("dummy", 0)
        units = [0] * count
        dummy: int | None = None
        for word in words:
            good = self._whole(word, "a good")
            if good >= count + dummies:
                what = f"{count} goods and {dummies} dummies are numbered 0 to {count + dummies - 1}"
                raise self._fault(f"there is no good {good}; {what}")
            if good < count:
                if units[good]:
                    raise self._fault(f"good {good} is named twice")
                units[good] = 1
            elif dummy is None:
                dummy = good
            else:
                raise self._fault(f"dummy goods {dummy} and {good} on one bid; one bidder has one dummy good")
        if 1 not in units:
            raise self._fault("the bid asks for nothing but dummies" if words else "the bid asks for nothing")
        return tuple(units), dummy

    def _price(self, word: str) -> Money:
        if not _PRICE.fullmatch(word):
            raise self._fault(f"the price {word[:40]!r} is no finite decimal of up to 400 digits, such as 12.5 or 1e-3")
        price = simplest(Fraction(word))
        if price < 0:
            raise self._fault(f"the price {word} is negative")
        return price

    def _whole(self, word: str, what: str) -> int:
        if not _WHOLE.fullmatch(word):
            raise self._fault(f"{what} is {word[:40]!r}; it must be a whole number, not negative")
        return int(word)

    def _fault(self, message: str) -> SpecError:
        return SpecError(message, self.path, self.line)


def _decimal(value: Money, where: str) -> str:
    """The amount with as many decimals as it has."""
    rest, digits = value.denominator, 0
    while rest % 10 == 0:
        rest, digits = rest // 10, digits + 1
    for prime in (2, 5):
        while rest % prime == 0:
            rest, digits = rest // prime, digits + 1
    if rest != 1:
        raise DomainError(f"{where}: {value} is no finite decimal; multiply all values by {rest} to write a CATS file")
    if not digits:
        return str(value)
    whole, part = divmod(value.numerator * 10**digits // value.denominator, 10**digits)
    return f"{whole}.{part:0{digits}d}"
