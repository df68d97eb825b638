"""A bound for a whole class of games, as a file asks for it and a certificate has it, with the game that attains it.

    [class]
    objective = "cost"              or "welfare"
    players = 3
    degree = 1                      costs are polynomials up to it; or, for any functions, their values at 1 to n users:
    costs = [[1, 1, 1], [1, 2, 3]]
    utility = [[1, "1/2", "1/3"]]   of welfare: what each user gets, and
    worth = [[1, 1, 1]]             what the resource is worth with so many users, a list for each pair of functions
    poa = "6/5"                     the price must stay below; left out, it is only told
    expect = "REFUTED"              the verdict that is expected, where it is not PROVED

Claim        no game of the class has coarse correlated equilibria of a larger price; that of the certificate has it.
Evidence     the share r and the multiplier m of `oracles.congestion_bounds`, which the checker tries at all loads, and
             the loads of the worst case, of which it makes the game again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from verifier.errors import DomainError, MoneyError, TooLarge, nearest
from verifier.evidence import Verdict
from verifier.exact import Money, money, show, simplest
from verifier.games.files import Asked
from verifier.games.normal_form import Game
from verifier.judged import Judged, decided
from verifier.oracles.congestion_bounds import (
    Basis,
    ClassBound,
    cost_bound,
    polynomial,
    welfare_bound,
    worst_case,
    worst_case_welfare,
)
from verifier.tensor import Tensor
from verifier.toml_lines import Fault

KIND = "class-bound"
_KEYS = {
    "cost": ("objective", "players", "degree", "costs", "poa", "expect"),
    "welfare": ("objective", "players", "utility", "worth", "poa", "expect"),
}
_EXPECTED = (Verdict.PROVED, Verdict.REFUTED)


def read_class(table: Mapping[str, object], fault: Fault) -> tuple[Game, Asked]:
    """The worst game of the class of a [class] table, and the claim about the class: its content is judged already.

    SpecError names the key that is wrong; it is also raised where the class has no finite price.
    """
    objective = table.get("objective")
    if objective not in _KEYS:
        raise fault(("class", "objective"), f"objective must be cost or welfare, not {objective!r}")
    known = _KEYS[str(objective)]
    for key in table:
        if key not in known:
            raise fault(("class", key), f"unknown key {key!r}{nearest(key, list(known))}")
    players = table.get("players")
    if not isinstance(players, int) or isinstance(players, bool) or players < 1:
        raise fault(("class", "players"), f"players must be a whole number of at least 1, not {players!r}")
    expect = table.get("expect", "PROVED")
    if expect not in tuple(map(str, _EXPECTED)):
        raise fault(("class", "expect"), f"expect must be one of {', '.join(_EXPECTED)}, not {expect!r}")
    try:
        below = money(table["poa"]) if "poa" in table else None
        if objective == "cost":
            return _costs(players, _cost_values(table, players), below, Verdict(str(expect)))
        utility, worth = (_values(table, key, players) for key in ("utility", "worth"))
        return _welfare(players, utility, worth, below, Verdict(str(expect)))
    except (DomainError, MoneyError, TooLarge) as error:
        raise fault(("class",), str(error)) from error


def _cost_values(table: Mapping[str, object], players: int) -> list[list[Money]]:
    if ("degree" in table) == ("costs" in table):
        raise DomainError("give the degree of the costs, or the costs themselves")
    if "costs" in table:
        return _values(table, "costs", players)
    degree = table["degree"]
    if not isinstance(degree, int) or isinstance(degree, bool) or not 0 <= degree <= 12:
        raise DomainError(f"degree must be a whole number from 0 to 12, not {degree!r}")
    return [[polynomial(power)(users) for users in range(1, players + 1)] for power in range(degree + 1)]


def _values(table: Mapping[str, object], key: str, players: int) -> list[list[Money]]:
    written = table.get(key)
    rows = written if isinstance(written, list) else []
    if not rows or not all(isinstance(row, list) and len(row) == players for row in rows):
        raise DomainError(f"{key} must be lists of {players} amounts, at 1 to {players} users, not {written!r}")
    return [[money(amount) for amount in row] for row in rows]


def _functions(values: Sequence[Sequence[Money]]) -> list[Basis]:
    def function(row: Sequence[Money]) -> Callable[[int], Money]:
        return lambda users: row[users - 1]

    return list(map(function, values))


def _costs(players: int, costs: list[list[Money]], below: Money | None, expect: Verdict) -> tuple[Game, Asked]:
    basis = _functions(costs)
    bound = cost_bound(players, basis)
    return worst_case(bound, basis), _asked("cost", bound, costs, None, below, expect)


def _welfare(
    players: int, utility: list[list[Money]], worth: list[list[Money]], below: Money | None, expect: Verdict
) -> tuple[Game, Asked]:
    each, whole = _functions(utility), _functions(worth)
    bound = welfare_bound(players, whole, each)
    game = worst_case(bound, each, welfare=True)
    worths = [worst_case_welfare(bound, whole, profile) for profile in game.profiles()]
    rest = Tensor.of(worths, game.shape) - sum(game.payoffs[1:], game.payoffs[0])  # so that payoffs add up to the worth
    made = Game(game.players, game.actions, game.payoffs, game.title, rest)
    return made, _asked("welfare", bound, utility, worth, below, expect)


def _asked(
    objective: str,
    bound: ClassBound,
    functions: Sequence[Sequence[Money]],
    worth: Sequence[Sequence[Money]] | None,
    below: Money | None,
    expect: Verdict,
) -> Asked:
    if bound.price is None:
        raise DomainError("the price of anarchy of this class is unbounded, so that no game attains it")
    price = show(simplest(bound.price))
    evidence: dict[str, Any] = {
        "objective": objective,
        "players": bound.players,
        "functions": [list(map(show, row)) for row in functions],
        "worth": None if worth is None else [list(map(show, row)) for row in worth],
        "share": show(simplest(bound.share)),
        "multiplier": show(simplest(bound.multiplier)),
        "loads": [
            {
                "equilibrium": load.equilibrium,
                "both": load.both,
                "optimum": load.optimum,
                "function": load.basis,
                "weight": show(simplest(load.weight)),
            }
            for load in bound.loads
        ],
        "price": price,
        "gate": None if below is None else show(below),
    }
    said = f"is below {show(below)}" if below is not None else f"is at most {price}, which this game attains"
    statement = f"The price of anarchy over coarse correlated equilibria of every game of the class {said}."
    right = below is None or bound.price < Fraction(below)
    judged = Judged(KIND, KIND, statement, decided(right), expect, f"the worst game has {price}", evidence)
    return Asked(KIND, judged, expect)
