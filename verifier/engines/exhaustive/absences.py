"""Deciding what must not depend on who bids nothing: the grid against runs with one agent less."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.adapters import Subject
from verifier.adapters.absence import absent_outcomes, dispensable
from verifier.domains import Outcome, Profile
from verifier.evidence import Fault, Row, Table
from verifier.exact import Money, money
from verifier.properties import Property
from verifier.properties.cases import AbsenceCase
from verifier.properties.replay import PlainRun


@dataclass(frozen=True, slots=True)
class Absences:
    """The counts, and profile and agent of a violation with the smallest reports and of the one of least margin."""

    table: Table
    simplest: tuple[Profile, int] | None
    worst: tuple[Profile, int] | None
    failed: Fault | None  # the first smaller run without a valid outcome


def judge(subject: Subject, prop: Property, tolerance: Money, present: Mapping[Profile, Outcome]) -> Absences:
    """Compare the valid outcomes of the grid with those in which an agent that reports zero is not there."""
    domain, rows, skipped = subject.domain, list[Row](), 0
    fewest: tuple[Money, int] | None = None
    lowest: Money = 0
    simplest = worst = None
    failed: Fault | None = None
    for agent in dispensable(domain):
        cases = violations = 0
        least: Money | None = None
        for profile, outcome in absent_outcomes(subject, agent):
            if isinstance(outcome, Fault):
                failed = failed or outcome
            if isinstance(outcome, Fault) or profile not in present:
                continue
            runs = PlainRun(domain, present[profile]), PlainRun(domain, outcome)
            margin = money(prop.margin(AbsenceCase(agent, len(domain.agents), *runs)))
            cases += 1
            least = margin if least is None else min(least, margin)
            if margin >= -tolerance:
                continue
            violations += 1
            weight = sum(amount for report in profile for amount in report), cases
            if fewest is None or weight < fewest:
                fewest, simplest = weight, (profile, agent)
            if worst is None or margin < lowest:
                lowest, worst = margin, (profile, agent)
        skipped += domain.size() // len(domain.types[agent]) - cases
        rows.append(Row(agent, cases, violations, least))
    return Absences(Table(tuple(rows), skipped), simplest, worst, failed)
