"""Refutations among agents who only rank, in lines that a reader can follow with a pencil.

Each function restates the definition of its property in its own sums, as `arithmetic` does for money.
"""

from __future__ import annotations

from collections.abc import Callable

from verifier.domains import Ordinal, Type, value
from verifier.evidence import ObservedRun, Witness
from verifier.exact import Money
from verifier.reporting.amounts import MINUS, amount, counted, factor, listed, share
from verifier.reporting.arithmetic import TRUTHFUL, Reckoning, Sum, opening
from verifier.reporting.rankings import elected_instead, envy, places, rather_have, wanted

WORTH = (
    "What is listed is worth its place counted from below, 1 for the last listed; nobody pays. "
    "Only the order of these numbers means anything."
)


def reckoning(name: str, domain: Ordinal, witness: Witness) -> Reckoning | None:
    """The argument step by step; None where the one for money will do."""
    reckon = _RECKONINGS.get(name)
    return reckon(domain, witness) if reckon else None


def _worth(domain: Ordinal, run: ObservedRun, agent: int, type_: Type) -> Money:
    return value(type_, domain.expected_consumption(run.outcome, agent))


def _difference(domain: Ordinal, agent: int, words: str, there: Money, here: Money) -> Sum:
    return Sum(f"{domain.agents[agent]}: {words}", f"{amount(there)} {MINUS} {factor(here)} = {amount(there - here)}")


def _lies(domain: Ordinal, witness: Witness) -> Reckoning:
    """Of one liar or of two: what each has by the lie, less what it has by the truth."""
    truth, lie = witness.runs
    gains = []
    for agent in witness.agents:
        type_ = truth.reports[agent]
        gains.append((_worth(domain, lie, agent, type_), _worth(domain, truth, agent, type_)))
    sums = [
        _difference(domain, agent, "worth of what the lie gets, less that of the truth", *pair)
        for agent, pair in zip(witness.agents, gains, strict=True)
    ]
    least = min(there - here for there, here in gains)
    names = listed([domain.agents[agent] for agent in witness.agents])
    setting = f"The second run is with the lie of {names}; the reports of the others are the same. {WORTH}"
    conclusion = f"The lie is better by {places(least)}" + (" or more for each." if len(gains) > 1 else ".")
    return Reckoning(setting, (TRUTHFUL, f"With the lie of {names}"), tuple(sums), -least, conclusion)


def _alone(domain: Ordinal, witness: Witness) -> Reckoning:
    agent, (run,) = witness.agents[0], witness.runs
    worth = _worth(domain, run, agent, run.reports[agent])
    line = Sum(f"Worth of what {domain.agents[agent]} has", amount(worth))
    text = f"{domain.agents[agent]} would have had 0 by staying away."
    return Reckoning(WORTH, (TRUTHFUL,), (line,), worth, opening(text))


def _envies(domain: Ordinal, witness: Witness) -> Reckoning:
    (agent, other), (run,) = witness.agents, witness.runs
    type_ = run.reports[agent]
    there, here = value(type_, domain.expected_consumption(run.outcome, other)), _worth(domain, run, agent, type_)
    line = _difference(domain, agent, f"worth of what {domain.agents[other]} has, less that of its own", there, here)
    return Reckoning(WORTH, (TRUTHFUL,), (line,), here - there, opening(f"{envy(domain, witness)}."))


def _dominated(domain: Ordinal, witness: Witness) -> Reckoning:
    (run,) = witness.runs
    gains = []
    for agent, other in enumerate(witness.alternative or ()):
        type_ = run.reports[agent]
        gains.append((value(type_, domain.consumption(other)), _worth(domain, run, agent, type_)))
    words = "worth of the other allocation, less that of what it has"
    sums = tuple(_difference(domain, agent, words, *pair) for agent, pair in enumerate(gains))
    more = sum(there - here for there, here in gains)
    return Reckoning(WORTH, (TRUTHFUL,), sums, -more, "Nobody loses by it, and somebody gains.")


def _objection(domain: Ordinal, witness: Witness) -> Reckoning:
    (run,), shares = witness.runs, witness.alternative or ()
    gains = []
    for agent in witness.agents:
        type_ = run.reports[agent]
        gains.append((value(type_, domain.consumption(shares[agent])), _worth(domain, run, agent, type_)))
    words = "worth of what it would rather have, less that of what it has"
    sums = [_difference(domain, agent, words, *pair) for agent, pair in zip(witness.agents, gains, strict=True)]
    seats = [one.seat for one in domain.objections() if (one.agents, one.shares) == (witness.agents, shares)]
    if seats and seats[0] is not None:
        place, room, before = seats[0]
        held = sum(domain.expected_consumption(run.outcome, agent)[place] for agent in before)
        kept = f"{amount(held)} of {room}"
        sums.append(Sum(f"Places of {wanted(domain, witness, witness.agents[0])} held by who goes before", kept))
    return Reckoning(
        WORTH,
        (TRUTHFUL,),
        tuple(sums),
        -min(there - here for there, here in gains),
        opening(f"{rather_have(domain, witness)}, and nothing keeps it from that."),
    )


def _chances(domain: Ordinal, witness: Witness) -> Reckoning:
    (agent,) = witness.agents
    type_ = witness.runs[0].reports[agent]
    sums, margins = list[Sum](), list[Money]()
    for level in sorted({*type_, 0}, reverse=True):
        chances = list[Money]()
        for run in witness.runs:
            gets = domain.expected_consumption(run.outcome, agent)
            nothing = 1 - sum(gets) if level <= 0 else 0
            chances.append(nothing + sum(got for got, worth in zip(gets, type_, strict=True) if worth >= level))
        margins.append(chances[0] - chances[1])
        words = f"Chance of something worth {amount(level)} or more, with the truth and with the lie"
        sums.append(Sum(words, listed([amount(chance) for chance in chances])))
    text = f"The lie makes one of these {amount(-min(margins))} more likely."
    return Reckoning(WORTH, (TRUTHFUL, "If it reports something else"), tuple(sums), min(margins), text)


def _votes(domain: Ordinal, witness: Witness) -> Reckoning:
    (run,), (right, *_) = witness.runs, witness.alternative or (None,)
    sums, right = list[Sum](), right if isinstance(right, int) else 0
    for rival in range(domain.dimension):
        if rival != right:
            votes = [sum(t[a] > t[b] for t in run.reports) for a, b in ((right, rival), (rival, right))]
            pair = [share(domain, place, 0) for place in (right, rival)]
            sums.append(Sum(f"{pair[0]} against {pair[1]}", f"{counted(votes[0], 'voter')} to {votes[1]}"))
    margin = domain.expected_consumption(run.outcome, 0)[right] - 1
    return Reckoning("", (TRUTHFUL,), tuple(sums), margin, opening(f"{elected_instead(domain, witness)}."))


_RECKONINGS: dict[str, Callable[[Ordinal, Witness], Reckoning]] = {
    "condorcet": _votes,
    "dsic": _lies,
    "envy-free": _envies,
    "ex-post-ir": _alone,
    "pairwise-strategyproof": _lies,
    "pareto-efficient": _dominated,
    "sd-strategyproof": _chances,
    "stable": _objection,
    "unanimous": _votes,
    "universally-truthful": _lies,
}
