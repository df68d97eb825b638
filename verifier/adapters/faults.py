"""The one exception inside the adapters: the subject gave no valid outcome. Audits turn it into an ERROR verdict."""

from __future__ import annotations

from typing import TypeAlias

from verifier.domains import Outcome
from verifier.errors import VerifierError

Answer: TypeAlias = Outcome | tuple[str, str]  # an outcome, or the kind and message of a fault


class ProtocolFault(VerifierError):
    """The subject crashed ("crash") or returned what cannot be read ("protocol"). Mend it, or declare its shape.

    Attributes: `kind` as in `evidence.Fault`, and the `message`.
    """

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        self.message = message
        super().__init__(f"{kind}: {message}")


def worded(error: BaseException, most: int = 300) -> str:
    """The kind and the message of a stranger's exception, whatever its __str__ does."""
    try:
        message = str(error)
    except Exception:
        message = "its message cannot be read"
    text = f"{type(error).__name__}: {message}" if message else type(error).__name__
    return text if len(text) <= most else f"{text[:most]}..."
