"""Allocations that come as matrices: a row for every agent, a column for every item, entries what it has of it.

What is the same for all items is added up; where items differ an entry says whether the agent has it, 0 or 1. An item
that is given out more than once is no allocation, even where the amounts that are left of it would be possible.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from verifier.adapters.paths import rows
from verifier.domains import Combinatorial, Domain, MultiUnit, Share, Slots, UnitDemand
from verifier.exact import Money, from_subject


def shares_of_matrix(value: Any, domain: Domain, amount: Callable[[Any], Money]) -> tuple[Share, ...]:
    """(n,) shares from an (n, items) matrix; it raises ValueError where that is something else."""
    table = [[amount(item) for item in row] for row in rows(value)]
    width = _width(domain)
    if [len(row) for row in table] != [width] * len(domain.agents):
        raise ValueError(f"allocation is no matrix of {len(domain.agents)} agents by {width} items")
    for place, column in enumerate(zip(*table, strict=True)):
        if min(column) < 0 or sum(column) > 1:
            raise ValueError(f"item {place} is given out {sum(column)} times, in parts {', '.join(map(str, column))}")
    if isinstance(domain, Slots):
        return tuple(column_of(row, width) for row in table)
    if isinstance(domain, Combinatorial):
        return tuple(sum(_whole(item) << good for good, item in enumerate(row)) for row in table)
    return tuple(sum(row) for row in table)


def column_of(row: Sequence[Any], width: int) -> int | None:
    """Where the 1 stands in a row of zeros; None where there is none."""
    entries = [_whole(int(item) if type(item).__name__ in ("bool", "bool_") else from_subject(item)) for item in row]
    if len(entries) != width or sum(entries) > 1:
        raise ValueError(f"a row {list(row)} of the allocation is no choice among {width}")
    return entries.index(1) if 1 in entries else None


def _whole(amount: Money) -> int:
    if amount not in (0, 1):
        raise ValueError(f"{amount} is no entry of an allocation of different items; write 0 or 1")
    return int(amount)


def _width(domain: Domain) -> int:
    if isinstance(domain, MultiUnit | UnitDemand):
        return domain.items
    if isinstance(domain, Combinatorial):
        return domain.goods
    return len(domain.click_rates) if isinstance(domain, Slots) else 1
