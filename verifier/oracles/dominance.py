"""Domination by mixed actions: is there a mixture of rows that beats an action whatever the others do?

Definition   A mixture x of rows dominates a target strictly if sum_k x_k row_k > target in every column, weakly if it
             is nowhere less and somewhere more.
Decided by   exact linear programming: maximise the least lead (strict) or the sum of leads (weak).

Source: Gale, Kuhn and Tucker 1951; Shoham and Leyton-Brown 2009, section 4.5.
"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.errors import DomainError
from verifier.exact import Money
from verifier.games.normal_form import Mixed
from verifier.oracles.linear import LinearProgram, Optimal, solve


def dominator(rows: Sequence[Sequence[Money]], target: Sequence[Money], strict: bool = True) -> Mixed | None:
    """The exact mixture of rows that dominates the target, or None if there is none; DomainError on ragged rows."""
    if not target or any(len(row) != len(target) for row in rows):
        raise DomainError(f"every row needs {len(target)} columns, at least one, as the target has")
    if not rows:
        return None
    leads = [[a - b for a, b in zip(row, target, strict=True)] for row in rows]
    count, low = len(rows), min(min(row) for row in leads)
    total: dict[int, Money] = {count: 1} if strict else {k: sum(row) for k, row in enumerate(leads)}
    # the least lead is low + x[count], so that no variable is negative
    limits = tuple(-low if strict else 0 for _ in target)
    parts = tuple(
        {**{k: -row[column] for k, row in enumerate(leads)}, **({count: 1} if strict else {})}
        for column in range(len(target))
    )
    program = LinearProgram(count + strict, total, parts, limits, (dict.fromkeys(range(count), 1),), (1,))
    result = solve(program)
    if not isinstance(result, Optimal) or result.value + (low if strict else 0) <= 0:
        return None
    return result.primal[:count]


def leading_mixture(leads: Sequence[Sequence[int]]) -> Mixed | None:
    """The strict dominator of an action from what other actions earn more than it, as elimination asks for it."""
    return dominator(leads, [0] * len(leads[0])) if leads else None
