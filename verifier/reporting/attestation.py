"""in-toto attestation of certificates: which files were judged, what was asked, and which claims are as expected.

Definition   A Statement v1 binds a predicate to subjects by their sha256. Subjects are the source files that were
             judged and the certificates, as files. The predicate is test-result v0.1.
Tests        A claim with an expectation is a test, called `certificate#claim: EXPECTED`, so that an expected refutation
             reads as what it is. As expected: passed; as expected, but on trust (SUPPORTED, or proved under a
             contract): warned. Everything else failed, UNKNOWN too: it passes no gate. Nothing checked is a failure.
Source       github.com/in-toto/attestation, spec/v1/statement.md and spec/predicates/test-result.md.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from verifier.certificate import canonical, text
from verifier.evidence import Verdict
from verifier.reporting.reading import judged_files

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
PAYLOAD = "application/vnd.in-toto+json"


def statement(certificates: Iterable[Mapping[str, Any]], names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The Statement about certificates of any kind.

    Parameters
    ----------
    certificates : as `certificate.write` writes them: the digest is that of its file
    names : certificate name -> what its file is called; else `<name>.json`
    """
    listed = list(certificates)
    called = {one["name"]: (names or {}).get(one["name"], f"{one['name']}.json") for one in listed}
    subjects = {(called[one["name"]], _sha256(text(one).encode("ascii"))) for one in listed}
    for one in listed:
        subjects |= set(judged_files(one).items())
    passed, warned, failed = _tests(listed)
    return {
        "_type": STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in sorted(subjects)],
        "predicateType": PREDICATE,
        "predicate": {
            "result": "FAILED" if failed or not passed + warned else "WARNED" if warned else "PASSED",
            "configuration": [_configuration(one) for one in listed],
            "passedTests": passed,
            "warnedTests": warned,
            "failedTests": failed,
        },
    }


def _tests(certificates: Iterable[Mapping[str, Any]]) -> tuple[list[str], list[str], list[str]]:
    passed, warned, failed = list[str](), list[str](), list[str]()
    for one in certificates:
        for claim in one["claims"]:
            if claim["expect"] is None and claim["met"]:
                continue  # a finding that nobody asked for
            verdict = Verdict(claim["verdict"])
            contract = verdict is Verdict.PROVED and one.get("subject", {}).get("contracts")
            kept = failed if not claim["met"] else warned if verdict is Verdict.SUPPORTED or contract else passed
            kept.append(f"{one['name']}#{claim['id']}: {claim['expect']}")
    return passed, warned, failed


def _configuration(certificate: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked: the setting, the claims with their expectations, the limits."""
    keys = ("domain", "auction", "seed", "budget")
    asked = [
        {key: claim[key] for key in ("id", "property", "kind", "engine", "tolerance", "expect") if key in claim}
        for claim in certificate["claims"]
    ]
    content = canonical({**{key: certificate[key] for key in keys if key in certificate}, "claims": asked}).encode()
    return {
        "name": certificate["name"],
        "mediaType": "application/json",
        "digest": {"sha256": _sha256(content)},
        "content": base64.b64encode(content).decode("ascii"),
    }


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
