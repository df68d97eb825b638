"""The English clock as a finite extensive game of perfect information: who is asked what, and what each then gains.

Definition   The price starts at 0. In every round the bidders who remain are asked in turn, each seeing all earlier
             answers, whether they stay at the next price, one step up. Where several stay the price rises to it and a
             round follows; where one stays it wins at the price before; where nobody stays the first of those who were
             asked does. Past `top` nobody is asked: the first of those who remain wins. The winner gains its value less
             the price, the others nothing. Values are common knowledge.
Ties         of the auction: lowest index, as in `clock.ascending_clock`. Of equally good moves: what `tie` says.
Claims       With values that are multiples of the step, staying while the next price is no more than one's value is a
             subgame perfect equilibrium, played out like the sealed-bid second-price auction. Other equilibria have the
             same winner at other prices: a loser who is indifferent may leave at once, and one who bids on makes the
             winner pay up to its value. With values between the steps the truthful plan is no equilibrium.
Source       Milgrom and Weber 1982 (the clock); Selten 1975 (subgame perfection); Osborne and Rubinstein 1994,
             Lemma 98.2 (a plan is subgame perfect where no single change of a move pays).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from verifier.exact import Money

STAY, LEAVE = "stay", "leave"
MOST_NODES = 50_000
MOST_MOVES = 300  # in one play; the tree is walked by recursion


class GameTooLarge(ValueError):
    """The tree has too many nodes, or plays that are too long. Use fewer bidders, a larger step or a lower top."""


@dataclass(frozen=True, slots=True)
class Sale:
    """An end of the game: the winner, None without bidders, the price, and (n,) what everybody gains."""

    winner: int | None
    price: Money
    payoffs: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A node where `player` is asked whether it stays at `price`, with its moves and where each leads."""

    player: int
    price: Money
    moves: tuple[tuple[str, Node], ...]


Node: TypeAlias = Sale | Question
Plan: TypeAlias = Callable[[Question], str]  # the move of the player who is asked


def english_tree(values: Sequence[Money], step: Money = 1, top: Money | None = None) -> Node:
    """The game tree.

    Parameters
    ----------
    values : (n,) what the item is worth to each bidder, not negative
    step : by how much the price rises
    top : the highest price that is called; the largest value unless given

    Raises
    ------
    ValueError : a negative value, or a step that is not positive; GameTooLarge : see MOST_NODES and MOST_MOVES.
    """
    for bidder, value in enumerate(values):
        if value < 0:
            raise ValueError(f"bidder {bidder} has the negative value {value}; an item that is not wanted is worth 0")
    if step <= 0:
        raise ValueError(f"step {step}; the price must rise")
    highest = max(values, default=0) if top is None else top
    longest = len(values) * (highest // step)
    if longest > MOST_MOVES:
        raise GameTooLarge(
            f"a play may take {longest:,} moves, more than {MOST_MOVES}; use a larger step or fewer bidders"
        )
    return _Builder(tuple(values), step, highest).round(tuple(range(len(values))), 0)


@dataclass
class _Builder:
    values: tuple[Money, ...]
    step: Money
    top: Money
    nodes: int = 0

    def round(self, active: tuple[int, ...], price: Money) -> Node:
        if len(active) < 2 or price + self.step > self.top:
            return self.sale(active, price)
        return self.ask(active, (), 0, price)

    def ask(self, active: tuple[int, ...], stay: tuple[int, ...], turn: int, price: Money) -> Node:
        """Whether active[turn] stays, when `stay` of those before it did."""
        if turn == len(active):
            return self.round(stay, price + self.step) if len(stay) > 1 else self.sale(stay or active, price)
        self.count()
        player = active[turn]
        staying = self.ask(active, (*stay, player), turn + 1, price)
        leaving = self.ask(active, stay, turn + 1, price)
        return Question(player, price + self.step, ((STAY, staying), (LEAVE, leaving)))

    def sale(self, active: tuple[int, ...], price: Money) -> Sale:
        self.count()
        winner = active[0] if active else None
        gains = tuple(value - price if bidder == winner else 0 for bidder, value in enumerate(self.values))
        return Sale(winner, price, gains)

    def count(self) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise GameTooLarge(f"more than {MOST_NODES:,} nodes; use fewer bidders, a larger step or a lower top")


def truthful(values: Sequence[Money]) -> Plan:
    """Stay while the next price is no more than one's value."""
    return lambda question: STAY if values[question.player] >= question.price else LEAVE


def played(node: Node, plan: Plan) -> Sale:
    """The end that is reached from a node when everybody keeps to the plan."""
    while isinstance(node, Question):
        node = dict(node.moves)[plan(node)]
    return node


def backward_induction(node: Node, tie: Plan) -> Sale:
    """Where rational play from a node ends: at every question the best move, and what `tie` says among the best."""
    if isinstance(node, Sale):
        return node
    ends = {move: backward_induction(after, tie) for move, after in node.moves}
    most = max(end.payoffs[node.player] for end in ends.values())
    best = [move for move, end in ends.items() if end.payoffs[node.player] == most]
    preferred = tie(node)
    return ends[preferred if preferred in best else best[0]]


def improvement(node: Node, plan: Plan) -> tuple[str, ...] | None:
    """Moves that lead to a question where another answer than the plan's pays, that answer last; None if there is none.

    None says that the plan is a subgame perfect equilibrium: in a finite game single changes decide.
    """
    if isinstance(node, Sale):
        return None
    planned = played(node, plan).payoffs[node.player]
    for move, after in node.moves:
        if played(after, plan).payoffs[node.player] > planned:
            return (move,)
        below = improvement(after, plan)
        if below is not None:
            return (move, *below)
    return None
