"""Standard output is for data: whatever foreign code prints while it runs goes to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout


@contextmanager
def foreign_output_to_stderr() -> Iterator[None]:
    """Redirect print() and, below Python, file descriptor 1: solvers write their logs there."""
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # no such descriptor: closed by the caller
        kept = -1
    try:
        if kept >= 0:
            os.dup2(2, 1)
        with redirect_stdout(sys.stderr):
            yield
    finally:
        if kept >= 0:
            os.dup2(kept, 1)
            os.close(kept)


def one_line(text: str) -> str:
    """A message on one line, whatever the exception that it quotes holds."""
    return " ".join(text.split())
