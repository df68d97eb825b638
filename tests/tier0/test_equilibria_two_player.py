"""All extreme equilibria of two players: textbooks, closed forms, every pair of supports, and what may not matter."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from verifier.errors import DomainError
from verifier.games.claimed import verify_profile
from verifier.games.equilibrium_set import Coverage
from verifier.games.normal_form import from_matrices, from_table
from verifier.oracles.equilibria import two_player as module
from verifier.oracles.equilibria.lifting import lifted, solved
from verifier.oracles.equilibria.nashpy_proposals import ALGORITHMS, Proposed, findings, proposed
from verifier.oracles.equilibria.two_player import EvenNumber, two_player
from verifier.oracles.equilibria.vertices import TooManyBases, vertices

THIRD = Fraction(1, 3)
HANDBOOK = ([[3, 3], [2, 5], [0, 6]], [[3, 2], [2, 6], [3, 1]])  # von Stengel 2002, (2.2)
DEGENERATE = ([[3, 3], [2, 5], [0, 6]], [[3, 3], [2, 6], [3, 1]])


def coordination(n):
    identity = [[int(i == j) for j in range(n)] for i in range(n)]
    return from_matrices(identity, identity)


def test_the_handbook_game_has_its_three_equilibria():
    found = two_player(from_matrices(*HANDBOOK))
    assert found.extreme == (
        ((0, THIRD, 2 * THIRD), (THIRD, 2 * THIRD)),
        ((Fraction(4, 5), Fraction(1, 5), 0), (2 * THIRD, THIRD)),
        ((1, 0, 0), (1, 0)),
    )
    assert not found.degenerate
    assert found.components == ((0,), (1,), (2,))
    assert found.as_set().coverage is Coverage.COMPLETE


def test_the_degenerate_one_has_a_component_with_two_ends():
    found = two_player(from_matrices(*DEGENERATE))
    assert found.degenerate
    assert found.subsets == found.components == ((0,), (1, 2))


def test_rock_paper_scissors_has_one_equilibrium_and_its_value_is_zero():
    game = from_matrices([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    ((row, column),) = two_player(game).extreme
    assert row == column == (THIRD, THIRD, THIRD)
    assert game.expected(0, (row, column)) == 0


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_coordination_games_have_an_equilibrium_for_every_set_of_actions(n):
    assert len(two_player(coordination(n)).extreme) == 2**n - 1


def test_where_nothing_matters_every_pair_of_actions_is_extreme_and_all_hang_together():
    found = two_player(from_matrices([[0, 0, 0]] * 2, [[7, 7, 7]] * 2))
    assert len(found.extreme) == 6
    assert found.subsets == ((0, 1, 2, 3, 4, 5),)


def test_one_component_may_be_made_of_several_subsets():
    """The row player's first action is never worse; three extreme equilibria in an L."""
    found = two_player(from_matrices([[1, 1], [1, 0]], [[1, 1], [1, 0]]))
    assert [len(part) for part in found.components] == [3]
    assert sorted(map(len, found.subsets)) == [2, 2]


def by_supports(first, second):
    """Every pair of supports of equal size, its indifference equations in fractions, its best responses."""
    rows, columns = len(first), len(first[0])
    game, found = from_matrices(first, second), set()
    for size in range(1, min(rows, columns) + 1):
        for own, other in product(combinations(range(rows), size), combinations(range(columns), size)):
            q = mixture([[first[i][j] for j in other] for i in own])
            p = mixture([[second[i][j] for i in own] for j in other])
            if p and q and min(p) > 0 and min(q) > 0:
                x = tuple(dict(zip(own, p, strict=True)).get(i, 0) for i in range(rows))
                y = tuple(dict(zip(other, q, strict=True)).get(j, 0) for j in range(columns))
                if verify_profile(game, (x, y)).is_equilibrium:
                    found.add((x, y))
    return found


def mixture(matrix):
    """The weights of the columns at which all rows are worth the same, by Cramer's rule; None if not just one."""
    size = len(matrix)
    system = [[*row, -1] for row in matrix] + [[1] * size + [0]]
    whole = determinant(system)
    if whole == 0:
        return None
    sides = [0] * size + [1]
    replaced = [[[*row[:k], side, *row[k + 1 :]] for row, side in zip(system, sides, strict=True)] for k in range(size)]
    return [Fraction(determinant(each), whole) for each in replaced]


def determinant(matrix):
    if not matrix:
        return 1
    head, *rest = matrix
    minors = [[row[:k] + row[k + 1 :] for row in rest] for k in range(len(head))]
    return sum((-1) ** k * entry * determinant(minors[k]) for k, entry in enumerate(head) if entry)


def matrices(most, low=-30, high=30):
    def of(shape):
        row = st.lists(st.integers(low, high), min_size=shape[1], max_size=shape[1])
        matrix = st.lists(row, min_size=shape[0], max_size=shape[0])
        return st.tuples(matrix, matrix)

    return st.tuples(st.integers(1, most), st.integers(1, most)).flatmap(of)


@given(matrices(4))
@settings(max_examples=250, deadline=None)
def test_games_that_are_not_degenerate_have_just_the_equilibria_that_supports_give_an_odd_number(pair):
    found = two_player(from_matrices(*pair))
    assume(not found.degenerate)
    assert set(found.extreme) == by_supports(*pair)
    assert len(found.extreme) % 2 == 1


@given(matrices(4, 0, 2))
@settings(max_examples=250, deadline=None)
def test_every_mixture_within_a_maximal_subset_is_an_equilibrium(pair):
    game = from_matrices(*pair)
    found = two_player(game)
    for profile in found.extreme:
        assert verify_profile(game, profile).is_equilibrium
    for subset in found.subsets:
        members = [found.extreme[place] for place in subset]
        mixed = tuple(
            tuple(sum((Fraction(m[player][a]) for m in members), Fraction(0)) / len(members) for a in range(size))
            for player, size in enumerate(game.shape)
        )
        assert verify_profile(game, mixed).is_equilibrium
    assert sorted({place for subset in found.subsets for place in subset}) == list(range(len(found.extreme)))


@given(matrices(4, 0, 3), st.integers(1, 10**20), st.integers(-(10**20), 10**20), st.randoms())
@settings(max_examples=100, deadline=None)
def test_scaling_shifting_and_reordering_change_nothing(pair, factor, shift, random):
    first, second = pair
    order = list(range(len(first)))
    random.shuffle(order)
    moved = from_matrices(
        [[factor * first[i][j] + shift for j in range(len(first[0]))] for i in order], [second[i] for i in order]
    )
    before = {(tuple(x[i] for i in order), y) for x, y in two_player(from_matrices(first, second)).extreme}
    assert set(two_player(moved).extreme) == before


def test_doubling_an_action_doubles_what_is_extreme_about_it():
    first, second = HANDBOOK
    found = two_player(from_matrices([*first, first[0]], [*second, second[0]]))
    undoubled = {((x[0] + x[3], x[1], x[2]), y) for x, y in found.extreme}
    assert undoubled == set(two_player(from_matrices(first, second)).extreme)
    assert found.degenerate


def test_fractions_are_payoffs_like_others():
    half = Fraction(1, 2)
    found = two_player(from_matrices([[half, 0], [0, half / 3]], [[half, 0], [0, half]]))
    assert ((half, half), (Fraction(1, 4), Fraction(3, 4))) in found.extreme


def test_three_players_are_refused():
    game = from_table({(0, 0, 0): [0, 0, 0]}, [["a"]] * 3)
    with pytest.raises(DomainError, match="the game has 3 players"):
        two_player(game)


def test_a_spent_budget_is_said():
    with pytest.raises(TooManyBases, match="more than 3 bases"):
        two_player(coordination(4), most=3)


def test_an_even_number_of_equilibria_of_a_generic_game_is_an_alarm(monkeypatch):
    def forgetful(payoffs, most):
        found, count = vertices(payoffs, most)
        return found[:-1], count

    monkeypatch.setattr(module, "vertices", forgetful)
    with pytest.raises(EvenNumber, match="of a nondegenerate game"):
        two_player(from_matrices([[2, 0], [0, 1]], [[1, 0], [0, 2]]))


def test_numbers_that_no_double_holds_are_enumerated_all_the_same():
    huge = 10**400
    game = from_matrices([[2 * huge, 0], [0, huge]], [[huge, 0], [0, 2 * huge]])
    assert ((2 * THIRD, THIRD), (THIRD, 2 * THIRD)) in two_player(game).extreme
    asked = proposed(game, "support_enumeration")
    assert (asked.proposals, "no double holds these payoffs" in asked.failure) == (0, True)


# proposers


def test_what_is_nearly_an_equilibrium_is_lifted_to_the_exact_one():
    game = from_matrices(*HANDBOOK)
    assert lifted(game, ([0.8000000001, 0.2, 1e-17], [0.66666666, 0.33333334])) == two_player(game).extreme[1]


def test_a_proposal_inside_a_face_of_equilibria_is_lifted_to_a_point_of_it():
    game = from_matrices(*DEGENERATE)
    assert lifted(game, ([1, 0, 0], [0.8333333333, 0.1666666667])) == ((1, 0, 0), (Fraction(5, 6), Fraction(1, 6)))


@given(matrices(4, 0, 2))
@settings(max_examples=150, deadline=None)
def test_what_lies_between_extreme_equilibria_is_lifted_to_an_equilibrium(pair):
    game = from_matrices(*pair)
    found = two_player(game)
    for subset in found.subsets:
        members = [found.extreme[place] for place in subset]
        middle = [
            [float(sum(m[player][a] for m in members)) / len(members) for a in range(size)]
            for player, size in enumerate(game.shape)
        ]
        exact = lifted(game, middle)
        assert exact is not None
        assert all(
            abs(a - b) < 1e-5 for one, two in zip(exact, middle, strict=True) for a, b in zip(one, two, strict=True)
        )


def test_what_leads_to_no_equilibrium_is_lifted_to_nothing():
    game = from_matrices(*HANDBOOK)
    assert lifted(game, ([0, 1, 0], [1, 0])) is None
    assert lifted(game, ([0, 0, 0], [0, 0])) is None


def test_equations_are_solved_only_where_the_solution_is_unique():
    assert solved([[1, 1, 3], [1, -1, 1]]) == [2, 1]
    assert solved([[0, 1, 3], [2, 0, 1]]) == [Fraction(1, 2), 3]
    assert solved([[1, 1, 3], [2, 2, 6]]) is None
    assert solved([[1, 1, 3], [1, -1, 1], [1, 0, 5]]) is None
    assert solved([[1, 1, 3], [2, 2, 6]], [Fraction(9), Fraction(1)]) == [2, 1]
    assert solved([[1, 1, 3], [2, 2, 5]], [Fraction(9), Fraction(1)]) is None


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_nashpy_is_right_about_the_handbook_game(algorithm):
    game = from_matrices(*HANDBOOK)
    made = proposed(game, algorithm)
    assert (made.wrong, made.failure) == (0, "")
    assert set(made.certified) <= set(two_player(game).extreme)
    assert findings(two_player(game).extreme, [made]) == ()


def test_what_nashpy_misses_on_a_degenerate_game_is_told():
    game = from_matrices(*DEGENERATE)
    made = [proposed(game, "support_enumeration")]
    assert findings(two_player(game).extreme, made) == (
        "nashpy's support enumeration found 2 of 3 extreme equilibria.",
    )


def test_a_proposer_that_does_not_end_is_ended():
    made = proposed(coordination(3), "support_enumeration", seconds=0.01)
    assert made.failure == "did not end within 0.01 seconds"


def test_every_kind_of_mistake_of_a_proposer_has_its_sentence():
    right = two_player(from_matrices(*HANDBOOK)).extreme
    made = [
        Proposed("vertex_enumeration", 5, right[:1], 2, "failed (ValueError)"),
        Proposed("lemke_howson", 5, (), 5, ""),
    ]
    assert findings(right, made) == (
        "nashpy's vertex enumeration failed (ValueError), after 5 proposals.",
        "nashpy's vertex enumeration proposed 2 profiles of 5 that lead to no equilibrium.",
        "nashpy's vertex enumeration found 1 of 3 extreme equilibria.",
        "nashpy's Lemke-Howson proposed 5 profiles of 5 that lead to no equilibrium.",
        "nashpy's Lemke-Howson found no equilibrium from any label.",
    )
