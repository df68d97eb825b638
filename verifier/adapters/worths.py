"""Utilities as a subject tells them: for every agent a row, what the outcome would be worth to it under each label.

A row is a list in the order of the labels, or a mapping from every label. Rows come in the order of the agents, in a
mapping from their names, or one number at a time from a method that is asked for an agent and a label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from verifier.adapters.paths import by_agent, rows
from verifier.domains import Share, Utilities
from verifier.errors import SubjectError
from verifier.exact import Money, from_subject

Read: TypeAlias = Callable[[Any, Utilities], tuple[Share, ...]]


def rows_reader(form: str) -> Read:
    """The function from what the subject returned to (n,) rows of utilities; it raises ValueError."""
    if form not in _FORMS:
        raise SubjectError(f"allocation_as = {form!r} does not tell utilities; use {', '.join(_FORMS)}")
    return _FORMS[form]


def _in_order(value: Any, domain: Utilities) -> tuple[Share, ...]:
    framed = hasattr(value, "iloc")
    if not framed and (isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable)):
        raise ValueError(f"utilities are a {type(value).__name__}, not a row for every agent; declare allocation_as")
    told = rows(value) if framed else list(value)
    if len(told) != len(domain.agents):
        raise ValueError(f"there are {len(told)} rows of utilities for {len(domain.agents)} agents")
    return tuple(_row(row, agent, domain) for agent, row in enumerate(told))


def _by_agent(value: Any, domain: Utilities) -> tuple[Share, ...]:
    told = by_agent(value, domain.agents, "utilities")
    for agent, name in enumerate(domain.agents):
        if agent not in told:
            raise ValueError(f"there are no utilities of {name}")
    return tuple(_row(told[agent], agent, domain) for agent in range(len(domain.agents)))


def _asked(value: Any, domain: Utilities) -> tuple[Share, ...]:
    return tuple(
        _row([value(agent, label) for label in labels], agent, domain) for agent, labels in enumerate(domain.labels)
    )


def _asked_by_name(value: Any, domain: Utilities) -> tuple[Share, ...]:
    return tuple(
        _row([value(domain.agents[agent], label) for label in labels], agent, domain)
        for agent, labels in enumerate(domain.labels)
    )


def _row(row: Any, agent: int, domain: Utilities) -> tuple[Money, ...]:
    """(d,) the utilities of one agent, zeros behind its last label."""
    labels = domain.labels[agent]
    if isinstance(row, Mapping):
        told = {key if isinstance(key, str) else from_subject(key): item for key, item in row.items()}
        if told.keys() != set(labels) or len(told) < len(row):
            raise ValueError(f"the utilities of {domain.agents[agent]} are not one for each of its labels")
        row = [told[label] for label in labels]
    if isinstance(row, str | bytes) or not isinstance(row, Iterable):
        raise ValueError(f"the utilities of {domain.agents[agent]} are {row!r}, not one for each of its labels")
    amounts = [from_subject(item) for item in row]
    if len(amounts) != len(labels):
        raise ValueError(f"{domain.agents[agent]} has {len(labels)} labels and {len(amounts)} utilities")
    return (*amounts, *[0] * (domain.dimension - len(labels)))


_FORMS: dict[str, Read] = {
    "shares": _in_order,
    "by-agent": _by_agent,
    "asked": _asked,
    "asked-by-name": _asked_by_name,
}
