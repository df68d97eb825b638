"""An append-only ledger of evidence in one SQLite file: every entry holds the hash of the one before it.

Format   Table `entries`, by `sequence` from 1: `time` in ms, `kind`, `key`, `body`, `previous`, `hash`. The body is
         JSON with sorted keys, no spaces, ASCII only. The hash is the sha256, in hexadecimal, of previous, sequence,
         time, kind, key and body, joined by newlines, with nothing in the place of a missing key; before the first
         entry it is 64 zeros. `verify ledger` reads this format without this module.
Safety   WAL with synchronous = FULL: what was acknowledged is on the disk, what was not is there whole or not at all.
         Triggers refuse to update or delete. Whoever changes the file itself breaks the chain, unless all that follows
         is written anew; a head kept elsewhere shows that.
Once     An entry with a key is written once. The same again returns the first; another body under it is refused.
Time     Never runs back: an entry gets the time of the last one where the clock says less.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOTHING = "0" * 64  # the hash before the first entry
_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    sequence INTEGER PRIMARY KEY, time INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT UNIQUE, body TEXT NOT NULL,
    previous TEXT NOT NULL, hash TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries stay'); END;
CREATE TRIGGER IF NOT EXISTS no_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries stay'); END;
"""


class LedgerError(Exception):
    """Something was not written, and nothing of it was. The message says why: a full disk, a key with another body."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; `body` as it was parsed back from what is stored."""

    sequence: int
    time: int
    kind: str
    key: str | None
    body: Mapping[str, Any]
    previous: str
    hash: str


def canonical(body: Mapping[str, object]) -> str:
    """The one way to write a body; LedgerError for what is no JSON, floats that are no numbers included."""
    try:
        return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise LedgerError(f"an entry's body is JSON with numbers, texts, lists and tables: {error}") from error


def chained(previous: str, sequence: int, time: int, kind: str, key: str | None, body: str) -> str:
    """The hash of an entry."""
    return hashlib.sha256("\n".join([previous, str(sequence), str(time), kind, key or "", body]).encode()).hexdigest()


class Ledger:
    """An open ledger. Safe to use from several threads; several processes wait for each other.

    Raises
    ------
    LedgerError : the file cannot be opened, or is no database.
    """

    def __init__(self, file: str | Path) -> None:
        self._lock = threading.RLock()
        self._inside = False
        try:
            self.database = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=60)
            self.database.execute("PRAGMA journal_mode = WAL")
            self.database.execute("PRAGMA synchronous = FULL")
            self.database.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise LedgerError(f"{file}: {error}") from error

    def close(self) -> None:
        """Close the file; everything that was acknowledged is in it."""
        self.database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is written inside is written together, or not at all; one inside another belongs to the outer one."""
        with self._lock:
            if self._inside:
                try:
                    yield
                except sqlite3.Error as error:
                    raise LedgerError(f"nothing was written: {error}") from error
                return
            try:
                self.database.execute("BEGIN IMMEDIATE")
                self._inside = True
                yield
                self.database.execute("COMMIT")
            except BaseException as error:
                if self.database.in_transaction:
                    self.database.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise LedgerError(f"nothing was written: {error}") from error
                raise
            finally:
                self._inside = False

    def append(self, kind: str, body: Mapping[str, object], *, time: int, key: str | None = None) -> Entry:
        """Write an entry, unless its key is there already.

        Raises
        ------
        LedgerError : it cannot be written, or its key belongs to another kind or body.
        """
        if "\n" in kind or "\n" in (key or "") or not kind or key == "":
            raise LedgerError(f"kind {kind!r} and key {key!r} must be texts of one line")
        text = canonical(body)
        with self.transaction():
            if key is not None and (found := self.find(key)) is not None:
                if (found.kind, canonical(found.body)) != (kind, text):
                    raise LedgerError(f"the key {key!r} belongs to entry {found.sequence}, which says something else")
                return found
            last = self.database.execute("SELECT sequence, time, hash FROM entries ORDER BY sequence DESC LIMIT 1")
            sequence, before, previous = last.fetchone() or (0, time, NOTHING)
            at = max(time, before)
            made = chained(previous, sequence + 1, at, kind, key, text)
            row = (sequence + 1, at, kind, key, text, previous, made)
            self.database.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            return _entry(row)

    def find(self, key: str) -> Entry | None:
        """The entry with a key."""
        return next(self._select("WHERE key = ?", key), None)

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """All entries behind a sequence number, in their order."""
        return self._select("WHERE sequence > ? ORDER BY sequence", after)

    def head(self) -> str:
        """The hash of the last entry: what to keep elsewhere, so that a cut is noticed."""
        last = next(self._select("ORDER BY sequence DESC LIMIT 1"), None)
        return NOTHING if last is None else last.hash

    def _select(self, where: str, *values: object) -> Iterator[Entry]:
        with self._lock:
            rows = self.database.execute(f"SELECT * FROM entries {where}", values).fetchall()
        return map(_entry, rows)


def _entry(row: tuple[Any, ...]) -> Entry:
    sequence, time, kind, key, body, previous, made = row
    return Entry(sequence, time, kind, key, json.loads(body), previous, made)
