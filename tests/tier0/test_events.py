"""Events as lines of JSON, and files that are written whole or not at all."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import verifier.audit
from verifier.audit import Progress
from verifier.cli import main
from verifier.commands import event_log, exits, files
from verifier.commands.event_log import EventLog
from verifier.commands.files import Unwritable, make_ready, write_whole
from verifier.reporting import events, junit

CLAIMS = """\
title = "First price"
[subject]
call = "mechanisms.auctions.single_item:first_price"
[domain]
kind = "single-item"
agents = 2
values = "0..2"
[[claim]]
property = "dsic"
expect = "REFUTED"
[[claim]]
property = "efficient"
expect = "REFUTED"
"""
CHICKEN = 'NFG 1 R "Chicken" { "Ann" "Bob" } { 2 2 }\n\n6 6 7 2 2 7 0 0\n'
CATS = "% three bids\ngoods 2\nbids 3\ndummy 1\n0\t6\t0\t#\n1\t4.5\t1\t2\t#\n2\t5\t0\t2\t#\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(CLAIMS, encoding="utf-8")
    return tmp_path


def verify(*words):
    return CliRunner().invoke(main, list(words))


def lines(text):
    assert text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def test_an_audit_is_told_from_its_start_to_its_certificate(here):
    assert verify("run", "mine.toml", "--quiet", "--events", "new/e.ndjson").exit_code == exits.MISSED
    first, *between, last = lines((here / "new" / "e.ndjson").read_text("ascii"))
    assert first == {"event": "started", "name": "mine", "claims": ["dsic", "efficient"]}
    assert {one["event"] for one in between} == {"progress", "decided"}
    assert all(
        one.keys() == {"event", "name", "stage", "done", "total"} for one in between if one["event"] == "progress"
    )
    assert [one for one in between if one["event"] == "decided"] == [
        {
            "event": "decided",
            "name": "mine",
            "claim": claim,
            "property": claim,
            "verdict": verdict,
            "expect": "REFUTED",
            "met": met,
            "reason": None,
        }
        for claim, verdict, met in (("dsic", "REFUTED", True), ("efficient", "EXHAUSTED", False))
    ]
    certificate = json.loads((here / "verify-report" / "mine.json").read_text("ascii"))
    assert last == {
        "event": "finished",
        "name": "mine",
        "certificate": "verify-report/mine.json",
        "sha256": certificate["sha256"],
        "interrupted": False,
        "claims": 2,
        "missed": 1,
    }


def test_games_and_auctions_are_told_too(here):
    (here / "chicken.nfg").write_text(CHICKEN, encoding="utf-8")
    (here / "bids.txt").write_text(CATS, encoding="utf-8")
    assert verify("run", "bids.txt", "chicken.nfg", "--quiet", "--events", "e").exit_code == exits.MET
    told = lines((here / "e").read_text("ascii"))
    for name in ("bids", "chicken"):
        kinds = [one["event"] for one in told if one["name"] == name]
        assert (kinds[0], kinds[-1]) == ("started", "finished")
        assert "decided" in kinds
        (first,) = (one for one in told if one["name"] == name and one["event"] == "started")
        assert first["claims"] is None


def test_on_standard_output_there_are_events_and_nothing_else(here):
    result = verify("run", "mine.toml", "--events", "-")
    assert [one["event"] for one in lines(result.stdout)][-1] == "finished"


def test_events_and_a_document_do_not_share_standard_output(here):
    result = verify("run", "mine.toml", "--events", "-", "--json")
    assert result.exit_code == exits.USAGE
    assert "give --events a file" in result.stderr


def test_each_line_is_on_the_disk_before_the_next_thing_happens(here, monkeypatch):
    audit, seen = verifier.audit.audit, list[int]()

    def watched(spec, **options):
        for event in audit(spec, **options):
            seen.append((here / "e").read_text("ascii").count("\n"))
            yield event

    monkeypatch.setattr(verifier.audit, "audit", watched)
    verify("run", "mine.toml", "--quiet", "--events", "e")
    assert seen == list(range(len(seen)))


def test_ctrl_c_keeps_what_was_written(here, monkeypatch):
    audit = verifier.audit.audit

    def stopped(spec, **options):
        stream = audit(spec, **options)
        for event in stream:
            yield event
            if isinstance(event, Progress):
                yield stream.throw(KeyboardInterrupt())

    monkeypatch.setattr(verifier.audit, "audit", stopped)
    assert verify("run", "mine.toml", "--quiet", "--events", "e", "--sarif", "s").exit_code == exits.INTERRUPTED
    told = lines((here / "e").read_text("ascii"))
    assert told[0]["event"] == "started"
    assert (told[-1]["event"], told[-1]["interrupted"]) == ("finished", True)
    log = json.loads((here / "s").read_text("ascii"))
    assert log["runs"][0]["invocations"] == [{"executionSuccessful": False}]


def test_a_line_is_ascii_and_one_line():
    text = events.line(events.progress("n", "a\n\N{EN DASH}"))
    assert text.isascii()
    assert text.count("\n") == 1


@pytest.mark.parametrize("option", ["--events", "--sarif", "--attest", "--junit"])
def test_a_file_that_cannot_be_made_is_told_before_anything_runs(here, option, monkeypatch):
    monkeypatch.setattr(verifier.audit, "audit", None)  # would fail
    (here / "plain").write_text("", encoding="utf-8")
    result = verify("run", "mine.toml", option, "plain/report")
    assert result.exit_code == exits.USAGE
    assert result.stderr.startswith("cannot write to plain")


def test_a_full_disk_is_told_and_nobody_listening_is_passed_on(here):
    class Broken:
        def __init__(self, error):
            self.error = error

        def write(self, text):
            raise self.error

    log = EventLog("e")
    log.close()
    log._stream = Broken(OSError(28, "No space left on device"))
    with pytest.raises(Unwritable, match="cannot write events to e: No space left on device"):
        log.write(events.progress("n", "stage"))
    log._stream = Broken(BrokenPipeError())
    with pytest.raises(BrokenPipeError):
        log.write(events.progress("n", "stage"))


def test_standard_output_without_a_descriptor_is_used_as_it_is_and_left_open(capsys):
    log = EventLog(event_log.STDOUT)
    log.write(events.progress("n", "stage", 1, 2))
    log.write(None)
    log.close()
    print("after")
    told, after = capsys.readouterr().out.splitlines()
    assert json.loads(told) == {"event": "progress", "name": "n", "stage": "stage", "done": 1, "total": 2}
    assert after == "after"


def test_a_report_that_fails_leaves_the_old_one_and_no_rest(here, monkeypatch):
    (here / "out.xml").write_text("old", encoding="utf-8")
    monkeypatch.setattr(files.os, "replace", _refuse)
    with pytest.raises(Unwritable, match=r"cannot write to out\.xml: denied"):
        write_whole(here / "out.xml", "new")
    assert {path.name for path in here.iterdir()} == {"mine.toml", "out.xml"}
    assert (here / "out.xml").read_text("utf-8") == "old"


def _refuse(part, whole):
    raise PermissionError(13, "denied", "out.xml")


def test_a_link_stays_a_link(here):
    (here / "real").mkdir()
    (here / "link.xml").symlink_to(here / "real" / "out.xml")
    write_whole(here / "link.xml", "text")
    assert (here / "link.xml").is_symlink()
    assert (here / "real" / "out.xml").read_text("utf-8") == "text"


def test_a_device_is_written_and_not_replaced():
    from pathlib import Path

    make_ready(Path("/dev/null"))
    write_whole(Path("/dev/null"), "text")
    assert not Path("/dev/null").is_file()


def test_a_document_that_cannot_be_made_leaves_no_file(here, monkeypatch):
    def fails(*given):
        raise ValueError("no")

    monkeypatch.setattr(junit, "document", fails)
    assert verify("run", "mine.toml", "--quiet", "--junit", "j.xml").exit_code == exits.INTERNAL
    assert not (here / "j.xml").exists()


@pytest.mark.parametrize("option", ["--events", "--sarif", "--attest"])
@pytest.mark.parametrize("name", ["mine.json", "mine.html", "index.html"])
def test_no_report_takes_the_place_of_a_certificate(here, option, name):
    (here / "verify-report").mkdir()
    (here / "verify-report" / name).write_text("kept", encoding="utf-8")
    result = verify("run", "mine.toml", option, f"verify-report/{name}")
    assert result.exit_code == exits.USAGE
    assert "is the place of a certificate or its page" in result.stderr
    assert (here / "verify-report" / name).read_text("utf-8") == "kept"


def test_two_reports_do_not_share_a_file(here):
    result = verify("run", "mine.toml", "--sarif", "x", "--events", "./x")
    assert result.exit_code == exits.USAGE
    assert "name the same file" in result.stderr
