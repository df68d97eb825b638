"""What pages say of searches and samples: how much was looked at, and what that leaves open."""

from __future__ import annotations

import pytest

from mechanisms.auctions import single_item
from mechanisms.flawed import protocol
from verifier.audit import ENGINES, Decided, Finished, Progress, audit
from verifier.engines.base import Limits
from verifier.properties import PROPERTIES
from verifier.reporting import console, html, junit, volumes, words
from verifier.reporting.coverage import covered, not_covered
from verifier.reporting.reading import Volume, read
from verifier.spec import parse_spec

SINGLE = {"kind": "single-item", "agents": 2, "values": "0..3"}


def events(mechanism, *claims):
    table = {
        "title": "under test",
        "subject": {"call": f"{mechanism.__module__}:{mechanism.__name__}"},
        "domain": SINGLE,
        "claim": [{"property": prop, "engine": engine} for prop, engine in claims],
    }
    spec = parse_spec(table, name="test", properties=PROPERTIES, engines=ENGINES)
    return audit(spec, limits=Limits(examples=300, samples=100), target=mechanism)


def certified(mechanism, *claims):
    (done,) = [event for event in events(mechanism, *claims) if isinstance(event, Finished)]
    return done.certificate


def test_supported_is_said_with_its_volume_and_never_as_absence():
    report = read(certified(single_item.second_price, ("dsic", "search"), ("dsic", "sampling")))
    searched, sampled = report.claims
    assert "This is no claim that there is none." in words.verdict(report, searched)
    assert "were proposed by Hypothesis" in words.verdict(report, searched)
    assert words.note(report, searched).endswith("searched, none violated (seed 0)")
    assert words.note(report, sampled) == (
        "100 cases drawn, none violated: with 95 % confidence at most 2.9514 % of the cases are violations (seed 0)"
    )
    assert "Rarer violations than that may well exist." in words.verdict(report, sampled)
    text = " ".join([*covered(report), *not_covered(report)])
    assert "at reports drawn at random, independent and uniform, from the grid" in text
    assert "A search that finds nothing says nothing about the cases that it did not look at." in text
    assert "A sample is about its distribution on the grid" in text
    assert "No profile was run" not in text


def test_a_refuted_sample_tells_the_share_of_violations():
    report = read(certified(single_item.first_price, ("dsic", "sampling"), ("dsic", "search")))
    sampled, searched = report.claims
    assert "drawn at random from the grid" in words.verdict(report, sampled)
    assert "confidence their share lies between" in words.verdict(report, sampled)
    assert "their share" not in words.verdict(report, searched)
    assert not [line for line in not_covered(report) if line.startswith("A search that finds nothing")]


def test_what_was_left_out_is_said_beside_the_volume():
    report = read(certified(protocol.nan_without_rivals, ("ex-post-ir", "search")))
    (claim,) = report.claims
    assert "had no valid outcome and were left out" in words.verdict(report, claim)
    assert "had no valid outcome and were left out" in words.note(report, claim)


def test_console_page_and_junit_show_the_volume():
    certificate = certified(single_item.first_price, ("ex-post-ir", "search"), ("dsic", "search"))
    note = "searched, none violated (seed 0)"
    assert note in console.plain([certificate])
    page = html.page(certificate)
    assert "different profiles among all real bids" in page
    assert note in str(junit.document([certificate]))


@pytest.mark.parametrize("engine", ["search", "sampling"])
def test_an_interrupted_audit_keeps_what_an_engine_found(engine):
    stream = events(single_item.first_price, ("ex-post-ir", engine), ("dsic", engine))
    for event in stream:
        if isinstance(event, Progress) and event.stage.startswith(("searching dsic", "sampling dsic")) and event.done:
            break
        if isinstance(event, Progress) and event.stage == "shrinking dsic":
            break
        if isinstance(event, Decided) and event.claim.property == "dsic":
            pytest.fail("nothing to interrupt") if engine == "search" else None
            return
    heard = [stream.throw(KeyboardInterrupt()), *stream]
    certificate = heard[-1].certificate
    assert certificate["interrupted"]
    assert [claim["verdict"] for claim in certificate["claims"]] == ["SUPPORTED", "REFUTED"]


def test_one_case_is_said_in_the_singular():
    one = Volume("search", 0, 1, 0, 1, profiles=1)
    report = read(certified(single_item.second_price, ("dsic", "search")))
    assert volumes.supported(report, one).startswith("1 case at 1 different profile among")
    assert "was judged" in volumes.supported(report, one)
