"""Runs in fresh processes under a chosen PYTHONHASHSEED: does the subject depend on the order of a set?

The child inherits the import path, loads the subject as the parent did and answers with pickled outcomes on the
stream that was its stdout; what the subject prints goes to stderr.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from verifier.adapters.faults import Answer
from verifier.adapters.subject import load
from verifier.domains import Domain, Outcome, Profile, Share
from verifier.errors import SubjectError
from verifier.spec import SubjectSpec

HASH_SEEDS = (0, 1, 2, 3)


class FreshProcess:
    """A child process at work; started and asked at once, so that it runs beside whatever comes next.

    Under an odd hash seed it goes backwards: state that builds up in order would look the same in all children.
    """

    def __init__(self, spec: SubjectSpec, domain: Domain, profiles: Sequence[Profile], hash_seed: int) -> None:
        self.hash_seed = hash_seed
        self._said = (b"", b"")
        plain = replace(spec, contracts={})  # nothing stands in for anything there
        question = pickle.dumps((sys.path, plain, domain, tuple(profiles[:: self._direction])))
        self._child = subprocess.Popen(
            [sys.executable, "-c", "from verifier.adapters.fresh import answer; answer()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        self._asking = threading.Thread(target=self._ask, args=(question,), daemon=True)
        self._asking.start()

    def _ask(self, question: bytes) -> None:
        self._said = self._child.communicate(question)

    def answers(self) -> list[Answer]:
        """What the child observed, in the order of the profiles; SubjectError where it died."""
        self._asking.join()
        out, complaint = self._said
        if self._child.returncode:
            last = complaint.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
            raise SubjectError(f"a fresh process under PYTHONHASHSEED={self.hash_seed} died: {last[0]}")
        return list(pickle.loads(out))[:: self._direction]

    @property
    def _direction(self) -> int:
        return -1 if self.hash_seed % 2 else 1

    def end(self) -> None:
        """Stop the child, wherever it is."""
        self._child.kill()
        self._asking.join()


@contextmanager
def fresh_processes(
    spec: SubjectSpec, domain: Domain, profiles: Sequence[Profile], hash_seeds: Sequence[int]
) -> Iterator[list[FreshProcess]]:
    """A child per hash seed, at work on the profiles; none of them outlives the block, whatever ends it."""
    children = [FreshProcess(spec, domain, profiles, seed) for seed in hash_seeds]
    try:
        yield children
    finally:
        for child in children:
            child.end()


def same_answer(once: Answer, again: Answer) -> bool:
    """Whether a repetition gave the same: equal outcomes, or faults of one kind (messages may hold addresses)."""
    if isinstance(once, Outcome) or isinstance(again, Outcome):
        return once == again
    return once[0] == again[0]


def in_words(answer: Answer) -> str:
    """An outcome or a fault in one phrase."""
    if not isinstance(answer, Outcome):
        return f"{answer[0]} ({answer[1]})"
    return " or ".join(
        f"allocation {_row(draw.shares)}, payments {_row(draw.payments)}"
        + (f" with probability {draw.probability}" if draw.probability != 1 else "")
        for draw in answer.draws
    )


def _row(amounts: Sequence[Share]) -> str:
    return f"({', '.join(map(_word, amounts))})"


def _word(amount: Share) -> str:
    return _row(amount) if isinstance(amount, tuple) else "none" if amount is None else str(amount)


def observe_all(spec: SubjectSpec, domain: Domain, profiles: Sequence[Profile]) -> list[Answer]:
    """Load the subject and run it on each profile."""
    subject = load(spec, domain)
    return list(subject.observe_many(profiles))


def answer() -> None:
    """The child's side: read the question from stdin, write the answers to what was stdout."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    path, spec, domain, profiles = pickle.load(sys.stdin.buffer)
    sys.path[:] = path
    with answers:
        pickle.dump(observe_all(spec, domain, profiles), answers)
