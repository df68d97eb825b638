"""Worker processes that decide instances side by side and leave nothing behind.

Processes are started afresh (not forked), so that they share no locks, threads or open journal with their parent. Each
watches a pipe whose other end its parent holds alone: when the parent ends the work, or is killed, the pipe closes and
the worker ends at once, in the midst of an instance. Ctrl-C is the parent's business; workers do not hear it.

Source: Python documentation, `concurrent.futures` and `multiprocessing`.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection

from verifier.errors import DomainError, StudyError
from verifier.statistics.journal import Decided

_AHEAD = 4  # instances for each worker that wait for it, so that none is idle

_decide: Callable[[int], Decided] | None = None  # in a worker: what it was started for


def decisions(
    decide: Callable[[int], Decided], numbers: Sequence[int], workers: int
) -> Generator[tuple[int, Decided], None, None]:
    """Every instance with its outcome, as they come in; with one worker in order, in this process.

    Raises
    ------
    DomainError : no worker.
    StudyError : `decide` raised something, gave no `Decided`, or cannot be pickled; a worker died.
    """
    if workers < 1:
        raise DomainError(f"{workers} workers; at least one has to do the work")
    if workers > 1 and len(numbers) > 1:
        yield from _side_by_side(decide, numbers, min(workers, len(numbers)))
        return
    for number in numbers:
        try:
            decided = decide(number)
        except Exception as error:
            raise StudyError(f"{type(error).__name__}: {error}", number) from error
        yield number, _checked(decided, number)


def _side_by_side(
    decide: Callable[[int], Decided], numbers: Sequence[int], workers: int
) -> Generator[tuple[int, Decided], None, None]:
    try:
        work = pickle.dumps(decide)
    except Exception as error:
        message = f"{decide!r} cannot be sent to another process ({error}); use a function of a module, or one worker"
        raise StudyError(message) from error
    context = get_context("spawn")
    theirs, ours = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(work, theirs))
    waiting: dict[Future[object], int] = {}
    coming = iter(numbers)
    try:
        while True:
            while len(waiting) < workers * _AHEAD and (number := next(coming, None)) is not None:
                waiting[pool.submit(_work, number)] = number
            if not waiting:
                return
            done = wait(waiting, return_when=FIRST_COMPLETED).done
            # outcomes first, so that the exception of one instance does not cost those of others
            for future in sorted(done, key=lambda future: (_failed(future), waiting[future])):
                number = waiting.pop(future)
                yield number, _checked(future.result(), number)
    except BrokenProcessPool as error:
        raise StudyError(
            "a worker process could not start or died, perhaps for want of memory; what was decided is kept, start the "
            "study again with fewer workers (a function of the main script needs `if __name__ == '__main__'` there)"
        ) from error
    finally:
        ours.close()  # whoever is still at work stops here
        pool.shutdown(wait=True, cancel_futures=True)
        theirs.close()


def _failed(future: Future[object]) -> bool:
    return future.exception() is not None or not isinstance(future.result(), Decided)


def _checked(found: object, number: int) -> Decided:
    """The outcome; StudyError if it is something else, such as what a worker says of an exception."""
    if isinstance(found, Decided):
        return found
    raise StudyError(found.text if isinstance(found, _Raised) else f"{found!r} is no `Decided`", number)


def _begin(work: bytes, pipe: Connection) -> None:
    """Start a worker: read what it is to do and watch the pipe."""
    global _decide
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(pipe,), daemon=True).start()
    _decide = pickle.loads(work)


def _watch(pipe: Connection) -> None:
    """End this process when the pipe closes; nothing is ever sent through it."""
    try:
        pipe.recv_bytes()
    except (EOFError, OSError):
        os._exit(0)


@dataclass(frozen=True, slots=True)
class _Raised:
    """What a function raised, as text: not every exception survives the way from one process to another."""

    text: str


def _work(number: int) -> object:
    assert _decide is not None
    try:
        found: object = _decide(number)
    except Exception as error:
        return _Raised(f"{type(error).__name__}: {error}")
    return found if isinstance(found, Decided) else _Raised(f"{found!r} is no `Decided`")
