"""Proofs as JSON: the tree of choices and, per family of cases, the lemmas. `checker.py` repeats both.

tree : for every choice in depth-first order either the number of its open options, all explored, or a list with null
    for an explored option and a Farkas combination [[index, multiplier], ...] for an empty one; indices run over the
    admissibility constraints, the atoms of the path so far and the atoms of the option.
atom : [[variable, coefficient], ...], constant, strict.
lemma : atoms that the first path knows, atoms that the second knows (in its own variables), what is needed of the goal,
    and multipliers over first, second, goal.
"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.adapters.contracts import Contracts
from verifier.engines.symbolic.atoms import Atom
from verifier.engines.symbolic.explore import Exploration
from verifier.engines.symbolic.lemmas import Lemma
from verifier.engines.symbolic.proving import FamilyProof
from verifier.engines.symbolic.regret import Regret
from verifier.engines.symbolic.replay import Replays
from verifier.exact import show


def exploration_json(exploration: Exploration, replays: Replays, contracts: Contracts) -> dict[str, object]:
    """The tree that all proofs of a certificate share."""
    return {
        "paths": len(exploration.paths),
        "unreached": sum(not path.point for path in exploration.paths),
        "tree": [
            len(token) if not any(token) else [proof and [list(pair) for pair in proof] for proof in token]
            for token in exploration.tree
        ],
        "replays": dict(replays.counts),
        "rounded": replays.rounded,
        "hash_seeds": list(replays.hash_seeds),
        "contracts": contracts.to_json(),
        "stopped": None,
    }


def proof_json(proofs: Sequence[FamilyProof]) -> dict[str, object]:
    """The lemmas of one claim, a list per family."""
    return {"families": [[lemma_json(lemma) for lemma in proof.lemmas] for proof in proofs]}


def regret_json(regret: Regret) -> dict[str, object]:
    """The exact regret of one agent."""
    return {
        "agent": regret.agent,
        "supremum": show(regret.supremum),
        "attained": regret.attained,
        "paths": list(regret.paths),
        "inside": [show(amount) for amount in regret.inside],
        "limit": [show(amount) for amount in regret.limit],
        "lemmas": [lemma_json(lemma) for lemma in regret.lemmas],
    }


def lemma_json(lemma: Lemma) -> dict[str, object]:
    """One lemma."""
    return {
        "first": [atom_json(fact) for fact in lemma.first],
        "second": [atom_json(fact) for fact in lemma.second],
        "goal": [atom_json(part) for part in lemma.goal],
        "multipliers": list(lemma.multipliers),
    }


def atom_json(half_space: Atom) -> list[object]:
    """One atom."""
    return [[list(term) for term in half_space.terms], show(half_space.constant), half_space.strict]
