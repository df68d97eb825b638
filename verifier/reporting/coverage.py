"""What an audit covered and what it did not, said as plainly as the verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from verifier.domains import Domain, Type
from verifier.exact import Money
from verifier.reporting.amounts import amount, counted, listed, vector
from verifier.reporting.reading import Report

_KINDS = {
    "single-item": "one indivisible item",
    "unit-demand": "{items} identical items, one per agent at most",
    "multi-unit": "{items} identical items, each further one worth no more than the one before",
    "slots": "position slots with click rates {rates}",
}


def setting(domain: Domain) -> str:
    """The domain in half a sentence: `3 agents, one indivisible item`."""
    extra = domain.extra()
    rates = extra.get("click_rates")
    shown = listed([str(rate) for rate in rates]) if isinstance(rates, list) else ""
    goods = _KINDS[domain.kind].format(items=extra.get("items"), rates=shown)
    if extra.get("items") == 1:
        goods = "one item"
    return f"{counted(len(domain.agents), 'agent')}, {goods}"


def grid_rows(domain: Domain) -> list[tuple[str, str, int]]:
    """Who may report what: (names, the values in short, how many), agents with equal grids on one row."""
    groups: dict[tuple[Type, ...], list[str]] = {}
    for name, types in zip(domain.agents, domain.types, strict=True):
        groups.setdefault(types, []).append(name)
    return [(listed(names), _values(types), len(types)) for types, names in groups.items()]


def covered(report: Report) -> list[str]:
    """What the verdicts rest on, one sentence each."""
    method = report.method
    if not method.evaluated:
        return ["No profile was run before the audit ended."]
    where = f"{counted(method.profiles, 'profile')} of reports on the grid"
    lines = [
        f"The mechanism was run on every one of {where}."
        if method.evaluated == method.profiles
        else f"The mechanism was run on {method.evaluated:,} of {where}.",
        "All arithmetic is exact: "
        + ("64-bit integers that refuse to overflow." if method.arithmetic == "int64" else "fractions of integers."),
    ]
    if method.outcomes == "batch":
        lines.append(
            "Outcomes come from the mechanism's own vectorised code, after it agreed with the plain code on "
            f"{counted(method.batch_sample, 'sampled profile')}."
        )
    if method.repeat_sample:
        seeds = ", ".join(map(str, method.hash_seeds))
        fresh = f" and in fresh processes under PYTHONHASHSEED {seeds}" if seeds else ""
        lines.append(f"To see whether it repeats itself, {counted(method.repeat_sample, 'profile')} ran again{fresh}.")
    return lines


def not_covered(report: Report) -> list[str]:
    """What nobody may read into the verdicts, one sentence each."""
    method, domain, subject = report.method, report.domain, report.subject
    end = f"up to {amount(domain.upper)}" if domain.upper is not None else "without an upper end"
    lines = [
        f"Nothing is said about values between grid points or past the grid; the values it samples go from 0 {end}.",
        "Other numbers of agents and other arguments of the mechanism are other questions.",
    ]
    if method.outcomes == "batch":
        lines.append("Outside the sample, the plain code and the vectorised code were not compared.")
    if method.batch_refused:
        lines.append(f"The mechanism's vectorised code was not used: {method.batch_refused}.")
    if subject["numbers"] == "exact":
        lines.append("Bids were handed over as exact numbers; what the code does with floats was not tried.")
    else:
        lines.append(f"Bids were handed over as {subject['numbers']}s; what it returned was taken at its exact value.")
    if subject["returns"]["randomised"]:
        lines.append("The declared probabilities are taken as true; utilities and payments are exact expectations.")
    if not method.hash_seeds and method.repeat_sample:
        lines.append("The mechanism could not be loaded in a fresh process, so hash seeds were not tried.")
    if report.fault_count:
        times = counted(report.fault_count, "time")
        lines.append(f"The mechanism broke its protocol or differed when repeated, {times}; see Faults.")
    if report.interrupted:
        lines.append("The audit was interrupted. What was decided before stands; the rest is not decided.")
    return lines


def _values(types: tuple[Type, ...]) -> str:
    if types and len(types[0]) > 1:
        amounts = sorted({number for type_ in types for number in type_})
        return f"vectors of {len(types[0])} values from {_short(amounts)}"
    return _short([type_[0] for type_ in types])


def _short(amounts: Sequence[Money]) -> str:
    """All of a few amounts; the ends and the step of an even grid; the ends of any other."""
    if len(amounts) <= 5:
        return ", ".join(map(amount, amounts))
    steps = {second - first for first, second in pairwise(amounts)}
    even = f" in steps of {amount(steps.pop())}" if len(steps) == 1 else ", unevenly spaced"
    return f"{vector((amounts[0],))} to {vector((amounts[-1],))}{even}"
