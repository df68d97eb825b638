"""Price of anarchy of whole classes of congestion and of welfare games, by a linear program of two variables.

Class        n players, any resources, each with a non-negative multiple of a basis function; a strategy is any set of
             resources. Cost: each of k users pays f(k). Welfare: a resource with k users is worth w(k), each user's
             utility is f(k).
Loads        At a resource a players are only in the equilibrium, b only in the optimum, x in both; a + x + b <= n.
Bound        At an equilibrium the sum of what everybody pays is at most the sum of what each would pay alone at its
             part of the optimum: summed over resources, D = a f(a+x) - b f(a+x+1) is at most 0. So where
             O - r E + m D >= 0 at all loads, for some m >= 0, with E and O the costs of equilibrium and optimum there,
             optimum >= r equilibrium. The largest r is a linear program in (r, m). Nothing is used but expectations of
             sums, so that the bound 1/r holds for coarse correlated equilibria too.
Tight        The dual has weights of at most two loads. Rings of n resources, one ring per load, with the weight as
             multiple and each player shifted by one, are a game with that equilibrium and that optimum.

Source: Chandan, Paccagnan and Marden 2019, "Optimal price of anarchy in cost-sharing games"; Paccagnan, Chandan and
Marden 2022, "Utility and mechanism design in multi-agent systems"; Roughgarden 2015.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from typing import TypeAlias

from verifier.errors import DomainError, TooLarge
from verifier.exact import Money, money, show, simplest
from verifier.games.normal_form import Actions, Game, from_table
from verifier.oracles.linear import LinearProgram, Optimal, solve

Basis: TypeAlias = Callable[[int], Money]  # how much with so many users, from 1 on

MOST_PLAYERS = 60
_START, _MORE = 40, 10  # loads that the program starts with, and that are added at a time
MOST_GAME = 12  # players of a worst case that is written out: two strategies for each


@dataclass(frozen=True, slots=True)
class Load:
    """A kind of resource in the worst case: its users, the basis function by its place, and its multiple."""

    equilibrium: int
    both: int
    optimum: int
    basis: int
    weight: Fraction


@dataclass(frozen=True, slots=True)
class ClassBound:
    """The price of anarchy of a class of games with so many players.

    Attributes
    ----------
    price : attained, by `worst_case`; None where it is unbounded
    share, multiplier : the solution (r, m) of the program; it proves price <= 1/r
    loads : the worst case, whose equilibrium has E = 1 (cost), respectively optimum 1 (welfare), in each ring
    """

    players: int
    price: Fraction | None
    share: Fraction
    multiplier: Fraction
    loads: tuple[Load, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    load: tuple[int, int, int, int]
    equilibrium: Money
    optimum: Money
    shift: Money  # D


def cost_bound(players: int, basis: Sequence[Basis]) -> ClassBound:
    """The price of anarchy of congestion games whose costs are non-negative combinations of the basis.

    Raises
    ------
    DomainError : no player, no basis function, or one that is negative or falls; TooLarge : more than MOST_PLAYERS.
    """
    tables = _tables(players, basis)
    for place, table in enumerate(tables):
        for users, (lower, upper) in enumerate(pairwise(table[:-1])):
            if upper < lower:
                raise DomainError(
                    f"cost function {place} falls from {show(lower)} to {show(upper)} at {users + 1} users"
                )
    rows = [
        _Row((a, x, b, f), (a + x) * t[a + x], (b + x) * t[b + x], a * t[a + x] - b * t[a + x + 1])
        for f, t in enumerate(tables)
        for a, x, b in _loads(players)
    ]
    # least optimum, where the equilibrium costs 1 and nobody gains: sum of weights times shift is at most 0
    weights, share, multiplier = _least(
        [row.optimum for row in rows], [row.equilibrium for row in rows], [row.shift for row in rows]
    )
    return _bound(players, rows, weights, share, multiplier)


def welfare_bound(players: int, worth: Sequence[Basis], utility: Sequence[Basis]) -> ClassBound:
    """The price of anarchy of games where each of k users of a resource that is then worth w(k) gets f(k).

    The functions of both lists go together in pairs.

    Raises
    ------
    DomainError, TooLarge : as `cost_bound`; worth may be anything that is positive with one user and never negative.
    """
    if len(worth) != len(utility):
        raise DomainError(f"{len(worth)} worths and {len(utility)} utilities; they go in pairs")
    worths, shares = _tables(players, worth), _tables(players, utility)
    rows = [
        _Row((a, x, b, f), w[a + x], w[b + x], b * t[a + x + 1] - a * t[a + x])
        for f, (w, t) in enumerate(zip(worths, shares, strict=True))
        for a, x, b in _loads(players)
    ]
    # least worth of an equilibrium, where the optimum is worth 1
    weights, share, multiplier = _least(
        [row.equilibrium for row in rows], [row.optimum for row in rows], [row.shift for row in rows]
    )
    return _bound(players, rows, weights, share, multiplier)


def worst_case(bound: ClassBound, basis: Sequence[Basis], *, welfare: bool = False) -> Game:
    """The game that attains a bound: everybody's first strategy is the equilibrium, the second the optimum.

    Payoffs are minus the costs; with `welfare`, `basis` are the utilities. TooLarge beyond MOST_GAME players.
    """
    n = bound.players
    if n > MOST_GAME:
        raise TooLarge(2**n, 2**MOST_GAME, "profiles of a worst case")
    sign = 1 if welfare else -1
    tables = _tables(n, basis)
    table: dict[Actions, list[Money]] = {}
    for profile in product(range(2), repeat=n):
        payoffs: list[Money] = [0] * n
        for load in bound.loads:
            users = [_used(load, player, action, n) for player, action in enumerate(profile)]
            counts = [sum(resource in used for used in users) for resource in range(n)]
            for player, used in enumerate(users):
                paid = sum((tables[load.basis][counts[resource]] for resource in used), Fraction(0))
                payoffs[player] = simplest(Fraction(payoffs[player] + sign * load.weight * paid))
        table[profile] = payoffs
    return from_table(table, [["equilibrium", "optimum"]] * n, title="the worst case of its class")


def worst_case_welfare(bound: ClassBound, worth: Sequence[Basis], profile: Actions) -> Money:
    """What the resources of a worst case are worth together at a profile."""
    n, total = bound.players, Fraction(0)
    tables = _tables(n, worth)
    for load in bound.loads:
        users = [_used(load, player, action, n) for player, action in enumerate(profile)]
        for resource in range(n):
            total += load.weight * tables[load.basis][sum(resource in used for used in users)]
    return simplest(total)


def polynomial(degree: int) -> Basis:
    """The number of users to the power of `degree`."""
    return lambda users: users**degree


def _used(load: Load, player: int, action: int, n: int) -> frozenset[int]:
    """The resources of a ring that a strategy uses."""
    start = player if action == 0 else player + load.equilibrium
    count = load.both + (load.optimum if action else load.equilibrium)
    return frozenset((start + step) % n for step in range(count))


def _loads(players: int) -> Iterator[tuple[int, int, int]]:
    for a in range(players + 1):
        for x in range(players + 1 - a):
            for b in range(players + 1 - a - x):
                if a + x + b:
                    yield a, x, b


def _tables(players: int, basis: Sequence[Basis]) -> list[list[Money]]:
    """Values for 0 to players + 1 users; nobody counts where there is no user, nor beyond all players."""
    if players < 1 or not basis:
        raise DomainError(f"{players} players and {len(basis)} functions; there is at least one of each")
    if players > MOST_PLAYERS:
        raise TooLarge(players, MOST_PLAYERS, "players")
    found = []
    for place, function in enumerate(basis):
        values = [money(function(users)) for users in range(1, players + 1)]
        if min(values) < 0 or values[0] == 0:
            raise DomainError(f"function {place} must be positive for one user and never negative: {values[:6]}")
        found.append([0, *values, 0])
    return found


def _least(goal: Sequence[Money], whole: Sequence[Money], shift: Sequence[Money]) -> tuple[list[Money], Money, Money]:
    """Weights >= 0 of least goal, the whole being at least 1 and the shift at most 0; and the prices of both.

    Few loads matter: the program is solved on some, its prices are tried at all, and what they miss is added.
    """
    chosen = list(range(0, len(goal), max(1, len(goal) // _START)))
    chosen += [k for k in range(len(goal)) if whole[k] and not shift[k]][:1]  # keeps the program bounded from the start
    chosen = sorted(set(chosen))
    while True:
        program = LinearProgram(
            len(chosen),
            {j: -goal[k] for j, k in enumerate(chosen) if goal[k]},
            (
                {j: -whole[k] for j, k in enumerate(chosen) if whole[k]},
                {j: shift[k] for j, k in enumerate(chosen) if shift[k]},
            ),
            (-1, 0),
        )
        found = solve(program)
        if not isinstance(found, Optimal):
            raise AssertionError("a resource that all use in both has weights, and no goal is negative")
        share, multiplier = found.dual
        missed = _missed(goal, whole, shift, Fraction(share), Fraction(multiplier))
        if not missed:
            weights: list[Money] = [0] * len(goal)
            for j, k in enumerate(chosen):
                weights[k] = found.primal[j]
            return weights, share, multiplier
        chosen = sorted({*chosen, *missed})


def _missed(
    goal: Sequence[Money], whole: Sequence[Money], shift: Sequence[Money], share: Fraction, multiplier: Fraction
) -> list[int]:
    """Where goal - share whole + multiplier shift is negative: the worst places."""
    scale = share.denominator * multiplier.denominator
    down, up = int(share * scale), int(multiplier * scale)
    slack = [scale * g - down * w + up * s for g, w, s in zip(goal, whole, shift, strict=True)]
    return sorted((k for k, value in enumerate(slack) if value < 0), key=slack.__getitem__)[:_MORE]


def _bound(players: int, rows: Sequence[_Row], weights: Sequence[Money], share: Money, multiplier: Money) -> ClassBound:
    loads = tuple(Load(*row.load, Fraction(weight)) for row, weight in zip(rows, weights, strict=True) if weight)
    price = Fraction(1) / share if share else None
    return ClassBound(players, price, Fraction(share), Fraction(multiplier), loads)
