"""Lines of keys in a TOML text: the standard reader tells values, not where they stand.

The text is known to be valid TOML when a key is looked up, so scanning for headers and "key =" at the start of a line is
enough; a key inside an inline table is found at the line of that table.
"""

from __future__ import annotations

import re

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_.-]+)\s*=""")


class _BinaryFloat(float):
    """A TOML float with its text, so that the complaint can quote it."""

    text: str

    def __repr__(self) -> str:
        return self.text


def refuse_floats(text: str) -> float:
    """Hook for the reader: keeps the text of a float; `exact.money` refuses it where an amount is wanted."""
    number = _BinaryFloat(text)
    number.text = text
    return number


def line_of(text: str, keys: tuple[str | int, ...]) -> int:
    """The line, counted from 1, of the key path: as much of it as can be found; 0 where nothing of it is there.

    ("claim", 1, "property") is the key `property` of the second [[claim]].
    """
    header: tuple[str | int, ...] = ()
    counts: dict[str, int] = {}
    best, best_depth = 0, 0
    for number, line in enumerate(text.splitlines(), start=1):
        match = _HEADER.fullmatch(line)
        if match:
            name = match[2]
            header = tuple(part.strip(" \"'") for part in name.split("."))
            if match[1] == "[[":
                header = (*header, counts.get(name, 0))
                counts[name] = counts.get(name, 0) + 1
            found = header
        else:
            key = _KEY.match(line)
            if not key:
                continue
            found = (*header, *key[1].strip("\"'").split("."))
        depth = len(found)
        if depth > best_depth and keys[:depth] == found:
            best, best_depth = number, depth
    return best
