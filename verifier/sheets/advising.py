"""What an audit says beside a refutation of what was required: its shape, and a test to keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from verifier.adapters import Subject
from verifier.advice.regression import PROPERTIES, write_test
from verifier.advice.why import seen, why
from verifier.domains import Domain, Outcome, Profile
from verifier.errors import SpecError
from verifier.evidence import Verdict, Witness
from verifier.sheets.plan import Round
from verifier.sheets.sheet import Row
from verifier.spec import SubjectSpec

MOST = 1_500  # profiles that are looked at for the shape of a violation

Decided = tuple[Round, Mapping[str, Any]]  # a round, and the claim of its certificate


def decided(row: Row, results: Sequence[tuple[Round, Mapping[str, Any]]]) -> Decided:
    """The round and the claim that a row's verdict comes from."""
    name, _, claim = str(row.decided).partition("#")
    round_, certificate = next(one for one in results if one[1]["name"] == name)
    return round_, next(one for one in certificate["claims"] if one["id"] == claim)


def shapes(rows: Sequence[Row], results: Sequence[tuple[Round, Mapping[str, Any]]]) -> Iterator[tuple[Row, Decided]]:
    """Rows with a refutation whose shape is worth a look: those of required properties first."""
    for row in sorted(rows, key=lambda row: not row.required):
        if row.verdict is Verdict.REFUTED and row.decided is not None:
            yield row, decided(row, results)


def shape(subject: Subject, row: Row, claim: Mapping[str, Any]) -> str | None:
    """The sentence about the violation of a row, from runs of the subject in the domain of that round."""
    witness = Witness.from_json(claim["witness"])
    profiles = list(_profiles(subject.domain, witness))
    answers = zip(profiles, subject.observe_many(profiles), strict=True)
    outcomes = {profile: answer for profile, answer in answers if isinstance(answer, Outcome)}
    return why(row.property, witness, seen(subject.domain, outcomes))


def _profiles(domain: Domain, witness: Witness) -> Iterator[Profile]:
    """The whole grid where it is small, else every profile that differs from the witness's in one report."""
    if domain.size() <= MOST:
        yield from domain.profiles()
        return
    truth = witness.runs[0].reports
    found = [truth]
    for agent, types in enumerate(domain.types):
        found += [(*truth[:agent], type_, *truth[agent + 1 :]) for type_ in types[: MOST // len(domain.agents)]]
    yield from dict.fromkeys(found)


def tests(
    rows: Sequence[Row], results: Sequence[tuple[Round, Mapping[str, Any]]], subject: SubjectSpec, folder: Path | None
) -> str:
    """The text of a test file for the required properties that are refuted.

    Raises SpecError where nothing is refuted that a test could show, or the subject cannot be called from one.
    """
    found = []
    for row in rows:
        if not row.required or row.verdict is not Verdict.REFUTED or row.property not in PROPERTIES:
            continue
        round_, claim = decided(row, results)
        said = " ".join((row.statement, *row.advice))
        found.append((row.property, said, Witness.from_json(claim["witness"]), round_.domain))
    if not found:
        raise SpecError(f"no test is written: none of {', '.join(PROPERTIES)} is required and refuted")
    return write_test(found, subject, folder)
