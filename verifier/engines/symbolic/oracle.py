"""z3 as an oracle: feasible or not, a point or a core. Nothing that it says is trusted.

A point is checked against every atom in exact arithmetic, an infeasible set is turned into a Farkas combination that
`contradicts` accepts; where either fails the answer is an error, never a verdict. This room alone knows z3.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from verifier.engines.symbolic.atoms import Atom
from verifier.engines.symbolic.farkas import Combination, contradicts, multipliers
from verifier.errors import VerifierError
from verifier.exact import Money, simplest


class OracleFailed(VerifierError):
    """The solver gave up, or what it said did not survive exact checking. The verdict is UNKNOWN."""


class Oracle:
    """Answers about conjunctions of atoms; counts its queries."""

    def __init__(self) -> None:
        import z3  # heavy: only when something is to be proved

        self._z3: Any = z3
        self._reals: dict[int, Any] = {}
        self._formulas: dict[Atom, Any] = {}
        self.queries = 0

    def decide(
        self, atoms: Sequence[Atom], variables: Sequence[int]
    ) -> tuple[dict[int, Money], None] | tuple[None, Combination]:
        """A point at which all atoms hold, or a Farkas combination that shows there is none."""
        solver = self._z3.SimpleSolver()
        names = [self._z3.Bool(f"a{index}") for index in range(len(atoms))]
        for name, half_space in zip(names, atoms, strict=True):
            solver.assert_and_track(self._formula(half_space), name)
        self.queries += 1
        answer = solver.check()
        if answer == self._z3.sat:
            return self._checked_point(solver.model(), atoms, variables), None
        if answer != self._z3.unsat:
            raise OracleFailed(f"z3 gave up: {solver.reason_unknown()}")
        return None, self._combination(atoms, [int(str(name)[1:]) for name in solver.unsat_core()])

    def point(self, atoms: Sequence[Atom], variables: Sequence[int]) -> dict[int, Money] | None:
        """A point at which all atoms hold, None where there is none."""
        return self.decide(atoms, variables)[0]

    def highest(
        self, form: tuple[tuple[tuple[int, Money], ...], Money], atoms: Sequence[Atom], variables: Sequence[int]
    ) -> dict[int, Money]:
        """Where a linear form is largest on the closure of the atoms; OracleFailed where it has no bound.

        A proposal like everything from z3: who uses it proves that nothing exceeds it.
        """
        optimizer = self._z3.Optimize()
        for half_space in atoms:
            optimizer.add(self._formula(half_space._replace(strict=False)))
        terms, constant = form
        total = self._z3.Sum([self._number(c) * self._real(v) for v, c in terms]) + self._number(constant)
        handle = optimizer.maximize(total)
        self.queries += 1
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
        solver = self._z3.SimpleSolver()
        solver.add(*(self._formula(half_space) for half_space in atoms))
        self.queries += 1
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
            self._reals[variable] = self._z3.Real(f"x{variable}")
        return self._reals[variable]

    def _number(self, amount: Money) -> Any:
        return self._z3.RealVal(str(amount))

    def _checked_point(self, model: Any, atoms: Sequence[Atom], variables: Sequence[int]) -> dict[int, Money]:
        point: dict[int, Money] = {}
        for variable in variables:
            value = model.eval(self._real(variable), model_completion=True)
            point[variable] = simplest(Fraction(value.numerator_as_long(), value.denominator_as_long()))
        if not all(half_space.holds_at(point) for half_space in atoms):
            raise OracleFailed("z3's point does not satisfy what it was asked for")
        return point


def _without_one(core: list[int]) -> Sequence[list[int]]:
    return [core[:place] + core[place + 1 :] for place in range(len(core))]
