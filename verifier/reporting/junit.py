"""JUnit XML: a suite per certificate, a test case per claim, for whatever shows test results.

A claim that is as expected passes, also where a refutation was expected. One that is not fails; ERROR is an error and
UNKNOWN is skipped, because neither says that the claim is false.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from xml.etree import ElementTree as ET

from verifier.evidence import Verdict
from verifier.reporting import words
from verifier.reporting.auctions import AuctionView, ClaimRow
from verifier.reporting.game_views import ClaimRow as GameClaim
from verifier.reporting.game_views import GameView
from verifier.reporting.proofs import proved, regret_lines
from verifier.reporting.reading import ClaimEntry, Report, read
from verifier.reporting.text import legal
from verifier.reporting.worked import lines, work

_OUTCOMES = {Verdict.ERROR: "error", Verdict.UNKNOWN: "skipped"}  # everything else that is not as expected: failure
_COUNTS = (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))


def document(
    certificates: Iterable[Mapping[str, object]],
    paths: Mapping[str, str] | None = None,
    others: Sequence[AuctionView | GameView] = (),
) -> str:
    """The XML text.

    Parameters
    ----------
    certificates : as `certificate.read` gives them
    paths : certificate name -> where its file lies, for the property `certificate`; else `<name>.json`
    others : outcomes of auctions, and games, which get a suite each, too

    Raises
    ------
    CertificateError : a certificate does not fit its schema.
    """
    root = ET.Element("testsuites", {"name": "mechanism-verifier"})
    reports = [read(certificate) for certificate in certificates]
    for report in reports:
        _suite(root, report, (paths or {}).get(report.name, f"{report.name}.json"))
    for other in others:
        _other(root, other)
    _count(root, [*(claim for report in reports for claim in report.claims), *(c for o in others for c in o.claims)])
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + legal(text) + "\n"


def _suite(root: ET.Element, report: Report, path: str) -> None:
    suite = ET.SubElement(root, "testsuite", {"name": report.name})
    _count(suite, report.claims)
    properties = ET.SubElement(suite, "properties")
    for name, value in (
        ("certificate", path),
        ("sha256", report.sha256),
        ("subject", str(report.subject["call"])),
        ("title", report.title),
    ):
        ET.SubElement(properties, "property", {"name": name, "value": value})
    for claim in report.claims:
        _case(suite, report, claim)


def _other(root: ET.Element, judged: AuctionView | GameView) -> None:
    suite = ET.SubElement(root, "testsuite", {"name": judged.name})
    _count(suite, judged.claims)
    for claim in judged.claims:
        case = ET.SubElement(suite, "testcase", {"classname": judged.name, "name": claim.id})
        outcome, message = _outcome(claim), f"{claim.verdict}: {claim.note}".removesuffix(": ")
        if outcome:
            kept = {"message": message} if outcome == "skipped" else {"message": message, "type": str(claim.verdict)}
            ET.SubElement(case, outcome, kept)
        else:
            ET.SubElement(case, "system-out").text = message


def _case(suite: ET.Element, report: Report, claim: ClaimEntry) -> None:
    case = ET.SubElement(suite, "testcase", {"classname": report.name, "name": claim.id})
    outcome = _outcome(claim)
    message = f"{claim.verdict}: {words.note(report, claim)}".removesuffix(": ")
    steps = list[str]()
    if claim.witness is not None:
        replay = f"verify replay {report.name}.json#{claim.id}"
        steps = [*lines(work(claim.property, report.domain, claim.witness)), replay]
    if claim.verdict is Verdict.PROVED:
        steps.append(proved(report, claim))
    steps += regret_lines(report, claim)
    if outcome:
        kept = {"message": message} if outcome == "skipped" else {"message": message, "type": str(claim.verdict)}
        ET.SubElement(case, outcome, kept).text = "\n".join([words.gate(claim), *steps])
    else:
        ET.SubElement(case, "system-out").text = "\n".join([message, *steps])


def _outcome(claim: ClaimEntry | ClaimRow | GameClaim) -> str:
    """The element that says how the test went; empty where it passed."""
    return "" if claim.met else _OUTCOMES.get(claim.verdict, "failure")


def _count(element: ET.Element, claims: Iterable[ClaimEntry | ClaimRow | GameClaim]) -> None:
    outcomes = Counter(_outcome(claim) for claim in claims)
    element.set("tests", str(outcomes.total()))
    for attribute, outcome in _COUNTS:
        element.set(attribute, str(outcomes[outcome]))
