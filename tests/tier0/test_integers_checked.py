"""What reports and the checker make of domains whose amounts are integers."""

from __future__ import annotations

import hashlib
import importlib
import json
import sys
import tomllib

import pytest
from in_process import in_this_process
from jsonschema import Draft202012Validator

from verifier import checker
from verifier.audit import ENGINES, audit
from verifier.certificate import seal
from verifier.domains import parse_domain
from verifier.errors import CertificateError
from verifier.library import certify
from verifier.properties import PROPERTIES
from verifier.reporting import coverage, html, proofs, words
from verifier.reporting.reading import read
from verifier.reporting.smtlib import scripts
from verifier.resources import reports_dir, specs_dir
from verifier.spec import parse_spec

BOX = {"kind": "single-item", "agents": 2, "values": "0..4", "upper": 4, "amounts": "integers"}
ENDLESS = {"kind": "single-item", "agents": 2, "values": "0..4", "amounts": "integers"}


def outbid(bids):
    """The second bidder has to outbid the first by 1, and pays just that; else the first pays what the second bid."""
    if bids[1] > bids[0]:
        return [0, 1], [0, bids[0] + 1]
    return [1, 0], [bids[1], 0]


# reports


@pytest.fixture(scope="module")
def proved():
    """The certificate of a claim that integers have and reals have not."""
    return json.loads(json.dumps(certify(outbid, "dsic", "feasible", engine="symbolic", expect="PROVED", **BOX)))


def test_reports_say_integers_where_they_would_say_reals(proved):
    report = read(proved)
    assert proofs.continuum(report.domain) == "all integer bids in [0, 4]"
    assert proofs.continuum(parse_domain(ENDLESS)) == "all integer bids \u2265 0"
    told = " ".join([*coverage.covered(report), *coverage.not_covered(report), words.verdict(report, report.claims[0])])
    page = html.page(proved)
    for text in (told, page):
        assert "all integer bids in [0, 4]" in text
        assert "real bids" not in text
        assert "real numbers" not in text
    assert "Proofs are about exact integers, and nothing between them." in told
    assert "no integer bids are known to take" not in told
    assert all("rounded to integers" in script.text for script in scripts(proved))


def test_what_is_said_of_a_grid_does_not_speak_of_what_lies_between_integers():
    report = read(json.loads(json.dumps(certify(outbid, "dsic", **ENDLESS))))
    assert (
        "Nothing is said about integers that are not on the grid; the values it samples go from 0 without"
        in " ".join(coverage.not_covered(report))
    )


def test_paths_without_a_point_are_counted_and_said():
    made = certify(lone_fraction, "no-deficit", engine="symbolic", expect="PROVED", **BOX)
    assert made["exploration"]["unreached"] == 1
    told = " ".join(coverage.covered(read(json.loads(json.dumps(made)))))
    assert (
        "1 path is followed although no integer bids are known to take it: its conditions hold for fractions." in told
    )
    made["exploration"]["unreached"] = 2
    told = " ".join(coverage.covered(read(json.loads(json.dumps(made)))))
    assert "2 paths are followed although no integer bids are known to take them: their conditions hold" in told


def lone_fraction(bids):
    """One way with the first bid at 3/2 and the second at 1: rounding one inequality at a time does not exclude it."""
    return ([0, 1] if bids[1] == 1 and 2 * bids[0] == 3 * bids[1] else [1, 0]), [0, 0]


def test_a_certificate_about_other_amounts_cannot_be_read(proved):
    altered = {**proved, "domain": {**proved["domain"], "amounts": "naturals"}}
    with pytest.raises(CertificateError, match="naturals"):
        read(altered)


SCHEMA = json.loads((reports_dir() / "schema" / "certificate-v1.schema.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("domain", {"amounts": "naturals"}),
        ("domain", {"upper": "9/2"}),
        ("domain", {"types": [[["0"], ["1/2"]], [["0"]]]}),
        ("exploration", {"unreached": -1}),
    ],
)
def test_the_schema_knows_integers(proved, part, change):
    validator = Draft202012Validator(SCHEMA)
    validator.validate(proved)
    assert not validator.is_valid({**proved, part: {**proved[part], **change}})
    real = {**proved, "domain": {**proved["domain"], "amounts": "reals"}}
    assert validator.is_valid(real)
    assert not validator.is_valid({**real, "exploration": {**real["exploration"], "unreached": 1}})


# the checker


class Shop:
    """A directory with one module, and certificates about it."""

    def __init__(self, folder):
        self.folder = folder

    def prove(self, source, names, **domain):
        (self.folder / "shop.py").write_text(source)
        importlib.invalidate_caches()
        sys.modules.pop("shop", None)
        table = {
            "title": "shop",
            "subject": {"call": "shop:run"},
            "domain": {key: value for key, value in {**BOX, **domain}.items() if value is not None},
            "claim": [{"property": name, "engine": "symbolic", "expect": "PROVED"} for name in names],
        }
        spec = parse_spec(table, name="shop", properties=PROPERTIES, engines=ENGINES)
        *_, last = audit(spec, target=importlib.import_module("shop").run)
        certificate = json.loads(json.dumps(last.certificate))
        certificate["subject"]["source"] = {"shop.py": hashlib.sha256(source.encode()).hexdigest()}
        return self.sealed(certificate)

    def sealed(self, certificate):
        return seal({key: value for key, value in certificate.items() if key not in ("format", "version", "sha256")})

    def check(self, certificate):
        reports = checker.check(self.sealed(certificate), [str(self.folder)], fresh=in_this_process)
        return {(report["status"], *report["reasons"]) for report in reports}


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    yield Shop(tmp_path)
    sys.modules.pop("shop", None)


OUTBID = """
def run(bids):
    if bids[1] > bids[0]:
        return [0, 1], [0, bids[0] + 1]
    return [1, 0], [bids[1], 0]
"""


@pytest.mark.parametrize("upper", [4, None])
def test_the_checker_confirms_a_proof_for_integers(shop, upper):
    certificate = shop.prove(OUTBID, ["dsic", "ex-post-ir", "efficient", "feasible", "monotone"], upper=upper)
    assert {claim["verdict"] for claim in certificate["claims"]} == {"PROVED"}
    assert shop.check(certificate) == {("CONFIRMED",)}


def test_the_checker_tries_a_proof_for_integers_with_whole_numbers_only(shop):
    """Between two integers this one would do something else; there it is never asked."""
    source = OUTBID.replace(
        "    if", "    if 0 < bids[0] < 1 or bids[1] < bids[0] < bids[1] + 1:\n        return 1\n    if", 1
    )
    certificate = shop.prove(source, ["dsic"], upper=None)
    assert [claim["verdict"] for claim in certificate["claims"]] == ["PROVED"]
    assert shop.check(certificate) == {("CONFIRMED",)}


def test_probes_of_the_checker_are_whole_and_among_them_are_large_ones(shop, monkeypatch):
    certificate, seen = shop.prove(OUTBID, ["dsic"], upper=None), set()
    plain = checker.Subject.observe

    def observed(self, profile, numbers=""):
        seen.add(profile)
        return plain(self, profile, numbers)

    monkeypatch.setattr(checker.Subject, "observe", observed)
    assert shop.check(certificate) == {("CONFIRMED",)}
    amounts = {amount for profile in seen for report in profile for amount in report}
    assert all(amount.denominator == 1 for amount in amounts)
    assert max(amounts) > 2**69
    assert {profile for profile in seen if max(profile) > (4,)}


@pytest.mark.parametrize("kind", [{"kind": "multi-unit", "items": 2}, {"kind": "combinatorial", "goods": 2}])
def test_vectors_of_whole_numbers_are_proved_and_confirmed(shop, kind):
    one, both = (1, 2) if kind["kind"] == "multi-unit" else (3, 3)
    source = f"""
def run(bids):
    first, second = (bids[0][0] + bids[0][1], bids[1][0] + bids[1][1]) if {one} == 1 else (bids[0][2], bids[1][2])
    if second > first:
        return [0, {both}], [0, first + 1]
    return [{both}, 0], [second, 0]
"""
    certificate = shop.prove(source, ["dsic", "ex-post-ir", "feasible"], values="0..1", **kind)
    assert {claim["verdict"] for claim in certificate["claims"]} == {"PROVED"}
    assert shop.check(certificate) == {("CONFIRMED",)}


def test_a_path_that_fractions_alone_would_take_is_walked_by_the_checker_too(shop):
    source = """
def run(bids):
    odd = bids[1] == 1 and 2 * bids[0] == 3 * bids[1]
    return [1, 0], [5 if odd else 0, 0]
"""
    certificate = shop.prove(source, ["no-deficit", "feasible"])
    assert certificate["exploration"]["unreached"] == 1
    assert shop.check(certificate) == {("CONFIRMED",)}
    certificate["exploration"]["unreached"] = 0  # it tells how a result was obtained
    assert shop.check(certificate) == {("CONFIRMED",)}


def test_anonymity_at_integers_parts_ties_by_1(shop):
    """Two that bid alike are told apart by the order, which does not count; one more is enough to be told apart."""
    source = """
def run(bids):
    if bids[0] >= bids[1] + 1:
        return [1, 0], [bids[1], 0]
    if bids[1] >= bids[0] + 1:
        return [0, 1], [0, bids[0]]
    return [1, 0], [bids[1], 0]
"""
    whole = shop.prove(source, ["anonymous"])
    assert [claim["verdict"] for claim in whole["claims"]] == ["PROVED"]
    assert shop.check(whole) == {("CONFIRMED",)}
    real = shop.prove(source, ["anonymous"], amounts="reals")
    assert [claim["verdict"] for claim in real["claims"]] == ["REFUTED"]
    assert shop.check(real) == {("CONFIRMED",)}


def test_a_proof_that_needs_integers_does_not_pass_for_one_about_reals(shop):
    certificate = shop.prove(OUTBID, ["dsic"])
    certificate["domain"]["amounts"] = "reals"
    ((status, *_),) = shop.check(certificate)
    assert status == "REJECTED"


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("domain", "types", 0, 1, 0), "1/2", "domain.types has a value that is not whole"),
        (("domain", "upper"), "9/2", "domain.upper is not whole"),
        (("domain", "amounts"), "naturals", "domain.amounts is none of integers, reals"),
        (("domain", "amounts"), None, "domain.amounts is none of integers, reals"),
        (("claims", 0, "witness", "runs", 0, "bids", 0, 0), "1/2", "are not admissible"),
        (("claims", 0, "regret"), [], "regret: only where truthfulness is refuted on a box"),
        (("exploration", "unreached"), None, "certificate.exploration.unreached is not a whole number"),
    ],
)
def test_fractions_among_integers_are_rejected(shop, path, value, said):
    certificate = shop.prove("def run(bids):\n    return [1, 0], [bids[0], 0]\n", ["dsic"])
    assert [claim["verdict"] for claim in certificate["claims"]] == ["REFUTED"]
    assert shop.check(certificate) == {("CONFIRMED",)}
    *steps, last = path
    place = certificate
    for step in steps:
        place = place[step]
    place[last] = value
    ((status, reason),) = shop.check(certificate)
    assert (status, said in reason) == ("REJECTED", True), reason


def test_unreached_paths_are_not_possible_among_reals(shop):
    certificate = shop.prove(OUTBID, ["feasible"], amounts="reals")
    assert shop.check(certificate) == {("CONFIRMED",)}
    certificate["exploration"]["unreached"] = 1
    assert shop.check(certificate) == {("REJECTED", "exploration.unreached: only where bids are whole numbers")}


def test_the_packaged_claims_hold_for_integers_and_not_for_reals():
    """What is packaged is run elsewhere; here, that it would be false for reals."""
    table = tomllib.loads((specs_dir() / "claims" / "proved-integers.toml").read_text())
    assert table["domain"]["amounts"] == "integers"
    names = [claim["property"] for claim in table["claim"]]
    setting = {**table["domain"], "amounts": "reals", "engine": "symbolic"}
    found = {claim["id"]: claim["verdict"] for claim in certify(table["subject"]["call"], *names, **setting)["claims"]}
    refuted = {name for name, verdict in found.items() if verdict == "REFUTED"}
    assert refuted == {"dsic", "efficient", "anonymous", "envy-free"}
