"""The explored subject: every path with its outcome in symbolic payments, and runs of it for the margins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier.domains import Domain, Outcome
from verifier.engines.symbolic.atoms import Atom, Bounds, atom
from verifier.engines.symbolic.knowledge import Knowledge
from verifier.engines.symbolic.numbers import Linear
from verifier.exact import Money, simplest
from verifier.properties.cases import Quantity, Vector

Form = tuple[tuple[tuple[int, Money], ...], Money]  # a linear form as data: sorted terms, constant


@dataclass(frozen=True, slots=True)
class Path:
    """One path through the subject.

    Attributes
    ----------
    outcome : shares are concrete; payments are numbers or `Linear` forms in the bids
    consumptions : (n,) vectors of d exact numbers, in expectation
    payments : (n,) linear forms, in expectation
    slack : least feasibility slack
    knowledge : what is known about the bids on this path
    point : bids that take it; empty where bids are whole numbers and none are known to take it
    """

    outcome: Outcome
    consumptions: tuple[tuple[Money, ...], ...]
    payments: tuple[Form, ...]
    slack: Money
    atoms: tuple[Atom, ...]
    knowledge: Knowledge
    point: Mapping[int, Money]


class Signs:
    """Answers the comparisons of `abs` inside a margin, one pattern of signs after the other."""

    def __init__(self) -> None:
        self.script: list[bool] = []
        self._position = 0

    def decide(self, half_space: Atom) -> bool:
        """The scripted sign; False (not negative) the first time that a sign is asked for."""
        if self._position == len(self.script):
            self.script.append(False)
        self._position += 1
        return self.script[self._position - 1]

    def patterns(self) -> Iterator[None]:
        """Run the body once per pattern."""
        while True:
            self._position = 0
            yield
            while self.script and self.script[-1]:
                self.script.pop()
            if not self.script:
                return
            self.script[-1] = True


@dataclass(frozen=True, slots=True)
class PathRun:
    """A path as the margin of a property sees it, in variables of its own where `names` renames them."""

    path: Path
    names: Mapping[int, int]
    signs: Signs

    def consumption(self, agent: int) -> Vector:
        """(d,) exact expected consumption, the same all along the path."""
        return self.path.consumptions[agent]

    def payment(self, agent: int) -> Quantity:
        """The expected payment as a linear form in the bids."""
        terms, constant = self.path.payments[agent]
        return Linear(self.signs, {self.names.get(v, v): c for v, c in terms}, constant)

    def slack(self) -> Quantity:
        """Least feasibility slack, the same all along the path."""
        return self.path.slack


def symbols(domain: Domain, signs: Signs, names: Mapping[int, int] | None = None) -> tuple[tuple[Linear, ...], ...]:
    """(n,) types as vectors of d fresh variables; agent i's coordinate c is variable i * d + c."""
    d = domain.dimension
    return tuple(
        tuple(Linear(signs, {(names or {}).get(i * d + c, i * d + c): 1}) for c in range(d))
        for i in range(len(domain.agents))
    )


def form_of(amount: Money | Linear) -> Form:
    """A payment as data; whole numbers as ints, which are faster."""
    if isinstance(amount, Linear):
        terms = sorted(amount.coefficients.items())
        return tuple((v, simplest(Fraction(c))) for v, c in terms), simplest(Fraction(amount.constant))
    return (), simplest(Fraction(amount))


def knowledge_of(atoms: Sequence[Atom], bounds: Bounds) -> Knowledge:
    """Bounds for the difference bounds, the other atoms as they are."""
    return Knowledge(bounds, frozenset(fact for fact in atoms if Bounds.edge(fact) is None))


def admissible(domain: Domain, variables: Mapping[int, int] | None = None) -> tuple[Atom, ...]:
    """What every admissible profile of bids satisfies: the domain's constraints on each agent's type."""
    found: list[Atom] = []
    for agent in range(len(domain.agents)):  # in this order: combinations in the tree refer to it
        offset = agent * domain.dimension
        for coefficients, constant in domain.type_constraints():
            made = atom({offset + c: a for c, a in coefficients.items()}, constant, strict=False)
            if isinstance(made, Atom):
                found.append(made.rounded(domain.whole).renamed(variables or {}))
    return tuple(found)
