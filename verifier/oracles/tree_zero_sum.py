"""Two-player zero-sum extensive games with perfect recall: the value, with behaviour strategies that guarantee it.

Method       In sequence form a player chooses a realisation plan x with E x = e, and the other's best reply against it
             is a linear program, whose dual has one variable for each of the other's information sets: so one linear
             program, of the size of the tree, finds the plan that guarantees most (von Stengel 1996, Theorem 3.1).
Certificate  the pair of strategies: each is a best reply to the other, and what they earn is the value.

Source: von Stengel 1996; Koller, Megiddo and von Stengel 1996.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from verifier.exact import Money, simplest
from verifier.games.extensive import Behaviour, ExtensiveGame
from verifier.games.sequence_form import SequenceForm, sequence_form
from verifier.games.tree_claims import refuse_other_sums
from verifier.oracles.linear import LinearProgram, Optimal, solve


@dataclass(frozen=True, slots=True)
class TreeValue:
    """The value to the first player, and for every information set how it is played."""

    value: Money
    behaviour: Behaviour


def tree_value(game: ExtensiveGame) -> TreeValue:
    """The value and optimal behaviour strategies.

    Raises DomainError where payoffs do not sum to zero, TreeError without perfect recall, TooLarge where the linear
    program does not fit.
    """
    refuse_other_sums(game)
    form = sequence_form(game)
    plans = [_guarantee(form, player) for player in range(2)]
    mixed = {name: row for player, (_, plan) in enumerate(plans) for name, row in form.behaviour(player, plan).items()}
    return TreeValue(plans[0][0], {name: mixed[name] for name in game.infosets})


def _guarantee(form: SequenceForm, player: int) -> tuple[Money, tuple[Money, ...]]:
    """The most that a plan of a player guarantees, and the plan.

    Columns are the plan x and, twice because they may be negative, q: what the other's empty sequence (first) and its
    information sets are worth to the player. For each of the other's sequences, F' q <= A' x.
    """
    other = 1 - player
    own, theirs = len(form.sequences[player]), form.constraints(other)
    columns = own + 2 * len(theirs)
    rows: list[dict[int, Money]] = [{} for _ in form.sequences[other]]
    for index, constraint in enumerate(theirs):
        for sequence, entry in constraint.items():
            rows[sequence][own + index] = entry
            rows[sequence][own + len(theirs) + index] = -entry
    for meeting, payoffs in form.payoffs.items():
        if payoffs[player]:
            rows[meeting[other]][meeting[player]] = -payoffs[player]
    flow: list[dict[int, Money]] = [dict(row) for row in form.constraints(player)]
    ends: list[Money] = [1, *[0] * (len(flow) - 1)]
    program = LinearProgram(
        columns, {own: 1, own + len(theirs): -1}, tuple(rows), (0,) * len(rows), tuple(flow), tuple(ends)
    )
    found = solve(program)
    if not isinstance(found, Optimal):
        raise AssertionError("a finite zero-sum game has a value")
    return simplest(Fraction(found.value)), found.primal[:own]
