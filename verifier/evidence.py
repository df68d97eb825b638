"""What a verdict rests on: the lattice of verdicts, witnesses of refutation, tables of exhaustive checks.

Everything here is plain data in exact rationals with a JSON form; `checker.py` reads that form and trusts none of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from verifier.chance import Flip, flip_from_json
from verifier.domains import Draw, Outcome, Profile, Share
from verifier.exact import Money, money, show


class Verdict(StrEnum):
    """What is known about a claim. PROVED > EXHAUSTED > SUPPORTED > UNKNOWN; beside them REFUTED and ERROR.

    PROVED : for all reals (or all integers of a box), with a proof that can be checked.
    EXHAUSTED : for every profile of a finite grid; nothing is said about values between grid points.
    SUPPORTED : for what was sampled or searched.
    UNKNOWN : undecided, with the reason. Never passes a gate.
    REFUTED : false, with a replayable witness.
    ERROR : the subject crashed, broke the protocol or was not deterministic, so that the question has no answer.
    """

    PROVED = "PROVED"
    EXHAUSTED = "EXHAUSTED"
    SUPPORTED = "SUPPORTED"
    UNKNOWN = "UNKNOWN"
    REFUTED = "REFUTED"
    ERROR = "ERROR"

    def meets(self, required: Verdict) -> bool:
        """Whether a gate that asks for `required` is passed: the same verdict, or a stronger positive one."""
        if self is Verdict.UNKNOWN:
            return False
        if self in _STRENGTH and required in _STRENGTH:
            return _STRENGTH.index(self) >= _STRENGTH.index(required)
        return self is required


_STRENGTH = (Verdict.UNKNOWN, Verdict.SUPPORTED, Verdict.EXHAUSTED, Verdict.PROVED)


@dataclass(frozen=True, slots=True)
class ObservedRun:
    """One call of the subject: (n,) reports as type vectors, its outcome, and the draws where they are singled out."""

    reports: Profile
    outcome: Outcome
    tape: tuple[Flip, ...] | None = None

    def to_json(self) -> dict[str, object]:
        """Reports and draws with every amount as "p/q"; a missing slot is null."""
        return {
            "bids": [[show(amount) for amount in report] for report in self.reports],
            "draws": [_draw_json(draw) for draw in self.outcome.draws],
            **({} if self.tape is None else {"tape": [flip.to_json() for flip in self.tape]}),
        }


def share_json(share: Share) -> str | list[str] | None:
    """A share as the certificate writes it."""
    if isinstance(share, tuple):
        return [show(amount) for amount in share]
    return None if share is None else show(share)


def _draw_json(draw: Draw) -> dict[str, object]:
    return {
        "probability": show(draw.probability),
        "allocation": [share_json(share) for share in draw.shares],
        "payments": [show(payment) for payment in draw.payments],
    }


def _tape(data: Sequence[Mapping[str, Any]] | None) -> tuple[Flip, ...] | None:
    return None if data is None else tuple(map(flip_from_json, data))


def _draw(data: Mapping[str, Any]) -> Draw:
    payments = tuple(money(payment) for payment in data["payments"])
    return Draw(money(data["probability"]), _shares(data["allocation"]), payments)


def _shares(written: Sequence[str | list[str] | None]) -> tuple[Share, ...]:
    return tuple(
        None if one is None else money(one) if isinstance(one, str) else tuple(map(money, one)) for one in written
    )


def profile_of(bids: Sequence[Sequence[str]]) -> Profile:
    """A list of type vectors from a certificate, exact."""
    return tuple(tuple(money(amount) for amount in report) for report in bids)


@dataclass(frozen=True, slots=True)
class Witness:
    """A concrete refutation that anyone can replay.

    Attributes
    ----------
    agents : who it is about: (i,) or (i, j); empty where no agent is singled out
    runs : the calls that the margin compares, in the order of the case (truth before lie)
    margin : the exact negative margin, recomputed from `runs`
    alternative : (n,) shares of the better allocation, for efficiency
    repeat : how the second run was obtained, for determinism
    rounding : whether the violation is no larger than a rounding of the payments that the subject returned
    rounded_to : to what they are rounded: "single" floats, or a unit such as "1/100"; None for doubles, or no rounding
    """

    agents: tuple[int, ...]
    runs: tuple[ObservedRun, ...]
    margin: Money
    alternative: tuple[Share, ...] | None = None
    repeat: str | None = None
    rounding: bool = False
    rounded_to: str | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Witness:
        """The witness of a certificate."""
        runs = tuple(
            ObservedRun(profile_of(run["bids"]), Outcome(tuple(map(_draw, run["draws"]))), _tape(run.get("tape")))
            for run in data["runs"]
        )
        alternative = None if data["alternative"] is None else _shares(data["alternative"])
        told = (alternative, data["repeat"], data["rounding"], data.get("rounded_to"))
        return cls(tuple(data["agents"]), runs, money(data["margin"]), *told)

    def to_json(self) -> dict[str, object]:
        """The witness as the certificate holds it."""
        return {
            "agents": list(self.agents),
            "runs": [run.to_json() for run in self.runs],
            "margin": show(self.margin),
            "alternative": None if self.alternative is None else [share_json(share) for share in self.alternative],
            "repeat": self.repeat,
            "rounding": self.rounding,
            **({"rounded_to": self.rounded_to} if self.rounded_to else {}),
        }


@dataclass(frozen=True, slots=True)
class Row:
    """The cases of one agent (None: of no agent in particular): how many, how many violated, the least margin.

    `least` is None where there was no case. The regret of an agent is max(0, -least) of its DSIC row.
    """

    agent: int | None
    cases: int
    violations: int
    least: Money | None

    def to_json(self) -> dict[str, object]:
        """The row as the certificate holds it."""
        least = None if self.least is None else show(self.least)
        return {"agent": self.agent, "cases": self.cases, "violations": self.violations, "least_margin": least}


@dataclass(frozen=True, slots=True)
class Count:
    """`part` of `whole`: e.g. profiles and agents at which truth is a best response."""

    part: int
    whole: int

    def to_json(self) -> dict[str, object]:
        """The count as the certificate holds it."""
        return {"part": self.part, "whole": self.whole}


@dataclass(frozen=True, slots=True)
class Table:
    """An exhaustive check of a grid.

    Attributes
    ----------
    rows : one per agent or block of cases
    skipped : cases left out because the subject has no valid outcome at one of their profiles
    truth_best : of all (profile, agent) pairs, those at which no deviation gains (DSIC only)
    unequal_ties : of all (tied profile, pair) cases, those at which agents are treated unequally (anonymity only)
    """

    rows: tuple[Row, ...]
    skipped: int = 0
    truth_best: Count | None = None
    unequal_ties: Count | None = None

    @property
    def violations(self) -> int:
        """Violated cases in all rows."""
        return sum(row.violations for row in self.rows)

    def to_json(self) -> dict[str, object]:
        """The table as the certificate holds it."""
        return {
            "rows": [row.to_json() for row in self.rows],
            "skipped": self.skipped,
            "truth_best": self.truth_best.to_json() if self.truth_best else None,
            "unequal_ties": self.unequal_ties.to_json() if self.unequal_ties else None,
        }


@dataclass(frozen=True, slots=True)
class Fault:
    """The subject gave no valid outcome at a profile.

    `kind` is "crash" (raised), "protocol" (unreadable result, NaN, wrong length, changed its input), "infeasible"
    (gives out what it does not have) or "unstable" (a repetition differed).
    """

    reports: Profile
    kind: str
    message: str

    def __str__(self) -> str:
        return f"{self.kind}, {self.message}"

    def to_json(self) -> dict[str, object]:
        """The fault as the certificate holds it."""
        bids = [[show(amount) for amount in report] for report in self.reports]
        return {"bids": bids, "kind": self.kind, "message": self.message}
