"""The symbolic engine: explore the real code once, then prove or refute each property for all admissible bids.

Verdicts: PROVED (every admissible real profile, with a proof that the checker repeats), REFUTED (a rational profile,
run on the real code), UNKNOWN with the reason (an operation that has no symbolic meaning, a budget), and SUPPORTED
where bids are multiplied or divided and z3 is trusted (`nonlinear`).
"""

from __future__ import annotations

from collections.abc import Generator

from verifier.adapters import ProtocolFault, Subject
from verifier.domains import Profile
from verifier.engines.base import Deciding, Finding, Step
from verifier.engines.symbolic.explore import Exploration, Stopped, explore
from verifier.engines.symbolic.goals import Family, families
from verifier.engines.symbolic.nonlinear import NonlinearSession, is_for_z3
from verifier.engines.symbolic.oracle import Oracle, OracleFailed
from verifier.engines.symbolic.proof import exploration_json, proof_json, regret_json
from verifier.engines.symbolic.proving import Broken, prove
from verifier.engines.symbolic.regret import regrets
from verifier.engines.symbolic.replay import Replays, profile_at, replay
from verifier.evidence import Fault, ObservedRun, Verdict, Witness
from verifier.exact import Money
from verifier.properties import Property
from verifier.properties.cases import Over
from verifier.properties.replay import is_rounding, margin_of

PATH_BUDGET = 20_000


class SymbolicSession:
    """Decides properties of one subject over the continuum of its domain."""

    def __init__(self, subject: Subject, *, importable: bool = True) -> None:
        self.subject = subject
        self._importable = importable
        self._oracle: Oracle | None = None
        self._found: Exploration | Stopped | None = None
        self._replays = Replays()
        self._nonlinear: NonlinearSession | None = None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """None: what goes wrong on a path is a verdict."""
        return ()

    def method(self) -> dict[str, object]:
        """The exploration that all proofs refer to."""
        if not isinstance(self._found, Exploration):
            reason = self._found.reason if self._found else "not started"
            if self._nonlinear is not None:
                replays, reason = self._nonlinear.replays, f"{reason}; {self._nonlinear.note}"
                return exploration_json(Exploration((), ()), replays) | {"stopped": reason}
            return exploration_json(Exploration((), ()), self._replays) | {"stopped": reason}
        return exploration_json(self._found, self._replays)

    def decide(self, prop: Property, tolerance: Money) -> Deciding:
        """Decide one property for all admissible bids."""
        if prop.over is Over.REPEATS:
            return Finding(Verdict.UNKNOWN, "symbolic runs say nothing about repetitions; use the exhaustive engine")
        if next(families(prop, self.subject.domain), None) is None:
            return Finding(Verdict.UNKNOWN, "this domain has no case of the property")
        if self._found is None:
            yield from self._prepare()
        if isinstance(self._found, Stopped) and is_for_z3(self._found, self.subject.domain):
            return (yield from self._beyond_linear(prop, tolerance))
        if isinstance(self._found, Stopped):
            return Finding(Verdict.UNKNOWN, f"after {self._found.paths:,} paths: {self._found.reason}")
        if self._replays.disagreement is not None:
            reason = f"the explored paths are not what the code does with numbers: {self._replays.disagreement}"
            return Finding(Verdict.ERROR, reason)
        if not isinstance(self._found, Exploration) or self._oracle is None:
            return Finding(Verdict.UNKNOWN, "not explored")
        try:
            outcome = yield from prove(prop, tolerance, self.subject.domain, self._found.paths, self._oracle)
            if isinstance(outcome, Broken):
                return self._refuted(prop, tolerance, outcome)
        except OracleFailed as error:
            return Finding(Verdict.UNKNOWN, str(error))
        infeasible = next((path for path in self._found.paths if path.slack < 0), None)
        if infeasible is not None and prop.over is not Over.OUTCOMES:
            bids = ", ".join(map(str, self.subject.domain.bids(profile_at(self.subject, infeasible.point))))
            return Finding(Verdict.ERROR, f"holds where the allocation is feasible, which it is not at bids ({bids})")
        return Finding(Verdict.PROVED, proof=proof_json(outcome))

    def _prepare(self) -> Generator[Step, None, None]:
        self._oracle = Oracle()
        found = yield from explore(self.subject, self._oracle, PATH_BUDGET)
        if isinstance(found, Exploration):
            self._replays = yield from replay(self.subject, found.paths, importable=self._importable)
        self._found = found  # not before the replays are through: without them nothing is proved

    def _beyond_linear(self, prop: Property, tolerance: Money) -> Deciding:
        """What z3 says where bids are multiplied or divided; a refutation is run on the real code as always."""
        if self._nonlinear is None:
            self._nonlinear = NonlinearSession(self.subject, importable=self._importable)
        found = yield from self._nonlinear.decide(prop, tolerance)
        return self._refuted(prop, tolerance, found) if isinstance(found, Broken) else found

    def _refuted(self, prop: Property, tolerance: Money, broken: Broken) -> Finding:
        """Run the point on the real code; only what happens there refutes."""
        try:
            witness = self._witness(prop, broken.family, self._profiles(broken))
        except ProtocolFault as fault:
            return Finding(Verdict.ERROR, f"the subject failed where it should be refuted: {fault}")
        if witness.margin >= -tolerance:
            return Finding(Verdict.ERROR, "the real code does not do what its explored paths say at the refuting bids")
        return Finding(Verdict.REFUTED, witness=witness, regret=self._regret(prop))

    def _regret(self, prop: Property) -> list[dict[str, object]] | None:
        """The exact regrets, where truthfulness is refuted on a box."""
        domain = self.subject.domain
        if prop.name != "dsic" or domain.upper is None or not isinstance(self._found, Exploration) or not self._oracle:
            return None
        return [regret_json(regret) for regret in regrets(prop, domain, self._found.paths, self._oracle)]

    def _profiles(self, broken: Broken) -> list[Profile]:
        profiles = [profile_at(self.subject, broken.point)]
        if broken.family.second is not None:
            profiles.append(profile_at(self.subject, broken.point, broken.family.second))
        return profiles

    def _witness(self, prop: Property, family: Family, profiles: list[Profile]) -> Witness:
        domain = self.subject.domain
        runs = tuple(ObservedRun(profile, self.subject.observe(profile)) for profile in profiles)
        draft = Witness(family.agents, runs, 0, family.alternative)
        margin = margin_of(prop, domain, draft)
        return Witness(family.agents, runs, margin, family.alternative, None, is_rounding(domain, runs, margin))
