"""What is asked about a game's price of anarchy, as a file says it.

[[gate]]
concept = "pure"        truthful, pure, mixed, correlated or coarse correlated
overbidding = false     in the game of a mechanism: equilibria in which nobody bids above its value
poa = "6/5"             the price must stay below; left out, it is only told
expect = "REFUTED"      the verdict that is expected of it, where it is not PROVED
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.errors import DomainError, nearest
from verifier.evidence import Verdict
from verifier.exact import Money, money, show
from verifier.games.normal_form import Actions

CONCEPTS = ("truthful", "pure", "mixed", "correlated", "coarse correlated")
_KEYS = ("concept", "overbidding", "poa", "expect")
_EXPECTED = (Verdict.PROVED, Verdict.REFUTED, Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Honest:
    """What honest play of a mechanism's game is: the profile of true bids, None where a grid lacks them, and for each
    player the actions that are not above its value.
    """

    truth: Actions | None
    modest: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """What is asked about the price of anarchy of a game.

    Attributes
    ----------
    concept : one of CONCEPTS
    below : the gate that the price must stay below; None only asks what it is
    truth : the profile of actions that is honest, for the concept "truthful"
    played : for each player the places of the actions that equilibria may play; None for all
    expect : the verdict that is expected; None expects nothing
    """

    concept: str
    below: Money | None = None
    truth: Actions | None = None
    played: tuple[tuple[int, ...], ...] | None = None
    expect: Verdict | None = None


def read_gate(table: Mapping[str, object], honest: Honest | None) -> Gate:
    """The gate of a table. DomainError or MoneyError says what is wrong with it."""
    for key in table:
        if key not in _KEYS:
            raise DomainError(f"unknown key {key!r}{nearest(key, list(_KEYS))}")
    concept, overbidding = table.get("concept"), table.get("overbidding", True)
    if concept not in CONCEPTS:
        raise DomainError(f"concept must be one of {', '.join(CONCEPTS)}, not {concept!r}")
    if not isinstance(overbidding, bool):
        raise DomainError(f"overbidding must be true or false, not {overbidding!r}")
    if honest is None and (concept == "truthful" or not overbidding):
        raise DomainError("truth and overbidding are of the game of a mechanism; give its [subject] and [domain]")
    below = money(table["poa"]) if "poa" in table else None
    if below is not None and below < 1:
        raise DomainError(f"no price of anarchy is below {show(below)}: they are at least 1")
    expect = table.get("expect", None if below is None else "PROVED")
    if expect not in (None, *map(str, _EXPECTED)):
        raise DomainError(f"expect must be one of {', '.join(map(str, _EXPECTED))}, not {expect!r}")
    truth = honest.truth if honest is not None and concept == "truthful" else None
    if concept == "truthful" and truth is None:
        raise DomainError("the grid lacks the true values, so that nobody can be honest; add them")
    played = honest.modest if honest is not None and not overbidding else None
    if played is not None and not all(played):
        raise DomainError("somebody can only bid above its value; add smaller bids to the grid")
    return Gate(str(concept), below, truth, played, None if expect is None else Verdict(str(expect)))
