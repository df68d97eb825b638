"""Sampling with honest error levels: exact binomial bounds, e-values, declared plans, and studies that survive a crash.

What is shown here is about a declared distribution of instances and about nothing worse than what it draws.
"""

from __future__ import annotations
