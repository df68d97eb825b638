"""Atoms, difference bounds, Farkas combinations and the solver's answers against elimination of variables done here."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from verifier.engines.symbolic.atoms import Atom, Bounds, atom
from verifier.engines.symbolic.farkas import contradicts, multipliers
from verifier.engines.symbolic.oracle import Oracle

VARIABLES = range(4)
small = st.integers(-3, 3)
fractions = st.builds(Fraction, st.integers(-6, 6), st.integers(1, 4))
points = st.fixed_dictionaries(dict.fromkeys(VARIABLES, fractions))
forms = st.dictionaries(st.sampled_from(VARIABLES), small, max_size=3)
half_spaces = st.builds(atom, forms, small, st.booleans()).filter(lambda made: isinstance(made, Atom))


def difference(high, low, most, strict):
    """That high - low < most or <= most; -1 stands for zero."""
    return atom({v: c for v, c in ((high, 1), (low, -1)) if v >= 0}, -most, strict)


ends = st.tuples(st.integers(-1, 3), st.integers(-1, 3)).filter(lambda pair: pair[0] != pair[1])
differences = st.builds(lambda pair, most, strict: difference(*pair, most, strict), ends, small, st.booleans())
systems = st.lists(differences, max_size=8)


def possible(atoms):
    """Fourier and Motzkin: eliminate one variable after the other; what is left has none and is true or false."""
    rows = {(tuple(dict(made.terms).get(v, 0) for v in VARIABLES), made.constant, made.strict) for made in atoms}
    for v in VARIABLES:
        kept = {row for row in rows if not row[0][v]}
        for (up, c, p), (down, d, q) in product(
            [row for row in rows if row[0][v] > 0], [row for row in rows if row[0][v] < 0]
        ):
            m, n = -down[v], up[v]
            terms = [m * a + n * b for a, b in zip(up, down, strict=True)]
            scale = math.gcd(*terms) or 1  # keeps the numbers small
            kept.add((tuple(a // scale for a in terms), Fraction(m * c + n * d) / scale, p or q))
        rows = kept
    return all(constant < 0 if strict else constant <= 0 for _, constant, strict in rows)


@given(half_spaces, points)
def test_an_atom_is_its_form_compared_with_zero(made, point):
    value = sum((c * point[v] for v, c in made.terms), Fraction(made.constant))
    assert made.holds_at(point) == (value < 0 if made.strict else value <= 0)


@given(forms, fractions, st.booleans(), st.builds(Fraction, st.integers(1, 9), st.integers(1, 9)))
def test_positive_multiples_of_a_form_make_the_same_atom(coefficients, constant, strict, factor):
    scaled = {v: c * factor for v, c in coefficients.items()}
    assert atom(coefficients, constant, strict) == atom(scaled, constant * factor, strict)


@given(st.dictionaries(st.sampled_from(VARIABLES), fractions, max_size=3), fractions, st.booleans())
def test_the_normal_form_has_coprime_integers_in_order_of_variables_without_zeros(coefficients, constant, strict):
    made = atom(coefficients, constant, strict)
    if not any(coefficients.values()):
        assert made is (constant < 0 if strict else constant <= 0)
        return
    assert [v for v, _ in made.terms] == sorted(v for v, c in coefficients.items() if c)
    assert all(type(c) is int for _, c in made.terms)
    assert math.gcd(*(c for _, c in made.terms)) == 1
    assert made.strict is strict


@given(half_spaces, points)
def test_the_negation_holds_exactly_where_the_atom_does_not(made, point):
    assert made.negated().holds_at(point) is not made.holds_at(point)
    assert made.negated().negated() == made


@given(half_spaces, st.permutations(list(VARIABLES)), points)
def test_renaming_moves_the_values_along(made, names, point):
    names = dict(enumerate(names))
    assert made.renamed(names).holds_at({names[v]: value for v, value in point.items()}) == made.holds_at(point)


def test_only_differences_and_single_variables_are_bounds():
    assert Bounds.edge(atom({0: 1, 1: -1}, -3, True)) == ((0, 1), (3, 0))
    assert Bounds.edge(atom({0: -2}, 5, False)) == ((-1, 0), (Fraction(-5, 2), 1))
    for form in ({0: 1, 1: 1}, {0: 2, 1: -1}, {0: 1, 1: -1, 2: 1}):
        assert Bounds.edge(atom(form, 0, False)) is None


@settings(max_examples=150)
@given(systems)
def test_difference_bounds_close_to_nothing_exactly_where_nothing_satisfies_them(system):
    assert (Bounds().with_atoms(system) is not None) == possible(system)


@settings(max_examples=150)
@given(systems, differences)
@example([difference(0, 1, 2, False)], difference(0, 1, 2, True))
@example([difference(0, 1, 2, True)], difference(0, 1, 2, False))
@example([difference(0, 1, 1, False), difference(1, 2, 1, True)], difference(0, 2, 2, True))
def test_bounds_entail_exactly_what_follows(system, question):
    bounds = Bounds().with_atoms(system)
    assume(bounds is not None)
    assert bounds.entails(question) == (not possible([*system, question.negated()]))


@settings(max_examples=150)
@given(systems, st.permutations(list(VARIABLES)))
def test_the_point_of_bounds_satisfies_each_of_them(system, order):
    bounds = Bounds().with_atoms(system)
    assume(bounds is not None)
    point = bounds.point(order)
    assert set(point) == set(VARIABLES)
    assert all(made.holds_at(point) for made in system)


@settings(max_examples=100)
@given(systems, systems)
def test_adding_bounds_leaves_the_old_ones_alone_and_does_not_depend_on_the_order(first, second):
    start = Bounds().with_atoms(first)
    assume(start is not None)
    before = dict(start.table)
    step, once, backwards = (
        start.with_atoms(second), Bounds().with_atoms([*first, *second]), Bounds().with_atoms([*second, *first])
    )  # fmt: skip
    assert start.table == before
    tables = [bounds and bounds.table for bounds in (step, once, backwards)]
    assert tables[0] == tables[1] == tables[2]


def test_atoms_of_another_form_are_passed_over_and_never_entailed():
    bounds = Bounds().with_atoms([atom({0: 1, 1: 1}, 0, False)])
    assert bounds.table == {}
    assert not bounds.entails(atom({0: 1, 1: 1}, 0, False))


# x < y < z < x; x + y <= 1 with x > 1/2 and y >= 1/2; 2x >= y + 3 with y >= 2x - 2
INFEASIBLE = {
    "a cycle": ([difference(0, 1, 0, True), difference(1, 2, 0, False), difference(2, 0, 0, False)], (1, 1, 1)),
    "a strict half": ([atom({0: 1, 1: 1}, -1, False), atom({0: -2}, 1, True), atom({1: -2}, 1, False)], (1, 1, 1)),
    "a slope": ([atom({0: -2, 1: 1}, 3, False), atom({0: 2, 1: -1}, -2, False)], (1, 1)),
    "a weight": ([atom({0: 3, 1: -2}, 0, False), atom({0: -1}, 2, True), atom({1: 1}, -3, False)], (1, 3, 2)),
}  # fmt: skip


@pytest.mark.parametrize(("atoms", "expected"), INFEASIBLE.values(), ids=INFEASIBLE.keys())
def test_multipliers_of_an_irreducible_contradiction_are_found(atoms, expected):
    assert not possible(atoms)
    found = multipliers(atoms, range(len(atoms)))
    assert found == tuple(enumerate(expected))
    assert contradicts(atoms, found)


@pytest.mark.parametrize(("atoms", "expected"), INFEASIBLE.values(), ids=INFEASIBLE.keys())
def test_no_other_proportion_of_multipliers_is_accepted(atoms, expected):
    for place in range(len(atoms)):
        for change in (-1, 1):
            altered = [m + change * (index == place) for index, m in enumerate(expected)]
            assert not contradicts(atoms, tuple(enumerate(altered)))
    assert not contradicts(atoms, tuple(enumerate(-m for m in expected)))
    assert not contradicts(atoms, ())
    assert not contradicts(atoms, tuple(enumerate(expected))[1:])


def test_a_sum_of_zero_contradicts_only_with_a_strict_atom():
    weak = [atom({0: 1}, 0, False), atom({0: -1}, 0, False)]
    strict = [weak[0], atom({0: -1}, 0, True)]
    both = ((0, 1), (1, 1))
    assert not contradicts(weak, both)
    assert contradicts(strict, both)
    assert not contradicts(strict, ((0, 1), (1, 0)))


def test_a_core_with_a_superfluous_or_a_missing_atom_has_no_multipliers():
    atoms = [difference(0, -1, 0, False), difference(-1, 0, -1, False), difference(1, -1, 0, False),
             difference(-1, 1, -1, False)]  # fmt: skip
    assert multipliers(atoms, (0, 1)) == ((0, 1), (1, 1))
    assert multipliers(atoms, (0, 1, 2, 3)) is None
    assert multipliers(atoms, (0, 2)) is None
    assert multipliers([difference(0, -1, 0, False), difference(0, -1, 1, False)], (0, 1)) is None


@settings(max_examples=120, deadline=None)
@given(st.lists(half_spaces, min_size=1, max_size=6))
def test_the_solver_gives_a_point_or_a_farkas_combination(atoms):
    point, combination = Oracle().decide(atoms, list(VARIABLES))
    if possible(atoms):
        assert combination is None
        assert all(made.holds_at(point) for made in atoms)
    else:
        assert point is None
        total = [sum(m * dict(atoms[i].terms).get(v, 0) for i, m in combination) for v in VARIABLES]
        constant = sum(m * Fraction(atoms[i].constant) for i, m in combination)
        assert min(m for _, m in combination) > 0
        assert not any(total)
        assert constant > 0 or (constant == 0 and any(atoms[i].strict for i, _ in combination))
        assert contradicts(atoms, combination)


@settings(max_examples=60, deadline=None)
@given(st.lists(half_spaces, min_size=1, max_size=4), forms.filter(lambda form: any(form.values())))
def test_the_highest_point_is_the_best_of_the_closure(atoms, form):
    box = [difference(v, -1, 3, False) for v in VARIABLES] + [difference(-1, v, 0, False) for v in VARIABLES]
    closed = [made._replace(strict=False) for made in (*atoms, *box)]
    assume(possible([*atoms, *box]))
    point = Oracle().highest((tuple(form.items()), 0), (*atoms, *box), list(VARIABLES))
    best = sum(c * point[v] for v, c in form.items())
    assert all(made.holds_at(point) for made in closed)
    above = atom({v: -c for v, c in form.items()}, best, True)  # the form exceeds its value there
    assert not possible([*closed, above])


DIFFERENCES = st.builds(
    lambda ends, limit, strict: atom({v: c for v, c in zip(ends, (1, -1), strict=True) if v >= 0}, -limit, strict),
    st.permutations(range(-1, 3)).map(lambda order: order[:2]),
    st.fractions(-3, 3, max_denominator=2),
    st.booleans(),
)


@given(st.lists(DIFFERENCES, max_size=6))
def test_points_and_corners_are_inside_and_a_corner_ties_what_may_be_equal(atoms):
    bounds = Bounds().with_atoms(atoms)
    if bounds is None:
        return
    point, corner = bounds.point(range(3)), bounds.corner(range(3))
    assert all(one.holds_at(point) and one.holds_at(corner) for one in atoms)


WHOLE = st.builds(
    lambda ends, limit: atom({v: c for v, c in zip(ends, (1, -1), strict=True) if v >= 0}, -limit, False),
    st.permutations(range(-1, 3)).map(lambda order: order[:2]),
    st.sampled_from((-1000, -2, -1, 0, 1, 2, 1000)),
)


@given(st.lists(DIFFERENCES, max_size=6), st.lists(WHOLE, max_size=6), st.sampled_from((1, 2, 500, 2**31, 2**62)))
def test_points_and_corners_among_large_amounts_are_inside(fractional, whole, size):
    for atoms, integral in ((fractional, False), (whole, True)):
        bounds = Bounds().with_atoms(atoms)
        if bounds is not None:
            for find in (bounds.point, bounds.corner):
                found = find(range(3), whole=integral, size=size)
                assert all(one.holds_at(found) for one in atoms)
                assert not integral or all(amount.denominator == 1 for amount in found.values())


def test_large_amounts_are_found_where_the_bounds_allow_them():
    at_least = [atom({v: -1}, 0, False) for v in range(3)]
    rising = Bounds().with_atoms([*at_least, atom({0: -1, 1: 1}, 0, True), atom({2: 1}, -7, False)])
    point = rising.point(range(3), size=2**31)
    assert point[0] > point[1] > 2**31
    assert all(isinstance(amount, int) for amount in point.values())
    assert 0 < point[2] < 7


def test_a_corner_is_at_a_tie_above_zero():
    at_least = [atom({v: -1}, 0, False) for v in range(3)]
    falling = Bounds().with_atoms([*at_least, atom({0: -1, 1: 1}, 0, False), atom({1: -1, 2: 1}, 0, True)])
    assert falling.point(range(3)) == {0: 1, 1: Fraction(1, 2), 2: Fraction(1, 4)}
    assert falling.corner(range(3)) == {0: 1, 1: 1, 2: Fraction(1, 2)}
    rising = Bounds().with_atoms([*at_least, atom({0: 1, 1: -1}, 2, False)])
    assert rising.corner(range(3)) == {0: 1, 1: 3, 2: 1}
    assert rising.corner(range(3), whole=True) == {0: 1, 1: 3, 2: 1}
