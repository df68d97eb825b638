"""Proofs about the real code: it runs on symbolic bids, and every case of a property is shown to hold for all reals.

Verdicts: PROVED with a proof that `checker.py` repeats without a solver, REFUTED with a rational witness, or UNKNOWN.
"""

from __future__ import annotations

from verifier.engines.symbolic.session import SymbolicSession

__all__ = ["SymbolicSession"]
