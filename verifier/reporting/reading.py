"""From the JSON of a certificate to exact values, so that every report reads it the same way.

Nothing is verified here (that is the checker's business); what cannot be read is a `CertificateError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from verifier.domains import KINDS, Domain, Draw, Outcome, Profile, Share
from verifier.errors import CertificateError, VerifierError
from verifier.evidence import Count, Fault, ObservedRun, Row, Table, Verdict, Witness
from verifier.exact import Money, money


@dataclass(frozen=True, slots=True)
class ClaimEntry:
    """One decided claim. The fields are those of the certificate, amounts exact; only a refutation has witnesses."""

    id: str
    property: str
    statement: str
    formula: str
    engine: str
    tolerance: Money
    expect: Verdict
    verdict: Verdict
    met: bool
    reason: str | None
    table: Table | None
    witness: Witness | None
    worst: Witness | None


@dataclass(frozen=True, slots=True)
class Method:
    """How the verdicts were obtained; see the schema of the certificate for each field."""

    engine: str
    arithmetic: str
    profiles: int
    evaluated: int
    outcomes: str
    batch_sample: int
    batch_refused: str | None
    repeat_sample: int
    hash_seeds: tuple[int, ...]
    scope: str


@dataclass(frozen=True, slots=True)
class Report:
    """A certificate, read. `subject` stays as it is written: it is only ever shown."""

    name: str
    title: str
    subject: Mapping[str, Any]
    domain: Domain
    method: Method
    versions: Mapping[str, str]
    seed: int
    budget: Mapping[str, int]
    interrupted: bool
    fault_count: int
    faults: tuple[Fault, ...]
    claims: tuple[ClaimEntry, ...]
    sha256: str

    def agent(self, index: int) -> str:
        """The name of an agent."""
        return self.domain.agents[index]


def read(certificate: Mapping[str, object]) -> Report:
    """The certificate with its numbers exact.

    Raises
    ------
    CertificateError : a key is missing, or something is not what the schema says.
    """
    try:
        return _report(dict(certificate))
    except VerifierError as error:
        raise CertificateError(f"certificate {certificate.get('name')!r}: {error}") from error
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        problem = f"it lacks the key {error}" if isinstance(error, KeyError) else str(error)
        raise CertificateError(f"certificate {certificate.get('name')!r} does not fit its schema: {problem}") from error


def _report(data: dict[str, Any]) -> Report:
    method = {"batch_refused": None, **data["method"]}
    return Report(
        name=data["name"],
        title=data["title"],
        subject=data["subject"],
        domain=_domain(data["domain"]),
        method=Method(**{**method, "hash_seeds": tuple(method["hash_seeds"])}),
        versions=data["versions"],
        seed=data["seed"],
        budget=data["budget"],
        interrupted=data["interrupted"],
        fault_count=data["faults"]["count"],
        faults=tuple(_fault(fault) for fault in data["faults"]["first"]),
        claims=tuple(_claim(entry) for entry in data["claims"]),
        sha256=data["sha256"],
    )


def _fault(data: dict[str, Any]) -> Fault:
    return Fault(profile(data["bids"]), data["kind"], data["message"])


def _domain(data: dict[str, Any]) -> Domain:
    kind = KINDS.get(data["kind"])
    if kind is None:
        raise CertificateError(f"domain kind {data['kind']!r} is not known to this program")
    extra = {key: data[key] for key in kind.options}
    if "click_rates" in extra:
        extra["click_rates"] = tuple(money(rate) for rate in extra["click_rates"])
    upper = None if data["upper"] is None else money(data["upper"])
    return kind(tuple(data["agents"]), tuple(profile(types) for types in data["types"]), upper, **extra)


def profile(bids: list[list[str]]) -> Profile:
    """A list of type vectors, exact."""
    return tuple(tuple(money(amount) for amount in report) for report in bids)


def _claim(data: dict[str, Any]) -> ClaimEntry:
    refuted = data["verdict"] == Verdict.REFUTED
    read_as: dict[str, Any] = {
        "tolerance": money(data["tolerance"]),
        "expect": Verdict(data["expect"]),
        "verdict": Verdict(data["verdict"]),
        "table": data["table"] and _table(data["table"]),
        "witness": _witness(data["witness"]) if refuted else None,
        "worst": _witness(data["worst"]) if refuted else None,
    }
    return ClaimEntry(**{**data, **read_as})


def _table(data: dict[str, Any]) -> Table:
    rows = tuple(
        Row(row["agent"], row["cases"], row["violations"], _optional(row["least_margin"])) for row in data["rows"]
    )
    return Table(rows, data["skipped"], _count(data["truth_best"]), _count(data["unequal_ties"]))


def _count(data: dict[str, int] | None) -> Count | None:
    return None if data is None else Count(data["part"], data["whole"])


def _optional(amount: str | None) -> Money | None:
    return None if amount is None else money(amount)


def _witness(data: dict[str, Any]) -> Witness:
    runs = tuple(
        ObservedRun(profile(run["bids"]), Outcome(tuple(_draw(draw) for draw in run["draws"]))) for run in data["runs"]
    )
    alternative = None if data["alternative"] is None else _shares(data["alternative"])
    return Witness(tuple(data["agents"]), runs, money(data["margin"]), alternative, data["repeat"], data["rounding"])


def _draw(data: dict[str, Any]) -> Draw:
    payments = tuple(money(payment) for payment in data["payments"])
    return Draw(money(data["probability"]), _shares(data["allocation"]), payments)


def _shares(written: list[str | None]) -> tuple[Share, ...]:
    return tuple(_optional(share) for share in written)
