"""What has to be impossible: for each case of a property and each pair of outcomes, "the margin is negative".

The margin is the property's own function, evaluated on symbolic payments; an absolute value inside it is taken apart
into its sign patterns, of which the largest counts (minus a sum of absolute values is negative exactly where it is
negative for some pattern).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import TypeAlias

from verifier.domains import Domain, Share
from verifier.engines.symbolic.atoms import Atom, atom
from verifier.engines.symbolic.leaves import Form, Path, PathRun, Signs, form_of, symbols
from verifier.engines.symbolic.numbers import Linear
from verifier.exact import Money
from verifier.properties import Property
from verifier.properties.cases import (
    AgentCase,
    AlternativeCase,
    Case,
    DeviationCase,
    Over,
    PairCase,
    ProfileCase,
    SwapCase,
)

MakeCase: TypeAlias = Callable[[PathRun, PathRun, Signs], Case]


@dataclass(frozen=True, slots=True)
class Family:
    """One block of cases, e.g. the deviations of one agent.

    Attributes
    ----------
    agents : who it is about
    second : renaming of the variables of the second run; None where a case has one run only
    make : the case from the runs
    sees : agents whose consumption and payment the margin depends on
    off_ties : whether only profiles without equal bids count
    alternative : the other allocation, for efficiency
    """

    agents: tuple[int, ...]
    second: Mapping[int, int] | None
    make: MakeCase
    sees: tuple[int, ...]
    off_ties: bool = False
    alternative: tuple[Share, ...] | None = None


def families(prop: Property, domain: Domain) -> Iterator[Family]:
    """The blocks of cases of a property; none for repetitions, which symbolic runs say nothing about."""
    n, d = len(domain.agents), domain.dimension
    everyone = tuple(range(n))
    if prop.over in (Over.PROFILES, Over.OUTCOMES):
        yield Family((), None, lambda run, _, signs: ProfileCase(symbols(domain, signs), run), everyone)
    elif prop.over is Over.AGENTS:
        for i in everyone:
            yield Family((i,), None, _agent_case(domain, i), (i,))
    elif prop.over is Over.ALTERNATIVES:
        for shares in domain.alternatives():
            yield Family((), None, _alternative_case(domain, shares), everyone, alternative=shares)
    elif prop.over is Over.PAIRS:
        for i, j in permutations(everyone, 2):
            yield Family((i, j), None, _pair_case(domain, i, j), (i, j))
    elif prop.over is Over.DEVIATIONS:
        for i in everyone:
            names = {i * d + c: n * d + c for c in range(d)}
            yield Family((i,), names, _deviation_case(domain, i, names), (i,))
    elif prop.over is Over.SWAPS:
        for i, j in combinations(everyone, 2):
            names = {i * d + c: j * d + c for c in range(d)} | {j * d + c: i * d + c for c in range(d)}
            yield Family((i, j), names, _swap_case(n, i, j), everyone, off_ties=True)


def _agent_case(domain: Domain, agent: int) -> MakeCase:
    return lambda run, _, signs: AgentCase(agent, symbols(domain, signs), run)


def _alternative_case(domain: Domain, shares: tuple[Share, ...]) -> MakeCase:
    given = tuple(domain.consumption(share) for share in shares)
    return lambda run, _, signs: AlternativeCase(symbols(domain, signs), run, given)


def _pair_case(domain: Domain, agent: int, other: int) -> MakeCase:
    return lambda run, _, signs: PairCase(agent, other, symbols(domain, signs), run)


def _deviation_case(domain: Domain, agent: int, names: Mapping[int, int]) -> MakeCase:
    def make(truth: PathRun, lie: PathRun, signs: Signs) -> Case:
        own, reported = symbols(domain, signs)[agent], symbols(domain, signs, names)[agent]
        return DeviationCase(agent, own, reported, truth, lie)

    return make


def _swap_case(count: int, agent: int, other: int) -> MakeCase:
    return lambda run, swapped, signs: SwapCase(agent, other, count, run, swapped)


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a margin can be too low: the goal to be met (None: it always is), and margin plus tolerance."""

    goal: Atom | None
    excess: Form


def violations(
    prop: Property, family: Family, tolerance: Money, first: Path, second: Path, *, strict: bool = True
) -> list[Violation]:
    """The ways in which the margin can be below -tolerance (with `strict` False: as low as -tolerance)."""
    signs = Signs()
    found: list[Violation] = []
    for _ in signs.patterns():
        runs = PathRun(first, {}, signs), PathRun(second, family.second or {}, signs)
        margin = prop.margin(family.make(*runs, signs)) + tolerance
        form = margin if isinstance(margin, Linear) else Linear(signs, {}, margin)
        goal = atom(form.coefficients, form.constant, strict)
        if goal is not False:
            violation = Violation(None if goal is True else goal, form_of(form))
            if violation not in found:
                found.append(violation)
    return found


def seen(family: Family, path: Path) -> tuple[object, ...]:
    """What of a path's outcome the margins of a family depend on: paths that agree in it have the same goals."""
    return (*((path.consumptions[agent], path.payments[agent]) for agent in family.sees), path.slack)
