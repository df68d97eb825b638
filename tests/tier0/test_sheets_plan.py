"""Which settings and rounds an audit plans, and what it says of those that it leaves out."""

from __future__ import annotations

from fractions import Fraction

import pytest

from verifier.domains import parse_domain
from verifier.engines.base import Limits
from verifier.errors import DomainError, SpecError, TooLarge
from verifier.sheets.asked import Asked, domain_of
from verifier.sheets.constants import numbers_in
from verifier.sheets.plan import make_plan
from verifier.sheets.settings import around, fitting
from verifier.spec import subject_from_json

ONE = {"kind": "single-item", "agents": 3, "values": "0..10"}
CALL = {"call": "mechanisms.auctions.single_item:second_price"}


def labels(table, numbers=()):
    return [one.label for one in around(table, numbers)[0]]


def test_smaller_sizes_one_more_and_thresholds_of_the_source():
    assert labels({**ONE, "values": "0..3"}) == ["1 agent", "2 agents", "4 agents"]
    found = labels({**ONE, "values": "0..1"}, [4, 5, 100, Fraction(5, 2)])
    assert found[:5] == ["1 agent", "2 agents", "4 agents", "5 agents", "6 agents"]
    assert found[5:] == ["bids around 4", "bids around 5", "bids around 100"]


def test_goods_go_one_down_and_up_and_supply_exceeds_demand():
    table = {"kind": "multi-unit", "agents": 2, "values": "0..1", "items": 2}
    assert labels(table) == ["1 agent", "3 agents", "1 item", "3 items"]
    assert "supply above demand" in [one.why for one in around({**table, "items": 1}, [])[0]]


def test_every_setting_fits_and_says_which_values_are_left():
    found, left_out = around({**ONE, "agents": 4}, [])
    assert all(one.domain.size() <= 5_000 for one in found)
    assert found[-1].label == "5 agents, values 0, 4, 8, 10"
    assert left_out == []


def test_a_setting_that_cannot_be_run_is_told():
    table = {"kind": "combinatorial", "agents": 3, "values": "0..1", "goods": 3}
    _, left_out = around(table, [])
    assert any(line.startswith("4 goods (one more): the grid has") for line in left_out)


def test_values_gain_zero_and_the_neighbours_of_a_reserve():
    found = around({**ONE, "agents": 1, "values": [1, 2]}, [25])[0]
    by_slug = {one.slug: one for one in found}
    assert by_slug["bids-of-zero"].domain.types[0] == ((0,), (1,), (2,))
    assert by_slug["bids-around-25"].domain.types[0] == ((0,), (2,), (24,), (25,), (26,))
    assert "bids around 5" not in labels(ONE, [5])  # 4, 5 and 6 are on the grid
    assert labels({**ONE, "upper": 10, "agents": 1}, [25]) == ["2 agents"]
    assert "bids around 5/2" in labels({**ONE, "values": ["1/2", 1]}, [Fraction(5, 2)])


def test_names_are_kept_dropped_and_made_up_with_their_values():
    table = {"kind": "single-item", "agents": ["ann", "bob"], "values": {"ann": [0, 1], "bob": [0, 2]}}
    one, three = around(table, [])[0]
    assert one.domain.agents == ("ann",)
    assert three.domain.agents == ("ann", "bob", "another 1")
    assert three.domain.types[2] == ((0,), (2,))


def test_where_options_name_somebody_sizes_stay():
    table = {"kind": "slots", "agents": 2, "values": "0..3", "click_rates": [1]}
    assert around(table, [])[0] == []


def test_rankings_change_sizes_too():
    votes = {"kind": "voting", "agents": 2, "candidates": 2}
    assert labels(votes) == ["1 agent", "3 agents", "1 candidate", "3 candidates"]


def test_thinning_keeps_both_ends_and_gives_up_at_two_values():
    domain, words = fitting({**ONE, "values": "0..100"}, 5_000)
    assert words.startswith("0, 8, 16")
    assert words.endswith("96, 100")
    assert domain.size() <= 5_000
    _, words = fitting({**ONE, "agents": ["a", "b"], "values": {"a": "0..9", "b": [0, 1]}}, 12)
    assert words == "a: 0, 2, 4, 6, 8, 9; b: 0, 1"
    with pytest.raises(TooLarge):
        fitting({**ONE, "agents": 12}, 100)
    with pytest.raises(DomainError, match="unknown domain kind"):
        fitting({"kind": "bazaar"}, 100)


def test_numbers_of_the_source_are_read_without_running_it(tmp_path):
    (tmp_path / "numbered.py").write_text(
        "limit = 25\nshare = 2.5\nsmall = 1\nraise_ = True\nbig = 10**12\n1/0\n", "utf-8"
    )
    subject = subject_from_json({"call": "numbered:run", "root": str(tmp_path)})
    assert numbers_in(subject) == [25, Fraction(5, 2), 10, 12]
    (tmp_path / "numbered.py").write_text("def (", "utf-8")
    assert numbers_in(subject) == []
    assert numbers_in(subject_from_json({"call": "exec:node a.js"})) == []
    assert numbers_in(subject_from_json({"call": "nowhere_at_all:run"})) == []


def planned(numbers=(), **how):
    return make_plan(Asked(**{"name": "a", "subject": CALL, "domain": ONE, **how}), list(numbers), 400)


def test_the_plan_falsifies_first_then_runs_every_profile_then_proves():
    plan = planned(trusted=True)
    assert [(one.engine, one.main) for one in plan.rounds] == [
        ("search", True),
        ("exhaustive", True),
        ("symbolic", True),
        ("exhaustive", False),
        ("exhaustive", False),
        ("exhaustive", False),
    ]
    assert plan.required == ("feasible", "deterministic", "dsic", "ex-post-ir", "no-deficit")
    assert plan.test.size() == 216
    told = [one.told() for one in plan.rounds]
    assert told[1] == f"exhaustive: single-item, 3 agents: 1,331 profiles, {len(plan.properties)} properties"
    assert told[0] == "search: single-item, 3 agents: at most 300 cases for each of 4 properties"
    assert "at most 3,000 paths" in told[2]


@pytest.mark.parametrize(
    ("how", "note"),
    [
        ({}, "--trust allows it"),
        ({"subject": {"call": "exec:node a.js"}, "trusted": True}, "another language"),
        ({"domain": {"kind": "voting", "agents": 2, "candidates": 2}, "trusted": True}, "rankings"),
    ],
)
def test_why_no_proof_is_tried(how, note):
    assert any(note in one for one in planned(**how).notes)
    with pytest.raises(SpecError, match="nothing can be proved here"):
        planned(**how, engine="symbolic")


def test_a_grid_above_the_budget_is_thinned_and_sampled_as_a_whole():
    plan = planned(domain={**ONE, "values": "0..99"}, sweep=False)
    engines = {one.engine: one for one in plan.rounds}
    assert engines["exhaustive"].domain.size() <= 100_000
    assert "values 0, 4, 8" in engines["exhaustive"].label
    assert engines["sampling"].domain.size() == 10**6
    assert (
        engines["sampling"].told()
        == "sampling: single-item, 3 agents: 2,000 draws from 1,000,000 profiles, 4 properties"
    )
    assert plan.notes[-1] == "other sizes and values were not tried (--no-sweep)"
    vast = planned(domain={**ONE, "values": "0..999"}, sweep=False)
    assert any(one.startswith("no sample of the whole grid") for one in vast.notes)


def test_one_engine_alone():
    assert [one.engine for one in planned(engine="search").rounds] == ["search"]
    assert [one.engine for one in planned(engine="sampling").rounds] == ["sampling"]
    assert {one.engine for one in planned(engine="exhaustive").rounds} == {"exhaustive"}
    with pytest.raises(SpecError, match="the search engine has nothing to say about deterministic"):
        planned(engine="search", require=("deterministic",))


def test_budgets_that_were_told_are_kept():
    plan = planned(limits=Limits(profiles=1_000, examples=7), sweep=False)
    assert plan.rounds[0].limits.examples == 7
    assert plan.rounds[1].domain.size() <= 1_000


def test_mistakes_are_told():
    with pytest.raises(SpecError, match="'dsci' is not defined in this domain; did you mean 'dsic'"):
        planned(require=("dsci",))
    with pytest.raises(SpecError, match="the setting: the domain lacks the key 'values'"):
        planned(domain={"kind": "single-item", "agents": 2})
    with pytest.raises(SpecError, match="the setting: the grid has"):
        domain_of(ONE, 10)


def test_a_round_asks_for_what_its_engine_can_give():
    by_engine = {one.engine: one for one in planned(trusted=True, sweep=False).rounds}
    spec = by_engine["symbolic"].spec(subject_from_json(CALL))
    assert {str(claim.expect) for claim in spec.claims} == {"PROVED"}
    assert spec.domain == parse_domain(ONE)
