"""The claim that a game is smooth, as a certificate has it: parameters, deviations, and where it is tightest."""

from __future__ import annotations

from verifier.errors import DomainError
from verifier.evidence import Verdict
from verifier.exact import show, simplest
from verifier.games.gates import Smoothness
from verifier.games.normal_form import Game
from verifier.judged import Judged, decided, mixed_json
from verifier.oracles.smoothness import Smooth, best_smooth, verify_smooth
from verifier.oracles.smoothness_proof import derivation

KIND = "smooth"


def smooth_claim(game: Game, asked: Smoothness, id_: str) -> Judged:
    """The parameters that are claimed, or the best ones; UNKNOWN where the form does not fit the game."""
    try:
        claim = _claimed(game, asked)
        found = verify_smooth(game, claim) if claim is not None else None
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
    evidence = {
        "form": claim.form,
        "parameters": list(map(show, claim.parameters)),
        "deviations": mixed_json(claim.deviations),
        "slack": show(found.slack),
        "profile": list(found.profile),
        "bound": None if least is None else show(simplest(least)),
    }
    statement = (
        f"The game is ({', '.join(map(show, claim.parameters))})-smooth in form {claim.form} with these deviations."
    )
    return Judged(id_, KIND, statement, decided(found.holds), asked.expect, reason.rstrip("."), evidence)


def _claimed(game: Game, asked: Smoothness) -> Smooth | None:
    if asked.parameters is None:
        return best_smooth(game, asked.form)
    if asked.deviations is None:
        best = best_smooth(game, asked.form)
        return None if best is None else Smooth(asked.form, asked.parameters, best.deviations)
    return Smooth(asked.form, asked.parameters, asked.deviations)


def _unknown(asked: Smoothness, id_: str, reason: str) -> Judged:
    statement = f"The game is smooth in form {asked.form}."
    return Judged(id_, KIND, statement, Verdict.UNKNOWN, asked.expect, reason, {})
