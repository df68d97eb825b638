"""z3 as an oracle: feasible or not, a point or a core. Nothing that it says is trusted.

A point is checked against every atom in exact arithmetic, an infeasible set is turned into a Farkas combination that
`contradicts` accepts; where either fails the answer is an error, never a verdict. This room alone knows z3.

Where bids are whole numbers, points are looked for among them; contradictions are always those of the rounded atoms
over the rationals. A set can be left that has a rational point, but no whole one that is found: neither answer then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from verifier.engines.symbolic.atoms import Atom
from verifier.engines.symbolic.farkas import Combination, contradicts, multipliers
from verifier.errors import VerifierError
from verifier.exact import Money, simplest

WORK = 5_000_000  # z3's units for one search among whole numbers, which need not end by itself


class OracleFailed(VerifierError):
    """The solver gave up, or what it said did not survive exact checking. The verdict is UNKNOWN."""


class QueryBudget(OracleFailed):
    """More questions to the solver than the budget allows. Raise `--max-queries`; the verdict is UNKNOWN."""


class Oracle:
    """Answers about conjunctions of atoms, so many and no more. With `whole` its points are whole numbers."""

    def __init__(self, *, whole: bool = False, most: int = 100_000) -> None:
        self._reals: dict[int, Any] = {}
        self._formulas: dict[Atom, Any] = {}
        self.whole = whole
        self.most = most
        self._queries = 0

    def another(self) -> Oracle:
        """One like this that was asked nothing yet."""
        return Oracle(whole=self.whole, most=self.most)

    @cached_property
    def _z3(self) -> Any:
        import z3  # heavy, and most proofs of sorting auctions do without it

        return z3

    @cached_property
    def _context(self) -> Any:
        """Terms of its own: what z3 answers must not depend on what others asked before."""
        return self._z3.Context()

    def decide(
        self, atoms: Sequence[Atom], variables: Sequence[int]
    ) -> tuple[dict[int, Money] | None, Combination | None]:
        """A point at which all atoms hold, or a Farkas combination that shows there is none.

        Neither where bids are whole numbers, and only others are known to be such a point.
        """
        solver = self._z3.SimpleSolver(ctx=self._context)
        names = [self._z3.Bool(f"a{index}", self._context) for index in range(len(atoms))]
        for name, half_space in zip(names, atoms, strict=True):
            solver.assert_and_track(self._formula(half_space), name)
        self._count()
        answer = solver.check()
        if answer == self._z3.sat:
            point = self._checked_point(solver.model(), atoms, variables)
            return (point if not self.whole or _is_whole(point) else self._whole_point(atoms, variables)), None
        if answer != self._z3.unsat:
            raise OracleFailed(f"z3 gave up: {solver.reason_unknown()}")
        return None, self._combination(atoms, [int(str(name)[1:]) for name in solver.unsat_core()])

    def point(self, atoms: Sequence[Atom], variables: Sequence[int]) -> dict[int, Money] | None:
        """A point at which all atoms hold, None where none is found."""
        return self.decide(atoms, variables)[0]

    def _count(self) -> None:
        self._queries += 1
        if self._queries > self.most:
            raise QueryBudget(f"more than {self.most:,} questions to the solver (--max-queries)")

    def _whole_point(self, atoms: Sequence[Atom], variables: Sequence[int]) -> dict[int, Money] | None:
        """Whole numbers at which all atoms hold, None where z3 finds none."""
        solver = self._z3.SimpleSolver(ctx=self._context)
        solver.set("rlimit", WORK)
        whole = {variable: self._z3.Int(f"k{variable}", self._context) for variable in variables}
        for terms, constant, strict in atoms:
            total = self._z3.Sum([c * whole[v] for v, c in terms])
            limit = self._number(-constant)
            solver.add(total < limit if strict else total <= limit)
        self._count()
        if solver.check() != self._z3.sat:
            return None
        model = solver.model()
        point: dict[int, Money] = {v: model.eval(k, model_completion=True).as_long() for v, k in whole.items()}
        if not all(half_space.holds_at(point) for half_space in atoms):
            raise OracleFailed("z3's whole point does not satisfy what it was asked for")
        return point

    def highest(
        self, form: tuple[tuple[tuple[int, Money], ...], Money], atoms: Sequence[Atom], variables: Sequence[int]
    ) -> dict[int, Money]:
        """Where a linear form is largest on the closure of the atoms; OracleFailed where it has no bound.

        A proposal like everything from z3: who uses it proves that nothing exceeds it.
        """
        optimizer = self._z3.Optimize(ctx=self._context)
        for half_space in atoms:
            optimizer.add(self._formula(half_space._replace(strict=False)))
        terms, constant = form
        total = self._z3.Sum([self._number(c) * self._real(v) for v, c in terms]) + self._number(constant)
        handle = optimizer.maximize(total)
        self._count()
        if optimizer.check() != self._z3.sat:
            raise OracleFailed("z3 cannot maximise a gain that it found possible")
        if str(optimizer.upper_values(handle)[0]) != "0":
            raise OracleFailed("a gain without a bound")
        closed = [half_space._replace(strict=False) for half_space in atoms]
        return self._checked_point(optimizer.model(), closed, variables)

    def _combination(self, atoms: Sequence[Atom], core: list[int]) -> Combination:
        """Shrink the core until it is irreducible, then solve for its multipliers."""
        core = sorted(core)
        found = multipliers(atoms, core)
        while found is None:
            smaller = next((rest for rest in _without_one(core) if self._infeasible([atoms[i] for i in rest])), None)
            if smaller is None:
                raise OracleFailed("no Farkas combination for what z3 calls infeasible")
            core = smaller
            found = multipliers(atoms, core)
        if not contradicts(atoms, found):
            raise OracleFailed("a Farkas combination does not add up")
        return found

    def _infeasible(self, atoms: Sequence[Atom]) -> bool:
        solver = self._z3.SimpleSolver(ctx=self._context)
        solver.add(*(self._formula(half_space) for half_space in atoms))
        self._count()
        return bool(solver.check() == self._z3.unsat)

    def _formula(self, half_space: Atom) -> Any:
        formula = self._formulas.get(half_space)
        if formula is None:
            total = self._z3.Sum([c * self._real(v) for v, c in half_space.terms]) + self._number(half_space.constant)
            formula = total < 0 if half_space.strict else total <= 0
            self._formulas[half_space] = formula
        return formula

    def _real(self, variable: int) -> Any:
        if variable not in self._reals:
            self._reals[variable] = self._z3.Real(f"x{variable}", self._context)
        return self._reals[variable]

    def _number(self, amount: Money) -> Any:
        return self._z3.RealVal(str(amount), self._context)

    def _checked_point(self, model: Any, atoms: Sequence[Atom], variables: Sequence[int]) -> dict[int, Money]:
        point: dict[int, Money] = {}
        for variable in variables:
            value = model.eval(self._real(variable), model_completion=True)
            point[variable] = simplest(Fraction(value.numerator_as_long(), value.denominator_as_long()))
        if not all(half_space.holds_at(point) for half_space in atoms):
            raise OracleFailed("z3's point does not satisfy what it was asked for")
        return point


class SharedOracle(Oracle):
    """One whose budget is that of all who would otherwise get another one."""

    def another(self) -> Oracle:
        """The same."""
        return self


def _is_whole(point: Mapping[int, Money]) -> bool:
    return all(type(amount) is int for amount in point.values())


def _without_one(core: list[int]) -> Sequence[list[int]]:
    return [core[:place] + core[place + 1 :] for place in range(len(core))]
