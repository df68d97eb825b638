"""Every path of a subject on bids that it may multiply and divide, as z3 sees them.

The trail of choices steers run after run, as for linear forms; here a choice is a relation or its complement, and an
option is left out only where z3 calls it impossible. What goes wrong inside a run is kept, for a subject may swallow
the exception.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from typing import Any

from verifier.adapters import ProtocolFault, Subject
from verifier.adapters.returns import reader
from verifier.domains import Outcome
from verifier.engines.base import Step
from verifier.engines.symbolic.explore import Stopped
from verifier.engines.symbolic.explorer import PathBudget
from verifier.engines.symbolic.kinds import SYMBOLIC, symbolic_kinds
from verifier.engines.symbolic.leaves import admissible
from verifier.engines.symbolic.nonlinear.numbers import Quotient
from verifier.engines.symbolic.nonlinear.polynomials import Polynomial, Relation, relation_of
from verifier.engines.symbolic.nonlinear.solver import Point, Solver
from verifier.engines.symbolic.numbers import REFUSALS, Unsupported
from verifier.engines.symbolic.oracle import OracleFailed
from verifier.engines.symbolic.replay import profile_at
from verifier.exact import Money, from_subject

PATH_BUDGET = 500  # at most, and no more than `--max-paths`: a path costs far more than a linear one
MOST_CHOICES = 2_000  # on one path: a loop that ends only in the limit has to be stopped

SYMBOLIC.add(Quotient)  # whoever asks for its kind is refused


@dataclass(frozen=True, slots=True)
class Path:
    """One path.

    Attributes
    ----------
    relations : what holds on it beside admissibility
    point : rational bids that take it
    outcome : shares and payments are numbers or quotients; None where the subject fails on this path
    failure : how it fails
    """

    relations: tuple[Relation, ...]
    point: Point
    outcome: Outcome | None
    failure: str = ""


class Lost(OracleFailed):
    """A path that cannot be followed: no rational bids take it, or the subject does not repeat itself."""


@dataclass(slots=True)
class _Choice:
    asked: Relation
    options: list[tuple[bool, Point | None]]  # the answers that some bids give, with such bids
    taken: int = 0


@dataclass(slots=True)
class Explorer:
    """Steers one subject: answers its comparisons, the same way for the same trail."""

    assumptions: tuple[Relation, ...]
    solver: Solver
    trail: list[_Choice] = field(default_factory=list)
    known: list[Relation] = field(default_factory=list)
    point: Point | None = None
    failure: Exception | None = None
    _position: int = 0

    def start(self) -> None:
        """Before a run."""
        self.known, self.point, self.failure, self._position = [], None, None, 0
        REFUSALS.clear()

    def advance(self) -> bool:
        """After a run: on to the next path; False where there is none."""
        while self.trail and self.trail[-1].taken + 1 == len(self.trail[-1].options):
            self.trail.pop()
        if self.trail:
            self.trail[-1].taken += 1
        return bool(self.trail)

    def decide(self, asked: Relation) -> bool:
        """Whether a relation holds on this path."""
        if self.failure is not None:
            raise self.failure
        try:
            return self._decide(asked)
        except (OracleFailed, PathBudget) as error:
            self.failure = error
            raise

    def _decide(self, asked: Relation) -> bool:
        if asked in self.known:
            return True
        if asked.negated() in self.known:
            return False
        if self._position == len(self.trail):
            if self._position == MOST_CHOICES:
                raise PathBudget(f"more than {MOST_CHOICES:,} choices on one path")
            self.trail.append(self._opened(asked))
        choice = self.trail[self._position]
        if choice.asked != asked:
            raise Lost("the subject asks other questions when it is run again")
        self._position += 1
        answer, self.point = choice.options[choice.taken]
        self.known.append(asked if answer else asked.negated())
        return answer

    def _opened(self, asked: Relation) -> _Choice:
        options: list[tuple[bool, Point | None]] = []
        for answer, option in ((True, asked), (False, asked.negated())):
            if self.point is not None and option.holds_at(self.point):
                options.append((answer, self.point))
                continue
            possible, point = self.solver.find((*self.assumptions, *self.known, option))
            if possible:
                options.append((answer, point))
        if not options:
            raise Lost("z3 calls a path impossible that it has called possible")
        return _Choice(asked, options)


def explore(
    subject: Subject, solver: Solver, budget: int, paths: list[Path]
) -> Generator[Step, None, tuple[Path, ...] | Stopped]:
    """Run the unmodified subject on symbolic bids until every possible path is known; `paths` holds those so far."""
    domain = subject.domain
    d = domain.dimension
    explorer = Explorer(tuple(map(relation_of, admissible(domain))), solver)
    bids = tuple(
        tuple(Quotient(explorer, Polynomial.linear([(agent * d + c, 1)])) for c in range(d))
        for agent in range(len(domain.agents))
    )
    read = reader(subject.spec.returns, domain, number=number, amount=number if domain.kind == "divisible" else fixed)
    most = min(PATH_BUDGET, budget)
    try:
        while True:
            explorer.start()
            outcome, failure = None, ""
            try:
                with redirect_stdout(sys.stderr), symbolic_kinds():
                    outcome = subject.observe_as(bids, read)  # type: ignore[arg-type]
            except ProtocolFault as fault:
                failure = str(fault)
            if explorer.failure is not None:
                raise explorer.failure
            if REFUSALS:
                raise Unsupported(REFUSALS[0])
            paths.append(Path(tuple(explorer.known), _point(explorer), outcome, failure))
            if outcome is None and not _fails(subject, paths[-1]):
                return Stopped(f"does not run on symbolic bids: {failure}", len(paths))
            yield Step("paths explored", len(paths), len(paths) + 1)
            if not explorer.advance():
                return tuple(paths)
            if len(paths) == most:
                option = " (--max-paths)" * (most < PATH_BUDGET)
                raise PathBudget(f"more than {most:,} path{'s' * (most != 1)}{option}")
    except (Unsupported, PathBudget, OracleFailed) as error:
        return Stopped(str(error), len(paths))


def _point(explorer: Explorer) -> Point:
    """Rational bids that take the path just run: without them it cannot be replayed."""
    relations = (*explorer.assumptions, *explorer.known)
    point = explorer.point or explorer.solver.find(relations)[1]
    if point is None:
        raise Lost("no rational bids were found for a path that some real bids take")
    return point


def _fails(subject: Subject, path: Path) -> bool:
    """Whether the real code fails there too."""
    try:
        subject.observe(profile_at(subject, path.point))
    except ProtocolFault:
        return True
    return False


def number(value: object) -> Money:
    """An amount as the explored program returns it: a quotient stays one where it depends on the bids."""
    if not isinstance(value, Quotient):
        return from_subject(value)
    constant = value.value()
    return value if constant is None else constant  # type: ignore[return-value]


def fixed(value: Any) -> Money:
    """An amount that must not depend on the bids: shares of what cannot be divided."""
    return from_subject(number(value))
