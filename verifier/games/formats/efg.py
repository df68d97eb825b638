"""Gambit's format of extensive games (.efg), read.

    EFG 2 R "title" { "Ann" "Bob" } "comment"
    c "node" 1 "deal" { "ace" 1/2 "king" 1/2 } 0
    p "node" 1 1 "set" { "bet" "fold" } 0
    t "node" 1 "outcome" { 2, -2 }

Nodes stand in prefix order: chance (number of its information set, name, moves with probabilities, outcome), players'
(player from 1, number of its information set, name, moves, outcome), and ends. Where a set or an outcome comes again,
its name, moves and payoffs may be left out. Outcome 0 pays nothing; what is paid on the way is added to the end's.

Source: Gambit's documentation, "The extensive game (.efg) file format".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier.errors import DomainError
from verifier.exact import Money, show, simplest
from verifier.games.extensive import (
    MOST_NODES,
    Chance,
    Decision,
    ExtensiveGame,
    Node,
    Terminal,
    unlike_probabilities,
)
from verifier.games.formats.tokens import Tokens

_Set = tuple[int, int]  # player, or -1 for chance, and number
_Payoffs = tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A node as it stands in the file: its information set, None at an end, and all that was paid up to it."""

    infoset: _Set | None
    paid: _Payoffs


@dataclass(frozen=True, slots=True)
class _Known:
    """What was said of an information set where it came first."""

    name: str
    moves: tuple[str, ...]
    chances: tuple[Money, ...]


def read_efg(text: str, path: str = "") -> ExtensiveGame:
    """The game of a text in that format.

    Raises
    ------
    SpecError : with line and column: another format, a text without end or with more nodes than its moves lead to,
        a player that does not exist, a set or an outcome whose moves or payoffs are never said or contradict
        themselves, probabilities that are not positive or do not add up to one.
    """
    return _Reader(text, path).game()


class _Reader:
    """Nodes one by one, and what is known of information sets and outcomes so far."""

    def __init__(self, text: str, path: str) -> None:
        self.tokens = Tokens(text, path)
        self.players: tuple[str, ...] = ()
        self.sets: dict[_Set, _Known] = {}
        self.outcomes: dict[int, _Payoffs] = {}

    def game(self) -> ExtensiveGame:
        """The whole file."""
        tokens = self.tokens
        for word in ("EFG", "2", "R"):
            tokens.require(word, '"EFG 2 R"')
        if tokens.next.kind != "text":
            raise tokens.expected("a title in quotes")
        title, start = tokens.take().value, tokens.next.offset
        self.players = tuple(tokens.words_of("text", "names of players in quotes"))
        if tokens.next.kind == "text":  # a comment
            tokens.take()
        root = self._built(self._lines())
        try:
            return ExtensiveGame(self.players, root, title)
        except DomainError as error:
            raise tokens.fault(start, str(error)) from error

    def _lines(self) -> list[_Line]:
        """All nodes: as many as the moves lead to, and then the file ends."""
        lines: list[_Line] = []
        due: list[_Payoffs] = [(0,) * len(self.players)]  # of the nodes to come, what was paid before
        while due:
            if len(lines) + len(due) > MOST_NODES:
                raise self.tokens.fault(self.tokens.next.offset, f"more than {MOST_NODES:,} nodes, the most that fit")
            line = self._line(due.pop())
            lines.append(line)
            if line.infoset is not None:
                due.extend([line.paid] * len(self.sets[line.infoset].moves))
        if self.tokens.next.kind != "end":
            raise self.tokens.expected("the end: every move leads to a node by now")
        return lines

    def _line(self, before: _Payoffs) -> _Line:
        tokens, offset = self.tokens, self.tokens.next.offset
        kind = tokens.next.value if tokens.next.kind == "word" else ""
        if kind not in ("c", "p", "t"):
            raise tokens.expected("a node: c, p or t")
        tokens.take()
        if tokens.next.kind == "text":  # the name of the node
            tokens.take()
        infoset: _Set | None = None
        if kind != "t":
            player = -1 if kind == "c" else self._player()
            infoset = player, self._count("the number of an information set", 1)
            self._moves(infoset, offset)
        paid = tuple(simplest(Fraction(a + b)) for a, b in zip(before, self._outcome(), strict=True))
        return _Line(infoset, paid)

    def _player(self) -> int:
        offset, number = self.tokens.next.offset, self._count("the number of a player", 1)
        if number > len(self.players):
            raise self.tokens.fault(offset, f"there is no player {number}; they are 1 to {len(self.players)}")
        return number - 1

    def _count(self, what: str, least: int) -> int:
        offset, number = self.tokens.next.offset, self.tokens.number(what)
        if not isinstance(number, int) or number < least:
            raise self.tokens.fault(offset, f"{show(number)} is not {what}; they count from {least}")
        return number

    def _moves(self, infoset: _Set, offset: int) -> None:
        """Take what is said of a set here, if anything is, and hold it against what was said before."""
        tokens = self.tokens
        name = tokens.take().value if tokens.next.kind == "text" else None
        known = self.sets.get(infoset)
        if not tokens.at("{"):
            if known is None:
                raise tokens.expected("{ and moves: this information set was not met before")
            return
        start = tokens.next.offset
        said: list[str] = []
        chances: list[Money] = []
        tokens.take()
        while tokens.next.kind == "text":
            said.append(tokens.take().value)
            if infoset[0] < 0:
                chances.append(tokens.number(f"the probability of {said[-1]!r}"))
        tokens.require("}", "moves in quotes, or }")
        if not said:
            raise tokens.fault(start, "there are no moves; make it an end (t) or give it some")
        if infoset[0] < 0 and (fault := unlike_probabilities(said, chances, positive=True)):
            raise tokens.fault(start, fault)
        clear = all(said) and len(set(said)) == len(said)  # else moves are called 1, 2, ...
        moves = tuple(said if clear else (str(place + 1) for place in range(len(said))))
        found = _Known(name or (known.name if known else ""), moves, tuple(chances))
        if known is not None and (known.moves, known.chances) != (found.moves, found.chances):
            raise tokens.fault(offset, f"the moves {list(moves)} differ from what was said of this information set")
        self.sets[infoset] = known or found

    def _outcome(self) -> _Payoffs:
        """What is paid at a node."""
        tokens, offset = self.tokens, self.tokens.next.offset
        number = self._count("the number of an outcome", 0)
        if tokens.next.kind == "text":
            tokens.take()
        if tokens.at("{"):
            tokens.take()
            what = f"a payoff of outcome {number}, for each of {len(self.players)} players"
            paid = tuple(tokens.number(what) for _ in self.players)
            tokens.require("}", f"}} after {len(self.players)} payoffs")
            if self.outcomes.setdefault(number, paid) != paid:
                raise tokens.fault(offset, f"the payoffs of outcome {number} differ from what was said before")
        if number == 0:
            return (0,) * len(self.players)
        if number not in self.outcomes:
            raise tokens.expected(f"{{ and the payoffs of outcome {number}, which was not met before")
        return self.outcomes[number]

    def _built(self, lines: Sequence[_Line]) -> Node:
        """The tree, from its last node on."""
        names = _names(self.sets, self.players)
        made: list[Node] = []
        for line in reversed(lines):
            if line.infoset is None:
                made.append(Terminal(line.paid))
                continue
            known = self.sets[line.infoset]
            after = [made.pop() for _ in known.moves]
            if known.chances:
                made.append(Chance(tuple(zip(known.moves, known.chances, after, strict=True))))
            else:
                moves = tuple(zip(known.moves, after, strict=True))
                made.append(Decision(line.infoset[0], names[line.infoset], moves))
        return made[0]


def _names(sets: Mapping[_Set, _Known], players: Sequence[str]) -> dict[_Set, str]:
    """What the players' information sets are called: as in the file where that is clear, else by player and number."""
    own = {infoset: known.name for infoset, known in sets.items() if infoset[0] >= 0}
    often = Counter(own.values())
    named = {infoset: name for infoset, name in own.items() if name and often[name] == 1}
    taken = set(named.values())
    for player, number in own:
        if (player, number) not in named:
            name = f"{players[player]}:{number}"
            while name in taken:
                name += "'"
            taken.add(name)
            named[player, number] = name
    return named
