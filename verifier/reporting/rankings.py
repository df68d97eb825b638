"""Settings and refutations among agents who only rank, in half a sentence each. A size is a number of places."""

from __future__ import annotations

from collections.abc import Callable

from verifier.domains import Domain, Ordinal
from verifier.evidence import Witness
from verifier.exact import Money
from verifier.reporting.amounts import amount, counted, listed, share, told


def finding(name: str, domain: Ordinal, witness: Witness) -> str | None:
    """The refutation in half a sentence; None where the words for money will do."""
    say = _FINDINGS.get(name)
    return say(domain, witness) if say else None


def places(number: Money) -> str:
    """`1 place`, `2 places`."""
    return f"{amount(number)} place" + ("" if number == 1 else "s")


def _lie(domain: Ordinal, witness: Witness) -> str:
    agent = witness.agents[0]
    truth, lie = (told(domain, agent, run.reports[agent]) for run in witness.runs)
    return f"by reporting {lie} when it prefers {truth}"


def _dsic(domain: Ordinal, witness: Witness) -> str:
    return f"{domain.agents[witness.agents[0]]} gains {places(-witness.margin)} {_lie(domain, witness)}"


def _dominance(domain: Ordinal, witness: Witness) -> str:
    name, more = domain.agents[witness.agents[0]], amount(-witness.margin)
    return f"{name} is {more} more likely to get something as good {_lie(domain, witness)}"


def _pairwise(domain: Ordinal, witness: Witness) -> str:
    pair = listed([domain.agents[agent] for agent in witness.agents])
    return f"{pair} gain {places(-witness.margin)} or more each by misreporting together"


def _ex_post_ir(domain: Ordinal, witness: Witness) -> str:
    return f"{domain.agents[witness.agents[0]]} reports the truth and ends {places(-witness.margin)} worse off"


def envy(domain: Ordinal, witness: Witness) -> str:
    """Who likes what somebody else has better."""
    first, second = (domain.agents[agent] for agent in witness.agents)
    return f"{first} likes what {second} has better, by {places(-witness.margin)}"


def _pareto(domain: Ordinal, witness: Witness) -> str:
    return "another feasible allocation is better for somebody and worse for nobody"


def rather_have(domain: Ordinal, witness: Witness) -> str:
    """What each of those who object would rather have."""
    wants = [f"{domain.agents[agent]} would rather have {wanted(domain, witness, agent)}" for agent in witness.agents]
    return listed(wants)


def wanted(domain: Ordinal, witness: Witness, agent: int) -> str:
    """What an agent has in the allocation that a witness compares with."""
    return share(domain, (witness.alternative or ())[agent], agent)


def elected_instead(domain: Ordinal, witness: Witness) -> str:
    """Who is elected, and who should be."""
    right, found = wanted(domain, witness, 0), share(domain, witness.runs[0].outcome.draws[0].shares[0], 0)
    return f"{found} is elected in place of {right}"


_FINDINGS: dict[str, Callable[[Ordinal, Witness], str]] = {
    "condorcet": elected_instead,
    "dsic": _dsic,
    "envy-free": envy,
    "ex-post-ir": _ex_post_ir,
    "pairwise-strategyproof": _pairwise,
    "pareto-efficient": _pareto,
    "sd-strategyproof": _dominance,
    "stable": rather_have,
    "unanimous": elected_instead,
    "universally-truthful": _dsic,
}


def settings(domain: Domain) -> str | None:
    """An ordinal domain in half a sentence; None for others."""
    if not isinstance(domain, Ordinal):
        return None
    names = domain.ranked(0)
    if domain.kind == "matching":
        count = len(domain.agents) - len(names)
        return f"{counted(count, 'proposer')} and {counted(len(names), 'receiver')} to be matched by their rankings"
    thing = "candidate" if domain.kind == "voting" else "object"
    owned = ", each owned by an agent" if domain.extra().get("endowment") else ""
    return f"{counted(len(domain.agents), 'agent')} who rank {counted(len(names), thing)}{owned}"
