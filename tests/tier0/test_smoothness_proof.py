"""The steps from smoothness to a bound, and what composes."""

from __future__ import annotations

from fractions import Fraction

import pytest

from verifier.errors import DomainError
from verifier.oracles.smoothness import FORMS, bound
from verifier.oracles.smoothness_proof import CONCEPTS, PRECONDITIONS, composed, derivation

HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("form", "parameters", "last"),
    [
        ("A", (Fraction(5, 3), Fraction(1, 3)), "So 2/3 E[C] <= 5/3 C*, and E[C] / C* <= 5/2."),
        ("B", (1, 1), "So 2 E[W] >= 1 W*, and W* / E[W] <= 2."),
        ("C", (HALF, 1), "So W* / E[W] <= 2."),
        ("C", (1, 2), "So W* / E[W] <= 2."),
        ("D", (1, 0, 1), "So W* / E[W] <= 2."),
    ],
)
def test_the_last_line_is_the_bound(form, parameters, last):
    lines = derivation(form, parameters)
    assert lines[-1] == last
    assert str(bound(form, parameters)) in last
    assert PRECONDITIONS[form]
    assert CONCEPTS[form][0] == "pure"


def test_staying_out_and_overbidding_are_used_where_they_are_needed():
    assert not any("ends below 0" in line for line in derivation("C", (HALF, 1)))
    assert any("ends below 0" in line for line in derivation("C", (HALF, 2)))
    assert any("Nobody overbids" in line for line in derivation("D", (1, 0, 1)))


def test_what_bounds_nothing_has_no_proof():
    assert derivation("A", (1, 1)) == ()
    assert derivation("C", (0, 1)) == ()
    assert set(FORMS) == set(PRECONDITIONS) == set(CONCEPTS)


def test_mechanisms_compose_to_the_worst_of_their_parameters():
    """Syrgkanis and Tardos 2013: first price auctions at the same time stay at 2, one after the other at 4."""
    many = [(HALF, 1)] * 3
    assert composed("C", many) == (HALF, 1)
    assert bound("C", composed("C", many)) == 2
    assert bound("C", composed("C", many, sequential=True)) == 4
    assert composed("C", [(HALF, 1), (1, 2)]) == (HALF, 2)
    assert composed("D", [(1, 0, 1), (HALF, 1, 0)]) == (HALF, 1, 1)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: composed("A", [(1, 0)]), "form A does not compose"),
        (lambda: composed("D", [(1, 0, 1)], sequential=True), "does not compose in sequence"),
        (lambda: composed("C", []), "nothing to compose"),
        (lambda: composed("C", [(1,)]), "2 parameters, not 1"),
    ],
)
def test_what_does_not_compose_is_refused(call, said):
    with pytest.raises(DomainError, match=said):
        call()
