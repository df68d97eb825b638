"""Certificates: canonical JSON without floats, sealed by a sha256, one per claims file.

The seal shows damage, not authorship: whoever changes a certificate can seal it again. What makes it worth anything is
that `checker.py` re-runs the subject and recomputes every number.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from verifier.errors import CertificateError

FORMAT = "mechanism-verifier certificate"  # of claims about a mechanism
GAME_FORMAT = "mechanism-verifier game certificate"  # of equilibria of one game
TREE_FORMAT = "mechanism-verifier tree certificate"  # of equilibria of one extensive game
AUCTION_FORMAT = "mechanism-verifier auction certificate"  # of the outcome of one auction
VERSION = 1


def canonical(document: object) -> str:
    """The one text of a JSON document: keys sorted, no white space, ASCII. TypeError on anything that is no JSON."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def seal(body: Mapping[str, object], form: str = FORMAT) -> dict[str, object]:
    """The certificate: `body` with format, version and the sha256 of the canonical text of all of it."""
    certificate: dict[str, object] = {"format": form, "version": VERSION, **body}
    certificate["sha256"] = hashlib.sha256(canonical(certificate).encode("ascii")).hexdigest()
    return certificate


def write(certificate: Mapping[str, object], path: Path) -> None:
    """Write a certificate, indented for reading; the hash does not depend on the indentation."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(certificate), encoding="ascii", newline="\n")


def text(certificate: Mapping[str, object]) -> str:
    """What the file of a certificate holds: ASCII, one line feed at the end of each line."""
    return json.dumps(certificate, sort_keys=True, indent=1, ensure_ascii=True) + "\n"


def read(path: Path) -> dict[str, object]:
    """Read a certificate; its seal and its content are the checker's business.

    Raises
    ------
    CertificateError : no file, no JSON, a float in it, or another format or version.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"), parse_float=_refuse, parse_constant=_refuse)
    except OSError as error:
        raise CertificateError(f"{path}: {error.strerror}") from error
    except CertificateError as error:
        raise CertificateError(f"{path}: {error}") from error
    except ValueError as error:
        raise CertificateError(f"{path}: not a JSON document ({error})") from error
    except RecursionError as error:
        raise CertificateError(f"{path}: not a certificate (its JSON is nested too deeply)") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise CertificateError(f"{path}: not a {FORMAT}")
    if document.get("version") != VERSION:
        raise CertificateError(f"{path}: version {document.get('version')!r}; this program reads version {VERSION}")
    return document


def _refuse(text: str) -> object:
    raise CertificateError(f"{text} is a float; certificates hold exact numbers only")
