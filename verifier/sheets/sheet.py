"""What an audit adds up to: a row for every property, with the strongest that is known of it and where that comes from.

Main setting    REFUTED by any engine is REFUTED; else ERROR by any is ERROR; else the strongest verdict counts.
Other settings  A refutation there refutes the property too: the row says with how many agents, goods, or which values.
                An error there is told beside the row and does not undo what holds in the setting that was asked for.
Size            A property that holds in one setting and fails in another is flagged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifier.evidence import Verdict
from verifier.properties import find_property
from verifier.sheets.plan import Plan, Round
from verifier.sheets.self_test import SelfTest

FORMAT = "audit-sheet-v1"
_STRENGTH = (Verdict.UNKNOWN, Verdict.SUPPORTED, Verdict.EXHAUSTED, Verdict.PROVED)


@dataclass(frozen=True, slots=True)
class Row:
    """A property on the sheet.

    Attributes
    ----------
    verdict, reason : what is known, and why no more is
    coverage : what was looked at for it
    decided : certificate and claim ("name#id") from which the verdict comes; None where nothing was decided
    beside : the verdicts of all rounds, by their labels
    advice : sentences on the shape of a violation and how to mend it
    """

    property: str
    statement: str
    required: bool
    verdict: Verdict
    coverage: str
    reason: str | None
    decided: str | None
    beside: tuple[tuple[str, Verdict], ...]
    advice: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """The row as the sheet's file has it."""
        return {
            "property": self.property,
            "statement": self.statement,
            "required": self.required,
            "verdict": str(self.verdict),
            "coverage": self.coverage,
            "reason": self.reason,
            "decided": self.decided,
            "settings": [{"setting": label, "verdict": str(verdict)} for label, verdict in self.beside],
            "advice": list(self.advice),
        }


@dataclass(frozen=True, slots=True)
class Sheet:
    """An audit as a whole; without rows where it refuses to report, and `refused` says why.

    Attributes
    ----------
    entry : what was called, and what was inferred about it: the judged entry point, validation in front of it included
    digests : sha256 of the certificates by name
    payments : whether other payments would make the allocation truthful, and how far off they are
    flags : what a reader must not miss: verdicts that change with size, failures at other sizes, an interruption
    """

    name: str
    entry: Mapping[str, object]
    plan: tuple[str, ...]
    notes: tuple[str, ...]
    tested: SelfTest
    rows: tuple[Row, ...]
    flags: tuple[str, ...]
    digests: Mapping[str, str]
    interrupted: bool
    refused: str | None = None
    payments: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """The sheet as it is written and printed."""
        return {
            "format": FORMAT,
            "name": self.name,
            "entry": dict(self.entry),
            "plan": list(self.plan),
            "notes": list(self.notes),
            "self_test": {"caught": self.tested.caught, "said": self.tested.said},
            "refused": self.refused,
            "interrupted": self.interrupted,
            "rows": [row.to_json() for row in self.rows],
            "flags": list(self.flags),
            "payments": list(self.payments),
            "certificates": dict(self.digests),
        }


Result = tuple[Round, Mapping[str, Any]]  # a round that was run, and its certificate


def add_up(plan: Plan, results: Sequence[Result]) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """Rows for all properties of the plan, and flags."""
    rows = tuple(_row(name, name in plan.required, results) for name in plan.properties)
    changes = {row.property: _changes(row.property, results) for row in rows}
    flags = [changes[row.property] for row in rows if row.required and changes[row.property]]
    others = [row.property for row in rows if not row.required and changes[row.property]]
    flags += [f"not required, and changing with the setting too: {', '.join(others)}"] if others else []
    flags += _failures(results)
    return rows, tuple(dict.fromkeys(flags))


def _decided(name: str, results: Sequence[Result]) -> list[tuple[Round, Mapping[str, Any], Mapping[str, Any]]]:
    """Round, certificate and claim wherever the property was decided."""
    return [
        (round_, certificate, claim)
        for round_, certificate in results
        for claim in certificate["claims"]
        if claim["property"] == name
    ]


def _row(name: str, required: bool, results: Sequence[Result]) -> Row:
    found = _decided(name, results)
    main = [one for one in found if one[0].main]
    refuted = [one for one in found if one[2]["verdict"] == Verdict.REFUTED]
    errors = [one for one in main if one[2]["verdict"] == Verdict.ERROR]
    positive = sorted(
        (one for one in main if Verdict(one[2]["verdict"]) in _STRENGTH),
        key=lambda one: _STRENGTH.index(Verdict(one[2]["verdict"])),
    )
    chosen = next(iter(_best_witness(refuted) or errors or positive[-1:]), None)
    beside = tuple((round_.label, Verdict(claim["verdict"])) for round_, _, claim in found)
    statement = find_property(name).statement
    if chosen is None:
        return Row(name, statement, required, Verdict.UNKNOWN, "nothing", "no round decided it", None, beside)
    round_, certificate, claim = chosen
    return Row(
        name,
        statement,
        required,
        Verdict(claim["verdict"]),
        _coverage(round_, certificate, found),
        claim["reason"],
        f"{certificate['name']}#{claim['id']}",
        beside,
    )


def _best_witness(
    refuted: list[tuple[Round, Mapping[str, Any], Mapping[str, Any]]],
) -> list[tuple[Round, Mapping[str, Any], Mapping[str, Any]]]:
    """Refutations of the main setting first, of those the grid's: it looked at all profiles for the simplest."""
    return sorted(refuted, key=lambda one: (not one[0].main, one[0].engine != "exhaustive"))


def _coverage(
    round_: Round,
    certificate: Mapping[str, Any],
    found: Sequence[tuple[Round, Mapping[str, Any], Mapping[str, Any]]],
) -> str:
    """What was looked at, in words."""
    size, limits = round_.domain.size(), round_.limits
    proved = any(one is certificate and claim["verdict"] == Verdict.PROVED for _, one, claim in found)
    words = {
        "exhaustive": f"all {size:,} profiles ({round_.label})",
        "search": f"a search of at most {limits.examples:,} cases ({round_.label})",
        "sampling": f"{limits.samples:,} draws from {size:,} profiles ({round_.label})",
        "symbolic": f"all bids ({round_.label})" if proved else f"paths of the code ({round_.label})",
    }[round_.engine]
    failed = certificate["faults"]["count"]
    if failed and round_.engine == "exhaustive":
        words += _judged_on(size, failed)
    others = sum(not one.main for one, _, _ in found)
    return f"{words}; {others} more setting{'s' if others > 1 else ''}" if others and round_.main else words


def _judged_on(size: int, failed: int) -> str:
    """How many profiles were left; where a repetition differed a profile has several faults, and none is left."""
    if failed >= size:
        return "; none of them with an outcome that holds"
    return f"; judged on the {size - failed:,} with a valid outcome"


def _changes(name: str, results: Sequence[Result]) -> str:
    """A sentence where a property holds in one setting and fails in another, else nothing."""
    holds, fails = [], []
    for round_, _, claim in _decided(name, results):
        if claim["verdict"] == Verdict.REFUTED:
            fails.append(round_.label)
        elif claim["verdict"] in (Verdict.EXHAUSTED, Verdict.PROVED):
            holds.append(round_.label)
    if not holds or not fails or set(holds) & set(fails):
        return ""
    return f"{name} changes with the setting: it fails with {fails[0]} and holds with {holds[0]}"


def _failures(results: Sequence[Result]) -> list[str]:
    """Settings in which the subject has no valid outcome for some profiles."""
    found = []
    for round_, certificate in results:
        faults = certificate["faults"]
        if faults["count"] and round_.engine == "exhaustive":
            first = faults["first"][0]
            bids = ", ".join(
                "(" + ", ".join(report) + ")" if len(report) > 1 else report[0] for report in first["bids"]
            )
            size = round_.domain.size()
            count = f"no valid outcome at {faults['count']:,} of {size:,} profiles"
            if faults["count"] > size:
                count = f"{faults['count']:,} faults at {size:,} profiles"
            found.append(f"{round_.label}: {count}; first at bids {bids}: {first['message']}")
    return found
