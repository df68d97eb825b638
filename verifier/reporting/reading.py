"""From the JSON of a certificate to exact values, so that every report reads it the same way.

Nothing is verified here (that is the checker's business); what cannot be read is a `CertificateError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from verifier.chance import Flip, flip_from_json
from verifier.domains import AMOUNTS, KINDS, Domain, Draw, Ordinal, Outcome, Profile, Share, Type
from verifier.domains.ordinal_tables import recorded
from verifier.errors import CertificateError, VerifierError
from verifier.evidence import Count, Fault, ObservedRun, Row, Table, Verdict, Witness
from verifier.exact import Money, money
from verifier.reporting.amounts import counted


@dataclass(frozen=True, slots=True)
class ExactRegret:
    """The supremum of what one agent gains by a lie over all admissible types and reports.

    Attributes
    ----------
    agent : its index
    supremum : the least amount that no gain exceeds
    attained : whether some lie gains exactly that much
    inside, limit : bids of all agents, coordinate by coordinate, and after them those of the lie: a point from which
        gains come as near to the supremum as one likes on the way to the limit; empty where it is 0
    lemmas : how many the proof has that nothing gains more
    """

    agent: int
    supremum: Money
    attained: bool
    inside: Type
    limit: Type
    lemmas: int


@dataclass(frozen=True, slots=True)
class Exploration:
    """How the code was explored on symbolic bids; see the schema of the certificate. The tree is the checker's.

    `contracts` tells at how many calls each optimiser was compared with its contract.
    """

    paths: int
    unreached: int
    replays: Mapping[str, int]
    rounded: int
    hash_seeds: tuple[int, ...]
    contracts: Mapping[str, int]
    stopped: str | None


@dataclass(frozen=True, slots=True)
class Volume:
    """What a search or a sample looked at; see the schema of the certificate. What the other kind has is 0."""

    kind: str
    seed: int
    cases: int
    failed: int
    repeated: int
    targeted: int = 0
    profiles: int = 0
    drawn: int = 0
    violations: int = 0
    confidence: Money = 0
    lower: Money = 0
    upper: Money = 0
    at_most: Money = 0
    anytime: Money = 0


@dataclass(frozen=True, slots=True)
class ClaimEntry:
    """One decided claim. The fields are those of the certificate, amounts exact; only a refutation has witnesses.

    `proof` counts the lemmas of each block of cases; the lemmas themselves are the checker's business. `ground` says in
    words what a proof or exact regrets take for granted: `under the contract that ...`, or nothing. `volume`: what was
    searched or sampled. `agents` names those about whom alone the claim is, nobody where it is about all.
    """

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
    proof: tuple[int, ...] | None
    regret: tuple[ExactRegret, ...] | None
    ground: str
    volume: Volume | None = None
    agents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Method:
    """How the grid was run; see the schema of the certificate for each field."""

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
    isolation: Mapping[str, Any] | None = None


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
    exploration: Exploration | None
    claims: tuple[ClaimEntry, ...]
    sha256: str

    def agent(self, index: int) -> str:
        """The name of an agent."""
        return self.domain.agents[index]

    def by(self, engine: str) -> tuple[ClaimEntry, ...]:
        """The claims that an engine was asked to decide."""
        return tuple(claim for claim in self.claims if claim.engine == engine)


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


def judged_files(certificate: Mapping[str, Any]) -> dict[str, str]:
    """Path -> sha256 of the source files that a certificate of any kind is about; a game has none."""
    held = (
        certificate["subject"]["source"] if "subject" in certificate else certificate.get("mechanism", {}).get("files")
    )
    return dict(held or {})


def _report(data: dict[str, Any]) -> Report:
    method = {"batch_refused": None, **data["method"]}
    domain = _domain(data["domain"])
    return Report(
        name=data["name"],
        title=data["title"],
        subject=data["subject"],
        domain=domain,
        method=Method(**{**method, "hash_seeds": tuple(method["hash_seeds"])}),
        versions=data["versions"],
        seed=data["seed"],
        budget=data["budget"],
        interrupted=data["interrupted"],
        fault_count=data["faults"]["count"],
        faults=tuple(_fault(fault) for fault in data["faults"]["first"]),
        exploration=data["exploration"] and _exploration(data["exploration"]),
        claims=tuple(_claim(entry, domain, _ground(data)) for entry in data["claims"]),
        sha256=data["sha256"],
    )


def _fault(data: dict[str, Any]) -> Fault:
    return Fault(profile(data["bids"]), data["kind"], data["message"])


def _domain(data: dict[str, Any]) -> Domain:
    kind = KINDS.get(data["kind"])
    if kind is None:
        raise CertificateError(f"domain kind {data['kind']!r} is not known to this program")
    if issubclass(kind, Ordinal):
        return recorded(kind.kind, data["agents"], tuple(profile(types) for types in data["types"]), data)
    extra = {key: data[key] for key in kind.options}
    if "click_rates" in extra:
        extra["click_rates"] = tuple(money(rate) for rate in extra["click_rates"])
    if data["amounts"] not in AMOUNTS:
        raise CertificateError(f"amounts {data['amounts']!r} are not known to this program")
    upper = None if data["upper"] is None else money(data["upper"])
    types = tuple(profile(types) for types in data["types"])
    return kind(tuple(data["agents"]), types, upper, amounts=data["amounts"], **extra)


def _exploration(data: dict[str, Any]) -> Exploration:
    return Exploration(
        paths=data["paths"],
        unreached=data["unreached"],
        replays={kind: data["replays"][kind] for kind in ("exact", "fraction", "float")},
        rounded=data["rounded"],
        hash_seeds=tuple(data["hash_seeds"]),
        contracts={name: one["calls"] for name, one in data["contracts"].items()},
        stopped=data["stopped"],
    )


def _ground(data: dict[str, Any]) -> str:
    """The contracts under which the mechanism was explored, in words."""
    contracts, explored = data["subject"]["contracts"], data["exploration"]
    promises = [
        f"{optimiser} returns the first best of {alternatives} "
        f"(compared at {counted(explored['contracts'][optimiser]['calls'], 'call')})"
        for optimiser, alternatives in (contracts.items() if explored else ())
    ]
    return f"under the contract that {', and that '.join(promises)}" if promises else ""


def profile(bids: list[list[str]]) -> Profile:
    """A list of type vectors, exact."""
    return tuple(tuple(money(amount) for amount in report) for report in bids)


def _claim(data: dict[str, Any], domain: Domain, ground: str) -> ClaimEntry:
    refuted, proved = (data["verdict"] == verdict for verdict in (Verdict.REFUTED, Verdict.PROVED))
    read_as: dict[str, Any] = {
        "tolerance": money(data["tolerance"]),
        "agents": tuple(data.get("agents", ())),
        "expect": Verdict(data["expect"]),
        "verdict": Verdict(data["verdict"]),
        "table": data["table"] and _table(data["table"]),
        "witness": _witness(data["witness"]) if refuted else None,
        "worst": _witness(data["worst"]) if refuted and data["worst"] else None,
        "proof": tuple(map(len, data["proof"]["families"])) if data["proof"] and proved else None,
        "regret": tuple(_regret(one, domain) for one in data["regret"]) if data["regret"] and refuted else None,
    }
    volume = _volume(data["estimate"]) if data.get("estimate") else None
    entry = {key: value for key, value in {**data, **read_as}.items() if key != "estimate"}
    return ClaimEntry(**entry, ground=ground if read_as["proof"] or read_as["regret"] else "", volume=volume)


def _volume(data: dict[str, Any]) -> Volume:
    shares = ("confidence", "lower", "upper", "at_most", "anytime")
    return Volume(**{**data, **{key: money(data[key]) for key in shares if key in data}})


def _regret(data: dict[str, Any], domain: Domain) -> ExactRegret:
    regret = ExactRegret(
        agent=data["agent"],
        supremum=money(data["supremum"]),
        attained=data["attained"],
        inside=tuple(map(money, data["inside"])),
        limit=tuple(map(money, data["limit"])),
        lemmas=len(data["lemmas"]),
    )
    variables = (len(domain.agents) + 1) * domain.dimension if regret.supremum else 0
    if not len(regret.inside) == len(regret.limit) == variables or not 0 <= regret.agent < len(domain.agents):
        raise CertificateError(f"the exact regret of agent {regret.agent} is not at a point of this domain")
    return regret


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
        ObservedRun(profile(run["bids"]), Outcome(tuple(_draw(draw) for draw in run["draws"])), _tape(run.get("tape")))
        for run in data["runs"]
    )
    alternative = None if data["alternative"] is None else _shares(data["alternative"])
    return Witness(tuple(data["agents"]), runs, money(data["margin"]), alternative, data["repeat"], data["rounding"])


def _tape(data: list[dict[str, Any]] | None) -> tuple[Flip, ...] | None:
    return None if data is None else tuple(map(flip_from_json, data))


def _draw(data: dict[str, Any]) -> Draw:
    payments = tuple(money(payment) for payment in data["payments"])
    return Draw(money(data["probability"]), _shares(data["allocation"]), payments)


def _shares(written: list[str | None]) -> tuple[Share, ...]:
    return tuple(_optional(share) for share in written)
