"""`verify game`: the equilibria of games in files, certified, and profiles that somebody claims to be one."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from verifier.commands import exits, options


@click.command("game", epilog=exits.HELP)
@click.argument("games", nargs=-1, metavar="GAME...", required=True)
@options.output
@click.option(
    "--nash",
    "profiles",
    multiple=True,
    metavar="PROFILE",
    help='A profile that is claimed to be an equilibrium of every GAME: a strategy per player, divided by ";", each an '
    'action or its probabilities, as in "defect; 1/2 1/2". Of a tree, a part per information set, as in "Ann: ace = '
    'bet; Bob = 1/3 2/3". Repeatable.',
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0),
    default=10.0,
    show_default=True,
    help="For each algorithm of nashpy, whose answers are compared; 0 asks none.",
)
@options.as_json
@options.quiet
@click.pass_context
def game(
    ctx: click.Context,
    games: tuple[str, ...],
    output: Path,
    profiles: tuple[str, ...],
    seconds: float,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find the equilibria of games and certify them; judge what is claimed of the games.

    A GAME is a file of a game (Gambit's .nfg and .efg, .csv, or .toml with claims), a directory (its .nfg, .efg, .csv
    and .game.toml files), or the name of a packaged game (see `verify list`). All files are read before the first game
    is solved. For two players the list of extreme equilibria is complete, and so is the list of equilibria in pure
    strategies for any number of players. Of a tree with perfect information all subgame perfect equilibria in pure
    strategies are listed; of a zero-sum tree the value is found, with play that guarantees it.
    """
    import json
    from collections.abc import Mapping
    from typing import Any

    from verifier.commands import game_files
    from verifier.commands.auctions import teller
    from verifier.commands.games import Games
    from verifier.commands.output import Reports
    from verifier.commands.streams import one_line
    from verifier.reporting import console
    from verifier.reporting import games as reporting

    def show(certificate: Mapping[str, Any]) -> None:
        if not (as_json or quiet):
            click.echo(console.fitting(reporting.console(certificate), sys.stdout.encoding))

    named = Games(game_files.paths(games), profiles, seconds)
    if mistakes := named.mistakes({}):
        for mistake in mistakes:
            click.echo(one_line(str(mistake)), err=True)
        ctx.exit(exits.USAGE)
    reports = Reports(output)
    interrupted = named.run(reports, teller(quiet), show)
    index = reports.finish()
    if as_json:
        click.echo(json.dumps({"certificates": reports.games}, sort_keys=True, indent=1))
    elif not quiet:
        click.echo(f"HTML index: {index}")
    if interrupted:
        done = f"{len(reports.games)} of {len(named.read)} games"
        click.echo(f"interrupted; the certificates of {done} are in {output}, the last one partial", err=True)
        ctx.exit(exits.INTERRUPTED)
    ctx.exit(exits.of_claims(claim for one in reports.games for claim in one["claims"]))
