"""Violations as small as rounding are found, and named as such with their exact amount; exact numbers are not accused.

Every subject is the second-price auction, which is truthful, in arithmetic that rounds. What rounds the price down or
to the nearest unit leaves it independent of the winner's bid: still truthful. It is the comparison of rounded bids, and
a price that is rounded up past the value, that make lies pay; the gain is less than the unit.
"""

from __future__ import annotations

import copy
import json
import sys
from fractions import Fraction

import pytest
from in_process import in_this_process
from jsonschema import Draft202012Validator

from verifier import checker
from verifier.audit import ENGINES, audit
from verifier.certificate import seal
from verifier.domains import Draw, Outcome, parse_domain
from verifier.evidence import ObservedRun
from verifier.properties import PROPERTIES
from verifier.properties.rounding import decimal_places, rounded_to
from verifier.reporting.reading import read
from verifier.reporting.words import verdict
from verifier.reporting.worked import lines, work
from verifier.resources import reports_dir
from verifier.spec import parse_spec

SOURCE = """
from decimal import Context, Decimal, ROUND_UP
from fractions import Fraction

import numpy as np

THREE = Context(prec=28, rounding=ROUND_UP)


def second_price(bids):
    winner = max(range(len(bids)), key=bids.__getitem__)
    price = max([0, *(bid for agent, bid in enumerate(bids) if agent != winner)])
    mine = [int(agent == winner) for agent in range(len(bids))]
    return mine, [price * share for share in mine]


def whole(bids):
    return second_price([bid // 1 for bid in bids])


def cents(bids):
    mine, pays = second_price(bids)
    return mine, [round(pay + 0.0049 * (pay > 0), 2) for pay in pays]


def exact_cents(bids):
    mine, pays = second_price(bids)
    return mine, [-(-pay * 100 // 1) / Fraction(100) for pay in pays]


def single(bids):
    mine, pays = second_price([np.float32(bid) for bid in bids])
    return mine, [np.float32(pay) * np.float32(1.0000001) for pay in pays]


def doubles(bids):
    mine, pays = second_price(bids)
    return mine, [pay * (1 + 2**-52) for pay in pays]


def decimals(bids):
    mine, pays = second_price([Decimal(bid.numerator) / bid.denominator for bid in bids])
    return mine, [THREE.divide(THREE.multiply(pay, Decimal(7)), Decimal(7)) for pay in pays]


def first_price(bids):
    mine, _ = second_price(bids)
    return mine, [bid * share for bid, share in zip(bids, mine)]


def truncated_price(bids):
    mine, pays = second_price(bids)
    return mine, [pay // 1 for pay in pays]


def by_lot(bids):
    return [(1, whole(bids))]


def by_side(bids):
    return whole(bids)
"""
HALVES = {"kind": "single-item", "agents": ["ann", "bob"], "values": "0..3 step 1/2"}
THIRDS = {**HALVES, "values": "0..2 step 1/3"}
TENTHS = {**HALVES, "values": "1/10..1 step 1/10"}
SUBJECTS = {  # the claim, what it is rounded to (None: not named), the most that is gained
    "whole": (HALVES, "dsic", "1", "1/2"),
    "cents": (THIRDS, "ex-post-ir", "1/100", None),
    "exact_cents": (THIRDS, "ex-post-ir", "1/100", "1/150"),
    "single": (TENTHS, "ex-post-ir", "single", None),
    "doubles": (TENTHS, "ex-post-ir", "double", None),
    "decimals": (THIRDS, "ex-post-ir", "1/10^28", None),
    "first_price": (HALVES, "dsic", None, "3"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("rounded")
    (made / "rounded_auctions.py").write_text(SOURCE)
    sys.path.append(str(made))
    yield made
    sys.path.remove(str(made))
    sys.modules.pop("rounded_auctions", None)


def certified(name, domain, *claims, **subject):
    numbers = {"numbers": "float"} if name in ("cents", "single", "doubles") else {}
    written = [{"property": one} if isinstance(one, str) else one for one in claims]
    table = {"title": "t", "subject": {"call": f"rounded_auctions:{name}", **numbers, **subject}, "domain": domain}
    spec = parse_spec({**table, "claim": written}, name="t", properties=PROPERTIES, engines=ENGINES)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
        *_, last = audit(spec)
    return json.loads(json.dumps(last.certificate))


@pytest.fixture(scope="module")
def certificates(folder):
    return {name: certified(name, domain, claim) for name, (domain, claim, _, _) in SUBJECTS.items()}


def checked(certificate, folder):
    return checker.check(certificate, [str(folder)], fresh=in_this_process)


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_violation_of_the_size_of_rounding_is_found_named_and_confirmed(name, certificates, folder):
    _, _, to, most = SUBJECTS[name]
    (claim,) = certificates[name]["claims"]
    assert claim["verdict"] == "REFUTED"
    for key in ("witness", "worst"):
        assert claim[key]["rounding"] == (to is not None), claim[key]
        named = claim[key].get("rounded_to", "double" if to == "double" else None)
        assert named == to or (name, key, named) == ("decimals", "worst", "1/10^27")  # it pays more there
    assert most is None or claim["worst"]["margin"] == f"-{most}"
    assert [report for report in checked(certificates[name], folder) if report["status"] != "CONFIRMED"] == []
    schema = json.loads((reports_dir() / "schema" / "certificate-v1.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(certificates[name])


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("whole", "A violation of this size, 1/2, is smaller than 1, of which all payments are multiples"),
        ("exact_cents", "is smaller than 1/100, of which all payments are multiples"),
        ("single", "is no larger than the rounding of 32-bit floats"),
        ("decimals", "is at most 64 times 1/10^28"),
        ("doubles", "no larger than the rounding of the floats"),
    ],
)
def test_the_sentence_names_the_rounding_and_the_exact_amount(name, says, certificates):
    report = read(certificates[name])
    assert says in verdict(report, report.claims[0])
    claim = report.claims[0]
    assert says in "\n".join(lines(work(claim.property, report.domain, claim.witness)))


@pytest.mark.parametrize("domain", [HALVES, THIRDS, TENTHS])
def test_the_same_auction_in_exact_numbers_is_not_accused(domain, folder):
    certificate = certified("second_price", domain, "dsic", "ex-post-ir")
    assert {claim["verdict"] for claim in certificate["claims"]} == {"EXHAUSTED"}


def test_a_price_that_is_rounded_down_for_the_winner_alone_stays_truthful(folder):
    certificate = certified("truncated_price", HALVES, "dsic", "ex-post-ir")
    assert {claim["verdict"] for claim in certificate["claims"]} == {"REFUTED", "EXHAUSTED"}
    verdicts = {claim["property"]: claim for claim in certificate["claims"]}
    # the loser of a tie would rather win it at a price below its value: rounding again, and named so
    assert verdicts["dsic"]["worst"]["rounded_to"] == "1"
    assert verdicts["ex-post-ir"]["verdict"] == "EXHAUSTED"


def test_lotteries_are_not_measured_by_the_unit_of_their_payments(folder):
    certificate = certified("by_lot", HALVES, "dsic", returns={"randomised": True})
    assert certificate["claims"][0]["witness"]["rounding"] is False
    assert {report["status"] for report in checked(certificate, folder)} == {"CONFIRMED"}


def test_a_search_that_the_grid_corrects_does_not_name_what_only_the_grid_shows(folder, monkeypatch):
    monkeypatch.setattr("verifier.engines.search.session.SearchSession.decide", _nothing_found)
    certificate = certified("whole", HALVES, {"property": "dsic", "engine": "search"}, "dsic")
    searched, exhausted = certificate["claims"]
    assert searched["verdict"] == exhausted["verdict"] == "REFUTED"
    assert searched["witness"]["rounding"] is False
    assert exhausted["witness"]["rounded_to"] == "1"


def _nothing_found(session, prop, tolerance):
    from verifier.engines.base import Finding
    from verifier.evidence import Verdict

    yield from ()
    return Finding(Verdict.SUPPORTED, estimate={})


def altered(certificate, changes):
    changed = copy.deepcopy(certificate)
    witness = changed["claims"][0]["witness"]
    witness.update(changes)
    for key in [key for key, value in witness.items() if value is None and key == "rounded_to"]:
        del witness[key]
    return seal({key: value for key, value in changed.items() if key not in ("sha256", "format", "version")})


@pytest.mark.parametrize(
    ("name", "changes", "complaint"),
    [
        ("whole", {"rounding": False, "rounded_to": None}, "rounded_to should be 1"),
        ("whole", {"rounded_to": "1/10"}, "larger than what payments would be rounded to"),
        ("whole", {"rounded_to": None}, "larger than what payments would be rounded to"),
        ("whole", {"rounded_to": "double"}, "larger than what payments would be rounded to"),
        ("exact_cents", {"rounded_to": "1"}, "rounded_to should be 1/100"),
        ("first_price", {"rounding": True, "rounded_to": "1"}, "rounded_to should be None"),
        ("single", {"rounded_to": None}, "by these runs it would be single"),
        ("single", {"rounding": False, "rounded_to": None}, "by these runs it would be single"),
        ("decimals", {"rounded_to": "1/10^9"}, "by these runs it would be 1/10^28"),
        ("doubles", {"rounded_to": "double"}, "not said for doubles"),
        ("doubles", {"rounded_to": "single"}, "by these runs it would be double"),
    ],
)
def test_a_falsified_name_of_a_rounding_is_refused(name, changes, complaint, certificates, folder):
    (report,) = checked(altered(certificates[name], changes), folder)
    assert report["status"] == "REJECTED"
    assert complaint in report["reasons"][-1]


ITEM = parse_domain({"kind": "single-item", "agents": 1, "values": "0..1"})


@pytest.mark.parametrize(
    ("payment", "margin", "to"),
    [
        (Fraction(0.1), Fraction(-1, 2**60), "double"),
        (Fraction(0.1), Fraction(-1, 2**20), None),
        (Fraction(13421773, 2**27), Fraction(-1, 2**20), "single"),
        (Fraction(1, 2), Fraction(-1, 2**20), None),
        (Fraction(1, 3), Fraction(-1, 10**40), None),
        (Fraction(1, 10**9), Fraction(-64, 10**9), "1/10^9"),
        (Fraction(1, 10**9), Fraction(-65, 10**9), None),
        (Fraction(1, 10**8), Fraction(-1, 10**8), None),
        (Fraction(10**300), Fraction(-1), None),
    ],
)
def test_what_a_violation_may_come_from_is_told_by_its_own_runs(payment, margin, to):
    runs = (ObservedRun(((1,),), Outcome((Draw(1, (1,), (payment,)),))),)
    assert rounded_to(ITEM, runs, margin) == to
    outcome = checker.Outcome((checker.Draw(1, (1,), (payment,)),), (), 0)
    domain = checker.domain_of(json.loads(json.dumps(ITEM.to_json())))
    assert checker.rounding_of(domain, [((1,),)], [outcome], margin) == to


def test_decimal_places_are_those_of_the_number_or_of_the_double_next_to_it():
    assert decimal_places([Fraction(0.1), Fraction(1, 100), 3]) == 2
    assert decimal_places([Fraction(0.1), Fraction(1, 10**12)]) is None
    assert decimal_places([Fraction(2**60 + 1, 2)]) == 1
    assert decimal_places([Fraction(2**200 + 1, 2**50)]) is None
