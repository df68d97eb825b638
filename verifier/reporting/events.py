"""Events of a run as NDJSON: one JSON object to a line, written as things happen, for whoever watches a run.

Every object has `event` and `name`, the name of the certificate that is being made:

`started`   `claims`: ids of the claims, in order; null where they are not known before (auctions, games)
`progress`  `stage`: what is being done, in words; `done` of `total` units of work, null where nothing is counted
`decided`   `claim`: its id; `property` (null for auctions and games), `verdict`, `expect` (null: not asked for), `met`,
            `reason` (null: none)
`finished`  `certificate`: where it lies, null where it is not written; `sha256`: its seal; `interrupted`; `claims`,
            `missed`: how many there are, and how many are not as expected

Keys may be added; none of these changes its meaning. There is no clock in them: two runs tell the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from verifier.audit import Decided, Event, Progress, Started

Line: TypeAlias = "dict[str, Any]"

_OPTIONAL = ("property", "expect", "reason")  # of a claim; null where it has none


def started(name: str, claims: Sequence[str] | None = None) -> Line:
    """A claims file, an auction or a game is taken up."""
    return {"event": "started", "name": name, "claims": None if claims is None else list(claims)}


def progress(name: str, stage: str, done: int | None = None, total: int | None = None) -> Line:
    """Some of the work is done."""
    return {"event": "progress", "name": name, "stage": stage, "done": done, "total": total}


def decided(name: str, claim: Mapping[str, Any]) -> Line:
    """A claim is decided; `claim` is its entry in the certificate."""
    kept = {key: claim.get(key) or None for key in ("property", "expect", "reason")}
    return {
        "event": "decided",
        "name": name,
        "claim": claim["id"],
        "verdict": claim["verdict"],
        "met": claim["met"],
        **kept,
    }


def finished(certificate: Mapping[str, Any], path: str | None) -> Line:
    """A certificate is sealed."""
    claims = certificate["claims"]
    return {
        "event": "finished",
        "name": certificate["name"],
        "certificate": path,
        "sha256": certificate["sha256"],
        "interrupted": certificate["interrupted"],
        "claims": len(claims),
        "missed": sum(not claim["met"] for claim in claims),
    }


def of_audit(name: str, event: Event) -> Line | None:
    """An event of `audit`; None for the last one, which is `finished` once its certificate is written."""
    match event:
        case Started(spec):
            return started(name, [claim.id for claim in spec.claims])
        case Progress(stage, done, total):
            return progress(name, stage, done, total)
        case Decided(_, result):
            return decided(name, result)
    return None


def line(event: Line) -> str:
    """The event as one line of ASCII."""
    return json.dumps(event, ensure_ascii=True) + "\n"
