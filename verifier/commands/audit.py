"""`verify audit`: somebody else's mechanism, from a name on the command line to a sheet with every property and why."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verifier.commands import asking, exits, options

if TYPE_CHECKING:
    from verifier.commands.output import Reports
    from verifier.sheets.asked import Asked
    from verifier.sheets.conduct import Done, Planned
    from verifier.sheets.mending import Mended
    from verifier.sheets.sheet import Result, Sheet

_EPILOG = (
    """\b
Examples:
  verify audit some_package.auction:run --domain single-item
  verify audit auction.py:Auction.settle --domain multi-unit --items 3 --agents 4
  verify audit "exec:node auction.js" --domain single-item --values "0..1 step 1/10"
  verify audit adapter.toml                   subject and domain from a claims file
  verify audit auction.py:run --domain single-item --trust      runs here: proofs too

"""
    + exits.HELP
)


@click.command(epilog=_EPILOG)
@click.argument("target", metavar="TARGET")
@asking.told
@click.option(
    "--engine",
    type=click.Choice(("auto", "search", "exhaustive", "sampling", "symbolic")),
    default="auto",
    show_default=True,
    help="auto plans: falsification, then every profile, then a proof.",
)
@click.option(
    "--require",
    multiple=True,
    metavar="PROPERTY",
    help="What decides the exit code; repeatable. Unless told: feasible, deterministic, dsic, ex-post-ir, no-deficit.",
)
@click.option("--trust", is_flag=True, help="Run the code in this process: proofs are possible, nothing is isolated.")
@click.option(
    "--write-test",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also write a pytest that fails until what is refuted is mended.",
)
@click.option("--no-sweep", is_flag=True, help="Only the setting that is asked for, no sizes and values around it.")
@options.output
@options.as_json
@options.quiet
@click.option("--seed", type=int, default=0, show_default=True, help="Of searches and samples.")
@click.option("--max-profiles", type=click.IntRange(min=1), metavar="N", help="Of a grid; 100,000 unless told.")
@click.option("--max-examples", type=click.IntRange(min=1), metavar="N", help="Cases of a search; 300 unless told.")
@click.option("--samples", type=click.IntRange(1, 20_000), metavar="N", help="Draws of a sample; 2,000 unless told.")
@click.option("--fail-on", type=click.Choice(exits.FAIL_ON), default="inconclusive", help="As for verify run.")
@options.beside
@click.pass_context
def audit(
    ctx: click.Context,
    target: str,
    told: asking.Told,
    engine: str,
    require: tuple[str, ...],
    trust: bool,
    write_test: Path | None,
    no_sweep: bool,
    output: Path,
    as_json: bool,
    quiet: bool,
    seed: int,
    max_profiles: int | None,
    max_examples: int | None,
    samples: int | None,
    fail_on: str,
    beside: options.Beside,
) -> None:
    """Audit a mechanism that nobody here wrote.

    A TARGET is package.module:callable, module:Class.method, file.py:callable, "exec:PROGRAM ARGS" (a program that gets
    one JSON profile per line and writes one JSON outcome per line), or a claims file (.toml), of which subject and
    domain are taken. How it wants its bids and says its outcomes is inferred where it is not told, and shown.

    The code runs in processes of its own, under limits, unless it is trusted. Before anything is reported the audit
    tests itself with a mechanism that it must catch.
    """
    from verifier.commands.output import Reports
    from verifier.commands.streams import foreign_output_to_stderr
    from verifier.engines.base import Limits
    from verifier.errors import SpecError
    from verifier.sheets.asked import Asked
    from verifier.sheets.looking import look

    usual = Limits()
    limits = Limits(
        max_profiles or usual.profiles,
        workers=os.cpu_count() or 1,
        examples=max_examples or usual.examples,
        samples=samples or usual.samples,
    )
    subject, domain = told.tables(target)
    if "kind" not in domain:
        raise SpecError("--domain is missing: say which setting it is for; `verify init` lists those that fit")
    with foreign_output_to_stderr():
        found = look(subject, domain, trusted=trust)
        asked = Asked(
            name_of(str(found.subject["call"]), found.subject.get("method")),
            found.subject,
            domain,
            require,
            engine,
            trust,
            not no_sweep,
            limits,
            seed,
        )
        reports = Reports(output, beside)
        done = _conduct(asked, found.said, reports, quiet)
        sheet, results = done.sheet, done.results
        page = _write(sheet, results, output)  # before anything else that might fail
        if done.mended is not None and done.mended.module is not None:
            _keep_repair(done.mended, f"{asked.name}_repaired", reports)
    index = reports.finish()
    if write_test is not None:
        _keep_test(sheet, results, asked, write_test)
    if as_json:
        import json

        certificates = [certificate for _, certificate in results]
        click.echo(json.dumps({"sheet": sheet.to_json(), "certificates": certificates}, sort_keys=True, indent=1))
    elif not quiet and beside.events != "-":
        from verifier.reporting import sheets
        from verifier.reporting.console import fitting

        click.echo(fitting(sheets.console(sheet.to_json(), _by_name(results)), sys.stdout.encoding))
        for row in sheet.rows:
            if row.required and row.verdict == "REFUTED" and row.decided is not None:
                click.echo(f"Replay a refutation: {reports.replay(*row.decided.split('#', 1))}")
        click.echo(f"HTML page: {page} (certificates: {index})")
    ctx.exit(_code(sheet, engine, asked.spec_of_subject().sampled, fail_on))


def name_of(call: str, method: object) -> str:
    """The name of an audit's reports: the callable's, fit for a file."""
    last = call.rpartition(":")[2] if not call.startswith("exec:") else Path(call.split()[-1]).stem
    words = last if not isinstance(method, str) else f"{last}-{method}"
    kept = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in words)
    return kept.strip("-") or "audit"


def _conduct(asked: Asked, inferred: tuple[str, ...], reports: Reports, quiet: bool) -> Done:
    """Run the plan, telling it first and then how far it is."""
    from verifier.commands.progress import listener
    from verifier.sheets.conduct import Done, Heard, Planned, conduct

    for happening in (events := conduct(asked, inferred)):
        if isinstance(happening, Planned):
            if not quiet:
                _tell(happening)
            with listener(len(happening.plan.rounds), quiet) as tell:
                for later in events:
                    if isinstance(later, Heard):
                        tell(later.event)
                        reports.hear(later.spec, later.event)
                    elif isinstance(later, Done):
                        return later
    raise AssertionError("an audit ends with a sheet")


def _tell(planned: Planned) -> None:
    """The plan, on standard error."""
    click.echo("plan", err=True)
    for number, round_ in enumerate(planned.plan.rounds, 1):
        click.echo(f"  {number}. {round_.told()}", err=True)
    for note in planned.plan.notes:
        click.echo(f"  {note}", err=True)
    click.echo(f"  self-test: {planned.tested.said}", err=True)


def _write(sheet: Sheet, results: tuple[Result, ...], output: Path) -> Path:
    """The sheet as JSON and as a page, beside its certificates."""
    import json

    from verifier.commands.files import write_whole
    from verifier.reporting import sheets

    told = sheet.to_json()
    write_whole(output / f"{sheet.name}.sheet.json", json.dumps(told, sort_keys=True, indent=1) + "\n")
    page = output / f"{sheet.name}.sheet.html"
    write_whole(page, sheets.page(told, _by_name(results)))
    return page


def _keep_test(sheet: Sheet, results: tuple[Result, ...], asked: Asked, file: Path) -> None:
    """Write the test, or say on standard error why there is none."""
    from verifier.commands.files import write_whole
    from verifier.errors import SpecError
    from verifier.sheets.advising import tests

    try:
        text = tests(sheet.rows, results, asked.spec_of_subject(), file.resolve().parent)
    except SpecError as error:
        click.echo(str(error), err=True)
        return
    write_whole(file, text)
    click.echo(f"a test that fails until this is mended: {file}", err=True)


def _keep_repair(mended: Mended, name: str, reports: Reports) -> None:
    """Write the mended mechanism beside the certificates, and its own certificate."""
    from verifier.audit import audit as decide
    from verifier.commands.files import write_whole

    name = name.replace("-", "_")
    write_whole(reports.directory / f"{name}.py", str(mended.module))
    spec = mended.spec(name, str(reports.directory.resolve()))
    for event in decide(spec):
        reports.hear(spec, event)


def _by_name(results: tuple[Result, ...]) -> dict[str, Mapping[str, Any]]:
    return {str(certificate["name"]): certificate for _, certificate in results}


def _code(sheet: Sheet, engine: str, sampled: bool, fail_on: str) -> int:
    """The exit code: that of the properties that were required."""
    from verifier.evidence import Verdict

    if sheet.refused is not None:
        return exits.NOTHING
    if sheet.interrupted:
        return exits.INTERRUPTED
    wanted = Verdict.SUPPORTED if sampled or engine in ("search", "sampling") else Verdict.EXHAUSTED
    rows = [
        {"verdict": str(row.verdict), "expect": str(wanted), "met": row.verdict.meets(wanted)}
        for row in sheet.rows
        if row.required
    ]
    return exits.of_claims(rows, fail_on)
