"""The arithmetic of violations that are about who takes part, and under how many names.

As in `arithmetic`, each function restates the definition of its property in its own sums.
"""

from __future__ import annotations

from fractions import Fraction

from verifier.domains import Domain, value
from verifier.evidence import Witness
from verifier.reporting.amounts import MINUS, amount, factor, products, vector, worth_of
from verifier.reporting.arithmetic import TRUTHFUL, UTILITY, Reckoning, Sum, added, averages, opening, utility_at


def core(domain: Domain, witness: Witness) -> Reckoning:
    """What seller and objectors have against what the other allocation is worth to the objectors."""
    (run,) = witness.runs
    has, could = Fraction(0), Fraction(0)
    sums, objectors = [], []
    for agent, (name, type_, share) in enumerate(
        zip(domain.agents, run.reports, witness.alternative or (), strict=True)
    ):
        own = value(type_, domain.expected_consumption(run.outcome, agent)) - run.outcome.expected_payment(agent)
        there = value(type_, domain.consumption(share))
        if there > own:
            objectors.append(name)
            has, could = has + own, could + there
            words = f"{name} has a utility of {amount(own)}; there its share is worth"
            sums.append(Sum(words, amount(there)))
    paid = sum((run.outcome.expected_payment(agent) for agent in range(len(domain.agents))), Fraction(0))
    sums.append(Sum("The seller is paid", amount(paid)))
    more = could - has - paid
    line = Sum("More for all of them", f"{amount(could)} {MINUS} {factor(has)} {MINUS} {factor(paid)} = {amount(more)}")
    who = ", ".join(objectors)
    text = f"The seller and {who} could leave the others out and have {amount(more)} more among themselves."
    return Reckoning("", (TRUTHFUL,), (*sums, line), -more, text)


def pareto_efficient(domain: Domain, witness: Witness) -> Reckoning:
    """What every agent has, and what the other allocation is worth to it."""
    (run,) = witness.runs
    gains, sums = [], list[Sum]()
    for agent, (name, type_, share) in enumerate(
        zip(domain.agents, run.reports, witness.alternative or (), strict=True)
    ):
        had = value(type_, domain.expected_consumption(run.outcome, agent))
        there = value(type_, domain.consumption(share))
        gains.append(there - had)
        sums += averages(domain, run, agent)
        words = f"More for {name} in the other allocation"
        sums.append(Sum(words, f"{amount(there)} {MINUS} {factor(had)} = {amount(there - had)}"))
    more = sum(gains)
    text = f"Nobody has less there, and all together have {amount(more)} more; payments stay as they are."
    return Reckoning("", (TRUTHFUL,), (*sums, Sum("More in total", added(gains))), -more, text)


def revenue_monotone(domain: Domain, witness: Witness) -> Reckoning:
    """What the seller is paid with the agent and without it."""
    (agent,), runs = witness.agents, witness.runs
    name, agents = domain.agents[agent], range(len(domain.agents))
    sums, incomes = list[Sum](), []
    for run, words in zip(runs, (f"with {name}", f"without {name}"), strict=True):
        payments = [run.outcome.expected_payment(other) for other in agents]
        incomes.append(sum(payments))
        sums += [line for other in agents for line in averages(domain, run, other)]
        sums.append(Sum(f"Payments of all agents {words}", added(payments)))
    present, absent = incomes
    change = Sum("Change", f"{amount(present)} {MINUS} {factor(absent)} = {amount(present - absent)}")
    return Reckoning(
        f"The reports of the others are the same in both runs. To report zero stands for staying away: {name} does.",
        (f"If {name} takes part", f"If {name} reports zero for everything"),
        (*sums, change),
        present - absent,
        f"The seller is paid {amount(absent - present)} less because {name} takes part.",
    )


def false_name_proof(domain: Domain, witness: Witness) -> Reckoning:
    """Utility of one honest bid against utility of two bids."""
    (agent, other), (truth, lie) = witness.agents, witness.runs
    name, second, type_ = domain.agents[agent], domain.agents[other], truth.reports[agent]
    honest, sums = utility_at(domain, truth, agent, type_, "Utility of the truth")
    held = domain.expected_together(lie.outcome, agent, other)
    payments = [lie.outcome.expected_payment(one) for one in (agent, other)]
    worth, paid = value(type_, held), sum(payments)
    gain = worth - paid - honest
    lottery = [line for one in (agent, other) for line in averages(domain, lie, one)]
    return Reckoning(
        f"To {name}, {worth_of(domain, type_)}. It can also bid in the place of {second}, which is empty otherwise, "
        f"and then holds what both names win. The reports of the others are the same in both runs. {UTILITY}",
        (f"If {name} bids once, the truth", f"If {name} bids under both names"),
        (
            *sums,
            *lottery,
            Sum("Worth of what both names win, at the same true value", f"{products(type_, held)} = {amount(worth)}"),
            Sum("Payments under both names", added(payments)),
            Sum("Utility of both names", f"{amount(worth)} {MINUS} {factor(paid)} = {amount(worth - paid)}"),
            Sum("Gain", f"{amount(worth - paid)} {MINUS} {factor(honest)} = {amount(gain)}"),
        ),
        -gain,
        f"By bidding under a second name {name} gains {amount(gain)}.",
    )


def consumer_sovereignty(domain: Domain, witness: Witness) -> Reckoning:
    """What the agent gets for each of its reports: nothing."""
    (agent,) = witness.agents
    name = domain.agents[agent]
    gets = [domain.expected_consumption(run.outcome, agent) for run in witness.runs]
    best = max(sum(got) for got in gets)
    most = max(max(run.reports[agent]) for run in witness.runs)
    reports = witness.runs[0].reports
    others = [max(report) for other, report in enumerate(reports) if other != agent]
    text = f"Whatever it reports, {name} gets nothing, although it can outbid all others together."
    return Reckoning(
        "The reports of the others are the same in all runs.",
        tuple(f"If {name} reports {vector(run.reports[agent])}" for run in witness.runs),
        (
            Sum("The largest amounts that the others report", added(others) if others else amount(0)),
            Sum(f"The largest amount that {name} can report", amount(most)),
            Sum("The margin is 0 where some report gets something, else", amount(-1)),
        ),
        0 if best > 0 else -1,
        text,
    )


def no_free_riding(domain: Domain, witness: Witness) -> Reckoning:
    """What the idler pays against what its share would add to what another agent has."""
    (agent, other), (run,) = witness.agents, witness.runs
    name, rival, type_ = domain.agents[agent], domain.agents[other], run.reports[other]
    has = value(type_, domain.expected_consumption(run.outcome, other))
    both = value(type_, domain.expected_together(run.outcome, agent, other))
    paid = run.outcome.expected_payment(agent)
    more = both - has
    return Reckoning(
        f"To {rival}, {worth_of(domain, type_)}.",
        (f"{opening(name)} reports zero for everything",),
        (
            *[line for one in (agent, other) for line in averages(domain, run, one)],
            Sum(
                f"More for {rival}, with the share of {name} too",
                f"{amount(both)} {MINUS} {factor(has)} = {amount(more)}",
            ),
            Sum(f"Payment of {name}", amount(paid)),
            Sum("Not paid for", f"{amount(more)} {MINUS} {factor(paid)} = {amount(more - paid)}"),
        ),
        paid - more,
        f"{opening(name)} has for nothing what {rival} would have {amount(more)} more by.",
    )
