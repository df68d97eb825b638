"""Proofs in prose: over which bids a claim is true, what the proof consists of, and exact regrets.

A proof that the certificate does not hold is never spoken of as one. Whether the proof is sound is not judged here;
the words say who can judge it.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.domains import Domain, Type
from verifier.exact import Money
from verifier.properties import PROPERTIES
from verifier.properties.cases import Over
from verifier.reporting.amounts import amount, counted, vector
from verifier.reporting.reading import ClaimEntry, ExactRegret, Report
from verifier.reporting.svg import bar

AT_LEAST = "\N{GREATER-THAN OR EQUAL TO}"
BARE = "The certificate says that this is proved but holds no proof of it. Do not rely on it."
LEMMA = (
    "A lemma names facts about the bids, on one path through the code or on two that are compared, which contradict a "
    "violation: each times a whole number, they add up to what is false, such as 0 < 0."
)

_SHAPES = {
    "multi-unit": " (each further item worth no more than the one before)",
    "combinatorial": " (more goods worth no less)",
}
_WHOM = {  # for whom a claim is true, and how many blocks of cases its proof has
    Over.AGENTS: (", for every agent", ", one per agent"),
    Over.DEVIATIONS: (", for every agent", ", one per agent"),
    Over.COALITIONS: (", for every two agents", ", one per two agents"),
    Over.PAIRS: (", for every two agents", ", one per agent and other agent"),
    Over.SWAPS: (", for every two agents", ", one per two agents"),
    Over.ALTERNATIVES: (", against every feasible allocation", ", one per allocation to compare with"),
}


@dataclass(frozen=True, slots=True)
class RegretRow:
    """The exact regret of an agent in words: the amount, whether it is reached, where, and a bar (empty for 0)."""

    agent: str
    amount: str
    reached: str
    where: str
    picture: str


def continuum(domain: Domain) -> str:
    """The bids that a proof is about: `all real bids in [0, 1]`, `all integer bids in [0, 100]`."""
    upper = domain.upper
    span = f"{AT_LEAST} 0" if upper is None else f"in [0, {amount(upper)}]"
    kind = "integer" if domain.whole else "real"
    return f"all {kind} bids {span}" + (_SHAPES.get(domain.kind, "") if domain.dimension > 1 else "")


def is_explored(report: Report) -> bool:
    """Whether all paths through the code are known."""
    return report.exploration is not None and report.exploration.stopped is None


def has_lemmas(report: Report) -> bool:
    """Whether the certificate holds lemmas, of proofs or of exact regrets."""
    return any(sum(claim.proof or ()) + sum(one.lemmas for one in claim.regret or ()) for claim in report.claims)


def is_held(report: Report, claim: ClaimEntry) -> bool:
    """Whether the certificate holds a proof of the claim: lemmas, and the exploration that they refer to."""
    return claim.proof is not None and is_explored(report)


def proved(report: Report, claim: ClaimEntry) -> str:
    """What PROVED says: about which bids and agents, by how much of a proof, and who repeats it."""
    if report.exploration is None or claim.proof is None or not is_held(report, claim):
        return BARE
    paths, lemmas = report.exploration.paths, sum(claim.proof)
    text = f"True for {continuum(report.domain)}{_whom(claim, 0)}: {counted(paths, 'path')} through the code "
    text += f"{'was' if paths == 1 else 'were'} explored, and "
    if not lemmas:
        text += "on every path the claim holds whatever the numbers are, so that no lemma is needed."
    elif lemmas == 1:
        text += "1 lemma covers every case: a rational Farkas combination that the checker repeats without a solver."
    else:
        text += f"{lemmas:,} lemmas cover every case, each a rational Farkas combination that the checker repeats "
        text += "without a solver."
    if _over(claim) is Over.SWAPS:
        text += " Ties are no part of this claim; the proof says nothing about them."
    return text + (f" Proved {claim.ground}: on symbolic bids that was taken for granted." if claim.ground else "")


def brief(report: Report, claim: ClaimEntry) -> str:
    """The proof in half a line: `9 paths, 45 lemmas`, and the contracts under which it is one."""
    if report.exploration is None or claim.proof is None or not is_held(report, claim):
        return "the certificate holds no proof of it"
    size = f"{counted(report.exploration.paths, 'path')}, {counted(sum(claim.proof), 'lemma')}"
    return ", ".join(filter(None, (size, claim.ground)))


def anatomy(claim: ClaimEntry) -> str:
    """What the proof in the certificate consists of; empty where there is none."""
    if claim.proof is None:
        return ""
    lemmas, blocks = sum(claim.proof), len(claim.proof)
    if not lemmas:
        return "The paths alone; no lemma is needed."
    return f"{counted(lemmas, 'lemma')} in {counted(blocks, 'block')} of cases{_whom(claim, 1) if blocks > 1 else ''}."


def most(claim: ClaimEntry) -> Money | None:
    """The largest of the exact regrets, None where the certificate has none."""
    return max((regret.supremum for regret in claim.regret), default=None) if claim.regret else None


def bound(report: Report, claim: ClaimEntry) -> str:
    """How much any lie of anybody gains at most; empty where that is not known."""
    supremum = most(claim)
    if supremum is None or not claim.regret:
        return ""
    reached = any(regret.attained for regret in claim.regret if regret.supremum == supremum)
    end = "some lie gains just that" if reached else "gains come as near to that as one likes without reaching it"
    text = f"For {continuum(report.domain)}, no lie of any agent gains more than {amount(supremum)}, and {end}"
    return ", ".join(filter(None, (text, claim.ground))) + "."


def regret_rows(report: Report, claim: ClaimEntry) -> tuple[RegretRow, ...]:
    """The exact regret of every agent."""
    whole = most(claim) or 0
    return tuple(_row(report, regret, whole) for regret in claim.regret or ())


def regret_lines(report: Report, claim: ClaimEntry) -> list[str]:
    """The same as plain text, for JUnit."""
    return [
        ", ".join([f"Exact regret of {row.agent}: {row.amount}", f"{row.reached} {row.where}".lstrip()])
        for row in regret_rows(report, claim)
    ]


def regret_lemmas(claim: ClaimEntry) -> str:
    """What the exact regrets rest on; empty where there are none."""
    lemmas = sum(regret.lemmas for regret in claim.regret or ())
    text = f"{counted(lemmas, 'lemma')} prove that no lie gains more; the checker repeats them without a solver."
    return text if claim.regret else ""


def _row(report: Report, regret: ExactRegret, whole: Money) -> RegretRow:
    agent, size = report.agent(regret.agent), amount(regret.supremum)
    if not regret.supremum:
        return RegretRow(agent, size, "", "no lie gains anything", "")
    picture = bar(regret.supremum, whole, f"exact regret of {agent}: {size}")
    reports, truth, lie = _place(report.domain, regret.agent, regret.limit)
    if regret.attained:
        where = f"at the reports {reports}, by reporting {lie} in place of the truth, {truth}"
        return RegretRow(agent, size, "reached", where, picture)
    start, _, other = _place(report.domain, regret.agent, regret.inside)
    where = f"on the way from the reports {start} with the lie {other} to {reports} with the lie {lie}"
    return RegretRow(agent, size, "approached but never reached", where, picture)


def _place(domain: Domain, agent: int, point: Type) -> tuple[str, str, str]:
    """The reports, the truth of the agent and its lie, from one number per variable."""
    d = domain.dimension
    reports = [vector(point[start : start + d]) for start in range(0, len(point), d)]
    return f"({', '.join(reports[:-1])})", reports[agent], reports[-1]


def _whom(claim: ClaimEntry, which: int) -> str:
    over = _over(claim)
    return _WHOM[over][which] if over in _WHOM else ""


def _over(claim: ClaimEntry) -> Over | None:
    prop = PROPERTIES.get(claim.property)
    return prop.over if prop else None
