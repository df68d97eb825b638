"""Exact regret: the supremum of what an agent can gain by lying, over all admissible types and reports.

Raise a bound until "the gain exceeds it" is impossible: each pair of paths at which it is still possible gives, by a
linear program over its closure, the next candidate. The last bound comes with lemmas, as any proof does (their
multipliers are the dual solutions); whether it is attained is a last question of the same kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.domains import Domain
from verifier.engines.symbolic.goals import families
from verifier.engines.symbolic.leaves import Path
from verifier.engines.symbolic.lemmas import Lemma
from verifier.engines.symbolic.oracle import Oracle
from verifier.engines.symbolic.proving import Broken, knowers_of, prove_family
from verifier.exact import Money
from verifier.properties import Property


@dataclass(frozen=True, slots=True)
class Regret:
    """The supremum for one agent.

    Attributes
    ----------
    agent : who would lie
    supremum : the least amount that no gain exceeds
    attained : whether some lie gains exactly that much
    paths : numbers of the truth's and the lie's path between which it arises; empty at 0
    inside, limit : a point of this pair, and one of its closure at which the gain is the supremum; between the two the
        gain comes as near as one likes. They are equal where it is attained
    lemmas : the proof that nothing gains more (nothing as much, where it is not attained)
    """

    agent: int
    supremum: Money
    attained: bool
    paths: tuple[int, ...]
    inside: tuple[Money, ...]
    limit: tuple[Money, ...]
    lemmas: tuple[Lemma, ...]


def regrets(prop: Property, domain: Domain, paths: Sequence[Path], oracle: Oracle) -> list[Regret]:
    """The exact regret of every agent, on a domain whose types have an upper end.

    Raises OracleFailed where a gain has no bound all the same.
    """
    return [_regret(prop, domain, paths, oracle, agent) for agent in range(len(domain.agents))]


def _regret(prop: Property, domain: Domain, paths: Sequence[Path], oracle: Oracle, agent: int) -> Regret:
    family = list(families(prop, domain))[agent]
    variables = range((len(domain.agents) + 1) * domain.dimension)
    knowers = knowers_of(family, domain, paths)
    bound: Money = 0
    last: Broken | None = None
    limit: dict[int, Money] = {}
    while isinstance(outcome := prove_family(prop, family, bound, domain, paths, oracle, knowers), Broken):
        last = outcome
        terms, constant = last.excess  # margin plus bound: the gain exceeds the bound by its negative
        limit = oracle.highest((tuple((v, -c) for v, c in terms), -constant), last.atoms, variables)
        bound -= constant + sum(c * limit[v] for v, c in terms)
    if last is None:
        return Regret(agent, 0, True, (), (), (), outcome.lemmas)
    reached = prove_family(prop, family, bound, domain, paths, oracle, knowers, strict=False)
    if isinstance(reached, Broken):
        point = tuple(reached.point[v] for v in variables)
        return Regret(agent, bound, True, reached.paths, point, point, outcome.lemmas)
    inside, edge = (tuple(point[v] for v in variables) for point in (last.point, limit))
    return Regret(agent, bound, False, last.paths, inside, edge, reached.lemmas)
