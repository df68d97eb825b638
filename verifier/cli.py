"""The command `verify`: subcommands, and the one place where an error becomes an exit code."""

from __future__ import annotations

import os
import traceback

import click

from verifier.commands import exits
from verifier.commands.audit import audit
from verifier.commands.check import check
from verifier.commands.ci import ci
from verifier.commands.compare import compare
from verifier.commands.explain import explain
from verifier.commands.game import game
from verifier.commands.init import init
from verifier.commands.ledger import ledger
from verifier.commands.listing import listing
from verifier.commands.replay import replay
from verifier.commands.run import run
from verifier.commands.smtlib import smtlib
from verifier.commands.streams import one_line
from verifier.commands.study import study
from verifier.commands.worst import worst
from verifier.errors import VerifierError

_EPILOG = (
    """\b
Examples:
  verify run                                   certify the packaged auctions
  verify run auction.toml                      certify your own claims
  verify audit auction.py:run --domain single-item     somebody else's code, in processes of its own
  verify game game.nfg                         all equilibria of a game, certified
  verify check verify-report/second-price.json
  verify replay verify-report/first-price.json#dsic
  verify explain dsic

"""
    + exits.HELP
)


class Front(click.Group):
    """A group whose errors are one line on stderr and an exit code; VERIFY_DEBUG=1 adds the traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            ctx.exit(exits.INTERRUPTED)
        except VerifierError as error:
            _trace()
            click.echo(one_line(str(error)), err=True)
            ctx.exit(exits.USAGE)
        except Exception as error:  # a bug of ours: say so in one line
            _trace()
            what = one_line(f"{type(error).__name__}: {error}")
            click.echo(f"internal error: {what} (a bug in verify; VERIFY_DEBUG=1 shows the traceback)", err=True)
            ctx.exit(exits.INTERNAL)


def _trace() -> None:
    if os.environ.get("VERIFY_DEBUG") == "1":
        click.echo(traceback.format_exc(), err=True)


def _version(ctx: click.Context, option: click.Parameter, wanted: bool) -> None:
    if wanted:
        import verifier

        click.echo(f"verify {verifier.__version__}")
        ctx.exit()


@click.group(cls=Front, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print it.")
def main() -> None:
    """Decide whether a mechanism keeps its promises, exactly, about its real code.

    Auctions are run on every profile of a finite grid of values; the verdicts are written into certificates that
    anybody can check.
    """


for command in (run, audit, init, game, compare, study, worst, check, ledger, replay, explain, listing, smtlib, ci):
    main.add_command(command)
