"""The command `verify`. Data goes to stdout, talk and progress to stderr; everything heavy is imported when it is used.

Exit codes: 0 every claim met; 1 a claim refuted or its gate missed; 2 usage or claims file wrong; 3 inconclusive;
4 internal error, or the checker disagrees; 5 nothing checked; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

import click

from verifier.errors import VerifierError

USAGE, INTERNAL, INTERRUPTED = 2, 4, 130


class _Group(click.Group):
    """Turns errors into one sentence and an exit code, for every subcommand."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except VerifierError as error:
            click.echo(f"verify: {error}", err=True)
            sys.exit(USAGE)
        except KeyboardInterrupt:
            click.echo("verify: interrupted", err=True)
            sys.exit(INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if os.environ.get("VERIFY_DEBUG"):
                traceback.print_exc()
            click.echo(
                f"verify: internal error: {type(error).__name__}: {error} (VERIFY_DEBUG=1 shows where)", err=True
            )
            sys.exit(INTERNAL)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mechanism-verifier", prog_name="verify")
def main() -> None:
    r"""Decide whether a mechanism has the properties that its designer claims, exactly, about its real code.

    \b
    verify run                       check the claims that come with the package
    verify run auction.toml          check your own
    verify explain dsic              what a property means
    verify list                      what there is
    """


@main.command(
    epilog="Exit: 0 all met, 1 refuted or gate missed, 2 bad input, 3 inconclusive, 5 nothing checked, 130 interrupted."
)
@click.argument("specs", nargs=-1, metavar="[SPEC]...")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("verify-report"),
    show_default=True,
    help="Directory for certificates and HTML pages.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the certificates as one JSON document.")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Also write JUnit XML to this file.")
@click.option("--quiet", is_flag=True, help="No progress, no table; the exit code tells.")
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Written into the certificate; for engines that draw."
)
@click.option("--tier", type=click.IntRange(0, 2), multiple=True, help="Only claims files of this tier (repeatable).")
@click.option(
    "--fail-on",
    type=click.Choice(["inconclusive", "refuted", "never"]),
    default="inconclusive",
    show_default=True,
    help="What makes the exit code non-zero: anything not met (3 where nothing is worse "
    "than undecided), only what is refuted or missed, or nothing that was found.",
)
@click.option(
    "--max-profiles",
    type=click.IntRange(1),
    default=10_000_000,
    show_default=True,
    help="Refuse grids with more profiles than this.",
)
def run(
    specs: tuple[str, ...],
    output: Path,
    as_json: bool,
    junit: Path | None,
    quiet: bool,
    seed: int,
    tier: tuple[int, ...],
    fail_on: str,
    max_profiles: int,
) -> None:
    """Check the claims of SPEC... and write certificates.

    SPEC is a claims file (TOML), a directory of them, or the name of a packaged one; without any, all packaged claims
    are checked. All files are read before anything runs.
    """
    from verifier.commands.run import Settings, run_claims

    settings = Settings(output, as_json, junit, quiet, seed, frozenset(tier), fail_on, max_profiles)
    sys.exit(run_claims(specs, settings))


@main.command(epilog="Exit: 0 all confirmed, 3 only partly checked, 4 something rejected, 2 unreadable.")
@click.argument("certificates", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="CERT...")
@click.option(
    "--source",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Directory from which the subject can be imported (repeatable; default: where Python finds it).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the reports as one JSON document.")
def check(certificates: tuple[Path, ...], source: tuple[Path, ...], as_json: bool) -> None:
    """Re-validate certificates with the independent checker, which runs the subject again.

    The checker is one file of standard-library Python that shares no code with the rest; it runs isolated, as
    `python -I checker.py CERT --source DIR` would.
    """
    from verifier.commands.check import check_certificates

    sys.exit(check_certificates(certificates, source, as_json))


@main.command(epilog="Example: verify replay verify-report/first-price.json#dsic")
@click.argument("witness", metavar="CERT#CLAIM")
@click.option("--worst", is_flag=True, help="Replay the refutation of the largest violation, not the simplest.")
def replay(witness: str, worst: bool) -> None:
    """Run the witness of a refuted claim on the real subject and work out the violation by hand.

    CLAIM may be left out where one claim only is refuted. Exit 0 when the violation is reproduced, 1 when not.
    """
    from verifier.commands.replay import replay_witness

    sys.exit(replay_witness(witness, worst))


@main.command()
@click.argument("name", metavar="PROPERTY")
def explain(name: str) -> None:
    """Print the definition, margin and source of a property."""
    from verifier.properties import find_property

    click.echo(find_property(name).explanation())


@main.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_(as_json: bool) -> None:
    """List packaged claims, properties, domains and engines."""
    from verifier.commands.listing import listing

    click.echo(listing(as_json))
