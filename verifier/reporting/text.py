"""Text that may come from anywhere (titles, messages of foreign code), made fit for a document."""

from __future__ import annotations

import re

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def legal(text: str) -> str:
    """The text without what neither XML nor a UTF-8 file can hold: control characters and lone surrogates."""
    return _ILLEGAL.sub(_REPLACEMENT, text)
