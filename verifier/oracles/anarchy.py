"""Exact price of anarchy and of stability of a finite game, by concept of equilibrium, with witnesses.

Concepts     truthful: the honest profile, if it is an equilibrium in dominant strategies. pure: all profiles are looked
             at. mixed, correlated, coarse correlated. Bayes-Nash: see `anarchy_bayesian`.
Mixed        Of two players all extreme equilibria are listed. They suffice: the set of equilibria is a union of maximal
             Nash subsets conv X x conv Y, X and Y sets of vertices (Jansen 1981). Welfare x W y is linear in x for a
             given y, so that over conv X it is least at some x' in X; x' W y is linear in y, and least over conv Y at
             some y' in Y; (x', y') is in the subset, hence an extreme equilibrium, and no better than (x, y). Likewise
             for the greatest. Players with a single action do not count.
             Of more players the ratio is taken where all equilibria are known; where some are irrational it is a bound,
             from the boxes that they are alone in. Else the answer is UNKNOWN with the bound from coarse correlated
             equilibria, of which mixed ones are some.
Overbidding  A candidate is an equilibrium that plays only actions of `played`: without overbidding those whose bids are
             at most what the player would get for them. Deviations stay free: what is an equilibrium is judged in the
             whole game, and then some are left out. Since unplayed actions have probability 0, candidates in a maximal
             Nash subset are a face of it, whose vertices are among its extreme equilibria: the proof above holds.
Welfare      The sum of payoffs and of the seller's revenue, cost that of minus the payoffs; or any tensor. Both are
             linear in probabilities of profiles, so that a tensor may also hold a largest load (makespan).

Source: Koutsoupias and Papadimitriou 1999; Anshelevich et al. 2008; Jansen 1981; Aumann 1974; Moulin and Vial 1978;
Syrgkanis and Tardos 2013 (no overbidding).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TypeAlias

import numpy as np

from verifier.errors import DomainError, TooLarge, nearest
from verifier.exact import Money, simplest
from verifier.games.claimed import verify_profile
from verifier.games.equilibrium_set import Coverage, EquilibriumSet
from verifier.games.normal_form import Actions, Game, MixedProfile
from verifier.games.pure import as_mixed, dominant_actions, equilibrium_places, welfares
from verifier.oracles.anarchy_result import (
    Anarchy,
    Direction,
    Enumeration,
    Equilibrium,
    Listed,
    Objective,
    Optimum,
    Price,
    Prices,
    Proof,
    ratio,
    refuse_meaningless,
)
from verifier.oracles.correlated import CorrelatedBound, extreme
from verifier.oracles.equilibria.many_player import mixed_equilibria
from verifier.oracles.equilibria.two_player import two_player
from verifier.oracles.equilibria.vertices import TooManyBases
from verifier.tensor import Tensor

Span: TypeAlias = tuple[Fraction, Fraction]  # the least and the greatest that a number can be
Played: TypeAlias = tuple[tuple[int, ...], ...]  # (n,) places of the actions that a candidate may play

CONCEPTS = ("truthful", "pure", "mixed", "correlated", "coarse correlated")


@dataclass(frozen=True, slots=True)
class Ends:
    """The candidates with the least and the greatest worth (minus the cost where cost is measured), and the proof."""

    worst: Equilibrium | None
    best: Equilibrium | None
    coverage: Coverage
    proof: Proof
    direction: Direction = Direction.EXACT
    reason: str = ""


def price_of_anarchy(
    game: Game,
    concept: str = "pure",
    *,
    objective: str = "welfare",
    measure: Tensor | None = None,
    played: Sequence[Sequence[int]] | None = None,
    truth: Actions | None = None,
) -> Anarchy:
    """The prices of anarchy and of stability over the equilibria of a concept.

    Parameters
    ----------
    concept : one of `CONCEPTS`
    objective : "welfare" or "cost"
    measure : (A_1, ..., A_n) the welfare or the cost of every profile; without it the sum of payoffs and revenue, or
        minus that
    played : (n,) for each player the places of the actions that a candidate may play (`allowed` makes it); None for all
    truth : the honest profile, for the concept "truthful" alone

    Raises
    ------
    DomainError : an unknown concept or objective, shapes or places that do not fit, no ratio has a meaning
    TooLarge : the linear program would not fit in memory
    """
    if concept not in CONCEPTS:
        raise DomainError(f"unknown concept {concept!r}{nearest(concept, list(CONCEPTS))}")
    if (truth is None) == (concept == "truthful"):
        raise DomainError("the concept 'truthful' needs the honest profile as truth, and no other concept takes it")
    kept, worth = _read(game, objective, measure, played)
    found = _truthful(game, worth, kept, truth) if truth is not None else ends(game, concept, worth, kept)
    return _answer(concept, Objective(objective), worth, found, kept)


def price_over(
    game: Game, known: EquilibriumSet, *, objective: str = "welfare", measure: Tensor | None = None
) -> Anarchy:
    """The prices over a set of equilibria that somebody else found: exact if it is COMPLETE, else a lower bound.

    Equilibria found by search can only miss worse ones, so that they never pass a gate.

    Raises
    ------
    DomainError : as `price_of_anarchy`; or a profile of the set is not an equilibrium, which is checked exactly.
    """
    _, worth = _read(game, objective, measure, None)
    for profile in known.equilibria:
        gain = verify_profile(game, profile).epsilon
        if gain:
            raise DomainError(f"{profile} is not an equilibrium: somebody gains {gain}; leave it out")
    complete = known.coverage in (Coverage.COMPLETE, Coverage.EMPTY)
    if complete and bool(known.equilibria) != (known.coverage is Coverage.COMPLETE):
        raise DomainError(f"{len(known.equilibria)} equilibria do not go with the coverage {known.coverage.value}")
    direction = Direction.EXACT if complete else Direction.LOWER
    reason = "" if complete else known.reason or "there may be other equilibria"
    found = _listed(game, worth, known.equilibria, known.coverage, direction, reason)
    return _answer(known.concept, Objective(objective), worth, found, None)


def allowed(game: Game, keeps: Callable[[int, int], bool]) -> Played:
    """For each player the places of the actions for which `keeps(player, action)` holds."""
    return tuple(
        tuple(action for action in range(count) if keeps(player, action)) for player, count in enumerate(game.shape)
    )


def ends(game: Game, concept: str, worth: Tensor, played: Played | None) -> Ends:
    """The candidates of a concept with the least and the greatest worth."""
    if concept == "pure":
        return _pure(game, worth, played)
    if concept == "mixed":
        return _mixed(game, worth, played)
    return _correlated(game, worth, played, coarse=concept == "coarse correlated")


def priced(
    concept: str,
    objective: Objective,
    optimum: tuple[Money, Optimum],
    most_bad: Money,
    found: Ends,
    played: Played | None,
) -> Anarchy:
    """Ends as prices; `optimum` with what reaches it, and the worst worth of any profile, both as worth."""
    sign = 1 if objective is Objective.WELFARE else -1
    best_value = sign * optimum[0]
    refuse_meaningless(objective, best_value, sign * most_bad)
    turned = [one and Equilibrium(sign * one.value, one.mixed, one.distribution) for one in (found.worst, found.best)]
    prices: list[Price] = [None, None]
    reason = found.reason
    if turned[0] is not None and turned[1] is not None:
        try:
            prices = [ratio(objective, best_value, one.value) for one in turned if one is not None]
        except DomainError as error:
            if found.direction is not Direction.UPPER:
                raise
            reason = f"{reason}; no bound either: {error}"
    return Anarchy(
        concept,
        objective,
        best_value,
        optimum[1],
        turned[0],
        turned[1],
        prices[0],
        prices[1],
        found.coverage,
        found.direction,
        found.proof,
        played,
        reason,
    )


def _answer(concept: str, objective: Objective, worth: Tensor, found: Ends, played: Played | None) -> Anarchy:
    place = int(np.asarray(worth.numerators).argmax())
    optimal = tuple(map(int, np.unravel_index(place, worth.numerators.shape)))
    return priced(
        objective=objective,
        concept=concept,
        found=found,
        played=played,
        optimum=(_at(worth, place), optimal),
        most_bad=simplest(worth.least()),
    )


def _read(
    game: Game, objective: str, measure: Tensor | None, played: Sequence[Sequence[int]] | None
) -> tuple[Played | None, Tensor]:
    if objective not in tuple(Objective):
        raise DomainError(f"unknown objective {objective!r}{nearest(objective, list(map(str, Objective)))}")
    if measure is not None and measure.numerators.shape != game.shape:
        raise DomainError(f"the measure has the shape {measure.numerators.shape}, not {game.shape}")
    worth = welfares(game) if measure is None else -measure if objective == Objective.COST else measure
    if played is None:
        return None, worth
    if len(played) != len(game.players):
        raise DomainError(f"actions to be played for {len(played)} players; the game has {len(game.players)}")
    kept = tuple(tuple(sorted(set(own))) for own in played)
    for name, own, count in zip(game.players, kept, game.shape, strict=True):
        if not all(0 <= action < count for action in own):
            raise DomainError(f"{name} cannot play all of {list(own)}; its actions are 0 to {count - 1}")
    return kept, worth


def _at(worth: Tensor, place: int) -> Money:
    return simplest(Fraction(int(worth.numerators.reshape(-1)[place]), worth.denominator))


def _empty(reason: str) -> Ends:
    return Ends(None, None, Coverage.EMPTY, None, reason=reason)


def _truthful(game: Game, worth: Tensor, played: Played | None, truth: Actions) -> Ends:
    if len(truth) != len(game.shape) or not all(0 <= a < k for a, k in zip(truth, game.shape, strict=True)):
        raise DomainError(f"the honest profile {truth} is not one of the game, whose shape is {game.shape}")
    for player, action in enumerate(truth):
        if action not in dominant_actions(game, player):
            return _empty(f"honesty is not a dominant strategy of {game.players[player]}")
        if played is not None and action not in played[player]:
            return _empty(f"the honest action of {game.players[player]} is not one that may be played")
    place = int(np.ravel_multi_index(truth, game.shape))
    one = Equilibrium(_at(worth, place), as_mixed(game, truth))
    return Ends(one, one, Coverage.COMPLETE, Enumeration(game.shape, np.array([place], dtype=np.intp)))


def _pure(game: Game, worth: Tensor, played: Played | None) -> Ends:
    places = equilibrium_places(game)
    if played is not None:
        keep = np.ones(len(places), dtype=bool)
        for column, own in zip(np.unravel_index(places, game.shape), played, strict=True):
            keep &= np.isin(column, own)
        places = places[keep]
    if not len(places):
        return _empty("every candidate profile has a profitable deviation")
    values = worth.numerators.reshape(-1)
    values = values if len(places) == len(values) else values[places]
    found = []
    for place in (int(places[int(values.argmin())]), int(places[int(values.argmax())])):
        profile = tuple(map(int, np.unravel_index(place, game.shape)))
        found.append(Equilibrium(_at(worth, place), as_mixed(game, profile)))
    return Ends(found[0], found[1], Coverage.COMPLETE, Enumeration(game.shape, places))


def _correlated(game: Game, worth: Tensor, played: Played | None, coarse: bool) -> Ends:
    if played is not None and not all(played):
        return _empty("a player may play none of its actions")
    try:
        least, greatest = (extreme(game, worth, coarse, low, played) for low in (True, False))
    except TooLarge:
        raise
    except DomainError as error:
        return _empty(str(error))
    return Ends(_advised(least), _advised(greatest), Coverage.COMPLETE, Prices(least, greatest))


def _advised(bound: CorrelatedBound) -> Equilibrium:
    return Equilibrium(bound.value, distribution=bound.distribution)


def _mixed(game: Game, worth: Tensor, played: Played | None) -> Ends:
    real = [player for player, count in enumerate(game.shape) if count > 1]
    if len(real) < 2:  # one player mixes its best actions, which are equilibria in pure strategies
        return _pure(game, worth, played)
    if len(real) > 2:
        return _many(game, worth, played)
    try:
        small = two_player(_without(game, real))
    except TooManyBases as error:
        return _bound(game, worth, played, str(error))
    known = [_with(profile, real, len(game.players)) for profile in small.extreme]
    return _kept(game, worth, known, played)


def _kept(game: Game, worth: Tensor, known: Sequence[MixedProfile], played: Played | None) -> Ends:
    kept = tuple(profile for profile in known if _plays(profile, played))
    coverage = Coverage.COMPLETE if kept else Coverage.EMPTY
    return _listed(game, worth, kept, coverage, Direction.EXACT, "" if kept else "no equilibrium plays these alone")


def _many(game: Game, worth: Tensor, played: Played | None) -> Ends:
    """The equilibria of more than two players: exact, enclosed where some are irrational, else no more than a bound."""
    try:
        found = mixed_equilibria(game)
    except DomainError as error:
        return _bound(game, worth, played, str(error))
    if found.coverage is not Coverage.COMPLETE:
        return _bound(game, worth, played, found.reason or "there may be other equilibria")
    rational = [boxed.rational for boxed in found.equilibria if boxed.rational is not None]
    rest = [boxed for boxed in found.equilibria if boxed.rational is None and _within(boxed.supports, played)]
    exact = _kept(game, worth, rational, played)
    if not rest:
        return exact
    spans = [enclosed(game, worth, boxed.box) for boxed in rest]
    ends = [one.value for one in (exact.worst, exact.best) if one is not None]
    low, high = min([low for low, _ in spans] + ends[:1]), max([high for _, high in spans] + ends[1:])
    reason = "an equilibrium is irrational; the bounds are those of the boxes"
    pair = Equilibrium(simplest(Fraction(low))), Equilibrium(simplest(Fraction(high)))
    return Ends(*pair, Coverage.COMPLETE, exact.proof, Direction.UPPER, reason)


def enclosed(game: Game, worth: Tensor, box: Sequence[Sequence[Span]]) -> Span:
    """The least and the greatest that the expected worth can be where every probability is within its span."""
    low = high = Fraction(0)
    supports = [[action for action, (_, most) in enumerate(own) if most > 0] for own in box]
    for profile in product(*supports):
        value = _at(worth, int(np.ravel_multi_index(profile, game.shape)))
        least = math.prod((own[action][0] for own, action in zip(box, profile, strict=True)), start=Fraction(1))
        most = math.prod((own[action][1] for own, action in zip(box, profile, strict=True)), start=Fraction(1))
        low, high = low + value * (least if value > 0 else most), high + value * (most if value > 0 else least)
    return low, high


def _bound(game: Game, worth: Tensor, played: Played | None, reason: str) -> Ends:
    """What coarse correlated equilibria say about mixed ones."""
    try:
        wider = _correlated(game, worth, played, coarse=True)
    except TooLarge as error:
        return Ends(None, None, Coverage.UNKNOWN, None, Direction.UPPER, f"{reason}; {error}")
    if wider.coverage is Coverage.EMPTY:  # none of the wider set, so none of this one
        return wider
    text = f"{reason}; the bound is that of coarse correlated equilibria"
    return Ends(wider.worst, wider.best, Coverage.UNKNOWN, wider.proof, Direction.UPPER, text)


def _listed(
    game: Game,
    worth: Tensor,
    profiles: Sequence[MixedProfile],
    coverage: Coverage,
    direction: Direction,
    reason: str,
) -> Ends:
    """The least and the greatest expected worth of mixed profiles."""
    if not profiles:
        return Ends(None, None, coverage, None, direction, reason)
    shared = Game(game.players, game.actions, (worth,) * len(game.players))
    values = [shared.expected(0, profile) for profile in profiles]
    worst, best = (pick(range(len(values)), key=values.__getitem__) for pick in (min, max))
    pair = [Equilibrium(values[place], profiles[place]) for place in (worst, best)]
    return Ends(pair[0], pair[1], coverage, Listed(tuple(profiles)), direction, reason)


def _plays(profile: MixedProfile, played: Played | None) -> bool:
    return _within([[action for action, share in enumerate(mixed) if share] for mixed in profile], played)


def _within(supports: Sequence[Sequence[int]], played: Played | None) -> bool:
    return played is None or all(set(support) <= set(own) for support, own in zip(supports, played, strict=True))


def _without(game: Game, real: Sequence[int]) -> Game:
    """The game between some players, all others having one action."""
    shape = tuple(game.shape[player] for player in real)
    payoffs = tuple(game.payoffs[player].view(game.payoffs[player].numerators.reshape(shape)) for player in real)
    return Game(tuple(game.players[p] for p in real), tuple(game.actions[p] for p in real), payoffs)


def _with(profile: MixedProfile, real: Sequence[int], count: int) -> MixedProfile:
    """The profile with the players of one action back in their places."""
    mixed = dict(zip(real, profile, strict=True))
    return tuple(mixed.get(player, (1,)) for player in range(count))
