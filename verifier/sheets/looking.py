"""A first look at a subject: is it there, how does it want its bids, how does it say its outcomes.

To look is to import and to run it. Where it is not trusted that happens in an isolated process, and of what comes back
only the keys below are taken: they say how the subject is called, not who is called, and the user is shown them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from verifier.adapters.errands import send
from verifier.adapters.executable import is_program
from verifier.adapters.limits import ISOLATION
from verifier.errors import DomainError, SpecError, SubjectError, VerifierError
from verifier.sheets.inference import Inferred, infer
from verifier.sheets.settings import fitting
from verifier.sheets.targets import found_there

_KEYS = ("call", "create", "method", "bids", "returns")
_FEW = 100_000  # profiles of the domain that is only looked at


def look(subject: Mapping[str, object], domain: Mapping[str, object], *, trusted: bool) -> Inferred:
    """The [subject] table with what was left out of it filled in.

    Parameters
    ----------
    subject, domain : tables as in a claims file, the first perhaps with nothing but `call`
    trusted : whether the subject may run in this process

    Raises
    ------
    SpecError : it can be read in no way, or in several, which are listed; SubjectError : it does not load.
    """
    if trusted:
        return _look(subject, domain)
    placed = {**subject, "root": str(Path(str(subject.get("root", "."))).resolve())}  # it runs in another directory
    asked = {"subject": json.dumps(placed), "domain": json.dumps(dict(domain))}
    said = send("verifier.sheets.looking:answer", asked, ISOLATION, program=is_program(str(subject["call"])))
    match said:
        case {"unasked": str(problem)}:
            raise SpecError(problem)
        case {"unloadable": str(problem)}:
            raise SubjectError(problem)
        case {"subject": dict(found), "said": list(words)}:
            kept = {key: found[key] for key in _KEYS if key in found and key not in subject}
            call = {"call": _within(str(subject["call"]), str(found.get("call")))}
            return Inferred({**subject, **kept, **call}, tuple(map(str, words)))
    raise SubjectError("the subject interfered with the process in which it was looked at")


def answer(asked: Mapping[str, str]) -> object:
    """What `look` comes to, as JSON: the errand."""
    try:
        found = _look(json.loads(asked["subject"]), json.loads(asked["domain"]))
    except SubjectError as error:
        return {"unloadable": str(error)}
    except VerifierError as error:
        return {"unasked": str(error)}
    return {"subject": dict(found.subject), "said": list(found.said)}


def _look(subject: Mapping[str, object], domain: Mapping[str, object]) -> Inferred:
    table = found_there(subject)
    try:
        small, _ = fitting(domain, _FEW)
    except DomainError as error:
        raise SpecError(f"the setting: {error}") from error
    return infer(table, small)


def _within(asked: str, found: str) -> str:
    """The call that was found, where it is the one that was asked for or the class of that method."""
    return found if asked == found or asked.startswith(f"{found}.") else asked
