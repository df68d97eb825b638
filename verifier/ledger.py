"""Whether a ledger of evidence is what it was: the chain of hashes, the order, the sums of its transfers.

Format   An SQLite file with a table `entries`: `sequence` from 1 without gaps, `time` in ms that never runs back,
         `kind`, `key` (unique, or null), `body`, `previous`, `hash`. The body is JSON with sorted keys, no spaces and
         ASCII only. The hash is the sha256 of previous, sequence, time, kind, key and body joined by newlines; the
         first entry comes after 64 zeros.
Money    Bodies of the kinds "account" (account, currency, credit) and "transfer" (currency, postings): every transfer
         sums to zero, moves accounts that are open, and lets none fall below its credit by giving.
Not seen An end that was cut off, or a chain that was written anew from some entry on, is a ledger like any other: only
         a head that was kept elsewhere shows it.

The file is opened read-only, and nothing of the code that wrote it is used.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from verifier.errors import VerifierError

_COLUMNS = ("sequence", "time", "kind", "key", "body", "previous", "hash")


class LedgerUnreadable(VerifierError):
    """The file is no ledger: it cannot be opened, or has no table of entries. Name the file that the service wrote."""


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What was found.

    Attributes
    ----------
    entries : how many were looked at, up to and with the first that is wrong
    head : the hash of the last entry
    problem : the first thing that is wrong, in a sentence; None where nothing is
    """

    entries: int
    head: str
    problem: str | None


def check_ledger(file: Path, head: str | None = None) -> LedgerReport:
    """Read a ledger from its first entry to its last.

    Parameters
    ----------
    head : the hash that the last entry should have, or an earlier one if entries came since; None if none was kept

    Raises
    ------
    LedgerUnreadable : the file is no ledger.
    """
    chain = _Chain()
    heads = {chain.head}
    try:
        for row in _rows(file):
            problem = chain.take(row)
            if problem is not None:
                return LedgerReport(chain.count, chain.head, problem)
            heads.add(chain.head)
    except sqlite3.DatabaseError as error:
        return LedgerReport(chain.count, chain.head, f"behind entry {chain.count} the file is damaged: {error}")
    if head is not None and head not in heads:
        told = "the head that was kept is not among its entries: it was cut, or written anew"
        return LedgerReport(chain.count, chain.head, told)
    return LedgerReport(chain.count, chain.head, None)


def _rows(file: Path) -> Iterator[tuple[Any, ...]]:
    if not file.is_file():
        raise LedgerUnreadable(f"{file}: there is no such file")
    try:
        database = sqlite3.connect(f"file:{quote(str(file.resolve()))}?mode=ro", uri=True)
        asked = database.execute(f"SELECT {', '.join(_COLUMNS)} FROM entries ORDER BY rowid")
    except sqlite3.Error as error:
        raise LedgerUnreadable(f"{file} is no ledger: {error}") from error
    try:
        yield from asked
    finally:
        database.close()


class _Chain:
    """The entries so far."""

    def __init__(self) -> None:
        self.count = 0
        self.head = "0" * 64
        self._time: int | None = None
        self._keys: set[str] = set()
        self._accounts: dict[tuple[str, str], list[int]] = {}  # balance and credit

    def take(self, row: tuple[Any, ...]) -> str | None:
        """Take an entry in; what is wrong with it, if something is."""
        sequence, time, kind, key, body, previous, made = row
        self.count += 1
        if sequence != self.count:
            return f"entry {self.count} is missing: behind entry {self.count - 1} comes {sequence}"
        where = f"entry {sequence}"
        told = "\n".join([str(previous), str(sequence), str(time), str(kind), key or "", str(body)])
        if hashlib.sha256(told.encode()).hexdigest() != made:
            return f"{where} was changed: its hash is not that of what it says"
        if previous != self.head:
            return f"{where} does not follow the one before it: that was replaced, or this was put in"
        self.head = made
        if self._time is not None and time < self._time:
            return f"{where} is dated before the one in front of it"
        self._time = time
        if key is not None:
            if key in self._keys:
                return f"{where} has the key of an earlier one: something was done twice"
            self._keys.add(key)
        try:
            content = json.loads(body)
            plain = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
            if plain != body:
                return f"{where} is not written in the one way in which it should be"
            return self._money(where, kind, content)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return f"{where} cannot be read: {error!r}"

    def _money(self, where: str, kind: str, body: Any) -> str | None:
        """Accounts and transfers."""
        if kind == "account":
            self._accounts.setdefault((body["account"], body["currency"]), [0, int(body["credit"])])
        if kind != "transfer":
            return None
        given: dict[str, int] = {}
        for account, amount in body["postings"]:
            if type(amount) is not int:
                return f"{where} moves {amount!r}, which is no whole number"
            given[account] = given.get(account, 0) + amount
        if total := sum(given.values()):
            return f"{where} makes money: its postings sum to {total:,}"
        for account, amount in given.items():
            held = self._accounts.get((account, body["currency"]))
            if held is None:
                return f"{where} moves {account!r}, which is not open in {body['currency']}"
            held[0] += amount
            if amount < 0 and held[0] < -held[1]:
                return f"{where} takes {account!r} to {held[0]:,}, below its credit of {held[1]:,}"
        return None
