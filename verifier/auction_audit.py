"""The outcome of one auction, judged: who won and who pays what, against optima that anybody can check.

Definition   A mechanism is given the auction (package bids as they were sent) and says which bids it accepts and what
             everybody pays. Claims about that outcome, taking the bids for the values:
             feasible             nothing is given twice, no two XOR bids of one bidder are accepted;
             efficient            no other choice of bids is worth more;
             individually-rational  nobody pays more than it offered for what it gets;
             no-deficit           the payments add up to no less than zero;
             vcg-payments         everybody pays what its presence costs the others: the best welfare without it, less
                                  what the others have (the Clarke pivot rule);
             core                 no group of bidders can, with the seller, do better among themselves;
             as-worked            welfare and payments are those worked out beforehand, in a publication or by us.
How it knows The welfare oracle, which shares nothing with the mechanism: every optimum comes with a cover of all
             choices of bids by dual prices, which `checker.py` adds up in fractions.
Not said     Truthfulness is about all bids, and one auction shows one profile. Where payments are the Clarke pivots at
             every profile, Groves' theorem gives it; claims files decide it (`verify explain dsic`).
Source       Clarke 1971; Groves 1973; Ausubel and Milgrom 2002; Day and Raghavan 2007.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace

from verifier.adapters.faults import worded
from verifier.adapters.loading import named_object
from verifier.adapters.source import source_digests
from verifier.certificate import AUCTION_FORMAT, seal
from verifier.domains.package_json import auction_to_json
from verifier.domains.packages import Auction, Bidder, Choice, PackageBid
from verifier.errors import MoneyError, VerifierError
from verifier.evidence import Verdict
from verifier.exact import Money, from_subject, show
from verifier.oracles.welfare import Optimum, Oracle, Undecided, optimum
from verifier.oracles.welfare.cover import cover_to_json
from verifier.spec import SubjectSpec

VCG = "mechanisms.auctions.packages.clarke:vcg"

Evidence = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Settled:
    """What a mechanism did with an auction: the accepted bids and (n,) payments."""

    choice: Choice
    payments: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim about an outcome with its verdict, one sentence of reason, and evidence in its JSON form."""

    id: str
    verdict: Verdict
    reason: str
    evidence: Evidence


def audit_auction(
    auction: Auction,
    mechanism: str | Callable[[Auction], object] = VCG,
    *,
    name: str = "auction",
    title: str = "",
    source: str = "",
    expected: tuple[Money, tuple[Money, ...]] | None = None,
    tell: Callable[[str], None] = lambda stage: None,
) -> dict[str, object]:
    """Run a mechanism on an auction, judge what it did and seal the certificate.

    Parameters
    ----------
    mechanism : the dotted path of a callable, or the callable. It gets the auction and returns an object with `choice`
        (n,) for each bidder the places of its accepted bids, and `payments` (n,), or a pair of the two
    name, title, source : of the certificate: a short name, a heading, a citation
    expected : the welfare and the (n,) payments worked out beforehand; they become a claim of their own
    tell : is told of every stage before it begins

    Returns
    -------
    The certificate. After Ctrl-C it is partial: "interrupted" is true, and what was not decided is UNKNOWN.

    Raises
    ------
    SubjectError : there is no such mechanism.
    """
    call, target = (mechanism, named_object(mechanism)) if isinstance(mechanism, str) else (None, mechanism)
    claims: list[Judged] = []
    settled: Settled | None = None
    interrupted = False
    try:
        tell("the mechanism")
        settled = _settled(target, auction)
        claims += [] if expected is None else [_worked(auction, settled, *expected)]
        for judged in _judged(auction, settled, tell):
            claims.append(judged)  # one by one: Ctrl-C keeps them
    except KeyboardInterrupt:
        interrupted = True
    except BrokenOutcome as error:
        claims = [Judged(id_, Verdict.ERROR, str(error), {}) for id_ in ALWAYS]
    for id_ in [id_ for id_ in ALWAYS if id_ not in {judged.id for judged in claims}]:
        claims.append(Judged(id_, Verdict.UNKNOWN, "interrupted before it was decided", {}))
    digests = source_digests(SubjectSpec(call)) if call is not None else {}
    outcome = settled and {
        "choice": [list(places) for places in settled.choice],
        "payments": [show(payment) for payment in settled.payments],
    }
    return seal(
        {
            "name": name,
            "title": title or name,
            "source": source,
            "mechanism": {"call": call, "files": digests},
            "versions": {"python": platform.python_version()},
            "auction": auction_to_json(auction),
            "outcome": outcome,
            "claims": [_claim_json(judged) for judged in claims],
            "interrupted": interrupted,
        },
        AUCTION_FORMAT,
    )


EXPECTED: dict[str, Verdict | None] = {  # what a run of VCG is held to; None: told, and held against nobody
    "feasible": Verdict.PROVED,
    "efficient": Verdict.PROVED,
    "individually-rational": Verdict.PROVED,
    "no-deficit": Verdict.PROVED,
    "vcg-payments": Verdict.PROVED,
    "core": None,
    "as-worked": Verdict.PROVED,  # only where somebody worked it out
}
ALWAYS = tuple(EXPECTED)[:-1]


class BrokenOutcome(VerifierError):
    """A mechanism crashed, or returned no outcome of the auction. Mend it where the message says."""


def _settled(target: object, auction: Auction) -> Settled:
    """Run the mechanism; BrokenOutcome where it crashes or returns what is no outcome."""
    if not callable(target):
        raise BrokenOutcome(f"the mechanism is a {type(target).__name__}, which cannot be called")
    try:
        with redirect_stdout(sys.stderr):
            result = target(auction)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a stranger's code may raise anything
        raise BrokenOutcome(f"the mechanism raised {worded(error)}") from error
    try:
        pair = result if isinstance(result, tuple) else (result.choice, result.payments)
        choice, payments = pair
        found = Settled(
            tuple(tuple(sorted(map(_place, places))) for places in choice), tuple(map(from_subject, payments))
        )
    except (AttributeError, TypeError, ValueError, MoneyError) as error:
        wanted = "the accepted places and a payment for each bidder"
        raise BrokenOutcome(f"the mechanism returned a {type(result).__name__}, not {wanted} ({error})") from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # properties and iterators are a stranger's code, too
        raise BrokenOutcome(f"reading what the mechanism returned raised {worded(error)}") from error
    if len(found.choice) != len(auction.bidders) or len(found.payments) != len(auction.bidders):
        counts = f"choices for {len(found.choice)} and payments of {len(found.payments)}"
        raise BrokenOutcome(f"the mechanism returned {counts} bidders; there are {len(auction.bidders)}")
    for bidder, places in zip(auction.bidders, found.choice, strict=True):
        if len(set(places)) < len(places) or any(not 0 <= place < len(bidder.bids) for place in places):
            held = f"its bids are at places from 0 to {len(bidder.bids) - 1}" if bidder.bids else "it has no bids"
            raise BrokenOutcome(f"{bidder.name}: {list(places)} names no bid, or one bid twice; {held}")
    return found


def _place(place: object) -> int:
    found = from_subject(place)
    if not isinstance(found, int):
        raise MoneyError(f"{place!r} is no place of a bid")
    return found


def _judged(auction: Auction, settled: Settled, tell: Callable[[str], None]) -> Iterator[Judged]:
    """The claims one after the other, cheap ones first."""
    fault = auction.fault(settled.choice)
    yield Judged("feasible", Verdict.REFUTED if fault else Verdict.PROVED, fault or "", {})
    if fault:
        for id_ in ALWAYS[1:]:
            yield Judged(id_, Verdict.ERROR, f"the outcome is not feasible: {fault}", {})
        return
    gains = [auction.value(settled.choice, i) - settled.payments[i] for i in range(len(auction.bidders))]
    yield _rational(auction, gains)
    revenue = sum(settled.payments, 0)
    short = f"the payments add up to {revenue}"
    yield Judged("no-deficit", Verdict.REFUTED if revenue < 0 else Verdict.PROVED, short if revenue < 0 else "", {})
    tell("the best welfare")
    try:
        oracle = Oracle(auction)
        best = oracle.optimum()
    except Undecided as error:
        for id_ in ("efficient", "vcg-payments"):
            yield Judged(id_, Verdict.UNKNOWN, str(error), {})
    else:
        yield _efficient(auction, settled, best)
        tell("the best welfare without each winner")
        yield _pivots(auction, settled, oracle, best)
    tell("coalitions")
    yield _core(auction, gains, revenue)


def _worked(auction: Auction, settled: Settled, welfare: Money, payments: tuple[Money, ...]) -> Judged:
    """Whether the outcome has the welfare and the payments that were worked out beforehand."""
    evidence = {"welfare": show(welfare), "payments": [show(payment) for payment in payments]}
    had = auction.welfare(settled.choice) if auction.fault(settled.choice) is None else None
    if had == welfare and settled.payments == payments:
        return Judged("as-worked", Verdict.PROVED, "", evidence)
    paid = ", ".join(map(show, settled.payments))
    return Judged("as-worked", Verdict.REFUTED, f"welfare {had}, payments {paid}", evidence)


def _rational(auction: Auction, gains: Sequence[Money]) -> Judged:
    losers = [i for i, gain in enumerate(gains) if gain < 0]
    if not losers:
        return Judged("individually-rational", Verdict.PROVED, "", {})
    worst = min(losers, key=lambda i: gains[i])
    reason = f"{auction.bidders[worst].name} pays {-gains[worst]} more than it offered"
    return Judged("individually-rational", Verdict.REFUTED, reason, {})


def _efficient(auction: Auction, settled: Settled, best: Optimum) -> Judged:
    gap = best.welfare - auction.welfare(settled.choice)
    verdict = Verdict.REFUTED if gap else Verdict.PROVED
    reason = f"another choice of bids is worth {gap} more" if gap else ""
    return Judged("efficient", verdict, reason, {"optimum": _optimum_json(best)})


def _pivots(auction: Auction, settled: Settled, oracle: Oracle, best: Optimum) -> Judged:
    """The Clarke pivots, from an optimum without each bidder."""
    if auction.welfare(settled.choice) != best.welfare:
        found: Evidence = {"optimum": _optimum_json(best), "without": []}
        return Judged("vcg-payments", Verdict.REFUTED, "the accepted bids are not worth the most", found)
    try:
        without = [oracle.optimum(index) for index in range(len(auction.bidders))]
    except Undecided as error:
        return Judged("vcg-payments", Verdict.UNKNOWN, str(error), {})
    pivots = [
        other.welfare - (best.welfare - auction.value(settled.choice, index)) for index, other in enumerate(without)
    ]
    evidence = {"optimum": _optimum_json(best), "without": [_optimum_json(other) for other in without]}
    for index, (pivot, paid) in enumerate(zip(pivots, settled.payments, strict=True)):
        if pivot != paid:
            reason = f"{auction.bidders[index].name} pays {paid}, and what it costs the others is {pivot}"
            return Judged("vcg-payments", Verdict.REFUTED, reason, evidence)
    return Judged("vcg-payments", Verdict.PROVED, "", evidence)


def _core(auction: Auction, gains: Sequence[Money], revenue: Money) -> Judged:
    """Whether bids lowered by what their bidders gain already can be worth more than the seller has."""
    if any(gain < 0 for gain in gains):
        return Judged("core", Verdict.REFUTED, "a bidder alone does better by staying away", {"lowered": None})
    several = [bidder.name for bidder in auction.bidders if bidder.language == "or" and len(bidder.bids) > 1]
    if several:
        reason = f"{several[0]} joins several bids by OR; coalitions are decided for XOR bids only"
        return Judged("core", Verdict.UNKNOWN, reason, {})
    try:
        best = optimum(lowered(auction, gains))
    except Undecided as error:
        return Judged("core", Verdict.UNKNOWN, str(error), {})
    evidence = {"lowered": _optimum_json(best)}
    if best.welfare <= revenue:
        return Judged("core", Verdict.PROVED, "", evidence)
    coalition = ", ".join(auction.bidders[i].name for i, places in enumerate(best.choice) if places)
    reason = f"the seller and {coalition} can have {best.welfare - revenue} more among themselves"
    return Judged("core", Verdict.REFUTED, reason, evidence)


def lowered(auction: Auction, gains: Sequence[Money]) -> Auction:
    """The auction whose bids are lowered by what their bidders gain already, but not below zero."""
    bidders = tuple(
        Bidder(
            bidder.name,
            tuple(PackageBid(bid.units, max(bid.value - gain, 0)) for bid in bidder.bids),
            bidder.language,
        )
        for bidder, gain in zip(auction.bidders, gains, strict=True)
    )
    return replace(auction, bidders=bidders)


def _optimum_json(found: Optimum) -> dict[str, object]:
    return {
        "welfare": show(found.welfare),
        "choice": [list(places) for places in found.choice],
        "cover": cover_to_json(found.cover),
    }


def _claim_json(judged: Judged) -> dict[str, object]:
    expect = EXPECTED[judged.id]
    met = expect is None or judged.verdict.meets(expect)
    return {
        "id": judged.id,
        "verdict": str(judged.verdict),
        "expect": None if expect is None else str(expect),
        "met": met,
        "reason": judged.reason,
        "evidence": dict(judged.evidence),
    }
