"""`verify replay`: run the witness of a refutation again, on the mechanism as it is now, and work it by hand."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verifier.commands import exits
from verifier.errors import CertificateError, SubjectError, nearest

if TYPE_CHECKING:
    from verifier.adapters import Subject
    from verifier.domains import Outcome, Profile
    from verifier.evidence import ObservedRun, Witness
    from verifier.reporting.reading import ClaimEntry, Report
    from verifier.spec import SubjectSpec

_EPILOG = """\b
Examples:
  verify replay verify-report/first-price.json#dsic
  verify replay verify-report/first-price.json        where one claim alone is refuted
  verify replay theirs.json#dsic --source ../theirs   where their mechanism lies

\b
Exit codes:
  0  the recorded violation happened again, to the same amount
  1  it did not
  2  wrong usage, an unreadable certificate, a mechanism that does not load
"""


@click.command(epilog=_EPILOG)
@click.argument("address", metavar="CERT[#CLAIM]")
@click.option("--worst", is_flag=True, help="The refutation with the largest violation, not the simplest one.")
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where to import the mechanism from, before anything else; repeatable.",
)
@click.pass_context
def replay(ctx: click.Context, address: str, worst: bool, sources: tuple[Path, ...]) -> None:
    """Run the witness of a refuted claim again.

    Prints reports, outcomes and the arithmetic of the violation, from what the mechanism does now. CLAIM may be left
    out where one claim alone is refuted.
    """
    from verifier import certificate
    from verifier.adapters import ProtocolFault, load
    from verifier.commands.streams import foreign_output_to_stderr
    from verifier.exact import show
    from verifier.reporting.console import fitting
    from verifier.reporting.reading import read
    from verifier.reporting.worked import lines, work
    from verifier.spec import subject_from_json

    path, name = _address(address)
    document: Mapping[str, Any] = certificate.read(path)
    report = read(document)
    claim, recorded = refuted_claim(report, name, path)
    subject_spec = subject_from_json(document["subject"])
    if worst and claim.worst is not None:
        recorded = claim.worst
    sys.path[:0] = [str(source.resolve()) for source in sources]
    with foreign_output_to_stderr():
        try:
            subject = load(subject_spec, report.domain)
        except SubjectError as error:
            raise SubjectError(f"{error}; --source DIR says where the mechanism is imported from") from error
        _tell_changes(document["subject"], subject_spec)
        try:
            found = observed_again(subject, claim, recorded)
        except ProtocolFault as fault:
            found, failure = None, str(fault)
    click.echo(f"{report.title}\n{subject_spec.call}, claim {claim.id}: {claim.statement}\n")
    if found is None:
        click.echo(f"NOT REPRODUCED: the mechanism fails now: {failure}")
        ctx.exit(exits.MISSED)
    text = "\n".join(lines(work(claim.property, report.domain, found)))
    click.echo(fitting(text, getattr(sys.stdout, "encoding", None)) + "\n")
    if found.margin == recorded.margin or (recorded.repeat is not None and found.margin < -claim.tolerance):
        click.echo(f"REPRODUCED: the margin is {show(found.margin)}, negative, so the claim is false here.")
        return
    again = "still violated, by another amount" if found.margin < -claim.tolerance else "not violated here"
    click.echo(
        f"NOT REPRODUCED: the margin is {show(found.margin)} and the certificate records {show(recorded.margin)}; "
        f"the claim is {again}."
    )
    ctx.exit(exits.MISSED)


def _address(written: str) -> tuple[Path, str | None]:
    """The certificate and the claim of CERT#CLAIM; a file whose name holds a # is found too."""
    path, mark, claim = written.rpartition("#")
    if not mark or Path(written).exists():
        return Path(written), None
    return Path(path), claim


def refuted_claim(report: Report, name: str | None, path: Path) -> tuple[ClaimEntry, Witness]:
    """The claim to replay with its witness.

    Raises CertificateError where there is none of that name, none that is refuted, or more than one to choose from.
    """
    refuted = [claim.id for claim in report.claims if claim.witness is not None]
    if name is None:
        if len(refuted) != 1:
            which = f"name one: {', '.join(f'{path}#{one}' for one in refuted)}" if refuted else "nothing to replay"
            raise CertificateError(f"{path} holds {len(refuted) or 'no'} refuted claims; {which}")
        (name,) = refuted
    for claim in report.claims:
        if claim.id == name and claim.witness is not None:
            return claim, claim.witness
        if claim.id == name:
            raise CertificateError(f"{path}: claim {name!r} is {claim.verdict}; only a refutation can be replayed")
    raise CertificateError(f"{path}: no claim {name!r}{nearest(name, [claim.id for claim in report.claims])}")


def _tell_changes(table: Mapping[str, Any], spec: SubjectSpec) -> None:
    from verifier.adapters.source import source_digests

    now, then = source_digests(spec), table.get("source", {})
    changed = sorted(path for path in {*now, *then} if now.get(path) != then.get(path))
    if changed:
        click.echo(f"the source is not what the certificate was made from: {', '.join(changed)}", err=True)


def observed_again(subject: Subject, claim: ClaimEntry, recorded: Witness) -> Witness:
    """The witness with the outcomes of now and the margin that they give.

    Raises ProtocolFault where the mechanism gives no valid outcome any more.
    """
    from dataclasses import replace

    from verifier.adapters.absence import observe_without
    from verifier.properties import find_property
    from verifier.properties.cases import Over
    from verifier.properties.replay import margin_of

    if find_property(claim.property).over is Over.ABSENCES:
        (agent,), profile = recorded.agents, recorded.runs[0].reports
        outcomes = (subject.observe(profile), observe_without(subject, profile, agent))
        runs = tuple(replace(run, outcome=one) for run, one in zip(recorded.runs, outcomes, strict=True))
    elif recorded.repeat is None:
        runs = tuple(observed(subject, run) for run in recorded.runs)
    else:
        runs = repeated(subject, recorded)
    draft = replace(recorded, runs=runs)
    return replace(draft, margin=margin_of(find_property(claim.property), subject.domain, draft))


def observed(subject: Subject, run: ObservedRun) -> ObservedRun:
    """The run as it comes out now, under the same draws where these were recorded."""
    from dataclasses import replace

    if run.tape is None:
        return replace(run, outcome=subject.observe(run.reports))
    return replace(run, outcome=subject.under_tape(run.reports, run.tape))


def repeated(subject: Subject, recorded: Witness) -> tuple[ObservedRun, ...]:
    """The same bids twice, in the way that showed a difference: within the whole grid, since order may matter."""
    from verifier.adapters import ProtocolFault
    from verifier.adapters.fresh import FreshProcess
    from verifier.domains import Outcome
    from verifier.evidence import ObservedRun

    reports = recorded.runs[0].reports
    profiles = list(subject.domain.profiles())
    if reports not in profiles:  # an engine may look between the points of the grid
        profiles.append(reports)
    place = profiles.index(reports)
    _, fresh, seed = (recorded.repeat or "").partition("PYTHONHASHSEED=")
    first = [_quietly(subject, profile) for profile in profiles][place]
    if fresh:
        answer: object = FreshProcess(subject.spec, subject.domain, profiles, int(seed)).answers()[place]
    else:
        answer = [_quietly(subject, profile) for profile in reversed(profiles)][::-1][place]
    if not isinstance(first, Outcome) or not isinstance(answer, Outcome):
        raise ProtocolFault("protocol", f"no outcome at the recorded bids in: {recorded.repeat}")
    return ObservedRun(reports, first), ObservedRun(reports, answer)


def _quietly(subject: Subject, profile: Profile) -> Outcome | None:
    """What the mechanism does at a profile on the way; a fault there is not what is replayed."""
    from verifier.adapters import ProtocolFault

    try:
        return subject.observe(profile)
    except ProtocolFault:
        return None
