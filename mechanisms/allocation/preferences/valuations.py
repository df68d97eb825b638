"""Values of bundles, and the conditions that proofs ask of them, decided on a grid with a witness where they fail.

Monotone     More is worth at least as much: v(x) <= v(y) for x <= y. It is enough to add one unit at a time.
Submodular   Diminishing returns: a unit adds no more to a larger bundle. On a grid of units this is: one more unit of i
             adds no more after one more unit of j, for all bundles and i, j, the same one included (concave in each).
             Lehmann, Lehmann and Nisan 2006, Section 2, for sets of units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from mechanisms.auctions.outcome import Amount

Bundle: TypeAlias = Mapping[str, int]
Valuation: TypeAlias = Callable[[Bundle], Amount]


@dataclass(frozen=True, slots=True)
class Violation:
    """A bundle, what is added to it, and what else before; and by how much that breaks the condition."""

    bundle: dict[str, int]
    added: str
    after: str | None
    excess: Amount


@dataclass(frozen=True, slots=True)
class Complementarity:
    """Resources that are worth `synergy` more where there is at least a unit of each."""

    resources: tuple[str, ...]
    synergy: Amount


def additive(rates: Mapping[str, Amount]) -> Valuation:
    """So much for each unit."""
    return lambda bundle: _summed(rates[name] * count for name, count in bundle.items() if name in rates)


def unit_demand(values: Mapping[str, Amount]) -> Valuation:
    """The best of the resources of which there is a unit."""
    return lambda bundle: max([0, *(values[name] for name, count in bundle.items() if count and name in values)])


def saturating(pieces: Mapping[str, Sequence[tuple[int, Amount]]]) -> Valuation:
    """For each resource (units, rate) one after the other, then nothing: piecewise linear up to a saturation point.

    Raises ValueError where a rate rises or is negative, since returns would not diminish.
    """
    for name, steps in pieces.items():
        rates = [rate for _, rate in steps]
        if any(type(units) is not int or units < 1 for units, _ in steps):
            raise ValueError(f"{name}: a piece has a whole number of units, at least 1")
        if rates != sorted(rates, reverse=True) or (rates and rates[-1] < 0):
            raise ValueError(f"{name}: rates {', '.join(map(str, rates))} have to fall, and not below 0")

    def worth(bundle: Bundle) -> Amount:
        total: Amount = 0
        for name, count in bundle.items():
            left = count
            for units, rate in pieces.get(name, ()):
                total += rate * min(units, left)
                left -= min(units, left)
        return total

    return worth


def capped(valuation: Valuation, budget: Amount) -> Valuation:
    """Worth no more than the budget: what a payment could be at most."""
    return lambda bundle: min(valuation(bundle), budget)


def with_synergies(valuation: Valuation, complements: Sequence[Complementarity]) -> Valuation:
    """More where complements are there together; of an additive valuation not submodular, if two are needed."""
    return lambda bundle: _summed(
        [
            valuation(bundle),
            *(one.synergy for one in complements if all(bundle.get(name, 0) for name in one.resources)),
        ]
    )


def marginal(valuation: Valuation, bundle: Bundle, resource: str, units: int = 1) -> Amount:
    """What so many more units of a resource add."""
    return valuation({**bundle, resource: bundle.get(resource, 0) + units}) - valuation(bundle)


def not_monotone(valuation: Valuation, most: Bundle) -> Violation | None:
    """The first bundle up to `most` that one more unit makes worse; None where the valuation is monotone there."""
    for bundle in bundles(most):
        for name in most:
            if bundle[name] < most[name] and (change := marginal(valuation, bundle, name)) < 0:
                return Violation(bundle, name, None, -change)
    return None


def not_submodular(valuation: Valuation, most: Bundle) -> Violation | None:
    """The first bundle up to `most` at which a unit adds more after another one; None where returns diminish."""
    for bundle in bundles(most):
        for name, other in product(most, repeat=2):
            larger = {**bundle, other: bundle[other] + 1}
            if larger[other] > most[other] or larger[name] + 1 > most[name]:
                continue
            excess = marginal(valuation, larger, name) - marginal(valuation, bundle, name)
            if excess > 0:
                return Violation(bundle, name, other, excess)
    return None


def bundles(most: Bundle) -> Iterator[dict[str, int]]:
    """All bundles up to one, the smaller ones of the last resource first."""
    for counts in product(*(range(count + 1) for count in most.values())):
        yield dict(zip(most, counts, strict=True))


def _summed(amounts: Iterator[Amount] | Sequence[Amount]) -> Amount:
    total: Amount = 0
    for amount in amounts:
        total += amount
    return total
