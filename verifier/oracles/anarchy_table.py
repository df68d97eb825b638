"""What is known of the price of anarchy, and under which assumptions a bound says anything.

A bare "price of anarchy" means nothing: a line names the concept of equilibrium, whether bidders may bid above their
value, and the class of values. Ratios are at least 1: best welfare over that of the worst equilibrium, or the other way
around for costs.

Four inequalities are called smoothness. With l > 0, for all profiles s (bids b) and some deviations s* (b*):

A     costs, C their sum: sum C_i(s*_i, s_-i) <= l C(s*) + m C(s) with m < 1.
      Bound l / (1 - m), for pure to coarse correlated equilibria.
B     utilities, welfare W at least their sum: sum u_i(s*_i, s_-i) >= l W(s*) - m W(s).
      Bound (1 + m) / l, for pure to coarse correlated equilibria.
C     quasi-linear bidders who may stay out, welfare = utilities + revenue, b* independent of b:
      sum u_i(b*_i, b_-i) >= l OPT - m Revenue(b). Bound max(1, m) / l, also for Bayes-Nash equilibria.
D     as C: ... >= l OPT - m Revenue(b) - w sum B_i(b), where B_i is the most that i could be charged.
      Bound (w + max(1, m)) / l, only for equilibria in which nobody overbids.

The bound of B on the inequality of C is sound, and twice too large at m = 1, where first price lives.

Source: Roughgarden 2015, "Intrinsic robustness of the price of anarchy" (A, B); Syrgkanis and Tardos 2013, "Composable
and efficient mechanisms" (C, D).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Known:
    """A result of the literature.

    Attributes
    ----------
    setting : mechanism or game, and the class of values or costs
    concept : of equilibrium, with what is assumed about bids
    price : in words: a number, or "unbounded"
    exact : the number where it is rational, else None
    kind : "attained", "supremum" (approached), "at most" or "at least"
    source : who proved it
    """

    setting: str
    concept: str
    price: str
    exact: Fraction | None
    kind: str
    source: str


def _known(setting: str, concept: str, price: str, kind: str, source: str) -> Known:
    rational = Fraction(price) if re.fullmatch(r"[0-9]+(/[0-9]+)?", price) else None
    return Known(setting, concept, price, rational, kind, source)


_COARSE = "pure to coarse correlated"
_CKST = "Christodoulou, Kovacs, Sgouritsa and Tang 2014"
_GSP = "Caragiannis, Kaklamanis, Kanellopoulos, Kyropoulou, Lucier, Paes Leme and Tardos 2015"
_ALLPAY = "Christodoulou, Sgouritsa and Tang 2015, On the efficiency of the all-pay mechanism"
_KELLY = "Christodoulou, Sgouritsa and Tang 2016, On the efficiency of the proportional allocation mechanism"
_COVER = "Chandan, Paccagnan and Marden 2019"

AUCTIONS = (
    _known(
        "VCG, exact allocation",
        "truthful, dominant strategies",
        "1",
        "attained",
        "Vickrey 1961; Clarke 1971; Groves 1973",
    ),
    _known("Vickrey, one item", "pure, any bids", "unbounded", "attained", "Roughgarden, Syrgkanis and Tardos 2017"),
    _known(
        "Vickrey, one item", f"{_COARSE}, no overbidding", "1", "attained", "Christodoulou, Kovacs and Schapira 2008"
    ),
    _known(
        "VCG, unit demand", "pure, no overbidding", "2", "attained", "Syrgkanis and Tardos 2013, form D with (1, 0, 1)"
    ),
    _known("first price, one item", "pure, mixed or correlated", "1", "attained", "Feldman, Lucier and Nisan 2016"),
    _known(
        "first price, one item",
        "Bayes-Nash, independent values",
        "1/(1 - exp(-2)) = 1.1565",
        "supremum",
        "Jin and Lu 2022",
    ),
    _known(
        "first price, one item",
        "coarse correlated, no overbidding",
        "1.2292...",
        "supremum",
        "Feldman, Lucier and Nisan 2016",
    ),
    _known(
        "first price, one item",
        "coarse correlated, any bids",
        "e/(e - 1) = 1.5820",
        "supremum",
        "Syrgkanis and Tardos 2013; Syrgkanis 2014",
    ),
    _known("all-pay, one item, two bidders", "mixed", "8/7", "supremum", _ALLPAY),
    _known("all-pay, one item", "mixed", "1.1851...", "supremum", _ALLPAY),
    _known(
        "all-pay for several items, fractionally subadditive",
        "up to coarse correlated, Bayes-Nash",
        "1.82",
        "at most",
        _ALLPAY,
    ),
    _known(
        "simultaneous first price, fractionally subadditive",
        "coarse correlated, Bayes-Nash",
        "e/(e - 1) = 1.5820",
        "supremum",
        f"Syrgkanis and Tardos 2013; tight by {_CKST}",
    ),
    _known(
        "simultaneous first price, subadditive",
        "Bayes-Nash",
        "2",
        "supremum",
        f"Feldman, Fu, Gravin and Lucier 2013; tight by {_CKST}",
    ),
    _known(
        "simultaneous second price, submodular",
        "pure and Bayes-Nash, no overbidding",
        "2",
        "attained",
        "Christodoulou, Kovacs and Schapira 2008",
    ),
    _known(
        "simultaneous second price, subadditive",
        "pure, no overbidding",
        "2",
        "attained",
        "Bhawalkar and Roughgarden 2011",
    ),
    _known(
        "simultaneous second price, subadditive",
        "Bayes-Nash, no overbidding",
        "4",
        "at most",
        "Feldman, Fu, Gravin and Lucier 2013",
    ),
    _known(
        "sequential first price, unit demand",
        "pure, subgame perfect",
        "2",
        "at most",
        "Paes Leme, Syrgkanis and Tardos 2012",
    ),
    _known(
        "sequential first price, submodular",
        "pure, subgame perfect",
        "unbounded",
        "attained",
        "Paes Leme, Syrgkanis and Tardos 2012",
    ),
    _known("generalized second price, two slots", "pure, no overbidding", "5/4", "attained", _GSP),
    _known("generalized second price, three slots", "pure, no overbidding", "1.259...", "attained", _GSP),
    _known("generalized second price", "pure, no overbidding", "1.282", "at most", _GSP),
    _known("generalized second price", "Bayes-Nash, no overbidding", "2.927", "at most", _GSP),
    _known(
        "discriminatory price, submodular",
        "Bayes-Nash",
        "e/(e - 1) = 1.5820",
        "at most",
        "de Keijzer, Markakis, Schaefer and Telelis 2013",
    ),
    _known(
        "uniform price, submodular",
        "Bayes-Nash, no overbidding",
        "3.1462",
        "at most",
        "de Keijzer, Markakis, Schaefer and Telelis 2013",
    ),
    _known("uniform price, two units", "pure, no overbidding", "4/3", "at least", "the packaged claim uniform-price"),
    _known(
        "greedy with approximation factor c, critical prices",
        "Bayes-Nash, no overbidding",
        "c + 1",
        "at most",
        "Lucier and Borodin 2010",
    ),
    _known("proportional share, concave values, one resource", "pure", "4/3", "supremum", "Johari and Tsitsiklis 2004"),
    _known(
        "proportional share, two linear values",
        "pure",
        "(1 + sqrt 2)/2 = 1.2071",
        "attained",
        "Johari and Tsitsiklis 2004, their optimum over ratios",
    ),
    _known("proportional share, concave values, one resource", "coarse correlated, Bayes-Nash", "2", "at most", _KELLY),
    _known("proportional share, concave values, several resources", "Bayes-Nash", "unbounded", "supremum", _KELLY),
)

GAMES = (
    _known("affine congestion, two players", _COARSE, "2", "attained", "Christodoulou and Koutsoupias 2005"),
    _known(
        "affine congestion",
        _COARSE,
        "5/2",
        "attained",
        "Christodoulou and Koutsoupias 2005; Awerbuch, Azar and Epstein 2005",
    ),
    _known(
        "affine congestion, weighted players",
        "pure and mixed",
        "(3 + sqrt 5)/2 = 2.6180",
        "attained",
        "Awerbuch, Azar and Epstein 2005",
    ),
    _known(
        "congestion, polynomials of degree 2",
        _COARSE,
        "115/12",
        "attained",
        "Aland, Dumrauf, Gairing, Monien and Schoppmann 2006",
    ),
    _known(
        "congestion, polynomials of degree 3",
        _COARSE,
        "1163/28",
        "attained",
        "Aland, Dumrauf, Gairing, Monien and Schoppmann 2006",
    ),
    _known(
        "congestion, polynomials of degree 4",
        _COARSE,
        "110269/412",
        "attained",
        "Aland, Dumrauf, Gairing, Monien and Schoppmann 2006",
    ),
    _known(
        "affine congestion",
        "price of stability",
        "1 + 1/sqrt 3 = 1.5774",
        "supremum",
        "Caragiannis, Flammini, Kaklamanis, Kanellopoulos and Moscardelli 2006",
    ),
    _known("nonatomic routing, affine", "Wardrop", "4/3", "attained", "Roughgarden and Tardos 2002"),
    _known("nonatomic routing, polynomials of degree 2", "Wardrop", "1.626", "attained", "Roughgarden 2003"),
    _known("nonatomic routing, polynomials of degree 3", "Wardrop", "1.896", "attained", "Roughgarden 2003"),
    _known("nonatomic routing, polynomials of degree 4", "Wardrop", "2.151", "attained", "Roughgarden 2003"),
    _known("fair cost sharing, n players", "pure", "n", "attained", "Anshelevich et al. 2008"),
    _known(
        "fair cost sharing, n players, directed",
        "price of stability",
        "1 + 1/2 + ... + 1/n",
        "supremum",
        "Anshelevich et al. 2008",
    ),
    _known("valid utility games", _COARSE, "2", "attained", "Vetta 2002; Roughgarden 2015"),
    _known("covering, equal shares, n players", _COARSE, "2 - 1/n", "attained", _COVER),
    _known("covering, Gairing's shares", _COARSE, "e/(e - 1) = 1.5820", "supremum", "Gairing 2009"),
    _known(
        "makespan, m identical machines",
        "pure",
        "2 - 2/(m + 1)",
        "attained",
        "Finn and Horowitz 1979; Schuurman and Vredeveld 2007",
    ),
    _known("makespan, two identical machines", "mixed", "3/2", "attained", "Koutsoupias and Papadimitriou 1999"),
    _known(
        "Cournot, linear demand, n equal firms",
        "pure",
        "(n + 1)^2 / (n (n + 2))",
        "attained",
        "Cournot 1838, by its closed form",
    ),
)


def explanation() -> str:
    """The forms and both tables, as text."""
    lines = [(__doc__ or "").rpartition("\n\nSource:")[0].strip()]
    for heading, rows in (("Mechanisms", AUCTIONS), ("Games", GAMES)):
        lines += ["", heading]
        for row in rows:
            price = row.price if row.kind in ("attained", "supremum") else f"{row.kind} {row.price}"
            lines += [f"  {row.setting}; {row.concept}: {price}", f"      {row.source}"]
    return "\n".join(lines)
