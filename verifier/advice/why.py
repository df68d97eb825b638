"""The shape of a violation in one sentence, found by trying what could be its shape on the outcomes themselves.

A sentence about every winner, or about all profiles, says at how many profiles that was looked at and is true at each
of them; a sentence about one case names the bids. Where nothing fits nothing is said: no sentence is a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TypeAlias

from verifier.domains import Consumption, Domain, Outcome, Profile, Type, value
from verifier.evidence import Witness
from verifier.exact import Money, show
from verifier.scope import setting_of

Line: TypeAlias = list[tuple[Money, tuple[Consumption, Money]]]  # bids, ascending, with what each gets and pays


@dataclass(frozen=True, slots=True)
class Seen:
    """What a mechanism did where it was looked at: (n,) expected consumptions and payments by profile.

    Attributes
    ----------
    domain : the setting
    rows : outcomes by profile; profiles without a valid one are left out
    """

    domain: Domain
    rows: Mapping[Profile, tuple[tuple[Consumption, ...], Type]]

    def holdings(self) -> Iterator[tuple[Profile, int, Consumption, Money]]:
        """Profile, agent, what it gets and what it pays, in every row."""
        for profile, (gets, pays) in self.rows.items():
            for agent, got in enumerate(gets):
                yield profile, agent, got, pays[agent]


def seen(domain: Domain, outcomes: Mapping[Profile, Outcome]) -> Seen:
    """The outcomes of a mechanism as expected consumptions and payments."""
    agents = range(len(domain.agents))
    return Seen(
        domain,
        {
            profile: (
                tuple(domain.expected_consumption(outcome, agent) for agent in agents),
                tuple(outcome.expected_payment(agent) for agent in agents),
            )
            for profile, outcome in outcomes.items()
        },
    )


def why(name: str, witness: Witness, found: Seen) -> str | None:
    """The shape of the violation of a property; None where none of the known shapes fits, or agents sell or rank.

    Parameters
    ----------
    name : of the property
    witness : the case that refutes it
    found : what the mechanism did at other profiles too
    """
    if setting_of(found.domain) != "money":
        return None
    if witness.rounding:
        return f"The violation of {show(-witness.margin)} is no larger than the rounding of the numbers returned."
    runs = {run.reports: run.outcome for run in witness.runs}
    both = Seen(found.domain, {**found.rows, **seen(found.domain, runs).rows})
    for shape in _SHAPES.get(name, ()):
        said = shape(witness, both)
        if said is not None:
            return f"{said}."
    return None


def _pays_its_bid(witness: Witness, found: Seen) -> str | None:
    """Every winner pays what it bid for what it gets."""
    winners = [(value(profile[agent], got), paid) for profile, agent, got, paid in found.holdings() if any(got)]
    if len({bid for bid, _ in winners}) < 2 or any(bid != paid for bid, paid in winners):
        return None
    return f"Whoever gets something pays its own bid for it (at all {len(found.rows):,} profiles that were looked at)"


def _lowest_winning_bid(witness: Witness, found: Seen) -> str | None:
    """All winners pay the lowest of the winning bids, where several win."""
    if found.domain.dimension > 1:
        return None
    several = 0
    for profile, (gets, pays) in found.rows.items():
        winners = [agent for agent, got in enumerate(gets) if got[0] > 0]
        if not winners:
            continue
        lowest = min(profile[agent][0] for agent in winners)
        if any(pays[agent] != lowest * gets[agent][0] for agent in winners):
            return None
        several += len(winners) > 1 and len({profile[agent][0] for agent in winners}) > 1
    if not several:
        return None
    return f"The winners pay the lowest winning bid (at all {len(found.rows):,} profiles that were looked at)"


def _price_of_own_bid(witness: Witness, found: Seen) -> str | None:
    """The same share for another payment, when nothing but the own bid changed."""
    truth, lie = witness.runs
    (agent,) = witness.agents
    (gets, pays), (gets_then, pays_then) = found.rows[truth.reports], found.rows[lie.reports]
    if gets[agent] != gets_then[agent] or pays[agent] == pays_then[agent]:
        return None
    name = found.domain.agents[agent]
    told, bid = (_bid(run.reports[agent]) for run in (lie, truth))
    return (
        f"What {name} pays depends on its own bid while what it gets does not: {show(pays[agent])} at a bid of {bid}, "
        f"{show(pays_then[agent])} at {told}"
    )


def _not_monotone(witness: Witness, found: Seen) -> str | None:
    """A higher bid gets less."""
    if found.domain.dimension > 1:
        return None
    for agent, others, line in _lines(found):
        for (low, less), (high, more) in pairwise(line):
            if more[0][0] < less[0][0]:
                name = found.domain.agents[agent]
                return (
                    f"The allocation is not monotone: {name} gets {show(less[0][0])} at a bid of {show(low)} and "
                    f"{show(more[0][0])} at {show(high)}{_beside(others)}, so no payments make it truthful"
                )
    return None


def _not_critical(witness: Witness, found: Seen) -> str | None:
    """One winner of a unit pays more or less than the least bid with which it would still have won."""
    if found.domain.dimension > 1:
        return None
    (agent,) = witness.agents[:1]
    name = found.domain.agents[agent]
    for _, others, line in (one for one in _lines(found) if one[0] == agent):
        lost = [bid for bid, ((got,), _) in line if got == 0]
        won = [(bid, paid) for bid, ((got,), paid) in line if got == 1]
        if len(lost) + len(won) < len(line) or not won or (lost and max(lost) > won[0][0]):
            continue
        least = won[0][0]
        for bid, paid in won:
            if paid > least:
                told = f"{name} pays {show(paid)} at a bid of {show(bid)}"
                return f"{told}, though {show(least)} would have won{_beside(others)}"
            if lost and paid < max(lost):
                alone = "a reserve is not charged: " if not any(map(any, others.values())) else ""
                told = f"{alone}{name} wins at a bid of {show(bid)} and pays {show(paid)}"
                return f"{told}, though a bid of {show(max(lost))} loses{_beside(others)}"
    return None


def _overcharged(witness: Witness, found: Seen) -> str | None:
    """A payment above the bid, or for nothing."""
    (agent,) = witness.agents
    report = witness.runs[0].reports[agent]
    gets, pays = found.rows[witness.runs[0].reports]
    name, worth = found.domain.agents[agent], value(report, gets[agent])
    if not any(gets[agent]):
        return f"{name} gets nothing and pays {show(pays[agent])}"
    return f"{name} pays {show(pays[agent])} for what it bids {show(worth)} for"


def _sold_twice(witness: Witness, found: Seen) -> str | None:
    """More is given out than there is; at a tie of the highest bids where that is so."""
    profile = witness.runs[0].reports
    gets, _ = found.rows[profile]
    if found.domain.kind != "single-item":
        return None
    holders = [agent for agent, got in enumerate(gets) if got[0] > 0]
    bids = {profile[agent] for agent in holders}
    if len(holders) < 2:
        return None
    tie = "a tie is sold to all who are in it" if len(bids) == 1 else "the item is given to several"
    who = ", ".join(found.domain.agents[one] for one in holders)
    return f"At bids ({', '.join(_bid(report) for report in profile)}) {tie}: {who}"


def _paid_out(witness: Witness, found: Seen) -> str | None:
    """Who is paid."""
    profile = witness.runs[0].reports
    _, pays = found.rows[profile]
    paid = [f"{found.domain.agents[agent]} {show(-amount)}" for agent, amount in enumerate(pays) if amount < 0]
    taken = sum(amount for amount in pays if amount > 0)
    if not paid:
        return None
    bids = ", ".join(_bid(report) for report in profile)
    return f"At bids ({bids}) the mechanism pays {', '.join(paid)} and takes in {show(taken)}"


def _unsold(witness: Witness, found: Seen) -> str | None:
    """Nothing is given out though somebody bids; more telling where one bidder is alone with its bid."""
    profile = witness.runs[0].reports
    gets, _ = found.rows[profile]
    bidding = [agent for agent, report in enumerate(profile) if any(report)]
    if any(map(any, gets)) or not bidding:
        return None
    if len(bidding) == 1:
        name, bid = found.domain.agents[bidding[0]], _bid(profile[bidding[0]])
        return f"Nothing is sold to {name}, the only one who bids: {bid}"
    return f"Nothing is sold at bids ({', '.join(_bid(report) for report in profile)})"


def _shut_out(witness: Witness, found: Seen) -> str | None:
    """Somebody gets nothing whatever it bids."""
    (agent,) = witness.agents
    told = [run.reports[agent] for run in witness.runs]
    others = {at: report for at, report in enumerate(witness.runs[0].reports) if at != agent}
    name = found.domain.agents[agent]
    return f"{name} gets nothing at any of its {len(told)} bids, the highest {_bid(told[-1])}{_beside(others)}"


def _lines(found: Seen) -> Iterator[tuple[int, dict[int, Type], Line]]:
    """For each agent and each profile of the others' bids that was looked at: what each of its bids gives it."""
    for agent in range(len(found.domain.agents)):

        def others_of(profile: Profile, agent: int = agent) -> Profile:
            return (*profile[:agent], *profile[agent + 1 :])

        profiles = sorted(found.rows, key=lambda profile: (others_of(profile), profile[agent]))
        for _, group in groupby(profiles, key=others_of):
            line = list(group)
            others = {at: report for at, report in enumerate(line[0]) if at != agent}
            yield (
                agent,
                others,
                [(one[agent][0], (found.rows[one][0][agent], found.rows[one][1][agent])) for one in line],
            )


def _beside(others: Mapping[int, Type]) -> str:
    """The others' bids."""
    return f" (the others bid {', '.join(map(_bid, others.values()))})" if others else ""


def _bid(report: Type) -> str:
    return show(report[0]) if len(report) == 1 else f"({', '.join(map(show, report))})"


_SHAPES: dict[str, tuple[Callable[[Witness, Seen], str | None], ...]] = {
    "dsic": (_pays_its_bid, _lowest_winning_bid, _not_monotone, _price_of_own_bid, _not_critical),
    "critical-payment": (_pays_its_bid, _lowest_winning_bid, _not_critical),
    "monotone": (_not_monotone,),
    "ex-post-ir": (_overcharged,),
    "feasible": (_sold_twice,),
    "no-deficit": (_paid_out,),
    "efficient": (_unsold,),
    "consumer-sovereignty": (_shut_out,),
}
