"""Where something lies in what a subject returned: a declared path, walked step by step, and rows of tables.

Path         Steps joined by "."; "." alone is the result itself. A step is a place in a sequence, a key of a mapping, a
             column or label of a data frame, else an attribute. "name()" calls a method without arguments, and
             "quantity@bidder" makes a mapping out of a table: in every row what stands under quantity, by what stands
             under bidder. A table is a data frame, or a sequence of mappings or objects.
Data frames  are known by what they offer (`columns`, `iloc`, `to_dict`), so that no library has to be there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from verifier.exact import from_subject


def path(written: str) -> Callable[[Any], Any]:
    """The walk along a declared path; what it returns raises ValueError where nothing is there."""
    steps = [] if written == "." else [int(step) if step.isdecimal() else step for step in written.split(".")]
    if steps == [0] or steps == [1]:
        return lambda result: _found(result, steps[0], written)

    def walk(result: Any) -> Any:
        for step in steps:
            result = _found(result, step, written)
        return result

    return walk


def _found(holder: Any, step: int | str, written: str) -> Any:
    try:
        return _step(holder, step)
    except Exception as error:  # a stranger's container may raise anything
        kind, why = type(error).__name__, f": {error}" if isinstance(error, _Twice) else ""
        raise ValueError(f"nothing at {written!r} ({kind}{why}); declare where it is in [subject.returns]") from error


class _Twice(ValueError):
    """Two rows of a table are about the same agent."""


def _step(holder: Any, step: int | str) -> Any:
    if isinstance(step, int):
        return holder.iloc[step] if hasattr(holder, "iloc") else holder[step]
    if step.endswith("()"):
        return getattr(holder, step[:-2])()
    if "@" in step:
        column, _, key = step.partition("@")
        return _columns(holder, column, key)
    if isinstance(holder, Mapping) or hasattr(holder, "iloc"):
        return holder[step]
    return getattr(holder, step)


def _columns(table: Any, column: str, key: str) -> dict[Any, Any]:
    if hasattr(table, "iloc"):
        pairs = list(zip(table[key], table[column], strict=True))
    else:
        pairs = [(_step(row, key), _step(row, column)) for row in table]
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Twice(f"two rows have the same {key}")
    return found


def rows(table: Any) -> list[list[Any]]:
    """A matrix as a list of its rows; ValueError where it is none."""
    if hasattr(table, "iloc") and hasattr(table, "columns"):
        return [list(row) for row in zip(*(table[column] for column in table.columns), strict=True)]
    if isinstance(table, str | bytes | Mapping) or not isinstance(table, Iterable):
        raise ValueError(f"allocation is a {type(table).__name__}, not a matrix with a row for every agent")
    found = [row if isinstance(row, Iterable) and not isinstance(row, str | bytes | Mapping) else None for row in table]
    if None in found:
        raise ValueError("allocation is one list, not a matrix with a row for every agent")
    return [list(row) for row in found if row is not None]


def by_agent(mapping: Any, agents: Sequence[str], what: str) -> dict[int, Any]:
    """What a mapping tells of each agent, by place; an agent is its name, or its place. A labelled column will do."""
    if not isinstance(mapping, Mapping) and hasattr(mapping, "to_dict"):
        mapping = mapping.to_dict()
    if not isinstance(mapping, Mapping):
        raise ValueError(f"{what} is a {type(mapping).__name__}, not a mapping from agent names")
    found: dict[int, Any] = {}
    for name, item in mapping.items():
        agent = agent_place(name, agents, what)
        if agent in found:
            raise ValueError(f"{what} names {agents[agent]} twice")
        found[agent] = item
    return found


def agent_place(name: object, agents: Sequence[str], what: str) -> int:
    """The place of an agent that is told by its name or its place; ValueError where it is neither."""
    if isinstance(name, str):
        if name in agents:
            return agents.index(name)
        raise ValueError(f"{what} names {str(name)!r}, who is no agent; agents are {', '.join(agents)}")
    place = from_subject(name)
    if not isinstance(place, int) or not 0 <= place < len(agents):
        raise ValueError(
            f"{what} names {name!r}, who is no agent; {name!r} is no index of an agent (0..{len(agents) - 1})"
        )
    return place
