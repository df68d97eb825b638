"""The auditor's side of an isolated subject: batches out, answers in, a fault for the profile that kills its process.

A batch runs in a process of its own (see `guardian`), under limits (see `limits`); what it replies is believed to be an
outcome that the subject gave and nothing more (see `replies`).

Deaths   A process that dies, hangs or breaks the format has answered the profiles before. The rest of the batch is
         asked again from fresh processes, one profile at a time; where one dies at its first profile the fault is there.
         After `MOST_DEATHS` of these, or `MOST_ACCIDENTS` that did not happen again, the subject is given up: every
         profile left has that fault, in this and in later runs, so that no subject makes an audit hang.
State    Nothing lasts from one batch to the next, neither memory nor files in the private directory.
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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path

from verifier.adapters.contracts import Contracts
from verifier.adapters.faults import Answer, ProtocolFault
from verifier.adapters.guardian import Question
from verifier.adapters.limits import ISOLATION, Granted, Isolation, environment
from verifier.adapters.replies import Forged, Reader, clean
from verifier.adapters.subject import Subject
from verifier.domains import Domain, Outcome, Profile
from verifier.errors import SubjectError
from verifier.spec import SubjectSpec

MOST_DEATHS = 3
MOST_ACCIDENTS = 8
BATCH = 16_384  # profiles
_GRACE = 5.0  # seconds that a guardian may take to clear away

_STARTING = 60.0  # seconds that the keeper may take to import what it needs, on a busy machine


class BridgedSubject(Subject):
    """A subject in processes of its own, with the interface of one that is here. Its code is never imported here.

    `granted` says which walls the platform put up, `given_up` why the subject is not run any more.
    """

    def __init__(
        self, spec: SubjectSpec, domain: Domain, isolation: Isolation = ISOLATION, hash_seed: str | None = None
    ) -> None:
        self.spec = spec
        self.domain = domain
        self.isolation = isolation
        self.hash_seed = hash_seed or os.environ.get("PYTHONHASHSEED", "random")
        self.contracts = Contracts([])
        self.target = _elsewhere
        self.granted = Granted()
        self.given_up: str | None = None
        self._batches = 0
        self._keeper: Keeper | None = None

    def observe(self, profile: Profile) -> Outcome:
        """Run the mechanism once, in a fresh process; ProtocolFault where it gives no outcome."""
        (answer,) = self.observe_many((profile,))
        if isinstance(answer, Outcome):
            return answer
        raise ProtocolFault(*answer)

    def with_numbers(self, kind: str) -> BridgedSubject:
        """The same mechanism with bids offered as numbers of another kind."""
        return BridgedSubject(replace(self.spec, numbers=kind), self.domain, self.isolation, self.hash_seed)

    def under(self, hash_seed: int) -> BridgedSubject:
        """The same mechanism in processes with a chosen PYTHONHASHSEED, which start now."""
        other = BridgedSubject(self.spec, self.domain, self.isolation, str(hash_seed))
        other.start()
        return other

    def observe_as(self, profile: Profile, read: object) -> Outcome:
        """Nothing but outcomes comes over the bridge: no symbol, no object of the subject's."""
        raise SubjectError("an isolated subject cannot be explored; run it without isolation, where you trust its code")

    def _lotteries(self) -> bool:
        """Whether an outcome may have several draws: declared by the mechanism, or made of all that it can draw."""
        return self.spec.returns.randomised or self.spec.chance is not None

    def walls(self) -> dict[str, object]:
        """The limits and the walls that hold for it, as the certificate writes them."""
        return {**self.isolation.to_json(), **asdict(self.granted)}

    def start(self) -> None:
        """Start what batches are forked from; it gets ready while the caller does something else."""
        if self._keeper is None:
            self._keeper = Keeper(self.hash_seed)

    def require_loadable(self) -> None:
        """Load the subject in a fresh process; SubjectError where it does not load."""
        for _ in self._batch((), False, []):
            raise AssertionError("an answer to no question")

    def close(self) -> None:
        """End its processes; a later run starts them again."""
        if self._keeper is not None:
            self._keeper.close()
            self._keeper = None

    def observe_many(self, profiles: Iterable[Profile]) -> Iterator[Answer]:
        """The answers at the profiles, in their order: none left out, each from a process that died of no other."""
        waiting = iter(profiles)
        deaths = accidents = 0
        while batch := list(islice(waiting, BATCH)):
            one_by_one = False
            while batch:
                if self.given_up is not None:
                    yield from (("crash", self.given_up) for _ in batch)
                    break
                ending: list[str] = []
                answered = 0
                for answer in self._batch(batch, one_by_one, ending):
                    answered += 1
                    yield answer
                batch = batch[answered:]
                if not batch or not ending:
                    continue
                if one_by_one and not answered:
                    yield ("crash", ending[0])
                    batch, deaths = batch[1:], deaths + 1
                else:
                    one_by_one, accidents = True, accidents + one_by_one
                if deaths >= MOST_DEATHS or accidents >= MOST_ACCIDENTS:
                    self.given_up = f"given up after {deaths + accidents} processes died of it; the last {ending[0]}"

    def _batch(self, profiles: Sequence[Profile], one_by_one: bool, ending: list[str]) -> Iterator[Answer]:
        """Answers of one process; where it did not end well, how it ended is put into `ending`."""
        self._batches += 1
        root = str(Path(self.spec.root or ".").resolve())
        spec = replace(self.spec, contracts={}, root=root)  # nothing stands in for anything there
        path = [str(Path(entry).resolve()) for entry in sys.path]
        asked = Question(path, spec, self.domain, self.isolation, self._batches, tuple(profiles), one_by_one)
        reader = Reader(self.domain, self._lotteries(), self._batches, len(profiles), 2 * self.isolation.output_bytes)
        self.start()
        if self._keeper is None:
            raise AssertionError("just started")
        report: dict[str, object] = {}
        try:
            yield from self._keeper.ask(asked, reader, report)
        except Forged as error:
            ending.append(clean(str(error)))
        if reader.unloadable is not None:
            raise SubjectError(reader.unloadable)
        if "network" in report:
            self.granted = Granted(str(report["network"]), str(report["processes"]))
        if "failed" in report:
            raise SubjectError(f"no isolated process can be made here: {report['failed']}")
        if "network" not in report:
            raise SubjectError("the keeper of isolated processes does not start; is the package importable?")
        if reader.complete or ending:
            return
        end = _ending(report, self.isolation)
        if not reader.loaded:
            raise SubjectError(
                f"{self.spec.call} does not load: its process {end or 'ended without a word'}{_last(report)}"
            )
        if end or not reader.answered:
            ending.append(f"{end or 'ended before it answered'}{_last(report)}")


class Rerun:
    """The profiles again, under a chosen hash seed, without leaving isolation; backwards under an odd one."""

    def __init__(self, subject: BridgedSubject, profiles: Sequence[Profile], hash_seed: int) -> None:
        self.hash_seed = hash_seed
        self._known = subject
        self._subject = subject.under(hash_seed)
        self._profiles = profiles

    def answers(self) -> list[Answer]:
        """What the subject gave, in the order of the profiles."""
        self._subject.given_up = self._known.given_up
        direction = -1 if self.hash_seed % 2 else 1
        return list(self._subject.observe_many(self._profiles[::direction]))[::direction]

    def end(self) -> None:
        """Stop its processes."""
        self._subject.close()


@contextlib.contextmanager
def reruns(
    subject: BridgedSubject, profiles: Sequence[Profile], hash_seeds: Sequence[int]
) -> Iterator[Sequence[Rerun]]:
    """A rerun per hash seed, whose processes end with the block."""
    made = [Rerun(subject, profiles, seed) for seed in hash_seeds]
    try:
        yield made
    finally:
        for one in made:
            one.end()


def isolated(spec: SubjectSpec, domain: Domain, isolation: Isolation = ISOLATION) -> BridgedSubject:
    """The subject of a claims file in processes of its own.

    Raises SubjectError where it does not load there, or where the platform has no such processes.
    """
    if not hasattr(os, "pidfd_open"):
        raise SubjectError("isolation needs Linux; run without it, where you trust the code")
    subject = BridgedSubject(spec, domain, isolation)
    subject.require_loadable()
    return subject


def _elsewhere(*bids: object) -> object:
    raise SubjectError("the subject is not in this process")


def _ending(report: dict[str, object], isolation: Isolation) -> str:
    """How a process ended, in words; empty where it ended as it should."""
    if "broken" not in report:
        return "took its guardian with it"
    if report.get("broken"):
        return str(report["broken"])
    return "killed the process that waited for it" if report.get("end") is None else str(report["end"])


def _last(report: dict[str, object]) -> str:
    """The last line that the subject printed, where there is one."""
    lines = str(report.get("printed", "")).strip().splitlines()
    return f" (printed last: {lines[-1][:100]!r})" if lines else ""


class Keeper:
    """The process from which batches are forked. It ends when its socket closes, as it does when this process ends."""

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

    def ask(self, asked: Question, reader: Reader, report: dict[str, object]) -> Iterator[Answer]:
        """Answers as they come; what the guardian reports is put into `report`. Forged where the replies are."""
        pipes = [os.pipe() for _ in range(4)]
        (question_out, question_in), (replies_out, replies_in), (report_out, report_in), (stop_out, stop_in) = pipes
        told = {"isolation": asdict(asked.isolation), "directory": self._directory.name}
        with contextlib.ExitStack() as opened:
            for descriptor in (question_in, replies_out, report_out, stop_in):
                os.set_blocking(descriptor, False)
            theirs = [question_out, replies_in, report_in, stop_out]
            ours = _Descriptors({question_in, replies_out, report_out, stop_in, *theirs})
            opened.callback(ours.close_all)
            try:
                socket.send_fds(self._socket, [json.dumps(told).encode()], theirs)
            except OSError as error:
                raise SubjectError("the keeper of isolated processes has died; is the package importable?") from error
            ours.close(*theirs)
            patience = asked.isolation.wall_seconds + _GRACE
            yield from _converse(
                pickle.dumps(asked), ours, (question_in, replies_out, report_out), reader, report, patience
            )


class _Descriptors:
    """Open descriptors, each closed once."""

    def __init__(self, held: set[int]) -> None:
        self._held = held

    def close(self, *descriptors: int) -> None:
        for descriptor in descriptors:
            self._held.remove(descriptor)
            os.close(descriptor)

    def close_all(self) -> None:
        self.close(*tuple(self._held))


def _converse(
    text: bytes,
    held: _Descriptors,
    ours: tuple[int, int, int],
    reader: Reader,
    report: dict[str, object],
    patience: float,
) -> Iterator[Answer]:
    """Write the question while reading replies, until all is answered, the guardian reports, or the time is over."""
    question, replies, reported = ours
    walled, deadline = False, time.monotonic() + _STARTING
    waiting = memoryview(text)
    with selectors.DefaultSelector() as ready:
        ready.register(question, selectors.EVENT_WRITE)
        ready.register(replies, selectors.EVENT_READ)
        ready.register(reported, selectors.EVENT_READ)
        while not (reader.complete or reader.unloadable is not None):
            left = deadline - time.monotonic()
            events = ready.select(left) if left > 0 else []
            found = {key.fd for key, _ in events}
            if question in found:
                try:
                    waiting = waiting[os.write(question, waiting) :]
                except BrokenPipeError:
                    waiting = waiting[:0]
                if not waiting:
                    ready.unregister(question)
                    held.close(question)
            dead = reported in found and not _hear(reported, report)
            if "network" in report and not walled:
                walled, deadline = True, time.monotonic() + patience
            over = dead or not events or not report.keys().isdisjoint({"end", "failed"})
            if replies in found or over:
                while piece := _piece(replies):
                    yield from reader.take(piece)
                if replies in found and piece == b"":
                    ready.unregister(replies)  # closed; the report tells why
            if over:
                return
        _hear(reported, report)


def _hear(reported: int, report: dict[str, object]) -> bool:
    """Put what the guardian has said into the report; False where it is dead."""
    said = _piece(reported)
    for line in (said or b"").splitlines():
        report.update(json.loads(line))
    return said != b""


def _piece(descriptor: int) -> bytes | None:
    try:
        return os.read(descriptor, 1 << 18)
    except BlockingIOError:
        return None


def _end(ours: socket.socket, child: subprocess.Popen[bytes], directory: tempfile.TemporaryDirectory[str]) -> None:
    ours.close()
    child.kill()
    child.wait()
    directory.cleanup()
