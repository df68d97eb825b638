"""What is asked about a game's price of anarchy, as a file says it.

A [[gate]] has
    concept = "pure"        truthful, pure, mixed, correlated or coarse correlated
    overbidding = false     in the game of a mechanism: equilibria in which nobody bids above its value
    poa = "6/5"             the price must stay below; left out, it is only told
    strength = "SUPPORTED"  the least verdict that meets the gate; PROVED where it is left out
    expect = "REFUTED"      the verdict that is expected of a gate which is not met
A [[smooth]] claims an inequality that bounds the price over coarse correlated equilibria:
    form = "A"              A for costs, B for utilities, C for auctions, D for those where nobody overbids
    lambda = "5/3"          left out with mu: the parameters with the least bound are looked for
    mu = "1/3"
    mu2 = "1"               in form D the share of what everybody could be charged, its own bid for what it gets
    deviations = ["own two", "own two", "own two"]   an action or a mixture per player; left out: the best ones
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from verifier.errors import DomainError, nearest
from verifier.evidence import Verdict
from verifier.exact import Money, money, show
from verifier.games.claimed import read_profile
from verifier.games.normal_form import Actions, Game, MixedProfile
from verifier.tensor import Tensor

CONCEPTS = ("truthful", "pure", "mixed", "correlated", "coarse correlated")
_KEYS = ("concept", "overbidding", "poa", "strength", "expect")
_EXPECTED = (Verdict.PROVED, Verdict.REFUTED, Verdict.UNKNOWN)
_STRENGTHS = (Verdict.PROVED, Verdict.SUPPORTED)


@dataclass(frozen=True, slots=True)
class Honest:
    """What honest play of a mechanism's game is.

    Attributes
    ----------
    truth : the profile of true bids; None where a grid lacks them
    modest : for each player the actions that are not above its value
    charges : (n,) at every profile what each player bids for what it gets, the most that it could be charged; None in
        games of incomplete information
    """

    truth: Actions | None
    modest: tuple[tuple[int, ...], ...]
    charges: tuple[Tensor, ...] | None = None


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


@dataclass(frozen=True, slots=True)
class Smoothness:
    """A claim that a game is smooth.

    Attributes
    ----------
    form : "A", "B", "C" or "D"
    parameters : (l, m), and w in form D; None to look for the best ones
    deviations : what everybody deviates to; None to look for the best ones
    expect : the verdict that is expected; None expects nothing
    honest : for form D what everybody could be charged, and the actions that are no overbidding
    """

    form: str
    parameters: tuple[Money, ...] | None = None
    deviations: MixedProfile | None = None
    expect: Verdict | None = None
    honest: Honest | None = None


def read_smoothness(table: Mapping[str, object], game: Game, honest: Honest | None) -> Smoothness:
    """The claim of a table. DomainError or MoneyError says what is wrong with it."""
    form = table.get("form")
    if form not in ("A", "B", "C", "D"):
        raise DomainError(f"form must be A, B, C or D, not {form!r}")
    named = ("lambda", "mu", "mu2") if form == "D" else ("lambda", "mu")
    keys = ("form", *named, "deviations", "expect")
    for key in table:
        if key not in keys:
            raise DomainError(f"unknown key {key!r}{nearest(key, list(keys))}")
    if form == "D" and (honest is None or honest.charges is None):
        raise DomainError("form D is of the game of a mechanism between agents with known values")
    given = [key for key in named if key in table]
    if given and len(given) < len(named):
        raise DomainError(f"{', '.join(named)} are given together, or none is")
    parameters = tuple(money(table[key]) for key in named) if given else None
    if parameters is not None and min(parameters) < 0:
        raise DomainError(f"{', '.join(named)} are not negative")
    written = table.get("deviations")
    if written is not None and (not isinstance(written, Sequence) or isinstance(written, str)):
        raise DomainError(f"deviations are a list with a strategy for each player, not {written!r}")
    if written is not None and parameters is None:
        raise DomainError("deviations go with lambda and mu")
    expect = table.get("expect", None if parameters is None else "PROVED")
    if expect not in (None, *map(str, _EXPECTED)):
        raise DomainError(f"expect must be one of {', '.join(map(str, _EXPECTED))}, not {expect!r}")
    deviations = None if written is None else read_profile(game, written)
    verdict = None if expect is None else Verdict(str(expect))
    return Smoothness(str(form), parameters, deviations, verdict, honest if form == "D" else None)


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
    strength = table.get("strength")
    if strength is not None and ("expect" in table or below is None):
        raise DomainError("strength goes with poa, and without expect: it is the least verdict that is expected")
    if strength not in (None, *map(str, _STRENGTHS)):
        raise DomainError(f"strength must be one of {', '.join(map(str, _STRENGTHS))}, not {strength!r}")
    expect = table.get("expect", strength or (None if below is None else "PROVED"))
    if expect not in (None, strength, *map(str, _EXPECTED)):
        raise DomainError(f"expect must be one of {', '.join(map(str, _EXPECTED))}, not {expect!r}")
    truth = honest.truth if honest is not None and concept == "truthful" else None
    if concept == "truthful" and truth is None:
        raise DomainError("the grid lacks the true values, so that nobody can be honest; add them")
    played = honest.modest if honest is not None and not overbidding else None
    if played is not None and not all(played):
        raise DomainError("somebody can only bid above its value; add smaller bids to the grid")
    return Gate(str(concept), below, truth, played, None if expect is None else Verdict(str(expect)))
