"""All extreme equilibria of a game of two players, exactly; every other equilibrium mixes extreme ones.

Definition   A pair of vertices (x, y) of the players' best-response polytopes is an equilibrium where it is completely
             labelled: each action of each player is unplayed or a best response. These are the extreme equilibria. A
             maximal set of vertices X and one Y whose pairs are all equilibria is a maximal Nash subset: everybody may
             mix X, respectively Y. The subsets that share points make up the components of the set of equilibria.
Complete     `vertices` misses none, and labels are compared for all pairs. Of a nondegenerate game (no vertex has more
             labels than its dimension) the number is odd; an even one is reported as an error of ours.
Source       Mangasarian 1964; Winkels 1979; Jansen 1981; Shapley 1974 (odd number); von Stengel 2002.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier.errors import DomainError
from verifier.exact import simplest
from verifier.games.equilibrium_set import Coverage, EquilibriumSet
from verifier.games.normal_form import Game, Mixed, MixedProfile
from verifier.oracles.equilibria.components import maximal_subsets, parts
from verifier.oracles.equilibria.vertices import MOST_BASES, Vertex, vertices


class EvenNumber(AssertionError):
    """A nondegenerate game has an even number of equilibria: please report it with the game, it is a bug of ours."""


@dataclass(frozen=True, slots=True)
class TwoPlayer:
    """What is known about the equilibria of a game of two players.

    Attributes
    ----------
    extreme : all extreme equilibria, sorted
    subsets : maximal Nash subsets, as places in `extreme`
    components : places in `extreme` of each connected component
    degenerate : whether some mixture has more best responses than actions that it plays
    bases : how many bases were visited for each player
    """

    extreme: tuple[MixedProfile, ...]
    subsets: tuple[tuple[int, ...], ...]
    components: tuple[tuple[int, ...], ...]
    degenerate: bool
    bases: tuple[int, int]

    def as_set(self) -> EquilibriumSet:
        """The extreme equilibria as a COMPLETE set."""
        return EquilibriumSet("extreme Nash", self.extreme, Coverage.COMPLETE)

    @property
    def connectedness(self) -> str:
        """How the extreme equilibria hang together, in words."""
        if not self.degenerate:
            return "the game is not degenerate, so that each is isolated"
        if len(self.components) == 1:
            return "the game is degenerate, and they all hang together"
        groups = ["{" + ", ".join(str(place + 1) for place in part) + "}" for part in self.components if len(part) > 1]
        joined = f"; these hang together: {', '.join(groups)}" if groups else ", but each is isolated"
        return f"the game is degenerate{joined}"


def two_player(game: Game, most: int = MOST_BASES) -> TwoPlayer:
    """All extreme equilibria of a game of two players.

    Raises
    ------
    DomainError : not two players; TooManyBases : the budget is spent.
    """
    if len(game.players) != 2:
        raise DomainError(f"the game has {len(game.players)} players; extreme equilibria are those of two")
    rows, columns = game.shape
    first, second = (_raised(tensor.numerators.tolist()) for tensor in game.payoffs)
    ours, bases = vertices(list(zip(*second, strict=True)), most)
    theirs, more = vertices(first, most)
    everything = (1 << (rows + columns)) - 1
    turned = [_turned(vertex.labels, rows, columns) for vertex in theirs]
    pairs = [
        (i, j)
        for i, vertex in enumerate(ours)
        for j, labels in enumerate(turned)
        if vertex.labels | labels == everything
    ]
    profiles = {(i, j): (mixture(ours[i]), mixture(theirs[j])) for i, j in pairs}
    pairs.sort(key=lambda pair: profiles[pair])
    # the origin has one label for each coordinate and no others, so it alone is never degenerate
    degenerate = any(vertex.labels.bit_count() > rows for vertex in ours)
    degenerate = degenerate or any(vertex.labels.bit_count() > columns for vertex in theirs)
    if not degenerate and len(pairs) % 2 == 0:
        raise EvenNumber(f"{len(pairs)} equilibria of a nondegenerate game")
    return TwoPlayer(
        tuple(profiles[pair] for pair in pairs), maximal_subsets(pairs), parts(pairs), degenerate, (bases, more)
    )


def mixture(vertex: Vertex) -> Mixed:
    """The vertex as probabilities."""
    total = sum(vertex.numerators)
    return tuple(simplest(Fraction(numerator, total)) for numerator in vertex.numerators)


def _raised(matrix: Sequence[Sequence[int]]) -> list[list[int]]:
    """The payoffs plus a constant, which changes no equilibrium, so that all are positive."""
    low = min(map(min, matrix))
    return [[entry - low + 1 for entry in row] for row in matrix]


def _turned(labels: int, rows: int, columns: int) -> int:
    """Labels of the second player, own actions first, in the order of the first: actions of rows, then of columns."""
    own, best = labels & ((1 << columns) - 1), labels >> columns
    return best | own << rows
