"""Has a support profile another equilibrium than those found? Decided by z3 over the real numbers, or left open.

Definition   The system of a support profile (equations, positive probabilities, inequalities for all other actions) and
             the statement that the point is none of those found: outside the box in which a zero is known to be alone,
             or different from a rational zero that is not simple. `unsat` means that none is missing.
Limits       z3 is trusted here for `unsat`, and only here: what it calls a solution is a proposal, proved elsewhere.
             Its work is limited by its own count, so that results repeat; the clock is a second, wider limit.
Source: Jovanovic and de Moura 2012 (the decision procedure); Datta 2003 (equilibria as zeros of polynomials).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from verifier.oracles.equilibria.box_check import BoxedEquilibrium
from verifier.oracles.equilibria.supports import System

EFFORT = 1_000_000  # of z3's units for each support profile and question; a hard one takes some ten seconds
SECONDS = 30


class Answer(StrEnum):
    """What is known about another equilibrium."""

    NONE = "NONE"
    ANOTHER = "ANOTHER"
    OPEN = "OPEN"


@dataclass(frozen=True, slots=True)
class Closing:
    """The answer; with ANOTHER a rational point at or very near the equilibrium; with OPEN the reason."""

    answer: Answer
    point: tuple[Fraction, ...] = ()
    reason: str = ""


def another(system: System, found: Sequence[BoxedEquilibrium], effort: int = EFFORT) -> Closing:
    """Whether there is an equilibrium with exactly these supports that is none of those found."""
    if not system.unknowns:  # a profile of actions: decided by whoever compared the payoffs
        return Closing(Answer.NONE if found or _profitable(system) else Answer.ANOTHER)
    import z3  # heavy, and games with pure supports do without it

    unknowns = [z3.Real(f"p{k}") for k in range(system.unknowns)]
    strategies = system.strategies(unknowns)
    solver = z3.SolverFor("QF_NRA")
    solver.set("rlimit", effort)
    solver.set("timeout", SECONDS * 1000)
    solver.add(*(p > 0 for strategy in strategies for p in strategy if not isinstance(p, int)))
    for left in system.equations(strategies):
        solver.add(left == 0)
    for gain in system.inequalities(strategies):
        solver.add(gain <= 0)
    for known in found:
        radius = known.reach if known.preconditioner else Fraction(0)
        solver.add(
            z3.Or(
                *(
                    z3.Or(x < _real(c - radius), x > _real(c + radius))
                    for x, c in zip(unknowns, known.centre, strict=True)
                )
            )
        )
    verdict = solver.check()
    if verdict == z3.unsat:
        return Closing(Answer.NONE)
    if verdict == z3.unknown:
        return Closing(Answer.OPEN, reason=f"z3 gave up within its limits ({solver.reason_unknown()})")
    model = solver.model()
    return Closing(Answer.ANOTHER, tuple(_rational(model.eval(x, model_completion=True)) for x in unknowns))


def _profitable(system: System) -> bool:
    """Whether at a profile of actions somebody gains by another action."""
    return any(gain > 0 for gain in system.inequalities(system.strategies(())))


def _real(number: Fraction) -> object:
    import z3

    return z3.RealVal(str(number))


def _rational(value: Any) -> Fraction:
    """A number of z3's model: exact where it is rational, to 40 digits where it is algebraic."""
    import z3

    near = value.approx(40) if isinstance(value, z3.AlgebraicNumRef) else value
    return Fraction(near.numerator_as_long(), near.denominator_as_long())
