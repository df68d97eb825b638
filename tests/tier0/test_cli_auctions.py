"""`verify run` on auctions, in this process."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from verifier import checker
from verifier.auction_audit import audit_auction
from verifier.cli import main
from verifier.commands import auctions, exits
from verifier.domains.instances import catalogue
from verifier.domains.packages import Auction, Bidder, PackageBid, auction
from verifier.oracles.welfare import Oracle, Undecided
from verifier.reporting.auctions import MOST_ROWS, console, page

CATS = "% three bids\ngoods 2\nbids 3\ndummy 1\n0\t6\t0\t#\n1\t4.5\t1\t2\t#\n2\t5\t0\t2\t#\n"
TOML = """\
title = "Two licences"
[auction]
goods = ["A", "B"]
[[bidder]]
name = "x"
bids = [{ package = ["A"], value = 28 }]
[[bidder]]
name = "y"
bids = [{ package = ["A", "B"], value = "32.5" }]
"""
CLAIMS = """\
title = "Second price"
[subject]
call = "mechanisms.auctions.single_item:second_price"
[domain]
kind = "single-item"
agents = 2
values = "0..2"
[[claim]]
property = "dsic"
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bids.txt").write_text(CATS, encoding="utf-8")
    (tmp_path / "licences.toml").write_text(TOML, encoding="utf-8")
    return tmp_path


def verify(*words):
    return CliRunner().invoke(main, words)


def test_a_cats_file_has_winners_payments_and_a_proof(here):
    result = verify("run", "bids.txt")
    assert result.exit_code == exits.MET, result.output
    assert "Welfare 21/2, revenue 1/2." in result.stdout  # both win; the second could have had good 0 for 5
    assert "efficient              PROVED" in result.stdout
    assert "Proof of optimality: " in result.stdout
    assert "bids: the best welfare" in result.stderr
    assert verify("check", "verify-report/bids.json").exit_code == 0
    assert "Welfare" in (here / "verify-report" / "bids.html").read_text(encoding="utf-8")
    assert './bids.html">bids</a>' in (here / "verify-report" / "index.html").read_text(encoding="utf-8")


def test_auctions_and_claims_run_side_by_side_into_one_document(here):
    (here / "second.toml").write_text(CLAIMS, encoding="utf-8")
    result = verify("run", "licences.toml", "second.toml", "bids.txt", "--json", "--quiet", "--junit", "out.xml")
    assert result.exit_code == exits.MET, result.output
    assert [one["name"] for one in json.loads(result.stdout)["certificates"]] == ["licences", "bids", "second"]
    suites = {suite.get("name"): suite for suite in ET.parse(here / "out.xml").getroot()}
    assert set(suites) == {"licences", "bids", "second"}
    assert suites["licences"].get("tests") == "6"


def test_auctions_of_the_catalogue_are_found_by_name(here):
    result = verify("run", "day-cramton-2012/five-bidders", "weber/two-items", "wikipedia-vcg/two-items")
    assert result.exit_code == exits.MET, result.output
    assert "as-worked              PROVED" in result.stdout
    written = {path.name for path in (here / "verify-report").glob("*.json")}
    assert written == {"day-cramton-2012-five-bidders.json", "weber-two-items.json", "wikipedia-vcg-two-items.json"}


def test_another_mechanism_is_judged_and_may_fail(here):
    paid = verify("run", "licences.toml", "--mechanism", "mechanisms.auctions.packages.clarke:pay_as_bid")
    assert paid.exit_code == exits.MISSED
    assert "y pays 65/2, and what it costs the others is 28" in paid.stdout
    assert "Not as expected: vcg-payments." in paid.stdout
    assert verify("run", "licences.toml", "--mechanism", "builtins:len", "--quiet").exit_code == exits.MISSED


MISTAKES = {
    "an unknown mechanism": (("licences.toml", "--mechanism", "nowhere:vcg"), "nowhere"),
    "no auction to run it on": (("second.toml", "--mechanism", "builtins:len"), "no auction is named"),
    "a bid for no good": (("bad.txt",), "bad.txt:5: "),
    "a good that nobody knows": (("bad.toml",), "bad.toml:6: "),
    "two of one name": (("bids.txt", "other/bids.txt"), "their reports would be one file"),
    "the name of the index": (("index.txt",), "an auction cannot be called 'index'"),
    "no text": (("binary.txt",), "binary.txt: cannot be read"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_named_before_anything_is_written(here, name):
    words, says = MISTAKES[name]
    (here / "second.toml").write_text(CLAIMS, encoding="utf-8")
    (here / "bad.txt").write_text(CATS.replace("0\t6\t0", "0\t6\t7"), encoding="utf-8")
    (here / "bad.toml").write_text(TOML.replace('package = ["A"]', 'package = ["C"]'), encoding="utf-8")
    (here / "other").mkdir()
    (here / "other" / "bids.txt").write_text(CATS, encoding="utf-8")
    (here / "index.txt").write_text(CATS, encoding="utf-8")
    (here / "binary.txt").write_bytes(b"\xff\xfe")
    result = verify("run", *words)
    assert (result.exit_code, result.stdout) == (exits.USAGE, "")
    assert says in result.stderr
    assert not (here / "verify-report").exists()


def test_ctrl_c_keeps_the_auctions_before(here, monkeypatch):
    settle = audit_auction

    def interrupted(sold, *args, **options):
        found = settle(sold, *args, **options)
        return {**found, "interrupted": options["name"] == "licences"}

    monkeypatch.setattr(auctions, "audit_auction", interrupted)
    result = verify("run", "bids.txt", "licences.toml", "day-cramton-2012/five-bidders")
    assert result.exit_code == exits.INTERRUPTED
    assert "the certificates of 2 of 3 files are in verify-report" in result.stderr


def test_a_place_that_cannot_be_written_to_is_named(here):
    (here / "verify-report" / "bids.json").mkdir(parents=True)
    result = verify("run", "bids.txt")
    assert result.exit_code == exits.USAGE
    assert "cannot write to" in result.stderr


def test_a_file_that_cannot_be_read_is_one_line(here, monkeypatch):
    read = Path.read_text

    def refused(self, *args, **options):
        if self.name == "licences.toml":
            raise PermissionError(13, "Permission denied")
        return read(self, *args, **options)

    monkeypatch.setattr(Path, "read_text", refused)
    result = verify("run", "licences.toml")
    assert result.exit_code == exits.USAGE
    assert result.stderr.count("\n") == 1


def test_the_catalogue_is_listed():
    listed = json.loads(verify("list", "--json").stdout)["auctions"]
    assert len(listed) >= 20
    assert "day-cramton-2012/five-bidders" in {one["name"] for one in listed}
    assert "verify run NAME runs a packaged claim or auction" in verify("list").stdout


def test_quiet_says_nothing(here):
    result = verify("run", "bids.txt", "--quiet")
    assert (result.exit_code, result.stdout, result.stderr) == (exits.MET, "", "")


def test_names_in_a_page_are_text_and_many_winners_are_counted():
    bidders = [
        Bidder(f"<b>{index}</b>", (PackageBid(tuple(int(good == index) for good in range(60)), index + 1),))
        for index in range(60)
    ]
    sold = Auction(tuple(f"good {index}" for index in range(60)), (1,) * 60, tuple(bidders))
    certificate = json.loads(json.dumps(audit_auction(sold, title="<script>")))
    written = page(certificate)
    assert "<b>3</b>" not in written
    assert "&lt;b&gt;3&lt;/b&gt;" in written
    assert f"{60 - MOST_ROWS} more win something." in console(certificate)


def test_without_an_outcome_the_report_says_so():
    sold = auction("A", {"x": [("A", 1)]})
    certificate = json.loads(json.dumps(audit_auction(sold, lambda _: None)))
    assert "The mechanism returned no outcome." in console(certificate)
    assert "a callable that has no path" in page(certificate)
    units = auction({"A": 3}, {"x": [({"A": 2}, 5)], "y": [({"A": 1}, 1)], "z": [({"A": 3}, 2)]})
    assert "2 A" in console(json.loads(json.dumps(audit_auction(units))))


@pytest.mark.parametrize(("fail_on", "code"), [("inconclusive", exits.INCONCLUSIVE), ("refuted", exits.MET)])
def test_a_spent_budget_is_inconclusive(here, monkeypatch, fail_on, code):
    def spent(self, *absent):
        raise Undecided(1, 2)

    monkeypatch.setattr(Oracle, "optimum", spent)
    result = verify("run", "licences.toml", "--fail-on", fail_on, "--junit", "out.xml")
    assert result.exit_code == code, result.output
    assert "Not as expected: efficient, vcg-payments." in result.stdout
    assert ET.parse(here / "out.xml").getroot().get("skipped") == "2"
    assert verify("check", "verify-report/licences.json").exit_code == exits.MET


def test_ctrl_c_with_json_still_prints_one_document(here, monkeypatch):
    def stopped(self, *absent):
        raise KeyboardInterrupt

    monkeypatch.setattr(Oracle, "optimum", stopped)
    result = verify("run", "licences.toml", "bids.txt", "--json")
    assert result.exit_code == exits.INTERRUPTED
    (partial,) = json.loads(result.stdout)["certificates"]
    assert (partial["name"], partial["interrupted"]) == ("licences", True)
    assert not (here / "verify-report" / "bids.json").exists()


def test_a_miss_is_a_failure_in_junit(here):
    verify(
        "run", "licences.toml", "--mechanism", "mechanisms.auctions.packages.clarke:pay_as_bid", "--junit", "out.xml"
    )
    root = ET.parse(here / "out.xml").getroot()
    assert (root.get("failures"), root.get("errors")) == ("1", "0")
    assert [case.get("name") for case in root.iter("testcase") if case.find("failure") is not None] == ["vcg-payments"]


def test_the_suffix_of_cats_is_known_in_any_case(here):
    (here / "bids.txt").rename(here / "Bids.CATS")
    assert "Welfare 21/2, revenue 1/2." in verify("run", "Bids.CATS").stdout


def test_every_auction_of_the_catalogue_is_as_worked_and_its_certificate_is_confirmed(here):
    names = list(catalogue())
    result = verify("run", *names, "--json", "--quiet")
    assert result.exit_code == exits.MET, result.output
    certificates = json.loads(result.stdout)["certificates"]
    assert [one["name"] for one in certificates] == [name.replace("/", "-") for name in names]
    assert all(one["claims"][0]["id"] == "as-worked" for one in certificates)
    for one in certificates:
        assert {seen["status"] for seen in checker.check(one)} == {"CONFIRMED"}, one["name"]
