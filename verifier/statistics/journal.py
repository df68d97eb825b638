"""The journal of a study: a line of JSON for each decided instance, on the disk before the next one is counted.

Format       Line 1 holds the plan and its hash. Every other line holds an instance, its verdict and ratio, and a
             seal: the start of a sha256 over the hash of the plan and the rest of the line.
Recovery     A line counts once its line feed is written. What a crash left after the last one is cut off, and that
             instance is decided again, with the same outcome. Anything else that is odd is refused with its line.
Locking      Two studies never write one journal, where the system has such locks; a killed writer leaves none behind.

Source: Mohan et al. 1992 (write-ahead logging).
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from verifier.certificate import canonical
from verifier.errors import JournalError, MoneyError, StudyError
from verifier.exact import Money, money, show
from verifier.statistics.sampling import Plan

FORMAT = "mechanism-verifier study journal"
VERSION = 1
INFINITY = "infinity"


class Status(StrEnum):
    """How an instance ended. UNDECIDED counts as a failure: what was not shown did not pass."""

    PASS = "pass"
    FAIL = "fail"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Decided:
    """What is known about one instance.

    Attributes
    ----------
    status : whether its ratio is below the gate
    ratio : "p/q" in lowest terms, the exact ratio or the sound bound that decided; "infinity"; None where there is no
        equilibrium to speak of, or nothing is known
    instance : the instance as JSON, with exact numbers only

    Raises
    ------
    StudyError : a ratio or an instance that is not written so.
    """

    status: Status
    ratio: str | None
    instance: object

    def __post_init__(self) -> None:
        object.__setattr__(self, "status", Status(self.status))
        if self.ratio is not None and self.ratio != INFINITY:
            try:
                exact = money(self.ratio)
            except MoneyError as error:
                raise StudyError(f"the ratio {self.ratio!r} cannot be read: {error}") from error
            if show(exact) != self.ratio:
                raise StudyError(f'the ratio {self.ratio!r} is not in lowest terms; write "{show(exact)}"')
        try:
            read = json.loads(canonical(self.instance), parse_float=_refuse)
        except (TypeError, ValueError, RecursionError) as error:
            raise StudyError(f"the instance is not JSON with exact numbers: {error}") from error
        object.__setattr__(self, "instance", read)

    @property
    def value(self) -> Money | None:
        """The ratio as a number; None if it is infinite or there is none."""
        return None if self.ratio is None or self.ratio == INFINITY else money(self.ratio)

    def contradiction(self, gate: Money) -> str | None:
        """Why this status cannot go with this ratio under the gate, or None: the study believes no careless caller."""
        below = self.value is not None and self.value < gate
        if self.status is Status.PASS and not below:
            return f"it is said to pass with the ratio {self.ratio}, which is not below the gate {show(gate)}"
        if self.status is Status.FAIL and below:
            return f"it is said to fail with the ratio {self.ratio}, which is below the gate {show(gate)}"
        return None

    def to_json(self) -> dict[str, object]:
        """The outcome as journals and certificates hold it."""
        return {"status": self.status.value, "ratio": self.ratio, "instance": self.instance}


class Journal:
    """An open journal; use it in a `with` statement.

    Parameters
    ----------
    path : of the file; it is made if there is none
    plan : that the study follows

    Attributes
    ----------
    results : every decided instance by its number
    torn : bytes of an unfinished last line that were cut off

    Raises
    ------
    JournalError : the file is of another plan, is no journal, is damaged, or somebody else writes it.
    """

    def __init__(self, path: Path, plan: Plan) -> None:
        self.plan = plan
        self.results: dict[int, Decided] = {}
        self.torn = 0
        self._path = path
        self._digest = plan.digest
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a+b", buffering=0)
        except OSError as error:
            raise JournalError(f"cannot be written ({error.strerror})", str(path)) from error
        try:
            self._lock()
            self._recover()
        except BaseException:
            self._file.close()
            raise

    def append(self, number: int, decided: Decided) -> None:
        """Write one result and wait until the disk has it."""
        body = {"number": number, **decided.to_json()}
        self._write({**body, "seal": self._seal(body)})
        self.results[number] = decided

    def reread(self) -> None:
        """Take in what the disk has, after an interruption that may have come between writing and noting."""
        self._recover()

    def close(self) -> None:
        """Close the file; what was appended is safe already."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _lock(self) -> None:
        if sys.platform == "win32":
            return
        import fcntl

        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise JournalError(
                "another study is writing it; wait for it, or use another path", str(self._path)
            ) from error

    def _header(self) -> dict[str, object]:
        return {"format": FORMAT, "version": VERSION, "plan": self.plan.to_json(), "sha256": self._digest}

    def _recover(self) -> None:
        """Read what is there, cut off an unfinished line, and write the first line if there is none."""
        self._file.seek(0)
        text = self._file.readall()
        whole = text[: text.rfind(b"\n") + 1]
        self.torn = len(text) - len(whole)
        if not whole and not f"{canonical(self._header())}\n".encode("ascii").startswith(text):
            raise JournalError("this file is no journal of a study; use another path", str(self._path))
        lines = whole.split(b"\n")[:-1]
        for place, line in enumerate(lines, start=1):
            self._read(place, line)
        if self.torn:
            self._file.truncate(len(whole))
        if not lines:
            self._write(self._header())
            self._settle()

    def _read(self, place: int, line: bytes) -> None:
        try:
            document = json.loads(line, parse_float=_refuse)
        except (ValueError, RecursionError):
            document = None
        if place == 1:
            self._compare(document)
            return
        if not isinstance(document, dict):
            raise JournalError("this line is damaged; use another path", str(self._path), place)
        seal = document.pop("seal", None)
        if seal != self._seal(document):
            raise JournalError("this line was changed, its seal does not fit; use another path", str(self._path), place)
        number, decided = self._decided(document, place)
        if self.results.setdefault(number, decided) != decided:
            message = f"instance {number} has two different outcomes; the subject is not deterministic"
            raise JournalError(message, str(self._path), place)

    def _decided(self, document: dict[str, object], place: int) -> tuple[int, Decided]:
        """The result of a line whose seal fits; it is read as if somebody else had written it all the same."""
        number, status, ratio = document.get("number"), document.get("status"), document.get("ratio")
        try:
            decided = Decided(Status(str(status)), None if ratio is None else str(ratio), document.get("instance"))
        except (ValueError, StudyError) as error:
            raise JournalError(f"this line makes no sense: {error}", str(self._path), place) from error
        reason = decided.contradiction(self.plan.gate)
        if isinstance(number, int) and 0 <= number < self.plan.instances and not reason:
            return number, decided
        reason = reason or f"there is no instance {number!r} in the plan"
        raise JournalError(f"this line makes no sense: {reason}", str(self._path), place)

    def _compare(self, document: object) -> None:
        """JournalError unless the first line is that of this plan; it says where the plans differ."""
        if not isinstance(document, dict) or document.get("format") != FORMAT or document.get("version") != VERSION:
            raise JournalError("this file is no journal of a study; use another path", str(self._path), 1)
        if document == self._header():
            return
        theirs, ours = document.get("plan"), self.plan.to_json()
        known = theirs if isinstance(theirs, dict) else {}
        differ = [
            f"{name} is {known.get(name)!r} there and {ours[name]!r} here"
            for name in ours
            if known.get(name) != ours[name]
        ]
        reason = "; ".join(differ) or "its hash does not fit"
        raise JournalError(f"it belongs to another plan ({reason}); use another path", str(self._path), 1)

    def _seal(self, body: dict[str, object]) -> str:
        return hashlib.sha256(f"{self._digest}{canonical(body)}".encode("ascii")).hexdigest()[:16]

    def _write(self, document: dict[str, object]) -> None:
        left = memoryview(f"{canonical(document)}\n".encode("ascii"))
        try:
            while left:
                left = left[self._file.write(left) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            raise JournalError(f"cannot be written ({error.strerror})", str(self._path)) from error

    def _settle(self) -> None:
        """Have the disk know the name of a new file too, where a folder can be opened."""
        if sys.platform == "win32":
            return
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _refuse(text: str) -> object:
    raise ValueError(f"{text} is a float")
