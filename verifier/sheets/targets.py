"""What is audited: "package.module:callable", "module:Class.method", "file.py:callable", or "exec:PROGRAM ARGS".

A class with a method is made once, without arguments, and the method gets the bids. Where a name is missing the message
lists what there is.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path

from verifier.adapters.executable import command_of, is_program
from verifier.adapters.loading import import_module, named_object
from verifier.errors import SpecError, SubjectError, nearest


def split_target(text: str, root: str | None = None) -> dict[str, object]:
    """The [subject] table of a target as far as its text tells, without importing anything.

    Parameters
    ----------
    text : see the module
    root : directory that joins the import path; the current one where it is None

    Raises
    ------
    SpecError : the text is no target, or names a file that is not there.
    """
    if is_program(text):
        command_of(text)
        return _table(text, root)
    place, _, name = text.rpartition(":") if ":" in text else (text, "", "")
    folder = root
    if place.endswith(".py"):
        file = Path(place if root is None else Path(root) / place)
        if not file.is_file():
            raise SpecError(f"there is no file {str(file)!r}")
        if not file.stem.isidentifier():
            raise SpecError(f"{file.name!r} cannot be imported: its name is no identifier; rename it")
        place, folder = file.stem, str(file.resolve().parent)
    return _table(f"{place}:{name}", folder)


def _table(call: str, root: str | None) -> dict[str, object]:
    return {"call": call} if root is None else {"call": call, "root": root}


def found_there(table: Mapping[str, object]) -> dict[str, object]:
    """The table with `create` and `method` where it names a method of a class. Imports the subject.

    Raises
    ------
    SpecError : it names a class without a method, or no callable; SubjectError : it cannot be imported.
    """
    call, root = str(table["call"]), table.get("root")
    if is_program(call) or "create" in table or "method" in table:
        return dict(table)
    folder = None if root is None else str(root)
    module, _, name = call.partition(":")
    if not name:
        raise SpecError(f"{module!r} names no callable; {_there(module, folder)}")
    return {**table, **_callable(call, folder)}


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
