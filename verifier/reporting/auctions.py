"""The outcome of an auction for readers: winners, payments, the verdicts and how much evidence they rest on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifier.evidence import Verdict
from verifier.exact import Money, money, show
from verifier.reporting.amounts import amount
from verifier.reporting.text import aligned, legal

NONE = "\N{EN DASH}"
MOST_ROWS = 40  # bidders that win nothing are counted past this many rows
MEANS = {
    "feasible": "nothing is given twice, and no two bids that exclude each other are accepted",
    "efficient": "no other choice of bids is worth more",
    "individually-rational": "nobody pays more than it offered for what it gets",
    "no-deficit": "the payments add up to no less than zero",
    "vcg-payments": "everybody pays what its presence costs the others",
    "core": "no group of bidders can do better with the seller among themselves",
    "as-worked": "welfare and payments are those that its file gives",
}


@dataclass(frozen=True, slots=True)
class WinnerRow:
    """A bidder with an accepted bid, or a payment: what it gets in words, what it offered, what it pays."""

    name: str
    gets: str
    offered: str
    pays: str


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim in words."""

    id: str
    verdict: Verdict
    expected: str
    met: bool
    note: str


@dataclass(frozen=True, slots=True)
class AuctionView:
    """What console and page show. `winners` is empty where the mechanism returned no outcome."""

    name: str
    title: str
    source: str
    mechanism: str
    size: str
    winners: tuple[WinnerRow, ...]
    losers: str
    totals: str
    claims: tuple[ClaimRow, ...]
    evidence: str
    overall: str
    interrupted: bool


def view(certificate: Mapping[str, Any]) -> AuctionView:
    """The certificate of an auction, put into words."""
    auction, outcome = certificate["auction"], certificate["outcome"]
    bidders = auction["bidders"]
    bids = sum(len(bidder["bids"]) for bidder in bidders)
    claims = tuple(
        ClaimRow(one["id"], Verdict(one["verdict"]), one["expect"] or NONE, one["met"], one["reason"] or _note(one))
        for one in certificate["claims"]
    )
    missed = [claim.id for claim in claims if not claim.met]
    winners = tuple(_winners(auction, outcome)) if outcome else ()
    return AuctionView(
        certificate["name"],
        certificate["title"],
        certificate["source"],
        certificate["mechanism"]["call"] or "a callable that has no path",
        f"{_count(len(auction['goods']), 'good')}, {_count(len(bidders), 'bidder')}, {_count(bids, 'bid')}",
        winners[:MOST_ROWS],
        _losers(len(bidders), winners),
        _totals(auction, outcome) if outcome else "The mechanism returned no outcome.",
        claims,
        _evidence(certificate["claims"]),
        f"Not as expected: {', '.join(missed)}." if missed else "Everything is as expected.",
        certificate["interrupted"],
    )


def console(certificate: Mapping[str, Any]) -> str:
    """The same as lines of text."""
    seen = view(certificate)
    head = [seen.title, *([seen.source] if seen.source else []), f"{seen.size}; mechanism {seen.mechanism}", ""]
    winners = [("winner", "gets", "offered", "pays"), *((w.name, w.gets, w.offered, w.pays) for w in seen.winners)]
    claims = [
        ("claim", "verdict", "expected", "met", "note"),
        *((c.id, str(c.verdict), c.expected, "yes" if c.met else "NO", c.note) for c in seen.claims),
    ]
    body = [*(aligned(winners) if seen.winners else []), *([seen.losers] if seen.losers else []), seen.totals, ""]
    foot = ["", *([seen.evidence] if seen.evidence else []), seen.overall, ""]
    return legal("\n".join([*head, *body, *aligned(claims), *foot]))


def page(certificate: Mapping[str, Any]) -> str:
    """The HTML page."""
    from verifier.reporting.html import render

    return render("auction.html.jinja", view=view(certificate))


def _note(claim: Mapping[str, Any]) -> str:
    return MEANS[claim["id"]] if claim["verdict"] == Verdict.PROVED else ""


def _winners(auction: Mapping[str, Any], outcome: Mapping[str, Any]) -> Iterator[WinnerRow]:
    """Those who get or pay something."""
    for bidder, places, pays in zip(auction["bidders"], outcome["choice"], outcome["payments"], strict=True):
        if places or pays != "0":
            accepted = [bidder["bids"][place] for place in places if place < len(bidder["bids"])]
            units: dict[int, int] = {}
            for bid in accepted:
                for good, count in _units(bid):
                    units[good] = units.get(good, 0) + count
            named = [(auction["goods"][good], count) for good, count in sorted(units.items())]
            gets = ", ".join(good if count == 1 else f"{count} {good}" for good, count in named)
            offered: Money = sum((money(bid["value"]) for bid in accepted), 0)
            yield WinnerRow(bidder["name"], gets or NONE, amount(offered), amount(money(pays)))


def _units(bid: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    """(good, units) of a bid as the certificate writes it."""
    for good, count in bid["units"].items():
        yield int(good), count


def _losers(bidders: int, winners: Sequence[WinnerRow]) -> str:
    hidden, rest = len(winners) - MOST_ROWS, bidders - len(winners)
    said = [f"{hidden} more win something"] if hidden > 0 else []
    said += [f"{_count(rest, 'bidder')} without a win"] if rest else []
    return f"{'; '.join(said)}." if said else ""


def _totals(auction: Mapping[str, Any], outcome: Mapping[str, Any]) -> str:
    offers = [
        money(bidder["bids"][place]["value"])
        for bidder, places in zip(auction["bidders"], outcome["choice"], strict=True)
        for place in places
        if place < len(bidder["bids"])
    ]
    revenue: Money = sum((money(payment) for payment in outcome["payments"]), 0)
    return f"Welfare {amount(sum(offers, 0))}, revenue {amount(revenue)}."


def _evidence(claims: Sequence[Mapping[str, Any]]) -> str:
    """How large the proofs of optimality are."""
    covers = [
        optimum["cover"]
        for claim in claims
        for key in ("optimum", "lowered", "without")
        for optimum in _listed(claim["evidence"].get(key))
    ]
    if not covers:
        return ""
    distinct = {json.dumps(cover, sort_keys=True) for cover in covers}
    size = sum(map(len, distinct))
    return f"Proof of optimality: {_count(len(distinct), 'cover')} of all choices by dual prices, {show(size)} bytes."


def _listed(found: Any) -> list[Mapping[str, Any]]:
    return found if isinstance(found, list) else [found] if found else []


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
