"""The explorer finds every path once, and is not led astray by code that behaves badly."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_process import drained

from verifier.adapters import Subject
from verifier.domains import parse_domain
from verifier.engines.symbolic import SymbolicSession, session
from verifier.engines.symbolic.atoms import atom
from verifier.engines.symbolic.explore import Exploration, Stopped, explore
from verifier.engines.symbolic.explorer import Explorer
from verifier.engines.symbolic.farkas import contradicts
from verifier.engines.symbolic.oracle import Oracle, OracleFailed
from verifier.errors import SubjectError
from verifier.evidence import Verdict
from verifier.properties import find_property
from verifier.spec import SubjectSpec

SINGLE = {"kind": "single-item", "agents": 2, "values": "0..1"}


def subject_of(run, **domain):
    return Subject(SubjectSpec("subject:run"), parse_domain({**SINGLE, **domain}), run)


def explored(run, budget=1000, **domain):
    return drained(explore(subject_of(run, **domain), Oracle(), budget))


def deciding(run, **domain):
    return SymbolicSession(subject_of(run, **domain), importable=False)


def verdict(run, prop="dsic", **domain):
    return drained(deciding(run, **domain).decide(find_property(prop), 0))


def sold(count, winner, price=0):
    return [int(i == winner) for i in range(count)], [price if i == winner else 0 for i in range(count)]


def second_price(bids):
    winner = max(range(len(bids)), key=lambda i: bids[i])
    return sold(len(bids), winner, max(bids[:winner] + bids[winner + 1 :], default=0))


forms = st.dictionaries(st.integers(0, 2), st.integers(-2, 2), max_size=3)
questions = st.lists(st.builds(atom, forms, st.integers(-2, 2), st.booleans()), max_size=5)
GRID = [Fraction(half, 2) for half in range(7)]


@settings(max_examples=60, deadline=None)
@given(questions)
def test_every_point_takes_exactly_one_path_and_every_path_has_a_point(asked):
    """The program asks a few questions and returns the answers, so that a path is the answers it got."""
    asked = [made for made in asked if not isinstance(made, bool)]
    assumptions = tuple(atom({v: -1}, 0, False) for v in range(3))
    explorer = Explorer(assumptions, (0, 1, 2), Oracle(), 100)
    leaves = list(explorer.explore(lambda: tuple(explorer.decide(made) for made in asked)))
    for leaf in leaves:
        assert all(fact.holds_at(leaf.point) for fact in (*assumptions, *leaf.atoms))
        assert leaf.result == tuple(made.holds_at(leaf.point) for made in asked)
    assert len({leaf.result for leaf in leaves}) == len(leaves)
    known = {leaf.result for leaf in leaves}
    for values in product(GRID, repeat=3):
        point = dict(enumerate(values))
        taken = [leaf for leaf in leaves if all(fact.holds_at(point) for fact in leaf.atoms)]
        assert [leaf.result for leaf in taken] == [tuple(made.holds_at(point) for made in asked)]
        assert taken[0].result in known


@pytest.mark.parametrize("agents", [2, 3])
def test_every_profile_takes_one_path_of_an_auction_and_gets_its_outcome(agents):
    def steep(bids):
        share, paid = second_price(bids)
        return (share, paid) if 2 * max(bids) > sum(bids) + 1 else sold(agents, None)

    for run in (second_price, steep):
        paths = explored(run, agents=agents).paths
        for values in product(GRID, repeat=agents):
            point = dict(enumerate(values))
            (path,) = [path for path in paths if all(fact.holds_at(point) for fact in path.atoms)]
            shares, payments = run(list(values))
            assert [amount for (amount,) in path.consumptions] == shares
            assert [constant + sum(c * point[v] for v, c in terms) for terms, constant in path.payments] == payments


def test_an_option_that_is_cut_off_has_a_proof():
    """2 x >= y + 3 and then x < 1 leaves y <= -1: impossible, and no difference bound says so."""
    steep, low = atom({0: -2, 1: 1}, 3, False), atom({0: 1}, -1, True)
    admissible = (atom({0: -1}, 0, False), atom({1: -1}, 0, False))
    explorer = Explorer(admissible, (0, 1), Oracle(), 100)
    leaves = list(explorer.explore(lambda: explorer.decide(steep) and explorer.decide(low)))
    assert [leaf.result for leaf in leaves] == [False, False]
    cuts = [(place, proof) for token in explorer.tree for place, proof in enumerate(token) if proof]
    (cut,) = cuts
    assert cut[0] == 0
    assert contradicts((*admissible, steep, low), cut[1])


def test_what_was_decided_is_not_asked_again():
    def run(bids):
        first = bids[0] < bids[1]
        again = [bids[0] < bids[1], not bids[0] >= bids[1], bids[0] - bids[1] < 0, 2 * bids[0] < 2 * bids[1]]
        assert all(answer == first for answer in again)
        steep = 2 * bids[0] < bids[1] + 3
        assert steep == (4 * bids[0] < 2 * bids[1] + 6)
        return sold(2, 0 if first else None)

    # below the steep line lies a part of either side, above it only bids with b0 >= b1 or both above 3
    assert len(explored(run).paths) == 4


def test_a_maximum_has_a_path_per_winner_and_a_sort_one_per_order():
    assert len(explored(lambda bids: sold(4, bids.index(max(bids))), agents=4).paths) >= 4
    winner = explored(lambda bids: sold(4, max(range(4), key=lambda i: bids[i])), agents=4)
    assert len(winner.paths) == 4
    order = explored(lambda bids: sold(4, sorted(range(4), key=lambda i: bids[i])[0]), agents=4)
    assert len(order.paths) == 24


def test_the_bounds_of_the_domain_hold_on_every_path():
    def run(bids):
        assert 0 <= bids[0] <= 3
        return sold(2, 0 if bids[0] < 1 else 1)

    assert len(explored(run, upper=3).paths) == 2


def test_coordinates_of_a_type_keep_the_order_of_their_domain():
    def run(bids):
        assert all(first >= second for first, second in bids)
        return [0, 0], [0, 0]

    found = explored(run, kind="multi-unit", items=2)
    assert len(found.paths) == 1


def test_more_paths_than_the_budget_leave_everything_undecided():
    found = explored(lambda bids: sold(4, sorted(range(4), key=lambda i: bids[i])[0]), budget=10, agents=4)
    assert isinstance(found, Stopped)
    assert "more than 10 paths" in found.reason


def test_a_crash_on_symbols_is_no_verdict():
    found = verdict(lambda bids: bids[len(bids)])
    assert found.verdict is Verdict.UNKNOWN
    assert "IndexError" in found.reason


def test_a_subject_that_sorts_the_bids_it_was_lent_is_undecided():
    def run(bids):
        bids.sort()
        return sold(2, 0)

    assert isinstance(explored(run), Stopped)


def test_paths_that_numbers_do_not_take_are_an_error():
    """The point of the path is a whole number; the code treats those otherwise, by way of their text."""
    seen = []

    def run(bids):
        seen.append(bids)
        return sold(2, 0, 0 if len(seen) < 2 else 1)

    found = verdict(run)
    assert found.verdict is Verdict.ERROR
    assert "not what the code does with numbers" in found.reason


@pytest.mark.parametrize(("kind", "told"), [(float, "float"), (Fraction, "fraction"), (int, "exact")])
def test_code_that_looks_at_the_class_of_a_number_is_found_out_by_each_kind_of_number(kind, told):
    """`__class__` is an attribute like any other, which the symbolic number answers for itself."""

    def run(bids):
        return sold(2, 0, 1 if bids[0].__class__ is kind else 0)

    found = verdict(run)
    assert found.verdict is Verdict.ERROR
    assert f"given as {told} numbers" in found.reason


def test_code_that_compares_identities_is_found_out_where_bids_tie():
    """Two symbolic numbers are two objects; two equal small ints are one. A point of the path itself has no tie."""

    def run(bids):
        first = bids[0] >= bids[1]
        return sold(2, 0 if first else 1, 1 if bids[0] is bids[1] else 0)

    found = verdict(run)
    assert found.verdict is Verdict.ERROR
    assert "at bids (1, 1), given as exact numbers" in found.reason


def test_a_refutation_that_numbers_do_not_show_is_an_error(monkeypatch):
    """Replays are silenced here; what refutes is run all the same."""
    monkeypatch.setattr(session, "replay", lambda *args, **keywords: iter(()))
    runs = []

    def run(bids):
        runs.append(bids)
        return sold(2, 0, bids[0] if len(runs) == 1 else 0)

    sessions = deciding(run)
    sessions._prepare = lambda: iter(())
    sessions._oracle = Oracle()
    sessions._found = explored(run)
    found = drained(sessions.decide(find_property("dsic"), 0))
    assert found.verdict is Verdict.ERROR
    assert "does not do what its explored paths say" in found.reason


def test_the_solver_giving_up_leaves_the_claim_undecided(monkeypatch):
    def refuse(*args):
        raise OracleFailed("the solver gave up")

    def run(bids):
        return sold(2, 0 if 2 * bids[0] > bids[1] + 3 else 1, bids[1])

    monkeypatch.setattr(Oracle, "decide", refuse)
    found = verdict(run)
    assert found.verdict is Verdict.UNKNOWN
    assert "the solver gave up" in found.reason


# what follows was found by attacking the engine


def test_a_solver_that_gives_up_is_noticed_though_the_subject_swallows_it(monkeypatch):
    def refuse(*args):
        raise OracleFailed("the solver gave up")

    def run(bids):
        try:
            steep = 2 * bids[0] > bids[1] + 3
        except Exception:
            steep = False
        return sold(2, 0 if steep else 1)

    monkeypatch.setattr(Oracle, "decide", refuse)
    found = explored(run)
    assert isinstance(found, Stopped)
    assert "the solver gave up" in found.reason


def test_a_loop_that_never_ends_for_large_bids_is_stopped():
    def clock(bids):
        price = 0
        while price < min(bids):
            price += 1
            if price > 2_500:
                raise RuntimeError("the test gives up")
        return sold(2, 0 if bids[0] >= price else 1, price)

    found = explored(clock)
    assert isinstance(found, Stopped)
    assert "choices on one path" in found.reason


def test_a_subject_that_asks_other_questions_when_it_is_run_again_is_undecided():
    calls = []

    def run(bids):
        calls.append(None)
        wins = bids[0] > 1 if len(calls) == 1 else bids[0] > 2
        return sold(2, 0 if wins else 1)

    found = explored(run)
    assert isinstance(found, Stopped)
    assert "asks other questions" in found.reason


def test_a_subject_that_asks_less_when_it_is_run_again_is_undecided():
    calls = []

    def run(bids):
        calls.append(None)
        return sold(2, 0 if len(calls) > 1 or bids[0] > 1 else 1)

    assert isinstance(explored(run), Stopped)


def test_bids_kept_from_one_run_to_the_next_prove_nothing():
    kept = []

    def run(bids):
        kept.append(bids[0])
        return sold(2, 0 if bids[0] >= kept[0] else 1)

    assert verdict(run).verdict in (Verdict.UNKNOWN, Verdict.ERROR)


def test_when_the_replays_die_later_claims_are_not_proved(monkeypatch):
    def dies(*args, **keywords):
        raise SubjectError("a fresh process died")
        yield

    monkeypatch.setattr(session, "replay", dies)
    sessions = deciding(second_price)
    for _ in range(2):
        try:
            found = drained(sessions.decide(find_property("dsic"), 0))
        except SubjectError:
            continue
        assert found.verdict is not Verdict.PROVED


def test_a_constant_that_no_double_holds_is_replayed_exactly():
    found = verdict(lambda bids: sold(2, 0 if bids[0] > 10**400 else 1, 0), "feasible")
    assert found.verdict is Verdict.PROVED


def test_with_nobody_to_compare_nothing_is_proved():
    for prop in ("envy-free", "anonymous"):
        assert verdict(second_price, prop, agents=1).verdict is Verdict.UNKNOWN


TREATMENTS = {
    "steep": lambda x, y, z: 2 * x == y + z,
    "above": lambda x, y, z: x >= 2 * y and z >= x,
    "between": lambda x, y, z: 2 * x >= y + z and 2 * y <= x + z,
    "first": lambda x, y, z: y < x or (y <= 3 and z >= 1),
    "second": lambda x, y, z: z >= 3 or (y >= x and z >= 1),
}


@pytest.mark.parametrize("name", TREATMENTS)
def test_bids_that_tie_never_refute_anonymity(name):
    """Nobody gets anything; bidder 1 pays where a relation holds that treats the bids differently."""
    found = verdict(lambda bids: ([0, 0, 0], [int(TREATMENTS[name](*bids)), 0, 0]), "anonymous", agents=3)
    if found.verdict is Verdict.UNKNOWN:
        assert "ties only" in found.reason
        return
    assert found.verdict is Verdict.REFUTED
    for run in found.witness.runs:
        assert len(set(run.reports)) == 3


def test_a_violation_at_ties_only_does_not_refute_anonymity():
    def run(bids):
        return [0, 0], [int(2 * bids[0] == 2 * bids[1]), 0]

    assert verdict(run, "anonymous").verdict is Verdict.PROVED


def test_a_refusal_that_the_subject_turns_into_its_own_error_is_still_named():
    def run(bids):
        try:
            return sold(2, 0, round(bids[1]))
        except Exception as error:
            raise ValueError("a bad bid") from error

    found = explored(run)
    assert isinstance(found, Stopped)
    assert "round() of a symbolic number" in found.reason


def wraps_at_64_bits(bids):
    if np.array(bids).sum() < 0:  # as int64 it wraps; as an array of symbolic numbers it cannot
        return sold(2, -1)
    return second_price(bids)


def another_price_for_large_integers(bids):
    if all(bid.__class__ is int and bid > 2**40 for bid in bids):
        return sold(2, bids.index(max(bids)), max(bids))
    return second_price(bids)


@pytest.mark.parametrize("run", [wraps_at_64_bits, another_price_for_large_integers], ids=lambda run: run.__name__)
@pytest.mark.parametrize("amounts", ["reals", "integers"])
@pytest.mark.filterwarnings("ignore:overflow encountered")
def test_code_that_differs_at_large_numbers_only_is_not_proved(run, amounts):
    found = verdict(run, amounts=amounts)
    assert found.verdict is Verdict.ERROR
    assert "not what the code does with numbers" in found.reason


def test_exploration_is_repeatable():
    first, second = explored(second_price, agents=3), explored(second_price, agents=3)
    assert isinstance(first, Exploration)
    assert (first.tree, [path.atoms for path in first.paths]) == (second.tree, [path.atoms for path in second.paths])
