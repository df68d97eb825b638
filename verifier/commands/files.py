"""Files that commands write: whole or not at all, and a plain error where that is impossible."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from verifier.errors import VerifierError


class Unwritable(VerifierError):
    """A report cannot be written. Choose another path for it."""


@contextmanager
def makes_files() -> Iterator[None]:
    """Turn what the system says of a file that cannot be made into Unwritable."""
    try:
        yield
    except OSError as error:
        raise Unwritable(f"cannot write to {error.filename}: {error.strerror}") from error


def make_ready(path: Path) -> None:
    """Make the directories of a file that is to be written, and try whether it can be. Unwritable where it cannot."""
    with makes_files():
        path.parent.mkdir(parents=True, exist_ok=True)
        if _is_ordinary(path):
            part = _part(path)
            part.touch()
            part.unlink()


def write_whole(path: Path, text: str) -> None:
    """Write a file at once: who reads it sees the old one or the whole new one. Unwritable where it cannot be."""
    with makes_files():
        if not _is_ordinary(path):
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        part = _part(path)
        try:
            part.write_text(text, encoding="utf-8", newline="\n")
            os.replace(part, path.resolve())  # noqa: PTH105  (a link stays a link)
        finally:
            part.unlink(missing_ok=True)


def _is_ordinary(path: Path) -> bool:
    """Whether it can be replaced: a file, or nothing yet; no pipe and no device such as /dev/stdout."""
    return path.is_file() or not path.exists()


def _part(path: Path) -> Path:
    whole = path.resolve()
    return whole.with_name(f".{whole.name}.{os.getpid()}.part")
