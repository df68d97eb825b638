"""What has to be impossible: for each case of a property and each pair of outcomes, "the margin is negative".

The margin is the property's own function, evaluated on symbolic payments; an absolute value inside it is taken apart
into its sign patterns, of which the largest counts (minus a sum of absolute values is negative exactly where it is
negative for some pattern).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
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
    CoalitionCase,
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
        yield Family((), None, partial(_profile_case, domain), everyone)
    elif prop.over is Over.AGENTS:
        for i in everyone:
            yield Family((i,), None, partial(_agent_case, domain, i), (i,))
    elif prop.over is Over.ALTERNATIVES:
        for shares in domain.alternatives():
            yield Family((), None, partial(_alternative_case, domain, shares), everyone, alternative=shares)
    elif prop.over is Over.PAIRS:
        for i, j in permutations(everyone, 2):
            yield Family((i, j), None, partial(_pair_case, domain, i, j), (i, j))
    elif prop.over is Over.DEVIATIONS:
        for i in everyone:
            names = {i * d + c: n * d + c for c in range(d)}
            yield Family((i,), names, partial(_deviation_case, domain, i, names), (i,))
    elif prop.over is Over.COALITIONS:
        for pair in combinations(everyone, 2):
            names = {i * d + c: (n + place) * d + c for place, i in enumerate(pair) for c in range(d)}
            yield Family(pair, names, partial(_coalition_case, domain, pair), pair)
    elif prop.over is Over.SWAPS:
        for i, j in combinations(everyone, 2):
            names = {i * d + c: j * d + c for c in range(d)} | {j * d + c: i * d + c for c in range(d)}
            yield Family((i, j), names, partial(_swap_case, n, i, j), everyone, off_ties=True)


def _profile_case(domain: Domain, run: PathRun, _: PathRun, signs: Signs) -> Case:
    return ProfileCase(symbols(domain, signs), run)


def _agent_case(domain: Domain, agent: int, run: PathRun, _: PathRun, signs: Signs) -> Case:
    return AgentCase(agent, symbols(domain, signs), run)


def _alternative_case(domain: Domain, shares: tuple[Share, ...], run: PathRun, _: PathRun, signs: Signs) -> Case:
    return AlternativeCase(symbols(domain, signs), run, tuple(domain.consumption(share) for share in shares))


def _pair_case(domain: Domain, agent: int, other: int, run: PathRun, _: PathRun, signs: Signs) -> Case:
    return PairCase(agent, other, symbols(domain, signs), run)


def _deviation_case(
    domain: Domain, agent: int, names: Mapping[int, int], truth: PathRun, lie: PathRun, signs: Signs
) -> Case:
    own, reported = symbols(domain, signs)[agent], symbols(domain, signs, names)[agent]
    return DeviationCase(agent, own, reported, truth, lie)


def _coalition_case(domain: Domain, pair: tuple[int, int], truth: PathRun, lie: PathRun, signs: Signs) -> Case:
    types = symbols(domain, signs)
    return CoalitionCase(pair, (types[pair[0]], types[pair[1]]), truth, lie)


def _swap_case(count: int, agent: int, other: int, run: PathRun, swapped: PathRun, _: Signs) -> Case:
    return SwapCase(agent, other, count, run, swapped)


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a margin can be too low: the goal to be met (empty: it always is), and margin plus tolerance.

    Of several margins `excess` is the first; who asks for it has one.
    """

    goal: tuple[Atom, ...]
    excess: Form


def violations(
    prop: Property, family: Family, tolerance: Money, first: Path, second: Path, *, strict: bool = True
) -> list[Violation]:
    """The ways in which the margin can be below -tolerance (with `strict` False: as low as -tolerance)."""
    signs = Signs()
    found: list[Violation] = []
    for _ in signs.patterns():
        runs = PathRun(first, {}, signs), PathRun(second, family.second or {}, signs)
        forms = [
            margin + tolerance if isinstance(margin, Linear) else Linear(signs, {}, margin + tolerance)
            for margin in prop.margins(family.make(*runs, signs))
        ]
        goals = [atom(form.coefficients, form.constant, strict) for form in forms]
        if False not in goals:
            goal = tuple(dict.fromkeys(one for one in goals if isinstance(one, Atom)))
            violation = Violation(goal, form_of(forms[0]))
            if violation not in found:
                found.append(violation)
    return found


def seen(family: Family, path: Path) -> tuple[object, ...]:
    """What of a path's outcome the margins of a family depend on: paths that agree in it have the same goals."""
    return (*((path.consumptions[agent], path.payments[agent]) for agent in family.sees), path.slack)
