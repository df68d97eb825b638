"""What a deviator would get with each of its reports, the others held as in a witness: the data of a picture."""

from __future__ import annotations

from verifier.adapters.faults import ProtocolFault
from verifier.adapters.subject import Subject
from verifier.domains import Type, value
from verifier.evidence import Witness
from verifier.exact import show


def deviation_curve(subject: Subject, witness: Witness) -> dict[str, object]:
    """Utility, payment and amount of the witness's agent at every type of its grid; failing reports are left out."""
    (agent,) = witness.agents
    truth = witness.runs[0].reports
    reports = sorted({*subject.domain.types[agent], *(run.reports[agent] for run in witness.runs)})
    points: list[dict[str, object]] = []
    for report in reports:
        try:
            outcome = subject.observe((*truth[:agent], report, *truth[agent + 1 :]))
        except ProtocolFault:
            continue
        consumption = subject.domain.expected_consumption(outcome, agent)
        paid = outcome.expected_payment(agent)
        points.append(
            {
                "bid": _written(report),
                "utility": show(value(truth[agent], consumption) - paid),
                "payment": show(paid),
                "amount": show(sum(consumption)),
            }
        )
    return {"agent": agent, "type": _written(truth[agent]), "points": points}


def _written(type_: Type) -> list[str]:
    return [show(amount) for amount in type_]
