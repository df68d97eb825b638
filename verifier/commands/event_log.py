"""Where events go: a file or standard output, a line at a time and flushed, so that Ctrl-C keeps what was written."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TextIO

from verifier.commands.files import Unwritable, makes_files
from verifier.reporting.events import Line, line

STDOUT = "-"


class EventLog:
    """Opened before the run; `-` stands for standard output, apart from what subjects print there.

    Raises
    ------
    Unwritable : the file cannot be made, or later: the disk is full. None as a target writes nothing.
    """

    def __init__(self, target: str | None) -> None:
        self._target = target
        self._owned = True
        self._stream = None if target is None else self._open(target)

    def write(self, event: Line | None) -> None:
        """Write an event; None is none."""
        if self._stream is None or event is None:
            return
        try:
            self._stream.write(line(event))
            self._stream.flush()
        except BrokenPipeError:
            raise  # nobody listens any more: the command ends as others do
        except OSError as error:
            raise Unwritable(f"cannot write events to {self._target}: {error.strerror}") from error

    def close(self) -> None:
        """Close what was opened here."""
        if self._stream is not None and self._owned:
            self._stream.close()

    def _open(self, target: str) -> TextIO:
        if target != STDOUT:
            with makes_files():
                Path(target).parent.mkdir(parents=True, exist_ok=True)
                return Path(target).open("w", encoding="ascii", newline="\n")
        sys.stdout.flush()
        try:  # a descriptor of its own: number 1 leads to standard error while foreign code runs
            return os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii", newline="\n")
        except OSError:  # no descriptor behind it, so that none will be redirected
            self._owned = False
            return sys.stdout
