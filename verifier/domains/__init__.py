"""Settings: who the agents are, what they may bid, what a type is worth, what is feasible.

`parse_domain` builds one from a table (the `[domain]` of a claims file, or keyword arguments of the library).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import combinations_with_replacement, pairwise

from verifier.domains.base import (
    AMOUNTS,
    Bid,
    Domain,
    agent_names,
    amounts_of,
    check_keys,
    positive_count,
    refuse_above,
    upper_end,
    value,
    zeros,
)
from verifier.domains.combinatorial import Combinatorial, monotone_types
from verifier.domains.divisible import Divisible
from verifier.domains.grid import Grid, parse_grid
from verifier.domains.house_allocation import HouseAllocation
from verifier.domains.market import Market, Procurement, TwoSided, joined
from verifier.domains.matching import Matching
from verifier.domains.multi_unit import MultiUnit
from verifier.domains.ordinal import Objection, Ordinal
from verifier.domains.ordinal_tables import ORDINAL_KINDS, parse_ordinal
from verifier.domains.outcome import Consumption, Draw, Outcome, Profile, Share, Type
from verifier.domains.single_item import SingleItem
from verifier.domains.slots import Slots
from verifier.domains.unit_demand import UnitDemand
from verifier.domains.utilities import Utilities, parse_utilities
from verifier.domains.voting import Voting
from verifier.errors import DomainError, MoneyError, nearest
from verifier.exact import Money, money

__all__ = [
    "AMOUNTS",
    "DEFAULT_BUDGET",
    "KINDS",
    "Bid",
    "Combinatorial",
    "Consumption",
    "Divisible",
    "Domain",
    "Draw",
    "HouseAllocation",
    "Market",
    "Matching",
    "MultiUnit",
    "Objection",
    "Ordinal",
    "Outcome",
    "Procurement",
    "Profile",
    "Share",
    "SingleItem",
    "Slots",
    "TwoSided",
    "Type",
    "UnitDemand",
    "Utilities",
    "Voting",
    "parse_domain",
    "value",
    "zeros",
]

DEFAULT_BUDGET = 10_000_000  # profiles; about a minute of a plain mechanism
_MOST_GOODS = 6
_MOST_AGENTS = 1000
KINDS: dict[str, type[Domain]] = {
    kind.kind: kind
    for kind in (SingleItem, UnitDemand, MultiUnit, Slots, Combinatorial, Divisible, TwoSided, Procurement, Utilities)
} | dict(ORDINAL_KINDS)


def parse_domain(table: Mapping[str, object], budget: int = DEFAULT_BUDGET) -> Domain:
    """Build a domain from its table.

    Parameters
    ----------
    table : `kind`, `agents` (count or names), `values` (a grid, or a table of one grid per agent name), optional
        `upper` (end of the continuum) and `amounts` ("reals", or "integers" where only whole numbers are values), and
        the options of the kind: `items`, `click_rates`; an exchange has `buyers` and
        `sellers` in place of `agents`. Ordinal kinds have keys of their own, see `ordinal_tables`,
        and so have utilities
    budget : the most profiles that may be enumerated

    Raises
    ------
    DomainError : unknown kind or key, senseless numbers; TooLarge before anything is built past the budget.
    """
    written = table.get("kind")
    if not isinstance(written, str) or written not in KINDS:
        raise DomainError(f"unknown domain kind {written!r}{nearest(str(written), list(KINDS))}")
    if written in ORDINAL_KINDS:
        return parse_ordinal(table, budget)
    if written == Utilities.kind:
        return _amounts_read(lambda: parse_utilities(table, budget))
    kind = KINDS[written]
    if kind is TwoSided:
        table = joined(table)
    more = ("marginals",) if kind is MultiUnit else ()
    check_keys(table, ("kind", "agents", "values", "upper", "amounts", *kind.options, *more))
    for key in ("agents", "values", *kind.options):
        if key not in table:
            raise DomainError(f"the domain lacks the key {key!r}")
    if isinstance(table["agents"], int) and table["agents"] > _MOST_AGENTS:
        raise DomainError(f"agents is {table['agents']}; at most {_MOST_AGENTS} can be told apart here")
    return _amounts_read(lambda: _build(kind, table, budget))


def _amounts_read(build: Callable[[], Domain]) -> Domain:
    try:
        return build()
    except MoneyError as error:
        raise DomainError(str(error)) from error


def _build(kind: type[Domain], table: Mapping[str, object], budget: int) -> Domain:
    agents = agent_names(table["agents"])
    grids = _grids(table["values"], agents)
    upper = upper_end(table)
    if upper is not None and any(upper < grid.high for grid in grids):
        raise DomainError(f"upper is {upper}, below some of the values; the grid must lie in [0, upper]")
    amounts = amounts_of(table, (value for grid in grids for value in grid.telling()), upper)
    return replace(_of_kind(kind, table, agents, grids, upper, budget), amounts=amounts)


def _of_kind(
    kind: type[Domain],
    table: Mapping[str, object],
    agents: tuple[str, ...],
    grids: list[Grid],
    upper: Money | None,
    budget: int,
) -> Domain:
    if kind is MultiUnit:
        items = positive_count(table, "items")
        if _is_flat(table):
            refuse_above(math.prod(grid.count * items for grid in grids), budget)
            return MultiUnit(agents, tuple(_flat(grid, items) for grid in grids), upper, items, flat=True)
        refuse_above(math.prod(math.comb(grid.count + items - 1, items) for grid in grids), budget)
        return MultiUnit(agents, tuple(_decreasing(grid, items) for grid in grids), upper, items)
    refuse_above(math.prod(grid.count for grid in grids), budget)
    types = tuple(tuple((amount,) for amount in grid.values()) for grid in grids)
    if kind is Combinatorial:
        goods = positive_count(table, "goods")
        if goods > _MOST_GOODS:
            raise DomainError(f"goods is {goods}; a type values every bundle, so at most {_MOST_GOODS} will do")
        refuse_above(math.prod(grid.count ** (2**goods - 1) for grid in grids), budget)  # before monotonicity
        return Combinatorial(agents, tuple(monotone_types(grid.values(), goods) for grid in grids), upper, goods)
    if kind is UnitDemand:
        return UnitDemand(agents, types, upper, positive_count(table, "items"))
    if kind is Slots:
        return Slots(agents, types, upper, _click_rates(table["click_rates"]))
    if kind is TwoSided:
        return TwoSided(agents, types, upper, positive_count(table, "buyers"))
    if kind is Procurement:
        if (items := positive_count(table, "items")) > len(agents):
            raise DomainError(f"items is {items}, but there are {len(agents)} sellers with one unit each")
        return Procurement(agents, types, upper, items)
    if kind is Divisible:
        return Divisible(agents, types, upper)
    return SingleItem(agents, types, upper)


def _grids(written: object, agents: tuple[str, ...]) -> list[Grid]:
    """One grid per agent: the same for all, or looked up by name."""
    if not isinstance(written, Mapping):
        return [parse_grid(written)] * len(agents)
    for name in written:
        if name not in agents:
            raise DomainError(f"values are given for {name!r}, who is no agent{nearest(str(name), list(agents))}")
    for name in agents:
        if name not in written:
            raise DomainError(f"no values are given for agent {name!r}")
    return [parse_grid(written[name]) for name in agents]


def _decreasing(grid: Grid, items: int) -> tuple[Type, ...]:
    """All non-increasing vectors of `items` grid amounts, simplest (smallest) first."""
    ascending = combinations_with_replacement(grid.values(), items)
    return tuple(sorted((tuple(reversed(vector)) for vector in ascending), key=lambda vector: (sum(vector), vector)))


def _is_flat(table: Mapping[str, object]) -> bool:
    if (written := table.get("marginals", "decreasing")) not in ("decreasing", "flat"):
        raise DomainError(f'marginals must be "decreasing" or "flat", not {written!r}')
    return written == "flat"


def _flat(grid: Grid, items: int) -> tuple[Type, ...]:
    """Nothing, and every quantity up to `items` at every price of the grid above zero; the simplest first."""
    prices = [price for price in grid.values() if price > 0]
    pairs = [(price,) * wanted + (0,) * (items - wanted) for wanted in range(1, items + 1) for price in prices]
    nothing = [(0,) * items] if len(prices) < grid.count else []
    return tuple(sorted((*nothing, *pairs), key=lambda vector: (sum(vector), vector)))


def _click_rates(written: object) -> tuple[Money, ...]:
    if not isinstance(written, list | tuple) or not written:
        raise DomainError(f'click_rates must be a list such as [1, "1/2"], not {written!r}')
    rates: tuple[Money, ...] = tuple(money(rate) for rate in written)
    if min(rates) < 0 or any(first < second for first, second in pairwise(rates)):
        raise DomainError(f"click_rates {list(written)} must be non-negative and must not increase from slot to slot")
    return rates
