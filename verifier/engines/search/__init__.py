"""Search: critical values first, then Hypothesis drives the margin down; a violation is shrunk to small whole numbers.

Verdicts: REFUTED with a witness that ran again on the subject, or SUPPORTED with the searched volume. Finding nothing
says nothing about the rest: SUPPORTED is no claim of absence.
"""

from __future__ import annotations

from verifier.engines.search.session import SearchSession

__all__ = ["SearchSession"]
