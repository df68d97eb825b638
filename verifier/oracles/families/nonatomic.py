"""Nonatomic routing: very many small drivers choose paths, and a link's latency depends on how many use it.

Definition   Latency of link e at flow x: a polynomial with coefficients >= 0. Cost of a flow: the sum of flow times
             latency.
Equilibrium  Wardrop's: all paths in use have the same latency and no other has less. Its cost is unique.
Optimum      The equilibrium for marginal costs d/dx (x latency), since x latency(x) is convex. Tangents bound it from
             below: cost(y) - sum of m_e(y_e) y_e + demand * min m_e(y_e), m the marginal cost.
Exact        Parallel links with affine latencies: all flows are linear in the common latency between the intercepts.
             Networks: a flow that is given is checked, exactly, as an equilibrium or an optimum.
Bounds       4/3 for affine latencies, attained by Pigou's two links; 1 / (1 - d (d+1)^(-(d+1)/d)) for degree d.

Source: Wardrop 1952; Pigou 1920; Braess 1968; Roughgarden and Tardos 2002; Roughgarden 2003 (degree d).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from verifier.errors import DomainError
from verifier.exact import Money, show
from verifier.oracles.families.enclosure import Enclosure, crossing, exactly, filled, ratio_of_gains, root

Latency: TypeAlias = tuple[Money, ...]  # coefficients: of 1, of x, of x^2, ...

WORST_AFFINE = Fraction(4, 3)

_SPARE = 24


def latency(link: Latency, flow: Fraction) -> Fraction:
    """The time that a link takes at some flow."""
    total = Fraction(0)
    for coefficient in reversed(link):
        total = total * flow + coefficient
    return total


def marginal(link: Latency) -> Latency:
    """The derivative of flow times latency."""
    return tuple((degree + 1) * coefficient for degree, coefficient in enumerate(link))


@dataclass(frozen=True, slots=True)
class Routing:
    """Equilibrium and optimum on parallel links, with their ratio.

    Attributes: `level`, the latency of the links in use; `flows`, (links,) in equilibrium, where links that tie are
    filled in order; `best`, (links,) a flow of the optimum, or of a cost at the upper end of `optimum`.
    """

    level: Enclosure
    flows: tuple[Fraction, ...]
    best: tuple[Fraction, ...]
    cost: Enclosure
    optimum: Enclosure
    poa: Enclosure


def parallel_links(links: Sequence[Latency], demand: Money = 1, *, bits: int = 48) -> Routing:
    """Equilibrium and optimum of a demand over parallel links: exact for affine latencies, else enclosed.

    Then `flows` lie within the enclosures of the links' flows. Where all is free the ratio is 1.

    Raises
    ------
    DomainError : no links, a negative coefficient, a demand that is not positive.

    Source: Roughgarden and Tardos 2002, Lemmas 2.2 and 2.3.
    """
    whole = _checked(links, demand)
    if all(not any(link[2:]) for link in links):
        level, flows = _water(links, whole)
        best = _water([marginal(link) for link in links], whole)[1]
        cost, optimum = exactly(level * whole), exactly(total_cost(links, best))
        reached = exactly(level)
    else:
        reached, flows = _enclosed(links, whole, bits)
        cost = reached * exactly(whole)
        slopes = [marginal(link) for link in links]
        best = _enclosed(slopes, whole, bits)[1]
        prices = [latency(slope, flow) for slope, flow in zip(slopes, best, strict=True)]
        upper = total_cost(links, best)
        tangents = upper - sum((m * flow for m, flow in zip(prices, best, strict=True)), Fraction(0))
        optimum = Enclosure(max(Fraction(0), tangents + whole * min(prices)), upper)
    poa = ratio_of_gains(cost, optimum) if cost.high else exactly(1)
    return Routing(reached, flows, best, cost, optimum, poa)


def total_cost(links: Sequence[Latency], flows: Sequence[Fraction]) -> Fraction:
    """The sum of flow times latency."""
    return sum((flow * latency(link, flow) for link, flow in zip(links, flows, strict=True)), Fraction(0))


def polynomial_bound(degree: int, bits: int = 64) -> Enclosure:
    """Around the worst ratio over all networks whose latencies have at most this degree: 4/3, 1.626, 1.896, ...

    Raises DomainError for a degree below 1. Source: Roughgarden 2003, The price of anarchy is independent of the
    network topology.
    """
    if degree < 1:
        raise DomainError(f"the degree is {degree}; the bound is for degree 1 and above")
    power = exactly(degree + 1) * root(degree + 1, degree, bits)
    return exactly(1) / (exactly(1) - exactly(degree) / power)


def pigou(degree: int = 1) -> tuple[Latency, ...]:
    """Two links with latencies x^degree and 1, which attain the bound of their degree at demand 1."""
    return ((*[0] * degree, 1), (1,))


@dataclass(frozen=True, slots=True)
class Network:
    """Links by name, the paths that drivers may take, and how many drivers there are, all with one start and end.

    Raises DomainError for links that do not exist on a path, no paths, negative coefficients, a demand not positive.
    """

    links: Mapping[str, Latency]
    paths: tuple[tuple[str, ...], ...]
    demand: Money = 1

    def __post_init__(self) -> None:
        _checked(list(self.links.values()), self.demand)
        if not self.paths or not all(self.paths):
            raise DomainError("a network needs paths, and each path links")
        for path in self.paths:
            for link in path:
                if link not in self.links:
                    raise DomainError(f"the path {' '.join(path)} uses {link}, which is no link")

    def cost(self, flows: Sequence[Money]) -> Fraction:
        """Of flows on the paths."""
        loads = self._loads(flows)
        return sum((load * latency(self.links[link], load) for link, load in loads.items()), Fraction(0))

    def gain(self, flows: Sequence[Money]) -> Fraction:
        """The most that a driver saves by another path; 0 exactly for Wardrop equilibria."""
        return self._gain(flows, self.links)

    def excess(self, flows: Sequence[Money]) -> Fraction:
        """The most that marginal costs differ from the least among paths in use; 0 exactly for optimal flows.

        Cost is convex in the flows, so that its first-order conditions are enough.
        """
        return self._gain(flows, {name: marginal(link) for name, link in self.links.items()})

    def price(self, equilibrium: Sequence[Money], optimum: Sequence[Money]) -> Enclosure:
        """The exact price of anarchy from two flows, each checked to be what it is said to be.

        All equilibria have the same cost. Raises DomainError where a flow is not of that kind, and says by how much.
        """
        gain, excess = self.gain(equilibrium), self.excess(optimum)
        if gain:
            raise DomainError(f"the flow is no equilibrium: a driver saves {show(gain)} by another path")
        if excess:
            raise DomainError(f"the flow is not optimal: marginal costs of paths differ by {show(excess)}")
        best = self.cost(optimum)
        worst = self.cost(equilibrium)
        return exactly(worst / best) if best else exactly(1)

    def _gain(self, flows: Sequence[Money], links: Mapping[str, Latency]) -> Fraction:
        loads = self._loads(flows)
        times = [sum((latency(links[link], loads[link]) for link in path), Fraction(0)) for path in self.paths]
        return max(time for time, flow in zip(times, flows, strict=True) if flow) - min(times)

    def _loads(self, flows: Sequence[Money]) -> dict[str, Fraction]:
        if len(flows) != len(self.paths) or min(flows) < 0 or sum(flows) != self.demand:
            raise DomainError(f"a flow has {len(self.paths)} parts, none negative, that add up to {show(self.demand)}")
        loads = dict.fromkeys(self.links, Fraction(0))
        for path, flow in zip(self.paths, flows, strict=True):
            for link in path:
                loads[link] += flow
        return loads


def braess(*, shortcut: bool = True) -> Network:
    """Four links with latencies x, 1, 1, x; a free shortcut makes everybody slower, 2 instead of 3/2.

    Source: Braess 1968; Roughgarden and Tardos 2002, Figure 1.
    """
    links: dict[str, Latency] = {"su": (0, 1), "ut": (1,), "sv": (1,), "vt": (0, 1)}
    paths: tuple[tuple[str, ...], ...] = (("su", "ut"), ("sv", "vt"))
    return Network({**links, "uv": (0,)}, (*paths, ("su", "uv", "vt"))) if shortcut else Network(links, paths)


def _checked(links: Sequence[Latency], demand: Money) -> Fraction:
    if not links or not all(links):
        raise DomainError("there must be links, each with at least one coefficient of its latency")
    for place, link in enumerate(links):
        if min(link) < 0:
            raise DomainError(f"link {place} has the negative coefficient {show(min(link))}; latencies must not fall")
    if demand <= 0:
        raise DomainError(f"the demand is {show(demand)}; somebody must drive")
    return Fraction(demand)


def _water(links: Sequence[Latency], demand: Fraction) -> tuple[Fraction, tuple[Fraction, ...]]:
    """The exact common latency of affine links and their flows: links fill in the order of their intercepts."""
    rising = [(Fraction(link[0]), Fraction(link[1])) for link in links if any(link[1:])]
    flat = [Fraction(link[0]) for link in links if not any(link[1:])]
    level = None
    inverse = shifted = Fraction(0)  # flow at level L of the links so far = L * inverse - shifted
    for intercept, slope in sorted(rising):
        if level is not None and level <= intercept:
            break
        inverse, shifted = inverse + 1 / slope, shifted + intercept / slope
        level = (demand + shifted) / inverse
    if flat and (level is None or min(flat) < level):
        level = min(flat)
    reached = Fraction(0) if level is None else level
    flows = [max(Fraction(0), (reached - link[0]) / link[1]) if any(link[1:]) else Fraction(0) for link in links]
    rest = demand - sum(flows, Fraction(0))
    if rest:  # goes over the first of the flat links at that level
        flows[next(place for place, link in enumerate(links) if not any(link[1:]) and link[0] == reached)] = rest
    return reached, tuple(flows)


def _enclosed(links: Sequence[Latency], demand: Fraction, bits: int) -> tuple[Enclosure, tuple[Fraction, ...]]:
    """Around the common latency, and flows that are within what each link may carry at such a latency."""

    def carried(link: Latency, level: Fraction) -> Enclosure:
        """Around the most that a link carries up to a latency, at most all."""
        if link[0] > level:
            return exactly(0)
        if latency(link, demand) <= level:
            return exactly(demand)
        return crossing(lambda flow: 1 if latency(link, flow) <= level else -1, Fraction(0), demand, bits + _SPARE)

    def sign(level: Fraction) -> int:
        parts = [carried(link, level) for link in links]
        if sum(part.low for part in parts) >= demand:
            return -1
        return 1 if sum(part.high for part in parts) <= demand else 0

    least, most = min(Fraction(link[0]) for link in links), min(latency(link, demand) for link in links)
    level = crossing(sign, least, most, bits)
    parts = [  # at the lower level a link that only just opens need not carry anything
        Enclosure(carried(link, level.low).low if link[0] < level.low else Fraction(0), carried(link, level.high).high)
        for link in links
    ]
    return level, filled(parts, demand)
