"""What an audit covered and what it did not, said as plainly as the verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from verifier.domains import Domain, Ordinal, Type, Utilities
from verifier.evidence import Verdict
from verifier.exact import Money
from verifier.reporting import volumes
from verifier.reporting.amounts import amount, counted, label, listed, vector
from verifier.reporting.proofs import continuum, is_explored
from verifier.reporting.rankings import settings
from verifier.reporting.reading import Report

_KINDS = {
    "single-item": "one indivisible item",
    "unit-demand": "{items} identical items, one per agent at most",
    "multi-unit": "{items} identical items, each further one worth no more than the one before",
    "combinatorial": "{goods} distinct goods, more of them worth no less",
    "slots": "position slots with click rates {rates}",
    "divisible": "one divisible good",
    "two-sided": "buyers and sellers of one unit each",
    "procurement": "who sell one unit each at most, {items} of them bought",
    "utilities": "outcomes of which only what they are worth is told",
}

_NUMBERS = ("exact numbers", "fractions", "floats")
_ARITHMETICS = {"int64": "64-bit integers that refuse to overflow", "fractions": "fractions of integers"}


def setting(domain: Domain) -> str:
    """The domain in half a sentence: `3 agents, one indivisible item`."""
    ranked = settings(domain)
    if ranked is not None:
        return ranked
    extra = domain.extra()
    rates = extra.get("click_rates")
    shown = listed([str(rate) for rate in rates]) if isinstance(rates, list) else ""
    goods = _KINDS[domain.kind].format(items=extra.get("items"), goods=extra.get("goods"), rates=shown)
    if domain.kind != "procurement" and 1 in (extra.get("items"), extra.get("goods")):
        goods = "one item" if "items" in extra else "one good"
    return f"{counted(len(domain.agents), 'agent')}, {goods}"


def grid_rows(domain: Domain) -> list[tuple[str, str, int]]:
    """Who may report what: (names, the values in short, how many), agents with equal grids on one row."""
    if isinstance(domain, Ordinal):
        kind = {"complete": "rankings of all of", "truncated": "rankings of some of"}[domain.lists]
        sides = {domain.ranked(agent): f"{kind} {listed(domain.ranked(agent))}" for agent in range(len(domain.agents))}
        return [
            (name, sides[domain.ranked(agent)], len(domain.types[agent])) for agent, name in enumerate(domain.agents)
        ]
    if isinstance(domain, Utilities):
        return [
            (name, listed([label(domain, agent, type_) for type_ in domain.types[agent]]), len(domain.types[agent]))
            for agent, name in enumerate(domain.agents)
        ]
    groups: dict[tuple[Type, ...], list[str]] = {}
    for name, types in zip(domain.agents, domain.types, strict=True):
        groups.setdefault(types, []).append(name)
    return [(listed(names), _values(types), len(types)) for types, names in groups.items()]


def covered(report: Report) -> list[str]:
    """What the verdicts rest on, one sentence each: proofs first, then the grid."""
    return [*_explored(report), *_ran(report), *volumes.covered(report)]


def not_covered(report: Report) -> list[str]:
    """What nobody may read into the verdicts, one sentence each."""
    method, subject, exploration = report.method, report.subject, report.exploration
    lines = [*_unproved(report), *_off_grid(report), *volumes.not_covered(report)]
    lines.append("Other numbers of agents and other arguments of the mechanism are other questions.")
    if method.outcomes == "batch":
        lines.append("Outside the sample, the plain code and the vectorised code were not compared.")
    if method.batch_refused:
        lines.append(f"The mechanism's vectorised code was not used: {method.batch_refused}.")
    if subject["numbers"] != "exact":
        lines.append(f"Bids were handed over as {subject['numbers']}s; what it returned was taken at its exact value.")
    elif exploration is None or not exploration.replays["float"]:
        lines.append("Bids were handed over as exact numbers; what the code does with floats was not tried.")
    if subject["returns"]["randomised"]:
        lines.append("The declared probabilities are taken as true; utilities and payments are exact expectations.")
    if "random" in subject:
        text = (
            "It was run for every way in which its draws can come out; utilities and payments are exact expectations."
        )
        if count := subject["random"].get("sampled"):
            text = (
                f"At every profile {counted(count, 'run')} with seeds of their own stand for all draws. With a chance "
                "of all but one millionth, for each claim, no expectation lies further from the average of these runs "
                "than what is tolerated (Hoeffding); that takes pseudo-random draws for independent ones."
            )
        if subject["random"]["seeds"]:
            text = (
                "It was run with each of the listed seeds, taken as equally likely; nothing is said about other seeds."
            )
        lines.append(text)
    if not method.hash_seeds and method.repeat_sample:
        lines.append("The mechanism could not be loaded in a fresh process, so hash seeds were not tried.")
    if method.isolation is not None and method.isolation["network"] == "not isolated":
        lines.append("The mechanism ran in processes of its own, but the platform did not shut off the network.")
    if report.fault_count:
        times = counted(report.fault_count, "time")
        lines.append(f"The mechanism broke its protocol or differed when repeated, {times}; see Faults.")
    if report.interrupted:
        lines.append("The audit was interrupted. What was decided stands; the rest is not decided.")
    return lines


def _explored(report: Report) -> list[str]:
    """How the code was explored on symbolic bids, and how that was compared with what it does with numbers."""
    exploration = report.exploration
    if exploration is None:
        return []
    if exploration.stopped is not None:
        return _trusted(report)
    where = f"{_whose(report, 'symbolic')}the unmodified code ran on symbolic bids, which stand for"
    paths = "its one path covers" if exploration.paths == 1 else f"its {exploration.paths:,} paths together cover"
    unreached = exploration.unreached
    lines = [_start(f"{where} {continuum(report.domain)}; {paths} every profile.")]
    for optimiser, alternatives in report.subject["contracts"].items():
        calls = counted(exploration.contracts[optimiser], "call")
        lines.append(
            f"There {optimiser} was not run: its contract answered for it, with what {alternatives} puts first. "
            f"With numbers it ran itself, and was compared with its contract at {calls}."
        )
    lines.append(_again(report))
    if unreached:
        whose = f"{counted(unreached, 'path')} {'is' if unreached == 1 else 'are'}"
        lines.append(
            f"{whose} followed although no integer bids are known to take "
            f"{'it: its' if unreached == 1 else 'them: their'} conditions hold for fractions. "
            "Proofs cover such paths too; they could not be run again with numbers."
        )
    if report.subject["source"]:
        lines.append("A proof is bound to the source whose digests stand below; it says nothing about any other.")
    return lines


def _trusted(report: Report) -> list[str]:
    """What a solver decided alone, where there is no exploration that proofs could refer to."""
    supported = [claim.id for claim in report.by("symbolic") if claim.verdict is Verdict.SUPPORTED]
    if not supported:
        return []
    said = f"a solver says that no violation is possible for {continuum(report.domain)}"
    return [f"For {listed(supported)}, {said}.", _again(report)]


def _again(report: Report) -> str:
    """At how many points the paths were compared with what the code does with numbers, and what came of it."""
    exploration = report.exploration
    if exploration is None or not any(exploration.replays.values()):
        return "No path was run again with numbers."
    points = zip(_NUMBERS, (exploration.replays[kind] for kind in ("exact", "fraction", "float")), strict=True)
    runs = listed([f"{number:,} with {words}" for words, number in points if number])
    again = f"To see that the code does the same with numbers, points of the paths were run again, {runs}"
    if exploration.hash_seeds:
        seeds = ", ".join(map(str, exploration.hash_seeds))
        again += f", and then in fresh processes under PYTHONHASHSEED {seeds}"
    return f"{again}.{_agreed(report)}"


def _agreed(report: Report) -> str:
    """What came of running the paths again; a verdict is only given where they agreed."""
    exploration = report.exploration
    resting = {Verdict.PROVED, Verdict.SUPPORTED, *([Verdict.REFUTED] if is_explored(report) else [])}
    decided = any(claim.verdict in resting for claim in report.by("symbolic"))
    if exploration is None or not decided:
        return ""
    if exploration.rounded:
        runs = counted(exploration.rounded, "run")
        return f" Every one did what its path says, but for the rounding of payments in {runs} with floats."
    return " Every one did exactly what its path says."


def _ran(report: Report) -> list[str]:
    """How the grid was run."""
    method = report.method
    if not method.evaluated:
        searched = any(claim.volume is not None for claim in report.claims)
        return [] if searched else ["No profile was run before the audit ended."]
    where = f"{counted(method.profiles, 'profile')} of reports on the grid"
    extent = "every one of" if method.evaluated == method.profiles else f"{method.evaluated:,} of"
    if report.by("exhaustive") or not report.claims:
        there = " on the grid" if report.exploration else ""
        lines = [
            _start(f"{_whose(report, 'exhaustive')}the mechanism was run on {extent} {where}."),
            f"All arithmetic{there} is exact: {_ARITHMETICS[method.arithmetic]}.",
        ]
    else:
        lines = [f"The mechanism was also run on {extent} {where}; no verdict rests on these runs alone."]
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


def _unproved(report: Report) -> list[str]:
    """The limits of proofs."""
    exploration = report.exploration
    if exploration is None:
        return []
    if exploration.stopped is not None:
        lines = [f"Nothing is proved: the exploration of the code on symbolic bids stopped ({exploration.stopped})."]
        if any(claim.verdict is Verdict.SUPPORTED for claim in report.by("symbolic")):
            lines.append("What the solver says cannot be checked here without trusting it.")
        return lines
    end = "" if report.domain.upper is None else f" or above {amount(report.domain.upper)}"
    lines = [f"Proofs say nothing about bids below 0{end}."]
    about = "exact integers, and nothing between them" if report.domain.whole else "real numbers"
    if exploration.replays["float"]:
        lines.append(f"Proofs are about {about}. Floats were tried at the points above; elsewhere they may round.")
    else:
        lines.append(f"Proofs are about {about}. Floats are not covered, since they may round.")
    lines.append(
        "That the code treats numbers as it treats symbols was tried at the points above and on the grid, not proved."
    )
    if report.subject["contracts"]:
        lines.append("That an optimiser always keeps its contract was compared at those calls, not proved.")
    if not report.subject["source"]:
        lines.append("The source of the mechanism was not recorded, so a proof is not bound to any.")
    return lines


def _off_grid(report: Report) -> list[str]:
    """The limits of what was decided on the grid; nothing where no claim was."""
    if report.claims and not report.by("exhaustive"):
        return []
    domain = report.domain
    if domain.ordinal:
        return ["Nothing is said about rankings that are not listed."]
    if isinstance(domain, Utilities):
        return ["Nothing is said about types that are not listed."]
    end = f"up to {amount(domain.upper)}" if domain.upper is not None else "without an upper end"
    where = "integers that are not on the grid" if domain.whole else "values between grid points or past the grid"
    said = f"{_whose(report, 'exhaustive')}nothing is said about {where}"
    return [_start(f"{said}; the values it samples go from 0 {end}.")]


def _whose(report: Report, engine: str) -> str:
    """`for dsic and feasible, `: the claims that an engine decides, where another one decides others."""
    own = report.by(engine)
    return "" if len(own) in (0, len(report.claims)) else f"for {listed([claim.id for claim in own])}, "


def _start(text: str) -> str:
    return text[:1].upper() + text[1:]


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
