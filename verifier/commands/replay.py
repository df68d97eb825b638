"""`verify replay CERT#CLAIM`: run a witness on the real subject and compare with what the certificate records."""

from __future__ import annotations

import sys
from pathlib import Path

from verifier import certificate
from verifier.adapters import ProtocolFault, load
from verifier.errors import CertificateError, nearest
from verifier.evidence import ObservedRun, Witness
from verifier.properties import find_property
from verifier.properties.replay import margin_of
from verifier.reporting.reading import ClaimEntry, Report, read
from verifier.reporting.worked import lines, work
from verifier.spec import subject_from_json

REPRODUCED, NOT_REPRODUCED = 0, 1


def replay_witness(address: str, worst: bool) -> int:
    """Run the witness again and print it worked by hand; the exit code."""
    file, _, claim_id = address.partition("#")
    report = read(certificate.read(Path(file)))
    claim = _claim(report, file, claim_id)
    recorded = (claim.worst if worst else claim.witness) or claim.witness
    if recorded is None:
        raise CertificateError(f"{file}: claim {claim.id!r} is {claim.verdict} and has no witness to replay")
    subject = load(subject_from_json(report.subject), report.domain)
    try:
        runs = tuple(ObservedRun(run.reports, subject.observe(run.reports)) for run in recorded.runs)
    except ProtocolFault as fault:
        sys.stdout.write(f"Not reproduced: {fault}\n")
        return NOT_REPRODUCED
    draft = Witness(recorded.agents, runs, 0, recorded.alternative, recorded.repeat, recorded.rounding)
    margin = margin_of(find_property(claim.property), report.domain, draft)
    seen = Witness(recorded.agents, runs, margin, recorded.alternative, recorded.repeat, recorded.rounding)
    sys.stdout.write("\n".join(lines(work(claim.property, report.domain, seen))) + "\n")
    if seen == recorded:
        sys.stdout.write(f"Reproduced: margin {margin}, as the certificate records.\n")
        return REPRODUCED
    sys.stdout.write(f"Not reproduced: margin {margin} now, {recorded.margin} in the certificate.\n")
    return NOT_REPRODUCED


def _claim(report: Report, file: str, claim_id: str) -> ClaimEntry:
    """The claim that is asked for; the only refuted one where none is."""
    refuted = [claim for claim in report.claims if claim.witness is not None]
    if not claim_id:
        if len(refuted) == 1:
            return refuted[0]
        ids = ", ".join(claim.id for claim in refuted) or "none"
        raise CertificateError(f"{file}: say which claim to replay, {file}#CLAIM; refuted: {ids}")
    found = next((claim for claim in report.claims if claim.id == claim_id), None)
    if found is None:
        known = [claim.id for claim in report.claims]
        raise CertificateError(f"{file}: no claim {claim_id!r}{nearest(claim_id, known)}")
    return found
