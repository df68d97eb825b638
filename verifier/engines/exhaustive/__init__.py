"""Exhaustive checking of a finite grid: every profile run once, every case judged by exact integer tensors.

Verdicts: EXHAUSTED (true on the whole grid, nothing said between its points) or REFUTED with a witness.
"""

from __future__ import annotations

from verifier.engines.exhaustive.session import ExhaustiveSession

__all__ = ["ExhaustiveSession"]
