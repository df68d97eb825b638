"""Families of a property proved side by side, in processes of their own.

Every family has an oracle of its own, wherever it is proved, and the answers are taken in the order of the families:
the certificate is the same for any number of workers. A child is asked through its stdin and ends when that is closed.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from queue import SimpleQueue
from typing import TypeAlias

from verifier.domains import Domain, Outcome
from verifier.engines.symbolic.leaves import Path
from verifier.engines.symbolic.oracle import OracleFailed
from verifier.errors import VerifierError
from verifier.exact import Money
from verifier.properties import Property

Question: TypeAlias = tuple[Property, Money, int]  # the number is that of the family
Ask: TypeAlias = Callable[[Question], object]  # what a child answers with; it may raise VerifierError


class Crew:
    """Children that know the explored paths. They are started when first asked; `close` ends them."""

    def __init__(self, workers: int, setup: str, state: tuple[object, ...]) -> None:
        """`setup` is "module:function", which makes an `Ask` of the state in every child."""
        self.workers = workers
        self._hello = (setup, state)
        self._children: list[subprocess.Popen[bytes]] = []
        self._leads: list[threading.Thread] = []

    def ask(self, questions: Sequence[Question]) -> Iterator[tuple[int, object]]:
        """Places of the questions with the answers or the exceptions, in the order in which they come.

        Who stops listening early ends the children.
        """
        if not self._children:
            self._children = [self._started() for _ in range(self.workers)]
        waiting = iter(list(enumerate(questions)))
        lock, answers = threading.Lock(), SimpleQueue[tuple[int, object]]()

        def lead(child: subprocess.Popen[bytes]) -> None:
            while True:
                with lock:
                    place, question = next(waiting, (-1, None))
                if question is None:
                    return
                answers.put((place, _answered(child, question)))

        self._leads = [threading.Thread(target=lead, args=(child,), daemon=True) for child in self._children]
        for thread in self._leads:
            thread.start()
        left = len(questions)
        try:
            while left:
                answer = answers.get()
                left -= 1
                yield answer
        finally:
            if left:
                self.close()

    def close(self) -> None:
        """End the children, wherever they are."""
        for child in self._children:
            child.kill()
        for thread in self._leads:
            thread.join()
        for child in self._children:
            with suppress(OSError), child:  # waits, and closes its pipes, which may hold what nobody will read
                pass
        self._children = []

    def _started(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [sys.executable, "-c", "from verifier.engines.symbolic.crew import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        with suppress(OSError):  # dead already: the first question finds out
            _tell(child, self._hello)
        return child


def state_of(domain: Domain, paths: Sequence[Path], *more: object) -> tuple[object, ...]:
    """What a child has to know: paths without outcomes, of which proofs see only the consumptions and payments."""
    return (domain, [replace(path, outcome=Outcome(())) for path in paths], *more)


def serve() -> None:
    """The child's side: answer one question after the other."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends its children
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    questions = sys.stdin.buffer
    setup, state = pickle.load(questions)
    module, _, name = setup.partition(":")
    ask: Ask = getattr(__import__(module, fromlist=[name]), name)(*state)
    while True:
        try:
            question = pickle.load(questions)
        except EOFError:
            return
        try:
            answer = ask(question)
        except VerifierError as error:
            answer = error
        pickle.dump(answer, answers)
        answers.flush()


def _tell(child: subprocess.Popen[bytes], something: object) -> None:
    assert child.stdin is not None
    pickle.dump(something, child.stdin)
    child.stdin.flush()


def _answered(child: subprocess.Popen[bytes], question: Question) -> object:
    """The answer, or the exception that stands for it: somebody waits for one or the other."""
    assert child.stdout is not None
    try:
        _tell(child, question)
        return pickle.load(child.stdout)
    except Exception as error:
        text = f"a process that proved a part of this ended ({type(error).__name__}); run again with one worker"
        return ChildDied(text)


class ChildDied(OracleFailed):
    """A process ended without an answer, for want of memory for example. The verdict is UNKNOWN."""
