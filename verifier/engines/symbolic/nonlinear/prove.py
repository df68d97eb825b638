"""Deciding a property on explored paths: is "the margin is too low" possible for some real bids?

The margin is the property's own function on quotients. A comparison inside it (an absolute value, the least of several
slacks) is answered both ways, one script of answers after the other, and each answer joins the query.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from verifier.domains import Domain
from verifier.engines.base import Step
from verifier.engines.symbolic.atoms import Atom
from verifier.engines.symbolic.goals import Family, families
from verifier.engines.symbolic.leaves import admissible
from verifier.engines.symbolic.nonlinear.explore import Path
from verifier.engines.symbolic.nonlinear.numbers import Quotient
from verifier.engines.symbolic.nonlinear.polynomials import Polynomial, Relation, relation, relation_of
from verifier.engines.symbolic.nonlinear.solver import Solver
from verifier.engines.symbolic.oracle import OracleFailed
from verifier.engines.symbolic.proving import Broken
from verifier.exact import Money
from verifier.properties import Property
from verifier.properties.cases import Over, Quantity, Vector

NO_ONE = Path((), {}, None)  # the second path of a case that has only one


class Script:
    """Answers what a margin asks, and keeps the answers as conditions; `patterns` goes through all of them."""

    def __init__(self) -> None:
        self.conditions: list[Relation] = []
        self._answers: list[int] = []
        self._counts: list[int] = []
        self._position = 0

    def patterns(self) -> Iterator[None]:
        """Run the body once per script."""
        while True:
            self.conditions, self._position = [], 0
            yield
            while self._answers and self._answers[-1] + 1 == self._counts[-1]:
                self._answers.pop()
                self._counts.pop()
            if not self._answers:
                return
            self._answers[-1] += 1

    def choose(self, count: int) -> int:
        """One of `count` ways, all of them in turn."""
        if self._position == len(self._answers):
            self._answers.append(0)
            self._counts.append(count)
        self._position += 1
        return self._answers[self._position - 1]

    def decide(self, asked: Relation | Atom) -> bool:
        """A comparison, true in some scripts and false in others."""
        if isinstance(asked, Atom):
            asked = relation_of(asked)
        answer = self.choose(2) == 0
        self.conditions.append(asked if answer else asked.negated())
        return answer

    def least(self, amounts: Sequence[Quotient]) -> Quotient:
        """The least of several amounts: each of them in turn, on condition that no other is less."""
        chosen = amounts[self.choose(len(amounts))]
        for other in amounts:
            at_most = relation((chosen - other).above, "<=")
            if isinstance(at_most, Relation):
                self.conditions.append(at_most)
            elif not at_most:
                self.conditions.append(NEVER)
        return chosen


NEVER = Relation(Polynomial.linear((), 1), "=")


@dataclass(frozen=True, slots=True)
class Route:
    """A path as a margin sees it, in variables of its own where `names` renames them."""

    domain: Domain
    path: Path
    names: Mapping[int, int]
    script: Script

    def _lifted(self, amount: Money | Quotient) -> Quotient:
        if not isinstance(amount, Quotient):
            return Quotient(self.script, Polynomial.linear((), amount))
        return Quotient(self.script, amount.above.renamed(self.names), amount.below.renamed(self.names))

    def consumption(self, agent: int) -> Vector:
        """(d,) expected consumption."""
        assert self.path.outcome is not None
        return tuple(map(self._lifted, self.domain.expected_consumption(self.path.outcome, agent)))

    def payment(self, agent: int) -> Quantity:
        """Expected payment."""
        assert self.path.outcome is not None
        return self._lifted(self.path.outcome.expected_payment(agent))

    def slacks(self) -> list[Quotient]:
        """Of every constraint, in every draw."""
        assert self.path.outcome is not None
        return [self._lifted(s) for draw in self.path.outcome.draws for _, s in self.domain.slacks(draw.shares)]

    def slack(self) -> Quantity:
        """The least of them."""
        return self.script.least(self.slacks())

    def facts(self) -> Iterator[Relation]:
        """What holds on the path."""
        yield from (fact.renamed(self.names) for fact in self.path.relations)
        yield from map(relation_of, admissible(self.domain, self.names))


def prove(
    prop: Property, tolerance: Money, domain: Domain, paths: Sequence[Path], solver: Solver
) -> Generator[Step, None, Broken | None]:
    """A point at which a margin is below -tolerance; None where z3 calls that impossible for every case.

    Cases with an infeasible outcome, or with none, are no cases. Raises OracleFailed where z3 cannot tell.
    """
    whole = [path for path in paths if path.outcome is not None]
    blocks = list(families(prop, domain))
    undecided: OracleFailed | None = None  # another case may still be refuted
    for done, family in enumerate(blocks):
        for first in whole:
            for second in whole if family.second is not None else [NO_ONE]:
                yield Step(f"deciding {prop.name}", done, len(blocks))
                try:
                    broken = _broken(prop, family, tolerance, domain, first, second, solver)
                except OracleFailed as error:
                    undecided = undecided or error
                    continue
                if broken is not None:
                    return broken
    if undecided is not None:
        raise undecided
    return None


def _broken(
    prop: Property, family: Family, tolerance: Money, domain: Domain, first: Path, second: Path, solver: Solver
) -> Broken | None:
    script = Script()
    runs = Route(domain, first, {}, script), Route(domain, second, family.second or {}, script)
    used = runs[:1] if family.second is None else runs
    known = [fact for run in used for fact in run.facts()]
    if prop.over is not Over.OUTCOMES:
        known += [fact for run in used for slack in run.slacks() for fact in conditions(slack, "<=", -1)]
    if family.off_ties:
        known += _untied(domain)
    for _ in script.patterns():
        margins = prop.margins(family.make(*runs, script))  # type: ignore[arg-type]
        limit = Quotient(script, Polynomial.linear((), tolerance))
        goals = [goal for margin in margins for goal in conditions(limit + margin, "<")]
        query = tuple(dict.fromkeys([*known, *script.conditions, *goals]))
        if NEVER in query:
            continue
        possible, point = solver.find(query)
        if possible:
            point = solver.find(query, simple=True)[1] or point
            if point is None:
                raise OracleFailed("z3 finds a violation, but no rational bids near it that show one")
            return Broken(family, point)
    return None


def conditions(amount: Quotient, how: str, sign: int = 1) -> list[Relation]:
    """That sign * amount is < 0, <= 0, = 0 or != 0, as a list of relations; empty where that is always so."""
    made = relation(amount.above.scaled(sign), how)
    return [made] if isinstance(made, Relation) else [] if made else [NEVER]


def _untied(domain: Domain) -> list[Relation]:
    """No two agents bid equal amounts."""
    d = domain.dimension
    pairs = combinations(range(len(domain.agents) * d), 2)
    return [Relation(Polynomial.linear([(a, 1), (b, -1)]), "!=") for a, b in pairs if a // d != b // d]
