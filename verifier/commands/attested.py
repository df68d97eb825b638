"""Checking an attestation: who signed it, whether the files are those that it names, and what their certificates say.

The verdicts themselves are the checker's business: it judges the certificates that the attestation names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from verifier.commands import exits

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_STATUS = {exits.INTERNAL: "REJECTED", exits.INCONCLUSIVE: "PARTLY", exits.MET: "CONFIRMED"}


@dataclass(frozen=True, slots=True)
class Examined:
    """An exit code of `verify check`, and the reasons for it: (code, sentence)."""

    findings: tuple[tuple[int, str], ...]

    @property
    def code(self) -> int:
        """The gravest."""
        return max(code for code, _ in self.findings)  # 0 confirmed, 3 partly, 4 rejected

    def text(self) -> str:
        """The report as lines."""
        return "".join(f"{_STATUS[code]:<9}  {reason}\n" for code, reason in self.findings)

    def to_json(self, path: Path) -> dict[str, object]:
        """The report as data."""
        reasons = [{"status": _STATUS[code], "reason": reason} for code, reason in self.findings]
        return {"attestation": str(path), "status": _STATUS[self.code], "findings": reasons}


def attestation_in(path: Path) -> dict[str, Any] | None:
    """The envelope or statement in a file; None where it holds something else."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    marked = isinstance(document, dict) and ("payloadType" in document or "predicateType" in document)
    return document if marked else None


def examine(
    document: dict[str, Any], key: Ed25519PublicKey | None, folders: Sequence[Path], sources: Sequence[Path]
) -> Examined:
    """Check one.

    Parameters
    ----------
    document : an envelope or a bare statement
    key : of whoever should have signed it; None checks no signature
    folders : where its certificates may lie
    sources : where its source files may lie, besides where this Python finds the mechanisms
    """
    from verifier.reporting.dsse import SigningError

    try:
        return Examined(tuple(_examined(document, key, folders, sources)))
    except SigningError as error:
        return Examined(((exits.INTERNAL, str(error)),))


def _examined(
    document: dict[str, Any], key: Ed25519PublicKey | None, folders: Sequence[Path], sources: Sequence[Path]
) -> Iterator[tuple[int, str]]:
    from verifier.reporting import attestation, dsse

    stated = dsse.payload(document, attestation.PAYLOAD) if "payloadType" in document else document
    if "payloadType" not in document:
        yield exits.INTERNAL if key else exits.INCONCLUSIVE, "it is not signed"
    elif key is None:
        yield exits.INCONCLUSIVE, "the signature was not checked: say whose it should be with --key PEM"
    elif not dsse.is_signed(document, key):
        yield exits.INTERNAL, "the signature is not of this key, or the content was changed"
        return
    else:
        yield exits.MET, f"signed by the key {dsse.key_id(key)}"
    try:
        yield from _stated(stated, folders, sources)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        yield exits.INTERNAL, f"not a statement of test results: {type(error).__name__}: {error}"


def _stated(stated: dict[str, Any], folders: Sequence[Path], sources: Sequence[Path]) -> Iterator[tuple[int, str]]:
    from verifier.commands.check import importable_from
    from verifier.reporting import attestation

    if (stated["_type"], stated["predicateType"]) != (attestation.STATEMENT, attestation.PREDICATE):
        yield exits.INTERNAL, f"its predicate is {stated['predicateType']!r}, not {attestation.PREDICATE!r}"
        return
    names = [f"{one['name']}.json" for one in stated["predicate"]["configuration"]]
    places = [*sources, *(place for name in names for path in _files(name, folders) for place in importable_from(path))]
    same = dict[str, Path]()
    for subject in stated["subject"]:
        name, digest = subject["name"], subject["digest"]["sha256"]
        found = _files(name, folders if name in names else places)
        path = next((one for one in found if hashlib.sha256(one.read_bytes()).hexdigest() == digest), None)
        if path is not None:
            same[name] = path
        elif found:
            yield exits.INTERNAL, f"{name}: {found[0]} is another file"
        else:
            yield exits.INCONCLUSIVE, f"{name} is not at hand (--source DIR says where to look)"
    if not same.keys() >= set(names):
        return
    made = attestation.statement([json.loads(same[name].read_bytes()) for name in names])
    if made != stated:
        yield exits.INTERNAL, "it does not say what its certificates say"
        return
    result, count = stated["predicate"]["result"], len(names)
    yield exits.MET, f"{result}, as the {'certificate says' if count == 1 else f'{count} certificates say'}"


def _files(name: str, folders: Sequence[Path]) -> list[Path]:
    """The files of that name in the folders; a name never leads out of them."""
    relative = PurePosixPath(name)
    if relative.is_absolute() or ".." in relative.parts:
        return []
    return [folder / relative for folder in folders if (folder / relative).is_file()]
