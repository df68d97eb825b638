"""The process from which isolated ones are forked, and the pipes to one of these.

question   pickles in, each after its length: what the auditor asks, closed where nothing more will be asked
replies    frames out (see `replies`), which the subject could forge
reported   what the guardian says, a line on its walls and one on the end; the subject cannot reach it
stop       closed at this end, the guardian ends everything
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import selectors
import socket
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from verifier.adapters.faults import Answer
from verifier.adapters.guardian import Errand, Question
from verifier.adapters.limits import Isolation, environment
from verifier.adapters.replies import Replies
from verifier.errors import SubjectError

_GRACE = 5.0  # seconds that a guardian may take to clear away
_STARTING = 60.0  # seconds that the keeper may take to import what it needs, on a busy machine
_LENGTH = 8  # bytes that tell how long a pickle is


def prefixed(asked: object) -> bytes:
    """An object as it goes into the question pipe."""
    text = pickle.dumps(asked)
    return len(text).to_bytes(_LENGTH, "big") + text


class Line:
    """Our ends of the pipes to one isolated process, each closed once."""

    def __init__(self, question: int, replies: int, reported: int, stop: int) -> None:
        self.question, self.replies, self.reported = question, replies, reported
        self._held = {question, replies, reported, stop}
        for descriptor in self._held:
            os.set_blocking(descriptor, False)

    def end_question(self) -> None:
        """Nothing more will be asked."""
        self._held.remove(self.question)
        os.close(self.question)

    def close(self) -> None:
        """Let the guardian end everything, and forget what it might still say."""
        while self._held:
            os.close(self._held.pop())


class Keeper:
    """It ends when its socket closes, as it does when this process ends."""

    def __init__(self, hash_seed: str) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="subject-", ignore_cleanup_errors=True)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        path = os.pathsep.join(str(Path(entry).resolve()) for entry in sys.path)
        with theirs:
            self._child = subprocess.Popen(
                [sys.executable, "-c", "from verifier.adapters.guardian import keep; keep()"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**environment(hash_seed), "PYTHONPATH": path},
                start_new_session=True,
            )
        self._socket = ours
        self.close = weakref.finalize(self, _end, ours, self._child, self._directory)

    def open(self, isolation: Isolation) -> Line:
        """Fork a guardian, which waits for a question. SubjectError where the keeper has died."""
        pipes = [os.pipe() for _ in range(4)]
        (question_out, question_in), (replies_out, replies_in), (report_out, report_in), (stop_out, stop_in) = pipes
        line = Line(question_in, replies_out, report_out, stop_in)
        theirs = [question_out, replies_in, report_in, stop_out]
        told = {"isolation": asdict(isolation), "directory": self._directory.name}
        try:
            socket.send_fds(self._socket, [json.dumps(told).encode()], theirs)
        except OSError as error:
            line.close()
            raise SubjectError("the keeper of isolated processes has died; is the package importable?") from error
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        return line

    def ask(self, asked: Question | Errand, reader: Replies, report: dict[str, object]) -> Iterator[Answer]:
        """Answers as they come; what the guardian reports is put into `report`. Forged where the replies are."""
        with contextlib.closing(self.open(asked.isolation)) as line:
            yield from _converse(prefixed(asked), line, reader, report, asked.isolation.wall_seconds + _GRACE)


class Keepers:
    """Keepers by hash seed, started when they are first wanted and shared by the subjects of one audit."""

    def __init__(self) -> None:
        self._kept: dict[str, Keeper] = {}

    def of(self, hash_seed: str) -> Keeper:
        """The keeper whose processes hash by that seed."""
        if hash_seed not in self._kept:
            self._kept[hash_seed] = Keeper(hash_seed)
        return self._kept[hash_seed]

    def close(self) -> None:
        """End all of them; those that are wanted later start again."""
        while self._kept:
            self._kept.popitem()[1].close()


def _converse(text: bytes, line: Line, reader: Replies, report: dict[str, object], patience: float) -> Iterator[Answer]:
    """Write the question while reading replies, until all is answered, the guardian reports, or the time is over."""
    walled, deadline = False, time.monotonic() + _STARTING
    waiting = memoryview(text)
    with selectors.DefaultSelector() as ready:
        ready.register(line.question, selectors.EVENT_WRITE)
        ready.register(line.replies, selectors.EVENT_READ)
        ready.register(line.reported, selectors.EVENT_READ)
        while not (reader.complete or reader.unloadable is not None):
            left = deadline - time.monotonic()
            events = ready.select(left) if left > 0 else []
            found = {key.fd for key, _ in events}
            if waiting and line.question in found:
                waiting = waiting[put(line.question, waiting) :]
                if not waiting:
                    ready.unregister(line.question)
                    line.end_question()
            dead = line.reported in found and not hear(line.reported, report)
            if "network" in report and not walled:
                walled, deadline = True, time.monotonic() + patience
            over = dead or not events or not report.keys().isdisjoint({"end", "failed"})
            if line.replies in found or over:
                while got := piece(line.replies):
                    yield from reader.take(got)
                if line.replies in found and got == b"":
                    ready.unregister(line.replies)  # closed; the report tells why
            if over:
                return
        hear(line.reported, report)


def put(descriptor: int, waiting: memoryview) -> int:
    """How many bytes were written; all of them where nobody reads them any more."""
    try:
        return os.write(descriptor, waiting)
    except BlockingIOError:
        return 0
    except BrokenPipeError:
        return len(waiting)


def hear(reported: int, report: dict[str, object]) -> bool:
    """Put what the guardian has said into the report; False where it is dead."""
    said = piece(reported)
    for line in (said or b"").splitlines():
        report.update(json.loads(line))
    return said != b""


def piece(descriptor: int) -> bytes | None:
    """The next bytes, b"" at the end, None where there are none yet."""
    try:
        return os.read(descriptor, 1 << 18)
    except BlockingIOError:
        return None


def _end(ours: socket.socket, child: subprocess.Popen[bytes], directory: tempfile.TemporaryDirectory[str]) -> None:
    ours.close()
    child.kill()
    child.wait()
    directory.cleanup()
