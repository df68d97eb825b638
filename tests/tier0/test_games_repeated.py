"""Repeated games: trigger strategies with closed forms, tit for tat, linear systems solved again, the folk theorem."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from verifier.errors import DomainError, MoneyError, TooLarge
from verifier.games.critical_discount import critical_discount
from verifier.games.folk_theorem import Beyond, Weights, feasible, membership, pure_minmax, rational, sustainable
from verifier.games.normal_form import from_matrices, from_table
from verifier.games.pure import pure_equilibria
from verifier.games.repeated import Machine, always, grim_trigger, judge, machine, tit_for_tat
from verifier.oracles.zero_sum import zero_sum

C, D = 0, 1


def dilemma(tempted=5, reward=3, punished=1, sucker=0):
    return from_matrices([[reward, sucker], [tempted, punished]], [[reward, tempted], [sucker, punished]])


def grim(game):
    return [grim_trigger(game, player, (C, C), D) for player in range(2)]


def both_tit_for_tat(game):
    return [tit_for_tat(game, player) for player in range(2)]


def forgiving(game, periods):
    """Anybody's defection is punished by everybody for some periods, then forgotten."""
    move = lambda state, seen: int(seen != (C, C)) if state == 0 else (state + 1) % (periods + 1)  # noqa: E731
    return [machine(game, [C] + [D] * periods, move) for _ in range(2)]


def random_machines(game, seed):
    rng = random.Random(seed)
    found = []
    for count in game.shape:
        size = rng.randint(1, 3)
        table = {key: rng.randrange(size) for key in product(range(size), list(game.profiles()))}
        found.append(
            machine(game, [rng.randrange(count) for _ in range(size)], lambda s, seen, table=table: table[s, seen])
        )
    return found


def random_stage(seed, shape=(2, 2)):
    rng = random.Random(seed)
    table = {p: [rng.randint(-4, 4) for _ in shape] for p in product(*map(range, shape))}
    return from_table(table, [[str(a) for a in range(k)] for k in shape])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 20))
def test_grim_trigger_is_critical_at_temptation_over_temptation_less_punishment(a, b, c):
    sucker, punished, reward, tempted = 0, a, a + b, a + b + c
    game = dilemma(tempted, reward, punished, sucker)
    closed = Fraction(tempted - reward, tempted - punished)
    found = critical_discount(game, grim(game))
    assert (found.low, found.high) == (closed, closed)
    assert found.is_exact
    step = Fraction(1, 10**6)
    assert judge(game, grim(game), closed).is_subgame_perfect
    assert judge(game, grim(game), closed + (1 - closed) / 2).is_nash
    below = judge(game, grim(game), closed - step)
    assert not below.is_subgame_perfect
    # defecting now: tempted once, punished for ever, instead of the reward for ever
    factor = closed - step
    assert below.deviation.gain == (1 - factor) * tempted + factor * punished - reward
    assert (below.deviation.history, below.deviation.action) == ((), D)


def test_tit_for_tat_is_an_equilibrium_of_the_dilemma_but_not_subgame_perfect():
    game = dilemma()
    judged = judge(game, both_tit_for_tat(game), Fraction(3, 4))
    assert judged.values == (3, 3)
    assert judged.is_nash
    assert not judged.is_subgame_perfect
    # after both defected they punish for ever and get 1; who forgives once takes turns from 0 on: 5 d / (1 + d)
    assert judged.deviation.gain == Fraction(5 * 3, 4 + 3) - 1
    assert (judged.deviation.history, judged.deviation.action) == (((D, D),), C)
    assert critical_discount(game, both_tit_for_tat(game)) is None


@pytest.mark.parametrize("factor", [Fraction(1, 3), Fraction(1, 2), Fraction(2, 3), Fraction(9, 10)])
def test_tit_for_tat_is_nash_from_two_thirds_on(factor):
    """Axelrod 1984: both (T - R)/(T - P) = 1/2 and (T - R)/(R - S) = 2/3 are needed."""
    game = dilemma()
    assert judge(game, both_tit_for_tat(game), factor).is_nash == (factor >= Fraction(2, 3))


def test_punishment_of_two_periods_is_critical_at_the_golden_section():
    """T - R = R - P = 1: what is gained once must be lost in two periods, d + d^2 >= 1."""
    game = dilemma(3, 2, 1, 0)
    found = critical_discount(game, forgiving(game, 2))
    assert not found.is_exact
    assert found.low**2 + found.low < 1 < found.high**2 + found.high
    assert found.high - found.low < Fraction(1, 10**12)
    assert found.deviation == ((0, 0), 0, D)
    assert judge(game, forgiving(game, 2), found.high).is_subgame_perfect
    assert not judge(game, forgiving(game, 2), found.low).is_subgame_perfect


def test_one_period_of_punishment_is_never_enough_where_the_temptation_is_as_large_as_the_loss():
    """A factor of 1 would be needed: at every one below, defecting gains."""
    game = dilemma(3, 2, 1, 0)
    assert critical_discount(game, forgiving(game, 1)) is None
    assert judge(game, forgiving(game, 1), Fraction(999, 1000)).deviation.gain == Fraction(1, 1000) ** 2


def test_an_equilibrium_of_the_stage_is_one_of_the_repeated_game_at_every_factor():
    for game in (dilemma(), random_stage(3, (2, 3, 2)), random_stage(8, (3, 3))):
        for profile in pure_equilibria(game):
            machines = [always(game, action) for action in profile]
            assert judge(game, machines, Fraction(7, 8)).is_subgame_perfect
            assert judge(game, machines, 0).is_nash
            found = critical_discount(game, machines)
            assert (found.low, found.high, found.deviation) == (0, 0, None)


def test_a_factor_at_which_a_deviation_is_only_as_good_is_not_critical():
    """Deviating at the start turns 1, 0, 0, ... into 0, 4, -4, 0, ...: a loss of (1 - 2d)^2, never below zero."""
    amounts = [1, 4, -4, 0]
    table = {(a, b): [amounts[b] - a * (100 if b else 1), 0] for a in range(2) for b in range(4)}
    game = from_table(table, [["obey", "deviate"], ["start", "up", "down", "rest"]])
    second = machine(game, range(4), lambda state, seen: (1 if seen[0] else 3) if state == 0 else min(state + 1, 3))
    machines = [always(game, 0), second]
    found = critical_discount(game, machines)
    assert (found.low, found.high, found.deviation) == (0, 0, None)
    assert judge(game, machines, Fraction(1, 2)).deviation.gain == 0
    assert judge(game, machines, Fraction(2, 5)).is_subgame_perfect


def solved(matrix, right):
    """Gauss-Jordan in fractions."""
    n = len(matrix)
    rows = [[*map(Fraction, row), Fraction(b)] for row, b in zip(matrix, right, strict=True)]
    for k in range(n):
        pivot = next(r for r in range(k, n) if rows[r][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [entry / rows[k][k] for entry in rows[k]]
        for r in range(n):
            if r != k:
                rows[r] = [x - rows[r][k] * y for x, y in zip(rows[r], rows[k], strict=True)]
    return [row[-1] for row in rows]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.fractions(0, Fraction(19, 20), max_denominator=20))
def test_values_solve_the_linear_system_of_the_product_and_best_responses_are_the_best_plans(seed, factor):
    game = random_stage(seed)
    machines = random_machines(game, seed)
    states = list(product(*(range(len(own.plays)) for own in machines)))
    place = {state: k for k, state in enumerate(states)}

    def values(player, plan):
        """Of a plan of the player (an action for each profile of states) against the others' machines."""
        matrix, right = [], []
        for at, state in enumerate(states):
            seen = tuple(
                plan[at] if i == player else own.plays[s]
                for i, (own, s) in enumerate(zip(machines, state, strict=True))
            )
            then = tuple(own.moves[s][seen] for own, s in zip(machines, state, strict=True))
            row = [Fraction(int(other == at)) for other in range(len(states))]
            row[place[then]] -= factor
            matrix.append(row)
            right.append((1 - factor) * game.payoff(player, seen))
        return solved(matrix, right)

    judged = judge(game, machines, factor)
    for player, own in enumerate(machines):
        followed = values(player, [own.plays[state[player]] for state in states])
        assert judged.values[player] == followed[0]
        if len(states) <= 6:
            plans = product(range(2), repeat=len(states))
            assert judged.best_values[player] == max(values(player, plan)[0] for plan in plans)
    assert not judged.is_subgame_perfect or judged.is_nash


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_machines_are_subgame_perfect_above_the_critical_factor_and_not_just_below(seed):
    game = random_stage(seed)
    machines = random_machines(game, seed)
    found = critical_discount(game, machines)
    if found is None:
        assert not judge(game, machines, 1 - Fraction(1, 10**9)).is_subgame_perfect
        return
    for part in (0, Fraction(1, 7), Fraction(1, 2), Fraction(99, 100)):
        assert judge(game, machines, found.high + part * (1 - found.high)).is_subgame_perfect
    if found.deviation:
        assert found.low > 0
        assert not judge(game, machines, found.low - min(found.low, Fraction(1, 10**9))).is_subgame_perfect


def test_at_factor_zero_only_the_stage_counts():
    game = dilemma()
    judged = judge(game, grim(game), 0)
    assert judged.deviation.gain == 2
    assert judged.best_values == (5, 5)
    one = from_table({(0,): [7]}, [["only"]])
    assert judge(one, [always(one, 0)], Fraction(1, 2)).deviation is None
    assert judge(one, [always(one, 0)], Fraction(1, 2)).is_subgame_perfect


@pytest.mark.parametrize(
    ("factor", "error"), [(1, DomainError), (-1, DomainError), ("3/2", DomainError), (0.5, MoneyError)]
)
def test_discount_factors_outside_zero_to_one_and_floats_are_refused(factor, error):
    with pytest.raises(error):
        judge(dilemma(), grim(dilemma()), factor)


def test_machines_that_do_not_fit_the_game_are_refused():
    game = dilemma()
    whole = dict.fromkeys(game.profiles(), 0)
    fits = always(game, 0)
    for bad, reason in [
        ([fits], "1 machines; the game has 2 players"),
        ([fits, Machine((), ())], "has 0 states"),
        ([fits, Machine((0, 1), (whole,))], "has 2 states and moves from 1"),
        ([fits, Machine((2,), (whole,))], "player 2 plays 2 in state 0; it has actions 0 to 1"),
        ([fits, Machine((0,), ({(0, 0): 0},))], r"where to go from state 0 after \(0, 1\)"),
        ([fits, Machine((0,), (whole | {(1, 1): 4},))], r"where to go from state 0 after \(1, 1\)"),
    ]:
        with pytest.raises(DomainError, match=reason):
            judge(game, bad, 0)
    with pytest.raises(DomainError, match="two players with the same actions"):
        tit_for_tat(random_stage(1, (2, 3)), 0)
    with pytest.raises(TooLarge) as caught:
        machine(game, [0] * 10**6, lambda state, _: state)
    assert caught.value.profiles == 4 * 10**6
    with pytest.raises(TooLarge):
        judge(game, [machine(game, [0] * 1000, lambda state, _: state)] * 2, 0)


def test_the_folk_theorem_of_the_dilemma():
    game = dilemma()
    assert feasible(game) == [(0, 5), (1, 1), (5, 0), (3, 3)]
    assert [pure_minmax(game, player) for player in range(2)] == [1, 1]
    assert set(rational(game)) == {(1, 1), (1, Fraction(13, 3)), (3, 3), (Fraction(13, 3), 1)}
    assert sustainable(game, (3, 3))
    assert sustainable(game, ("5/2", "5/2"))
    assert not sustainable(game, (1, 1))
    assert not sustainable(game, (4, 4))
    assert membership(game, (4, 4)) == Beyond((3, 2), 15, 20)
    assert membership(game, (3, 3)) == Weights({(C, C): 1})


def test_mixed_minmax_lowers_what_patience_must_beat():
    """Matching pennies: 1 by pure actions, 0 by mixed ones; the only feasible payoffs are on a line."""
    game = from_matrices([[1, -1], [-1, 1]])
    assert [pure_minmax(game, player) for player in range(2)] == [1, 1]
    assert zero_sum(game).value == 0
    assert feasible(game) == [(-1, 1), (1, -1)]
    assert rational(game) == []
    assert rational(game, (0, 0)) == [(0, 0)]
    assert not sustainable(game, (0, 0), (0, 0))
    shares = membership(game, ("1/2", "-1/2")).weights
    assert {game.payoff(0, profile): weight for profile, weight in shares.items()} == {
        1: Fraction(3, 4),
        -1: Fraction(1, 4),
    }
    for outside in ((2, -2), (-2, 2), (0, 1), (0, -1)):
        assert isinstance(membership(game, outside), Beyond)


def test_a_game_with_one_payoff_has_one_feasible_point():
    game = from_matrices([[2, 2]], [[3, 3]])
    assert feasible(game) == rational(game) == [(2, 3)]
    assert sum(membership(game, (2, 3)).weights.values()) == 1
    for outside in ((1, 3), (3, 3), (2, 2), (2, 4)):
        assert isinstance(membership(game, outside), Beyond)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9), st.fractions(-5, 5, max_denominator=4), st.fractions(-5, 5, max_denominator=4))
def test_membership_is_shown_by_weights_or_refuted_by_a_direction(seed, x, y):
    game = random_stage(seed, (2, 3))
    shown = membership(game, (x, y))
    if isinstance(shown, Weights):
        assert len(shown.weights) <= 3
        assert min(shown.weights.values()) > 0
        assert sum(shown.weights.values()) == 1
        for player, own in enumerate((x, y)):
            assert sum(weight * game.payoff(player, p) for p, weight in shown.weights.items()) == own
    else:
        along = [sum(d * game.payoff(i, p) for i, d in enumerate(shown.direction)) for p in game.profiles()]
        assert max(along) == shown.most < shown.reached == shown.direction[0] * x + shown.direction[1] * y


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_a_mixture_of_payoffs_is_a_member_and_rational_corners_are_feasible_and_rational(seed):
    game = random_stage(seed, (3, 2))
    rng = random.Random(seed)
    parts = {profile: rng.randint(0, 3) for profile in game.profiles()}
    assume(any(parts.values()))
    total = sum(parts.values())
    point = [sum(Fraction(k, total) * game.payoff(i, p) for p, k in parts.items()) for i in range(2)]
    assert isinstance(membership(game, point), Weights)
    least = [pure_minmax(game, player) for player in range(2)]
    for corner in rational(game):
        assert isinstance(membership(game, corner), Weights)
        assert all(own >= floor for own, floor in zip(corner, least, strict=True))
    for profile in pure_equilibria(game):  # a stage equilibrium gives everybody at least its minmax
        assert all(game.payoff(i, profile) >= least[i] for i in range(2))


def test_the_folk_theorem_is_for_two_players_and_two_amounts():
    with pytest.raises(DomainError, match="for 2 players, not 3"):
        feasible(random_stage(1, (2, 2, 2)))
    with pytest.raises(DomainError, match="two amounts, not 3"):
        sustainable(dilemma(), (1, 2, 3))
