"""Carry out the plan of an audit: the self-test, the rounds one after the other, the sheet at the end.

Ctrl-C ends the rounds and loses nothing: certificates that were sealed stay, the sheet says what was not reached.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from verifier.adapters import ProtocolFault, Subject, load
from verifier.adapters.bridge import BridgedSubject, isolated
from verifier.adapters.keeper import Keepers
from verifier.adapters.limits import ISOLATION
from verifier.audit import Event, Finished, audit
from verifier.domains import Domain
from verifier.evidence import Verdict
from verifier.scope import setting_of
from verifier.sheets.advising import shape, shapes
from verifier.sheets.asked import Asked
from verifier.sheets.constants import numbers_in
from verifier.sheets.mending import Mended, mend
from verifier.sheets.plan import Plan, Round, make_plan
from verifier.sheets.self_test import MOST, SelfTest, self_test
from verifier.sheets.sheet import Result, Sheet, add_up
from verifier.spec import Spec, SubjectSpec


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan is made, and the self-test is over."""

    plan: Plan
    tested: SelfTest


@dataclass(frozen=True, slots=True)
class Heard:
    """An event of the audit of one round."""

    spec: Spec
    event: Event


@dataclass(frozen=True, slots=True)
class Done:
    """The sheet, what it adds up, and what would mend it."""

    sheet: Sheet
    results: tuple[Result, ...]
    mended: Mended | None = None


Happening: TypeAlias = Planned | Heard | Done


def conduct(asked: Asked, inferred: tuple[str, ...] = ()) -> Iterator[Happening]:
    """Audit a subject.

    Parameters
    ----------
    asked : whose code, in which setting
    inferred : what was inferred about the adapter, in words, for the sheet

    Raises
    ------
    SpecError, SubjectError : the question cannot be asked, or the subject does not load.
    """
    subject = asked.spec_of_subject()
    with contextlib.closing(Keepers()) as keepers:
        yield from _conducted(asked, inferred, subject, None if asked.trusted else keepers)


def _conducted(
    asked: Asked, inferred: tuple[str, ...], subject: SubjectSpec, keepers: Keepers | None
) -> Iterator[Happening]:
    """The audit, in processes of these keepers or, where there are none, in this one."""
    plan = make_plan(asked, numbers_in(subject), MOST)
    notes = list(plan.notes)
    tested, nobody = _tested(subject, plan.test, keepers)
    if nobody:
        notes.append(nobody)
    yield Planned(plan, tested)
    results: list[Result] = []
    interrupted = False
    refused = None if tested.caught is not False or tested.no_outcome else tested.said
    for round_ in plan.rounds if refused is None else ():
        reduced = _reduced(round_, results)
        if isinstance(reduced, str):
            notes.append(f"{round_.label}, {round_.engine}: not run, since {reduced}")
            continue
        spec = reduced.spec(subject)
        isolation = None if keepers is None else ISOLATION
        for event in audit(spec, limits=reduced.limits, seed=asked.seed, isolation=isolation, keepers=keepers):
            yield Heard(spec, event)
            if isinstance(event, Finished):
                results.append((reduced, event.certificate))
                interrupted = bool(event.certificate["interrupted"])
        if interrupted:
            break
    sheet = _sheet(asked, inferred, plan, notes, tested, results, refused, interrupted)
    if interrupted:
        yield Done(sheet, tuple(results))
        return
    if not subject.sampled:  # shapes and payments are exact statements
        sheet = _advised(sheet, subject, keepers, results)
    mended = None
    untruthful = any(row.property == "dsic" and row.verdict is Verdict.REFUTED for row in sheet.rows)
    if untruthful and setting_of(plan.test) == "money" and not subject.sampled:
        with _at_hand(subject, plan.test, keepers) as small:
            mended = mend(small)
        sheet = replace(sheet, payments=mended.said)
    yield Done(sheet, tuple(results), mended)


def _advised(sheet: Sheet, spec: SubjectSpec, keepers: Keepers | None, results: list[Result]) -> Sheet:
    """The sheet with a sentence on the shape of each refutation that has one."""
    said: dict[str, str] = {}
    for row, (round_, claim) in shapes(sheet.rows, results):
        with _at_hand(spec, round_.domain, keepers) as subject:
            sentence = shape(subject, row, claim)
        if sentence is not None and sentence not in said.values():
            said[row.property] = sentence
    rows = tuple(replace(row, advice=(said[row.property],)) if row.property in said else row for row in sheet.rows)
    return replace(sheet, rows=rows)


@contextlib.contextmanager
def _at_hand(spec: SubjectSpec, domain: Domain, keepers: Keepers | None) -> Iterator[Subject]:
    """The subject in a domain, here or behind its walls."""
    subject = load(spec, domain) if keepers is None else isolated(spec, domain, ISOLATION, keepers)
    try:
        yield subject
    finally:
        if isinstance(subject, BridgedSubject):
            subject.close()


def _sheet(
    asked: Asked,
    inferred: tuple[str, ...],
    plan: Plan,
    notes: list[str],
    tested: SelfTest,
    results: list[Result],
    refused: str | None,
    interrupted: bool,
) -> Sheet:
    rows, flags = add_up(plan, results) if refused is None else ((), ())
    if interrupted:
        flags = ("interrupted: rounds after the last certificate were not run", *flags)
    entry: dict[str, object] = {**asked.spec_of_subject().to_json(), "inferred": list(inferred)}
    entry["isolation"] = "in this process, trusted" if asked.trusted else _walls(results)
    return Sheet(
        asked.name,
        entry,
        tuple(round_.told() for round_ in plan.rounds),
        tuple(notes),
        tested,
        rows,
        flags,
        {str(certificate["name"]): str(certificate["sha256"]) for _, certificate in results},
        interrupted,
        refused,
    )


def _walls(results: list[Result]) -> str:
    """What the platform granted: the same in every round."""
    for _, certificate in results:
        granted: Mapping[str, Any] = certificate["method"].get("isolation") or {}
        if granted:
            return f"processes of its own; network: {granted['network']}; processes: {granted['processes']}"
    return "processes of its own"


def _reduced(round_: Round, results: list[Result]) -> Round | str:
    """The round with what is still open, or why there is nothing: a proof is tried of nothing that is false."""
    known: dict[str, set[str]] = {}
    for done, certificate in results:
        for claim in certificate["claims"] if done.main else ():
            known.setdefault(claim["property"], set()).add(claim["verdict"])
    grid = [certificate for done, certificate in results if done.main and done.engine == "exhaustive"]
    if grid and not round_.main and all(claim["verdict"] == Verdict.ERROR for claim in grid[0]["claims"]):
        return "the subject gave no answer in the setting that was asked for"
    if round_.engine != "symbolic":
        return round_
    closed = {Verdict.REFUTED, Verdict.ERROR}
    open_ = tuple(name for name in round_.properties if not closed & set(map(Verdict, known.get(name, ()))))
    return replace(round_, properties=open_) if open_ else "every property of it is refuted or without an answer"


def _tested(spec: SubjectSpec, domain: Domain, keepers: Keepers | None) -> tuple[SelfTest, str]:
    """The self-test, and what the subject does with nobody there."""
    with _at_hand(spec, domain, keepers) as subject:
        return self_test(subject), _nobody(subject) if setting_of(domain) == "money" else ""


def _nobody(subject: Subject) -> str:
    """What it does without any agent. Nothing is demanded there, so that this is a note and no verdict."""
    empty = replace(subject.domain, agents=(), types=())
    alone = (
        BridgedSubject(subject.spec, empty, subject.isolation, keepers=subject.keepers)
        if isinstance(subject, BridgedSubject)
        else Subject(subject.spec, empty, subject.target, subject.contracts)
    )
    try:
        alone.observe(())
    except ProtocolFault as fault:
        return f"with no agent at all: {fault}"
    finally:
        if isinstance(alone, BridgedSubject):
            alone.close()
    return "with no agent at all: an empty outcome, as it should be"
