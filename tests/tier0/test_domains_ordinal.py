"""Ordinal domains: which rankings there are, what they look like to a subject, what is feasible, what is objected."""

from __future__ import annotations

from math import factorial

import pytest

from verifier.domains import HouseAllocation, Matching, Objection, Voting, parse_domain
from verifier.domains.ordinal import how_many, rankings
from verifier.errors import DomainError, TooLarge

OWNERS = {"ann": "hut", "bob": "inn", "cyd": "mill"}


def houses(**more):
    return parse_domain({"kind": "house-allocation", "agents": ["ann", "bob", "cyd"], "objects": 3, **more})


def sides(**more):
    return parse_domain({"kind": "matching", "proposers": ["ann", "bob"], "receivers": ["xia", "yue", "zoe"], **more})


def votes(**more):
    return parse_domain({"kind": "voting", "agents": 2, "candidates": ["ada", "ben", "cho"], **more})


@pytest.mark.parametrize("kind", ["complete", "truncated", "single-peaked"])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_rankings_are_as_many_as_counted_and_all_different(kind, count):
    found = list(rankings(kind, count))
    assert len(found) == how_many(kind, count) == len(set(found))
    assert all(len(set(ranking)) == len(ranking) for ranking in found)


def test_complete_rankings_are_all_orders_and_truncated_ones_their_beginnings():
    assert len(list(rankings("complete", 4))) == factorial(4)
    assert list(rankings("truncated", 2)) == [(), (0,), (1,), (0, 1), (1, 0)]


def test_in_a_single_peaked_ranking_the_best_k_are_always_neighbours():
    for ranking in rankings("single-peaked", 5):
        for k in range(1, 6):
            assert max(ranking[:k]) - min(ranking[:k]) == k - 1


def test_a_ranking_is_worth_its_places_and_unlisted_partners_less_than_nobody():
    domain = sides(preferences="truncated")
    assert domain.types[0][0] == (-1, -1, -1)
    assert (2, -1, 1) in domain.types[0]
    assert (1, 2, 0) in domain.types[2]  # two partners to rank; the third coordinate stands for nobody
    assert domain.bids(((2, -1, 1), (-1, -1, -1), (1, 2, 0), (-1, -1, 0), (-1, 1, 0))) == (
        ["xia", "zoe"],
        [],
        ["bob", "ann"],
        [],
        ["bob"],
    )


def test_an_owner_counts_from_its_own_house():
    domain = houses(objects=["hut", "inn", "mill"], endowment=OWNERS)
    assert domain.endowment == (0, 1, 2)
    assert all(type_[agent] == 0 for agent, types in enumerate(domain.types) for type_ in types)
    assert domain.bids(((0, 1, -1), (1, 0, 2), (-2, -1, 0))) == (
        ["inn", "hut", "mill"],
        ["mill", "hut", "inn"],
        ["mill", "inn", "hut"],
    )


def test_a_truncated_ballot_is_indifferent_among_who_is_left_out():
    domain = votes(preferences="truncated")
    assert domain.types[0][0] == (0, 0, 0)
    assert (0, 1, 0) in domain.types[0]
    assert domain.ballot(0, (0, 1, 0)) == ["ben"]
    assert domain.agents == ("voter 1", "voter 2")


def test_partial_assignments_and_matchings_are_counted_as_in_textbooks():
    assert len(list(houses().alternatives())) == 34  # partial injections of 3 into 3
    assert len(list(houses(objects=["hut", "inn", "mill"], endowment=OWNERS).alternatives())) == 6
    assert len(list(houses(objects=1, capacities=[2]).alternatives())) == 1 + 3 + 3
    assert len(list(sides().alternatives())) == 1 + 6 + 6
    assert list(votes().alternatives()) == [(0, 0), (1, 1), (2, 2)]


def test_feasible_is_what_fits():
    def slack(domain, shares):
        return min(slack for _, slack in domain.slacks(shares))

    assert slack(houses(), (0, 1, None)) == 0
    assert slack(houses(), (0, 0, None)) == -1
    assert slack(houses(objects=1, capacities=[2]), (0, 0, None)) == 0
    assert slack(sides(), (0, None, 0, None, None)) == 0
    assert slack(sides(), (0, None, None, None, None)) == -1
    assert slack(sides(), (0, 0, 0, None, None)) == -1
    assert slack(sides(), (None, None, 2, None, None)) == -1  # there are two proposers only
    assert slack(votes(), (1, 1)) == 0
    assert slack(votes(), (1, 2)) == -1


@pytest.mark.parametrize(
    ("domain", "share"),
    [
        (houses(), 3),
        (houses(), -1),
        (houses(objects=["hut", "inn", "mill"], endowment=OWNERS), None),
        (votes(), None),
        (votes(), 3),
    ],
)
def test_a_share_that_means_nothing_is_refused(domain, share):
    with pytest.raises(DomainError):
        domain.consumption(share)


def test_nothing_consumes_nothing():
    assert houses().consumption(None) == (0, 0, 0)
    assert sides().consumption(2) == (0, 0, 1)


def test_objections_are_those_of_gale_and_shapley():
    domain = parse_domain({"kind": "matching", "proposers": ["ann"], "receivers": ["xia"]})
    assert list(domain.objections()) == [
        Objection((0,), (None, None)),
        Objection((1,), (None, None)),
        Objection((0, 1), (0, 0)),
    ]


def test_whoever_has_priority_need_not_leave():
    order = {"object 1": ["bob", "ann"]}
    domain = parse_domain({"kind": "house-allocation", "agents": ["ann", "bob"], "objects": 1, "priorities": order})
    seats = [one.seat for one in domain.objections() if one.seat]
    assert seats == [(0, 1, (1,)), (0, 1, ())]
    plain = parse_domain({"kind": "house-allocation", "agents": ["ann", "bob"], "objects": 1})
    assert [one.seat for one in plain.objections() if one.seat] == [(0, 1, (1,)), (0, 1, (0,))]
    assert list(votes().objections()) == []


def test_what_owners_fall_back_on_is_their_own():
    domain = houses(objects=["hut", "inn", "mill"], endowment=OWNERS)
    assert Objection((1,), (None, 1, None)) in list(domain.objections())


@pytest.mark.parametrize(
    ("kind", "names"), [("house-allocation", HouseAllocation), ("matching", Matching), ("voting", Voting)]
)
def test_the_classes_answer_to_their_kinds(kind, names):
    assert names.kind == kind
    assert names.ordinal


@pytest.mark.parametrize(
    ("build", "more", "complaint"),
    [
        (houses, {"preference": "complete"}, "unknown key 'preference'"),
        (houses, {"objects": []}, "objects names nobody and nothing"),
        (houses, {"objects": True}, "objects must be a count or a list of names"),
        (houses, {"objects": ["hut", "hut"]}, "repeat a name"),
        (houses, {"agents": 5000}, "at most 1000"),
        (houses, {"capacities": [1, 1]}, "capacities must be"),
        (houses, {"capacities": [1, 0, 1]}, "capacities must be"),
        (houses, {"endowment": {"ann": "object 1"}}, "endowment must be a table from every agent"),
        (houses, {"endowment": dict.fromkeys(OWNERS, "object 1")}, "object 1 belongs to 3 agents and serves 1"),
        (houses, {"endowment": dict.fromkeys(OWNERS, "object")}, "'object' is none of object 1"),
        (
            houses,
            {
                "endowment": dict(zip(OWNERS, ["object 1", "object 2", "object 3"], strict=True)),
                "preferences": "truncated",
            },
            "preferences must be complete where agents own objects",
        ),
        (houses, {"priorities": {"object 1": []}}, "priorities must be a table from every object"),
        (
            houses,
            {"priorities": {f"object {place}": ["ann", "ann", "bob"] for place in (1, 2, 3)}},
            "priorities of object 1 must name every agent once",
        ),
        (houses, {"preferences": "single-peaked"}, '"voting"'),
        (houses, {"preferences": "weak"}, "preferences must be 'complete'"),
        (houses, {"preferences": {"ann": [["object 1"]]}}, "a list of rankings for each of ann, bob, cyd"),
        (houses, {"preferences": dict.fromkeys(OWNERS, "object 1")}, "must be a list of rankings, each a list"),
        (houses, {"preferences": {name: [["object 4"]] for name in OWNERS}}, "'object 4' is none of"),
        (houses, {"preferences": {name: [["object 1", "object 1"]] for name in OWNERS}}, "repeat a ranking, or a name"),
        (sides, {"receivers": ["ann"]}, "share a name"),
        (sides, {"preferences": "single-peaked"}, '"voting"'),
    ],
)
def test_a_mistake_in_an_ordinal_domain_is_named(build, more, complaint):
    with pytest.raises(DomainError) as caught:
        build(**more)
    assert complaint in str(caught.value)


def test_a_missing_side_and_too_many_profiles_are_said_before_anything_is_built():
    with pytest.raises(DomainError, match="lacks the key 'receivers'"):
        parse_domain({"kind": "matching", "proposers": 2})
    with pytest.raises(TooLarge):
        parse_domain({"kind": "voting", "agents": 9, "candidates": 9})
    votes_of = {f"voter {place + 1}": [["ada"], ["ben"]] for place in range(2)}
    with pytest.raises(TooLarge):
        parse_domain({"kind": "voting", "agents": 2, "candidates": ["ada", "ben"], "preferences": votes_of}, 3)


def test_written_rankings_are_taken_as_they_are():
    domain = votes(preferences={"voter 1": [["ada", "ben", "cho"]], "voter 2": [["cho"], []]})
    assert domain.lists == "truncated"
    assert domain.types == (((3, 2, 1),), ((0, 0, 1), (0, 0, 0)))
    full = votes(preferences={"voter 1": [["ada", "ben", "cho"]], "voter 2": [["cho", "ada", "ben"]]})
    assert full.lists == "complete"
