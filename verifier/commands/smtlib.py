"""`verify smtlib`: the lemmas of a certificate as SMT-LIB 2, and a second opinion on them from cvc5."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from verifier.commands import exits
from verifier.commands.files import Unwritable
from verifier.errors import VerifierError

if TYPE_CHECKING:
    from verifier.reporting.smtlib import Script

Solver: TypeAlias = Callable[[Path], list[str]]  # from a file to what is answered to it, a line per item

MILLISECONDS = 10_000  # for one lemma; most take less than one

_EPILOG = """\b
Examples:
  verify smtlib verify-report/second-price.json
  verify smtlib verify-report/second-price.json --claim dsic --solve cvc5

\b
Exit codes:
  0  the files are written, and with --solve every lemma is confirmed
  2  wrong usage, an unreadable certificate, no solver
  3  the solver did not decide every lemma
  4  the solver disagrees with a lemma
  5  there is no lemma: nothing is proved, or nothing that needs one
"""


class NoSolver(VerifierError):
    """cvc5 is not installed. Install it as the message says."""


@click.command(epilog=_EPILOG)
@click.argument("certificate", metavar="CERT", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--output",
    "directory",
    metavar="DIR",
    default=Path("verify-smtlib"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the files go: CERT-CLAIM-FAMILY.smt2.",
)
@click.option("--claim", metavar="ID", help="Write this claim alone.")
@click.option("--solve", type=click.Choice(["cvc5"]), help="Run the files through cvc5 as well.")
@click.pass_context
def smtlib(ctx: click.Context, certificate: Path, directory: Path, claim: str | None, solve: str | None) -> None:
    """Write the lemmas of proved claims as SMT-LIB 2 files.

    Any solver can run them; every answer must be unsat. The files say that each lemma is a contradiction; that the
    lemmas leave no case out takes the mechanism itself, and `verify check` to run it. The cuts of the exploration are
    not written: a certificate holds their multipliers, and the inequalities come from running the mechanism.
    """
    from verifier import certificate as certificates
    from verifier.reporting.smtlib import scripts

    solver = _cvc5() if solve else None
    found = scripts(certificates.read(certificate), claim)
    if not found:
        click.echo(f"{certificate}: there is no lemma to write", err=True)
        ctx.exit(exits.NOTHING)
    code = exits.MET
    for path, script in _write(found, directory, certificate.stem):
        said = ""
        if solver is not None:
            opinion, said = judged(solver(path), script.lemmas)
            code = max(code, opinion)
        click.echo(f"{path}: {script.lemmas} lemma{'s' * (script.lemmas != 1)}{said}")
    lemmas = sum(script.lemmas for script in found)
    click.echo(f"{lemmas:,} lemmas in {len(found)} files; every check-sat must answer unsat.")
    ctx.exit(code)


def _write(found: list[Script], directory: Path, stem: str) -> list[tuple[Path, Script]]:
    written = [(directory / f"{stem}-{script.claim}-{script.family}.smt2", script) for script in found]
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for path, script in written:
            path.write_text(script.text, encoding="utf-8")
    except OSError as error:
        raise Unwritable(f"cannot write to {error.filename}: {error.strerror}") from error
    return written


def judged(answers: list[str], lemmas: int) -> tuple[int, str]:
    """The exit code for what a solver answered to a file, and the same in words."""
    if "sat" in answers:
        return exits.INTERNAL, f", disagrees: lemma {answers.index('sat') + 1} is satisfiable"
    if answers == ["unsat"] * lemmas:
        return exits.MET, ", confirmed"
    many = f"{len(answers)} answers to {lemmas} lemmas" if len(answers) > lemmas else "no answer to some lemma"
    strange = next((answer for answer in answers if answer != "unsat"), many)
    return exits.INCONCLUSIVE, f", not decided: {strange}"


def _cvc5() -> Solver:
    """The Python package, else the executable; NoSolver where there is neither."""
    if find_spec("cvc5") is not None:
        return _by_package
    program = shutil.which("cvc5")
    if program is None:
        raise NoSolver("cvc5 is neither a package of this Python nor on the PATH: pip install cvc5")
    return lambda path: _by_program(program, path)


def _by_package(path: Path) -> list[str]:
    import cvc5

    solver: Any = cvc5.Solver()
    solver.setOption("incremental", "true")
    solver.setOption("tlimit-per", str(MILLISECONDS))
    parser = cvc5.InputParser(solver)
    answers: list[str] = []
    try:
        parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, path.read_text(encoding="utf-8"), path.name)
        while not (command := parser.nextCommand()).isNull():
            answers += str(command.invoke(solver, parser.getSymbolManager())).splitlines()
    except RuntimeError as error:  # what cvc5 raises for anything
        answers.append(" ".join(f"cvc5 failed: {error}".split()))
    return [*filter(None, answers)]


def _by_program(program: str, path: Path) -> list[str]:
    command = [program, "--incremental", f"--tlimit-per={MILLISECONDS}", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    failure = [] if done.returncode == 0 else [" ".join(f"cvc5 failed: {done.stderr}".split())]
    return [*filter(None, done.stdout.splitlines()), *failure]
