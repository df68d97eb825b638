"""Exit codes, in one place: scripts depend on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

MET = 0  # every claim is as expected
MISSED = 1  # a claim turned out otherwise than expected
USAGE = 2  # the command, a claims file or a certificate is wrong
INCONCLUSIVE = 3  # nothing contradicts the claims, but some verdict is weaker than required
INTERNAL = 4  # a bug in this program, or the checker disagrees
NOTHING = 5  # nothing was checked
INTERRUPTED = 130  # Ctrl-C; partial certificates were written

HELP = """\b
Exit codes:
  0    every claim is as expected
  1    a claim is refuted, or another expectation is missed
  2    wrong usage, a wrong claims file, an unreadable certificate
  3    inconclusive: a verdict is weaker than required
  4    internal error, or the checker disagrees
  5    nothing was checked
  130  interrupted; what was decided has been written"""

FAIL_ON = ("inconclusive", "refuted", "never")
_POSITIVE = ("UNKNOWN", "SUPPORTED", "EXHAUSTED", "PROVED")


def of_claims(claims: Iterable[Mapping[str, Any]], fail_on: str = "inconclusive") -> int:
    """The exit code of decided claims, given as certificates hold them.

    Parameters
    ----------
    fail_on : "inconclusive" fails on every missed expectation; "refuted" forgives verdicts that are merely too weak;
        "never" forgives everything
    """
    missed = [claim for claim in claims if not claim["met"]]
    if fail_on == "never" or not missed:
        return MET
    if not all(map(_too_weak, missed)):
        return MISSED
    return MET if fail_on == "refuted" else INCONCLUSIVE


def _too_weak(claim: Mapping[str, Any]) -> bool:
    """Whether a missed claim was left open rather than contradicted."""
    return claim["verdict"] == "UNKNOWN" or {claim["verdict"], claim["expect"]} <= set(_POSITIVE)
