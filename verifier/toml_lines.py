"""Lines of keys in a TOML text: the standard reader tells values, not where they stand.

The text is known to be valid when a key is looked up. It is cut into statements, the shortest runs of lines that are
valid on their own, and the same reader says which keys a statement sets; so strings and lists over several lines,
quoted keys and inline tables need no second grammar.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from verifier.errors import SpecError

Keys: TypeAlias = tuple[str | int, ...]  # ("claim", 1, "property"): the key `property` of the second [[claim]]
Fault: TypeAlias = Callable[[Keys, str], SpecError]  # what is wrong with the key at a path


class BinaryFloat(float):
    """A TOML float with its text, so that the complaint can quote it."""

    text: str

    def __repr__(self) -> str:
        return self.text


def keep_text(text: str) -> float:
    """Hook for the reader: a float that remembers how it was written."""
    number = BinaryFloat(text)
    number.text = text
    return number


def line_of(text: str, keys: Keys) -> int:
    """The line, counted from 1, of the key path: as much of it as can be found; 0 where nothing of it is there."""
    header: Keys = ()
    counts: dict[Keys, int] = {}
    best, depth = 0, 0
    for number, statement in _statements(text):
        if statement.lstrip().startswith("["):
            header = _header(statement, counts)
            found = [header[:-1], header] if isinstance(header[-1], int) else [header]
        else:
            found = [(*header, *path) for path in _paths(tomllib.loads(statement))]
        for path in found:
            if len(path) > depth and keys[: len(path)] == path:
                best, depth = number, len(path)
    return best


def read_toml(text: str, path: str) -> tuple[dict[str, Any], Fault]:
    """The table of a text, floats kept as they are written, and how to blame a key of it.

    Raises SpecError with the line where the text is no TOML.
    """
    try:
        table = tomllib.loads(text, parse_float=keep_text)
    except (ValueError, RecursionError) as error:
        message, line = complaint(str(error), text)
        raise SpecError(message, path, line) from error
    return table, lambda keys, message: SpecError(message, path, max(1, line_of(text, keys)))


def complaint(message: str, text: str) -> tuple[str, int]:
    """The reader's complaint without its position, and the line of that position (0 where it names none)."""
    match = re.search(r"\s*\(at (?:line (\d+), column \d+|end of document)\)", message)
    if match is None:
        return f"not valid TOML: {message}", 0
    line = int(match[1]) if match[1] else max(1, len(text.splitlines()))
    return f"not valid TOML: {message[: match.start()]}", line


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each statement with the line of its beginning, comments and empty lines left out."""
    start, waiting = 1, ""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        waiting = f"{waiting}\n{line}" if waiting else line
        if line.rstrip().endswith(",") and "#" not in line:
            continue  # nothing ends here, and a long list would be read anew for each of its lines
        try:
            table = tomllib.loads(waiting)
        except tomllib.TOMLDecodeError:
            continue
        if table:
            yield start, waiting
        start, waiting = number + 1, ""


def _header(statement: str, counts: dict[Keys, int]) -> Keys:
    """The path of a [table] or [[array]] header; `counts` remembers how many elements each array has by now."""
    path: Keys = ()
    inner: object = tomllib.loads(statement)
    while isinstance(inner, dict) and inner:
        ((name, inner),) = inner.items()
        path = (*path, name)
        if isinstance(inner, list):
            counts[path] = counts.get(path, 0) + 1
        if path in counts:
            path = (*path, counts[path] - 1)
    return path


def _paths(table: dict[str, object]) -> Iterator[Keys]:
    """Every key path of a table, outer keys first."""
    for name, value in table.items():
        yield (name,)
        if isinstance(value, dict):
            yield from ((name, *path) for path in _paths(value))
