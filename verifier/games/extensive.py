"""Finite extensive games: trees of moves with chance, information sets, and exact payoffs at the ends.

Definition   A node is an end with a payoff for each player, a chance node whose moves have probabilities, or a decision
             of one player. Decisions that a player cannot tell apart form an information set: same player, same moves.
             Perfect recall: all nodes of a set come after the same own sets and moves. A subgame starts at a node below
             which no information set reaches out. A behaviour strategy mixes the moves at each information set.
Exact        Probabilities and payoffs are rationals. A move of probability zero is refused: nothing after it is ever
             reached, and what is best there would not be defined.
Source       Kuhn 1953; Selten 1975; Osborne and Rubinstein 1994, Definitions 200.1 and 203.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from verifier.errors import DomainError, TreeError, nearest
from verifier.exact import Money, money, show, simplest, size

MOST_NODES = 500_000

Behaviour: TypeAlias = Mapping[str, tuple[Money, ...]]  # information set -> probabilities of its moves


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Terminal:
    """An end of the game, with (n,) payoffs."""

    payoffs: tuple[Money, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Chance:
    """A move of nature: (name, probability, what follows)."""

    moves: tuple[tuple[str, Money, Node], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Decision:
    """A move of a player, known to it by the name of its information set: (name, what follows)."""

    player: int
    infoset: str
    moves: tuple[tuple[str, Node], ...]


Node: TypeAlias = Terminal | Chance | Decision


def terminal(*payoffs: object) -> Terminal:
    """An end of the game; amounts as a person writes them."""
    return Terminal(tuple(map(money, payoffs)))


def chance(moves: Mapping[str, tuple[object, Node]]) -> Chance:
    """A chance node from name -> (probability, what follows)."""
    return Chance(tuple((name, money(probability), node) for name, (probability, node) in moves.items()))


def decision(player: int, infoset: str, moves: Mapping[str, Node]) -> Decision:
    """A decision from name -> what follows."""
    return Decision(player, infoset, tuple(moves.items()))


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the tree, where the tree is a list in which parents come before their children.

    Attributes
    ----------
    parent : place of the node before, -1 at the root
    move : which of its moves leads here
    children : places of what follows
    end : one past the last place of the subtree
    last : (n,) of each player the last own information set and move on the way here, None before the first
    """

    node: Node
    parent: int
    move: int
    children: tuple[int, ...]
    end: int
    last: tuple[tuple[str, int] | None, ...]


@dataclass(frozen=True, slots=True)
class InformationSet:
    """Decisions that their player cannot tell apart, as places of the tree."""

    name: str
    player: int
    moves: tuple[str, ...]
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ExtensiveGame:
    """A finite extensive game.

    Attributes
    ----------
    players : (n,) distinct names
    root : the tree
    title : what the game is called
    places : the tree as a list, parents first; found from the root
    infosets : information sets by name, in the order of the tree; found from the root

    Raises
    ------
    DomainError : no player or repeated names.
    TreeError : at the path of a node: no moves or repeated ones, payoffs for another number of players, an unknown
        player, probabilities that are not positive or do not add up to one (by how much is said), nodes of one
        information set with different players or moves, more than MOST_NODES nodes.
    """

    players: tuple[str, ...]
    root: Node
    title: str = ""
    places: tuple[Place, ...] = field(init=False)
    infosets: Mapping[str, InformationSet] = field(init=False)

    def __post_init__(self) -> None:
        if not self.players or len(set(self.players)) < len(self.players):
            raise DomainError(f"players {list(self.players)} must be distinct, and at least one")
        places = _listed(self.root, len(self.players))
        object.__setattr__(self, "places", places)
        members: dict[str, list[int]] = {}
        for at, place in enumerate(places):
            if reason := _fault(place.node, self.players):
                raise TreeError(reason, self.path(at))
            if isinstance(place.node, Decision):
                members.setdefault(place.node.infoset, []).append(at)
        object.__setattr__(self, "infosets", {name: self._infoset(name, of) for name, of in members.items()})

    def _infoset(self, name: str, members: Sequence[int]) -> InformationSet:
        """TreeError where its nodes differ in player or moves."""
        first = self.decision(members[0])
        moves = tuple(move for move, _ in first.moves)
        for at in members:
            node = self.decision(at)
            if node.player != first.player:
                one, other = self.players[node.player], self.players[first.player]
                raise TreeError(f"{name!r} is an information set of {other}, and here {one} moves", self.path(at))
            if (here := tuple(move for move, _ in node.moves)) != moves:
                text = f"the moves {list(here)} differ from {list(moves)} elsewhere in the information set {name!r}"
                raise TreeError(text, self.path(at))
        return InformationSet(name, first.player, moves, tuple(members))

    def decision(self, at: int) -> Decision:
        """The decision at a place; TreeError where another node is."""
        node = self.places[at].node
        if not isinstance(node, Decision):
            raise TreeError("nobody decides here", self.path(at))
        return node

    def path(self, at: int) -> tuple[str, ...]:
        """The moves from the root to a place."""
        names: list[str] = []
        while (place := self.places[at]).parent >= 0:
            at = place.parent
            names.append(_moves(self.places[at].node)[place.move][0])
        return tuple(reversed(names))

    def of_player(self, player: int) -> list[InformationSet]:
        """A player's information sets, in the order of the tree."""
        return [infoset for infoset in self.infosets.values() if infoset.player == player]

    @property
    def perfect_information(self) -> bool:
        """Whether every information set is a single node."""
        return all(len(infoset.members) == 1 for infoset in self.infosets.values())

    def forgotten(self) -> tuple[str, int, int] | None:
        """An information set and two of its places that come after different own moves; None: perfect recall."""
        for infoset in self.infosets.values():
            first = infoset.members[0]
            for at in infoset.members[1:]:
                if self.places[at].last[infoset.player] != self.places[first].last[infoset.player]:
                    return infoset.name, first, at
        return None

    def refuse_forgetting(self) -> None:
        """TreeError without perfect recall: behaviour strategies and sequences are then not enough."""
        if found := self.forgotten():
            name, first, at = found
            text = f"{self.players[self.infosets[name].player]} forgets in {name!r} what it knew or did on the way: "
            raise TreeError(text + f"{list(self.path(first))} is there too; split the information set", self.path(at))

    def upwards(self) -> Iterator[tuple[int, Place]]:
        """Places of the tree with their numbers, what follows before what it follows."""
        return ((at, self.places[at]) for at in range(len(self.places) - 1, -1, -1))

    def subgames(self) -> list[int]:
        """Places where a subgame starts, the whole game first; ends of the game are not counted."""
        reach = [(at, at) for at in range(len(self.places))]  # lowest and highest place of sets met in the subtree
        for infoset in self.infosets.values():
            for at in infoset.members:
                reach[at] = (infoset.members[0], infoset.members[-1])
        for at in range(len(self.places) - 1, 0, -1):
            parent = self.places[at].parent
            reach[parent] = (min(reach[parent][0], reach[at][0]), max(reach[parent][1], reach[at][1]))
        return [
            at
            for at, place in enumerate(self.places)
            if place.children and reach[at][0] >= at and reach[at][1] < place.end
        ]

    def read(self, claimed: Mapping[str, object]) -> dict[str, tuple[Money, ...]]:
        """A behaviour strategy for everybody: for each information set a move by name, or probabilities of its moves.

        Probabilities are a sequence in the order of the moves, or a mapping from moves (those left out get 0).

        Raises
        ------
        DomainError : a set or move that does not exist, a set left out, probabilities that are negative or do not add
            up to one (by how much is said); MoneyError : a probability that is no exact number.
        """
        for name in claimed:
            if name not in self.infosets:
                raise DomainError(f"there is no information set {name!r}{nearest(name, list(self.infosets))}")
        if missing := [name for name in self.infosets if name not in claimed]:
            raise DomainError(f"nothing is said about the information sets {missing[:10]}")
        return {name: _mixture(infoset, claimed[name]) for name, infoset in self.infosets.items()}

    def values(self, behaviour: Behaviour) -> list[tuple[Money, ...]]:
        """For every place the (n,) payoffs that are expected from there on."""
        values: list[tuple[Money, ...]] = [()] * len(self.places)
        for at, place in self.upwards():
            if isinstance(place.node, Terminal):
                values[at] = place.node.payoffs
                continue
            total: list[Money] = [0] * len(self.players)
            for weight, child in zip(self.weights(at, behaviour), place.children, strict=True):
                if weight:
                    total = [simplest(Fraction(a + weight * b)) for a, b in zip(total, values[child], strict=True)]
            values[at] = tuple(total)
        return values

    def weights(self, at: int, behaviour: Behaviour) -> tuple[Money, ...]:
        """The probabilities of the moves at a place; none at an end."""
        node = self.places[at].node
        if isinstance(node, Decision):
            return behaviour[node.infoset]
        return tuple(p for _, p, _ in node.moves) if isinstance(node, Chance) else ()

    def expected(self, claimed: Mapping[str, object]) -> tuple[Money, ...]:
        """(n,) expected payoffs of a behaviour strategy for everybody, as `read` takes it."""
        return self.values(self.read(claimed))[0]


def _moves(node: Node) -> tuple[tuple[str, Node], ...]:
    """Names of moves and what follows."""
    if isinstance(node, Decision):
        return node.moves
    return tuple((name, then) for name, _, then in node.moves) if isinstance(node, Chance) else ()


def _listed(root: Node, players: int) -> tuple[Place, ...]:
    """The tree as a list, without recursion, so that long games are no deeper than short ones."""
    found: list[tuple[Node, int, int]] = []
    children: list[list[int]] = []
    lasts: list[tuple[tuple[str, int] | None, ...]] = []
    waiting: list[tuple[Node, int, int]] = [(root, -1, 0)]
    while waiting:
        node, parent, move = waiting.pop()
        at = len(found)
        if at + len(waiting) >= MOST_NODES:
            raise TreeError(f"the tree has more than {MOST_NODES:,} nodes, the most that are read")
        last = lasts[parent] if parent >= 0 else (None,) * players
        if parent >= 0:
            children[parent].append(at)
            before = found[parent][0]
            if isinstance(before, Decision) and 0 <= before.player < players:
                last = (*last[: before.player], (before.infoset, move), *last[before.player + 1 :])
        found.append((node, parent, move))
        children.append([])
        lasts.append(last)
        waiting.extend((then, at, index) for index, (_, then) in reversed(list(enumerate(_moves(node)))))
    ends = list(range(1, len(found) + 1))
    for at in range(len(found) - 1, 0, -1):
        ends[found[at][1]] = max(ends[found[at][1]], ends[at])
    return tuple(Place(*found[at], tuple(children[at]), ends[at], lasts[at]) for at in range(len(found)))


def _fault(node: Node, players: Sequence[str]) -> str:
    """What is wrong at a node by itself; empty if nothing is."""
    if isinstance(node, Terminal):
        count = len(node.payoffs)
        return "" if count == len(players) else f"{count} payoffs; the game has {len(players)} players"
    names = [name for name, _ in _moves(node)]
    if not names:
        return "there are no moves; make it an end of the game or give it some"
    if len(set(names)) < len(names):
        return f"moves repeat a name: {names}"
    if isinstance(node, Decision):
        known = 0 <= node.player < len(players)
        return "" if known else f"there is no player {node.player}; players are 0 to {len(players) - 1}"
    return unlike_probabilities(names, [p for _, p, _ in node.moves], positive=True)


def unlike_probabilities(names: Sequence[str], chances: Sequence[Money], *, positive: bool = False) -> str:
    """Why numbers are not the probabilities of moves; empty if they are."""
    for name, p in zip(names, chances, strict=True):
        if p < 0:
            return f"the move {name!r} has the negative probability {show(p)}"
        if p == 0 and positive:
            return f"the move {name!r} has probability 0, and nothing after it is ever reached; leave it out"
    total = sum(chances, Fraction(0))
    if total == 1:
        return ""
    return f"probabilities add up to {show(total)}, {show(size(total - 1))} too {'much' if total > 1 else 'little'}"


def _mixture(infoset: InformationSet, claimed: object) -> tuple[Money, ...]:
    """Probabilities of the moves of an information set, from how a person says them."""
    if isinstance(claimed, str):
        claimed = {claimed: 1}
    if isinstance(claimed, Mapping):
        for move in claimed:
            if move not in infoset.moves:
                known = nearest(str(move), list(infoset.moves))
                raise DomainError(f"{infoset.name!r} has no move {move!r}{known}")
        claimed = [claimed.get(move, 0) for move in infoset.moves]
    if not isinstance(claimed, Sequence) or len(claimed) != len(infoset.moves):
        raise DomainError(f"{infoset.name!r} needs a probability for each of its moves {list(infoset.moves)}")
    mixture = tuple(map(money, claimed))
    if reason := unlike_probabilities(infoset.moves, mixture):
        raise DomainError(f"in {infoset.name!r}: {reason}")
    return mixture
