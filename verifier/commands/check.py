"""`verify check`: the independent checker in an isolated process, with the directories where the subject is found."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from verifier import certificate
from verifier.adapters.loading import import_module
from verifier.adapters.source import package_root
from verifier.errors import CertificateError, SubjectError

CHECKER = Path(__file__).resolve().parent.parent / "checker.py"

CONFIRMED, USAGE, PARTLY, REJECTED = 0, 2, 3, 4
_GRAVITY = (CONFIRMED, PARTLY, USAGE, REJECTED)


def check_certificates(paths: Sequence[Path], sources: Sequence[Path], as_json: bool) -> int:
    """Check each certificate; the gravest exit code of all."""
    documents: list[object] = []
    worst = CONFIRMED
    for path in paths:
        directories = [str(source.resolve()) for source in sources] or source_directories(path)
        command = [sys.executable, "-I", str(CHECKER), str(path), *(["--json"] if as_json else [])]
        for directory in directories:
            command += ["--source", directory]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        code = done.returncode if done.returncode in _GRAVITY else REJECTED
        worst = max(worst, code, key=_GRAVITY.index)
        if as_json:
            documents.append(json.loads(done.stdout) if done.stdout else {"certificate": str(path), "exit": code})
        else:
            sys.stdout.write((f"{path}\n" if len(paths) > 1 else "") + done.stdout)
    if as_json:
        json.dump({"checked": documents}, sys.stdout, indent=1)
        sys.stdout.write("\n")
    return worst


def source_directories(path: Path) -> list[str]:
    """Where this Python would import the certificate's subject from; none where it cannot."""
    try:
        subject = certificate.read(path).get("subject")
        call = subject.get("call") if isinstance(subject, dict) else None
        name = str(call).partition(":")[0]
        file = import_module(name).__file__
    except (CertificateError, SubjectError):
        return []  # the checker says what is wrong with the file, or that the subject is missing
    return [str(package_root(Path(file), name))] if file else []
