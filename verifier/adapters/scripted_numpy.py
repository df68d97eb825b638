"""What looks like numpy's `Generator` or `RandomState`, with draws that a script decides.

They offer integers or randint, choice, shuffle and permutation, and give numbers and arrays of the same types as
numpy's. Whatever else numpy's have is refused when it is called: continuous draws cannot be enumerated.
"""

from __future__ import annotations

from collections.abc import Callable, MutableSequence, Sequence
from math import prod
from operator import index
from typing import Any, NoReturn, TypeAlias

import numpy as np

from verifier.adapters.coins import Script

Size: TypeAlias = int | tuple[int, ...] | None


class _Scripted:
    """What both have in common."""

    _real: type  # whose methods are known

    def __init__(self, script: Script) -> None:
        self._script = script

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        if name.startswith("__") or not hasattr(self._real, name):
            raise AttributeError(f"{self._real.__name__!r} object has no attribute {name!r}")

        def refused(*args: object, **more: object) -> NoReturn:
            raise self._script.refuse(f"{name}() of the source is not enumerated")

        return refused

    def shuffle(self, x: Any, axis: int = 0) -> None:
        """Put the elements along the first axis in random order, every order equally likely."""
        if axis != 0 or not isinstance(x, np.ndarray | MutableSequence):
            raise self._script.refuse("shuffle() is enumerated for lists and along the first axis of arrays only")
        order = self._order(len(x))
        if isinstance(x, np.ndarray):
            x[...] = x[order]
        else:
            x[:] = [x[place] for place in order]

    def permutation(self, x: Any, axis: int = 0) -> Any:
        """The numbers below `x`, or a copy of the array, in random order."""
        if axis != 0:
            raise self._script.refuse("permutation() is enumerated along the first axis only")
        drawn = np.arange(x) if np.ndim(x) == 0 else np.array(x)
        return drawn[self._order(len(drawn))]

    def _order(self, count: int) -> list[int]:
        left = list(range(count))
        return [left.pop(self._script.uniform(len(left))) for _ in range(count)]

    def _range(self, low: int, high: int | None, size: Size, dtype: Any, last: int) -> Any:
        """Whole numbers from `low` to below `high` + `last`; 0 to below `low` + `last` where there is no `high`."""
        start, stop = (0, index(low)) if high is None else (index(low), index(high))
        count = stop + last - start
        if count <= 0:
            raise ValueError("low >= high")
        if size is None:
            return np.dtype(dtype).type(start + self._script.uniform(count))
        shape = size if isinstance(size, tuple) else (size,)
        drawn = [start + self._script.uniform(count) for _ in range(prod(shape))]
        return np.array(drawn, dtype=dtype).reshape(shape)

    def choice(self, a: Any, size: Size = None, replace: bool = True, p: Sequence[Any] | None = None) -> Any:
        """Elements along the first axis of `a`, or numbers below it."""
        items = np.arange(a) if np.ndim(a) == 0 else np.asarray(a)
        if not len(items):
            raise ValueError("a cannot be empty")
        if p is not None and len(p) != len(items):
            raise ValueError("a and p must have same size")
        count = 1 if size is None else prod(size if isinstance(size, tuple) else (size,))
        if not replace and p is not None and count > 1:
            raise self._script.refuse("choice() with chances but without replacement is not enumerated")
        if not replace and count > len(items):
            raise ValueError("Cannot take a larger sample than population when replace is False")
        left = list(range(len(items)))
        drawn = []
        for _ in range(count):
            place = self._script.uniform(len(left)) if p is None else self._script.weighted(list(p))
            drawn.append(left[place] if replace else left.pop(place))
        if size is None:
            return drawn[0] if np.ndim(a) == 0 else items[drawn[0]]
        return items[drawn].reshape(*_shape(size), *items.shape[1:])


class ScriptedGenerator(_Scripted):
    """A source with the interface of `numpy.random.Generator`."""

    _real = np.random.Generator

    def integers(
        self, low: int, high: int | None = None, size: Size = None, dtype: Any = np.int64, endpoint: bool = False
    ) -> Any:
        """Whole numbers from `low` to below `high`, or to `high` with `endpoint`; from 0 where there is no `high`."""
        return self._range(low, high, size, dtype, int(endpoint))


class ScriptedRandomState(_Scripted):
    """A source with the interface of `numpy.random.RandomState`."""

    _real = np.random.RandomState

    def randint(self, low: int, high: int | None = None, size: Size = None, dtype: Any = int) -> Any:
        """Whole numbers from `low` to below `high`; from 0 where there is no `high`."""
        drawn = self._range(low, high, size, dtype, 0)
        return int(drawn) if size is None and dtype is int else drawn


def _shape(size: Size) -> tuple[int, ...]:
    return size if isinstance(size, tuple) else (index(size or 0),)
