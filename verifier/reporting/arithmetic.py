"""The arithmetic of a violation, property by property, in lines that a reader can follow with a pencil.

Each function restates the definition of its property in its own sums; it takes no margin from the certificate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.domains import Consumption, Domain, Type, value
from verifier.errors import DomainError
from verifier.evidence import ObservedRun, Witness
from verifier.exact import Money
from verifier.reporting.amounts import MINUS, TIMES, amount, factor, good, products, total, vector, worth_of
from verifier.reporting.findings import broken_constraint


@dataclass(frozen=True, slots=True)
class Sum:
    """One line: what is computed, and the computation."""

    words: str
    arithmetic: str


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The argument around the runs: the setting, a heading per run, the sums, the margin they give, the conclusion."""

    setting: str
    headings: tuple[str, ...]
    sums: tuple[Sum, ...]
    margin: Money
    conclusion: str


MOST_DRAWS = 12  # of a lottery that are written out
UTILITY = "Utility is what the share is worth at the true value, less the payment."
TRUTHFUL = "Everybody reports the truth"


def dsic(domain: Domain, witness: Witness) -> Reckoning:
    """Utility of the truth against utility of the lie, both at the true type."""
    (agent,) = witness.agents
    truth, lie = witness.runs
    type_, report, name = truth.reports[agent], lie.reports[agent], domain.agents[agent]
    honest, honest_sums = utility_at(domain, truth, agent, type_, "Utility of the truth")
    other, other_sums = utility_at(domain, lie, agent, type_, "Utility of the lie, at the same true value")
    gain = other - honest
    return Reckoning(
        f"To {name}, {worth_of(domain, type_)}. The reports of the others are the same in both runs. {UTILITY}",
        (f"If {name} reports the truth, {vector(type_)}", f"If {name} reports {vector(report)} instead"),
        (*honest_sums, *other_sums, Sum("Gain", f"{amount(other)} {MINUS} {factor(honest)} = {amount(gain)}")),
        -gain,
        f"By reporting {vector(report)} in place of the truth, {vector(type_)}, {name} gains {amount(gain)}.",
    )


def ex_post_ir(domain: Domain, witness: Witness) -> Reckoning:
    """The utility of an agent that reports the truth."""
    agent, (run,) = witness.agents[0], witness.runs
    name, type_ = domain.agents[agent], run.reports[agent]
    utility, sums = utility_at(domain, run, agent, type_, f"Utility of {name}")
    text = f"{name} would have had 0 by staying away; taking part costs it {amount(-utility)}."
    setting = f"To {name}, {worth_of(domain, type_)}. {UTILITY}"
    return Reckoning(setting, (TRUTHFUL,), tuple(sums), utility, opening(text))


def no_deficit(domain: Domain, witness: Witness) -> Reckoning:
    """The sum of all payments."""
    (run,) = witness.runs
    agents = range(len(domain.agents))
    payments = [run.outcome.expected_payment(agent) for agent in agents]
    expected = [line for agent in agents for line in averages(domain, run, agent)]
    income = sum(payments)
    line = Sum("Payments of all agents", added(payments))
    text = f"The mechanism pays out {amount(-income)} more than it takes in."
    return Reckoning("", ("The run",), (*expected, line), income, text)


def no_positive_transfers(domain: Domain, witness: Witness) -> Reckoning:
    """One payment, which is negative."""
    agent, (run,) = witness.agents[0], witness.runs
    paid, name = run.outcome.expected_payment(agent), domain.agents[agent]
    line = Sum(f"Payment of {name}", amount(paid))
    text = f"A negative payment is money received: {name} is paid {amount(-paid)} by the mechanism."
    return Reckoning("", ("The run",), (*averages(domain, run, agent), line), paid, text)


def feasible(domain: Domain, witness: Witness) -> Reckoning:
    """The slack of the tightest constraint."""
    (run,) = witness.runs
    constraint = broken_constraint(domain, witness)
    try:
        slack = domain.least_slack(run.outcome)[1]
    except DomainError:
        slack = witness.margin  # a share that means nothing here has no slack to compute
    line = Sum(f"Slack of \u201c{constraint}\u201d", amount(slack))
    text = f"A slack must not be negative: the rule is broken by {amount(-slack)}."
    return Reckoning("", ("The run",), (line,), slack, text)


def efficient(domain: Domain, witness: Witness) -> Reckoning:
    """Welfare of the outcome against welfare of the better allocation."""
    (run,) = witness.runs
    agents = range(len(domain.agents))
    chosen = [domain.expected_consumption(run.outcome, agent) for agent in agents]
    better = [domain.consumption(share) for share in witness.alternative or ()]
    had, had_line = welfare_of("Worth to the agents in total", run.reports, chosen)
    could, could_line = welfare_of("Worth of the better allocation", run.reports, better)
    line = Sum("Lost", f"{amount(could)} {MINUS} {amount(had)} = {amount(could - had)}")
    text = f"The better allocation is feasible and worth {amount(could - had)} more; payments only move money."
    return Reckoning("", (TRUTHFUL,), (had_line, could_line, line), had - could, text)


def envy_free(domain: Domain, witness: Witness) -> Reckoning:
    """Own utility against utility in the other's place."""
    (agent, other), (run,) = witness.agents, witness.runs
    name, rival, type_ = domain.agents[agent], domain.agents[other], run.reports[agent]
    own, own_sums = utility_at(domain, run, agent, type_, f"Utility of {name}")
    there, there_sums = utility_at(domain, run, other, type_, f"Its utility in the place of {rival}")
    line = Sum("Envy", f"{amount(there)} {MINUS} {factor(own)} = {amount(there - own)}")
    text = f"{name} would give up to {amount(there - own)} to have the share and payment of {rival}."
    setting = f"To {name}, {worth_of(domain, type_)}. {UTILITY}"
    return Reckoning(setting, (TRUTHFUL,), (*own_sums, *there_sums, line), own - there, opening(text))


def monotone(domain: Domain, witness: Witness) -> Reckoning:
    """Change of report times change of what the agent gets."""
    (agent,) = witness.agents
    first, second = witness.runs
    name = domain.agents[agent]
    reports = [run.reports[agent] for run in witness.runs]
    gets = [domain.expected_consumption(run.outcome, agent) for run in witness.runs]
    rise, change = (_minus(*pair) for pair in (reports, gets))
    margin = value(rise, change)
    lottery = [line for run in (first, second) for line in averages(domain, run, agent)]
    sums = (
        *lottery,
        Sum("Change of the report", f"{vector(reports[0])} {MINUS} {vector(reports[1])} = {vector(rise)}"),
        Sum("Change of what it gets", f"{vector(gets[0])} {MINUS} {vector(gets[1])} = {vector(change)}"),
        Sum("Product", f"{products(rise, change)} = {amount(margin)}"),
    )
    return Reckoning(
        "The reports of the others are the same in both runs.",
        tuple(f"If {name} reports {vector(report)}" for report in reports),
        sums,
        margin,
        f"The product must not be negative: what {name} gets moves against its report.",
    )


def critical_payment(domain: Domain, witness: Witness) -> Reckoning:
    """The truth's payment against what the other report would get."""
    (agent,) = witness.agents
    truth, lie = witness.runs
    name = domain.agents[agent]
    (type_,), (report,) = truth.reports[agent], lie.reports[agent]
    (got,), other = (domain.expected_consumption(run.outcome, agent) for run in witness.runs)
    paid = truth.outcome.expected_payment(agent)
    due, sums = report * got, [*averages(domain, truth, agent), *averages(domain, lie, agent)]
    price = Sum(f"{amount(report)} for each of what it gets", f"{amount(report)} {TIMES} {factor(got)} = {amount(due)}")
    if not got:
        margin, rule = -max(paid, -paid), f"who gets nothing pays nothing, and {name} pays {amount(paid)}"
    elif not other[0]:
        margin, rule = paid - due, f"with {amount(report)} it would lose, so a winner must pay {amount(due)} or more"
        sums.append(price)
    elif got != other[0]:
        apart = max(got - other[0], other[0] - got)
        margin, rule = -apart * (type_ + report), f"a winner gets one fixed share; these two differ by {amount(apart)}"
        both = f"({amount(type_)} + {factor(report)})"
        sums.append(Sum("Difference times both reports", f"{amount(apart)} {TIMES} {both} = {amount(-margin)}"))
    else:
        margin = min(due - paid, paid)
        rule = f"with {amount(report)} it would win too, so a winner must pay between 0 and {amount(due)}"
        sums.append(price)
    sums.append(Sum(f"Payment of {name}", amount(paid)))
    return Reckoning(
        "The reports of the others are the same in both runs.",
        tuple(f"If {name} reports {vector(run.reports[agent])}" for run in witness.runs),
        tuple(sums),
        margin,
        opening(f"{rule}."),
    )


def pairwise_strategyproof(domain: Domain, witness: Witness) -> Reckoning:
    """Utilities of two agents with the truth and with a common lie."""
    truth, lie = witness.runs
    names = [domain.agents[agent] for agent in witness.agents]
    sums, gains = list[Sum](), list[Money]()
    for agent, name in zip(witness.agents, names, strict=True):
        type_ = truth.reports[agent]
        honest, honest_sums = utility_at(domain, truth, agent, type_, f"Utility of {name} with the truth")
        other, other_sums = utility_at(domain, lie, agent, type_, f"Utility of {name} with the lie")
        gains.append(other - honest)
        gained = f"{amount(other)} {MINUS} {factor(honest)} = {amount(other - honest)}"
        sums += [*honest_sums, *other_sums, Sum(f"Gain of {name}", gained)]
    pair = " and ".join(names)
    return Reckoning(
        f"True values are those of the first run. The reports of the others are the same in both runs. {UTILITY}",
        (f"If {pair} report the truth", "If they report something else together"),
        tuple(sums),
        -min(gains),
        opening(f"{pair} both gain, {amount(min(gains))} or more each."),
    )


def anonymous(domain: Domain, witness: Witness) -> Reckoning:
    """Distance of the second run from the first with the two agents exchanged."""
    (agent, other), (run, swapped) = witness.agents, witness.runs
    name, rival = domain.agents[agent], domain.agents[other]
    place = {agent: other, other: agent}
    sums, distance = _distance(domain, run, swapped, [place.get(i, i) for i in range(len(domain.agents))])
    return Reckoning(
        f"{opening(name)} and {rival} exchange their reports. Then {name} should get and pay what {rival} did, "
        f"{rival} what {name} did, and everybody else the same as before.",
        ("Before the exchange", "After the exchange"),
        sums,
        -distance,
        f"The second run is off by {amount(distance)} in all.",
    )


def deterministic(domain: Domain, witness: Witness) -> Reckoning:
    """Distance between two runs on the same bids."""
    run, again = witness.runs
    sums, distance = _distance(domain, run, again, range(len(domain.agents)))
    return Reckoning(
        "The mechanism was run twice on the same bids.",
        ("First run", f"Again ({witness.repeat})"),
        sums,
        -distance,
        f"The two runs differ by {amount(distance)} in all.",
    )


def utility_at(domain: Domain, run: ObservedRun, agent: int, type_: Type, words: str) -> tuple[Money, list[Sum]]:
    """What `agent` gets under `run`, at `type_`, less what it pays; expectations first where there is a lottery."""
    consumption = domain.expected_consumption(run.outcome, agent)
    paid = run.outcome.expected_payment(agent)
    utility = value(type_, consumption) - paid
    arithmetic = f"{products(type_, consumption)} {MINUS} {factor(paid)} = {amount(utility)}"
    return utility, [*averages(domain, run, agent), Sum(words, arithmetic)]


def averages(domain: Domain, run: ObservedRun, agent: int) -> list[Sum]:
    """What the agent gets and pays in expectation; nothing where the outcome is certain."""
    draws = run.outcome.draws
    if len(draws) == 1:
        return []
    name, report = domain.agents[agent], vector(run.reports[agent])
    gets = vector(domain.expected_consumption(run.outcome, agent))
    chances = [draw.probability for draw in draws]
    paid = [draw.payments[agent] for draw in draws]
    expected = amount(run.outcome.expected_payment(agent))
    if len(draws) > MOST_DRAWS:
        gets, expected = (f"over {len(draws):,} draws {found}" for found in (gets, expected))
    else:
        expected = f"{products(chances, paid)} = {expected}"
        if domain.dimension == 1:
            got = [domain.consumption(draw.shares[agent])[0] for draw in draws]
            gets = f"{products(chances, got)} = {gets}"
    return [
        Sum(f"What {name}, reporting {report}, gets on average ({good(domain)})", gets),
        Sum(f"What {name}, reporting {report}, pays on average", expected),
    ]


def welfare_of(words: str, types: Sequence[Type], consumptions: Sequence[Consumption]) -> tuple[Money, Sum]:
    """What the agents have is worth in total, and the line that adds it up."""
    worths = [value(type_, consumption) for type_, consumption in zip(types, consumptions, strict=True)]
    terms = " + ".join(
        f"{factor(type_[0])} {TIMES} {factor(got[0])}" if len(type_) == 1 else f"({products(type_, got)})"
        for type_, got in zip(types, consumptions, strict=True)
    )
    return sum(worths), Sum(words, f"{terms} = {amount(sum(worths))}")


def _distance(
    domain: Domain, run: ObservedRun, again: ObservedRun, place: Sequence[int]
) -> tuple[tuple[Sum, ...], Money]:
    """Sum of all differences, agent i of `run` being compared with agent `place[i]` of `again`."""
    sums = list[Sum]()
    terms = list[Money]()
    for agent, seat in enumerate(place):
        name = domain.agents[agent]
        against = "" if seat == agent else f", against {domain.agents[seat]} in the second run"
        before = domain.expected_consumption(run.outcome, agent)
        after = domain.expected_consumption(again.outcome, seat)
        paid, pays = run.outcome.expected_payment(agent), again.outcome.expected_payment(seat)
        if before != after:
            terms += [max(x - y, y - x) for x, y in zip(before, after, strict=True) if x != y]
            sums.append(Sum(f"What {name} gets{against}", f"{vector(before)} and {vector(after)}"))
        if paid != pays:
            terms.append(max(paid - pays, pays - paid))
            sums.append(Sum(f"What {name} pays{against}", f"{amount(paid)} and {amount(pays)}"))
    distance = sum(terms)
    return (*sums, Sum("Differences in all", added(terms))), distance


def added(terms: Sequence[Money]) -> str:
    """`a + b = c`, or the one term alone."""
    return f"{total(terms)} = {amount(sum(terms))}" if len(terms) > 1 else total(terms)


def _minus(left: Sequence[Money], right: Sequence[Money]) -> tuple[Money, ...]:
    return tuple(a - b for a, b in zip(left, right, strict=True))


def opening(text: str) -> str:
    """The text with a capital at its start, for names that open a sentence."""
    return text[:1].upper() + text[1:]
