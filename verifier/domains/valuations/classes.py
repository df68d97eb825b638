"""Classes of valuations, each with a test that says why a valuation is no member.

For bundles S, T and goods i, j, k outside S (S + i is S with i):

general            v(S) <= v(S + i): more is worth no less.
unit-demand        v(S) = the largest worth of a single good of S, or 0.
additive           v(S) = the sum of the worths of its goods.
submodular         v(S + i + j) + v(S) <= v(S + i) + v(S + j): what a good adds shrinks as the bundle grows.
supermodular       v(S + i) + v(S + j) <= v(S + i + j) + v(S): what a good adds grows.
gross-substitutes  for all bundles X, Y and i in X but not in Y (M-natural exchange): v(X) + v(Y) is at most
                   v(X - i) + v(Y + i) or some v(X - i + j) + v(Y + i - j) with j in Y but not in X.

Gross substitutes are decided where X and Y are S + i + j and S, or S + i + j and S + k: an exchange that fails anywhere
fails at such a pair (Reijnierse, van Gellekom and Potters). No class but the first asks for free disposal.

Source: Lehmann, Lehmann and Nisan 2006, "Combinatorial auctions with decreasing marginal utilities"; Murota and Shioura
1999 and Fujishige and Yang 2003 (M-natural concavity and gross substitutes); Reijnierse, van Gellekom and Potters 2002,
"Verifying gross substitutability".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

from verifier.domains.valuations.base import Valuation, decrease, members, named
from verifier.errors import DomainError, nearest
from verifier.exact import Money


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a valuation is not of a class: `left` <= `right` (= for unit-demand and additive) should hold and does not.

    `bundles` is (S,), for gross substitutes (X, Y); `goods` are those that the inequality moves, i first.
    """

    kind: str
    bundles: tuple[int, ...]
    goods: tuple[int, ...]
    left: Money
    right: Money

    def __str__(self) -> str:
        bundles = " and ".join(map(named, self.bundles))
        goods = f", goods {', '.join(map(str, self.goods))}" if self.goods else ""
        relation = "=" if self.kind in _EQUALITIES else "<="
        return f"not {self.kind}: at {bundles}{goods} it should be that {self.left} {relation} {self.right}"


def failure(worth: Valuation, kind: str) -> Failure | None:
    """None where the valuation is of the class, else why it is not; DomainError for an unknown class."""
    if kind not in CLASSES:
        raise DomainError(f"unknown class of valuations {kind!r}{nearest(kind, list(CLASSES))}")
    return CLASSES[kind](worth)


def holds_up(worth: Valuation, found: Failure) -> bool:
    """Whether a failure is one indeed, from the values alone; the search that found it plays no part."""
    size = 1 << worth.goods
    shape = _SHAPES.get(found.kind)
    if shape is None or (len(found.bundles), len(found.goods)) != shape:
        return False
    if not all(0 <= bundle < size for bundle in found.bundles):
        return False
    if len(set(found.goods)) < len(found.goods) or not all(0 <= good < worth.goods for good in found.goods):
        return False
    if found.kind == "gross-substitutes":
        larger, smaller = found.bundles
        if not larger >> found.goods[0] & 1 or smaller >> found.goods[0] & 1:
            return False
    elif any(found.bundles[0] >> good & 1 for good in found.goods):
        return False
    left, right = _SIDES[found.kind](worth, found.bundles, found.goods)
    broken = left != right if found.kind in _EQUALITIES else left > right
    return broken and (left, right) == (found.left, found.right)


Sides = Callable[[Valuation, tuple[int, ...], tuple[int, ...]], tuple[Money, Money]]


def _more(worth: Valuation, bundles: tuple[int, ...], goods: tuple[int, ...]) -> tuple[Money, Money]:
    return worth[bundles[0]], worth[bundles[0] | 1 << goods[0]]


def _best_single(worth: Valuation, bundles: tuple[int, ...], _: tuple[int, ...]) -> tuple[Money, Money]:
    return worth[bundles[0]], max([0, *(worth[1 << good] for good in members(bundles[0]))])


def _sum(worth: Valuation, bundles: tuple[int, ...], _: tuple[int, ...]) -> tuple[Money, Money]:
    return worth[bundles[0]], sum((worth[1 << good] for good in members(bundles[0])), 0)


def _shrinking(worth: Valuation, bundles: tuple[int, ...], goods: tuple[int, ...]) -> tuple[Money, Money]:
    (bundle,), (i, j) = bundles, goods
    return worth[bundle | 1 << i | 1 << j] + worth[bundle], worth[bundle | 1 << i] + worth[bundle | 1 << j]


def _growing(worth: Valuation, bundles: tuple[int, ...], goods: tuple[int, ...]) -> tuple[Money, Money]:
    left, right = _shrinking(worth, bundles, goods)
    return right, left


def _exchange(worth: Valuation, bundles: tuple[int, ...], goods: tuple[int, ...]) -> tuple[Money, Money]:
    (x, y), i = bundles, 1 << goods[0]
    moved = [worth[x ^ i] + worth[y | i]]
    moved += [worth[x ^ i | 1 << j] + worth[(y | i) ^ 1 << j] for j in members(y & ~x)]
    return worth[x] + worth[y], max(moved)


def _general(worth: Valuation) -> Failure | None:
    found = decrease(worth)
    return None if found is None else _failed("general", worth, found[:1], found[1:])


def _gross_substitutes(worth: Valuation) -> Failure | None:
    for bundle in range(1 << worth.goods):
        outside = [good for good in range(worth.goods) if not bundle >> good & 1]
        for i, j in combinations(outside, 2):
            pair = bundle | 1 << i | 1 << j
            for other in [bundle, *(bundle | 1 << k for k in outside if k not in (i, j))]:
                found = _failed("gross-substitutes", worth, (pair, other), (i,))
                if found is not None:
                    return found
    return None


def _search(kind: str, worth: Valuation, moved: int) -> Failure | None:
    """The first bundle, and the first goods outside it where some are moved, at which the inequality fails."""
    for bundle in range(1 << worth.goods):
        outside = [good for good in range(worth.goods) if not bundle >> good & 1]
        for goods in combinations(outside, moved):
            found = _failed(kind, worth, (bundle,), goods)
            if found is not None:
                return found
    return None


def _failed(kind: str, worth: Valuation, bundles: tuple[int, ...], goods: tuple[int, ...]) -> Failure | None:
    left, right = _SIDES[kind](worth, bundles, goods)
    fine = left == right if kind in _EQUALITIES else left <= right
    return None if fine else Failure(kind, bundles, goods, left, right)


_EQUALITIES = ("unit-demand", "additive")
_SIDES: dict[str, Sides] = {
    "general": _more,
    "unit-demand": _best_single,
    "additive": _sum,
    "submodular": _shrinking,
    "supermodular": _growing,
    "gross-substitutes": _exchange,
}
_SHAPES = {  # how many bundles and goods a failure names
    "general": (1, 1),
    "unit-demand": (1, 0),
    "additive": (1, 0),
    "submodular": (1, 2),
    "supermodular": (1, 2),
    "gross-substitutes": (2, 1),
}
CLASSES: dict[str, Callable[[Valuation], Failure | None]] = {
    "general": _general,
    "unit-demand": lambda worth: _search("unit-demand", worth, 0),
    "additive": lambda worth: _search("additive", worth, 0),
    "submodular": lambda worth: _search("submodular", worth, 2),
    "supermodular": lambda worth: _search("supermodular", worth, 2),
    "gross-substitutes": _gross_substitutes,
}
