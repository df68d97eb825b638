"""Path exploration: run the subject again and again, steering every choice, until all feasible paths are known.

A choice has exclusive and exhaustive options, each a conjunction of atoms (a comparison has two, a maximum of k keys
has k). Options that contradict the difference bounds of the path, or state the opposite of an atom of it, fall away
without a trace, because whoever replays the path sees the same; other impossible options are cut with a Farkas
combination, written into the tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

from verifier.adapters import ProtocolFault
from verifier.engines.symbolic.atoms import Atom, Bounds
from verifier.engines.symbolic.farkas import Combination
from verifier.engines.symbolic.oracle import Oracle, OracleFailed
from verifier.errors import VerifierError
from verifier.exact import Money

Option: TypeAlias = tuple[Atom, ...]
Token: TypeAlias = list[Combination | None]  # one entry per open option: None explored, else the proof that it is empty
Point: TypeAlias = dict[int, Money] | None  # None: the difference bounds say it all, a point can be had from them
NOWHERE: dict[int, Money] = {}  # no whole point is known, and that there is none is not proved
Result = TypeVar("Result")

MOST_CHOICES = 2_000  # on one path: a loop that ends only in the limit has to be stopped


class PathBudget(VerifierError):
    """There are more paths than the budget allows. Raise `--max-paths`, use fewer agents, or the exhaustive engine."""


class Lost(OracleFailed):
    """A path that cannot be followed, because the subject does not repeat itself. The verdict is UNKNOWN."""


@dataclass(frozen=True, slots=True)
class Leaf(Generic[Result]):
    """One path: what the subject returned, everything known on it, and a point that takes it (empty: none known)."""

    result: Result
    atoms: tuple[Atom, ...]
    bounds: Bounds
    point: dict[int, Money]


@dataclass(slots=True)
class _Choice:
    """An open choice on the trail: what was asked, the options that are possible, and the one that is taken."""

    asked: tuple[Option, ...]
    options: list[tuple[Option, Bounds, Point]]
    taken: int


@dataclass(slots=True)
class Explorer:
    """Steers one subject. `assumptions` hold on every path; `variables` are all that may occur; `whole`: only whole."""

    assumptions: tuple[Atom, ...]
    variables: tuple[int, ...]
    oracle: Oracle
    budget: int
    whole: bool = False
    tree: list[Token] = field(default_factory=list)
    _trail: list[_Choice] = field(default_factory=list)
    _atoms: list[Atom] = field(default_factory=list)
    _bounds: Bounds = field(default_factory=Bounds)
    _position: int = 0
    _point: Point = None
    _failure: VerifierError | None = None  # kept, since the subject may swallow the exception and go on
    _running: bool = False

    def explore(self, run: Callable[[], Result]) -> Iterator[Leaf[Result]]:
        """Yield every feasible path once, in depth-first order.

        Raises PathBudget past the budget; whatever `run` raises ends the exploration.
        """
        start = Bounds().with_atoms(self.assumptions)
        if start is None or any(Bounds.edge(half_space) is None for half_space in self.assumptions):
            raise VerifierError("types of a domain must be bounded by difference constraints that can hold")
        count = 0
        while True:
            self._atoms, self._bounds, self._point, self._position = [], start, None, 0
            result = self._result(run)
            count += 1
            if count > self.budget:
                raise PathBudget(f"more than {self.budget:,} path{'s' * (self.budget != 1)} (--max-paths)")
            point = self._point_of(self._bounds) if self._point is None else self._point
            yield Leaf(result, tuple(self._atoms), self._bounds, point)
            while self._trail and self._trail[-1].taken + 1 == len(self._trail[-1].options):
                self._trail.pop()
            if not self._trail:
                return
            self._trail[-1].taken += 1

    def _result(self, run: Callable[[], Result]) -> Result:
        """One run, which has to ask all that was asked on this path before."""
        self._running = True
        try:
            result = run()
        except VerifierError as error:
            raise self._failure or error from None
        finally:
            self._running = False
        if self._failure is not None:
            raise self._failure
        if self._position != len(self._trail):
            raise Lost("the subject asks fewer questions when it is run again")
        return result

    def decide(self, half_space: Atom) -> bool:
        """Whether an inequality holds on this path."""
        if not self._running:
            raise ProtocolFault("crash", "asks about a symbolic bid that it kept from an earlier run")
        half_space = half_space.rounded(self.whole)
        if self._bounds.entails(half_space) or half_space in self._atoms:
            return True
        complement = half_space.negated().rounded(self.whole)
        if self._bounds.entails(complement) or complement in self._atoms:
            return False
        return self.choose(((half_space,), (complement,))) == 0

    def choose(self, options: Sequence[Option]) -> int:
        """Take one of several exclusive, exhaustive options; the index of the one taken on this path."""
        if self._failure is not None:
            raise self._failure
        try:
            return self._choose(tuple(map(self._rounded, options)))
        except VerifierError as error:
            self._failure = error
            raise
        except Exception as error:  # out of stack or memory, which a subject may survive
            self._failure = Lost(f"{type(error).__name__} while a comparison was decided")
            raise self._failure from error

    def _rounded(self, option: Option) -> Option:
        return tuple(dict.fromkeys(half_space.rounded(self.whole) for half_space in option))

    def _point_of(self, bounds: Bounds) -> dict[int, Money]:
        return bounds.point(self.variables, whole=self.whole)

    def _choose(self, options: tuple[Option, ...]) -> int:
        if self._position == len(self._trail):
            if self._position == MOST_CHOICES:
                raise PathBudget(f"more than {MOST_CHOICES:,} choices on one path")
            self._trail.append(self._opened(options))
        choice = self._trail[self._position]
        if choice.asked != options:
            raise Lost("the subject asks other questions when it is run again")
        self._position += 1
        option, bounds, point = choice.options[choice.taken]
        self._atoms += option
        self._bounds, self._point = bounds, point
        return options.index(option)

    def _opened(self, asked: tuple[Option, ...]) -> _Choice:
        """Find out which options are feasible; write the token of the tree.

        While a path holds difference bounds only, an option that does not contradict them is feasible: no solver.
        """
        alive: list[tuple[Option, Bounds, Point]] = []
        token: Token = []
        known = (*self.assumptions, *self._atoms)
        denied = {half_space.negated().rounded(self.whole) for half_space in self._atoms}
        for option in asked:
            bounds = self._bounds.with_atoms(option) if denied.isdisjoint(option) else None
            if bounds is None:
                continue
            point, proof = self._point, None
            if self._point is not None or any(Bounds.edge(half_space) is None for half_space in option):
                here = self._point_of(self._bounds) if self._point is None else self._point
                if here and all(half_space.holds_at(here) for half_space in option):
                    point = here
                else:
                    point, proof = self.oracle.decide((*known, *option), self.variables)
                    point = NOWHERE if point is None else point
            if proof is None:
                alive.append((option, bounds, point))
            token.append(proof)
        if not alive:  # then no whole bids take the path, although fractions would
            raise Lost("a path that only fractional bids would take has no way on")
        self.tree.append(token)
        return _Choice(asked, alive, 0)
