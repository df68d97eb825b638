"""Outcomes of any kind, of which only what they are worth to the agents is told: facilities, committees, budgets.

A type is a label: a place on a line, a preference with a name. The mechanism is told a label by every agent, and what
comes back says, for every agent, what the outcome would be worth to it if it had this label or that: one utility per
label. The k-th label is the k-th unit vector and that row of utilities is what the agent consumes, so that the worth of
an outcome is their inner product as everywhere. Utilities are cardinal: lotteries are judged by expectation. Payments
may be told besides; where they are not, nobody pays.

Nothing is known of the outcome itself, so that there is no feasibility, no welfare of other outcomes, and no envy.

Source: Mas-Colell, Whinston and Green 1995, ch. 23 (social choice functions); Moulin 1980 (points on a line).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from verifier.domains.base import Domain, Slack, agent_names, check_keys, refuse_above
from verifier.domains.grid import parse_grid
from verifier.domains.outcome import Consumption, Profile, Share, Type
from verifier.errors import DomainError, nearest
from verifier.exact import Money, money, show

Label: TypeAlias = Money | str


@dataclass(frozen=True, slots=True)
class Utilities(Domain):
    """(n,) `labels`, for each agent those of its types; share = (d,) what the outcome would be worth under each label.

    Rows of agents with fewer labels than others end with zeros.
    """

    labels: tuple[tuple[Label, ...], ...] = ()

    kind: ClassVar[str] = "utilities"
    options: ClassVar[tuple[str, ...]] = ("labels",)

    @property
    def dimension(self) -> int:
        return max(map(len, self.labels))

    def label(self, agent: int, type_: Type) -> Label:
        """The label of a type."""
        return self.labels[agent][type_.index(1)]

    def bids(self, profile: Profile) -> tuple[Any, ...]:
        return tuple(self.label(agent, type_) for agent, type_ in enumerate(profile))

    def consumption(self, share: Share) -> Consumption:
        if not isinstance(share, tuple) or len(share) != self.dimension:
            raise DomainError(f"{share} are not {self.dimension} utilities, one for each label")
        return share

    def slacks(self, shares: tuple[Share, ...]) -> Iterator[Slack]:
        yield "whatever comes out is possible", 0

    def alternatives(self) -> Iterator[tuple[Share, ...]]:
        return iter(())

    def extra(self) -> dict[str, object]:
        return {
            "labels": [
                [one if isinstance(one, str) else {"number": show(one)} for one in labels] for labels in self.labels
            ]
        }


def parse_utilities(table: Mapping[str, object], budget: int) -> Utilities:
    """The domain of a table: `agents`, and `types`, a list of labels for all or a table of one list per agent.

    A grid such as "0..4" stands for numbers, a list holds whole numbers or texts, which the mechanism sees as such.

    Raises DomainError for anything else, TooLarge before anything is built.
    """
    check_keys(table, ("kind", "agents", "types"))
    for key in ("agents", "types"):
        if key not in table:
            raise DomainError(f"the domain lacks the key {key!r}")
    agents = agent_names(table["agents"])
    labels = tuple(_labels(written) for written in _each(table["types"], agents))
    refuse_above(math.prod(map(len, labels)), budget)
    return Utilities(agents, unit_types(labels), labels=labels)


def unit_types(labels: Sequence[Sequence[Label]]) -> tuple[tuple[Type, ...], ...]:
    """The types that stand for labels: unit vectors."""
    width = max(map(len, labels))
    return tuple(tuple(tuple(int(c == k) for c in range(width)) for k in range(len(own))) for own in labels)


def recorded_utilities(agents: Sequence[str], data: Mapping[str, Any]) -> Utilities:
    """The domain as a certificate holds it."""
    labels = tuple(
        tuple(one if isinstance(one, str) else money(one["number"]) for one in own) for own in data["labels"]
    )
    return Utilities(tuple(agents), unit_types(labels), labels=labels)


def _each(written: object, agents: tuple[str, ...]) -> list[object]:
    if not isinstance(written, Mapping):
        return [written] * len(agents)
    for name in written:
        if name not in agents:
            raise DomainError(f"types are given for {name!r}, who is no agent{nearest(str(name), list(agents))}")
    for name in agents:
        if name not in written:
            raise DomainError(f"no types are given for agent {name!r}")
    return [written[name] for name in agents]


def _labels(written: object) -> tuple[Label, ...]:
    if isinstance(written, str | range):
        return parse_grid(written, least=None).values()
    kinds = {type(one) for one in written} if isinstance(written, list | tuple) else set()
    if not isinstance(written, list | tuple) or kinds not in ({int}, {str}):
        raise DomainError(f'types must be a grid "0..4", or a list of whole numbers or of texts, not {written!r}')
    if len(set(written)) < len(written):
        raise DomainError(f"types {list(written)} repeat a label")
    return tuple(written)
