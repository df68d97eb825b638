"""Mechanisms that are no single call: fresh or reset objects, bids one by one, loops, coroutines, generators."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping
from functools import partial
from itertools import islice
from typing import Any

from verifier.calling import Calling

MOST_YIELDS = 100_000  # of one generator, or steps of a loop; more is taken for an endless one


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
    if calling.each is None:
        result = (holder if method is None else getattr(holder, method))(*bids, **arguments)
    else:
        told: Mapping[str, object] = bids[0]
        for name, bid in told.items():
            getattr(holder, calling.each)(name, bid)
        result = None
    if calling.step is not None and calling.until is not None:
        _looped(holder, calling.step, calling.until)
    if calling.then is not None:
        result = getattr(holder, calling.then)(**(arguments if calling.each is not None else {}))
    return (result, holder) if calling.result == "with-object" else _finished(result, calling.result)


def _looped(holder: Any, step: str, until: str) -> None:
    """Take steps until the object says that it is over, or the step does; it may be over before the first."""
    for _ in range(MOST_YIELDS):
        if until != "result":
            over = getattr(holder, until)
            if over() if callable(over) else over:
                return
            getattr(holder, step)()
        elif getattr(holder, step)():
            return
    raise ValueError(f"it takes more than {MOST_YIELDS:,} steps")


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
