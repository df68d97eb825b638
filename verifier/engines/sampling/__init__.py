"""Sampling: instances drawn at random from the grid, how many of them are violations, and exact bounds on their share.

Verdicts: REFUTED where one is met, with the share of violations, or SUPPORTED: "with 95 % confidence at most the share
p of the cases is a violation". The share belongs to the declared distribution and to no other.
"""

from __future__ import annotations

from verifier.engines.sampling.session import SamplingSession

__all__ = ["SamplingSession"]
