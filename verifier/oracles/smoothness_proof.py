"""Why smoothness bounds the price of anarchy, step by step with the numbers in it; and what that takes for granted.

Source: Roughgarden 2015 (A, B); Syrgkanis and Tardos 2013 (C, D, and composition).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from verifier.errors import DomainError
from verifier.exact import Money, money, show, simplest
from verifier.oracles.smoothness import bound

CONCEPTS = {
    "A": ("pure", "mixed", "correlated", "coarse correlated"),
    "B": ("pure", "mixed", "correlated", "coarse correlated"),
    "C": ("pure", "mixed", "correlated", "coarse correlated", "Bayes-Nash"),
    "D": ("pure", "mixed", "correlated", "coarse correlated", "Bayes-Nash"),
}
PRECONDITIONS = {
    "A": ("the cost of a profile is the sum of the players' costs",),
    "B": ("welfare is at least the sum of utilities", "welfare is not negative"),
    "C": (
        "utilities are quasi-linear, and welfare is utilities and revenue together",
        "a player's deviation does not depend on what the others bid",
        "everybody may stay out, so that no equilibrium leaves it less than 0",
    ),
    "D": (
        "utilities are quasi-linear, and welfare is utilities and revenue together",
        "a player's deviation does not depend on what the others bid",
        "everybody may stay out, so that no equilibrium leaves it less than 0",
        "in the equilibrium nobody overbids: what it could be charged is, in expectation, at most its value",
    ),
}


def derivation(form: str, parameters: Sequence[Money]) -> tuple[str, ...]:
    """The proof that these parameters bound the price of anarchy, line by line; empty where they bound nothing.

    E is the expectation at a coarse correlated equilibrium, W welfare, C cost, R revenue, * the optimum, and L the sum
    over players of what each would get by its deviation against the others' play.
    """
    least = bound(form, parameters)
    if least is None:
        return ()
    first, second = map(show, parameters[:2])
    if form == "A":
        return (
            f"E[C] = sum of E[C_i] <= E[L], nobody gains by its deviation, and E[L] <= {first} C* + {second} E[C].",
            f"So {_plus(1, -money(parameters[1]))} E[C] <= {first} C*, and E[C] / C* <= {show(least)}.",
        )
    if form == "B":
        return (
            f"E[W] >= E[sum of u_i] >= E[L]: nobody gains by its deviation, and E[L] >= {first} W* - {second} E[W].",
            f"So {_plus(1, money(parameters[1]))} E[W] >= {first} W*, and W* / E[W] <= {show(least)}.",
        )
    lines = [f"E[sum of u_i] >= E[L] >= {first} W* - {second} E[R]" + _charged(form, parameters) + "."]
    rest = _plus(1, -money(parameters[1]))
    lines.append(f"Add E[R]: E[W] >= {first} W* + {rest} E[R]{_charged(form, parameters)}.")
    if form == "D":
        lines.append("Nobody overbids: E[sum of B_i] <= E[W].")
    if money(parameters[1]) > 1:
        lines.append("Nobody ends below 0: E[R] <= E[W].")
    lines.append(f"So W* / E[W] <= {show(least)}.")
    return tuple(lines)


def _plus(one: Money, other: Money) -> str:
    return show(simplest(Fraction(one + other)))


def _charged(form: str, parameters: Sequence[Money]) -> str:
    return f" - {show(parameters[2])} E[sum of B_i]" if form == "D" else ""


def composed(form: str, mechanisms: Sequence[Sequence[Money]], *, sequential: bool = False) -> tuple[Money, ...]:
    """Parameters of several mechanisms that are used together, from those of each.

    At the same time, for values that are fractionally subadditive (XOS) across mechanisms: the least l and the largest
    m and w. One after the other, for unit demand across mechanisms (the best outcome counts): l and m + 1 in form C.

    Raises DomainError for forms A and B, which compose in no such way, for form D in sequence, or without mechanisms.
    """
    if not mechanisms:
        raise DomainError("nothing to compose: give the parameters of at least one mechanism")
    for parameters in mechanisms:
        bound(form, parameters)
    if form not in ("C", "D") or (sequential and form == "D"):
        raise DomainError(f"form {form} does not compose {'in sequence' if sequential else 'like this'}")
    first = min(money(parameters[0]) for parameters in mechanisms)
    others = [max(money(parameters[k]) for parameters in mechanisms) for k in range(1, len(mechanisms[0]))]
    if sequential:
        others[0] += 1
    return (first, *others)
