"""Text that may come from anywhere (titles, messages of foreign code), made fit for a document."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def legal(text: str) -> str:
    """The text without what neither XML nor a UTF-8 file can hold: control characters and lone surrogates."""
    return _ILLEGAL.sub(_REPLACEMENT, text)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """A table as lines: every column but the last as wide as its longest cell."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in rows
    ]
