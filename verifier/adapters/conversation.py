"""One isolated process that is asked profile by profile, each chosen after the answer to the one before.

A search does that. A process per profile would cost a hundred times what the mechanism does. Here memory lasts from
one profile to the next, as it does without isolation; after half of its time, at the latest, a process makes room for
another.
"""

from __future__ import annotations

import select
import time

from verifier.adapters.faults import Answer
from verifier.adapters.guardian import Question
from verifier.adapters.keeper import Keeper, hear, piece, prefixed, put
from verifier.adapters.replies import Forged, Reader
from verifier.domains import Profile

_PATIENCE = 60.0  # seconds beyond the subject's own, on a busy machine


class Conversation:
    """A worker at hand, as long as it lives."""

    def __init__(self, keeper: Keeper, asked: Question, reader: Reader) -> None:
        self._line = keeper.open(asked.isolation)
        self._reader = reader
        self._report: dict[str, object] = {}
        self._asked = 0
        self._patience = asked.isolation.wall_seconds + _PATIENCE
        self._waiting = prefixed(asked)

    def ask(self, profile: Profile) -> Answer | None:
        """The answer at a profile; None where the process ended before it, retired, or did not keep to the format."""
        self._asked += 1
        self._reader.expect(self._asked)
        waiting = memoryview(self._waiting + prefixed(profile))
        self._waiting = b""
        deadline = time.monotonic() + self._patience
        poll = select.poll()
        poll.register(self._line.replies, select.POLLIN)
        poll.register(self._line.reported, select.POLLIN)
        poll.register(self._line.question, select.POLLOUT)
        while (left := deadline - time.monotonic()) > 0:
            ready = {descriptor for descriptor, _ in poll.poll(left * 1000)}
            if waiting and self._line.question in ready:
                waiting = waiting[put(self._line.question, waiting) :]
            if not waiting:
                poll.modify(self._line.question, 0)
            dead = self._line.reported in ready and not hear(self._line.reported, self._report)
            over = dead or not self._report.keys().isdisjoint({"end", "failed"})
            while got := piece(self._line.replies):
                try:
                    answers = self._reader.take(got)
                except Forged:
                    return None
                if answers:
                    return answers[0]
            closed = got == b""
            if over or closed or self._reader.unloadable is not None:
                return None
        return None

    def close(self) -> None:
        """End the process."""
        self._line.close()
