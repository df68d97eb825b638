"""What is audited: "package.module:callable", "module:Class.method", "file.py:callable", or "exec:PROGRAM ARGS".

A class with a method is made once, without arguments, and the method gets the bids. Where a name is missing the message
lists what there is.
"""

from __future__ import annotations

import inspect
from pathlib import Path

from verifier.adapters.loading import import_module, named_object
from verifier.errors import SpecError, SubjectError, nearest

PROGRAM = "exec:"


def read_target(text: str, root: str | None = None) -> dict[str, object]:
    """The [subject] table of a target.

    Parameters
    ----------
    text : see the module
    root : directory that joins the import path; the current one where it is None

    Raises
    ------
    SpecError : the text is no target, or names a class without a method; SubjectError : it cannot be imported.
    """
    if text.startswith(PROGRAM):
        if not text.removeprefix(PROGRAM).strip():
            raise SpecError(f"{text!r} names no program; write exec:PROGRAM ARGS")
        return {"call": text}
    place, colon, name = text.rpartition(":") if ":" in text else (text, "", "")
    table: dict[str, object] = {} if root is None else {"root": root}
    module = place
    if place.endswith(".py"):
        file = Path(place if root is None else Path(root) / place)
        if not file.is_file():
            raise SpecError(f"there is no file {str(file)!r}")
        if not file.stem.isidentifier():
            raise SpecError(f"{file.name!r} cannot be imported: its name is no identifier; rename it")
        module, table["root"] = file.stem, str(file.resolve().parent)
    folder = table.get("root")
    if not colon or not name:
        raise SpecError(f"{text!r} names no callable; {_there(module, str(folder) if folder else None)}")
    return table | _callable(f"{module}:{name}", str(folder) if folder else None)


def _callable(call: str, root: str | None) -> dict[str, object]:
    """A function as it is, a method of a class with the class to make."""
    module, _, name = call.partition(":")
    holder, dot, last = name.rpartition(".")
    try:
        found = named_object(call, root)
    except SubjectError as error:
        raise SubjectError(f"{error}; {_there(module, root, name)}") from error
    if dot and inspect.isclass(owner := named_object(f"{module}:{holder}", root)):
        kept = inspect.getattr_static(owner, last, None)
        if inspect.isfunction(kept):
            return {"call": f"{module}:{holder}", "create": True, "method": last}
    if inspect.isclass(found):
        methods = [one for one, _ in inspect.getmembers(found, inspect.isfunction) if not one.startswith("_")]
        told = ", ".join(f"{call}.{one}" for one in methods) or "it has none"
        raise SpecError(f"{call} is a class; name the method that gets the bids: {told}")
    return {"call": call}


def _there(module: str, root: str | None, wanted: str = "") -> str:
    """The callables of a module, for a message; why it does not import, if it does not."""
    try:
        found = import_module(module, root)
    except SubjectError as error:
        return str(error)
    public = [
        name
        for name, value in vars(found).items()
        if callable(value) and not name.startswith("_") and getattr(value, "__module__", None) == found.__name__
    ]
    listed = ", ".join(f"{module}:{name}" for name in public[:12]) or "it has no public callable"
    return f"there are: {listed}{nearest(wanted, public) if wanted else ''}"
