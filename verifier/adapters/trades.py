"""Outcomes of exchanges as lists of trades: (buyer, seller, price) each, or records with these names.

An agent is told by its name, or by its place on its side. What a trade leaves open, who trades, is not guessed: a list
of sizes or prices alone is an allocation only to a mechanism that also tells the traders, in another form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from verifier.adapters.paths import agent_place
from verifier.domains import Domain, Share, TwoSided
from verifier.exact import Money


def units_of(value: Any, domain: Domain) -> tuple[Share, ...]:
    """(n,) units that every agent trades, of buyers and of sellers above zero; it raises ValueError."""
    units: list[Money] = [0] * len(domain.agents)
    for buyer, seller, _ in _trades(value, domain):
        units[buyer] += 1
        units[seller] += 1
    return tuple(units)


def amounts_of(value: Any, domain: Domain, number: Callable[[Any], Money]) -> tuple[Money, ...]:
    """(n,) what every buyer pays and every seller receives; it raises ValueError."""
    amounts: list[Money] = [0] * len(domain.agents)
    for buyer, seller, price in _trades(value, domain):
        amounts[buyer] += number(price)
        amounts[seller] += number(price)
    return tuple(amounts)


def _trades(value: Any, domain: Domain) -> Iterator[tuple[int, int, Any]]:
    if not isinstance(domain, TwoSided):
        raise ValueError('"trades" are between buyers and sellers; declare another form')
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise ValueError(f"trades are a {type(value).__name__}, not a list of (buyer, seller, price)")
    sides = domain.agents[: domain.buying], domain.agents[domain.buying :]
    for trade in value:
        buyer, seller, price = _parts(trade)
        yield agent_place(buyer, sides[0], "a trade"), domain.buying + agent_place(seller, sides[1], "a trade"), price


def _parts(trade: Any) -> tuple[Any, Any, Any]:
    names = ("buyer", "seller", "price")
    if isinstance(trade, Mapping):
        parts = tuple(trade[name] for name in names if name in trade)
    elif all(hasattr(trade, name) for name in names):
        parts = tuple(getattr(trade, name) for name in names)
    else:
        parts = tuple(trade) if isinstance(trade, Iterable) and not isinstance(trade, str | bytes) else ()
    if len(parts) != len(names):
        raise ValueError(f"the trade {trade!r} does not say buyer, seller and price; who trades is not guessed")
    return parts
