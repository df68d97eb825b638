"""From a dotted path to a callable: "package.module:attribute.path", made with its arguments where the spec says so."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from verifier.adapters.contracts import Contract
from verifier.adapters.executable import Program, is_program
from verifier.adapters.faults import worded
from verifier.adapters.injection import specimen
from verifier.adapters.source import root_of
from verifier.adapters.styles import styled
from verifier.calling import PLAIN
from verifier.errors import MoneyError, SubjectError, nearest
from verifier.exact import money
from verifier.spec import SubjectSpec

_BY_PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_POSITIONAL)


def load_target(spec: SubjectSpec, named: object = None) -> Callable[..., object]:
    """The mechanism that a subject table names, ready to be called with bids alone.

    `named` is the object at `spec.call` where the caller holds it already.

    Raises
    ------
    SubjectError : the module does not import, an attribute is missing, creation fails, or the result is not callable.
    """
    if is_program(spec.call):
        return Program(spec)
    target = named_object(spec.call, spec.root) if named is None else named
    arguments = {name: plain(written) for name, written in spec.arguments.items()}
    make = partial(_same, target) if not spec.calling.fresh else partial(_made, target, arguments)
    if spec.create:
        drawn = specimen(spec.chance) if spec.calling.fresh else {}
        target = _created(spec.call, target, {**arguments, **drawn})
        make = make if spec.calling.fresh else partial(_same, target)
        arguments = {}
    if spec.calling != PLAIN:
        return _styled(spec, target, make, arguments)
    if spec.method is not None:
        missing = f"{spec.call} has no method {spec.method!r}; mend `method` in the subject table"
        target = _attribute(target, spec.method, missing)
    if not callable(target):
        kind = type(target).__name__
        raise SubjectError(f"{spec.call} is a {kind}, which cannot be called; set `method` or `create`")
    _require_parameters(spec.call, target, specimen(spec.chance), "[subject.random]")
    _require_parameters(spec.call, target, arguments)
    return with_arguments(target, arguments)


def _same(target: object) -> object:
    return target


def _made(target: Any, arguments: Mapping[str, object], **drawn: object) -> object:
    return target(**arguments, **drawn)


def _styled(
    spec: SubjectSpec, target: object, make: Callable[..., object], arguments: Mapping[str, object]
) -> Callable[..., object]:
    """The mechanism in its declared style; every method that the style names must be there."""
    calling = spec.calling
    for key, name in (
        ("method", spec.method),
        ("reset", calling.reset),
        ("each", calling.each),
        ("then", calling.then),
        ("step", calling.step),
    ):
        if name is not None:
            _attribute(target, name, f"{spec.call} has no method {name!r}; mend `{key}` in the subject table")
    if spec.method is None and calling.each is None and not callable(target):
        raise SubjectError(f"{spec.call} is a {type(target).__name__}, which cannot be called; set `method` or `each`")
    return styled(make, spec.method, calling, arguments)


def _require_parameters(
    path: str, target: Callable[..., object], arguments: Iterable[str], key: str = "`arguments`"
) -> None:
    """Blame a misspelt argument here, not at every profile; only what the signature surely does not take."""
    try:
        parameters = inspect.signature(target, follow_wrapped=False).parameters  # a decorator may take more
    except (TypeError, ValueError):  # a builtin, or something that hides its signature
        return
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return
    taken = [name for name, parameter in parameters.items() if parameter.kind not in _BY_PLACE]
    for name in arguments:
        if name not in taken:
            raise SubjectError(f"{path} has no parameter {name!r} that {key} could set{nearest(name, taken)}")


def with_arguments(target: Callable[..., object], arguments: Mapping[str, object]) -> Callable[..., object]:
    """`target` with keyword arguments bound; its `run_batch`, if it offers one, bound to the same."""
    if not arguments:
        return target
    bound = partial(target, **arguments)
    batch = getattr(target, "run_batch", None)
    if batch is not None:
        bound.run_batch = partial(batch, **arguments)  # type: ignore[attr-defined]
    return bound


def named_object(path: str, root: str | None = None) -> object:
    """The object at "module:attribute.path"; `root`, else the current directory, joins the end of the import path."""
    module_name, colon, attributes = path.partition(":")
    if not (module_name and colon and attributes):
        raise SubjectError(f"{path!r} is no path to a mechanism; write package.module:callable")
    found: object = import_module(module_name, root)
    for attribute in attributes.split("."):
        missing = f"{path!r}: no attribute {attribute!r} in {getattr(found, '__name__', module_name)}"
        found = _attribute(found, attribute, missing)
    return found


def _attribute(holder: object, name: str, missing: str) -> object:
    try:
        with redirect_stdout(sys.stderr):
            return getattr(holder, name)
    except AttributeError as error:
        raise SubjectError(missing) from error
    except Exception as error:  # a property, or a module that loads its parts when they are asked for
        raise SubjectError(f"attribute {name!r} cannot be read: {worded(error)}") from error


def import_module(name: str, root: str | None = None) -> ModuleType:
    """Import the subject's module; what it prints while importing goes to stderr."""
    directory = str(Path(root or ".").resolve())
    if directory not in sys.path:
        sys.path.append(directory)  # at the end: what is installed keeps its name
    try:
        with redirect_stdout(sys.stderr):
            return importlib.import_module(name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise SubjectError(f"module {name!r} does not import: {worded(error)}") from error


def load_contracts(spec: SubjectSpec) -> list[Contract]:
    """The functions that the contracts of a subject name.

    Raises
    ------
    SubjectError : one is missing, is no function, is named twice, or lies where the digests of a certificate do not go.
    """
    found: list[Contract] = []
    for optimiser, alternatives in spec.contracts.items():
        real = _function(spec, optimiser, f"contracts: {optimiser!r}")
        listed = _function(spec, alternatives, f"contracts: the alternatives of {optimiser!r}, {alternatives!r}")
        if any(real is other.real for other in found):
            raise SubjectError(f"contracts: {optimiser!r} is declared twice, under another name too; drop one of them")
        if real is listed:
            raise SubjectError(f"contracts: {optimiser!r} is its own list of alternatives; name another function")
        found.append(Contract(optimiser, alternatives, real, listed))
    return found


def _function(spec: SubjectSpec, path: str, what: str) -> Callable[..., object]:
    try:
        found = named_object(path, spec.root)
    except SubjectError as error:
        raise SubjectError(f"{what}: {error}") from error
    if isinstance(found, type) or not callable(found):
        kind = "class" if isinstance(found, type) else type(found).__name__
        raise SubjectError(f"{what} is a {kind}; name a function")
    home, subject = root_of(path.partition(":")[0]), root_of(spec.call.partition(":")[0])
    if subject is not None and home != subject:
        advice = "wrap it in a function beside the mechanism, so that its source is part of what is certified"
        raise SubjectError(f"{what} does not lie in {subject}, where the mechanism is; {advice}")
    return found


def _created(path: str, target: object, arguments: Mapping[str, object]) -> object:
    if not callable(target):
        raise SubjectError(f"{path} is a {type(target).__name__}, which cannot be created; drop `create`")
    _require_parameters(path, target, arguments)
    try:
        with redirect_stdout(sys.stderr):
            made: object = target(**arguments)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise SubjectError(f"creating {path} failed: {worded(error)}") from error
    return made


def plain(written: object) -> object:
    """An argument as the subject gets it: {"money": "5/2"} becomes the exact number, lists likewise inside."""
    if isinstance(written, Mapping):
        if set(written) == {"money"}:
            try:
                return money(written["money"])
            except MoneyError as error:
                raise SubjectError(f"argument {dict(written)!r}: {error}") from error
        return {name: plain(item) for name, item in written.items()}
    if isinstance(written, list | tuple):
        return [plain(item) for item in written]
    return written
