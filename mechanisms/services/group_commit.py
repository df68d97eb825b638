"""Many writers, one commit: what waits while the disk is busy is written together with the next commit.

Each writer gets its answer when its work is on the disk. Work that fails is undone alone.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from mechanisms.services.ledger import Ledger, LedgerError

Result = TypeVar("Result")
_MOST = 500  # pieces of work in one commit


class GroupCommit:
    """A thread that writes to a ledger for everybody; `close` waits for what was submitted."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._write, name="ledger", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[], Result]) -> Future[Result]:
        """Have work done inside a transaction of the ledger; the future holds its result once that is on the disk.

        Raises LedgerError after `close`.
        """
        if self._closed:
            raise LedgerError("the ledger is closed to new work")
        future: Future[Result] = Future()
        self._waiting.put((work, future))
        return future

    def close(self) -> None:
        """Write what waits, and end the thread."""
        self._closed = True
        self._waiting.put(None)
        self._thread.join()

    def _write(self) -> None:
        over = False
        while not over:
            batch = [self._waiting.get()]
            while len(batch) < _MOST and not self._waiting.empty():
                batch.append(self._waiting.get())
            over = None in batch
            self._commit([one for one in batch if one is not None])

    def _commit(self, batch: list[tuple[Callable[[], Any], Future[Any]]]) -> None:
        done: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            with self._ledger.transaction():
                for work, future in batch:
                    self._ledger.database.execute("SAVEPOINT work")
                    try:
                        done.append((future, work(), None))
                    except Exception as error:
                        self._ledger.database.execute("ROLLBACK TO work")
                        done.append((future, None, error))
                    self._ledger.database.execute("RELEASE work")
        except Exception as error:  # the commit itself failed: nobody's work is on the disk
            for _, future in batch:
                future.set_exception(error)
            return
        for future, result, problem in done:
            if problem is None:
                future.set_result(result)
            else:
                future.set_exception(problem)
