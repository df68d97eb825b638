"""A deviator's utility, payment and share against its report, the others' reports being held as in the witness.

The certificate records two points of such a curve, the truth and the lie. Whoever has run the mechanism on more
reports may hand over the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifier.domains import Domain, Type, value
from verifier.errors import CertificateError, MoneyError
from verifier.evidence import Witness
from verifier.exact import Money, money


@dataclass(frozen=True, slots=True)
class Point:
    """What one report brings: `amount` is what the agent gets, in units of the good."""

    bid: Type
    utility: Money
    payment: Money
    amount: Money


@dataclass(frozen=True, slots=True)
class Curve:
    """The points in order of the report, the true type among them; `whole` when they are more than a witness holds."""

    agent: int
    type: Type
    points: tuple[Point, ...]
    whole: bool

    def at(self, bid: Type | None) -> Point | None:
        """The point of that report, None where there is none."""
        return next((point for point in self.points if point.bid == bid), None)


def read_curve(data: Mapping[str, Any]) -> Curve:
    """A curve as the audit hands it over: `agent`, `type`, `points` of `bid`, `utility`, `payment`, `amount`.

    Raises CertificateError where it is none.
    """
    try:
        points = [
            Point(_bid(point["bid"]), money(point["utility"]), money(point["payment"]), money(point["amount"]))
            for point in data["points"]
        ]
        return Curve(data["agent"], _bid(data["type"]), tuple(sorted(points, key=lambda point: point.bid)), whole=True)
    except (AttributeError, KeyError, TypeError, MoneyError) as error:
        raise CertificateError(f"a curve cannot be read: {error!r}") from error


def recorded_curve(domain: Domain, witness: Witness) -> Curve:
    """The two points of a deviation that the certificate itself holds, in exact expectation."""
    (agent,) = witness.agents
    type_ = witness.runs[0].reports[agent]
    points = []
    for run in witness.runs:
        consumption = domain.expected_consumption(run.outcome, agent)
        paid = run.outcome.expected_payment(agent)
        points.append(Point(run.reports[agent], value(type_, consumption) - paid, paid, sum(consumption)))
    return Curve(agent, type_, tuple(sorted(points, key=lambda point: point.bid)), whole=False)


def _bid(written: str | Sequence[str]) -> Type:
    return (money(written),) if isinstance(written, str) else tuple(money(amount) for amount in written)
