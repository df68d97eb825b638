"""Deciding what must hold under every tape: the branches of the truth against those of the lie that can go with them.

Two branches can come from one tape where draws at the same place over the same range came out the same. The branches of
one profile form a tree, so where the lie has a branch with just the draws of a truthful one, no other goes with that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from verifier.adapters import Subject
from verifier.adapters.injection import Branch
from verifier.chance import Flip
from verifier.domains import Outcome, Profile, Type
from verifier.engines.base import Step
from verifier.evidence import ObservedRun, Row, Table
from verifier.exact import Money, money
from verifier.properties import Property
from verifier.properties.cases import DeviationCase
from verifier.properties.replay import PlainRun

Runs = tuple[ObservedRun, ObservedRun]


@dataclass(slots=True)
class TapeCases:
    """All deviations from all profiles, each under all tapes.

    Attributes
    ----------
    branches : those of every profile that has a valid outcome
    table : the counts, after `judge`
    simplest, worst : agent and runs of a violation with the smallest reports, and of the one of least margin
    """

    subject: Subject
    prop: Property
    tolerance: Money
    branches: dict[Profile, list[Branch]]
    table: Table = field(default_factory=lambda: Table((), 0))
    simplest: tuple[int, Runs] | None = None
    worst: tuple[int, Runs] | None = None
    _known: dict[tuple[int, Type, Outcome, Outcome], Money] = field(default_factory=dict)

    def judge(self) -> Iterator[Step]:
        """Go through all cases, agent by agent."""
        domain, rows, skipped = self.subject.domain, list[Row](), 0
        fewest: int | None = None
        lowest: Money = 0
        for agent, types in enumerate(domain.types):
            cases = violations = 0
            least: Money | None = None
            for profile in domain.profiles():
                for deviation in types:
                    lying = (*profile[:agent], deviation, *profile[agent + 1 :])
                    if profile not in self.branches or lying not in self.branches:
                        skipped += 1
                        continue
                    margin, runs = self._least(agent, profile, lying)
                    cases += 1
                    least = margin if least is None or margin < least else least
                    if margin >= -self.tolerance:
                        continue
                    violations += 1
                    places = zip(domain.types, profile, strict=True)
                    cost = sum(held.index(report) for held, report in places) + types.index(deviation)
                    if fewest is None or cost < fewest:
                        fewest, self.simplest = cost, (agent, runs)
                    if self.worst is None or margin < lowest:
                        lowest, self.worst = margin, (agent, runs)
            rows.append(Row(agent, cases, violations, least))
            yield Step("tapes", agent + 1, len(domain.agents))
        self.table = Table(tuple(rows), skipped)

    def _least(self, agent: int, profile: Profile, lying: Profile) -> tuple[Money, Runs]:
        """The least margin over all tapes, and the two runs that give it."""
        pairs = list(shared(self.branches[profile], self.branches[lying]))
        margins = [self._margin(agent, profile[agent], lying[agent], *pair) for pair in pairs]
        place = min(range(len(pairs)), key=lambda k: margins[k])
        truth, lie = pairs[place]
        runs = (ObservedRun(profile, truth.outcome, truth.flips), ObservedRun(lying, lie.outcome, lie.flips))
        return margins[place], runs

    def _margin(self, agent: int, type_: Type, deviation: Type, truth: Branch, lie: Branch) -> Money:
        key = (agent, type_, truth.outcome, lie.outcome)
        if key not in self._known:
            runs = [PlainRun(self.subject.domain, branch.outcome) for branch in (truth, lie)]
            self._known[key] = max(map(money, self.prop.margins(DeviationCase(agent, type_, deviation, *runs))))
        return self._known[key]


def shared(truthful: Sequence[Branch], lying: Sequence[Branch]) -> Iterator[tuple[Branch, Branch]]:
    """The pairs of branches that one tape can give; every branch is in at least one."""
    by_draws = {branch.flips: branch for branch in lying}
    for truth in truthful:
        same = by_draws.get(truth.flips)
        for lie in lying if same is None else (same,):
            if together(truth.flips, lie.flips):
                yield truth, lie


def together(one: Sequence[Flip], two: Sequence[Flip]) -> bool:
    """Whether a tape gives both: at no place the same range with two options."""
    return all(first.of != second.of or first.value == second.value for first, second in zip(one, two, strict=False))
