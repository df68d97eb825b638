"""A subject that pays numbers of thousands of digits breaks the protocol; nothing crashes, and the checker agrees."""

from __future__ import annotations

import json

from verifier import checker
from verifier.auction_audit import audit_auction
from verifier.domains.packages import auction
from verifier.library import certify


def astronomic(bids):
    return [1, 0], [10**5000 if bids[0] else 0, 0]


def test_on_a_grid_it_is_a_fault_of_protocol():
    certificate = json.loads(json.dumps(certify(astronomic, "no-deficit", kind="single-item", agents=2, values="0..1")))
    (claim,) = certificate["claims"]
    assert (claim["verdict"], certificate["faults"]["count"]) == ("ERROR", 2)
    assert "too long" in certificate["faults"]["first"][0]["message"]
    assert {report["status"] for report in checker.check(certificate)} <= {"CONFIRMED", "PARTLY CHECKED"}


def test_in_an_auction_it_is_an_outcome_that_cannot_be_read():
    sold = auction(["A"], {"x": [({"A": 1}, 1)]})
    certificate = audit_auction(sold, lambda _: (((0,),), (10**5000,)))
    claims = certificate["claims"]
    assert {claim["verdict"] for claim in claims} == {"ERROR"}
    assert "too long" in claims[0]["reason"]
