"""What is known about the set of equilibria of a game: a certificate per profile cannot show that none is missing.

FOUND     these are equilibria; there may be others
COMPLETE  these are all: all of a finite set, or all extreme points from which the others are mixed
EMPTY     there is none, and that is proved
UNKNOWN   nothing was found, and nothing is said about whether there is any; the reason says why
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from verifier.games.normal_form import MixedProfile


class Coverage(StrEnum):
    """How much of the set of equilibria a list of them is."""

    FOUND = "FOUND"
    COMPLETE = "COMPLETE"
    EMPTY = "EMPTY"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class EquilibriumSet:
    """Equilibria of one game by one concept, as exact mixed profiles.

    Attributes
    ----------
    concept : "pure Nash", "Nash", ...
    equilibria : distinct profiles, each certified by exact best responses
    coverage : what the list is of all of them
    reason : why it is no more than that; empty for COMPLETE and EMPTY
    findings : what proposers missed or got wrong, one sentence each
    """

    concept: str
    equilibria: tuple[MixedProfile, ...]
    coverage: Coverage
    reason: str = ""
    findings: tuple[str, ...] = ()
