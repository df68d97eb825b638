"""Where a result holds the allocation and the payments, and in which form: the table [subject.returns]."""

from __future__ import annotations

from dataclasses import dataclass

ALLOCATION_FORMS = (
    *("shares", "winner", "winners", "by-agent", "order", "elected", "pairs"),
    *("matrix", "asked", "asked-by-name", "trades"),
)
PAYMENT_FORMS = ("per-agent", "by-agent", "winner-pays", "unit-price", "none", "asked", "asked-by-name", "trades")
SELLERS = ("receive", "net")


@dataclass(frozen=True, slots=True)
class Returns:
    """Where a result holds the allocation and the payments, and in which form. Paths are steps joined by ".".

    `sellers` says, where agents sell, whether their units and amounts are those that they sell and "receive", or "net"
    of both sides, with units sold and money received below zero.
    """

    allocation: str = "0"
    payments: str = "1"
    allocation_as: str = "shares"
    payments_as: str = "per-agent"
    randomised: bool = False
    sellers: str | None = None

    def to_json(self) -> dict[str, object]:
        """The mapping as the certificate holds it."""
        return {
            "allocation": self.allocation,
            "payments": self.payments,
            "allocation_as": self.allocation_as,
            "payments_as": self.payments_as,
            "randomised": self.randomised,
            **({"sellers": self.sellers} if self.sellers else {}),
        }


RANKED_RETURNS = {  # what is read where agents only rank, or only utilities are told, unless told otherwise
    kind: Returns(allocation=".", allocation_as=form, payments_as="none")
    for kind, form in (
        ("house-allocation", "by-agent"),
        ("matching", "by-agent"),
        ("voting", "elected"),
        ("utilities", "shares"),
    )
} | {kind: Returns(sellers="receive") for kind in ("two-sided", "procurement")}
