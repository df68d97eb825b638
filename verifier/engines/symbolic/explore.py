"""Exploring a subject once on fresh symbolic bids: all its paths, or the reason why they cannot be had."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import redirect_stdout
from dataclasses import dataclass

from verifier.adapters import ProtocolFault, Subject
from verifier.adapters.returns import reader
from verifier.domains import Outcome
from verifier.engines.base import Step
from verifier.engines.symbolic.explorer import Explorer, Leaf, PathBudget, Token
from verifier.engines.symbolic.extremes import symbolic_extremes
from verifier.engines.symbolic.leaves import Path, admissible, form_of, knowledge_of
from verifier.engines.symbolic.numbers import REFUSALS, Linear, Unsupported
from verifier.engines.symbolic.oracle import Oracle, OracleFailed
from verifier.exact import Money, from_subject

_EVERY = 200  # paths between two progress reports


@dataclass(frozen=True, slots=True)
class Exploration:
    """All paths of a subject in depth-first order, and the tree of choices that leads to them."""

    paths: tuple[Path, ...]
    tree: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why the paths are not known: the verdict of every claim is UNKNOWN with this reason."""

    reason: str
    paths: int


def explore(subject: Subject, oracle: Oracle, budget: int) -> Generator[Step, None, Exploration | Stopped]:
    """Run the unmodified subject on symbolic bids until every feasible path is known."""
    domain = subject.domain
    variables = tuple(range(len(domain.agents) * domain.dimension))
    explorer = Explorer(admissible(domain), variables, oracle, budget)
    d = domain.dimension
    bids = tuple(tuple(Linear(explorer, {i * d + c: 1}) for c in range(d)) for i in range(len(domain.agents)))

    read = reader(subject.spec.returns, domain, number=_number)

    def run() -> Outcome:
        REFUSALS.clear()
        try:
            with redirect_stdout(sys.stderr), symbolic_extremes(explorer):
                return subject.observe_as(bids, read)  # type: ignore[arg-type]
        finally:
            if REFUSALS:  # the first of them is the reason, whatever the subject made of it
                raise Unsupported(REFUSALS[0])

    paths: list[Path] = []
    try:
        for leaf in explorer.explore(run):
            paths.append(_path(subject, leaf))
            if len(paths) % _EVERY == 0:
                yield Step("paths explored", len(paths), len(paths) + 1)
    except (Unsupported, PathBudget, OracleFailed) as error:
        return Stopped(str(error), len(paths))
    except ProtocolFault as fault:
        return Stopped(f"does not run on symbolic bids: {fault.message}", len(paths))
    return Exploration(tuple(paths), tuple(explorer.tree))


def _number(value: object) -> Money:
    """A payment as the explored program returns it: a linear form stays one."""
    return value if isinstance(value, Linear) else from_subject(value)  # type: ignore[return-value]


def _path(subject: Subject, leaf: Leaf[Outcome]) -> Path:
    domain, outcome = subject.domain, leaf.result
    agents = range(len(domain.agents))
    return Path(
        outcome=outcome,
        consumptions=tuple(domain.expected_consumption(outcome, agent) for agent in agents),
        payments=tuple(form_of(outcome.expected_payment(agent)) for agent in agents),
        slack=domain.least_slack(outcome)[1],
        atoms=leaf.atoms,
        knowledge=knowledge_of(leaf.atoms, leaf.bounds),
        point=leaf.point,
    )
