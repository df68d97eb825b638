"""z3 on polynomial relations over the reals. That it calls a set of them impossible is believed, and nothing else is:
points are checked in exact arithmetic. Its budget counts its own steps, so that answers repeat.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from verifier.engines.symbolic.nonlinear.polynomials import Polynomial, Relation
from verifier.engines.symbolic.oracle import OracleFailed
from verifier.exact import Money, simplest

Point: TypeAlias = dict[int, Money]

STEPS = 20_000_000  # z3's resource units for one query: some seconds
MOST_QUERIES = 20_000  # in all, and no more than `--max-queries`
_DENOMINATORS = (1, 2, 10, 1000, 10**6)  # of the rationals that are tried near a real number
_BITS = 40


class Solver:
    """Answers about conjunctions of relations in the given variables; counts its queries."""

    def __init__(self, variables: Sequence[int], budget: int = MOST_QUERIES) -> None:
        import z3  # heavy: only when something is to be decided

        self._z3: Any = z3
        self._context = z3.Context()  # of its own, so that what was asked elsewhere cannot change an answer
        self._reals = {v: z3.Real(f"x{v}", self._context) for v in variables}
        self.queries = 0
        self.most = min(MOST_QUERIES, budget)

    @property
    def name(self) -> str:
        """Who is trusted."""
        return f"z3 {self._z3.get_version_string()}"

    def find(self, relations: Sequence[Relation], *, simple: bool = False) -> tuple[bool, Point | None]:
        """Whether some real point satisfies all relations, and a rational one where one was found.

        `simple` asks for small denominators, for people to read. Raises OracleFailed where z3 gives up.
        """
        model = self._model(relations)
        if model is None:
            return False, None
        found = {v: value for v, (value, _) in model.items()} if all(exact for _, exact in model.values()) else None
        for order in (list(model), list(model)[::-1]) if simple or found is None else ():
            point = self._pinned(relations, model, order)
            if point is not None:
                found = point
                break
        if found is not None and not all(one.holds_at(found) for one in relations):
            raise OracleFailed("z3's point does not satisfy what it was asked for")
        return True, found

    def _pinned(self, relations: Sequence[Relation], model: Mapping[int, Any], order: Sequence[int]) -> Point | None:
        """A rational point near the model: one variable after the other is given a rational value that leaves some
        value for the others; None where that fails.
        """
        pins: list[Relation] = []
        point: Point = {}
        for variable in order:
            for value in _near(*model[variable]):
                pin = Relation(Polynomial.linear([(variable, 1)], -value), "=")
                found = self._model([*relations, *pins, pin])
                if found is not None:
                    pins.append(pin)
                    point[variable], model = value, found
                    break
            else:
                return None
        return point

    def _model(self, relations: Sequence[Relation]) -> dict[int, tuple[Money, bool]] | None:
        """For each variable a value, and whether it is exact or only near an irrational one; None: impossible."""
        solver = self._z3.SolverFor("QF_NRA", ctx=self._context)
        solver.set("rlimit", STEPS)
        solver.add(*(self._formula(one) for one in relations))
        self.queries += 1
        if self.queries > self.most:
            option = " (--max-queries)" * (self.most < MOST_QUERIES)
            raise OracleFailed(f"more than {self.most:,} questions to the solver{option}")
        answer = solver.check()
        if answer == self._z3.unsat:
            return None
        if answer != self._z3.sat:
            raise OracleFailed(f"z3 gave up on nonlinear arithmetic: {solver.reason_unknown()}")
        model = solver.model()
        return {v: self._value(model.eval(real, model_completion=True)) for v, real in self._reals.items()}

    def _value(self, value: Any) -> tuple[Money, bool]:
        exact = bool(self._z3.is_rational_value(value))
        near = value if exact else value.approx(_BITS)
        return simplest(Fraction(near.numerator_as_long(), near.denominator_as_long())), exact

    def _formula(self, one: Relation) -> Any:
        total = self._z3.RealVal(0, self._context)
        for monomial, coefficient in one.polynomial.terms:
            term = self._z3.RealVal(str(coefficient), self._context)
            for variable, exponent in monomial:
                for _ in range(exponent):
                    term = term * self._reals[variable]
            total = total + term
        return {"<": total < 0, "<=": total <= 0, "=": total == 0, "!=": total != 0}[one.how]


def _near(value: Money, exact: bool) -> Iterator[Money]:
    """Rationals near a real number, the simplest first."""
    tried = [simplest(Fraction(value).limit_denominator(most)) for most in _DENOMINATORS]
    yield from dict.fromkeys([*tried, value] if exact else tried)
