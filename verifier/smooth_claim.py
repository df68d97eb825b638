"""The claim that a game is smooth, as a certificate has it: parameters, deviations, and where it is tightest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verifier.errors import DomainError
from verifier.evidence import Verdict
from verifier.exact import show, simplest
from verifier.games.gates import Smoothness
from verifier.games.normal_form import Game, amounts
from verifier.games.pure import welfares
from verifier.judged import Judged, decided, mixed_json
from verifier.oracles.smoothness import Smooth, best_smooth, verify_smooth
from verifier.oracles.smoothness_proof import derivation
from verifier.tensor import Tensor

KIND = "smooth"


def smooth_claim(game: Game, asked: Smoothness, id_: str) -> Judged:
    """The parameters that are claimed, or the best ones; UNKNOWN where the form does not fit the game."""
    try:
        charges, played = _charges(game, asked)
        claim = _claimed(game, asked, charges)
        found = verify_smooth(game, claim, charges) if claim is not None else None
    except DomainError as error:
        return _unknown(asked, id_, str(error))
    if claim is None or found is None:
        return _unknown(asked, id_, "no deviations give any bound")
    names = ", ".join(own[action] for own, action in zip(game.actions, found.profile, strict=True))
    if found.holds:
        reason = " ".join(derivation(claim.form, claim.parameters)) or "these parameters bound nothing"
    else:
        reason = f"at ({names}) the left side is {show(-found.slack)} too small"
    least = claim.bound
    total = None if charges is None else sum(charges[1:], charges[0])
    evidence = {
        "form": claim.form,
        "parameters": list(map(show, claim.parameters)),
        "deviations": mixed_json(claim.deviations),
        "slack": show(found.slack),
        "profile": list(found.profile),
        "bound": None if least is None else show(simplest(least)),
        "charges": None if total is None else amounts(total),
        "played": None if played is None else [list(own) for own in played],
    }
    with_these = "deviations" if total is None else "deviations and charges"
    statement = (
        f"The game is ({', '.join(map(show, claim.parameters))})-smooth in form {claim.form} with these {with_these}."
    )
    return Judged(id_, KIND, statement, decided(found.holds), asked.expect, reason.rstrip("."), evidence)


def _charges(game: Game, asked: Smoothness) -> tuple[Sequence[Tensor] | None, Sequence[Sequence[int]] | None]:
    """For form D what everybody could be charged at every profile, and the actions that are no overbidding.

    DomainError where charges are above welfare although nobody overbids: then they say nothing about equilibria.
    """
    if asked.honest is None or asked.honest.charges is None:
        return None, None
    charges, played = asked.honest.charges, asked.honest.modest
    within = welfares(game) - sum(charges[1:], charges[0])
    if not all(played):
        raise DomainError("somebody can only bid above its value; add smaller bids to the grid")
    if within.view(within.numerators[np.ix_(*played)]).least() < 0:
        raise DomainError("what everybody could be charged is above welfare, though nobody overbids")
    return charges, played


def _claimed(game: Game, asked: Smoothness, charges: Sequence[Tensor] | None) -> Smooth | None:
    deviations = asked.deviations
    if asked.parameters is None or deviations is None:
        best = best_smooth(game, asked.form, charges)
        if best is None or asked.parameters is None:
            return best
        deviations = best.deviations
    return Smooth(asked.form, asked.parameters, deviations)


def _unknown(asked: Smoothness, id_: str, reason: str) -> Judged:
    statement = f"The game is smooth in form {asked.form}."
    return Judged(id_, KIND, statement, Verdict.UNKNOWN, asked.expect, reason, {})
