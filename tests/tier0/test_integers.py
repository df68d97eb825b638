"""Domains whose amounts are integers: rounded inequalities, whole points, what is refused, what the reports say."""

from __future__ import annotations

import importlib
import math
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from in_process import drained

from mechanisms.auctions.clock import ascending_clock
from verifier import checker
from verifier.adapters import Subject
from verifier.audit import ENGINES
from verifier.domains import parse_domain
from verifier.engines.symbolic import SymbolicSession
from verifier.engines.symbolic.atoms import Atom, Bounds, atom
from verifier.engines.symbolic.explore import explore
from verifier.engines.symbolic.oracle import Oracle, OracleFailed
from verifier.errors import DomainError, SpecError
from verifier.evidence import Verdict
from verifier.library import certify
from verifier.properties import PROPERTIES, find_property
from verifier.spec import SubjectSpec, load_spec

HALF = Fraction(1, 2)
exactly = settings(derandomize=True, deadline=None)
fractions = st.builds(Fraction, st.integers(-20, 20), st.integers(1, 6))
forms = st.dictionaries(st.integers(0, 2), fractions, min_size=1)
BOX = {"kind": "single-item", "agents": 2, "values": "0..4", "upper": 4, "amounts": "integers"}
ENDLESS = {"kind": "single-item", "agents": 2, "values": "0..4", "amounts": "integers"}


def outbid(bids):
    """The second bidder has to outbid the first by 1, and pays just that; else the first pays what the second bid."""
    if bids[1] > bids[0]:
        return [0, 1], [0, bids[0] + 1]
    return [1, 0], [bids[1], 0]


# inequalities


@exactly
@given(forms, fractions, st.booleans(), st.tuples(*[st.integers(-9, 9)] * 3))
@example({0: Fraction(2)}, Fraction(-1), True, (0, 0, 0))  # 2x < 1 is x <= 0
@example({0: Fraction(2)}, Fraction(-4), True, (1, 0, 0))  # 2x < 4 is x <= 1
def test_a_rounded_atom_says_the_same_of_whole_numbers(coefficients, constant, strict, values):
    made = atom(coefficients, constant, strict)
    assume(isinstance(made, Atom))
    rounded, point = made.rounded(True), dict(enumerate(values))
    assert made.rounded(False) is made
    assert rounded.holds_at(point) == made.holds_at(point)
    assert rounded.negated().rounded(True).holds_at(point) != made.holds_at(point)
    assert (type(rounded.constant), rounded.strict) == (int, False)
    assert rounded.rounded(True) == rounded
    theirs = checker.half_space(coefficients, constant, strict)
    assert tuple(theirs.rounded(True)) == tuple(rounded)
    assert theirs.rounded(False) == theirs
    assert theirs.denied().rounded(True) == theirs.rounded(True).denied().rounded(True)


ends = st.tuples(st.integers(-1, 2), st.integers(-1, 2)).filter(lambda pair: pair[0] != pair[1])
differences = st.builds(
    lambda pair, most, strict: atom({v: c for v, c in zip(pair, (1, -1), strict=True) if v >= 0}, most, strict),
    ends, st.builds(Fraction, st.integers(-9, 9), st.integers(1, 3)), st.booleans(),
)  # fmt: skip
LIMITS = [atom({v: c}, -2 if c > 0 else 0, False) for v in range(3) for c in (1, -1)]  # 0 to 2


@exactly
@given(st.lists(differences, max_size=6), st.permutations(range(3)))
def test_rounded_differences_are_possible_exactly_if_whole_numbers_satisfy_them(atoms, order):
    atoms = [*LIMITS, *atoms]
    bounds = Bounds().with_atoms(one.rounded(True) for one in atoms)
    possible = any(all(one.holds_at(dict(enumerate(p))) for one in atoms) for p in product(range(3), repeat=3))
    assert (bounds is not None) == possible
    if bounds is not None:
        point = bounds.point(order, whole=True)
        assert all(type(amount) is int for amount in point.values())
        assert all(one.holds_at(point) for one in atoms)


@exactly
@given(st.lists(st.builds(atom, forms, fractions, st.booleans()).filter(lambda a: isinstance(a, Atom)), max_size=4))
@example(
    [atom({0: 2, 1: -3}, 0, False), atom({0: -2, 1: 3}, 0, False), atom({1: 1}, -1, False), atom({1: -1}, 1, False)]
)
def test_the_oracle_finds_whole_points_or_a_contradiction_or_neither(atoms):
    atoms = [one.rounded(True) for one in (*LIMITS, *atoms)]
    point, combination = Oracle(whole=True).decide(atoms, [0, 1, 2])
    possible = any(all(one.holds_at(dict(enumerate(p))) for one in atoms) for p in product(range(3), repeat=3))
    if possible:
        assert combination is None
        assert all(type(amount) is int for amount in point.values())
        assert all(one.holds_at(point) for one in atoms)
    else:
        assert point is None
        assert combination is not None or Oracle().point(atoms, [0, 1, 2]) is not None  # fractions would do


def test_the_oracle_says_neither_where_only_fractions_satisfy_all():
    odd = [atom({0: 2, 1: -2}, Fraction(-1), False), atom({0: -2, 1: 2}, Fraction(1), False)]  # 2x - 2y = 1
    assert Oracle(whole=True).decide([one.rounded(True) for one in odd], [0, 1])[1] is not None  # rounding sees it
    lame = [atom({0: 2, 1: -3}, 0, False), atom({0: -2, 1: 3}, 0, False)]  # 2x = 3y
    one = [atom({1: 1}, -1, False), atom({1: -1}, 1, False)]  # y = 1
    assert Oracle(whole=True).decide([*lame, *one], [0, 1]) == (None, None)


def test_a_whole_point_of_z3_is_not_trusted(monkeypatch):
    wanted = [atom({0: 2, 1: 2}, -3, True), atom({0: -3, 1: -3}, 2, False)]  # 1 <= x + y < 3/2
    oracle = Oracle(whole=True)
    monkeypatch.setattr(Atom, "holds_at", lambda self, point: any(value.denominator > 1 for value in point.values()))
    with pytest.raises(OracleFailed, match="whole point"):
        oracle._whole_point(wanted, [0, 1])


# exploring and proving


def subject_of(run, **domain):
    return Subject(SubjectSpec("subject:run"), parse_domain({**BOX, **domain}), run)


def explored(run, **domain):
    subject = subject_of(run, **domain)
    return drained(explore(subject, Oracle(whole=subject.domain.whole), 1000))


def verdict(run, prop="dsic", **domain):
    return drained(SymbolicSession(subject_of(run, **domain), importable=False).decide(find_property(prop), 0))


def sold(winner, price=0):
    return [int(agent == winner) for agent in (0, 1)], [price if agent == winner else 0 for agent in (0, 1)]


@pytest.mark.parametrize(
    ("condition", "whole", "real"),
    [
        (lambda x, y: x == HALF, 2, 3),  # less, equal, more
        (lambda x, y: 2 * x == 1, 2, 3),
        (lambda x, y: 2 * x == 2 * y + 1, 2, 3),
        (lambda x, y: 0 < x < 1, 2, 3),
        (lambda x, y: x < y < x + 1, 2, 3),
        (lambda x, y: x > y - HALF and x < y + HALF and x != y, 3, 5),
        (lambda x, y: max(x, y) == min(x, y) + Fraction(1, 3), 3, 7),  # x = y, x < y and x > y
    ],
)
def test_what_no_whole_number_satisfies_makes_no_path(condition, whole, real):
    run = lambda bids: sold(int(condition(*bids)))  # noqa: E731
    assert len(explored(run, amounts="integers").paths) == whole
    assert len(explored(run, amounts="reals").paths) == real


def test_every_path_is_taken_by_whole_bids():
    def run(bids):
        return sold(0 if 3 * bids[0] > 2 * bids[1] + HALF else 1, max(bids[0], HALF * bids[1]))

    paths = explored(run).paths
    assert len(paths) > 2
    for path in paths:
        assert all(type(amount) is int for amount in path.point.values())
        assert all(fact.holds_at(path.point) for fact in path.atoms)


@pytest.mark.parametrize("domain", [BOX, ENDLESS], ids=["box", "endless"])
def test_outbidding_by_1_is_truthful_for_integers_and_for_reals_it_is_not(domain):
    for prop in ("dsic", "ex-post-ir", "efficient", "envy-free", "critical-payment"):
        assert verdict(outbid, prop, **domain).verdict is Verdict.PROVED, prop
    for prop in ("dsic", "ex-post-ir", "envy-free", "critical-payment"):
        assert verdict(outbid, prop, **{**domain, "amounts": "reals"}).verdict is Verdict.REFUTED, prop


def test_a_clock_in_steps_of_1_is_truthful_for_integers_alone():
    seen = {kind: verdict(ascending_clock, amounts=kind).verdict for kind in ("integers", "reals")}
    assert seen == {"integers": Verdict.PROVED, "reals": Verdict.REFUTED}
    assert verdict(lambda bids: ascending_clock(bids, 2)).verdict is Verdict.REFUTED


@pytest.mark.parametrize("upper", [4, None])
def test_a_refutation_is_about_whole_numbers_and_has_no_regret(upper):
    """Both gain by a third of what they bid less; so do fractions, first of all."""
    found = verdict(lambda bids: sold(int(3 * bids[1] > 3 * bids[0] + 1), HALF * max(bids)), upper=upper)
    assert found.verdict is Verdict.REFUTED
    assert found.regret is None
    assert all(type(amount) is int for run in found.witness.runs for report in run.reports for amount in report)


def at_one_and_a_half(bids):
    """Whether 2 x = 3 y and y = 1, which rounding one inequality at a time does not exclude."""
    return bids[1] == 1 and 2 * bids[0] == 3 * bids[1]


def test_a_path_that_fractions_alone_would_take_is_followed_without_a_point():
    found = explored(lambda bids: sold(int(at_one_and_a_half(bids))))
    assert [bool(path.point) for path in found.paths].count(False) == 1
    assert verdict(lambda bids: sold(int(at_one_and_a_half(bids))), "no-deficit").verdict is Verdict.PROVED


def test_what_only_fractions_would_break_is_undecided():
    found = verdict(lambda bids: sold(0, -1 if at_one_and_a_half(bids) else 0), "no-deficit")
    assert found.verdict is Verdict.UNKNOWN
    assert "no whole bids are found" in found.reason
    found = verdict(lambda bids: ([1, int(at_one_and_a_half(bids))], [0, 0]), "no-deficit")
    assert found.verdict is Verdict.UNKNOWN
    assert "infeasible" in found.reason


def test_an_open_pair_of_paths_does_not_hide_a_refutation():
    def run(bids):
        if at_one_and_a_half(bids):
            return sold(0, -1)
        return sold(0, 1 - bids[1])  # a deficit from 2 on

    found = verdict(run, "no-deficit")
    assert found.verdict is Verdict.REFUTED
    assert [draw.payments[0] for draw in found.witness.runs[0].outcome.draws] == [
        1 - found.witness.runs[0].reports[1][0]
    ]


def test_an_open_family_does_not_hide_a_refutation_of_another():
    """The first bidder would envy the second only at fractions; the second envies the first."""

    def run(bids):
        return sold(0, 99 if at_one_and_a_half(bids) else 0)

    found = verdict(run, "ex-post-ir", values="0..4")
    assert found.verdict is Verdict.UNKNOWN
    found = verdict(run, "envy-free")
    assert found.verdict is Verdict.REFUTED
    assert found.witness.agents == (1, 0)


def test_many_open_pairs_end_the_search(monkeypatch):
    lemmas = importlib.import_module("verifier.engines.symbolic.lemmas")
    monkeypatch.setattr(lemmas, "MOST_GAPS", 1)
    found = verdict(lambda bids: sold(0, -1 if at_one_and_a_half(bids) else 1 - bids[1]), "no-deficit")
    assert found.verdict in (Verdict.UNKNOWN, Verdict.REFUTED)


def test_replays_use_floats_only_below_2_to_the_53():
    run = lambda bids: sold(int(bids[0] >= 2**53), bids[1])  # noqa: E731
    session = SymbolicSession(subject_of(run, upper=None), importable=False)
    drained(session.decide(find_property("no-deficit"), 0))
    counts = session._replays.counts
    assert counts["exact"] == counts["fraction"] > counts["float"] > 0
    assert session._replays.disagreement is None


def test_products_of_bids_are_undecided_among_integers():
    """z3 decides nonlinear reals; what it says of integers would be something else."""
    run = lambda bids: sold(0, bids[0] * bids[1])  # noqa: E731
    assert verdict(run, "no-deficit").verdict is Verdict.UNKNOWN
    assert verdict(run, "no-deficit", amounts="reals").verdict is Verdict.SUPPORTED


@pytest.mark.parametrize("how", [int, round, math.floor, math.ceil, math.trunc])
def test_rounding_is_refused_and_said_to_be_needless_where_it_is(how):
    needless = "(it is whole on this domain: leave that out), in "
    said = {
        kind: verdict(lambda bids: sold(0, how(bids[1] - 3)), "no-deficit", amounts=kind).reason
        for kind in ("reals", "integers")
    }
    assert f"{how.__name__}() of a symbolic number, in " in said["reals"]
    assert f"{how.__name__}() of a symbolic number {needless}" in said["integers"]
    assert needless not in verdict(lambda bids: sold(0, how(HALF * bids[1])), "no-deficit").reason
    assert needless not in verdict(lambda bids: sold(0, how(bids[1] + HALF)), "no-deficit").reason


# settings


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"amounts": "cents"}, "amounts must be 'reals' or 'integers', not 'cents'"),
        ({"amounts": 1}, "amounts must be 'reals' or 'integers', not 1"),
        ({"values": [0, "1/2"]}, 'values has 1/2, but amounts = "integers" admits whole numbers only; give'),
        ({"values": "0..4 step 1/2"}, "values has 1/2, but"),
        ({"values": "1/3..4"}, "values has 1/3, but"),
        ({"values": {"bidder 1": "0..4", "bidder 2": ["0.5"]}}, "values has 1/2, but"),
        ({"upper": "9/2"}, 'upper has 9/2, but amounts = "integers" admits whole numbers only; give amounts in the sm'),
    ],
)
def test_amounts_that_are_not_whole_are_refused(table, said):
    with pytest.raises(DomainError) as caught:
        parse_domain({**BOX, **table})
    assert str(caught.value).startswith(said)


def test_amounts_are_reals_unless_they_are_said_to_be_integers():
    plain = {key: value for key, value in BOX.items() if key != "amounts"}
    assert parse_domain(plain).to_json()["amounts"] == "reals"
    assert not parse_domain(plain).whole
    assert parse_domain(BOX).to_json()["amounts"] == "integers"
    assert parse_domain({**BOX, "values": "0..0 step 1/2"}).types == (((0,),), ((0,),))  # only 0 is there


@pytest.mark.parametrize("kind", [{"kind": "multi-unit", "items": 2}, {"kind": "combinatorial", "goods": 2}])
def test_every_kind_of_domain_can_have_whole_amounts(kind):
    assert parse_domain({**BOX, "values": "0..2", **kind}).whole


def test_a_claims_file_is_blamed_at_the_line_of_the_values(tmp_path):
    file = tmp_path / "halves.toml"
    file.write_text(
        'title = "halves"\n[subject]\ncall = "a:b"\n[domain]\nkind = "single-item"\nagents = 2\n'
        'amounts = "integers"\nvalues = "0..1 step 1/2"\n[[claim]]\nproperty = "dsic"\n'
    )
    with pytest.raises(SpecError) as caught:
        load_spec(file, properties=PROPERTIES, engines=ENGINES)
    assert caught.value.line == 8
    assert "smallest unit, such as cents" in str(caught.value)


def test_the_library_and_pytest_take_the_option(verify_claim):
    setting = {"engine": "symbolic", "expect": "PROVED", **ENDLESS}
    (claim,) = certify(outbid, "dsic", **setting)["claims"]
    assert claim["verdict"] == "PROVED"
    assert verify_claim(outbid, "dsic", **setting)["met"]
