"""The checker's fresh processes, without processes: for tests in which the subject may be loaded where they run."""

from __future__ import annotations

import json

from verifier import checker


def in_this_process(question, seeds):
    """The same reply for every hash seed; the JSON goes back and forth, as through a pipe."""
    reply = checker.answer(json.loads(json.dumps(question)))
    return [json.loads(json.dumps(reply)) for _ in seeds]


def drained(generator):
    """What an engine comes to, its progress left aside."""
    while True:
        try:
            next(generator)
        except StopIteration as end:
            return end.value
