"""Prices of anarchy: traps, gates, refusals, bounds, incomplete information, and how prices change with the game."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import DomainError, MoneyError, TooLarge
from verifier.games.bayesian import BayesianGame, independent
from verifier.games.equilibrium_set import Coverage, EquilibriumSet
from verifier.games.normal_form import Game, from_matrices, from_table
from verifier.games.pure import strict_equilibria, weak_equilibria, welfare
from verifier.oracles import anarchy as module
from verifier.oracles.anarchy import CONCEPTS, allowed, price_of_anarchy, price_over
from verifier.oracles.anarchy_bayesian import bayes_nash_price
from verifier.oracles.anarchy_result import INFINITE, Direction, Infinite
from verifier.oracles.correlated import slacks
from verifier.oracles.equilibria.vertices import TooManyBases
from verifier.tensor import Tensor

F = Fraction
CONVEX = ("pure", "mixed", "correlated", "coarse correlated")
SEXES = from_matrices([[2, 0], [0, 1]], [[1, 0], [0, 2]])
SIX_FIFTHS = from_matrices([[3, 0], [0, F(5, 2)]], [[3, 0], [0, F(5, 2)]])  # two strict equilibria, welfare 6 and 5


def all_pay(values, top, chance):
    """Everybody pays its bid, the highest wins; at a tie the first player with the given chance."""
    bids, rows, paid = range(top + 1), {}, []
    for a, b in product(bids, repeat=2):
        won = F(1) if a > b else F(0) if b > a else F(chance)
        rows[a, b] = [won * values[0] - a, (1 - won) * values[1] - b]
        paid.append(a + b)
    names = [list(map(str, bids))] * 2
    game = from_table(rows, names)
    return Game(game.players, game.actions, game.payoffs, "", Tensor.of(paid, game.shape))


# traps


def test_a_price_of_exactly_six_fifths_does_not_pass_a_gate_of_six_fifths():
    answer = price_of_anarchy(SIX_FIFTHS)
    assert answer.poa == F(6, 5)
    assert not answer.passes(F(6, 5))
    assert answer.passes(F(6, 5) + F(1, 10**30))
    assert not answer.passes(F(6, 5) - F(1, 10**30))


def test_the_same_price_measured_as_cost_does_not_pass_either():
    answer = price_of_anarchy(from_matrices([[-5, -9], [-9, -6]], [[-5, -9], [-9, -6]]), objective="cost")
    assert (answer.poa, answer.optimum, answer.worst.value) == (F(6, 5), 10, 12)
    assert not answer.passes(F(6, 5))
    assert answer.passes(F(7, 5))


def test_a_gate_is_an_exact_number():
    with pytest.raises(MoneyError):
        price_of_anarchy(SIX_FIFTHS).passes(1.2)


def test_neither_null_nor_infinity_passes_the_widest_gate():
    none = price_of_anarchy(from_matrices([[1, 0], [0, 1]], [[0, 1], [1, 0]]))
    assert (none.poa, none.pos, none.worst, none.coverage) == (None, None, None, Coverage.EMPTY)
    endless = price_of_anarchy(from_matrices([[1, 0], [0, 0]], [[1, 0], [0, 0]]))
    assert (endless.poa, endless.pos, endless.worst.value) == (INFINITE, 1, 0)
    assert not any(one.passes(10**100) for one in (none, endless))
    assert isinstance(INFINITE, Infinite)
    with pytest.raises(TypeError):
        assert endless.poa < 2


def test_leaving_weak_equilibria_out_would_change_the_price():
    game = from_matrices([[1, 0], [0, 0]], [[1, 0], [0, 0]])
    assert strict_equilibria(game) == [(0, 0)]
    assert weak_equilibria(game) == [(1, 1)]
    assert price_of_anarchy(game).proof.profiles == [(0, 0), (1, 1)]


def test_the_tie_rule_of_an_all_pay_auction_decides_whether_there_is_a_pure_equilibrium():
    assert price_of_anarchy(all_pay((3, 2), 3, F(1, 2))).poa == 1
    assert price_of_anarchy(all_pay((3, 2), 3, 1)).poa is None
    assert [price_of_anarchy(all_pay((3, 2), 3, chance), "mixed").pos for chance in (F(1, 2), 1)] == [1, F(18, 17)]


def test_the_worst_of_the_degenerate_all_pay_auction_is_an_equilibrium_that_support_enumeration_misses():
    from verifier.oracles.equilibria.nashpy_proposals import proposed

    game = all_pay((3, 2), 3, F(1, 2))
    answer = price_of_anarchy(game, "mixed")
    shared = Game(game.players, game.actions, (module.welfares(game),) * 2)
    assert (answer.poa, answer.worst.value) == (F(6, 5), F(5, 2))
    assert shared.expected(0, answer.worst.mixed) == F(5, 2)
    missed = [shared.expected(0, profile) for profile in proposed(game, "support_enumeration").certified]
    assert min(missed) > F(5, 2)
    assert not answer.passes(F(6, 5))


# overbidding


def test_candidates_are_restricted_and_deviations_are_not():
    game = from_matrices([[2, 0], [3, 1]], [[2, 3], [0, 1]])  # a dilemma: the second action is dominant
    answer = price_of_anarchy(game, played=[(0,), (0,)])
    assert (answer.poa, answer.coverage) == (None, Coverage.EMPTY)  # in the game of the first actions alone it were 1
    for concept in ("mixed", "correlated", "coarse correlated"):
        assert price_of_anarchy(game, concept, played=[(0,), (0,)]).coverage is Coverage.EMPTY


@pytest.mark.parametrize("concept", CONVEX)
def test_without_overbidding_the_vickrey_auction_is_efficient_and_with_it_worthless(concept):
    values, grid = (2, 0), (0, 1, 2)

    def paid(a, b):
        return [values[0] - b, 0] if a >= b else [0, values[1] - a]

    base = from_table({(a, b): paid(a, b) for a, b in product(grid, repeat=2)}, [list(map(str, grid))] * 2)
    revenue = Tensor.of([min(pair) for pair in product(grid, repeat=2)], (3, 3))
    game = Game(base.players, base.actions, base.payoffs, "", revenue)
    modest = allowed(game, lambda player, action: grid[action] <= values[player])
    assert modest == ((0, 1, 2), (0,))
    assert price_of_anarchy(game, concept).poa is INFINITE
    assert price_of_anarchy(game, concept, played=modest).poa == 1


def test_honesty_that_is_not_dominant_or_may_not_be_played_has_no_price():
    game = from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    assert price_of_anarchy(game, "truthful", truth=(1, 1)).poa == 3
    lying = price_of_anarchy(game, "truthful", truth=(0, 1))
    assert (lying.poa, lying.coverage) == (None, Coverage.EMPTY)
    assert "player 1" in lying.reason
    assert price_of_anarchy(game, "truthful", truth=(1, 1), played=[(0, 1), (0,)]).poa is None


# where a ratio has no meaning


@pytest.mark.parametrize("concept", CONVEX)
@pytest.mark.parametrize(
    ("entry", "objective", "words"),
    [
        (-1, "welfare", "not above 0"),
        (0, "welfare", "not above 0"),
        (1, "cost", "below 0"),
        (0, "cost", "all profiles"),
    ],
)
def test_a_ratio_without_meaning_is_refused(concept, entry, objective, words):
    with pytest.raises(DomainError, match=words):
        price_of_anarchy(from_matrices([[entry]], [[entry]]), concept, objective=objective)


def test_a_negative_worst_equilibrium_is_refused_though_the_optimum_is_positive():
    game = from_matrices([[1, -3], [-3, -2]], [[1, -3], [-3, -2]])
    with pytest.raises(DomainError, match="negative welfare -4"):
        price_of_anarchy(game)


def test_a_free_optimum_makes_costs_infinite_and_a_free_equilibrium_costs_one():
    game = from_matrices([[0, -3], [-3, -2]], [[0, -3], [-3, -2]])
    answer = price_of_anarchy(game, objective="cost")
    assert (answer.poa, answer.pos, answer.passes(1000)) == (INFINITE, 1, False)
    only = price_of_anarchy(from_matrices([[0, 0], [-1, -1]], [[0, -1], [0, -1]]), objective="cost")
    assert (only.poa, only.passes(1), only.passes(F(6, 5))) == (1, False, True)


@pytest.mark.parametrize(
    "asked",
    [
        {"concept": "pur"},
        {"objective": "wellfare"},
        {"concept": "truthful"},
        {"truth": (0, 0)},
        {"concept": "truthful", "truth": (0, 7)},
        {"played": [(0,)]},
        {"played": [(0,), (2,)]},
        {"measure": Tensor.of([1, 2], (2,))},
    ],
)
def test_questions_that_make_no_sense_are_refused(asked):
    with pytest.raises(DomainError):
        price_of_anarchy(SEXES, **asked)


# sets that are not complete


def test_equilibria_that_were_merely_found_bound_anarchy_from_below_and_never_pass():
    found = EquilibriumSet("Nash", (((1, 0), (1, 0)),), Coverage.FOUND, "the budget was spent")
    answer = price_over(SEXES, found)
    assert (answer.poa, answer.direction, answer.stability_direction) == (1, Direction.LOWER, Direction.UPPER)
    assert not answer.passes(100)
    assert answer.reason == "the budget was spent"
    assert price_of_anarchy(SEXES, "mixed").poa > answer.poa


def test_a_profile_that_is_no_equilibrium_is_not_taken():
    wrong = EquilibriumSet("Nash", (((1, 0), (0, 1)),), Coverage.COMPLETE)
    with pytest.raises(DomainError, match="not an equilibrium"):
        price_over(SEXES, wrong)
    with pytest.raises(DomainError, match="do not go with"):
        price_over(SEXES, EquilibriumSet("Nash", (), Coverage.COMPLETE))


def test_where_the_mixed_equilibria_are_not_all_known_the_bound_is_that_of_coarse_correlated_ones(monkeypatch):
    def tired(game):
        raise TooManyBases("too many bases")

    exact = price_of_anarchy(SEXES, "mixed")
    monkeypatch.setattr(module, "two_player", tired)
    answer = price_of_anarchy(SEXES, "mixed")
    assert (answer.coverage, answer.direction) == (Coverage.UNKNOWN, Direction.UPPER)
    assert answer.poa == price_of_anarchy(SEXES, "coarse correlated").poa >= exact.poa
    assert answer.pos <= exact.pos
    assert not answer.passes(100)
    assert "too many bases" in answer.reason


def test_three_players_with_finitely_many_rational_equilibria_have_an_exact_mixed_price():
    rows = {s: [2 * a + 1 for a in s] for s in product(range(2), repeat=3)}  # the second action is dominant
    answer = price_of_anarchy(from_table(rows, [["a", "b"]] * 3), "mixed")
    assert (answer.poa, answer.coverage, answer.direction) == (1, Coverage.COMPLETE, Direction.EXACT)
    assert answer.passes(F(6, 5))


def test_three_players_with_a_continuum_get_an_upper_bound_that_is_not_complete():
    rows = {s: [1, 1, 1 + s[0]] for s in product(range(2), repeat=3)}  # the first two never mind
    answer = price_of_anarchy(from_table(rows, [["a", "b"]] * 3), "mixed")
    assert (answer.coverage, answer.direction, answer.poa) == (Coverage.UNKNOWN, Direction.UPPER, F(4, 3))
    assert not answer.passes(2)


def test_an_irrational_equilibrium_leaves_a_bound(monkeypatch):
    rows = {
        s: [1 if own else 3 * (s.count(0) < 3) for own in s] for s in product(range(2), repeat=3)
    }  # the bar: three are too many
    game = from_table(rows, [["go", "stay"]] * 3)
    answer = price_of_anarchy(game, "mixed")
    assert (answer.coverage, answer.direction) == (Coverage.COMPLETE, Direction.UPPER)
    assert "irrational" in answer.reason
    assert answer.worst.value <= 3 < answer.worst.value + F(1, 10**6)  # everybody expects what staying brings
    monkeypatch.setattr(module, "mixed_equilibria", lambda game: EquilibriumSet("Nash", (), Coverage.UNKNOWN, "tired"))
    assert price_of_anarchy(game, "mixed").poa == price_of_anarchy(game, "coarse correlated").poa
    monkeypatch.setattr(module, "extreme", too_large)
    unknown = price_of_anarchy(game, "mixed")
    assert (unknown.poa, unknown.worst, unknown.coverage) == (None, None, Coverage.UNKNOWN)
    assert not unknown.passes(100)
    with pytest.raises(TooLarge):
        price_of_anarchy(game, "coarse correlated")


def too_large(*asked):
    raise TooLarge(10, 1, "entries")


def test_a_game_with_too_many_supports_gets_the_bound():
    names = [[str(k) for k in range(5)]] * 3
    game = from_table({s: [1 + (own == 4) for own in s] for s in product(range(5), repeat=3)}, names)
    answer = price_of_anarchy(game, "mixed")
    assert (answer.poa, answer.direction, answer.coverage) == (1, Direction.UPPER, Coverage.UNKNOWN)
    assert "support profiles" in answer.reason


def test_a_lower_bound_never_passes_even_over_a_complete_set():
    answer = price_of_anarchy(SIX_FIFTHS)
    assert answer.passes(2)
    assert replace(answer, direction=Direction.UPPER).passes(2)
    assert not replace(answer, direction=Direction.LOWER).passes(2)


def test_no_bound_is_given_where_a_coarse_correlated_equilibrium_has_negative_welfare(monkeypatch):
    def tired(game):
        raise TooManyBases("too many bases")

    monkeypatch.setattr(module, "two_player", tired)
    answer = price_of_anarchy(from_matrices([[1, -3], [-3, -2]], [[1, -3], [-3, -2]]), "mixed")
    assert (answer.poa, answer.pos, answer.coverage) == (None, None, Coverage.UNKNOWN)
    assert "negative welfare" in answer.reason
    dilemma = from_matrices([[2, 0], [3, 1]], [[2, 3], [0, 1]])
    assert price_of_anarchy(dilemma, "mixed", played=[(0,), (0,)]).coverage is Coverage.EMPTY  # wider, and empty


def test_a_found_equilibrium_of_negative_welfare_is_refused_too():
    game = from_matrices([[1, -3], [-3, -2]], [[1, -3], [-3, -2]])
    found = EquilibriumSet("Nash", (((0, 1), (0, 1)),), Coverage.FOUND)
    with pytest.raises(DomainError, match="negative"):
        price_over(game, found)
    nothing = price_over(game, EquilibriumSet("Nash", (), Coverage.UNKNOWN, "not searched"))
    assert (nothing.poa, nothing.passes(9), nothing.reason) == (None, False, "not searched")


def test_one_player_mixes_its_best_actions():
    game = from_table({(0,): [2], (1,): [2], (2,): [1]}, [["a", "b", "c"]])
    answer = price_of_anarchy(game, "mixed")
    assert (answer.poa, answer.pos, len(answer.proof)) == (1, 1, 2)
    for concept in CONVEX:
        assert price_of_anarchy(game, concept, played=[()]).coverage is Coverage.EMPTY


# a second implementation


@st.composite
def games(draw, players=(2, 3), most=3, low=0):
    count = draw(st.integers(*players))
    shape = tuple(draw(st.integers(1, most)) for _ in range(count))
    cells = math.prod(shape)
    tensors = tuple(
        Tensor.of(draw(st.lists(st.integers(low, 6), min_size=cells, max_size=cells)), shape) for _ in range(count)
    )
    names = tuple(tuple(map(str, range(k))) for k in shape)
    return Game(tuple(f"p{i}" for i in range(count)), names, tensors)


def answered(game, concept, **asked):
    """The answer, or None where a ratio has no meaning."""
    try:
        return price_of_anarchy(game, concept, **asked)
    except DomainError:
        return None


def brute(game):
    """Pure prices by loops over dictionaries."""
    stable = []
    for s in game.profiles():
        gains = [
            game.payoff(i, (*s[:i], a, *s[i + 1 :])) - game.payoff(i, s)
            for i, count in enumerate(game.shape)
            for a in range(count)
        ]
        if max(gains) <= 0:
            stable.append(welfare(game, s))
    most = max(welfare(game, s) for s in game.profiles())
    if not stable:
        return None, None
    return tuple(INFINITE if value == 0 else F(most, value) for value in (min(stable), max(stable)))


@settings(max_examples=60, deadline=None)
@given(games())
def test_pure_prices_are_those_of_loops_over_all_profiles(game):
    answer = answered(game, "pure")
    if answer is not None:
        assert (answer.poa, answer.pos) == brute(game)


@pytest.mark.parametrize("shape", [(40, 33), (33, 40), (3, 40), (40, 3), (33, 2, 5)])
def test_pure_prices_of_players_with_many_actions_are_those_of_loops(shape):
    random = np.random.default_rng(1)
    names = tuple(tuple(map(str, range(count))) for count in shape)
    tensors = tuple(Tensor(random.integers(1, 9, shape), 1, 9) for _ in shape)
    game = Game(tuple(map(str, range(len(shape)))), names, tensors)
    answer = price_of_anarchy(game)
    assert (answer.poa, answer.pos) == brute(game)
    assert answer.poa is not None


@settings(max_examples=30, deadline=None)
@given(games(players=(2, 2)))
def test_larger_sets_of_equilibria_have_larger_prices_and_less_stability(game):
    answers = [answered(game, concept) for concept in CONVEX]
    if None in answers:
        return
    known = [answer for answer in answers if answer.poa is not None]
    ranked = [(math.inf if a.poa is INFINITE else a.poa, math.inf if a.pos is INFINITE else a.pos) for a in known]
    for (poa, pos), (wider, steadier) in pairwise(ranked):
        assert poa <= wider
        assert pos >= steadier
    assert all(pos >= 1 for _, pos in ranked)


@settings(max_examples=25, deadline=None)
@given(games(players=(2, 2)), st.booleans())
def test_prices_of_linear_programs_prove_themselves_at_every_profile(game, coarse):
    answer = answered(game, "coarse correlated" if coarse else "correlated")
    if answer is None:
        return
    bound = answer.proof.least
    assert min(slacks(game, answer.worst.distribution, coarse).values(), default=0) >= 0
    assert min(bound.duals.values(), default=0) >= 0
    for s in game.profiles():  # welfare + sum of price * gain is at least the least welfare
        total = F(welfare(game, s))
        for (player, advised, deviation), price in bound.duals.items():
            if advised in (None, s[player]):
                other = (*s[:player], deviation, *s[player + 1 :])
                total += price * (game.payoff(player, other) - game.payoff(player, s))
        assert total >= bound.value == answer.worst.value


# metamorphic


def pair(answer):
    return None if answer is None else (answer.poa, answer.pos, answer.coverage)


@settings(max_examples=25, deadline=None)
@given(games(players=(2, 2)), st.fractions(min_value=F(1, 9), max_value=9), st.sampled_from(CONVEX))
def test_scaling_all_payoffs_leaves_the_prices(game, factor, concept):
    scaled = Game(game.players, game.actions, tuple(tensor * factor for tensor in game.payoffs))
    assert pair(answered(scaled, concept)) == pair(answered(game, concept))


@settings(max_examples=25, deadline=None)
@given(games(players=(2, 2)), st.sampled_from(CONVEX))
def test_permuting_players_leaves_the_prices(game, concept):
    turned = Game(game.players[::-1], game.actions[::-1], tuple(t.view(t.numerators.T) for t in reversed(game.payoffs)))
    assert pair(answered(turned, concept)) == pair(answered(game, concept))


@settings(max_examples=25, deadline=None)
@given(games(players=(2, 2)), st.integers(0, 2), st.sampled_from(CONVEX))
def test_a_player_with_one_action_and_no_payoff_changes_nothing(game, place, concept):
    tensors = [t.view(np.expand_dims(t.numerators, place)) for t in game.payoffs]
    tensors.insert(place, Tensor.of([0] * math.prod(game.shape), tensors[0].numerators.shape))
    players, actions = list(game.players), list(game.actions)
    players.insert(place, "nobody")
    actions.insert(place, ("wait",))
    more = answered(Game(tuple(players), tuple(actions), tuple(tensors)), concept)
    less = answered(game, concept)
    assert pair(more) == pair(less)
    if more is not None and more.worst is not None and more.worst.mixed is not None:
        assert more.worst.mixed[place] == (1,)


@settings(max_examples=25, deadline=None)
@given(games(players=(2, 2)), st.sampled_from(CONVEX))
def test_a_copy_of_an_action_changes_no_price(game, concept):
    def copied(array):
        return np.concatenate([array, array[:1]])

    names = ((*game.actions[0], "copy"), game.actions[1])
    more = Game(game.players, names, tuple(t.view(copied(t.numerators)) for t in game.payoffs))
    assert pair(answered(more, concept)) == pair(answered(game, concept))


@settings(max_examples=25, deadline=None)
@given(games(), st.sampled_from(("pure", "coarse correlated")))
def test_the_sum_of_payoffs_given_as_a_measure_is_the_default(game, concept):
    total = Tensor.of([welfare(game, s) for s in game.profiles()], game.shape)
    assert pair(answered(game, concept, measure=total)) == pair(answered(game, concept))


def test_allowing_all_actions_is_the_same_as_saying_nothing():
    for concept in CONCEPTS[1:]:
        kept = allowed(SEXES, lambda player, action: True)
        assert pair(price_of_anarchy(SEXES, concept, played=kept)) == pair(price_of_anarchy(SEXES, concept))


# incomplete information


def second_price(values, chances, bids):
    """Independent values; one item to the highest bid, ties to the first, at the other's bid."""

    def utility(player, types, actions):
        winner = 0 if bids[actions[0]] >= bids[actions[1]] else 1
        return values[player][types[player]] - bids[actions[1 - player]] if player == winner else 0

    def worth(types, actions):
        winner = 0 if bids[actions[0]] >= bids[actions[1]] else 1
        return values[winner][types[winner]]

    names = tuple(tuple(map(str, own)) for own in values)
    actions = (tuple(map(str, bids)),) * 2
    return BayesianGame(("a", "b"), names, actions, independent(chances), utility), worth


def test_the_bayesian_vickrey_auction_is_worthless_with_overbidding_and_efficient_without():
    values, bids = ((1, 2), (0,)), (0, 1, 2)
    game, worth = second_price(values, ((F(1, 2), F(1, 2)), (1,)), bids)
    free = bayes_nash_price(game, measure=worth)
    assert (free.optimum, free.poa, free.pos) == (F(3, 2), INFINITE, 1)
    modest = bayes_nash_price(game, measure=worth, keeps=lambda i, t, a: bids[a] <= values[i][t])
    assert (modest.poa, modest.coverage, modest.passes(F(6, 5))) == (1, Coverage.COMPLETE, True)
    assert set(free.optimal) == {(0, 0), (1, 0)}


def test_bayesian_prices_are_those_of_loops_over_all_strategies():
    values, bids = ((1, 3), (2, 3)), (0, 1, 2)
    game, worth = second_price(values, ((F(1, 3), F(2, 3)), (F(1, 2), F(1, 2))), bids)
    answer = bayes_nash_price(game, measure=worth)
    rules = list(product(range(3), repeat=2))

    def mean(of, plans):
        return sum(p * of(t, tuple(plan[k] for plan, k in zip(plans, t, strict=True))) for t, p in game.prior.items())

    stable = []
    for plans in product(rules, repeat=2):
        gains = [
            mean(lambda t, a, i=i: game.utility(i, t, a), [rule if j == i else plans[j] for j in range(2)])
            - mean(lambda t, a, i=i: game.utility(i, t, a), plans)
            for i in range(2)
            for rule in rules
        ]
        if max(gains) <= 0:
            stable.append(mean(worth, plans))
    optimum = sum(p * max(values[0][t[0]], values[1][t[1]]) for t, p in game.prior.items())
    assert answer.optimum == optimum
    assert (answer.poa, answer.pos) == (optimum / min(stable), optimum / max(stable))
    assert len(answer.proof) == len(stable)
    coarse = bayes_nash_price(game, "coarse correlated", measure=worth)
    assert coarse.poa is INFINITE or coarse.poa >= answer.poa


def test_with_one_type_each_bayesian_prices_are_those_of_the_game():
    names = (("t",),) * 2
    lifted = BayesianGame(SEXES.players, names, SEXES.actions, {(0, 0): 1}, lambda i, t, a: SEXES.payoff(i, a))
    for concept in CONVEX:
        assert pair(bayes_nash_price(lifted, concept)) == pair(price_of_anarchy(SEXES, concept))
    costs = BayesianGame(SEXES.players, names, SEXES.actions, {(0, 0): 1}, lambda i, t, a: -1 - SEXES.payoff(i, a))
    flipped = Game(SEXES.players, SEXES.actions, tuple(-1 - tensor for tensor in SEXES.payoffs))
    assert pair(bayes_nash_price(costs, objective="cost")) == pair(price_of_anarchy(flipped, objective="cost"))
    dear = bayes_nash_price(costs, objective="cost", measure=lambda t, a: 2 + sum(SEXES.payoff(i, a) for i in range(2)))
    assert pair(dear) == pair(bayes_nash_price(costs, objective="cost"))


def test_incomplete_information_refuses_what_it_does_not_know():
    game, _ = second_price(((1,), (1,)), ((1,), (1,)), (0, 1))
    with pytest.raises(DomainError, match="concept"):
        bayes_nash_price(game, "truthful")
    with pytest.raises(DomainError, match="objective"):
        bayes_nash_price(game, objective="joy")


def test_types_that_never_occur_do_not_matter():
    def utility(player, types, actions):
        return 100 if types[0] == 1 else SEXES.payoff(player, actions)

    types = (("t", "never"), ("t",))
    game = BayesianGame(SEXES.players, types, SEXES.actions, {(0, 0): 1, (1, 0): 0}, utility)
    answer = bayes_nash_price(game, "mixed")
    assert pair(answer) == pair(price_of_anarchy(SEXES, "mixed"))
    assert answer.optimal == {(0, 0): (0, 0)}


def test_too_many_profiles_of_actions_and_types_are_refused_with_their_number():
    actions = tuple(tuple(map(str, range(10_000))) for _ in range(2))
    game = BayesianGame(("a", "b"), (("t",), ("t",)), actions, {(0, 0): 1}, lambda i, t, a: 1)
    with pytest.raises(TooLarge, match="100,000,000 profiles of actions and types"):
        bayes_nash_price(game)


# size


@pytest.mark.parametrize("shape", [(100, 100, 100), (10,) * 6])
def test_a_million_equilibria_are_all_counted(shape):
    names = tuple(tuple(map(str, range(count))) for count in shape)
    table = Tensor(np.full(shape, 7), 1, 7)
    answer = price_of_anarchy(Game(tuple(f"p{i}" for i in range(len(shape))), names, (table,) * len(shape)))
    assert answer.poa == 1
    assert len(answer.proof) == 10**6
