"""Concrete cases: from recorded runs of the mechanism to the exact margin of a property.

Engines use it to recompute a margin after re-running the subject, `verify replay` to show it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from verifier.domains import Consumption, Domain, Ordinal, Outcome
from verifier.evidence import Witness
from verifier.exact import Money, money
from verifier.properties.base import Property
from verifier.properties.cases import (
    AbsenceCase,
    AgentCase,
    AlternativeCase,
    Case,
    CoalitionCase,
    DeviationCase,
    FalseNameCase,
    IdlerCase,
    MenuCase,
    ObjectionCase,
    Over,
    PairCase,
    ProfileCase,
    RepeatCase,
    ReplacementCase,
    SwapCase,
    TransformCase,
    WithdrawalCase,
)


@dataclass(frozen=True, slots=True)
class PlainRun:
    """One observed outcome, in exact numbers."""

    domain: Domain
    outcome: Outcome

    def consumption(self, agent: int) -> Consumption:
        """(d,) expected consumption of the agent."""
        return self.domain.expected_consumption(self.outcome, agent)

    def together(self, agent: int, other: int) -> Consumption:
        """(d,) expected consumption of one who holds the shares of both."""
        return self.domain.expected_together(self.outcome, agent, other)

    def payment(self, agent: int) -> Money:
        """Expected payment of the agent."""
        return self.outcome.expected_payment(agent)

    def slack(self) -> Money:
        """Least slack of the feasibility constraints."""
        return self.domain.least_slack(self.outcome)[1]


def margin_of(prop: Property, domain: Domain, witness: Witness) -> Money:
    """The exact margin of the case that a witness describes, from its recorded runs alone."""
    runs = [PlainRun(domain, run.outcome) for run in witness.runs]
    return max(map(money, prop.margins(_CASES[prop.over](domain, witness, runs))))


def _profile(domain: Domain, witness: Witness, runs: list[PlainRun]) -> Case:
    return ProfileCase(witness.runs[0].reports, runs[0])


def _agent(domain: Domain, witness: Witness, runs: list[PlainRun]) -> Case:
    return AgentCase(witness.agents[0], witness.runs[0].reports, runs[0])


def _deviation(domain: Domain, witness: Witness, runs: list[PlainRun]) -> Case:
    (agent,) = witness.agents
    return DeviationCase(agent, witness.runs[0].reports[agent], witness.runs[1].reports[agent], runs[0], runs[1])


def _coalition(domain: Domain, witness: Witness, runs: list[PlainRun]) -> Case:
    first, second = witness.agents
    types = witness.runs[0].reports
    return CoalitionCase((first, second), (types[first], types[second]), runs[0], runs[1])


def _withdrawal(domain: Domain, witness: Witness, runs: list[PlainRun]) -> Case:
    (agent,) = witness.agents
    return WithdrawalCase(agent, len(domain.agents), witness.runs[0].reports[agent], runs[0], runs[1])


def _false_name(domain: Domain, witness: Witness, runs: list[PlainRun]) -> Case:
    agent, name = witness.agents
    return FalseNameCase(agent, name, witness.runs[0].reports[agent], runs[0], runs[1])


def _idler(domain: Domain, witness: Witness, runs: list[PlainRun]) -> Case:
    agent, other = witness.agents
    return IdlerCase(agent, other, witness.runs[0].reports[other], runs[0])


def _menu(domain: Domain, witness: Witness, runs: list[PlainRun]) -> Case:
    return MenuCase(witness.agents[0], tuple(runs))


def _alternative(domain: Domain, witness: Witness, runs: list[PlainRun]) -> Case:
    shares = witness.alternative or ()
    return AlternativeCase(witness.runs[0].reports, runs[0], tuple(domain.consumption(share) for share in shares))


def _objection(domain: Domain, witness: Witness, runs: list[PlainRun]) -> Case:
    shares, types = witness.alternative or (), witness.runs[0].reports
    found = domain.objections() if isinstance(domain, Ordinal) else iter(())
    (seat,) = [one.seat for one in found if (one.agents, one.shares) == (witness.agents, shares)]
    gets = tuple(domain.consumption(shares[agent]) for agent in witness.agents)
    return ObjectionCase(witness.agents, tuple(types[agent] for agent in witness.agents), runs[0], gets, seat)


def _pair(domain: Domain, witness: Witness, runs: list[PlainRun]) -> Case:
    first, second = witness.agents
    return PairCase(first, second, witness.runs[0].reports, runs[0])


def _swap(domain: Domain, witness: Witness, runs: list[PlainRun]) -> Case:
    first, second = witness.agents
    return SwapCase(first, second, len(domain.agents), runs[0], runs[1])


def _transform(domain: Domain, witness: Witness, runs: list[PlainRun]) -> Case:
    return TransformCase(len(domain.agents), runs[0], runs[1])


def _replacement(domain: Domain, witness: Witness, runs: list[PlainRun]) -> Case:
    (agent,) = witness.agents
    before, after = (run.reports[agent] for run in witness.runs)
    return ReplacementCase(agent, len(domain.agents), before, after, runs[0], runs[1])


def _repeat(domain: Domain, witness: Witness, runs: list[PlainRun]) -> Case:
    return RepeatCase(len(domain.agents), runs[0], runs[1])


def _absence(domain: Domain, witness: Witness, runs: list[PlainRun]) -> Case:
    return AbsenceCase(witness.agents[0], len(domain.agents), runs[0], runs[1])


_CASES: dict[Over, Callable[[Domain, Witness, list[PlainRun]], Case]] = {
    Over.PROFILES: _profile,
    Over.OUTCOMES: _profile,
    Over.AGENTS: _agent,
    Over.DEVIATIONS: _deviation,
    Over.TAPES: _deviation,
    Over.COALITIONS: _coalition,
    Over.WITHDRAWALS: _withdrawal,
    Over.FALSE_NAMES: _false_name,
    Over.IDLERS: _idler,
    Over.MENUS: _menu,
    Over.ALTERNATIVES: _alternative,
    Over.OBJECTIONS: _objection,
    Over.PAIRS: _pair,
    Over.SWAPS: _swap,
    Over.TRANSFORMS: _transform,
    Over.REPLACEMENTS: _replacement,
    Over.REPEATS: _repeat,
    Over.ABSENCES: _absence,
}
