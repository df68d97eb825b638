"""The nearest truthful payments for the same allocation: least total change over the grid.

For each agent and each profile of the others' bids a linear program of its own: prices p_a of what the agent's
reports can get it, within the differences of `implementable` and its ceilings, that minimise the sum over the agent's
types t of |p_x(t) - q(t)|, where q is what the mechanism charges now. Where those are truthful already the answer is no
change. Payments may become negative only where the mechanism's are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.advice.implementable import Menu, Payments, menus
from verifier.domains import Domain, Outcome, Profile, value
from verifier.exact import Money, show
from verifier.oracles.linear import LinearProgram, Optimal, Row, solve


@dataclass(frozen=True, slots=True)
class Nearest:
    """Truthful payments by profile, the sum of all changes, the largest one, and how many payments change."""

    payments: Payments
    total: Money
    largest: Money
    changed: int

    def said(self) -> str:
        """The change in one sentence."""
        if not self.changed:
            return "the payments are truthful as they are"
        return (
            f"truthful payments for the same allocation differ at {self.changed:,} places, by at most "
            f"{show(self.largest)} and by {show(self.total)} in all"
        )


def nearest(domain: Domain, outcomes: Mapping[Profile, Outcome]) -> Nearest | None:
    """The truthful and individually rational payments with the least total change; None where there are none.

    Parameters
    ----------
    domain : a domain with money
    outcomes : at every profile of its grid
    """
    paid = {
        profile: [outcomes[profile].expected_payment(agent) for agent in range(len(domain.agents))]
        for profile in domain.profiles()
    }
    changes: list[Money] = []
    for menu in menus(domain, outcomes):
        if _truthful(menu):
            continue
        found = _program(menu)
        if found is None:
            return None
        for type_, price in found.items():
            change: Money = price - menu.pays[type_]
            changes.append(max(change, -change))
            paid[menu.profile(type_)][menu.agent] = price
    moved = [one for one in changes if one]
    payments = {profile: tuple(amounts) for profile, amounts in paid.items()}
    return Nearest(payments, sum(moved), max(moved, default=0), len(moved))


def _truthful(menu: Menu) -> bool:
    """Whether the mechanism's own payments are truthful and cost nobody more than its bid here."""
    for type_, got in menu.gets.items():
        best = max(0, *(value(type_, menu.gets[lie]) - menu.pays[lie] for lie in menu.gets))
        if value(type_, got) - menu.pays[type_] < best:
            return False
    return True


def _program(menu: Menu) -> dict[tuple[Money, ...], Money] | None:
    """The nearest prices by type; None where the constraints contradict each other.

    Columns: a price of each consumption above the lowest payment there is, then |change| of each type.
    """
    options = tuple(dict.fromkeys(menu.gets.values()))
    place = {got: column for column, got in enumerate(options)}
    types = list(menu.gets)
    base = min(0, *menu.pays.values())
    rows: list[Row] = []
    limits: list[Money] = []
    for (start, end), length in menu.lengths().items():
        rows.append({place[end]: 1, place[start]: -1})
        limits.append(length)
    for got, most in menu.ceilings().items():
        rows.append({place[got]: 1})
        limits.append(most - base)
    for number, type_ in enumerate(types):
        column, change = place[menu.gets[type_]], len(options) + number
        for sign in (1, -1):
            rows.append({column: sign, change: -1})
            limits.append(sign * (menu.pays[type_] - base))
    objective = {len(options) + number: -1 for number in range(len(types))}
    found = solve(LinearProgram(len(options) + len(types), objective, tuple(rows), tuple(limits)))
    if not isinstance(found, Optimal):
        return None
    return {type_: found.primal[place[menu.gets[type_]]] + base for type_ in types}
