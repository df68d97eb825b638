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
from verifier.engines.symbolic.contracts import chooser
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
    """Why not all paths are known, and those that are: nothing is proved then, but something may be refuted."""

    reason: str
    count: int
    paths: tuple[Path, ...] = ()

    def __str__(self) -> str:
        return f"after {self.count:,} path{'s' * (self.count != 1)}: {self.reason}"


def explore(
    subject: Subject, oracle: Oracle, budget: int, paths: list[Path] | None = None
) -> Generator[Step, None, Exploration | Stopped]:
    """Run the unmodified subject on symbolic bids until every feasible path is known; `paths` holds those so far."""
    paths = [] if paths is None else paths
    domain = subject.domain
    variables = tuple(range(len(domain.agents) * domain.dimension))
    explorer = Explorer(admissible(domain), variables, oracle, budget, domain.whole)
    d = domain.dimension
    bids = tuple(tuple(Linear(explorer, {i * d + c: 1}) for c in range(d)) for i in range(len(domain.agents)))

    read = reader(subject.spec.returns, domain, number=_number)
    answer = chooser(explorer)

    def run() -> Outcome:
        REFUSALS.clear()
        try:
            with redirect_stdout(sys.stderr), symbolic_extremes(explorer), subject.contracts.answered_by(answer):
                return subject.observe_as(bids, read)  # type: ignore[arg-type]
        finally:
            if REFUSALS:  # the first of them is the reason, whatever the subject made of it
                raise Unsupported(REFUSALS[0])

    try:
        for leaf in explorer.explore(run):
            paths.append(_path(subject, leaf))
            if len(paths) % _EVERY == 0:
                yield Step("paths explored", len(paths), len(paths) + 1)
    except (Unsupported, PathBudget, OracleFailed) as error:
        return Stopped(str(error), len(paths), tuple(paths))
    except ProtocolFault as fault:
        return Stopped(f"does not run on symbolic bids: {fault.message}", len(paths), tuple(paths))
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
