"""Words of Gambit's file formats with their places: texts in quotes, braces, and everything else up to a space.

A backslash in a text takes the next character as it is; commas between numbers mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from verifier.errors import MoneyError, SpecError
from verifier.exact import Money, money

_WORD = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"|(?P<brace>[{}])|(?P<word>[^\s{}",]+)|(?P<open>")', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, what kind it is ("text", "brace", "word" or "end"), and where it begins in the file."""

    kind: str
    value: str
    offset: int


class Tokens:
    """A file read word by word; every complaint names line and column."""

    def __init__(self, text: str, path: str) -> None:
        self.text, self.path = text, path
        self._waiting = self._words()
        self.next = next(self._waiting)

    def _words(self) -> Iterator[Token]:
        for match in _WORD.finditer(self.text):
            kind = str(match.lastgroup)
            if kind == "open":
                raise self.fault(match.start(), "the text that begins here does not end")
            value = match[kind]
            if kind == "text":
                value = re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL)
            yield Token(kind, value, match.start())
        while True:
            yield Token("end", "the end of the file", len(self.text))

    def fault(self, offset: int, message: str) -> SpecError:
        """What is wrong at a place of the file."""
        line = self.text.count("\n", 0, offset) + 1
        column = offset - (self.text.rfind("\n", 0, offset) + 1) + 1
        return SpecError(f"column {column}: {message}", self.path, line)

    def expected(self, what: str) -> SpecError:
        """The next word is not what it should be."""
        found = self.next.value if self.next.kind == "end" else repr(self.next.value)
        return self.fault(self.next.offset, f"here should be {what}, not {found}")

    def take(self) -> Token:
        """The next word, and go on."""
        token = self.next
        self.next = next(self._waiting)
        return token

    def at(self, value: str) -> bool:
        """Whether the next word is this brace or word."""
        return self.next.kind in ("brace", "word") and self.next.value == value

    def require(self, value: str, what: str) -> None:
        """Go past a brace or a word that has to be here."""
        if not self.at(value):
            raise self.expected(what)
        self.take()

    def words_of(self, kind: str, what: str) -> list[str]:
        """The words of one kind in braces."""
        self.require("{", f"{{ and {what}")
        found = []
        while self.next.kind == kind:
            found.append(self.take().value)
        self.require("}", f"{what}, or }}")
        return found

    def number(self, what: str) -> Money:
        """An exact number: 3, -1/2, 0.25 or 1e3."""
        if self.next.kind != "word":
            raise self.expected(what)
        try:
            return money(self.next.value)
        except MoneyError as error:
            raise self.fault(self.next.offset, f"{what}: {error}") from error
        finally:
            self.take()
