"""A certificate in prose: each verdict in a sentence, the claims counted, an agent's regret.

What a verdict rests on is said with it, so that no sentence can be quoted for more than was decided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from verifier.evidence import Row, Verdict, Witness
from verifier.exact import Money
from verifier.properties import PROPERTIES
from verifier.properties.cases import Over
from verifier.reporting import proofs, volumes
from verifier.reporting.amounts import amount, counted, listed
from verifier.reporting.findings import at_reports, finding
from verifier.reporting.reading import ClaimEntry, Report

SHORT = {
    Verdict.PROVED: "proved",
    Verdict.EXHAUSTED: "holds on the grid",
    Verdict.SUPPORTED: "supported",
    Verdict.UNKNOWN: "not decided",
    Verdict.REFUTED: "refuted",
    Verdict.ERROR: "no answer",
}

MEANINGS = {
    Verdict.PROVED: "true for all bids that the domain allows, reals or integers; the checker repeats the proof "
    "without a solver. Where a contract is named, under that contract",
    Verdict.EXHAUSTED: "true at every profile of a finite grid; nothing is said about values between grid points",
    Verdict.SUPPORTED: "no violation found by samples, a search or a solver that has to be trusted; not a proof",
    Verdict.UNKNOWN: "not decided, for the reason given; it never passes a gate",
    Verdict.REFUTED: "false; a concrete case is given that anybody can run again",
    Verdict.ERROR: "the mechanism crashed, broke its protocol or a contract, or did not repeat itself, so the question "
    "has no answer",
}

ROUNDING = "A violation of this size is no larger than the rounding of the floats that were returned."


def rounding(witness: Witness) -> str:
    """What to say of a violation that may come from rounding, with its exact amount."""
    exactly = amount(-witness.margin)
    if witness.rounded_to is None:
        return ROUNDING
    if witness.rounded_to == "single":
        return f"A violation of this size, {exactly}, is no larger than the rounding of 32-bit floats."
    if "^" in witness.rounded_to:
        return (
            f"A violation of this size, {exactly}, is at most 64 times {witness.rounded_to}; so fine are the payments."
        )
    return (
        f"A violation of this size, {exactly}, is smaller than {witness.rounded_to}, "
        "of which all payments are multiples, while values are finer: it may come from rounding."
    )


_COUNTED = {
    Verdict.PROVED: "proved",
    Verdict.EXHAUSTED: "true on the whole grid",
    Verdict.SUPPORTED: "supported",
    Verdict.REFUTED: "refuted",
    Verdict.ERROR: "without an answer",
    Verdict.UNKNOWN: "not decided",
}

_CASES = {
    Over.PROFILES: "one profile of reports",
    Over.OUTCOMES: "one profile of reports",
    Over.AGENTS: "one agent at one profile",
    Over.DEVIATIONS: "one profile with one report that one agent could make in place of its own",
    Over.COALITIONS: "one profile with two agents and the two reports that they could make instead",
    Over.WITHDRAWALS: "one profile with an agent that could report zero for everything",
    Over.FALSE_NAMES: "an agent, a second name that would otherwise report zero, and one profile of reports",
    Over.IDLERS: "one profile with an agent that reports zero for everything and another agent",
    Over.MENUS: "one agent and reports of the others that it can outbid all together",
    Over.ALTERNATIVES: "one profile with one feasible allocation to compare with",
    Over.OBJECTIONS: "one profile with agents who might rather have something else",
    Over.PAIRS: "one profile with an agent and another agent whose place it might want",
    Over.SWAPS: "one profile without ties with two agents whose reports are exchanged",
    Over.REPLACEMENTS: "one profile with one report that one agent could make in place of its own",
    Over.TRANSFORMS: "one profile with the one in which every amount is changed as the claim says",
    Over.ABSENCES: "one profile with an agent that reports zero, and the same without that agent",
    Over.TAPES: "one profile with one report that one agent could make instead, under all ways its draws can come out",
    Over.REPEATS: "one profile with one way of running it again",
}


def tally(claims: Sequence[ClaimEntry]) -> str:
    """`7 true on the whole grid, 1 refuted`."""
    counts = Counter(claim.verdict for claim in claims)
    found = {verdict: f"{counts[verdict]:,} {words}" for verdict, words in _COUNTED.items() if counts[verdict]}
    under = sum(claim.verdict is Verdict.PROVED and bool(claim.ground) for claim in claims)
    if under:
        part = "" if under == counts[Verdict.PROVED] else f", {under:,} of them"
        found[Verdict.PROVED] += f"{part} under a contract"
    return listed(list(found.values()))


def overall(claims: Sequence[ClaimEntry]) -> str:
    """Whether everything is as expected, and what was found: the first sentence of a report."""
    if not claims:
        return "Nothing was checked."
    missed = sum(not claim.met for claim in claims)
    if not missed:
        start = "The one claim is" if len(claims) == 1 else f"All {len(claims):,} claims are"
        return f"{start} as expected: {tally(claims)}."
    verb = "is" if missed == 1 else "are"
    return f"{missed:,} of {counted(len(claims), 'claim')} {verb} not as expected. Found: {tally(claims)}."


def verdict(report: Report, claim: ClaimEntry) -> str:
    """One or two sentences: what is known about the claim, and about what."""
    tolerated = f" Violations up to {amount(claim.tolerance)} are tolerated." if claim.tolerance else ""
    return _verdict(report, claim) + tolerated


def _verdict(report: Report, claim: ClaimEntry) -> str:
    match claim.verdict:
        case Verdict.EXHAUSTED if _over(claim) is Over.REPEATS:
            return (
                f"Every repetition agreed, at each of the {counted(report.method.profiles, 'profile')} of the grid. "
                "This is evidence for the runs that were made, and for no others."
            )
        case Verdict.EXHAUSTED if report.domain.ordinal:
            return f"True at every one of the {counted(report.method.profiles, 'profile')} of rankings that are listed."
        case Verdict.EXHAUSTED:
            return (
                f"True at every one of the {counted(report.method.profiles, 'profile')} of the grid. "
                "Nothing is said about values between grid points."
            )
        case Verdict.REFUTED if claim.witness is not None:
            where = at_reports(report.domain, claim.witness)
            rounded = f" {rounding(claim.witness)}" if claim.witness.rounding else ""
            mass = f" {share}" if (share := volumes.mass(claim.volume)) else ""
            return f"False: {finding(claim.property, report.domain, claim.witness)}, {where}.{rounded}{mass}"
        case Verdict.PROVED:
            return proofs.proved(report, claim)
        case Verdict.UNKNOWN if _is_unexplored(report, claim):
            return (
                f"{SHORT[claim.verdict].capitalize()}: the paths through the code could not all be explored. "
                f"The exploration stopped {sentence(claim.reason or '')}"
            )
        case Verdict.SUPPORTED if claim.volume is not None:
            left_out = f" {sentence(claim.reason)}" if claim.reason else ""
            return f"{SHORT[claim.verdict].capitalize()}: {volumes.supported(report, claim.volume)}{left_out}"
        case Verdict.SUPPORTED if claim.table is not None:
            return f"{SHORT[claim.verdict].capitalize()}: {_sampled(report, claim)}."
        case Verdict.SUPPORTED if claim.reason:
            return f"{SHORT[claim.verdict].capitalize()}, not proved: {sentence(claim.reason)}"
        case Verdict.ERROR | Verdict.UNKNOWN:
            return f"{SHORT[claim.verdict].capitalize()}: {sentence(claim.reason or 'no reason is recorded')}"
        case _:
            return f"{SHORT[claim.verdict].capitalize()}: {MEANINGS[claim.verdict]}."


def _sampled(report: Report, claim: ClaimEntry) -> str:
    """What a sample of draws says where it shows no violation: how large one could still be in expectation."""
    runs = counted(report.subject["random"]["sampled"], "run")
    if not claim.tolerance or claim.table is None:
        return f"no violation in {runs} at each profile"
    least = min((row.least for row in claim.table.rows if row.least is not None), default=0)
    return f"in expectation no violation is larger than {amount(max(0, claim.tolerance - least))}, by {runs} each"


def gate(claim: ClaimEntry) -> str:
    """Whether the verdict is what the claims file asks for."""
    if claim.met and claim.verdict == claim.expect:
        return "This is what the claims file expects."
    if claim.met:
        return f"The claims file expects {claim.expect} at least; this is stronger."
    return f"The claims file expects {claim.expect}: this gate is missed."


def note(report: Report, claim: ClaimEntry) -> str:
    """The claim in half a line, for tables: the finding, the reason, the size of the proof or of the check."""
    if claim.witness is not None:
        most = proofs.most(claim)
        limit = "" if most is None else f"; no lie gains more than {amount(most)}"
        limit += f", {claim.ground}" if claim.ground else ""
        return finding(claim.property, report.domain, claim.witness) + limit
    if claim.verdict is Verdict.SUPPORTED and claim.volume is not None:
        return "; ".join(filter(None, (volumes.brief(claim.volume), claim.reason)))
    if claim.reason:
        return claim.reason
    if claim.verdict is Verdict.SUPPORTED and claim.table is not None:
        return _sampled(report, claim)
    if claim.verdict is Verdict.PROVED:
        return proofs.brief(report, claim)
    return counted(cases(claim), "case") + " checked" if claim.table else ""


def found(report: Report, claim: ClaimEntry) -> str:
    """What is known about the claim as a sentence: its statement where it holds, else the finding or the reason."""
    if claim.verdict is Verdict.PROVED and not proofs.is_held(report, claim):
        return proofs.BARE
    if claim.verdict in (Verdict.PROVED, Verdict.EXHAUSTED, Verdict.SUPPORTED):
        return f"{claim.statement} Proved {claim.ground}." if claim.ground else claim.statement
    text = note(report, claim)
    return sentence(f"{text[:1].upper()}{text[1:]}") if text else ""


def cases(claim: ClaimEntry) -> int:
    """How many cases the claim's table has."""
    return sum(row.cases for row in claim.table.rows) if claim.table else 0


def checked(claim: ClaimEntry) -> str:
    """How many cases were checked and violated, and what a case is. Empty where nothing was counted."""
    if claim.table is None:
        return ""
    violations = claim.table.violations
    text = f"{counted(cases(claim), 'case')} checked, {violations or 'none':{',' if violations else ''}} violated."
    if claim.table.skipped:
        text += f" {counted(claim.table.skipped, 'case')} left out: the mechanism has no valid outcome there."
    over = _over(claim)
    return text + (f" A case is {_CASES[over]}." if over else "")


def regret(row: Row) -> Money:
    """The most an agent can gain by a lie, from its row of a DSIC table."""
    return max(0, -row.least) if row.least is not None else 0


def truth_best(claim: ClaimEntry) -> str:
    """How often the truth is a best response; empty where it was not counted, or not everywhere."""
    count = claim.table.truth_best if claim.table else None
    if count is None or not count.whole or claim.verdict is Verdict.ERROR:
        return ""
    if claim.tolerance:  # best by averages, or within what is tolerated, is not best
        return ""
    return (
        f"Reporting the truth is a best response in {count.part:,} of {count.whole:,} cases "
        f"of a profile and an agent ({share_of(count.part, count.whole)})."
    )


def unequal_ties(claim: ClaimEntry) -> str:
    """What happens at ties, which anonymity sets apart; empty where it was not counted."""
    count = claim.table.unequal_ties if claim.table else None
    if count is None:
        return ""
    if not count.whole:
        return "The grid has no exchange of reports at a tied profile."
    return (
        f"Ties are no part of this claim. In {count.part:,} of {count.whole:,} exchanges of reports at tied profiles "
        f"({share_of(count.part, count.whole)}) the agents are treated unequally."
    )


def share_of(part: int, whole: int) -> str:
    """A percentage, rounded down, so that it says 100 % only of everything."""
    tenths = 1000 * part // whole
    return f"{tenths // 10}.{tenths % 10} %" if tenths % 10 else f"{tenths // 10} %"


def sentence(text: str) -> str:
    """The text with a full stop at its end."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _is_unexplored(report: Report, claim: ClaimEntry) -> bool:
    """Whether the claim is open because the exploration stopped."""
    stopped = report.exploration.stopped if report.exploration else None
    return bool(stopped) and claim.engine == "symbolic" and (claim.reason or "").startswith("after ")


def _over(claim: ClaimEntry) -> Over | None:
    """What the claim is quantified over, None where this program does not know its property."""
    prop = PROPERTIES.get(claim.property)
    return prop.over if prop else None
