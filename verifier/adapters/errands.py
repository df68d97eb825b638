"""Functions of ours that have to touch a stranger's code, such as to find out how it wants to be called, sent to where
that code cannot do any harm.

What comes back is JSON, believed in its form alone: a subject could have forged it. So it may say what the user is then
shown and can overrule, and nothing that a verdict rests on.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from verifier.adapters.bridge import ending_of
from verifier.adapters.faults import Answer
from verifier.adapters.guardian import Errand
from verifier.adapters.keeper import Keeper
from verifier.adapters.limits import Isolation
from verifier.adapters.replies import Forged
from verifier.errors import SubjectError

LONGEST = 2**20  # bytes of what comes back


class _Reply:
    """One frame of JSON."""

    unloadable: str | None = None

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def complete(self) -> bool:
        """Whether all of it is there."""
        return len(self._held) >= 4 and len(self._held) >= 4 + int.from_bytes(self._held[:4], "big")

    def take(self, data: bytes) -> list[Answer]:
        """Keep the bytes. Forged where they are too many."""
        self._held += data
        if len(self._held) > LONGEST:
            raise Forged(f"replied with more than {LONGEST:,} bytes")
        return []

    def said(self) -> object:
        """What the frame says. Forged where it is no JSON."""
        try:
            return json.loads(self._held[4 : 4 + int.from_bytes(self._held[:4], "big")])
        except (ValueError, RecursionError) as error:
            raise Forged("replied with what is no JSON") from error


def send(function: str, argument: object, isolation: Isolation, *, program: bool = False) -> object:
    """What a function of ours returns where it runs in an isolated process.

    Parameters
    ----------
    function : "module:name"; it gets the argument and returns what JSON can say
    argument : what a pickle can hold
    program : whether the subject is a program in another language, which may reserve more addresses than memory

    Raises
    ------
    SubjectError : the process came to its end without an answer; the message says how.
    """
    path = [str(Path(entry).resolve()) for entry in sys.path]
    keeper, reply, report = Keeper("0"), _Reply(), dict[str, object]()
    try:
        for _ in keeper.ask(Errand(path, function, argument, isolation, program), reply, report):
            raise AssertionError("nothing is answered one by one")
        if reply.complete:
            return reply.said()
    except Forged as error:
        raise SubjectError(f"the subject {error}") from error
    finally:
        keeper.close()
    if "failed" in report:
        raise SubjectError(f"no isolated process can be made here: {report['failed']}")
    raise SubjectError(
        f"nothing can be learnt of the subject: its process {ending_of(report, isolation) or 'ended without a word'}"
    )
