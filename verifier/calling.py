"""How a mechanism wants to be called where one call with all bids is not its way: keys of the table [subject]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from verifier.errors import DomainError, nearest

RESULTS = ("direct", "awaited", "yielded", "generated", "with-object")


@dataclass(frozen=True, slots=True)
class Calling:
    """A style of calling; the default is one call of one object.

    Attributes
    ----------
    fresh : whether the object is created anew for every run
    reset : method without arguments that is called before every run
    each, then : method called for every agent with its name and bid, and the one that then gives the result
    step, until : method called again and again, and what tells that it is over: an attribute, or a method without
        arguments, that is true then; "result" where it is what `step` returns
    result : "direct", or what is made of what comes back: "awaited" (a coroutine), "yielded" (the last value of a
        generator), "generated" (what a generator returns at its end), "with-object" (the pair of what comes back and
        the object, for what has to be looked up there)
    """

    fresh: bool = False
    reset: str | None = None
    each: str | None = None
    then: str | None = None
    result: str = "direct"
    step: str | None = None
    until: str | None = None

    def to_json(self) -> dict[str, object]:
        """The style as the certificate holds it."""
        written = {key.name: getattr(self, key.name) for key in fields(self)}
        return {key: value for key, value in written.items() if value is not None or key not in ("step", "until")}


PLAIN = Calling()
CALLING_KEYS = tuple(key.name for key in fields(Calling))


class CallingError(DomainError):
    """A style of calling that contradicts itself; mend the key that `key` names."""

    def __init__(self, key: str, message: str) -> None:
        self.key = key
        super().__init__(message)


def parse_calling(table: Mapping[str, object]) -> Calling:
    """The style that a subject table declares; CallingError where its keys do not go together."""
    fresh, result = table.get("fresh", False), table.get("result", "direct")
    if not isinstance(fresh, bool):
        raise CallingError("fresh", f"fresh must be true or false, not {fresh!r}")
    if not isinstance(result, str) or result not in RESULTS:
        raise CallingError("result", f"unknown result {result!r}{nearest(str(result), list(RESULTS))}")
    names: dict[str, str | None] = {}
    for key in ("reset", "each", "then", "step", "until"):
        written = table.get(key)
        if written is not None and (not isinstance(written, str) or not written.isidentifier()):
            raise CallingError(key, f"{key} must be the name of a method, not {written!r}")
        names[key] = written
    found = Calling(fresh, names["reset"], names["each"], names["then"], result, names["step"], names["until"])
    if fresh and table.get("create") is not True:
        raise CallingError("fresh", "fresh creates the object for every run; add create = true")
    if (found.step is None) != (found.until is None):
        raise CallingError("step" if found.step else "until", "step and until go together: what is done until when")
    if found.step is None and (found.each is None) != (found.then is None):
        raise CallingError("each" if found.each else "then", "each and then go together: add bids, then run")
    if found.then is not None and found.each is None and table.get("method") is None:
        raise CallingError("then", "then follows each, or a loop after the method that takes the bids")
    if found.step is not None and found.then is None and found.result != "with-object":
        raise CallingError(
            "step", 'step gives no result: name the method that does, then, or write result = "with-object"'
        )
    if found.each and (table.get("bids") != "dict" or table.get("method") is not None):
        raise CallingError("each", 'each takes names and bids one by one: write bids = "dict" and leave out method')
    return found
