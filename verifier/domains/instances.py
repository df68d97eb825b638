"""Worked auctions: package bids, the best welfare and the VCG payments, and the publication that they are from.

A file is TOML: `title`, `source` (a citation), `values_from` ("the source" where the expected numbers are printed
there, "computed" where only the auction, or its idea, is), `[auction]` with `goods` (one unit of each) or `supply`
(units by good), one `[[bidder]]` with `name`, `bids` and, unless it is "xor", `language`, and `[expected]` with
`welfare` and `payments` by bidder (0 for those left out). A bid is {package = ["A", "B"], value = "1.5"}; a package of
several units is a table such as {apple = 2}.

Source: Nisan 2006, "Bidding Languages"; each instance names its own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from verifier.domains.packages import Auction, Bidder, auction
from verifier.errors import DomainError, MoneyError, SpecError, nearest
from verifier.exact import Money, money
from verifier.resources import specs_dir
from verifier.toml_lines import Keys, complaint, keep_text, line_of

ORIGINS = ("the source", "computed")
_FILE = ("title", "source", "values_from", "auction", "bidder", "expected")

Table: TypeAlias = dict[str, object]
Fault: TypeAlias = Callable[[Keys, str], SpecError]


@dataclass(frozen=True, slots=True)
class Expected:
    """The best welfare and the VCG payments (n,), and whether the source prints them or we computed them."""

    welfare: Money
    payments: tuple[Money, ...]
    values_from: str


@dataclass(frozen=True, slots=True)
class Instance:
    """An auction from the literature, what to expect of it, and where it is from."""

    title: str
    source: str
    auction: Auction
    expected: Expected | None


def catalogue() -> dict[str, Path]:
    """The instances that come with the package, by "folder/name", sorted."""
    folder = specs_dir() / "instances"
    found = [path for path in sorted(folder.glob("*/*.toml")) if not path.name.endswith(".game.toml")]
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in found}


def read_instance(text: str, path: str = "") -> Instance:
    """The instance that a TOML text describes.

    `[expected]` may be left out; `source` may then be too.

    Raises
    ------
    SpecError : with file and line: text that is no TOML, an unknown or missing key, a package of unknown goods, a value
        that is no exact amount or negative, a payment of somebody who does not bid, and all that `Auction` refuses.
    """
    try:
        table = tomllib.loads(text, parse_float=keep_text)
    except RecursionError as error:
        raise SpecError("not an auction file: brackets are nested too deeply", path) from error
    except ValueError as error:
        message, line = complaint(str(error), text)
        raise SpecError(message, path, line) from error

    def fault(keys: Keys, message: str) -> SpecError:
        return SpecError(message, path, max(1, line_of(text, keys)))

    _only(table, _FILE, (), fault)
    made = _auction(table, fault)
    expected = _expected(table, made, fault) if "expected" in table else None
    title = _words(table, "title", (), fault) if "title" in table else ""
    cited = "source" in table or expected is not None
    return Instance(title, _words(table, "source", (), fault) if cited else "", made, expected)


def _auction(table: Table, fault: Fault) -> Auction:
    head = _table(table, "auction", fault)
    _only(head, ("goods", "supply"), ("auction",), fault)
    if ("goods" in head) == ("supply" in head):
        raise fault(("auction",), "give either `goods`, a list, or `supply`, a table of units by good")
    key = "goods" if "goods" in head else "supply"
    supply = _package(head[key], ("auction", key), fault)
    try:
        empty = auction(supply, {})
    except DomainError as error:
        raise fault(("auction", key), str(error)) from error
    bidders = table.get("bidder")
    if not isinstance(bidders, list) or not all(isinstance(bidder, dict) for bidder in bidders):
        raise fault(("bidder",), "an auction needs a table [[bidder]] for each bidder")
    made: dict[str, Bidder] = {}
    for index, bidder in enumerate(bidders):
        keys: Keys = ("bidder", index)
        _only(bidder, ("name", "language", "bids"), keys, fault)
        name = _words(bidder, "name", keys, fault)
        if name in made:
            raise fault((*keys, "name"), f"two of the bidders are named {name!r}")
        language = _words(bidder, "language", keys, fault) if "language" in bidder else "xor"
        bids = _bids(bidder, (*keys, "bids"), fault)
        try:  # each alone, so that a complaint has its line
            made[name] = auction(supply, {name: bids}, language).bidders[0]
        except (DomainError, MoneyError) as error:
            raise fault((*keys, *_blamed(supply, bids, language)), str(error)) from error
    return Auction(empty.goods, empty.supply, tuple(made.values()))


def _blamed(supply: dict[str, int], bids: list[tuple[dict[str, int], object]], language: str) -> Keys:
    """The first bid that is refused when it is alone; the language where none can be made."""
    try:
        auction(supply, {"": []}, language)
    except DomainError:
        return ("language",)
    for place, bid in enumerate(bids):
        try:
            auction(supply, {"": [bid]}, language)
        except (DomainError, MoneyError):
            return ("bids", place)
    return ("bids",)


def _bids(bidder: Table, keys: Keys, fault: Fault) -> list[tuple[dict[str, int], object]]:
    written = bidder.get("bids")
    if not isinstance(written, list):
        raise fault(keys, 'a bidder needs bids = [{ package = ["A"], value = "1.5" }, ...]')
    bids = []
    for place, bid in enumerate(written):
        if not isinstance(bid, dict):
            raise fault(keys, f'bid {place + 1} is {bid!r}; write {{ package = ["A"], value = "1.5" }}')
        _only(bid, ("package", "value"), (*keys, place), fault)
        for key in ("package", "value"):
            if key not in bid:
                raise fault((*keys, place), f"bid {place + 1} lacks the key {key!r}")
        bids.append((_package(bid["package"], (*keys, place, "package"), fault), bid["value"]))
    return bids


def _package(written: object, keys: Keys, fault: Fault) -> dict[str, int]:
    """Units by good, from a list of goods or from a table."""
    if isinstance(written, list) and all(isinstance(good, str) for good in written):
        for place, good in enumerate(written):
            if good in written[:place]:
                raise fault(keys, f"good {good!r} is named twice; several units are written {{ {good} = 2 }}")
        return dict.fromkeys(written, 1)
    if isinstance(written, dict):
        return dict(written)  # that units are whole numbers is checked with the auction
    raise fault(keys, f"{keys[-1]} is {written!r}; write a list of names or a table of units by name")


def _expected(table: Table, made: Auction, fault: Fault) -> Expected:
    written = _table(table, "expected", fault)
    _only(written, ("welfare", "payments"), ("expected",), fault)
    origin = _words(table, "values_from", (), fault)
    if origin not in ORIGINS:
        raise fault(("values_from",), f"values_from is {origin!r}{nearest(origin, list(ORIGINS))}")
    names = [bidder.name for bidder in made.bidders]
    payments = written.get("payments", {})
    if not isinstance(payments, dict):
        raise fault(("expected", "payments"), f"payments is {payments!r}; write a table of amounts by bidder")
    for name in payments:
        if name not in names:
            keys = ("expected", "payments", name)
            raise fault(keys, f"a payment of {name!r}, who does not bid{nearest(name, names)}")
    if "welfare" not in written:
        raise fault(("expected",), "the key 'welfare' is missing")
    amounts = {name: _amount(payment, ("expected", "payments", name), fault) for name, payment in payments.items()}
    welfare = _amount(written["welfare"], ("expected", "welfare"), fault)
    return Expected(welfare, tuple(amounts.get(name, 0) for name in names), origin)


def _amount(written: object, keys: Keys, fault: Fault) -> Money:
    try:
        return money(written)
    except MoneyError as error:
        raise fault(keys, str(error)) from error


def _words(table: Table, key: str, keys: Keys, fault: Fault) -> str:
    written = table.get(key)
    if not isinstance(written, str) or not written.strip():
        wrong = f"the key {key!r} is missing" if key not in table else f"{key} is {written!r}; it must be a text"
        raise fault((*keys, key), wrong)
    return written


def _table(table: Table, key: str, fault: Fault) -> Table:
    written = table.get(key)
    if not isinstance(written, dict):
        raise fault((key,), f"the table [{key}] is missing")
    return written


def _only(table: Table, known: tuple[str, ...], keys: Keys, fault: Fault) -> None:
    for key in table:
        if key not in known:
            raise fault((*keys, key), f"unknown key {key!r}{nearest(key, list(known))}")
