"""isinstance and type on symbolic numbers: whoever asks for the kind of a number may do something else for each kind.

A symbolic number stands for ints, Fractions and doubles at once. While a subject runs the two builtins are replaced: a
question that all of these answer as the symbolic number does (is it a list?) is answered, any other is refused.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from types import FrameType, GenericAlias
from typing import Any

from verifier.engines.symbolic.numbers import Linear, refuse

_isinstance, _type = builtins.isinstance, builtins.type
SYMBOLIC: set[type] = {Linear}  # `nonlinear` adds its own
_MAY_ASK = ("copy", "fractions", "numbers")  # they ask in order to hand an operation on to us


@contextmanager
def symbolic_kinds() -> Iterator[None]:
    """Replace `isinstance` and `type` for the time of one run."""
    builtins.isinstance, builtins.type = _is_of_kind, _Type  # type: ignore[misc]
    try:
        yield
    finally:
        builtins.isinstance, builtins.type = _isinstance, _type  # type: ignore[misc]


def _may_ask(frame: FrameType) -> bool:
    """Whether the question comes from our own rooms, or from a library that computes with the number."""
    name = str(frame.f_globals.get("__name__"))
    return name.startswith("verifier.") or (name in _MAY_ASK and frame.f_code.co_name != "__new__")


def _is_of_kind(item: Any, kinds: Any, /) -> bool:
    answer = _isinstance(item, kinds)
    if _type(item) not in SYMBOLIC or _may_ask(sys._getframe(1)):
        return answer
    if any(issubclass(number, kinds) is not answer for number in (int, Fraction, float)):
        refuse("isinstance() of a symbolic number")
    return answer


class _Questions(type):
    """What makes `_Type` behave as `type` does."""

    def __call__(cls, *args: Any, **keywords: Any) -> Any:
        if cls is not _Type:
            return super().__call__(*args, **keywords)
        if len(args) == 1 and _type(args[0]) in SYMBOLIC and not _may_ask(sys._getframe(1)):
            refuse("type() of a symbolic number")
        return _type(*args, **keywords)

    def __instancecheck__(cls, item: Any) -> bool:
        return _isinstance(item, _type) if cls is _Type else super().__instancecheck__(item)

    def __subclasscheck__(cls, item: Any) -> bool:
        return issubclass(item, _type) if cls is _Type else super().__subclasscheck__(item)


class _Type(type, metaclass=_Questions):
    """`type` while a subject runs."""

    def __class_getitem__(cls, item: Any) -> GenericAlias:
        return GenericAlias(_type, item)
