"""Prices of anarchy and of stability that are published or follow from a closed form, one row for each."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations, product

import pytest

from verifier.games.equilibrium_set import Coverage
from verifier.games.normal_form import Game, from_matrices, from_table
from verifier.oracles.anarchy import allowed, price_of_anarchy
from verifier.oracles.anarchy_result import INFINITE
from verifier.tensor import Tensor

F = Fraction


def tabled(actions, payoff, revenue=None):
    """The game whose payoffs at actions (objects) are given by a function, and a tensor of its revenue."""
    table, paid = {}, []
    for places in product(*(range(len(own)) for own in actions)):
        chosen = [own[k] for own, k in zip(actions, places, strict=True)]
        table[places] = payoff(chosen)
        paid.append(revenue(chosen) if revenue else 0)
    game = from_table(table, [[str(one) for one in own] for own in actions])
    if revenue is None:
        return game
    return Game(game.players, game.actions, game.payoffs, "", Tensor.of(paid, game.shape))


def congestion(strategies, costs):
    """Players choose sets of resources; each resource costs each of its users the same, by how many they are."""

    def payoff(chosen):
        loads = {r: sum(r in own for own in chosen) for own in chosen for r in own}
        return [-sum(F(costs(r, loads[r])) for r in own) for own in chosen]

    return tabled(strategies, payoff)


def pigou(n):
    return congestion([("s", "f")] * n, lambda r, load: 1 if r == "s" else F(load, n))


def braess(n):
    routes = [("a", "one"), ("two", "b"), ("a", "b")]
    return congestion([routes] * n, lambda r, load: F(load, n) if r in "ab" else 1)


def affine(n):
    """Christodoulou and Koutsoupias: in the bad equilibrium everybody uses what belongs to its neighbours."""
    own = [(f"h{i}", f"g{i}") for i in range(n)]
    bad = [(f"g{(i + 1) % n}", f"h{(i - 1) % n}", f"h{(i + 1) % n}") for i in range(n)]
    return congestion(list(zip(own, bad, strict=True)), lambda r, load: load)


def affine_two():
    own, bad = [("h0",), ("h1",)], [("h1", "k0"), ("h0", "k1")]
    return congestion(list(zip(own, bad, strict=True)), lambda r, load: load)


def shared_links(n):
    """A cheap link and one that costs n, whose users divide the cost."""
    return congestion([(("cheap",), ("dear",))] * n, lambda r, load: F(1 if r == "cheap" else n, load))


def own_or_common(n, extra):
    """Anshelevich et al.: player i can pay 1/i alone, or share a link that costs 1 + extra."""
    return congestion(
        [((f"own{i}",), ("common",)) for i in range(1, n + 1)],
        lambda r, load: (1 + extra) / F(load) if r == "common" else F(1, int(r[3:])),
    )


def markets(n):
    """Everybody may enter the common market, worth n, or its own, worth 1."""
    return tabled(
        [("all", "own")] * n, lambda chosen: [F(n, chosen.count("all")) if c == "all" else F(1) for c in chosen]
    )


def machines(sizes, m):
    """Jobs choose machines; returns the game and the largest load of each profile."""

    def loads(chosen):
        return [sum(s for s, c in zip(sizes, chosen, strict=True) if c == k) for k in range(m)]

    actions = [tuple(range(m))] * len(sizes)
    game = tabled(actions, lambda chosen: [-loads(chosen)[c] for c in chosen])
    return game, Tensor.of([max(loads(chosen)) for chosen in product(*actions)], game.shape)


def single_item(values, grid, pays, tie="first"):
    """One item to the highest bid; `pays(bids, winner)` gives what everybody pays. Ties: first, last or by lot."""

    def sold(bids):
        top = [i for i, b in enumerate(bids) if b == max(bids)]
        top = top[:1] if tie == "first" else top[-1:] if tie == "last" else top
        draws = [pays(bids, i) for i in top]
        paid = [F(sum(column), len(top)) for column in zip(*draws, strict=True)]
        return [F(values[i], len(top)) * (i in top) - paid[i] for i in range(len(values))], sum(paid)

    return tabled([tuple(grid)] * len(values), lambda b: sold(b)[0], lambda b: sold(b)[1])


def second_price(bids, winner):
    return [max(b for j, b in enumerate(bids) if j != winner) if i == winner else 0 for i in range(len(bids))]


def first_price(bids, winner):
    return [b if i == winner else 0 for i, b in enumerate(bids)]


def all_pay(bids, winner):
    return list(bids)


def unit_demand_vcg(values, grid):
    """Two bidders, two items, one item for each: the assignment with the largest bids, ties to item i for bidder i."""
    bids = tuple(product(grid, repeat=2))

    def sold(chosen):
        assignments = list(permutations(range(2)))
        best = max(assignments, key=lambda to: sum(chosen[i][to[i]] for i in range(2)))
        paid = [max(chosen[1 - i]) - chosen[1 - i][best[1 - i]] for i in range(2)]
        return [values[i][best[i]] - paid[i] for i in range(2)], sum(paid)

    return tabled([bids] * 2, lambda b: sold(b)[0], lambda b: sold(b)[1])


def vcg_no_overbidding():
    values = ((2, 1), (1, 2))
    game = unit_demand_vcg(values, range(3))
    bids = tuple(product(range(3), repeat=2))
    keeps = allowed(game, lambda i, a: all(b <= v for b, v in zip(bids[a], values[i], strict=True)))
    return price_of_anarchy(game, played=keeps)


def second_price_modest(values, grid, concept):
    game = single_item(values, grid, second_price)
    return price_of_anarchy(game, concept, played=allowed(game, lambda i, a: grid[a] <= values[i]))


def gsp():
    """Two slots with click rates 1 and 1/2, values 1 and 1/2: each pays the next lower bid, nobody overbids."""
    values, rates, grid = (F(1), F(1, 2)), (F(1), F(1, 2)), (F(0), F(1, 2), F(1))

    def sold(bids):
        top = 0 if bids[0] > bids[1] else 1  # a tie goes to the second bidder
        paid = [rates[0] * bids[1 - top] if i == top else 0 for i in range(2)]
        return [rates[0 if i == top else 1] * values[i] - paid[i] for i in range(2)], sum(paid)

    game = tabled([grid] * 2, lambda b: sold(b)[0], lambda b: sold(b)[1])
    return price_of_anarchy(game, played=allowed(game, lambda i, a: grid[a] <= values[i]))


def public_good(n, factor):
    return tabled([(0, 1)] * n, lambda given: [1 - g + F(factor * sum(given), n) for g in given])


def travellers(low, high, bonus):
    claims = tuple(range(low, high + 1))

    def payoff(chosen):
        least = min(chosen)
        return [least + bonus * ((c < max(chosen)) - (c > least)) for c in chosen]

    return tabled([claims] * 2, payoff)


def cournot(demand):
    amounts = tuple(range(demand + 1))
    return tabled([amounts] * 2, lambda q: [own * (demand - sum(q)) for own in q])


def demands(pie):
    claims = tuple(range(pie + 1))
    return tabled([claims] * 2, lambda c: list(c) if sum(c) <= pie else [0, 0])


DILEMMA = from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]])
SEXES = from_matrices([[2, 0], [0, 1]], [[1, 0], [0, 2]])
PENNIES = from_matrices([[1, 0], [0, 1]], [[0, 1], [1, 0]])
STAG = from_matrices([[4, 0], [3, 3]], [[4, 3], [0, 3]])
CHICKEN = from_matrices([[6, 2], [7, 0]], [[6, 7], [2, 0]])
HAWK = from_matrices([[-1, 2], [0, 1]], [[-1, 0], [2, 1]])
NOTHING = from_matrices([[1, 0], [0, 0]], [[1, 0], [0, 0]])
UNEQUAL = from_matrices([[1, 0], [0, 2]], [[1, 0], [0, 2]])
ALL_PAY = single_item((3, 2), range(4), all_pay, "lot")
PAIR, PAIR_LOAD = machines((1, 1), 2)
FOUR, FOUR_LOAD = machines((2, 2, 1, 1), 2)

price = price_of_anarchy

KNOWN = [
    ("prisoner's dilemma, pure", "Tucker 1950; Luce and Raiffa 1957", lambda: price(DILEMMA), 3, 3),
    ("prisoner's dilemma, mixed", "strict dominance", lambda: price(DILEMMA, "mixed"), 3, 3),
    ("prisoner's dilemma, coarse", "strict dominance", lambda: price(DILEMMA, "coarse correlated"), 3, 3),
    ("battle of the sexes, pure", "Luce and Raiffa 1957", lambda: price(SEXES), 1, 1),
    ("battle of the sexes, mixed", "Luce and Raiffa 1957: 2/3 each", lambda: price(SEXES, "mixed"), F(9, 4), 1),
    ("matching pennies, pure", "no pure equilibrium: null", lambda: price(PENNIES), None, None),
    ("matching pennies, mixed", "von Neumann 1928; constant sum", lambda: price(PENNIES, "mixed"), 1, 1),
    ("stag hunt, mixed", "Rousseau; 3 for each hare", lambda: price(STAG, "mixed"), F(4, 3), 1),
    ("chicken, pure", "Aumann 1974", lambda: price(CHICKEN), F(4, 3), F(4, 3)),
    ("chicken, mixed", "Aumann 1974: 14/3 each", lambda: price(CHICKEN, "mixed"), F(4, 3), F(9, 7)),
    ("hawk and dove, pure", "Maynard Smith and Price 1973", lambda: price(HAWK), 1, 1),
    ("hawk and dove, mixed", "Maynard Smith and Price 1973: 1/2 each", lambda: price(HAWK, "mixed"), 2, 1),
    ("a weak equilibrium worth nothing", "welfare 0: infinite", lambda: price(NOTHING), INFINITE, 1),
    ("unequal coordination, pure", "closed form: k", lambda: price(UNEQUAL), 2, 1),
    ("unequal coordination, mixed", "closed form: k + 1", lambda: price(UNEQUAL, "mixed"), 3, 1),
    ("Pigou, 2 drivers", "Roughgarden and Tardos 2002", lambda: price(pigou(2), objective="cost"), F(4, 3), 1),
    (
        "Pigou, 6 drivers",
        "Roughgarden and Tardos 2002; five on the fast road: 31/6 of 27/6",
        lambda: price(pigou(6), objective="cost"),
        F(4, 3),
        F(31, 27),
    ),
    ("Braess, 2 drivers", "Braess 1968", lambda: price(braess(2), objective="cost"), F(4, 3), 1),
    (
        "Braess, 4 drivers",
        "Braess 1968; Roughgarden 2002",
        lambda: price(braess(4), objective="cost"),
        F(4, 3),
        F(13, 12),
    ),
    (
        "affine congestion, 2 players",
        "Christodoulou and Koutsoupias 2005",
        lambda: price(affine_two(), objective="cost"),
        2,
        1,
    ),
    (
        "affine congestion, 3 players",
        "Awerbuch et al. 2005; Christodoulou and Koutsoupias 2005",
        lambda: price(affine(3), objective="cost"),
        F(5, 2),
        1,
    ),
    (
        "affine congestion, coarse",
        "Roughgarden 2015: 5/2 for coarse correlated too",
        lambda: price(affine(3), "coarse correlated", objective="cost"),
        F(5, 2),
        1,
    ),
    (
        "fair cost sharing, 4 players",
        "Anshelevich et al. 2008: n",
        lambda: price(shared_links(4), objective="cost"),
        4,
        1,
    ),
    (
        "fair cost sharing, stability",
        "Anshelevich et al. 2008: H_n / (1 + e)",
        lambda: price(own_or_common(3, F(1, 10)), objective="cost"),
        F(5, 3),
        F(5, 3),
    ),
    ("market sharing, 2 firms", "Vetta 2002; Goemans et al. 2006: 2 - 1/n", lambda: price(markets(2)), F(3, 2), 1),
    (
        "market sharing, 4 firms",
        "Vetta 2002; Goemans et al. 2006: 2 - 1/n",
        lambda: price(markets(4)),
        F(7, 4),
        F(7, 5),
    ),
    ("public good, 3 players", "Olson 1965; linear public good: the factor", lambda: price(public_good(3, 2)), 2, 2),
    ("traveller's dilemma", "Basu 1994: (2, 2) of 100", lambda: price(travellers(2, 100, 2)), 50, 50),
    ("Cournot duopoly", "Cournot 1838: (8/9)^-1 of joint profit", lambda: price(cournot(12)), F(9, 8), F(9, 8)),
    ("Nash demand game", "Nash 1953: both ask for all", lambda: price(demands(4)), INFINITE, 1),
    (
        "two jobs, two machines, mixed",
        "Koutsoupias and Papadimitriou 1999: 3/2",
        lambda: price(PAIR, "mixed", objective="cost", measure=PAIR_LOAD),
        F(3, 2),
        1,
    ),
    (
        "two jobs, two machines, pure",
        "Koutsoupias and Papadimitriou 1999",
        lambda: price(PAIR, objective="cost", measure=PAIR_LOAD),
        1,
        1,
    ),
    (
        "four jobs, two machines",
        "Finn and Horowitz 1979: 2 - 2/(m + 1)",
        lambda: price(FOUR, objective="cost", measure=FOUR_LOAD),
        F(4, 3),
        1,
    ),
    (
        "second price, any bids",
        "poa theory: values (1, 0), bids (0, 1)",
        lambda: price(single_item((1, 0), (0, 1), second_price)),
        INFINITE,
        1,
    ),
    (
        "second price, truthful",
        "Vickrey 1961",
        lambda: price(single_item((1, 0), (0, 1), second_price), "truthful", truth=(1, 0)),
        1,
        1,
    ),
    ("second price, no overbidding, pure", "Vickrey 1961", lambda: second_price_modest((2, 1), range(3), "pure"), 1, 1),
    (
        "second price, no overbidding, mixed",
        "Vickrey 1961",
        lambda: second_price_modest((2, 1), range(3), "mixed"),
        1,
        1,
    ),
    (
        "unit-demand VCG, any bids",
        "every assignment is worth 2 or 4",
        lambda: price(unit_demand_vcg(((2, 1), (1, 2)), range(3))),
        2,
        1,
    ),
    (
        "unit-demand VCG, no overbidding",
        "Christodoulou, Kovacs and Schapira 2008; Bhawalkar and Roughgarden 2011: 2",
        vcg_no_overbidding,
        2,
        1,
    ),
    ("generalized second price, two slots", "Caragiannis et al. 2015: 5/4", gsp, F(5, 4), 1),
    (
        "first price, ties to the first",
        "pure equilibria are efficient",
        lambda: price(single_item((3, 1), range(3), first_price, "first")),
        1,
        1,
    ),
    ("all-pay on a grid, pure", "one weak equilibrium", lambda: price(ALL_PAY), 1, 1),
    ("all-pay on a grid, mixed", "degenerate; support enumeration says 1", lambda: price(ALL_PAY, "mixed"), F(6, 5), 1),
    ("all-pay on a grid, coarse", "two players, as mixed", lambda: price(ALL_PAY, "coarse correlated"), F(6, 5), 1),
    (
        "chicken, correlated",
        "Aumann 1974: 21/4 each at best; at worst 2/5, 2/5, 1/5 off (6, 6): welfare 36/5",
        lambda: price(CHICKEN, "correlated"),
        F(5, 3),
        F(8, 7),
    ),
]


@pytest.mark.parametrize(("name", "source", "found", "poa", "pos"), KNOWN, ids=[row[0] for row in KNOWN])
def test_the_price_is_what_the_literature_says(name, source, found, poa, pos):
    assert name
    assert source
    answer = found()
    assert (answer.poa, answer.pos) == (poa, pos)
    assert answer.coverage is (Coverage.EMPTY if poa is None else Coverage.COMPLETE)
