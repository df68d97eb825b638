"""Oracles: independent computations of the right answer, each with evidence that the checker adds up for itself."""

from __future__ import annotations
