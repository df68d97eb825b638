"""SARIF 2.1.0: a log that code-scanning services read, one rule per property and one result per claim.

Definition   A result says what was found where: `kind` whether it is a problem, `level` how grave, `ruleId` which
             property. A missed claim is `fail` (`error`; `warning` where it is only undecided), a claim that holds as
             expected is `pass`. An *expected* refutation or error stays a `fail`, since its property is false, but is
             suppressed with the claims file's expectation as justification. What is false, but nobody asked for, is
             `informational`, and `open` where it is undecided.
Identity     `partialFingerprints` hash who is judged, the property and the domain, and neither the witness nor any
             version, so that an alert stays the same one while the code or this program changes.
Places       A file in the repository where the caller found one; else the path in the certificate, relative to the
             directory from which the subject is imported. The dotted path is always given as a logical location.
Source       OASIS, Static Analysis Results Interchange Format 2.1.0 (errata 01), 2023.

The text depends on the certificates and places alone: no clock, no path of this machine.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import quote

from verifier.certificate import canonical
from verifier.evidence import Verdict
from verifier.properties import PROPERTIES
from verifier.reporting import words
from verifier.reporting.auctions import MEANS
from verifier.reporting.auctions import view as auction_view
from verifier.reporting.games import view as game_view
from verifier.reporting.reading import judged_files, read
from verifier.reporting.text import legal

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "mechanismVerifier/v1"
GITHUB_FINGERPRINT = "primaryLocationLineHash"  # the only one that GitHub looks at
_BASES = {
    "REPOSITORY": "The top directory of the repository.",
    "IMPORTED_FROM": "The directory from which the mechanism is imported.",
}
_FALSE = (Verdict.REFUTED, Verdict.ERROR)

Json: TypeAlias = "dict[str, Any]"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a subject is defined: a path relative to the repository, and a line counted from 1, where it is known."""

    path: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    statement: str
    help: str


@dataclass(frozen=True, slots=True)
class _Found:
    """One claim, whatever it is about."""

    rule: _Rule
    name: str
    claim: str
    verdict: Verdict
    expect: str | None
    met: bool
    message: str
    identity: str
    sha256: str


def document(certificates: Iterable[Mapping[str, Any]], places: Mapping[str, Place] | None = None) -> str:
    """The log as JSON text.

    Parameters
    ----------
    certificates : as they are written: of mechanisms, auctions, games and trees, in the order of the results
    places : certificate name -> where its subject is defined in the repository

    Raises
    ------
    CertificateError : a certificate does not fit its schema.
    """
    listed = list(certificates)
    seen = [(one, found) for one in listed for found in _found(one)]
    rules = {found.rule.id: found.rule for _, found in seen}
    order = {name: index for index, name in enumerate(sorted(rules))}
    times: Counter[str] = Counter()
    results = []
    for certificate, found in seen:
        times[found.identity] += 1
        fingerprint = f"{found.identity}:{times[found.identity]}"  # the same claim twice is two alerts
        location = _location(certificate, (places or {}).get(found.name))
        results.append(_result(found, order[found.rule.id], fingerprint, location))
    run: Json = {
        "tool": {"driver": _driver(listed, [rules[name] for name in order])},
        "invocations": [{"executionSuccessful": not any(one["interrupted"] for one in listed)}],
        "originalUriBaseIds": {name: {"description": {"text": text}} for name, text in _BASES.items()},
        "artifacts": _artifacts(listed),
        "results": results,
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, sort_keys=True, indent=1, ensure_ascii=True) + "\n"


def _driver(certificates: Sequence[Mapping[str, Any]], rules: Sequence[_Rule]) -> Json:
    versions = {one["versions"].get("mechanism-verifier") for one in certificates} - {None, "unknown"}
    version = {"version": versions.pop()} if len(versions) == 1 else {}
    return {
        "name": "mechanism-verifier",
        **version,
        "rules": [
            {
                "id": rule.id,
                "shortDescription": {"text": _text(rule.statement)},
                "fullDescription": {"text": _text(rule.statement)},
                "help": {"text": _text(rule.help)},
                "defaultConfiguration": {"level": "error"},
            }
            for rule in rules
        ],
    }


def _result(found: _Found, index: int, fingerprint: str, location: Json | None) -> Json:
    kind, level = _gravity(found)
    result: Json = {
        "ruleId": found.rule.id,
        "ruleIndex": index,
        "kind": kind,
        "level": level,
        "message": {"text": _text(found.message)},
        "partialFingerprints": {FINGERPRINT: fingerprint, GITHUB_FINGERPRINT: fingerprint},
        "properties": {
            "certificate": f"{found.name}.json#{found.claim}",
            "sha256": found.sha256,
            "verdict": str(found.verdict),
            "expect": found.expect,
        },
    }
    if location is not None:
        result["locations"] = [location]
    if kind == "fail" and found.met:
        why = f"The claims file expects {found.expect}."
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
    return result


def _gravity(found: _Found) -> tuple[str, str]:
    """Kind and level of a result."""
    match found:
        case _Found(met=False, verdict=Verdict.UNKNOWN):
            return "fail", "warning"
        case _Found(met=False):
            return "fail", "error"
        case _Found(expect=None, verdict=Verdict.UNKNOWN):
            return "open", "none"
        case _Found(expect=None) if found.verdict in _FALSE:
            return "informational", "none"
        case _ if found.verdict in _FALSE:
            return "fail", "error"
    return "pass", "none"


def _location(certificate: Mapping[str, Any], place: Place | None) -> Json | None:
    """Where the judged code is; None for a game, which is data."""
    judged = certificate.get("subject") or certificate.get("mechanism")
    if not judged or not judged["call"]:
        return None
    module, _, attribute = judged["call"].partition(":")
    steps = [module, attribute, *([judged["method"]] if judged.get("method") else [])]
    kind = "type" if judged.get("create") and not judged.get("method") else "function"
    location: Json = {"logicalLocations": [{"fullyQualifiedName": ".".join(steps), "name": steps[-1], "kind": kind}]}
    if place is not None:
        file: Json = {"artifactLocation": {"uri": _uri(place.path), "uriBaseId": "REPOSITORY"}}
        if place.line is not None:
            file["region"] = {"startLine": place.line}
        return {**location, "physicalLocation": file}
    stem = module.replace(".", "/")
    held = [path for path in (f"{stem}.py", f"{stem}/__init__.py") if path in judged_files(certificate)]
    for path in held:
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(path), "uriBaseId": "IMPORTED_FROM"}}
    return location


def _artifacts(certificates: Iterable[Mapping[str, Any]]) -> list[Json]:
    """The files that were judged, each with its digest."""
    files = {pair for one in certificates for pair in judged_files(one).items()}
    return [
        {"location": {"uri": _uri(path), "uriBaseId": "IMPORTED_FROM"}, "hashes": {"sha-256": digest}}
        for path, digest in sorted(files)
    ]


def _found(certificate: Mapping[str, Any]) -> list[_Found]:
    if "subject" in certificate:
        return _of_mechanism(certificate)
    return _of_auction(certificate) if "auction" in certificate else _of_game(certificate)


def _of_mechanism(certificate: Mapping[str, Any]) -> list[_Found]:
    report = read(certificate)
    subject = report.subject
    who = [subject[key] for key in ("call", "create", "method", "arguments")]
    return [
        _Found(
            _Rule(claim.property, claim.statement, _explanation(claim.property) or claim.statement),
            report.name,
            claim.id,
            claim.verdict,
            str(claim.expect),
            claim.met,
            f"{words.verdict(report, claim)} {words.gate(claim)}",
            _identity(who, claim.property, certificate["domain"]),
            report.sha256,
        )
        for claim in report.claims
    ]


def _of_auction(certificate: Mapping[str, Any]) -> list[_Found]:
    call, auction = certificate["mechanism"]["call"], certificate["auction"]
    return [
        _Found(
            _Rule(f"auction/{row.id}", _sentence(MEANS[row.id]), f"Of the outcome of one auction: {MEANS[row.id]}."),
            certificate["name"],
            row.id,
            row.verdict,
            one["expect"],
            row.met,
            _message(row.verdict, row.note),
            _identity([call], row.id, auction),
            certificate["sha256"],
        )
        for row, one in zip(auction_view(certificate).claims, certificate["claims"], strict=True)
    ]


def _of_game(certificate: Mapping[str, Any]) -> list[_Found]:
    played = certificate["tree"] if "tree" in certificate else certificate["game"]
    return [
        _Found(
            _Rule(f"game/{one['kind']}", f"A claim about a game: {one['kind']}.", "The message states the claim."),
            certificate["name"],
            row.id,
            row.verdict,
            one["expect"],
            row.met,
            _message(row.verdict, f"{row.statement} {row.note}".strip()),
            _identity([row.id], one["kind"], played),
            certificate["sha256"],
        )
        for row, one in zip(game_view(certificate).claims, certificate["claims"], strict=True)
    ]


def _identity(who: Sequence[object], what: str, where: object) -> str:
    """What an alert is about, as 32 hexadecimal digits."""
    return hashlib.sha256(canonical([who, what, where]).encode("ascii")).hexdigest()[:32]


def _explanation(name: str) -> str:
    """What the documentation says of a property; empty where this program does not know it."""
    return PROPERTIES[name].explanation() if name in PROPERTIES else ""


def _message(verdict: Verdict, note: str) -> str:
    return words.sentence(f"{words.SHORT[verdict].capitalize()}{': ' if note else ''}{note}")


def _sentence(text: str) -> str:
    return words.sentence(f"{text[:1].upper()}{text[1:]}")


def _text(text: str) -> str:
    """A message; braces would be placeholders."""
    return legal(text).replace("{", "{{").replace("}", "}}")


def _uri(path: str) -> str:
    """A relative reference: a colon in a path would otherwise end a scheme."""
    return quote(path)
