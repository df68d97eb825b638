"""The repaired mechanism as a module: the allocation as it is, with payments that make it truthful on the grid.

It is a table from bids to what happens, so that anybody can read it, run it and have it checked without the mechanism.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verifier.advice.implementable import Payments
from verifier.domains import Domain, Outcome, Profile, Share
from verifier.exact import show

_HEAD = '"""{title}\n\nBids on the grid, as a tuple -> a list of (probability, (shares, payments)).\n"""\n\n'


def source(title: str, domain: Domain, outcomes: Mapping[Profile, Outcome], payments: Payments) -> str:
    """The text of a module whose function `run` takes a list of bids and returns a declared lottery.

    Parameters
    ----------
    title : the first line of its docstring
    domain : a domain with money
    outcomes : of the mechanism as it is, at every profile
    payments : (n,) by profile, expected ones
    """
    lines = ["TABLE = {"]
    for profile in domain.profiles():
        paid = _listed(payments[profile])
        draws = ", ".join(
            f"({_number(draw.probability)}, ({_listed(draw.shares)}, {paid}))" for draw in outcomes[profile].draws
        )
        reports = [_number(report[0]) if domain.dimension == 1 else f"({_listed(report)[1:-1]},)" for report in profile]
        lines.append(f"    ({', '.join(reports)},): [{draws}],")
    lines += ["}", "", "", "def run(bids):", "    return TABLE[tuple(bids)]", ""]
    text = "\n".join(lines)
    return _HEAD.format(title=title) + ("from fractions import Fraction\n\n" if "Fraction(" in text else "") + text


def _listed(amounts: Sequence[Share]) -> str:
    return f"[{', '.join(map(_number, amounts))}]"


def _number(amount: Share) -> str:
    """An exact number as a literal; None where there is no slot."""
    if amount is None or isinstance(amount, int | tuple):
        return repr(amount)
    return f'Fraction("{show(amount)}")'
