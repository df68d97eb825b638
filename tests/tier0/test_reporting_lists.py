"""JUnit XML and the console table: what passes, what fails, and what is safe to write."""

from __future__ import annotations

import io
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from verifier.errors import CertificateError
from verifier.reporting import console, junit

SAMPLES = Path(__file__).parents[1] / "samples"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.json"))


def sample(name):
    return json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))


def cases(name):
    """Claim id -> the elements inside its test case."""
    root = ET.fromstring(junit.document([sample(name)]))
    return {case.get("name"): [child.tag for child in case] for case in root.iter("testcase")}


def test_a_refutation_that_was_expected_passes():
    assert cases("first-price")["dsic"] == ["system-out"]


def test_a_missed_gate_fails_and_shows_the_worked_witness():
    root = ET.fromstring(junit.document([sample("hostile")]))
    (failure,) = root.iter("failure")
    assert failure.get("type") == "REFUTED"
    assert failure.get("message") == "REFUTED: <i>Ann</i> gains 1 by reporting 0 when the item is worth 1 to it"
    assert failure.text.startswith("The claims file expects EXHAUSTED: this gate is missed.")
    assert "Gain: 1 \u2212 0 = 1" in failure.text


def test_no_answer_is_an_error_unless_it_was_expected():
    assert cases("faults")["dsic"] == ["error"]
    assert cases("unstable")["dsic"] == ["system-out"]


def test_what_was_not_decided_is_skipped():
    assert cases("interrupted")["efficient"] == ["skipped"]


def test_a_positive_verdict_that_is_too_weak_fails():
    certificate = sample("first-price")
    certificate["claims"][0].update(expect="PROVED", met=False)
    (failure,) = ET.fromstring(junit.document([certificate])).iter("failure")
    assert failure.get("message") == "EXHAUSTED: 121 cases checked"


def test_a_proof_is_noted_with_its_size_and_told_in_full():
    root = ET.fromstring(junit.document([sample("proved")]))
    (case,) = [case for case in root.iter("testcase") if case.get("name") == "dsic"]
    first, second = case.find("system-out").text.splitlines()
    assert first == "PROVED: 9 paths, 45 lemmas"
    assert second.startswith("True for all real bids \u2265 0, for every agent: 9 paths")


def test_exact_regrets_follow_the_worked_witness():
    root = ET.fromstring(junit.document([sample("regret")]))
    told = {case.get("name"): case.find("system-out").text.splitlines() for case in root.iter("testcase")}
    assert told["dsic"][0].endswith("; no lie gains more than 1/2")
    assert [line.split(",")[0] for line in told["dsic"][-3:]] == [
        f"Exact regret of bidder {number}: 1/2" for number in (1, 2, 3)
    ]
    assert not [line for line in told["dsic-2"] if "no lie gains more" in line or "Exact" in line]


def test_an_exploration_that_stopped_is_skipped_with_its_reason():
    root = ET.fromstring(junit.document([sample("unknown-symbolic")]))
    (skipped,) = root.iter("skipped")
    assert "int() of a symbolic number, in rounded, line 7" in skipped.get("message")


def test_suites_count_their_cases_and_the_root_counts_all():
    root = ET.fromstring(junit.document(map(sample, NAMES)))
    names = ("tests", "failures", "errors", "skipped")
    assert [int(root.get(name)) for name in names] == [92, 4, 5, 4]
    for suite in root:
        counted = [len(list(suite.iter(tag))) for tag in ("testcase", "failure", "error", "skipped")]
        assert [int(suite.get(name)) for name in names] == counted
    assert len(root) == len(NAMES)


def test_a_suite_says_where_its_certificate_lies():
    def stated(*paths):
        root = ET.fromstring(junit.document([sample("slots")], *paths))
        return {item.get("name"): item.get("value") for item in root.iter("property")}

    assert stated()["certificate"] == "slots.json"
    assert stated({"slots": "out/slots.json"})["certificate"] == "out/slots.json"
    assert stated()["sha256"] == sample("slots")["sha256"]


def test_an_empty_run_is_an_empty_document():
    assert ET.fromstring(junit.document([])).get("tests") == "0"


def test_text_that_xml_cannot_hold_is_replaced():
    certificate = sample("faults")
    certificate["claims"][1]["reason"] = "odd \u0000 \ud800 <b>"
    (error,) = [e for e in ET.fromstring(junit.document([certificate])).iter("error") if "odd" in e.get("message")]
    assert error.get("message") == "ERROR: odd \ufffd \ufffd <b>"


def test_plain_text_has_one_line_per_claim_and_a_closing_line():
    lines = console.plain(map(sample, NAMES)).splitlines()
    assert lines[0].split() == ["claim", "verdict", "expected", "met", "note"]
    assert len(lines) == 1 + 92 + 2
    (line,) = [line for line in lines if line.startswith("first-price#dsic ")]
    assert line.split(maxsplit=4)[1:] == [
        "REFUTED", "REFUTED", "yes", "Ann gains 1 by reporting 0 when the item is worth 1 to it",
    ]  # fmt: skip
    assert lines[-1].startswith("13 of 92 claims are not as expected.")


def test_columns_of_plain_text_are_aligned():
    lines = console.plain([sample("perverse")]).splitlines()
    start = lines[0].index("verdict")
    assert {line[start:].split()[0] for line in lines[1:11]} == {"EXHAUSTED", "REFUTED"}


def test_a_line_break_in_a_message_does_not_break_the_table():
    certificate = sample("faults")
    certificate["claims"][1]["reason"] = "one\ntwo\r\n\tthree"
    assert "one two three" in console.plain([certificate])


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


def test_a_terminal_gets_a_table_and_a_pipe_gets_plain_text(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal, pipe = Terminal(), io.StringIO()
    console.summary([sample("first-price")], terminal)
    console.summary([sample("first-price")], pipe)
    assert pipe.getvalue() == console.plain([sample("first-price")])
    assert "\x1b[31mREFUTED" in terminal.getvalue()
    assert "All 5 claims are as expected" in terminal.getvalue()


def test_proved_is_bolder_than_exhausted_on_a_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal = Terminal()
    console.summary([sample("regret")], terminal)
    assert "\x1b[1;32mPROVED" in terminal.getvalue()
    assert "\x1b[32mEXHAUSTED" in terminal.getvalue()


def test_no_color_is_respected(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    terminal = Terminal()
    console.summary([sample("hostile")], terminal)
    assert "\x1b[31m" not in terminal.getvalue()
    assert "NO" in terminal.getvalue()


def test_rich_markup_in_a_name_stays_text(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    certificate = sample("first-price")
    certificate["domain"]["agents"][0] = "[red]Ann[/red]"
    terminal = Terminal()
    console.summary([certificate], terminal)
    assert "[red]Ann[/red] gains 1" in terminal.getvalue()


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_stream_is_never_sent_what_it_cannot_encode(encoding):
    told = console.fitting("a \u201cb\u201d \u22121 \u00d7 2 \u4e2d", encoding)
    assert told == 'a "b" -1 * 2 ?'
    assert console.fitting("bids \u2265 0 \u4e2d", encoding) == "bids >= 0 ?"
    assert console.fitting("\u22121", "utf-8") == "\u22121"


def test_a_certificate_that_does_not_fit_is_an_error():
    for report in (console.plain, junit.document):
        with pytest.raises(CertificateError):
            report([{"name": "x"}])
