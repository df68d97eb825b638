"""Mechanisms that are no single call: objects made or reset for every run, bids one by one, coroutines, generators."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping
from functools import partial
from itertools import islice
from typing import Any

from verifier.calling import Calling

MOST_YIELDS = 100_000  # of one generator; more is taken for an endless loop


def styled(
    make: Callable[..., Any], method: str | None, calling: Calling, arguments: Mapping[str, object]
) -> Callable[..., object]:
    """The function from bids to the result, by the declared style.

    `make` gives the object for a run; `arguments` go to the call that gives the result. Whatever goes wrong in it is
    the subject's crash.
    """
    return partial(_run, make, method, calling, arguments)


def _run(
    make: Callable[..., Any],
    method: str | None,
    calling: Calling,
    arguments: Mapping[str, object],
    *bids: Any,
    **drawn: Any,
) -> object:
    if calling.fresh:  # a source of randomness goes where `arguments` go
        holder = make(**drawn)
    else:
        holder, arguments = make(), {**arguments, **drawn}
    if calling.reset is not None:
        getattr(holder, calling.reset)()
    if calling.each is None or calling.then is None:
        return _finished((holder if method is None else getattr(holder, method))(*bids, **arguments), calling.result)
    told: Mapping[str, object] = bids[0]
    for name, bid in told.items():
        getattr(holder, calling.each)(name, bid)
    return _finished(getattr(holder, calling.then)(**arguments), calling.result)


def _finished(result: Any, wanted: str) -> object:
    if wanted == "awaited":
        return asyncio.run(_awaited(result))
    if wanted == "yielded":
        values = deque(_limited(result), maxlen=1)
        if not values:
            raise ValueError("the generator yields nothing")
        return values[0]
    if wanted == "generated":
        return _returned(result)
    return result


async def _awaited(result: Any) -> object:
    return await result


def _limited(values: Iterable[object]) -> Iterable[object]:
    walk = iter(values)
    yield from islice(walk, MOST_YIELDS)
    for _ in walk:
        raise ValueError(f"the generator yields more than {MOST_YIELDS:,} values")


def _returned(steps: Generator[object, None, object]) -> object:
    ended: list[object] = []

    def watch() -> Generator[object, None, None]:
        ended.append((yield from steps))

    deque(_limited(watch()), maxlen=0)
    return ended[0]
