"""The core on grids, and what the checker and the pages say of it."""

from __future__ import annotations

import json
from itertools import chain, combinations, product

import pytest

from verifier import checker
from verifier.library import certify
from verifier.reporting import console, html

VCG = "mechanisms.auctions.combinatorial:vcg"
GOODS = {"kind": "combinatorial", "goods": 2, "agents": 3, "values": [0, 1], "subject": {"arguments": {"goods": 2}}}
ITEM = {"kind": "single-item", "agents": 3, "values": "0..3"}


def decided(mechanism, **options):
    certificate = certify(mechanism, "core", **options)
    assert [one["status"] for one in checker.check(json.loads(json.dumps(certificate)))] == ["CONFIRMED"]
    return certificate, certificate["claims"][0]


@pytest.mark.parametrize("name", ["second_price", "first_price"])
def test_auctions_of_one_item_end_in_the_core(name):
    assert decided(f"mechanisms.auctions.single_item:{name}", **ITEM)[1]["verdict"] == "EXHAUSTED"


def test_an_auction_that_asks_too_little_does_not():
    """With a reserve of 2 the item stays with the seller though a value of 1 could be had for it."""
    certificate, claim = decided(
        "mechanisms.auctions.single_item:second_price", subject={"arguments": {"reserve": 2}}, **ITEM
    )
    assert (claim["verdict"], claim["witness"]["margin"]) == ("REFUTED", "-1")
    assert "a group of bidders and the seller can have 1 more among themselves" in console.plain([certificate])


def test_combinatorial_vcg_leaves_the_core_where_revenue_is_zero():
    """Ausubel and Milgrom 2006: two bidders who want one good each pay nothing, the third offers 1 for both."""
    certificate, claim = decided(VCG, **GOODS)
    assert (claim["verdict"], claim["witness"]["margin"]) == ("REFUTED", "-1")
    page = html.page(certificate)
    assert "could leave the others out and have 1 more among themselves" in page
    assert "The seller is paid" in page


def test_the_grid_has_as_many_violations_as_sets_and_allocations_say():
    """For every profile the worst set of bidders by trying all, against the count of profiles that the engine finds."""
    from mechanisms.auctions.combinatorial import vcg

    worth = lambda bid, bundle: bid[bundle - 1] if bundle else 0  # noqa: E731
    types = [t for t in product((0, 1), repeat=3) if max(t[:2]) <= t[2]]
    splits = [s for s in product(range(4), repeat=3) if s[0] & s[1] == s[1] & s[2] == s[0] & s[2] == 0]
    groups = list(chain.from_iterable(combinations(range(3), size) for size in range(4)))
    worst = 0
    for bids in product(types, repeat=3):
        bundles, paid = vcg(bids, 2)
        gains = [worth(bid, bundle) - p for bid, bundle, p in zip(bids, bundles, paid, strict=True)]
        for group in groups:
            best = max(sum(worth(bids[i], split[i]) for i in group) for split in splits)
            worst = min(worst, sum(paid) + sum(gains[i] for i in group) - best)
    (row,) = decided(VCG, **GOODS)[1]["table"]["rows"]
    assert row["least_margin"] == str(worst)


def test_on_symbols_it_is_not_decided():
    certificate = certify("mechanisms.auctions.single_item:second_price", "core", engine="symbolic", **ITEM)
    (claim,) = certificate["claims"]
    assert (claim["verdict"], "core is decided on grids only" in claim["reason"]) == ("UNKNOWN", True)
    forged = json.loads(json.dumps(certificate))
    forged["claims"][0].update(verdict="SUPPORTED", reason=None)
    from verifier.certificate import seal

    body = {key: value for key, value in forged.items() if key not in ("format", "version", "sha256")}
    (report,) = checker.check(seal(body))
    assert report["status"] == "REJECTED"
