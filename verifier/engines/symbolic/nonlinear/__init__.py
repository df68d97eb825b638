"""The nonlinear fragment: bids that are multiplied or divided, decided by z3's arithmetic over the reals.

Weaker than a proof, and called SUPPORTED: what z3 says of polynomials has no certificate that the checker could add up.
"""

from __future__ import annotations

from verifier.engines.symbolic.nonlinear.session import NonlinearSession, is_for_z3

__all__ = ["NonlinearSession", "is_for_z3"]
