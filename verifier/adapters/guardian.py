"""The processes between the auditor and an isolated subject.

    auditor -> keeper -> guardian -> first -> worker
    keeper    started once: a Python that has imported what every batch needs, and nothing of the subject's
    guardian  forked for a batch: makes namespaces and a private directory, watches clock and printing, reports
    first     process 1 of the namespace: waits for the worker; when it ends, the kernel ends whatever is left there
    worker    takes the limits upon itself, only then loads the subject, answers and ends without any farewell

The subject runs in the worker alone. Descriptors of a batch come from the auditor over a socket: the question (a
pickle, which the auditor wrote), the replies (see `replies`), the guardian's report, and a pipe whose end says "stop".
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib
import json
import os
import pickle
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from verifier.adapters.executable import is_program
from verifier.adapters.faults import Answer
from verifier.adapters.limits import (
    Isolation,
    allow_tracing,
    die_with_parent,
    ended,
    enter_namespaces,
    environment,
    mebibytes,
    take_limits,
)
from verifier.adapters.replies import Writer, clean, framed
from verifier.adapters.subject import Subject, load
from verifier.domains import Domain, Profile
from verifier.errors import VerifierError
from verifier.spec import SubjectSpec

_HIGH = 200  # replies go to a descriptor that nobody meets by counting
_TAIL = 2_000  # bytes that are kept of what a subject prints
_EVERY = 0.05  # seconds between two frames


@dataclass(frozen=True, slots=True)
class Question:
    """A batch. `one_by_one` asks for a frame after each profile, to learn at which one a subject dies.

    With `follow` there are no profiles yet: they come one by one behind the question.
    """

    path: list[str]
    spec: SubjectSpec
    domain: Domain
    isolation: Isolation
    batch: int
    profiles: tuple[Profile, ...]
    one_by_one: bool = False
    follow: bool = False


@dataclass(frozen=True, slots=True)
class Errand:
    """A function of ours, "module:name", that touches the subject: it runs there in place of a batch; see `errands`."""

    path: list[str]
    function: str
    argument: object
    isolation: Isolation
    program: bool

    def carry_out(self, channel: int) -> None:
        """Call the function and write what it returns as one frame."""
        module, _, name = self.function.partition(":")
        _send(channel, framed(getattr(importlib.import_module(module), name)(self.argument)))


def keep() -> None:
    """The keeper: one guardian for each message on the socket that is its stdin, until the auditor closes it."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # guardians need no burial
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the auditor's
    with socket.socket(fileno=os.dup(0)) as asked:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        gc.freeze()
        while True:
            message, descriptors, _, _ = socket.recv_fds(asked, 65_536, 4)
            if not message:
                return
            if os.fork() == 0:
                asked.close()
                os._exit(_guard(json.loads(message), *descriptors))
            for descriptor in descriptors:
                os.close(descriptor)


def _guard(told: dict[str, object], question: int, replies: int, report: int, stop: int) -> int:
    """The guardian of one batch; what it reports is a line on its walls, then one on how the batch ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    allow_tracing(False)
    isolation = Isolation(**told["isolation"])  # type: ignore[arg-type]
    directory = tempfile.mkdtemp(dir=str(told["directory"]))
    said: dict[str, object] = {}
    try:
        granted = enter_namespaces(isolation)
        os.write(report, json.dumps(asdict(granted)).encode() + b"\n")
        printed, printing = os.pipe()
        learnt, learning = os.pipe()
        first = os.fork()
        if first == 0:
            for descriptor in (report, stop, printed, learnt):
                os.close(descriptor)
            os._exit(_first(question, replies, printing, learning, directory, isolation))
        for descriptor in (question, replies, printing, learning):
            os.close(descriptor)
        said |= _watch(first, printed, learnt, stop, isolation)
        if granted.processes != "namespace":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(first, signal.SIGKILL)
    except Exception as error:  # whatever it is, the auditor has to hear of it
        said["failed"] = f"{type(error).__name__}: {error}"
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    with contextlib.suppress(BrokenPipeError):  # the auditor has lost interest
        os.write(report, json.dumps(said).encode() + b"\n")
    return 0


def _watch(first: int, printed: int, learnt: int, stop: int, isolation: Isolation) -> dict[str, object]:
    """Wait until the first process ends, the auditor says stop, or a limit is reached; then end everything."""
    deadline = time.monotonic() + isolation.wall_seconds
    over = os.pidfd_open(first)
    poll = select.poll()
    for descriptor in (over, printed, stop):
        poll.register(descriptor, select.POLLIN | select.POLLHUP)
    tail, count, broken = b"", 0, None
    while broken is None:
        ready = [descriptor for descriptor, _ in poll.poll(max(0.0, deadline - time.monotonic()) * 1000)]
        if printed in ready:
            piece = os.read(printed, 65_536)
            tail, count = (tail + piece)[-_TAIL:], count + len(piece)
            if not piece:
                poll.unregister(printed)
            if count > isolation.output_bytes:
                broken = f"printed more than {mebibytes(isolation.output_bytes)}"
        if over in ready or stop in ready:
            break
        if time.monotonic() >= deadline:
            broken = f"used more than {isolation.wall_seconds} s"
    with contextlib.suppress(ProcessLookupError):
        os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)
    os.set_blocking(learnt, False)
    end = None
    with contextlib.suppress(BlockingIOError, ValueError):
        end = json.loads(os.read(learnt, 1_000) or b"null")
    return {"broken": broken, "end": end, "printed": clean(tail.decode(errors="replace"))}


def _first(question: int, replies: int, printing: int, learning: int, directory: str, isolation: Isolation) -> int:
    """Start the worker and wait for it; tell the guardian how it ended."""
    os.setsid()
    die_with_parent()
    worker = os.fork()
    if worker == 0:
        os.close(learning)
        die_with_parent()
        os._exit(_work(question, replies, printing, directory, isolation))
    for descriptor in (question, replies, printing):
        os.close(descriptor)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while True:
        child, status, usage = os.wait3(0)
        if child == worker:
            break
    code = os.waitstatus_to_exitcode(status)
    spent = usage.ru_utime + usage.ru_stime
    said = ended(-code, spent, isolation) if code < 0 else f"ended itself with exit code {code}" if code else ""
    os.write(learning, json.dumps(said).encode())
    return 0


def _work(question: int, replies: int, printing: int, directory: str, isolation: Isolation) -> int:
    """Answer one batch."""
    asked: Question | Errand = _next(question)  # from the auditor, before any code of the subject
    following = fcntl.fcntl(question, fcntl.F_DUPFD, _HIGH)
    channel = fcntl.fcntl(replies, fcntl.F_DUPFD, following + 1)
    os.dup2(printing, 1)
    os.dup2(printing, 2)
    os.closerange(3, following)
    if isinstance(asked, Errand) or not asked.follow:
        os.close(following)
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environment(os.environ.get("PYTHONHASHSEED", "random"), directory))
    tempfile.tempdir = None
    sys.path[:] = asked.path
    allow_tracing(True)
    if isinstance(asked, Errand):
        take_limits(isolation, program=asked.program)
        asked.carry_out(channel)
        return 0
    take_limits(isolation, program=is_program(asked.spec.call))
    answer(asked, channel, following)
    return 0


def _next(stream: int) -> Any:
    """The next pickle of a pipe; None at its end."""
    length = int.from_bytes(_exactly(stream, 8), "big")
    return pickle.loads(_exactly(stream, length)) if length else None


def _exactly(stream: int, count: int) -> bytes:
    held = bytearray()
    while len(held) < count:
        piece = os.read(stream, count - len(held))
        if not piece:
            return b""
        held += piece
    return bytes(held)


def answer(asked: Question, channel: int, following: int) -> None:
    """Load the subject, run it on the profiles, and write frames to the channel, until half a limit is used up."""
    try:
        subject = load(asked.spec, asked.domain)
    except VerifierError as error:
        _send(channel, framed({"unloadable": str(error)[:1_000]}))
        return
    writer, written = Writer(asked.batch), 0
    _send(channel, writer.frame())  # it loads
    started = last = time.monotonic()
    limits = asked.isolation
    for number, given in enumerate(_answers(subject, asked, following)):
        if not isinstance(given, tuple) or not given[1].startswith("MemoryError"):
            writer.add(given)
        else:
            writer.add((given[0], f"needed more than {mebibytes(limits.memory)} of memory ({given[1]})"))
        if not (asked.one_by_one or asked.follow) and number & 15:
            continue
        now = time.monotonic()
        if asked.one_by_one or asked.follow or now - last > _EVERY:
            last = now
            frame = writer.frame()
            written += len(frame)
            _send(channel, frame)
            late = now - started > limits.wall_seconds / 2 or time.process_time() > limits.cpu_seconds / 2
            if late or written > limits.output_bytes / 2:
                return  # the rest is for another process
    _send(channel, writer.frame())


def _answers(subject: Subject, asked: Question, following: int) -> Iterator[Answer]:
    """The answers in turn; what follows one by one is answered one by one."""
    if not asked.follow:
        yield from subject.observe_many(asked.profiles)
        return
    while (profile := _next(following)) is not None:
        yield from subject.observe_many((profile,))


def _send(channel: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(channel, view) :]
