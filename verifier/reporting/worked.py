"""A witness worked by hand: who reports what, who gets what and pays what, and the arithmetic of the violation.

Every number is recomputed here from the recorded runs. Where that does not give the margin that the certificate
records, the page says so: a report must not smooth over a certificate that contradicts itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from verifier.domains import Domain, Draw, Ordinal
from verifier.evidence import ObservedRun, Witness
from verifier.reporting import arithmetic, ranking_arithmetic, relations, taking_part
from verifier.reporting.amounts import amount, share, told
from verifier.reporting.arithmetic import MOST_DRAWS, Reckoning, Sum
from verifier.reporting.findings import finding
from verifier.reporting.words import rounding


@dataclass(frozen=True, slots=True)
class DrawTable:
    """One outcome: how likely it is (empty where certain), and per agent its name, report, share and payment."""

    probability: str
    rows: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class WorkedRun:
    """One call of the mechanism: what it is in the argument, and each outcome of its lottery."""

    heading: str
    draws: tuple[DrawTable, ...]


@dataclass(frozen=True, slots=True)
class Worked:
    """A witness in steps.

    Attributes
    ----------
    setting : who it is about and what is true, one sentence
    runs : the calls of the mechanism
    better : the better allocation of an efficiency witness, else empty
    sums : the arithmetic, line by line
    conclusion : what follows, one sentence
    remarks : rounding, or a margin that the runs do not give
    """

    setting: str
    runs: tuple[WorkedRun, ...]
    better: str
    sums: tuple[Sum, ...]
    conclusion: str
    remarks: tuple[str, ...]


def work(name: str, domain: Domain, witness: Witness) -> Worked:
    """The witness of the property called `name`, step by step; any other property shows its runs and its margin."""
    reckon = _RECKONINGS.get(name)
    ranked = ranking_arithmetic.reckoning(name, domain, witness) if isinstance(domain, Ordinal) else None
    if ranked is not None:
        reckoning = ranked
    elif reckon is None:
        text = f"The margin of this case is {amount(witness.margin)}; a margin must not be negative."
        reckoning = Reckoning("", tuple(f"Run {n}" for n, _ in enumerate(witness.runs, 1)), (), witness.margin, text)
    else:
        reckoning = reckon(domain, witness)
    remarks = []
    if reckoning.margin != witness.margin:
        remarks.append(
            f"These runs give a margin of {amount(reckoning.margin)}, but the certificate records "
            f"{amount(witness.margin)}. Do not rely on it."
        )
    if witness.rounding:
        remarks.append(rounding(witness))
    runs = tuple(
        WorkedRun(heading + _draws_of(run), tuple(_draw(domain, run, draw) for draw in run.outcome.draws[:MOST_DRAWS]))
        for heading, run in zip(reckoning.headings, witness.runs, strict=True)
    )
    better = _better(domain, witness)
    return Worked(reckoning.setting, runs, better, reckoning.sums, reckoning.conclusion, tuple(remarks))


def lines(worked: Worked) -> list[str]:
    """The same as plain text, for terminals and JUnit."""
    text = [worked.setting] if worked.setting else []
    for run in worked.runs:
        text.append(f"{run.heading}:")
        for draw in run.draws:
            if draw.probability:
                text.append(f"  with probability {draw.probability}:")
            text += [f"  {name} reports {report}, gets {got}, pays {paid}" for name, report, got, paid in draw.rows]
    text += [worked.better] if worked.better else []
    text += [f"{step.words}: {step.arithmetic}" for step in worked.sums]
    return [*text, worked.conclusion, *worked.remarks]


def summary(name: str, domain: Domain, witness: Witness) -> str:
    """The finding as a sentence of its own."""
    text = finding(name, domain, witness)
    return f"{text[:1].upper()}{text[1:]}."


def _better(domain: Domain, witness: Witness) -> str:
    if witness.alternative is None:
        return ""
    told_to = enumerate(zip(domain.agents, witness.alternative, strict=True))
    gets = [
        f"{name} gets {share(domain, got, agent)}"
        for agent, (name, got) in told_to
        if not witness.agents or agent in witness.agents
    ]
    return f"{'What they would rather have' if witness.agents else 'A better allocation'}: {', '.join(gets)}."


def _draws_of(run: ObservedRun) -> str:
    """Which draws a run is about, where one way in which they come out is singled out."""
    if run.tape is None:
        count = len(run.outcome.draws)
        return f" (the first {MOST_DRAWS} of {count:,} outcomes of its draws)" if count > MOST_DRAWS else ""
    came = [f"option {flip.value + 1} of {flip.of if isinstance(flip.of, int) else len(flip.of)}" for flip in run.tape]
    return f" (its draws come out as {', '.join(came)})" if came else " (it draws nothing)"


def _draw(domain: Domain, run: ObservedRun, draw: Draw) -> DrawTable:
    rows = enumerate(zip(domain.agents, run.reports, draw.shares, draw.payments, strict=True))
    return DrawTable(
        "" if draw.probability == 1 else amount(draw.probability),
        tuple(
            (name, told(domain, agent, report), share(domain, got, agent), amount(paid))
            for agent, (name, report, got, paid) in rows
        ),
    )


_RECKONINGS: dict[str, Callable[[Domain, Witness], Reckoning]] = {
    "anonymous": arithmetic.anonymous,
    "consumer-sovereignty": taking_part.consumer_sovereignty,
    "core": taking_part.core,
    "critical-payment": arithmetic.critical_payment,
    "deterministic": arithmetic.deterministic,
    "dsic": arithmetic.dsic,
    "universally-truthful": arithmetic.dsic,
    "efficient": arithmetic.efficient,
    "envy-free": arithmetic.envy_free,
    "ex-post-ir": arithmetic.ex_post_ir,
    "false-name-proof": taking_part.false_name_proof,
    "feasible": arithmetic.feasible,
    "losers-irrelevant": relations.losers_irrelevant,
    "null-bidder": relations.null_bidder,
    "monotone": arithmetic.monotone,
    "no-deficit": arithmetic.no_deficit,
    "no-free-riding": taking_part.no_free_riding,
    "no-positive-transfers": arithmetic.no_positive_transfers,
    "pairwise-strategyproof": arithmetic.pairwise_strategyproof,
    "pareto-efficient": taking_part.pareto_efficient,
    "revenue-monotone": taking_part.revenue_monotone,
    "scale-invariant": relations.scale_invariant,
    "translation-invariant": relations.translation_invariant,
}
