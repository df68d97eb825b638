"""`verify check`: run the independent checker in a Python of its own, on one certificate after the other."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from verifier.commands import exits

CHECKER = Path(__file__).resolve().parents[1] / "checker.py"

_GRAVEST_FIRST = (exits.INTERNAL, exits.USAGE, exits.INCONCLUSIVE, exits.MET)
_EPILOG = """\b
Examples:
  verify check verify-report/second-price.json
  verify check verify-report                    every certificate in it
  verify check theirs.json --source ../theirs   where their mechanism lies
  verify check attested.json --key public.pem   an attestation: signature, files, what their certificates say

\b
Exit codes:
  0  every certificate is confirmed
  2  wrong usage, or a file is no certificate
  3  something could only be checked in part, e.g. without the source
  4  something is rejected
"""


@click.command(epilog=_EPILOG)
@click.argument(
    "certificates", nargs=-1, required=True, metavar="CERT...", type=click.Path(exists=True, path_type=Path)
)
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where to import the mechanism from; repeatable. By default from where this Python finds it.",
)
@click.option(
    "--key",
    metavar="PEM",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The ed25519 public key of whoever should have signed the attestations.",
)
@click.option("--json", "as_json", is_flag=True, help='Print one document, {"checks": [...]}.')
@click.pass_context
def check(
    ctx: click.Context, certificates: tuple[Path, ...], sources: tuple[Path, ...], key: Path | None, as_json: bool
) -> None:
    """Check certificates without trusting whoever wrote them.

    The checker is one file of standard library: it runs the mechanism again and recomputes every number. It runs under
    `python -I`, apart from the rest of this program. An attestation is compared with the certificates and the source
    that it names, and its signature with the key.
    """
    from verifier.commands.attested import attestation_in, examine
    from verifier.reporting.dsse import public_key

    signer = None if key is None else public_key(key)
    found = _files(certificates)
    if not found:
        click.echo(f"nothing was checked: no certificate in {', '.join(map(str, certificates))}", err=True)
        ctx.exit(exits.NOTHING)
    codes, documents = set(), []
    for path in found:
        attested = attestation_in(path)
        if attested is not None:
            examined = examine(attested, signer, [path.parent, *sources], [*sources, Path.cwd()])
            codes.add(examined.code)
            documents.append(examined.to_json(path))
            click.echo("" if as_json else f"{path}\n{examined.text()}", nl=False)
            continue
        done = _checked(path, [*sources, *importable_from(path)], as_json)
        codes.add(done.returncode)
        click.echo(done.stderr, err=True, nl=False)
        if done.returncode not in _GRAVEST_FIRST:
            click.echo(f"{path}: the checker itself failed", err=True)
        if as_json:
            documents.append(json.loads(done.stdout or "null") or {"certificate": str(path), "status": "UNREADABLE"})
        else:
            click.echo(f"{path}\n{done.stdout}", nl=False)
    if as_json:
        click.echo(json.dumps({"checks": documents}, indent=1))
    whole = codes <= set(_GRAVEST_FIRST)
    ctx.exit(next(code for code in _GRAVEST_FIRST if code in codes) if whole else exits.INTERNAL)


def _files(named: Sequence[Path]) -> list[Path]:
    """The named files, and the *.json of named directories."""
    return [file for path in named for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])]


def _checked(path: Path, sources: Sequence[Path], as_json: bool) -> subprocess.CompletedProcess[str]:
    options = [word for source in sources for word in ("--source", str(source))] + ["--json"] * as_json
    command = [sys.executable, "-I", str(CHECKER), str(path), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def importable_from(path: Path) -> list[Path]:
    """The directory in which this Python finds the mechanism of a certificate; empty where it finds none."""
    from importlib.util import find_spec

    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        top = str(document["subject"]["call"]).partition(":")[0].partition(".")[0]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []  # the checker says what is wrong with the file
    sys.path.append(str(Path.cwd()))  # as an audit does: what is installed keeps its name
    try:
        found = find_spec(top)
    except (ImportError, ValueError):
        return []
    finally:
        sys.path.pop()
    if found is None:
        return []
    inside = list(found.submodule_search_locations or ())
    if inside:
        return [Path(inside[0]).resolve().parent]
    return [Path(found.origin).resolve().parent] if found.has_location and found.origin else []
