"""Claims about one game with their verdicts, and how a certificate writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.evidence import Verdict
from verifier.exact import show
from verifier.games.normal_form import MixedProfile


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim with its verdict, one sentence of reason, and evidence in its JSON form."""

    id: str
    kind: str
    statement: str
    verdict: Verdict
    expect: Verdict | None
    reason: str
    evidence: Mapping[str, object]


def mixed_json(profile: MixedProfile) -> list[list[str]]:
    """A mixed profile as a certificate has it."""
    return [list(map(show, row)) for row in profile]


def decided(right: bool) -> Verdict:
    """The verdict about a claim whose truth is known."""
    return Verdict.PROVED if right else Verdict.REFUTED


def claim_json(judged: Judged) -> dict[str, object]:
    """A claim as a certificate has it."""
    return {
        "id": judged.id,
        "kind": judged.kind,
        "statement": judged.statement,
        "verdict": str(judged.verdict),
        "expect": None if judged.expect is None else str(judged.expect),
        "met": judged.expect is None or judged.verdict.meets(judged.expect) or judged.verdict is judged.expect,
        "reason": judged.reason,
        "evidence": dict(judged.evidence),
    }
