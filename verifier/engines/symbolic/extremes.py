"""max and min on symbolic keys: one choice with an option per winner instead of a comparison per element.

While a subject runs, the builtins `max` and `min` are replaced. Without symbolic keys they are Python's own; with them
they keep Python's rule that the first of equal elements wins.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from typing import Any

from verifier.engines.symbolic.atoms import Atom, atom
from verifier.engines.symbolic.explorer import Explorer
from verifier.engines.symbolic.kinds import symbolic_kinds
from verifier.engines.symbolic.numbers import Linear

_max, _min = builtins.max, builtins.min


@contextmanager
def symbolic_extremes(explorer: Explorer) -> Iterator[None]:
    """Replace `max` and `min` for the time of one run, and what asks for the kind of a number."""
    builtins.max, builtins.min = _extreme(explorer, _max, -1), _extreme(explorer, _min, 1)
    try:
        with symbolic_kinds():
            yield
    finally:
        builtins.max, builtins.min = _max, _min


def _extreme(explorer: Explorer, plain: Callable[..., Any], sign: int) -> Any:
    def extreme(*args: Any, key: Callable[[Any], Any] | None = None, **keywords: Any) -> Any:
        items = list(args[0] if len(args) == 1 else args)
        keys = items if key is None else [key(item) for item in items]
        numeric = all(isinstance(k, Linear | int | float | Fraction | Decimal) and _finite(k) for k in keys)
        if not numeric or not any(isinstance(k, Linear) for k in keys):
            return _by_keys(plain, items, keys, keywords)
        return items[winner(explorer, [k if sign == 1 else -k for k in keys])]

    return extreme


def _finite(key: Any) -> bool:
    """Whether a key can stand in a linear form; an infinity is left to Python's own comparisons."""
    return not isinstance(key, float) or math.isfinite(key)


def _by_keys(plain: Callable[..., Any], items: list[Any], keys: list[Any], keywords: dict[str, Any]) -> Any:
    """Python's own extreme over keys that are computed already (a key function must not run twice)."""
    if not items:
        return plain(items, **keywords)
    return items[plain(range(len(items)), key=keys.__getitem__)]


def winner(explorer: Explorer, keys: Sequence[Any]) -> int:
    """Index of the first least key: before it all are strictly greater, after it none is less."""
    options: list[tuple[Atom, ...]] = []
    places: list[int] = []
    for place, least in enumerate(keys):
        option: list[Atom] = []
        for other, rival in enumerate(keys):
            if other == place:
                continue
            difference = least - rival
            if not isinstance(difference, Linear):
                difference = Linear(explorer, {}, difference)
            half_space = atom(difference.coefficients, difference.constant, strict=other < place)
            if half_space is False:
                break
            if half_space is not True:
                option.append(half_space)
        else:
            options.append(tuple(dict.fromkeys(option)))
            places.append(place)
    return places[0] if len(places) == 1 else places[explorer.choose(options)]
