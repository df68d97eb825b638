"""The search engine: critical values, Hypothesis, the shrinker, and what is said where nothing is found."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

from verifier.adapters import Subject
from verifier.domains import parse_domain
from verifier.engines.base import Limits
from verifier.engines.search import SearchSession
from verifier.engines.search.amounts import Amounts
from verifier.engines.search.critical import reports_to_try, simplest_between
from verifier.engines.search.hunt import Hunt, Recipe
from verifier.engines.search.shrink import shrunk
from verifier.engines.search.targeted import search_round
from verifier.engines.trials import Trials, nth_profile, spread_profiles
from verifier.evidence import Verdict
from verifier.properties import find_property
from verifier.properties.cases import Over
from verifier.properties.instances import admissible, instances, on_continuum, on_grid
from verifier.spec import SubjectSpec


def domain(**table):
    return parse_domain({"kind": "single-item", "agents": 2, "values": "0..4", **table})


def subject(rule, numbers="exact", **table):
    return Subject(SubjectSpec("subject:run", numbers=numbers), domain(**table), rule)


def started(rule, *, seed=0, database=None, limits=None, **table):
    session = limits or Limits(examples=600)
    return SearchSession(subject(rule, **table), importable=False, limits=session, seed=seed, database=database)


def drained(deciding):
    steps = []
    while True:
        try:
            steps.append(next(deciding))
        except StopIteration as end:
            return end.value, steps


def decided(session, prop, tolerance=0):
    return drained(session.decide(find_property(prop), tolerance))[0]


def pay(price):
    """The highest bid wins, ties to the first; `price` sets what it pays."""

    def rule(bids):
        winner = bids.index(max(bids))
        rest = [bid for agent, bid in enumerate(bids) if agent != winner]
        allocation = [int(agent == winner) for agent in range(len(bids))]
        return allocation, [price(bids[winner], rest) if won else 0 for won in allocation]

    return rule


second = pay(lambda own, rest: max(rest, default=0))
first = pay(lambda own, rest: own)


def bids(witness):
    return [[amount for report in run.reports for amount in report] for run in witness.runs]


def test_pay_as_bid_is_refuted_by_the_smallest_witness_in_whole_numbers():
    found = decided(started(first), "dsic")
    assert found.verdict is Verdict.REFUTED
    assert bids(found.witness) == [[1, 0], [0, 0]]
    assert found.witness.margin == -1
    assert found.worst.margin <= found.witness.margin


def test_second_price_is_supported_with_the_searched_volume_and_no_more():
    found = decided(started(second), "dsic")
    assert found.verdict is Verdict.SUPPORTED
    assert found.reason is None
    assert found.estimate["kind"] == "search"
    assert 0 < found.estimate["targeted"] < found.estimate["cases"] <= 600
    assert found.estimate["profiles"] > 25  # more than the grid has
    assert found.table is found.proof is None


def test_the_same_seed_gives_the_same_search_and_another_one_does_not():
    def met(seed):
        tried = []

        def listening(given):
            tried.append(tuple(given))
            return second(given)

        decided(started(listening, seed=seed), "dsic")
        return tried

    assert met(3) == met(3) != met(4)


def test_a_threshold_between_the_points_of_the_grid_is_found_by_bisection():
    edge = Fraction(35, 13)

    def rule(given):
        allocation, payments = second(given)
        return allocation, [Fraction(1, 100) + paid if given[0] == edge else paid for paid in payments]

    assert decided(started(rule), "dsic").verdict is Verdict.SUPPORTED  # a single point that nothing leads to

    def reserve(given):
        sold = max(given) >= edge
        allocation, payments = second(given)
        return ([0, 0], [0, 0]) if not sold else (allocation, [paid * 1 for paid in payments])

    found = decided(started(reserve), "critical-payment")  # the reserve is not charged
    assert found.verdict is Verdict.REFUTED


def test_where_amounts_are_integers_so_are_all_that_are_tried():
    def rule(given):
        assert all(type(bid) is int for bid in given)
        return second(given)

    found = decided(started(rule, amounts="integers"), "dsic")
    assert found.verdict is Verdict.SUPPORTED
    assert not found.estimate["failed"]


@pytest.mark.parametrize(("numbers", "unit"), [("float", 1024), ("decimal", 1000)])
def test_numbers_that_round_are_given_amounts_that_they_hold(numbers, unit):
    seen = []

    def rule(given):
        seen.extend(Fraction(bid) for bid in given)
        return second(given)

    session = SearchSession(subject(rule, numbers, upper="7/2", values=[0, "1/3", 3]), importable=False)
    assert decided(session, "dsic").verdict is Verdict.SUPPORTED
    assert {(bid * unit).denominator for bid in seen} == {1}
    assert max(seen) <= Fraction(7, 2)


def test_a_subject_that_fails_everywhere_is_an_error_and_one_that_fails_somewhere_is_judged_on_the_rest():
    def never(given):
        raise ValueError("no")

    def rarely(given):
        if min(given) == 0:
            raise ValueError("nothing for nothing")
        return second(given)

    nothing = decided(started(never), "dsic")
    assert nothing.verdict is Verdict.ERROR
    assert "had no valid outcome; first at bids (0, 0): crash, ValueError: no" in nothing.reason
    part = decided(started(rarely), "dsic")
    assert part.verdict is Verdict.SUPPORTED
    assert part.estimate["failed"] > 0
    assert "had no valid outcome and were left out; first at" in part.reason
    assert started(rarely).faults == ()


def test_infeasible_outcomes_refute_feasibility_and_are_left_out_elsewhere():
    def generous(given):
        return [1 for _ in given], [0 for _ in given]

    session = started(generous)
    assert decided(session, "feasible").verdict is Verdict.REFUTED
    found = decided(session, "dsic")
    assert found.verdict is Verdict.ERROR
    assert "infeasible" in found.reason
    assert session.faults[0].kind == "infeasible"


def test_a_subject_that_does_not_repeat_itself_is_an_error():
    calls = itertools.count()

    def moody(given):
        allocation, payments = second(given)
        return allocation, [paid + next(calls) for paid in payments]

    session = started(moody)
    for _ in range(2):
        found = decided(session, "dsic")
        assert found.verdict is Verdict.ERROR
        assert "does not repeat itself" in found.reason
        assert "second call, in reverse order" in found.reason


def test_a_refutation_that_does_not_happen_again_is_an_error():
    calls = itertools.count()

    def late(given):  # steady for the repetitions, then different at every call
        return (first if next(calls) < 400 else second)(given)

    def failing(given):
        if next(calls) > 1000:
            raise ValueError("no more")
        return first(given)

    trials = Trials(subject(late), importable=False)
    prop = find_property("dsic")
    (instance, _) = instances(prop, on_grid(trials.subject.domain, prop.over), ((3,), (1,)), ((2,), (1,)))
    assert trials.margin(prop, instance) == -1
    for _ in range(400):
        late([1, 2])
    assert "gave another outcome" in trials.refuted(prop, 0, instance, instance, None).reason
    trials = Trials(subject(failing), importable=False)
    assert trials.margin(prop, instance) == -1
    for _ in range(1000):
        try:
            failing([1, 2])
        except ValueError:
            break
    assert "failed when a refutation was run again" in trials.refuted(prop, 0, instance, instance, None).reason


@pytest.mark.parametrize("prop", ["deterministic", "consumer-sovereignty"])
def test_what_only_the_grid_decides_is_unknown(prop):
    found = decided(started(second), prop)
    assert found.verdict is Verdict.UNKNOWN
    assert "exhaustive engine" in found.reason


def test_without_a_case_nothing_is_claimed():
    found = decided(started(second, agents=1), "envy-free")
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, "this domain has no case of the property")


def test_a_tolerance_is_respected():
    shaded = pay(lambda own, rest: max(rest) + Fraction(1, 10) if own > max(rest) + Fraction(1, 10) else max(rest))
    assert decided(started(shaded), "dsic", Fraction(1, 5)).verdict is Verdict.SUPPORTED
    assert decided(started(shaded), "dsic").verdict is Verdict.REFUTED


def test_progress_is_told_and_an_interrupted_search_keeps_what_it_found():
    session = started(first)
    prop = find_property("dsic")
    assert session.interrupted(prop, 0).reason == "interrupted before it was decided"
    deciding = session.decide(prop, 0)
    next(deciding)  # the first cases are judged when it goes on
    while session.interrupted(prop, 0).verdict is Verdict.UNKNOWN:
        next(deciding)
    assert session.interrupted(prop, 0).verdict is Verdict.REFUTED
    assert session.interrupted(find_property("ex-post-ir"), 0).verdict is Verdict.UNKNOWN
    quiet = started(second)
    steps = quiet.decide(prop, 0)
    assert next(steps).stage == "searching dsic"
    assert next(steps).total == 600
    assert "no violation among them" in quiet.interrupted(prop, 0).reason
    assert quiet.method()["engine"] == "search"


def test_hypothesis_finds_what_no_critical_value_shows_and_keeps_it(tmp_path):
    def hides(given):  # a pocket in the middle of nowhere
        allocation, payments = second(given)
        inside = 2 < max(given) < Fraction(5, 2)
        return allocation, [
            paid + 10 if inside and won else paid for won, paid in zip(allocation, payments, strict=True)
        ]

    trials = Trials(subject(hides), importable=False)
    amounts, prop = Amounts(trials.subject.domain), find_property("ex-post-ir")
    hunt = Hunt(trials, prop, 0, on_continuum(trials.subject.domain, prop.over), 100_000)
    start = ((0,), (0,)), ((0,), (0,))
    for seed in range(40):
        search_round(hunt, amounts, start, [0, 4], seed, tmp_path)
        if hunt.violated:
            break
    assert hunt.violated
    again = Hunt(trials, prop, 0, hunt.setting, 100_000)
    search_round(again, amounts, start, [0, 4], 1234, tmp_path)
    assert again.violated
    assert again.judged < 10  # what was kept comes first
    recipe = shrunk(hunt, amounts, hunt.worst[1])
    assert 2 < max(recipe.profile)[0] < Fraction(5, 2)
    assert min(recipe.profile) == (0,)
    assert max(recipe.profile)[0].denominator <= 4


def test_huge_margins_are_no_reason_to_stop():
    def huge(given):
        return [0, 0], [10**400 if bid > 3 else -(10**400) for bid in given]

    assert decided(started(huge), "no-deficit").verdict is Verdict.REFUTED
    assert decided(started(lambda given: ([0, 0], [10**400, 0])), "no-deficit").verdict is Verdict.SUPPORTED


def test_a_spent_budget_ends_the_search():
    found = decided(started(second, limits=Limits(examples=1)), "dsic")
    assert found.estimate["cases"] == 1


def test_the_shrinker_gives_up_after_enough_tries(monkeypatch):
    monkeypatch.setattr("verifier.engines.search.shrink.MOST_TRIES", 3)
    trials = Trials(subject(first), importable=False)
    prop = find_property("dsic")
    hunt = Hunt(trials, prop, 0, on_continuum(trials.subject.domain, prop.over), 100)
    hunt.judge(((Fraction(22, 7),), (1,)), ((2,), (1,)))
    kept = shrunk(hunt, Amounts(trials.subject.domain), hunt.worst[1])
    assert isinstance(kept, Recipe)
    assert hunt.again(kept, ((0,), (0,)), ((0,), (0,))) is None


@pytest.mark.parametrize("kind", ["multi-unit", "combinatorial", "slots", "unit-demand", "divisible"])
def test_every_type_that_is_tried_is_admissible(kind):
    options = {
        "multi-unit": {"items": 3},
        "combinatorial": {"goods": 2},
        "slots": {"click_rates": [2, 1]},
        "unit-demand": {"items": 2},
        "divisible": {},
    }[kind]
    setting = domain(kind=kind, values="0..2", upper=3, **options)
    amounts = Amounts(setting)

    def look(profile, agent):
        top = max(profile[agent])
        return (int(top > 1),) * setting.dimension, top if top > Fraction(3, 2) else 0

    for profile in spread_profiles(setting, 5):
        for type_ in reports_to_try(amounts, look, profile, 0):
            assert admissible(setting, type_)


def test_around_a_jump_both_sides_are_tried():
    setting = domain()
    edge = Fraction(5, 3)
    look = lambda profile, agent: ((int(profile[agent][0] >= edge),), 0)  # noqa: E731
    tried = [type_[0] for type_ in reports_to_try(Amounts(setting), look, ((0,), (0,)), 0)]
    assert edge in tried
    assert any(edge - Fraction(1, 50) <= amount < edge for amount in tried)
    assert any(edge < amount <= edge + Fraction(1, 50) for amount in tried)
    gone = lambda profile, agent: None if 1 < profile[agent][0] < 2 else look(profile, agent)  # noqa: E731
    assert reports_to_try(Amounts(setting), gone, ((0,), (0,)), 0)


def test_the_simplest_fraction_between_two_numbers():
    assert simplest_between(Fraction(1, 3), Fraction(1, 2)) == Fraction(1, 2)
    assert simplest_between(Fraction(3, 10), Fraction(2, 5)) == Fraction(1, 3)
    assert simplest_between(Fraction(3, 2), Fraction(7, 2)) == 2
    assert simplest_between(Fraction(2), Fraction(7, 2)) == 2


def test_numbered_profiles_are_those_of_the_grid():
    setting = domain(agents=3, values="0..2")
    assert [nth_profile(setting, number) for number in range(27)] == list(setting.profiles())
    few = spread_profiles(setting, 6)
    assert len(few) < 12
    assert ((0,),) * 3 in few
    assert ((2,),) * 3 in few


def test_instances_on_the_grid_are_those_of_the_exhaustive_engine():
    """Every kind of quantifier, over all profiles and further reports: as many instances as tables count cases."""
    setting = domain(agents=2, values="0..2")
    counts = {
        "feasible": 9, "ex-post-ir": 18, "dsic": 54, "pairwise-strategyproof": 81, "revenue-monotone": 18,
        "false-name-proof": 54, "no-free-riding": 6, "consumer-sovereignty": 4, "efficient": 27, "envy-free": 18,
        "anonymous": 6, "deterministic": 0,
    }  # fmt: skip
    for name, count in counts.items():
        prop = find_property(name)
        grid = on_grid(setting, prop.over)
        found = {
            instance
            for profile in setting.profiles()
            for reports in setting.profiles()
            for instance in instances(prop, grid, profile, reports)
        }
        assert len(found) == count, name
    assert Over.REPEATS == "repeats"
