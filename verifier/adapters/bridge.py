"""The auditor's side of an isolated subject: batches out, answers in, a fault for the profile that kills its process.

A batch runs in a process of its own (see `guardian`), under limits (see `limits`); what it replies is believed to be an
outcome that the subject gave and nothing more (see `replies`).

Deaths   A process that dies, hangs or breaks the format has answered the profiles before. The rest of the batch
         is asked again from fresh processes, one profile at a time; where one dies at its first profile the fault is
         there. After `MOST_DEATHS` of these, or `MOST_ACCIDENTS` that did not happen again, the subject is given up:
         every profile left has that fault, in this and in later runs, so that no subject makes an audit hang.
State    Nothing lasts from one batch to the next, neither memory nor files in the private directory.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path

from verifier.adapters.contracts import Contracts
from verifier.adapters.conversation import Conversation
from verifier.adapters.faults import Answer, ProtocolFault
from verifier.adapters.fresh import FreshProcess, fresh_processes
from verifier.adapters.guardian import Question
from verifier.adapters.keeper import Keeper, Keepers
from verifier.adapters.limits import ISOLATION, Granted, Isolation
from verifier.adapters.replies import Forged, Reader, clean
from verifier.adapters.subject import Subject
from verifier.domains import Domain, Outcome, Profile
from verifier.errors import SubjectError
from verifier.spec import SubjectSpec

MOST_DEATHS = 3
MOST_ACCIDENTS = 8
BATCH = 16_384  # profiles


class BridgedSubject(Subject):
    """A subject in processes of its own, with the interface of one that is here. Its code is never imported here.

    `granted` says which walls the platform put up, `given_up` why the subject is not run any more.
    """

    def __init__(
        self,
        spec: SubjectSpec,
        domain: Domain,
        isolation: Isolation = ISOLATION,
        hash_seed: str | None = None,
        keepers: Keepers | None = None,
    ) -> None:
        self.spec = spec
        self.domain = domain
        self.isolation = isolation
        self.hash_seed = hash_seed or os.environ.get("PYTHONHASHSEED", "random")
        self.contracts = Contracts([])
        self.target = _elsewhere
        self.coins = None
        self.granted = Granted()
        self.given_up: str | None = None
        self._batches = 0
        self._shared = keepers is not None
        self.keepers = Keepers() if keepers is None else keepers
        self._talk: Conversation | None = None

    def observe(self, profile: Profile) -> Outcome:
        """Run the mechanism once, in a process that lives on; ProtocolFault where it gives no outcome."""
        answer = self._in_conversation(profile)
        if answer is None:  # the process died, or retired: a fresh one shows whether the profile is to blame
            (answer,) = self.observe_many((profile,))
        if isinstance(answer, Outcome):
            return answer
        raise ProtocolFault(*answer)

    def _in_conversation(self, profile: Profile) -> Answer | None:
        if self.given_up is not None:
            return None
        if self._talk is None:
            self._batches += 1
            most = 2 * self.isolation.output_bytes
            reader = Reader(self.domain, self.spec.lotteries, self._batches, 0, most)
            self._talk = Conversation(self._kept(), self._question(self._batches, (), follow=True), reader)
        answer = self._talk.ask(profile)
        if answer is None:
            self._hang_up()
        return answer

    def _hang_up(self) -> None:
        if self._talk is not None:
            self._talk.close()
            self._talk = None

    def with_numbers(self, kind: str) -> BridgedSubject:
        """The same mechanism with bids offered as numbers of another kind."""
        spec = replace(self.spec, numbers=kind)
        return BridgedSubject(spec, self.domain, self.isolation, self.hash_seed, self.keepers)

    def under(self, hash_seed: int) -> BridgedSubject:
        """The same mechanism in processes with a chosen PYTHONHASHSEED, which start now."""
        other = BridgedSubject(self.spec, self.domain, self.isolation, str(hash_seed), self.keepers)
        other.start()
        return other

    def observe_as(self, profile: Profile, read: object) -> Outcome:
        """Nothing but outcomes comes over the bridge: no symbol, no object of the subject's."""
        raise SubjectError("an isolated subject cannot be explored; run it without isolation, where you trust its code")

    def walls(self) -> dict[str, object]:
        """The limits and the walls that hold for it, as the certificate writes them."""
        return {**self.isolation.to_json(), **asdict(self.granted)}

    def start(self) -> None:
        """Start what batches are forked from; it gets ready while the caller does something else."""
        self._kept()

    def _kept(self) -> Keeper:
        return self.keepers.of(self.hash_seed)

    def _question(
        self, batch: int, profiles: tuple[Profile, ...], *, one_by_one: bool = False, follow: bool = False
    ) -> Question:
        root = str(Path(self.spec.root or ".").resolve())
        spec = replace(self.spec, contracts={}, root=root)  # nothing stands in for anything there
        path = [str(Path(entry).resolve()) for entry in sys.path]
        return Question(path, spec, self.domain, self.isolation, batch, profiles, one_by_one, follow)

    def require_loadable(self) -> None:
        """Load the subject in a fresh process; SubjectError where it does not load."""
        for _ in self._batch((), False, []):
            raise AssertionError("an answer to no question")

    def close(self) -> None:
        """End its processes; a later run starts them again."""
        self._hang_up()
        if not self._shared:
            self.keepers.close()

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
        asked = self._question(self._batches, tuple(profiles), one_by_one=one_by_one)
        reader = Reader(self.domain, self.spec.lotteries, self._batches, len(profiles), 2 * self.isolation.output_bytes)
        report: dict[str, object] = {}
        try:
            yield from self._kept().ask(asked, reader, report)
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
        end = ending_of(report, self.isolation)
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


def repetitions(
    subject: Subject, profiles: Sequence[Profile], hash_seeds: Sequence[int]
) -> AbstractContextManager[Sequence[FreshProcess | Rerun]]:
    """Fresh processes at work on the profiles, a hash seed each; behind the same walls as the subject."""
    if isinstance(subject, BridgedSubject):
        return reruns(subject, profiles, hash_seeds)
    return fresh_processes(subject.spec, subject.domain, profiles, hash_seeds)


def isolated(
    spec: SubjectSpec, domain: Domain, isolation: Isolation = ISOLATION, keepers: Keepers | None = None
) -> BridgedSubject:
    """The subject of a claims file in processes of its own; `keepers` that are given are not closed with it.

    Raises SubjectError where it does not load there, or where the platform has no such processes.
    """
    if not hasattr(os, "pidfd_open"):
        raise SubjectError("isolation needs Linux; run without it, where you trust the code")
    subject = BridgedSubject(spec, domain, isolation, keepers=keepers)
    subject.require_loadable()
    return subject


def _elsewhere(*bids: object) -> object:
    raise SubjectError("the subject is not in this process")


def ending_of(report: dict[str, object], isolation: Isolation) -> str:
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
