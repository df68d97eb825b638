"""What the page templates show, as plain strings: the templates hold the markup and no reasoning."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from verifier.domains import Utilities
from verifier.evidence import Row, Verdict, Witness
from verifier.exact import Money
from verifier.reporting import coverage, figure, proofs, words
from verifier.reporting.amounts import amount, counted, good, told
from verifier.reporting.curves import read_curve, recorded_curve
from verifier.reporting.reading import ClaimEntry, Report
from verifier.reporting.svg import bar
from verifier.reporting.worked import Worked, summary, work

_LIES = ("dsic", "monotone")  # properties whose witness is a truth and a lie

_CHECKER = (
    "The same without trusting this package: the checker is one file that needs Python alone. "
    "DIR is where the source of the mechanism lies:"
)
_RECOMPUTE = {
    True: "Recompute every number in it by running the mechanism again, and repeat every proof without a solver:",
    False: "Recompute every number in it, by running the mechanism again:",
}
_MEASURES = {
    True: "Regret is the most that an agent can gain by a lie.",
    False: "The margin of a case must not be negative; the least one is shown.",
}


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of the cases: `measure` is the regret for DSIC, else the least margin; `picture` its bar or empty."""

    agent: str
    cases: str
    violations: str
    measure: str
    picture: str


@dataclass(frozen=True, slots=True)
class ClaimView:
    """One claim of a page. Sentences are empty where there is nothing to say; `worst` is None where it adds nothing."""

    claim: ClaimEntry
    word: str
    sentences: tuple[str, ...]
    found: str
    checked: str
    rows: tuple[TableRow, ...]
    measure: str
    regret: tuple[proofs.RegretRow, ...]
    regret_words: str
    proof: str
    worked: Worked | None
    worst: Worked | None
    worst_words: str
    figure: str
    caption: str
    replay: str


@dataclass(frozen=True, slots=True)
class PageView:
    """A certificate page."""

    report: Report
    overall: str
    setting: str
    continuum: str
    grid: tuple[tuple[str, str, int], ...]
    covered: tuple[str, ...]
    not_covered: tuple[str, ...]
    claims: tuple[ClaimView, ...]
    arguments: tuple[tuple[str, str], ...]
    contracts: tuple[tuple[str, str], ...]
    meanings: tuple[tuple[str, str], ...]
    faults: tuple[tuple[str, str, str], ...]
    lemma: str
    commands: tuple[tuple[str, str], ...]


def page_view(report: Report, curves: Mapping[str, Mapping[str, Any]]) -> PageView:
    """A certificate page, with a fuller curve for the claims that have one in `curves`."""
    file = quoted(f"{report.name}.json")
    given = {claim.verdict for claim in report.claims}
    return PageView(
        report=report,
        overall=words.overall(report.claims),
        setting=coverage.setting(report.domain),
        continuum=proofs.continuum(report.domain) if proofs.is_explored(report) else "",
        grid=tuple(coverage.grid_rows(report.domain)),
        covered=tuple(coverage.covered(report)),
        not_covered=tuple(coverage.not_covered(report)),
        claims=tuple(
            claim_view(report, claim, curves.get(claim.id), f"figure-{number}")
            for number, claim in enumerate(report.claims, 1)
        ),
        arguments=tuple((name, argument(written)) for name, written in report.subject["arguments"].items()),
        contracts=tuple(report.subject["contracts"].items()),
        meanings=tuple((verdict, words.MEANINGS[verdict]) for verdict in Verdict if verdict in given),
        faults=tuple(
            (", ".join(told(report.domain, *one) for one in enumerate(fault.reports)), fault.kind, fault.message)
            for fault in report.faults
        ),
        lemma=proofs.LEMMA if proofs.has_lemmas(report) else "",
        commands=(
            (_RECOMPUTE[proofs.is_explored(report)], f"verify check {file}"),
            (_CHECKER, f"python -I checker.py {file} --source DIR"),
        ),
    )


def claim_view(report: Report, claim: ClaimEntry, curve: Mapping[str, Any] | None, key: str) -> ClaimView:
    """One claim; `key` makes the ids of its picture unique on the page."""
    regrets = claim.property == "dsic"
    worst = claim.worst
    further = worst is not None and claim.witness is not None and worst.margin != claim.witness.margin
    drawn, caption = _figure(report, claim, curve, key)
    sentences = (
        words.verdict(report, claim),
        proofs.bound(report, claim),
        words.truth_best(claim),
        words.unequal_ties(claim),
        words.gate(claim),
    )
    return ClaimView(
        claim=claim,
        word=words.SHORT[claim.verdict],
        sentences=tuple(filter(None, sentences)),
        found=words.found(report, claim),
        checked=" ".join(filter(None, (words.checked(claim), _MEASURES[regrets] if claim.table else ""))),
        rows=_rows(report, claim, regrets),
        measure="Regret" if regrets else "Least margin",
        regret=proofs.regret_rows(report, claim),
        regret_words=proofs.regret_lemmas(claim),
        proof=proofs.anatomy(claim),
        worked=work(claim.property, report.domain, claim.witness) if claim.witness else None,
        worst=work(claim.property, report.domain, worst) if worst and further else None,
        worst_words=_worst_words(report, claim, worst, further),
        figure=drawn,
        caption=caption,
        replay=f"verify replay {quoted(f'{report.name}.json#{claim.id}')}",
    )


def quoted(word: str) -> str:
    """A word for a shell, not to be taken for an option; `#` is harmless inside a word."""
    word = f"./{word}" if word.startswith("-") else word
    return word if re.fullmatch(r"[\w./][\w./#-]*", word, re.ASCII) else shlex.quote(word)


def argument(written: object) -> str:
    """An argument of the mechanism as the claims file has it."""
    if isinstance(written, Mapping) and list(written) == ["money"]:
        return str(written["money"])
    if isinstance(written, Mapping):
        return f"{{{', '.join(f'{name}: {argument(value)}' for name, value in written.items())}}}"
    if isinstance(written, list):
        return f"[{', '.join(argument(item) for item in written)}]"
    if isinstance(written, bool):
        return str(written).lower()
    return repr(written) if isinstance(written, str) else str(written)


def _rows(report: Report, claim: ClaimEntry, regrets: bool) -> tuple[TableRow, ...]:
    rows = claim.table.rows if claim.table else ()
    whole = max((words.regret(row) for row in rows), default=0)
    return tuple(_row(report, row, whole if regrets else None) for row in rows)


def _row(report: Report, row: Row, whole: Money | None) -> TableRow:
    agent = "all agents together" if row.agent is None else report.agent(row.agent)
    if whole is None:
        measure, picture = ("none" if row.least is None else amount(row.least)), ""
    else:
        regret = words.regret(row)
        measure = amount(regret) if row.least is not None else "none"
        picture = bar(regret, whole, f"regret of {agent}: {measure}") if regret else ""
    return TableRow(agent, f"{row.cases:,}", f"{row.violations:,}", measure, picture)


def _worst_words(report: Report, claim: ClaimEntry, worst: Witness | None, further: bool) -> str:
    if worst is None:
        return ""
    if not further:
        return (
            "No case of the grid is violated by more." if claim.table else "No case that was met is violated by more."
        )
    return summary(claim.property, report.domain, worst)


def _figure(report: Report, claim: ClaimEntry, written: Mapping[str, Any] | None, key: str) -> tuple[str, str]:
    """The picture of a deviation and its caption; empty where there is nothing to draw."""
    if report.domain.ordinal or isinstance(report.domain, Utilities):
        return "", ""
    told = claim.witness if claim.property in _LIES else None
    if written is not None:
        curve = read_curve(written)
        lines = "the lines between them only guide the eye" if len(curve.type) == 1 else "in the order of the grid"
        caption = f"{counted(len(curve.points), 'report')}, each of them run; {lines}."
    elif told is not None and claim.property == "dsic":
        curve = recorded_curve(report.domain, told)
        caption = "The two reports that the certificate records; what others would bring is not drawn."
    else:
        return "", ""
    lie = told.runs[1].reports[curve.agent] if told is not None and told.agents == (curve.agent,) else None
    scene = figure.Scene(curve, lie, report.agent(curve.agent), good(report.domain))
    return figure.draw(scene, report.domain.types[curve.agent], key), caption
