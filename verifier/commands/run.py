"""`verify run`: audit claims files, write certificates and pages, print the table of verdicts."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from verifier.commands import exits, options

if TYPE_CHECKING:
    from verifier.audit import Event
    from verifier.commands.output import Reports
    from verifier.commands.progress import Listener
    from verifier.engines.base import Limits
    from verifier.spec import Spec

_EPILOG = (
    """\b
Examples:
  verify run                                 all packaged claims
  verify run second-price                    one of them, by name
  verify run auction.toml claims/            your own files and directories
  verify run auction.toml --json | jq .      one JSON document on stdout
  verify run bids.txt                        VCG on the bids of a CATS file: winners, payments, proof of optimality

"""
    + exits.HELP
)


@click.command(epilog=_EPILOG)
@click.argument("specs", nargs=-1, metavar="[SPEC]...")
@options.output
@click.option(
    "--mechanism",
    metavar="MODULE:CALLABLE",
    help="What is run on auctions in place of VCG; it gets the auction and returns accepted bids and payments.",
)
@options.as_json
@options.quiet
@click.option("--seed", type=int, default=0, show_default=True, help="For engines that draw at random.")
@click.option(
    "--tier", "tiers", type=click.IntRange(0, 2), multiple=True, help="Only claims files of this tier; repeatable."
)
@click.option(
    "--fail-on",
    type=click.Choice(exits.FAIL_ON),
    default="inconclusive",
    show_default=True,
    help="inconclusive: exit 1 or 3 on any missed expectation; refuted: forgive verdicts that are merely too weak "
    "(exit 0 in place of 3); never: forgive both.",
)
@options.beside
@click.option(
    "--max-profiles",
    type=click.IntRange(min=1),
    metavar="N",
    help="The most profiles a grid may have; 10,000,000 unless told.",
)
@click.option(
    "--max-paths",
    type=click.IntRange(min=1),
    metavar="N",
    help="The most paths through a mechanism that a proof explores; 20,000 unless told.",
)
@click.option(
    "--max-queries",
    type=click.IntRange(min=0),
    metavar="N",
    help="The most questions to a solver for each block of cases; 100,000 unless told.",
)
@click.option(
    "--max-examples",
    type=click.IntRange(min=1),
    metavar="N",
    help="The most cases that a search judges for a claim; 5,000 unless told.",
)
@click.option(
    "--samples",
    type=click.IntRange(1, 20_000),
    metavar="N",
    help="How many draws are made for a claim that is sampled; 2,000 unless told.",
)
@click.option(
    "--database",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where searches keep the examples that violated something, to try them first next time; nowhere unless told.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes for proofs that take long; one per core unless told. The results are the same.",
)
@click.pass_context
def run(
    ctx: click.Context,
    specs: tuple[str, ...],
    output: Path,
    mechanism: str | None,
    as_json: bool,
    quiet: bool,
    seed: int,
    tiers: tuple[int, ...],
    fail_on: str,
    max_profiles: int | None,
    max_paths: int | None,
    max_queries: int | None,
    max_examples: int | None,
    samples: int | None,
    database: Path | None,
    workers: int | None,
    beside: options.Beside,
) -> None:
    """Decide the claims of claims files, or the outcome of auctions, and write certificates.

    A SPEC is a claims file, an auction (a CATS file, .txt or .cats, or a TOML file with bidders), a game (.game.toml,
    .nfg or .efg), a directory of TOML files, or the name of a packaged one; without any, all packaged claims are run.
    All files are read and their mechanisms loaded before the first one runs.
    """
    from verifier.commands.auctions import Auctions, teller
    from verifier.commands.games import Games
    from verifier.commands.output import Reports
    from verifier.commands.selecting import auction_name, is_auction, is_game, paths, select
    from verifier.commands.streams import foreign_output_to_stderr, one_line
    from verifier.engines.base import LIMITS, Limits

    limits = Limits(
        max_profiles or LIMITS.profiles,
        max_paths or LIMITS.paths,
        LIMITS.queries if max_queries is None else max_queries,
        workers or os.cpu_count() or 1,
        max_examples or LIMITS.examples,
        samples or LIMITS.samples,
    )
    found = paths(specs)
    games = Games([path for path in found if is_game(path)])
    auctions = Auctions([path for path in found if not is_game(path) and is_auction(path)], mechanism)
    files = [path for path in found if path not in games.paths and path not in auctions.paths]
    with foreign_output_to_stderr():
        selected, mistakes = select(files, limits.profiles)
    mistakes += auctions.mistakes(selected)
    mistakes += games.mistakes(
        {**{spec.name.casefold(): spec.path for spec in selected}, **{auction_name(p): p for p in auctions.paths}}
    )
    if mistakes:
        for mistake in mistakes:
            click.echo(one_line(str(mistake)), err=True)
        ctx.exit(exits.USAGE)
    chosen = [spec for spec in selected if not tiers or spec.tier in tiers]
    if not chosen and not auctions.paths and not games.paths:
        nothing = f"none of {len(selected)} claims files has that tier" if selected else "there is no claims file"
        click.echo(f"nothing was checked: {nothing}", err=True)
        ctx.exit(exits.NOTHING)
    names = [*(spec.name for spec in chosen), *map(auction_name, auctions.paths), *(name for name, _ in games.read)]
    reports = Reports(output, beside, names)
    drawing: dict[str, Any] = {"seed": seed, **({"database": database} if database else {})}
    with foreign_output_to_stderr():
        interrupted = (
            auctions.run(reports, teller(quiet))
            or games.run(reports, teller(quiet))
            or _audit_all(chosen, limits, drawing, reports, quiet)
        )
    index = reports.finish()
    _show(reports, index, as_json, quiet, beside.events == "-")
    if interrupted:
        begun = f"{len(reports.everything())} of {len(chosen) + len(auctions.paths) + len(games.paths)} files"
        click.echo(f"interrupted; the certificates of {begun} are in {output}, the last one partial", err=True)
        ctx.exit(exits.INTERRUPTED)
    ctx.exit(exits.of_claims((claim for one in reports.everything() for claim in one["claims"]), fail_on))


def _audit_all(specs: list[Spec], limits: Limits, options: dict[str, Any], reports: Reports, quiet: bool) -> bool:
    """Run the specs one after the other; True where Ctrl-C ended it early."""
    from verifier.audit import audit
    from verifier.commands.progress import listener

    with listener(len(specs), quiet) as tell:
        try:
            for spec in specs:
                _listen(spec, audit(spec, limits=limits, **options), reports, tell)
                if reports.certificates[-1]["interrupted"]:
                    return True
        except KeyboardInterrupt:
            return True
    return False


def _listen(spec: Spec, events: object, reports: Reports, tell: Listener) -> None:
    """Hand every event on and write the certificate.

    Ctrl-C may arrive while an event is handled here: it is passed into the audit, which seals what it has.
    """
    stream = cast("Generator[Event, None, None]", events)

    def hear(event: Event) -> None:
        tell(event)
        reports.hear(spec, event)

    try:
        for event in stream:
            hear(event)
    except KeyboardInterrupt:
        hear(stream.throw(KeyboardInterrupt()))
        for event in stream:
            hear(event)


def _show(reports: Reports, index: Path, as_json: bool, quiet: bool, events: bool) -> None:
    """The result on stdout: one JSON document, or the table and where the pages are; nothing after lines of events."""
    import json

    from verifier.reporting import auctions, console, games

    if as_json:
        click.echo(json.dumps({"certificates": reports.everything()}, sort_keys=True, indent=1))
        if not quiet:
            click.echo(f"HTML index: {index}", err=True)
        return
    if quiet or events:
        return
    for certificate in reports.auctions:
        click.echo(console.fitting(auctions.console(certificate), sys.stdout.encoding))
    for certificate in reports.games:
        click.echo(console.fitting(games.console(certificate), sys.stdout.encoding))
    if reports.certificates or not (reports.auctions or reports.games):
        console.summary(reports.certificates, sys.stdout)
    for command in reports.replays():
        click.echo(f"Replay a refutation: {command}")
    click.echo(f"HTML index: {index}")
