"""Where the code multiplies or divides bids: z3 decides, and the verdict says so.

SUPPORTED here means that z3 calls every violation impossible, for all reals; nobody can repeat that without trusting
it. REFUTED means what it always means: the real code was run at rational bids.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from verifier.adapters import Subject
from verifier.domains import Domain, Outcome, Profile, Share
from verifier.engines.base import LIMITS, Finding, Limits, Step
from verifier.engines.symbolic.explore import Stopped
from verifier.engines.symbolic.leaves import admissible
from verifier.engines.symbolic.nonlinear.explore import Path, explore
from verifier.engines.symbolic.nonlinear.numbers import Quotient
from verifier.engines.symbolic.nonlinear.prove import prove
from verifier.engines.symbolic.nonlinear.solver import Point, Solver
from verifier.engines.symbolic.oracle import OracleFailed
from verifier.engines.symbolic.proving import Broken
from verifier.engines.symbolic.replay import Replays, compare, profile_at
from verifier.evidence import Verdict
from verifier.exact import Money
from verifier.properties import Property, find_property
from verifier.properties.cases import Over

MOST_COMPARED = 1_000  # profiles of the grid at which the paths are compared with the real code
_BEYOND_LINEAR = ("the product of two symbolic numbers", "division by a symbolic number", "** on a symbolic number")


def is_for_z3(stopped: Stopped, domain: Domain) -> bool:
    """Whether linear exploration ended at something that polynomials can express."""
    return stopped.reason.startswith(_BEYOND_LINEAR) or (
        domain.kind == "divisible" and "of a symbolic number" in stopped.reason  # a share that depends on the bids
    )


class NonlinearSession:
    """Decides properties of one subject over the reals, by z3."""

    def __init__(self, subject: Subject, *, importable: bool, limits: Limits = LIMITS) -> None:
        domain = subject.domain
        self.subject = subject
        self.replays = Replays()
        self.explored: tuple[Path, ...] | Stopped | None = None
        self._importable = importable
        self._budget = limits.paths
        self._paths: list[Path] = []
        self._solver = Solver(range((len(domain.agents) + 2) * domain.dimension), limits.queries)
        self._infeasible: list[Broken | OracleFailed | None] = []  # where an allocation is, or why z3 cannot tell

    @property
    def note(self) -> str:
        """How far it came."""
        if isinstance(self.explored, tuple):
            return f"decided by nonlinear arithmetic on {len(self.explored)} paths"
        return f"nonlinear: {self.explored.reason}" if self.explored else "not explored"

    def decide(self, prop: Property, tolerance: Money) -> Generator[Step, None, Finding | Broken]:
        """Decide one property; a point that breaks it on the paths has still to be run on the real code."""
        if self.explored is None:
            self._paths.clear()
            self.explored = yield from explore(self.subject, self._solver, self._budget, self._paths)
            if isinstance(self.explored, tuple):
                self.replays = yield from self._replay(self.explored)
        if isinstance(self.explored, Stopped):
            return (yield from self._on_some_paths(prop, tolerance, self.explored))
        domain = self.subject.domain
        try:
            broken = yield from prove(prop, tolerance, domain, self.explored, self._solver)
            if broken is not None:
                return broken
            if prop.over is not Over.OUTCOMES:
                broken = yield from self._breaks_a_constraint(self.explored)
        except OracleFailed as error:
            return Finding(Verdict.UNKNOWN, str(error))
        if self.replays.disagreement is not None:
            reason = f"the explored paths are not what the code does with numbers: {self.replays.disagreement}"
            return Finding(Verdict.ERROR, reason)
        failing = next((path for path in self.explored if path.outcome is None), None)
        if failing is not None:
            return Finding(Verdict.ERROR, f"the subject fails at bids {self._bids(failing.point)}: {failing.failure}")
        if broken is not None:
            bids = self._bids(broken.point)
            return Finding(Verdict.ERROR, f"holds where the allocation is feasible, which it is not at bids {bids}")
        return Finding(
            Verdict.SUPPORTED,
            f"trusted solver: {self._solver.name}; decided for all reals by nonlinear arithmetic that the checker "
            "cannot repeat",
        )

    def _on_some_paths(
        self, prop: Property, tolerance: Money, stopped: Stopped
    ) -> Generator[Step, None, Finding | Broken]:
        """Not all paths are known; those that are may break the property."""
        if not self._paths:
            return Finding(Verdict.UNKNOWN, str(stopped))
        try:
            broken = yield from prove(prop, tolerance, self.subject.domain, self._paths, self._solver)
        except OracleFailed:
            return Finding(Verdict.UNKNOWN, str(stopped))
        return broken or Finding(Verdict.UNKNOWN, f"{stopped}; no violation on these paths")

    def _breaks_a_constraint(self, paths: tuple[Path, ...]) -> Generator[Step, None, Broken | None]:
        """Where the allocation is infeasible; asked once."""
        if not self._infeasible:
            search = prove(find_property("feasible"), 0, self.subject.domain, paths, self._solver)
            try:
                self._infeasible.append((yield from search))
            except OracleFailed as error:
                self._infeasible.append(error)
        (found,) = self._infeasible
        if isinstance(found, OracleFailed):
            raise found
        return found

    def _bids(self, point: Point) -> str:
        return "(" + ", ".join(map(str, self.subject.domain.bids(profile_at(self.subject, point)))) + ")"

    def _replay(self, paths: tuple[Path, ...]) -> Generator[Step, None, Replays]:
        """Run the real code at every path's point and on a part of the grid, and compare exactly.

        No checker walks these paths again, so what can be compared is compared here.
        """
        domain = self.subject.domain
        told = [(profile_at(self.subject, p.point), outcome_at(p.outcome, p.point)) for p in paths if p.outcome]
        step = -(-domain.size() // MOST_COMPARED)
        for place, profile in enumerate(domain.profiles()):
            if place % step or not _is_admissible(domain, profile):
                continue
            point = point_of(profile)
            taken = [path for path in paths if all(one.holds_at(point) for one in path.relations)]
            if len(taken) != 1:
                bids = ", ".join(map(str, domain.bids(profile)))
                return Replays(disagreement=f"{len(taken)} paths claim the bids ({bids})")
            if taken[0].outcome is not None:
                told.append((profile, outcome_at(taken[0].outcome, point)))
        kinds = ("exact", "fraction")  # doubles round when they are divided
        return (yield from compare(self.subject, told, importable=self._importable, kinds=kinds))


def point_of(profile: Profile) -> Point:
    """The variables of a profile: agent i's coordinate c is variable i * d + c."""
    return dict(enumerate(amount for report in profile for amount in report))


def outcome_at(outcome: Outcome, point: Point) -> Outcome:
    """The outcome of a path at a point of it."""
    return Outcome(
        tuple(
            replace(
                draw,
                shares=tuple(_at(share, point) for share in draw.shares),
                payments=tuple(_paid(payment, point) for payment in draw.payments),
            )
            for draw in outcome.draws
        )
    )


def _at(amount: Share | Quotient, point: Point) -> Share:
    return amount.at(point) if isinstance(amount, Quotient) else amount


def _paid(amount: Money | Quotient, point: Point) -> Money:
    return amount.at(point) if isinstance(amount, Quotient) else amount


def _is_admissible(domain: Domain, profile: Profile) -> bool:
    point = point_of(profile)
    return all(half_space.holds_at(point) for half_space in admissible(domain))
