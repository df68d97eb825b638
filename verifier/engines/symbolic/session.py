"""The symbolic engine: explore the real code once, then prove or refute each property for all admissible bids.

Verdicts: PROVED (every admissible profile of reals, or of integers where the domain has no others, with a proof that
the checker repeats), REFUTED (an admissible profile, run on the real code), UNKNOWN with the reason (an operation that
has no symbolic meaning, a budget), and SUPPORTED where bids are multiplied or divided and z3 is trusted (`nonlinear`).
"""

from __future__ import annotations

from collections.abc import Generator, Sequence

from verifier.adapters import ProtocolFault, Subject
from verifier.domains import Profile
from verifier.engines.base import LIMITS, Deciding, Finding, Limits, Step
from verifier.engines.symbolic.crew import Crew, state_of
from verifier.engines.symbolic.explore import Exploration, Stopped, explore
from verifier.engines.symbolic.goals import Family, families
from verifier.engines.symbolic.leaves import Path
from verifier.engines.symbolic.nonlinear import NonlinearSession, is_for_z3
from verifier.engines.symbolic.oracle import Oracle, OracleFailed, SharedOracle
from verifier.engines.symbolic.proof import exploration_json, proof_json, regret_json
from verifier.engines.symbolic.proving import Broken, prove, prover
from verifier.engines.symbolic.regret import regrets
from verifier.engines.symbolic.replay import Replays, profile_at, replay
from verifier.engines.witnesses import with_margin
from verifier.evidence import Fault, ObservedRun, Verdict, Witness
from verifier.exact import Money
from verifier.properties import Property
from verifier.properties.cases import Over
from verifier.properties.replay import margin_of

PROVER = f"{prover.__module__}:{prover.__name__}"
MOST_PATHS_LEFT, MOST_QUERIES_LEFT = 100, 1_000  # looked at after Ctrl-C: somebody waits, but not for long


def _has_point(path: Path) -> bool:
    return bool(path.point)


class SymbolicSession:
    """Decides properties of one subject over the continuum of its domain."""

    def __init__(self, subject: Subject, *, importable: bool = True, limits: Limits = LIMITS) -> None:
        self.subject = subject
        self._importable = importable
        self._limits = limits
        self._oracle = Oracle(whole=subject.domain.whole, most=limits.queries)
        self._paths: list[Path] = []
        self._found: Exploration | Stopped | None = None
        self._replays = Replays()
        self._nonlinear: NonlinearSession | None = None
        self._crew: Crew | None = None

    def close(self) -> None:
        """End the processes that helped to prove."""
        if self._crew is not None:
            self._crew.close()

    @property
    def faults(self) -> tuple[Fault, ...]:
        """None: what goes wrong on a path is a verdict."""
        return ()

    def method(self) -> dict[str, object]:
        """The exploration that all proofs refer to."""
        contracts = self.subject.contracts
        if not isinstance(self._found, Exploration):
            stopped = "interrupted" if self._paths else "not started"
            reason = str(self._found or Stopped(stopped, len(self._paths)))
            if self._nonlinear is not None:
                replays, reason = self._nonlinear.replays, f"{reason}; {self._nonlinear.note}"
                return exploration_json(Exploration((), ()), replays, contracts) | {"stopped": reason}
            return exploration_json(Exploration((), ()), self._replays, contracts) | {"stopped": reason}
        return exploration_json(self._found, self._replays, contracts)

    def decide(self, prop: Property, tolerance: Money) -> Deciding:
        """Decide one property for all admissible bids."""
        if prop.over is Over.REPEATS:
            return Finding(Verdict.UNKNOWN, "symbolic runs say nothing about repetitions; use the exhaustive engine")
        if not prop.on_symbols:
            return Finding(Verdict.UNKNOWN, f"{prop.name} is decided on grids only; use the exhaustive engine")
        if next(families(prop, self.subject.domain), None) is None:
            return Finding(Verdict.UNKNOWN, "this domain has no case of the property")
        if self.subject.spec.numbers != "exact":
            reason = f'only exact numbers are explored, not {self.subject.spec.numbers}; set numbers = "exact" if the'
            return Finding(Verdict.UNKNOWN, f"{reason} code takes int and Fraction")
        if self._found is None:
            yield from self._prepare()
        beyond = isinstance(self._found, Stopped) and is_for_z3(self._found, self.subject.domain)
        if self.subject.contracts.breach is not None:
            return Finding(Verdict.ERROR, self.subject.contracts.breach)
        real = not self.subject.domain.whole  # z3 knows nonlinear reals, hardly integers
        if beyond and real and not self.subject.spec.contracts:
            return (yield from self._beyond_linear(prop, tolerance))
        if isinstance(self._found, Stopped):
            some, why = self._found.paths, str(self._found)
            return (yield from self._on_some_paths(prop, tolerance, some, why, self._oracle))
        if self._replays.disagreement is not None:
            reason = f"the explored paths are not what the code does with numbers: {self._replays.disagreement}"
            return Finding(Verdict.ERROR, reason)
        if self._found is None:
            return Finding(Verdict.UNKNOWN, "not explored")
        if (untested := self._untested_contract()) is not None:
            return Finding(Verdict.UNKNOWN, untested)
        try:
            domain, paths = self.subject.domain, self._found.paths
            if self._crew is None and self._limits.workers > 1:
                self._crew = Crew(self._limits.workers, PROVER, state_of(domain, paths, self._oracle.another()))
            outcome = yield from prove(prop, tolerance, domain, paths, self._oracle, self._crew)
            if isinstance(outcome, Broken):
                return self._refuted(prop, tolerance, outcome)
        except OracleFailed as error:
            return Finding(Verdict.UNKNOWN, str(error))
        infeasible = max((path for path in self._found.paths if path.slack < 0), key=_has_point, default=None)
        if infeasible is not None and not infeasible.point:
            return Finding(Verdict.UNKNOWN, "on a path that fractional bids would take the allocation is infeasible")
        if infeasible is not None and prop.over is not Over.OUTCOMES:
            bids = ", ".join(map(str, self.subject.domain.bids(profile_at(self.subject, infeasible.point))))
            return Finding(Verdict.ERROR, f"holds where the allocation is feasible, which it is not at bids ({bids})")
        return Finding(Verdict.PROVED, proof=proof_json(outcome))

    def _on_some_paths(
        self,
        prop: Property,
        tolerance: Money,
        some: Sequence[Path],
        why: str,
        oracle: Oracle,
        where: str = "these paths",
    ) -> Deciding:
        """Some paths are known, not all: one that breaks the property refutes it if the real code does the same."""
        paths = tuple(path for path in some if path.point)
        if not paths or self.subject.spec.contracts:
            return Finding(Verdict.UNKNOWN, why)
        try:
            outcome = yield from prove(prop, tolerance, self.subject.domain, paths, oracle)
        except OracleFailed:
            return Finding(Verdict.UNKNOWN, why)
        if isinstance(outcome, Broken):
            return self._refuted(prop, tolerance, outcome, why)
        return Finding(Verdict.UNKNOWN, f"{why}; no violation on {where}")

    def interrupted(self, prop: Property, tolerance: Money) -> Finding:
        """What is left to say after Ctrl-C: a violation on the paths that were explored until then still refutes."""
        none = next(families(prop, self.subject.domain), None) is None
        if none or self._found is not None or not self._paths:
            return Finding(Verdict.UNKNOWN, "interrupted before it was decided")
        count = len(self._paths)
        why = f"interrupted after {count:,} path{'s' * (count != 1)}"
        where = "these paths" if count <= MOST_PATHS_LEFT else f"the first {MOST_PATHS_LEFT} of them"
        oracle = SharedOracle(whole=self.subject.domain.whole, most=min(MOST_QUERIES_LEFT, self._limits.queries))
        deciding = self._on_some_paths(prop, tolerance, self._paths[:MOST_PATHS_LEFT], why, oracle, where)
        while True:
            try:
                next(deciding)
            except StopIteration as end:
                found: Finding = end.value
                return found

    def _untested_contract(self) -> str | None:
        """Why a contract that was taken for granted on symbols is no ground for a proof."""
        contracts = self.subject.contracts
        for name, compared in contracts.compared.items():
            if not compared.explored:
                return f"the contract of {name} is of no use: the subject never calls it; drop it, or mend its name"
            if not compared.calls:
                return f"the contract of {name} was not tested: with numbers the subject does not call it"
        return contracts.unusable

    def _prepare(self) -> Generator[Step, None, None]:
        self._paths.clear()
        found = yield from explore(self.subject, self._oracle.another(), self._limits.paths, self._paths)
        if isinstance(found, Exploration):
            self._replays = yield from replay(self.subject, found.paths, importable=self._importable)
        self._found = found  # not before the replays are through: without them nothing is proved

    def _beyond_linear(self, prop: Property, tolerance: Money) -> Deciding:
        """What z3 says where bids are multiplied or divided; a refutation is run on the real code as always."""
        if self._nonlinear is None:
            self._nonlinear = NonlinearSession(self.subject, importable=self._importable, limits=self._limits)
        found = yield from self._nonlinear.decide(prop, tolerance)
        if not isinstance(found, Broken):
            return found
        stopped = self._nonlinear.explored
        return self._refuted(prop, tolerance, found, str(stopped) if isinstance(stopped, Stopped) else None)

    def _refuted(self, prop: Property, tolerance: Money, broken: Broken, stopped: str | None = None) -> Finding:
        """Run the point on the real code; only what happens there refutes.

        Where exploring `stopped`, code that does something else with numbers is no error: its paths were not replayed.
        """
        found = self._run_again(prop, tolerance, broken)
        return found if stopped is None or found.verdict is Verdict.REFUTED else Finding(Verdict.UNKNOWN, stopped)

    def _run_again(self, prop: Property, tolerance: Money, broken: Broken) -> Finding:
        try:
            witness = self._witness(prop, broken.family, self._profiles(broken))
        except ProtocolFault as fault:
            return Finding(Verdict.ERROR, f"the subject failed where it should be refuted: {fault}")
        if witness.margin >= -tolerance:
            return Finding(Verdict.ERROR, "the real code does not do what its explored paths say at the refuting bids")
        if self.subject.contracts.breach is not None:
            return Finding(Verdict.ERROR, self.subject.contracts.breach)
        return Finding(Verdict.REFUTED, witness=witness, regret=self._regret(prop))

    def _regret(self, prop: Property) -> list[dict[str, object]] | None:
        """The exact regrets, where truthfulness is refuted on a box of reals."""
        domain = self.subject.domain
        if prop.name != "dsic" or domain.upper is None or domain.whole:
            return None
        if not isinstance(self._found, Exploration):
            return None
        try:
            return [regret_json(regret) for regret in regrets(prop, domain, self._found.paths, self._oracle.another())]
        except OracleFailed:  # how much a lie gains at most is not known; that it gains is
            return None

    def _profiles(self, broken: Broken) -> list[Profile]:
        profiles = [profile_at(self.subject, broken.point)]
        if broken.family.second is not None:
            profiles.append(profile_at(self.subject, broken.point, broken.family.second))
        return profiles

    def _witness(self, prop: Property, family: Family, profiles: list[Profile]) -> Witness:
        domain = self.subject.domain
        runs = tuple(ObservedRun(profile, self.subject.observe(profile)) for profile in profiles)
        draft = Witness(family.agents, runs, 0, family.alternative)
        return with_margin(domain, draft, margin_of(prop, domain, draft))
