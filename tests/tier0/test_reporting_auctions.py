"""Console text, page and JUnit of an auction's outcome, from a certificate that is written out here."""

from __future__ import annotations

from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from verifier.reporting import junit
from verifier.reporting.auctions import MEANS, MOST_ROWS, console, page, view

COVER = {"denominator": 1}


def bidder(name, *bids):
    return {"name": name, "bids": [{"units": units, "value": value} for units, value in bids]}


def claim(id_, verdict="PROVED", reason="", **others):
    return {"id": id_, "verdict": verdict, "expect": "PROVED", "met": True, "reason": reason, "evidence": {}, **others}


def certificate(**changes):
    """Two goods, one of them with several units; x wins two, y wins one, z pays for nothing, w is told no."""
    return {
        "name": "fixed",
        "title": "A fixed sale",
        "source": "Nobody 2000",
        "mechanism": {"call": "some.module:rule"},
        "auction": {
            "goods": ["acre", "barn"],
            "bidders": [
                bidder("x", ({"0": 2}, "1001/2"), ({"1": 1}, "7")),
                bidder("y", ({"0": 1, "1": 1}, "4000")),
                bidder("z", ({"1": 1}, "1")),
                bidder("w"),
            ],
        },
        "outcome": {"choice": [[0], [0], [], []], "payments": ["1/3", "2", "-1", "0"]},
        "claims": [
            claim("feasible"),
            claim("efficient", evidence={"optimum": {"cover": COVER}}),
            claim("vcg-payments", "REFUTED", "x pays 1/3", met=False, evidence={"without": [{"cover": COVER}]}),
            claim("core", "UNKNOWN", expect=None, evidence={"lowered": None}),
        ],
        "interrupted": False,
        **changes,
    }


def winners(number):
    """An auction of as many goods, each of which its own bidder wins."""
    return certificate(
        auction={
            "goods": [f"g{index}" for index in range(number)],
            "bidders": [bidder(f"b{index}", ({str(index): 1}, "1")) for index in range(number)],
        },
        outcome={"choice": [[0]] * number, "payments": ["0"] * number},
    )


class Text(HTMLParser):
    """What a reader sees of a page, and which tags it has."""

    def __init__(self):
        super().__init__()
        self.words, self.tags = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.words += data.split() if self.tags[-1:] != ["style"] else []


def read(html):
    text = Text()
    text.feed(html)
    return " ".join(text.words), text.tags


def test_the_console_text_is_this():
    assert console(certificate()).splitlines() == [
        "A fixed sale",
        "Nobody 2000",
        "2 goods, 4 bidders, 4 bids; mechanism some.module:rule",
        "",
        "winner  gets        offered  pays",
        "x       2 acre      1001/2   1/3",
        "y       acre, barn  4000     2",
        "z       \N{EN DASH}           0        \N{MINUS SIGN}1",
        "1 bidder without a win.",
        "Welfare 9001/2, revenue 4/3.",
        "",
        "claim         verdict  expected  met  note",
        f"feasible      PROVED   PROVED    yes  {MEANS['feasible']}",
        f"efficient     PROVED   PROVED    yes  {MEANS['efficient']}",
        "vcg-payments  REFUTED  PROVED    NO   x pays 1/3",
        "core          UNKNOWN  \N{EN DASH}         yes",
        "",
        "Proof of optimality: 1 cover of all choices by dual prices, 18 bytes.",
        "Not as expected: vcg-payments.",
    ]


def test_the_page_says_the_same():
    said, _ = read(page(certificate()))
    for words in (
        "A fixed sale Nobody 2000 Not as expected: vcg-payments.",
        "2 goods, 4 bidders, 4 bids; the mechanism is some.module:rule .",
        "Winner Gets Offered Pays x 2 acre 1001/2 1/3 y acre, barn 4000 2",
        "1 bidder without a win. Welfare 9001/2, revenue 4/3.",
        "vcg-payments REFUTED no , expected PROVED x pays 1/3",
        "core UNKNOWN yes, nothing was claimed",
        "Proof of optimality: 1 cover of all choices by dual prices, 18 bytes.",
        "verify check fixed.json",
    ):
        assert words in said
    assert "interrupted" not in said


def test_an_interrupted_audit_is_called_partial():
    assert "The audit was interrupted, so this certificate is partial." in read(page(certificate(interrupted=True)))[0]


def test_what_is_not_there_leaves_no_empty_line():
    bare = certificate(source="", claims=[claim("feasible")])
    assert console(bare).splitlines()[1] == "2 goods, 4 bidders, 4 bids; mechanism some.module:rule"
    assert console(bare).splitlines()[-2:] == ["", "Everything is as expected."]
    assert "Proof of optimality" not in page(bare)
    assert "<p></p>" not in page(bare)


def test_without_an_outcome_nobody_is_shown_as_a_winner():
    seen = certificate(outcome=None, mechanism={"call": None})
    assert view(seen).winners == ()
    assert "The mechanism returned no outcome." in console(seen)
    assert "winner " not in console(seen)
    said, tags = read(page(seen))
    assert "a callable that has no path" in said
    assert tags.count("table") == 1  # of the verdicts


@pytest.mark.parametrize(("number", "more"), [(MOST_ROWS, ""), (MOST_ROWS + 1, "1 more win something.")])
def test_winners_past_the_most_rows_are_counted(number, more):
    seen = view(winners(number))
    assert len(seen.winners) == MOST_ROWS
    assert seen.losers == more
    assert seen.totals == f"Welfare {number}, revenue 0."


HOSTILE = "<img src=x onerror=alert(1)>&\x1b[31m\x00"


def test_hostile_names_are_text():
    seen = certificate(
        name=HOSTILE,
        title=HOSTILE,
        source=HOSTILE,
        mechanism={"call": HOSTILE},
        auction={"goods": [HOSTILE], "bidders": [bidder(HOSTILE, ({"0": 1}, "1"))]},
        outcome={"choice": [[0]], "payments": ["0"]},
        claims=[claim("feasible", "REFUTED", HOSTILE, met=False)],
    )
    html = page(seen)
    said, tags = read(html)
    assert "img" not in tags
    assert said.count("<img src=x onerror=alert(1)>&") >= 6
    assert not {"\x1b", "\x00"} & set(html)
    assert not {"\x1b", "\x00"} & set(console(seen))


def test_junit_tells_a_miss_from_a_crash_and_from_a_budget():
    claims = [
        claim("feasible"),
        claim("efficient", "UNKNOWN", "spent", met=False),
        claim("vcg-payments", "REFUTED", "x pays 1/3", met=False),
        claim("no-deficit", "ERROR", met=False),
    ]
    suite = ET.fromstring(junit.document([], others=[view(certificate(claims=claims))]).encode())[0]
    assert {key: suite.get(key) for key in ("name", "tests", "failures", "errors", "skipped")} == {
        "name": "fixed", "tests": "4", "failures": "1", "errors": "1", "skipped": "1",
    }  # fmt: skip
    assert [(case.get("name"), case[0].tag, case[0].attrib) for case in suite] == [
        ("feasible", "system-out", {}),
        ("efficient", "skipped", {"message": "UNKNOWN: spent"}),
        ("vcg-payments", "failure", {"message": "REFUTED: x pays 1/3", "type": "REFUTED"}),
        ("no-deficit", "error", {"message": "ERROR", "type": "ERROR"}),
    ]
