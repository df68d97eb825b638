"""Dominance against the definition, against theorems on elimination and against solved games."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import DomainError
from verifier.exact import Money
from verifier.games.dominance import Step, check_elimination, dominated_actions, eliminate, restricted
from verifier.games.normal_form import Game, from_matrices, from_table, player_names
from verifier.games.pure import dominant_equilibria, pure_equilibria
from verifier.tensor import Tensor

HALF = Fraction(1, 2)


def random_game(shape: tuple[int, ...], seed: int, spread: int) -> Game:
    dice = np.random.default_rng(seed)
    names = tuple(tuple(str(action) for action in range(count)) for count in shape)
    tensors = tuple(Tensor(dice.integers(-spread, spread + 1, shape), 1, spread) for _ in shape)
    return Game(player_names(len(shape)), names, tensors)


GAMES = st.builds(
    random_game,
    st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple),
    st.integers(0, 2**32 - 1),
    st.integers(1, 4),
)


def two_of_them(leads: Sequence[Sequence[int]]) -> list[Money] | None:
    """A dominator that mixes two actions, complete for those: the middle of the interval that all columns leave."""
    for one, other in combinations(range(len(leads)), 2):
        low, high = Fraction(0), Fraction(1)
        possible = True
        for a, b in zip(leads[one], leads[other], strict=True):  # p a + (1 - p) b > 0
            if a == b:
                possible &= a > 0
            elif a > b:
                low = max(low, Fraction(-b, a - b))
            else:
                high = min(high, Fraction(b, b - a))
        if possible and low < high:
            p = (low + high) / 2
            return [p if row == one else 1 - p if row == other else 0 for row in range(len(leads))]
    return None


def by_definition(game: Game, player: int, strict: bool) -> set[int]:
    found = set()
    for bad, good in product(range(game.shape[player]), repeat=2):
        leads = [
            game.payoff(player, (*others[:player], good, *others[player + 1 :]))
            - game.payoff(player, (*others[:player], bad, *others[player + 1 :]))
            for others in game.profiles()
        ]
        if min(leads) > 0 or (not strict and min(leads) == 0 < max(leads)):
            found.add(bad)
    return found


@settings(deadline=None)
@given(GAMES, st.booleans())
def test_dominated_actions_are_those_of_the_definition(game: Game, strict: bool) -> None:
    for player in range(len(game.shape)):
        found = dominated_actions(game, player, strict)
        assert set(found) == by_definition(game, player, strict)
        assert not set(found.values()) & set(found)


@settings(deadline=None)
@given(GAMES, st.booleans())
def test_an_elimination_replays_and_leaves_nothing_dominated(game: Game, mixed: bool) -> None:
    result = eliminate(game, dominator=two_of_them if mixed else None)
    check_elimination(game, result)
    rest = restricted(game, result.kept)
    assert all(not dominated_actions(rest, player) for player in range(len(rest.shape)))


@settings(deadline=None)
@given(GAMES)
def test_strict_elimination_keeps_every_pure_equilibrium(game: Game) -> None:
    result = eliminate(game, dominator=two_of_them)
    inner = pure_equilibria(restricted(game, result.kept))
    assert [tuple(of[a] for of, a in zip(result.kept, p, strict=True)) for p in inner] == pure_equilibria(game)


@settings(deadline=None)
@given(GAMES)
def test_weak_elimination_replays_and_adds_no_equilibrium(game: Game) -> None:
    result = eliminate(game, strict=False)
    check_elimination(game, result)
    inner = pure_equilibria(restricted(game, result.kept))
    outer = set(pure_equilibria(game))
    assert all(tuple(of[a] for of, a in zip(result.kept, p, strict=True)) in outer for p in inner)
    assert all(set(weak) <= set(strict) for weak, strict in zip(result.kept, eliminate(game).kept, strict=True))


@settings(max_examples=50, deadline=None)
@given(GAMES, st.randoms())
def test_strict_elimination_ends_the_same_for_players_in_another_order(game: Game, dice: random.Random) -> None:
    order = list(range(len(game.shape)))
    dice.shuffle(order)
    tensors = tuple(game.payoffs[p].view(np.transpose(game.payoffs[p].numerators, order)) for p in order)
    moved = Game(game.players, tuple(game.actions[p] for p in order), tensors)
    kept = eliminate(game).kept
    assert eliminate(moved).kept == tuple(kept[p] for p in order)


def test_half_of_each_dominates_the_safe_action_that_neither_dominates() -> None:
    game = from_matrices([[3, 0], [0, 3], [1, 1]], [[0, 1], [1, 0], [0, 0]])
    assert eliminate(game).steps == ()
    result = eliminate(game, dominator=two_of_them)
    assert result.steps == (Step(0, 2, (HALF, HALF, 0), HALF),)
    assert result.kept == ((0, 1), (0, 1))
    check_elimination(game, result)


def test_a_game_of_three_rounds_is_solved_in_the_textbook_order() -> None:
    # right goes first, then down, then left
    game = from_matrices([[1, 1, 0], [0, 0, 2]], [[0, 2, 1], [3, 1, 0]])
    result = eliminate(game)
    assert [(step.player, step.action) for step in result.steps] == [(1, 2), (0, 1), (1, 0)]
    assert [step.lead for step in result.steps] == [1, 1, 2]
    assert result.solved
    assert result.kept == ((0,), (1,))


def test_cournot_duopolists_are_left_with_the_equilibrium_and_its_ties() -> None:
    # price 12 - q_1 - q_2: 4 each is the equilibrium; against 3, 4 and 5 tie, and against 5, 3 and 4 do
    amounts = range(13)
    rows = [[q * (12 - q - other) for other in amounts] for q in amounts]
    game = from_matrices(rows, [[q * (12 - q - other) for q in amounts] for other in amounts])
    result = eliminate(game)
    check_elimination(game, result)
    assert result.kept == ((3, 4, 5),) * 2


def test_three_guessers_of_half_the_average_are_left_with_zero() -> None:
    def loss(profile: tuple[int, ...]) -> list[Money]:
        target = Fraction(sum(profile), 6)
        return [-abs(guess - target) for guess in profile]

    game = from_table({p: loss(p) for p in product(range(9), repeat=3)}, [[str(g) for g in range(9)]] * 3)
    result = eliminate(game)
    check_elimination(game, result)
    assert result.kept == ((0,),) * 3


def test_the_truth_remains_of_a_second_price_auction_by_weak_dominance() -> None:
    # values 5 and 3, bids in whole numbers; at a tie the first bidder wins
    def utility(profile: tuple[int, ...]) -> list[Money]:
        first, second = profile
        return [5 - second, 0] if first >= second else [0, 3 - first]

    game = from_table({p: utility(p) for p in product(range(8), repeat=2)}, [[str(b) for b in range(8)]] * 2)
    assert eliminate(game).steps == ()
    result = eliminate(game, strict=False)
    check_elimination(game, result)
    assert all((a, b) in pure_equilibria(game) for a in result.kept[0] for b in result.kept[1])
    assert (5, 3) in dominant_equilibria(game)


def test_a_planted_error_in_a_certificate_is_found() -> None:
    game = from_matrices([[3, 0], [0, 3], [1, 1]], [[0, 1], [1, 0], [0, 0]])
    good = eliminate(game, dominator=two_of_them)
    (step,) = good.steps
    for steps, kept, text in [
        ((replace(step, lead=1),), good.kept, "leads by 1/2 at least, stated is 1"),
        ((replace(step, by=(1, 0, 0)),), good.kept, "leads by -1"),
        ((replace(step, by=(HALF, 0, HALF)),), good.kept, "no probabilities of the other actions"),
        ((replace(step, by=(HALF, HALF)),), good.kept, "no probabilities"),
        ((replace(step, by=(HALF, Fraction(1, 3), 0)),), good.kept, "no probabilities"),
        ((step, step), good.kept, "step 2, action 2 of player 1: there is no such action left"),
        ((replace(step, player=5),), good.kept, "no such action"),
        ((), good.kept, "are left, stated is"),
    ]:
        with pytest.raises(DomainError, match=text):
            check_elimination(game, replace(good, steps=steps, kept=kept))


def test_weak_dominance_does_not_pass_for_strict() -> None:
    game = from_matrices([[1, 1], [1, 0]], [[0, 0], [0, 0]])
    weak = eliminate(game, strict=False)
    assert weak.steps == (Step(0, 1, (1, 0), 0),)
    with pytest.raises(DomainError, match="leads by 0 at least"):
        check_elimination(game, replace(weak, strict=True))


@pytest.mark.parametrize(
    ("proposal", "text"),
    [((1, 0), "does not lead"), ((HALF, HALF, 0), "no probabilities of 2 actions"), ((2, -1), "no probabilities")],
)
def test_a_wrong_proposal_is_refused(proposal: Sequence[Money], text: str) -> None:
    game = from_matrices([[3, 0], [0, 3], [1, 1]], [[0, 1], [1, 0], [0, 0]])
    with pytest.raises(DomainError, match=text):
        eliminate(game, dominator=lambda leads: proposal)


def test_huge_payoffs_are_compared_exactly() -> None:
    top = 10**40
    game = from_matrices([[top + 1, top], [top, top - 1]], [[0, 0], [0, 0]])
    result = eliminate(game)
    assert result.steps == (Step(0, 1, (1, 0), 1),)
    check_elimination(game, result)


def test_an_action_that_only_a_mixture_dominates_is_eliminated_with_exact_linear_programs():
    """The last row is worse than half of each of the others, and better than neither."""
    from verifier.oracles.dominance import leading_mixture

    game = from_matrices([[4, 0], [0, 4], [1, 1]], [[1, 0], [0, 1], [0, 0]])
    assert eliminate(game).kept == ((0, 1, 2), (0, 1))
    result = eliminate(game, dominator=leading_mixture)
    check_elimination(game, result)
    assert result.kept == ((0, 1), (0, 1))
