"""What a witness shows, in half a sentence per property: `bidder 1 gains 1 by reporting 1 when the item is worth 2`."""

from __future__ import annotations

from collections.abc import Callable

from verifier.domains import Domain, Ordinal, Utilities
from verifier.errors import DomainError
from verifier.evidence import Witness
from verifier.exact import Money
from verifier.reporting import rankings
from verifier.reporting.amounts import amount, told, vector, worth_of


def finding(name: str, domain: Domain, witness: Witness) -> str:
    """The refutation of the property called `name`, with the names of the agents and the exact size."""
    ranked = rankings.finding(name, domain, witness) if isinstance(domain, Ordinal) else None
    if ranked is not None:
        return ranked
    say = _FINDINGS.get(name, _generic)
    return say(domain, witness, -witness.margin)


def at_reports(domain: Domain, witness: Witness) -> str:
    """`at the reports (2, 0)`: where it happens."""
    reports = witness.runs[0].reports
    return f"at the reports ({', '.join(told(domain, agent, report) for agent, report in enumerate(reports))})"


def broken_constraint(domain: Domain, witness: Witness) -> str:
    """The tightest constraint of the domain in the witness's only run, in the domain's own words."""
    try:
        return domain.least_slack(witness.runs[0].outcome)[0]
    except DomainError as error:
        return str(error)


def _dsic(domain: Domain, witness: Witness, size: Money) -> str:
    (agent,) = witness.agents
    truth, lie = (run.reports[agent] for run in witness.runs)
    gain = f"{domain.agents[agent]} gains {amount(size)}"
    if isinstance(domain, Utilities):
        return f"{gain} by reporting {told(domain, agent, lie)} when its type is {told(domain, agent, truth)}"
    return f"{gain} by reporting {vector(lie)} when {worth_of(domain, truth)} to it"


def _ex_post_ir(domain: Domain, witness: Witness, size: Money) -> str:
    return f"{domain.agents[witness.agents[0]]} reports the truth and loses {amount(size)}"


def _no_deficit(domain: Domain, witness: Witness, size: Money) -> str:
    return f"the mechanism pays out {amount(size)} more than it takes in"


def _no_positive_transfers(domain: Domain, witness: Witness, size: Money) -> str:
    return f"{domain.agents[witness.agents[0]]} is paid {amount(size)} by the mechanism"


def _feasible(domain: Domain, witness: Witness, size: Money) -> str:
    return f"\u201c{broken_constraint(domain, witness)}\u201d is broken by {amount(size)}"


def _efficient(domain: Domain, witness: Witness, size: Money) -> str:
    return f"another feasible allocation is worth {amount(size)} more in total"


def _core(domain: Domain, witness: Witness, size: Money) -> str:
    return f"a group of bidders and the seller can have {amount(size)} more among themselves"


def _anonymous(domain: Domain, witness: Witness, size: Money) -> str:
    first, second = (domain.agents[agent] for agent in witness.agents)
    return f"exchanging the reports of {first} and {second} changes shares and payments by {amount(size)} too much"


def _monotone(domain: Domain, witness: Witness, size: Money) -> str:
    (agent,) = witness.agents
    first, second = (run.reports[agent] for run in witness.runs)
    name = domain.agents[agent]
    if len(first) > 1:
        return f"what {name} gets moves against its report, from {vector(second)} to {vector(first)}"
    return f"{name} gets less by reporting {vector(max(first, second))} than by reporting {vector(min(first, second))}"


def _envy_free(domain: Domain, witness: Witness, size: Money) -> str:
    first, second = (domain.agents[agent] for agent in witness.agents)
    return f"{first} would be {amount(size)} better off with the share and payment of {second}"


def _deterministic(domain: Domain, witness: Witness, size: Money) -> str:
    return f"the same bids gave two outcomes that differ by {amount(size)} in all"


def _critical_payment(domain: Domain, witness: Witness, size: Money) -> str:
    (agent,) = witness.agents
    truth, lie = (run.reports[agent] for run in witness.runs)
    against = f"what reporting {vector(lie)} would get"
    return f"what {domain.agents[agent]} pays when reporting {vector(truth)} is not critical, given {against}"


def _pairwise_strategyproof(domain: Domain, witness: Witness, size: Money) -> str:
    first, second = (domain.agents[agent] for agent in witness.agents)
    return f"{first} and {second} gain {amount(size)} or more each by misreporting together"


def _pareto_efficient(domain: Domain, witness: Witness, size: Money) -> str:
    return f"another feasible allocation takes nothing from anybody and gives {amount(size)} more in total"


def _revenue_monotone(domain: Domain, witness: Witness, size: Money) -> str:
    return f"the seller is paid {amount(size)} less because {domain.agents[witness.agents[0]]} takes part"


def _false_name_proof(domain: Domain, witness: Witness, size: Money) -> str:
    agent, name = (domain.agents[agent] for agent in witness.agents)
    return f"{agent} gains {amount(size)} by bidding under the name of {name}, too"


def _consumer_sovereignty(domain: Domain, witness: Witness, size: Money) -> str:
    return f"{domain.agents[witness.agents[0]]} gets nothing by any of its {len(witness.runs):,} reports"


def _no_free_riding(domain: Domain, witness: Witness, size: Money) -> str:
    agent, other = (domain.agents[agent] for agent in witness.agents)
    return f"{agent} reports zero and pays {amount(size)} less for its share than {other} would have more by it"


def _scale_invariant(domain: Domain, witness: Witness, size: Money) -> str:
    return f"with all reports doubled, shares and doubled payments are off by {amount(size)} in all"


def _translation_invariant(domain: Domain, witness: Witness, size: Money) -> str:
    return f"with one more in all reports, shares and payments of one more per unit are off by {amount(size)} in all"


def _null_bidder(domain: Domain, witness: Witness, size: Money) -> str:
    (agent,) = witness.agents
    return f"without {domain.agents[agent]}, who bids zero, shares and payments are off by {amount(size)} in all"


def _losers_irrelevant(domain: Domain, witness: Witness, size: Money) -> str:
    (agent,) = witness.agents
    before, after = (vector(run.reports[agent]) for run in witness.runs)
    lower = f"{domain.agents[agent]}, who gets nothing by {before}, reports {after}"
    return f"when {lower}, shares and payments of others move by {amount(size)} in all"


def _generic(domain: Domain, witness: Witness, size: Money) -> str:
    return f"its margin is {amount(witness.margin)}"


_FINDINGS: dict[str, Callable[[Domain, Witness, Money], str]] = {
    "anonymous": _anonymous,
    "consumer-sovereignty": _consumer_sovereignty,
    "core": _core,
    "critical-payment": _critical_payment,
    "deterministic": _deterministic,
    "dsic": _dsic,
    "universally-truthful": _dsic,
    "efficient": _efficient,
    "envy-free": _envy_free,
    "ex-post-ir": _ex_post_ir,
    "false-name-proof": _false_name_proof,
    "feasible": _feasible,
    "losers-irrelevant": _losers_irrelevant,
    "monotone": _monotone,
    "no-deficit": _no_deficit,
    "null-bidder": _null_bidder,
    "no-free-riding": _no_free_riding,
    "no-positive-transfers": _no_positive_transfers,
    "pairwise-strategyproof": _pairwise_strategyproof,
    "pareto-efficient": _pareto_efficient,
    "revenue-monotone": _revenue_monotone,
    "scale-invariant": _scale_invariant,
    "translation-invariant": _translation_invariant,
}
