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
from verifier.engines.symbolic.lemmas import Lemma, Point
from verifier.engines.symbolic.oracle import Oracle
from verifier.engines.symbolic.proving import Broken, prove_family
from verifier.exact import Money
from verifier.properties import Property


@dataclass(frozen=True, slots=True)
class Regret:
    """The supremum for one agent.

    Attributes
    ----------
    agent : who would lie
    supremum : None where the gain has no bound
    attained : whether some lie gains exactly that much
    point : a lie that attains it; one that gains something where it is not attained or not bounded; None at 0
    lemmas : the proof that nothing gains more
    """

    agent: int
    supremum: Money | None
    attained: bool
    point: Point | None
    lemmas: tuple[Lemma, ...]


def regrets(prop: Property, domain: Domain, paths: Sequence[Path], oracle: Oracle) -> list[Regret]:
    """The exact regret of every agent."""
    return [_regret(prop, domain, paths, oracle, agent) for agent in range(len(domain.agents))]


def _regret(prop: Property, domain: Domain, paths: Sequence[Path], oracle: Oracle, agent: int) -> Regret:
    family = list(families(prop, domain))[agent]
    bound: Money = 0
    seen: Point | None = None
    while True:
        outcome = prove_family(prop, family, bound, domain, paths, oracle)
        if not isinstance(outcome, Broken):
            break
        seen = outcome.point
        terms, constant = outcome.excess
        over = oracle.supremum((tuple((v, -c) for v, c in terms), -constant), outcome.atoms)
        if over is None:
            return Regret(agent, None, False, seen, ())
        bound += over
    if not bound:
        return Regret(agent, 0, True, None, outcome.lemmas)
    reached = prove_family(prop, family, bound, domain, paths, oracle, strict=False)
    point = reached.point if isinstance(reached, Broken) else None
    return Regret(agent, bound, point is not None, point or seen, outcome.lemmas)
