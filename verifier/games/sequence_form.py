"""The sequence form of an extensive game with perfect recall, and its normal form, full or reduced.

Definition   A sequence of a player is the own moves on a way into the tree. A realisation plan x gives weights to
             sequences: 1 to the empty one, and at every information set the weights of the sequences that go on add up
             to that of the sequence that leads there. The payoff of a profile of sequences is that of the ends where
             they meet, times the probability of chance on the way: payoffs are linear in each plan.
Size         There are as many sequences as moves at information sets, and one; pure strategies are exponentially many.
Reduced      normal form: strategies that differ only where their own moves never lead are one.
Source       von Stengel 1996; Koller, Megiddo and von Stengel 1996; Kuhn 1953 (normal form, perfect recall).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod
from typing import TypeAlias

import numpy as np

from verifier.errors import DomainError, TooLarge
from verifier.exact import Money, common_denominator, money, show, simplest, size
from verifier.games.extensive import Behaviour, Chance, ExtensiveGame, InformationSet, Terminal
from verifier.games.normal_form import Game
from verifier.tensor import Tensor

Move: TypeAlias = tuple[str, int]  # information set and the place of a move; it ends one sequence
MOST_PROFILES = 1_000_000  # of a normal form


@dataclass(frozen=True, slots=True, eq=False)
class SequenceForm:
    """Sequences, and payoffs where they meet.

    Attributes
    ----------
    sequences : (n,) of each player the last move of each sequence; None stands for the empty one, which is the first
    parents : (n,) of each player and each sequence but the first: the sequence that it goes on from
    payoffs : (n,) payoffs by profile of sequences (places in `sequences`); profiles that meet at no end are left out
    """

    game: ExtensiveGame
    sequences: tuple[tuple[Move | None, ...], ...]
    parents: tuple[tuple[int, ...], ...]
    payoffs: Mapping[tuple[int, ...], tuple[Money, ...]]

    def plan(self, player: int, behaviour: Behaviour) -> tuple[Money, ...]:
        """The realisation plan of a player's behaviour strategy: the weight of each of its sequences."""
        weights: list[Money] = [1]
        for last, parent in zip(self.sequences[player][1:], self.parents[player], strict=True):
            if last is not None:
                weights.append(simplest(Fraction(weights[parent] * behaviour[last[0]][last[1]])))
        return tuple(weights)

    def behaviour(self, player: int, plan: Sequence[Money]) -> dict[str, tuple[Money, ...]]:
        """A behaviour strategy with this realisation plan: where it never leads, all moves are equally likely.

        Raises DomainError where the numbers are no realisation plan (what is wrong, where, and by how much).
        """
        weights = self.read_plan(player, plan)
        mixed = {}
        for infoset in self.game.of_player(player):
            own = [weight for last, weight in zip(self.sequences[player], weights, strict=True) if _at(last, infoset)]
            whole = sum(own, Fraction(0))
            mixed[infoset.name] = tuple(simplest(Fraction(w) / whole if whole else Fraction(1, len(own))) for w in own)
        return mixed

    def read_plan(self, player: int, plan: Sequence[object]) -> tuple[Money, ...]:
        """The plan as exact numbers; DomainError where it is none."""
        sequences = self.sequences[player]
        if len(plan) != len(sequences):
            raise DomainError(f"{len(plan)} weights; {self.game.players[player]} has {len(sequences)} sequences")
        weights = tuple(map(money, plan))
        if weights[0] != 1:
            raise DomainError(f"the empty sequence has the weight {show(weights[0])}; it must have 1")
        if min(weights) < 0:
            raise DomainError(f"the sequence {sequences[weights.index(min(weights))]} has a negative weight")
        for row in self.constraints(player)[1:]:
            if off := sum(entry * weights[at] for at, entry in row.items()):
                at = max(row)
                text = f"{show(size(off))} {'more' if off > 0 else 'less'} than the sequence that leads there"
                raise DomainError(f"the weights at {(sequences[at] or ('',))[0]!r} add up to {text}")
        return weights

    def constraints(self, player: int) -> list[dict[int, int]]:
        """Rows of E in E x = (1, 0, 0, ...): the empty sequence, then one row for each information set."""
        rows: dict[str, dict[int, int]] = {}
        for at, last in enumerate(self.sequences[player]):
            if last is not None:
                rows.setdefault(last[0], {self.parents[player][at - 1]: -1})[at] = 1
        return [{0: 1}, *rows.values()]

    def expected(self, plans: Sequence[Sequence[Money]]) -> tuple[Money, ...]:
        """(n,) expected payoffs of a realisation plan for each player."""
        total: list[Money] = [0] * len(self.game.players)
        for meeting, payoffs in self.payoffs.items():
            weight = prod((plan[at] for plan, at in zip(plans, meeting, strict=True)), start=Fraction(1))
            total = [amount + weight * payoff for amount, payoff in zip(total, payoffs, strict=True)]
        return tuple(simplest(Fraction(amount)) for amount in total)


def sequence_form(game: ExtensiveGame) -> SequenceForm:
    """The sequence form; TreeError where a player lacks perfect recall."""
    game.refuse_forgetting()
    sequences: list[tuple[Move | None, ...]] = []
    parents: list[tuple[int, ...]] = []
    place_of: list[dict[Move | None, int]] = []
    for player in range(len(game.players)):
        own: list[Move | None] = [None]
        before: list[int] = []
        known: dict[Move | None, int] = {None: 0}
        for infoset in game.of_player(player):  # in the order of the tree: what leads there is known
            parent = known[game.places[infoset.members[0]].last[player]]
            for move in range(len(infoset.moves)):
                known[infoset.name, move] = len(own)
                own.append((infoset.name, move))
                before.append(parent)
        sequences.append(tuple(own))
        parents.append(tuple(before))
        place_of.append(known)
    payoffs: dict[tuple[int, ...], tuple[Money, ...]] = {}
    for at, weight in _ends(game):
        place = game.places[at]
        if isinstance(place.node, Terminal):
            meeting = tuple(places[last] for places, last in zip(place_of, place.last, strict=True))
            found = payoffs.get(meeting, (0,) * len(game.players))
            payoffs[meeting] = tuple(
                simplest(Fraction(a + weight * b)) for a, b in zip(found, place.node.payoffs, strict=True)
            )
    return SequenceForm(game, tuple(sequences), tuple(parents), payoffs)


def normal_form(game: ExtensiveGame, *, reduced: bool = False, most: int = MOST_PROFILES) -> Game:
    """The game in which everybody fixes a move for each of its information sets beforehand.

    With `reduced` only for those that its own moves lead to, `*` for the others. Players without moves have one action.

    Raises TooLarge before strategies are listed where there are more than `most` profiles, and TreeError where
    `reduced` is asked for without perfect recall.
    """
    if reduced:
        game.refuse_forgetting()
    n = len(game.players)
    count = prod(_count(game, player, reduced) for player in range(n))
    if count > most:
        raise TooLarge(count, most, "profiles of pure strategies")
    strategies = [list(pure_strategies(game, player, reduced)) for player in range(n)]
    shape = tuple(map(len, strategies))
    needed = [_required(game, player) for player in range(n)]
    ends = list(_ends(game))
    amounts = [[weight * _payoffs(game, at)[player] for at, weight in ends] for player in range(n)]
    tensors = []
    for own in amounts:
        denominator = common_denominator(own)
        bound = int(sum((size(amount) for amount in own), 0) * denominator)
        total = np.zeros(shape, dtype=np.int64 if bound < 2**62 else object)
        for (at, _), amount in zip(ends, own, strict=True):
            if amount:
                met = [
                    [index for index, plan in enumerate(strategies[p]) if _meets(plan, needed[p][at])] for p in range(n)
                ]
                total[np.ix_(*met)] += int(amount * denominator)
        tensors.append(Tensor(total, denominator, bound))
    names = tuple(tuple(_name(game, player, plan) for plan in strategies[player]) for player in range(n))
    return Game(game.players, names, tuple(tensors), game.title)


def _at(last: Move | None, infoset: InformationSet) -> bool:
    return last is not None and last[0] == infoset.name


def _ends(game: ExtensiveGame) -> list[tuple[int, Money]]:
    """Places of the ends, with the probability of what chance does on the way."""
    weights: list[Money] = [1] * len(game.places)
    found = []
    for at, place in enumerate(game.places):
        if at:
            before = game.places[place.parent].node
            factor = before.moves[place.move][1] if isinstance(before, Chance) else 1
            weights[at] = weights[place.parent] * factor
        if isinstance(place.node, Terminal):
            found.append((at, weights[at]))
    return found


def _payoffs(game: ExtensiveGame, at: int) -> tuple[Money, ...]:
    node = game.places[at].node
    return node.payoffs if isinstance(node, Terminal) else ()


def _after(game: ExtensiveGame, player: int) -> dict[Move | None, list[InformationSet]]:
    """The information sets that a player comes to next after each of its sequences."""
    found: dict[Move | None, list[InformationSet]] = {}
    for infoset in game.of_player(player):
        found.setdefault(game.places[infoset.members[0]].last[player], []).append(infoset)
    return found


def _count(game: ExtensiveGame, player: int, reduced: bool) -> int:
    """How many pure strategies a player has."""
    sets = game.of_player(player)
    if not reduced:
        return prod(len(infoset.moves) for infoset in sets)
    after = _after(game, player)
    counts: dict[str, int] = {}
    for infoset in reversed(sets):
        following = [after.get((infoset.name, move), []) for move in range(len(infoset.moves))]
        counts[infoset.name] = sum(prod(counts[later.name] for later in of) for of in following)
    return prod(counts[infoset.name] for infoset in after.get(None, []))


def pure_strategies(game: ExtensiveGame, player: int, reduced: bool = False) -> list[dict[str, int]]:
    """Pure strategies in the order of the normal form: the place of a move for each information set that counts.

    The last set's move varies fastest; where `reduced`, sets that the own moves do not lead to are left out.
    """
    sets = game.of_player(player)
    if not reduced:
        ranges = [range(len(infoset.moves)) for infoset in sets]
        names = [infoset.name for infoset in sets]
        return [dict(zip(names, chosen, strict=True)) for chosen in product(*ranges)]
    found: list[dict[str, int]] = [{}]
    for infoset in sets:  # what leads to a set comes before it
        origin = game.places[infoset.members[0]].last[player]
        found = [
            {**plan, **({infoset.name: move} if move is not None else {})}
            for plan in found
            for move in (range(len(infoset.moves)) if origin is None or plan.get(origin[0]) == origin[1] else (None,))
        ]
    return found


def _required(game: ExtensiveGame, player: int) -> list[dict[str, int] | None]:
    """For every place the own moves on the way; None where one set would need two different ones."""
    found: list[dict[str, int] | None] = [{}]
    for place in game.places[1:]:
        way = found[place.parent]
        before = game.places[place.parent].node
        if way is not None and not isinstance(before, Terminal | Chance) and before.player == player:
            agrees = way.get(before.infoset, place.move) == place.move
            way = {**way, before.infoset: place.move} if agrees else None
        found.append(way)
    return found


def _meets(plan: Mapping[str, int], needed: Mapping[str, int] | None) -> bool:
    return needed is not None and all(plan.get(name) == move for name, move in needed.items())


def _name(game: ExtensiveGame, player: int, plan: Mapping[str, int]) -> str:
    parts = [
        f"{infoset.name}: {infoset.moves[plan[infoset.name]] if infoset.name in plan else '*'}"
        for infoset in game.of_player(player)
    ]
    return ", ".join(parts) or "no move"
