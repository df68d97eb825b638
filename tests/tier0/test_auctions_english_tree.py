"""The English clock as a game: its plays against the clock, its equilibria against theory."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from mechanisms.auctions.clock import ascending_clock
from mechanisms.auctions.english_tree import (
    LEAVE,
    STAY,
    GameTooLarge,
    Question,
    Sale,
    backward_induction,
    english_tree,
    improvement,
    played,
    truthful,
)
from mechanisms.auctions.single_item import second_price

SMALL = [values for n, most in ((1, 4), (2, 5), (3, 3)) for values in product(range(most + 1), repeat=n)]


def outcome(sale, n):
    return [int(i == sale.winner) for i in range(n)], [sale.price if i == sale.winner else 0 for i in range(n)]


def ends(node):
    return [node] if isinstance(node, Sale) else [end for _, after in node.moves for end in ends(after)]


def test_the_tree_of_two_bidders_and_one_round_by_hand():
    tree = english_tree([1, 1])
    both, first, second, nobody = (
        Sale(0, 1, (0, 0)),
        Sale(0, 0, (1, 0)),
        Sale(1, 0, (0, 1)),
        Sale(0, 0, (1, 0)),
    )
    after_stay = Question(1, 1, ((STAY, both), (LEAVE, first)))
    after_leave = Question(1, 1, ((STAY, second), (LEAVE, nobody)))
    assert tree == Question(0, 1, ((STAY, after_stay), (LEAVE, after_leave)))


def test_the_tree_of_two_grows_by_three_ends_a_round():
    for rounds in range(1, 6):
        assert len(ends(english_tree([rounds, rounds]))) == 3 * rounds + 1


@pytest.mark.parametrize("values", SMALL)
def test_truthful_play_is_the_clock_and_the_second_price_auction(values):
    sale = played(english_tree(values), truthful(values))
    assert outcome(sale, len(values)) == ascending_clock(values) == second_price(values)


@pytest.mark.parametrize("values", [("7/2", "15/4"), ("7/2", "9/2"), ("1/2", "5/2", "5/2")])
def test_truthful_play_is_the_clock_between_the_steps_too(values):
    values = [Fraction(value) for value in values]
    assert outcome(played(english_tree(values), truthful(values)), len(values)) == ascending_clock(values)


@pytest.mark.parametrize("values", SMALL)
def test_with_whole_values_truth_is_a_subgame_perfect_equilibrium(values):
    tree, plan = english_tree(values, top=max(values) + 1), truthful(values)
    assert improvement(tree, plan) is None
    assert backward_induction(tree, plan) == played(tree, plan)


def test_between_the_steps_truth_is_no_equilibrium():
    """Both leave at 1 and the first wins at 0; the second, to whom it is worth 3/4, would have won by staying."""
    values = [Fraction(1, 2), Fraction(3, 4)]
    tree = english_tree(values, top=1)
    assert played(tree, truthful(values)).winner == 0
    assert improvement(tree, truthful(values)) == (LEAVE, STAY)


@pytest.mark.parametrize("values", SMALL)
def test_whatever_the_indifferent_do_a_highest_value_wins_at_no_more_than_it(values):
    for tie in (lambda question: STAY, lambda question: LEAVE):
        sale = backward_induction(english_tree(values), tie)
        assert values[sale.winner] == max(values)
        assert 0 <= sale.price <= max(values)


def test_a_loser_who_does_not_care_leaves_the_item_for_nothing_or_makes_it_dear():
    """Against 4 a bidder of 2 gains nothing either way: the prices 0 and 3 are both equilibria, besides truth's 2."""
    tree = english_tree([4, 2])
    assert backward_induction(tree, lambda question: LEAVE).price == 0
    assert backward_induction(tree, truthful([4, 2])).price == 2
    assert backward_induction(tree, lambda question: STAY).price > 2


def test_a_higher_top_changes_no_truthful_play():
    for values in SMALL:
        assert (
            played(english_tree(values, top=max(values) + 2), truthful(values)).payoffs
            == played(english_tree(values), truthful(values)).payoffs
        )


def test_nobody_and_one_alone():
    assert english_tree([]) == Sale(None, 0, ())
    assert english_tree([7]) == Sale(0, 0, (7,))


def test_senseless_and_too_large_games_are_refused():
    with pytest.raises(ValueError, match="bidder 1 has the negative value -1"):
        english_tree([1, -1])
    with pytest.raises(ValueError, match="the price must rise"):
        english_tree([1, 1], step=0)
    with pytest.raises(GameTooLarge, match="a play may take 2,000 moves"):
        english_tree([1000, 1000])
    with pytest.raises(GameTooLarge, match="more than 50,000 nodes"):
        english_tree([9] * 6)
