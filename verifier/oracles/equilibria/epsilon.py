"""The exact rational epsilon-equilibrium nearest to a profile in doubles, for where no equilibrium could be proved.

Definition   An epsilon-equilibrium is a mixed profile at which nobody gains more than epsilon by another strategy. Any
             profile is one, for the largest gain at it; here the gain is exact, since the profile is.
Rounding     What is proposed is rounded to probabilities with one denominator that sum to exactly 1, by the largest
             remainders; a profile that is exact already stays as it is.
Source: Radner 1980; Nisan et al. 2007, Section 2.6.6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier.errors import DomainError
from verifier.exact import Money, from_subject, simplest
from verifier.games.claimed import best_response
from verifier.games.normal_form import Game, Mixed, MixedProfile

DENOMINATOR = 2**40


@dataclass(frozen=True, slots=True)
class EpsilonEquilibrium:
    """An exact profile, and the most that anybody gains at it: 0 means that it is an equilibrium."""

    profile: MixedProfile
    epsilon: Money


def epsilon_equilibrium(
    game: Game, proposal: Sequence[Sequence[float | Money]], denominator: int = DENOMINATOR
) -> EpsilonEquilibrium:
    """The profile that a proposal is rounded to, with its exact epsilon.

    Parameters
    ----------
    game : any number of players
    proposal : (n, A_i) probabilities, not necessarily exact; negative ones count as 0
    denominator : of the probabilities that inexact ones are rounded to

    Raises
    ------
    DomainError : the proposal has another shape than the game, or a strategy without a positive probability.
    MoneyError : a probability is no finite number.
    """
    if [len(strategy) for strategy in proposal] != list(game.shape):
        raise DomainError(
            f"strategies over {[len(strategy) for strategy in proposal]} actions; the game has {list(game.shape)}"
        )
    profile = tuple(rounded([from_subject(p) for p in strategy], denominator) for strategy in proposal)
    return EpsilonEquilibrium(profile, largest_gain(game, profile))


def largest_gain(game: Game, profile: MixedProfile) -> Money:
    """The most that any player gains by its best response, exactly."""
    return max(best_response(game, player, profile).gain for player in range(len(profile)))


def rounded(weights: Sequence[Money], denominator: int = DENOMINATOR) -> Mixed:
    """Exact probabilities near the weights that sum to 1; DomainError where none is positive."""
    positive = [max(weight, 0) for weight in weights]
    total = sum(positive, Fraction(0))
    if total == 0:
        raise DomainError("a mixed strategy has no positive probability; give at least one")
    if total == 1 and list(weights) == positive and all(p.denominator <= denominator for p in positive):
        return tuple(simplest(Fraction(p)) for p in weights)
    shares = [weight * denominator / total for weight in positive]
    counts = [int(share) for share in shares]
    short = denominator - sum(counts)
    for action in sorted(range(len(shares)), key=lambda a: (counts[a] - shares[a], a))[:short]:
        counts[action] += 1
    return tuple(simplest(Fraction(count, denominator)) for count in counts)
