"""The arithmetic of violations in which all reports were changed by one rule.

As in `arithmetic`, each function restates the definition of its property in its own sums.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from verifier.domains import Consumption, Domain
from verifier.evidence import Witness
from verifier.exact import Money
from verifier.reporting.amounts import amount, vector
from verifier.reporting.arithmetic import Reckoning, Sum, added


def scale_invariant(domain: Domain, witness: Witness) -> Reckoning:
    """What everybody gets and pays, against the same shares and twice the payments."""
    setting = "All reports are doubled. Then everybody should get the same and pay twice as much."
    return _compared(domain, witness, setting, lambda paid, got: 2 * paid)


def translation_invariant(domain: Domain, witness: Witness) -> Reckoning:
    """What everybody gets and pays, against the same shares and one more for every unit."""
    setting = "All reports are raised by 1. Then everybody should get the same and pay 1 more for each unit."
    return _compared(domain, witness, setting, lambda paid, got: paid + sum(got))


def losers_irrelevant(domain: Domain, witness: Witness) -> Reckoning:
    """What everybody gets, and who pays more, after a loser has lowered its report."""
    (agent,), (run, moved) = witness.agents, witness.runs
    sums, terms = list[Sum](), list[Money]()
    for other, name in enumerate(domain.agents):
        got, gets = (domain.expected_consumption(one.outcome, other) for one in (run, moved))
        paid, pays = (one.outcome.expected_payment(other) for one in (run, moved))
        if got != gets:
            terms += [max(x - y, y - x) for x, y in zip(got, gets, strict=True) if x != y]
            sums.append(Sum(f"What {name} gets, before and after", f"{vector(got)} and {vector(gets)}"))
        if pays > paid:
            terms.append(pays - paid)
            sums.append(Sum(f"What {name} pays, before and after", f"{amount(paid)} and {amount(pays)}"))
    distance = sum(terms)
    return Reckoning(
        f"{domain.agents[agent]} gets nothing and lowers its report. Then nobody should get anything else or pay more.",
        ("Before", "After"),
        (*sums, Sum("Differences in all", added(terms))),
        -distance,
        f"A bid that lost moves shares and payments by {amount(distance)} in all.",
    )


def null_bidder(domain: Domain, witness: Witness) -> Reckoning:
    """What everybody gets and pays with the agent and without it."""
    (agent,) = witness.agents
    name = domain.agents[agent]
    return _compared(
        domain,
        witness,
        f"{name} reports zero and gets nothing. Then it should pay nothing, and nobody should notice that it is gone.",
        lambda paid, got: paid,
        _Words(
            ("With it", f"Without {name}, for whom nothing is written down"),
            f"What {{}} gets, with {name} and without",
            f"What {{}} pays, with {name} and without",
            "A bidder of nothing moves shares and payments by {} in all.",
        ),
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """How two runs are told apart; a name, and in the last an amount, goes into the braces."""

    runs: tuple[str, str]
    gets: str
    pays: str
    off: str


_BY_RULE = _Words(
    ("Before", "After"),
    "What {} should get, and gets",
    "What {} should pay, and pays",
    "The second run is off by {} in all.",
)


def _compared(
    domain: Domain,
    witness: Witness,
    setting: str,
    due: Callable[[Money, Consumption], Money],
    words: _Words = _BY_RULE,
) -> Reckoning:
    """The second run against the same shares as in the first, and the payments that are due for them."""
    run, moved = witness.runs
    sums, terms = list[Sum](), list[Money]()
    for agent, name in enumerate(domain.agents):
        got, gets = (domain.expected_consumption(one.outcome, agent) for one in (run, moved))
        wanted = due(run.outcome.expected_payment(agent), got)
        pays = moved.outcome.expected_payment(agent)
        if got != gets:
            terms += [max(x - y, y - x) for x, y in zip(got, gets, strict=True) if x != y]
            sums.append(Sum(words.gets.format(name), f"{vector(got)} and {vector(gets)}"))
        if wanted != pays:
            terms.append(max(wanted - pays, pays - wanted))
            sums.append(Sum(words.pays.format(name), f"{amount(wanted)} and {amount(pays)}"))
    distance = sum(terms)
    return Reckoning(
        setting,
        words.runs,
        (*sums, Sum("Differences in all", added(terms))),
        -distance,
        words.off.format(amount(distance)),
    )
