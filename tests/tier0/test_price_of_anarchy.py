"""Prices of anarchy in one call, by every method, against the textbook."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from verifier.errors import DomainError
from verifier.games.normal_form import from_matrices, from_table
from verifier.oracles.anarchy_result import INFINITE
from verifier.price_of_anarchy import PoAMethod, bound_poa, compute_poa, compute_pos, find_worst_case_nash

DILEMMA = from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]])
PENNIES = from_matrices([[2, 0], [0, 2]], [[0, 2], [2, 0]])
SHARING = from_table(
    {p: [-Fraction((3, 1)[k], p.count(k)) for k in p] for p in product((0, 1), repeat=3)}, [["dear", "cheap"]] * 3
)


def test_enumeration_has_the_fields_of_the_specification():
    found = compute_poa(DILEMMA)
    assert (found.price_of_anarchy, found.price_of_stability) == (3, 3)
    assert (found.optimal_welfare, found.worst_nash_welfare, found.best_nash_welfare) == (6, 2, 2)
    assert (found.bound_type, found.method, found.achieves_target) == ("exact", "enumeration", False)
    assert compute_poa(DILEMMA, target=4).achieves_target
    assert compute_pos(SHARING) == 1
    assert find_worst_case_nash(SHARING).value == 3
    assert find_worst_case_nash(PENNIES) is None
    nothing = compute_poa(PENNIES)
    assert (nothing.price_of_anarchy, nothing.worst_nash_welfare, nothing.achieves_target) == (None, None, False)


def test_costs_are_negative_welfare():
    found = compute_poa(SHARING)
    assert (found.optimal_welfare, found.worst_nash_welfare, found.best_nash_welfare) == (-1, -3, -1)
    assert found.price_of_anarchy == 3


def test_every_method_says_what_it_is_a_bound_on():
    exact = compute_poa(SHARING)
    smooth = compute_poa(SHARING, method="smoothness")
    assert (smooth.bound_type, smooth.price_of_stability) == ("upper_bound", None)
    assert smooth.price_of_anarchy >= exact.price_of_anarchy
    potential = compute_poa(SHARING, method="potential_function")
    assert potential.price_of_anarchy is None
    assert exact.price_of_stability <= potential.price_of_stability <= Fraction(11, 6)  # the harmonic number of 3
    tried = compute_poa(SHARING, method="simulation", target=100)
    assert (tried.bound_type, tried.method) == ("lower_bound", PoAMethod.SIMULATION)
    assert tried.price_of_anarchy <= exact.price_of_anarchy
    assert not tried.achieves_target  # whatever was found, there may be worse
    nowhere = compute_poa(PENNIES, method="simulation")
    assert nowhere.price_of_anarchy is None


def test_smoothness_of_utilities_is_form_b_and_achieves_what_it_bounds():
    together = from_matrices([[1, 0], [0, 0]], [[1, 0], [0, 0]])
    assert compute_poa(together).price_of_anarchy is INFINITE
    assert not compute_poa(together, method="smoothness").achieves_target
    dominant = from_matrices([[9, 9], [1, 1]], [[9, 1], [9, 1]])
    found = compute_poa(dominant, method="smoothness")
    assert found.achieves_target
    assert 1 <= found.price_of_anarchy < Fraction(6, 5)


def test_what_is_known_of_a_class_names_its_conditions():
    affine = bound_poa("first price, one item", "coarse correlated, any bids")
    assert (affine.upper_bound, affine.is_tight) == (None, True)  # e/(e - 1) is irrational
    assert "Syrgkanis" in affine.conditions[0]
    unit = bound_poa("VCG, unit demand", "no overbidding")
    assert (unit.upper_bound, unit.lower_bound, unit.is_tight) == (2, 2, True)
    with pytest.raises(DomainError, match="nothing is known of 'lottery'"):
        bound_poa("lottery")


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ("unknown method 'guess'", {"method": "guess"}),
        ("unknown method 'analytic'", {"method": "analytic"}),
        ("says nothing about truthful", {"method": "smoothness", "concept": "truthful"}),
        ("no exact potential", {"method": "potential_function"}),
    ],
)
def test_what_does_not_fit_is_refused(said, more):
    with pytest.raises(DomainError, match=said):
        compute_poa(PENNIES, **more)
