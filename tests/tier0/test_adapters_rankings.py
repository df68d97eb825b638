"""Rankings offered to a subject and matchings, assignments and winners read back."""

from __future__ import annotations

import pytest

from verifier.adapters import ProtocolFault, Subject
from verifier.domains import parse_domain
from verifier.errors import SubjectError
from verifier.returns import Returns
from verifier.spec import SubjectSpec

SIDES = parse_domain({"kind": "matching", "proposers": ["ann", "bob"], "receivers": ["xia", "yue"]})
HOUSES = parse_domain({"kind": "house-allocation", "agents": ["ann", "bob"], "objects": ["hut", "inn"]})
OWNED = parse_domain({"kind": "house-allocation", "agents": ["ann"], "objects": ["hut"], "endowment": {"ann": "hut"}})
VOTES = parse_domain({"kind": "voting", "agents": ["ann", "bob"], "candidates": ["ada", "ben"]})


def observed(domain, target, form="by-agent", bids="list", **returns):
    told = Returns(allocation=".", allocation_as=form, payments_as="none", **returns)
    spec = SubjectSpec(call="somebody:else", bids=bids, returns=told)
    return Subject(spec, domain, target).observe(next(domain.profiles()))


def shares(domain, result, form="by-agent"):
    return observed(domain, lambda bids: result, form).draws[0].shares


@pytest.mark.parametrize(
    ("bids", "expected"),
    [
        ("list", ([["ada", "ben"], ["ada", "ben"]],)),
        ("tuple", ((["ada", "ben"], ["ada", "ben"]),)),
        ("dict", ({"ann": ["ada", "ben"], "bob": ["ada", "ben"]},)),
        ("arguments", (["ada", "ben"], ["ada", "ben"])),
    ],
)
def test_rankings_come_as_lists_of_names_in_the_declared_container(bids, expected):
    seen = []
    observed(VOTES, lambda *told: seen.append(told) or "ada", "elected", bids)
    assert seen == [expected]


def test_the_two_sides_of_a_matching_come_as_two_dicts():
    seen = []
    observed(SIDES, lambda *told: seen.append(told) or {}, bids="sides")
    assert seen == [({"ann": ["xia", "yue"], "bob": ["xia", "yue"]}, {"xia": ["ann", "bob"], "yue": ["ann", "bob"]})]


@pytest.mark.parametrize("shape", ["numpy", "sides"])
def test_containers_that_hold_no_rankings_are_refused(shape):
    with pytest.raises(SubjectError, match="bids ="):
        observed(VOTES, lambda bids: "ada", "elected", shape)


def test_a_form_that_the_domain_does_not_have_is_refused_with_those_that_it_has():
    with pytest.raises(SubjectError, match="use by-agent, pairs, shares"):
        observed(SIDES, lambda bids: {}, "elected")
    told = Returns(allocation=".", allocation_as="elected")
    with pytest.raises(SubjectError, match="there is no money"):
        Subject(SubjectSpec(call="a:b", returns=told), VOTES, lambda bids: "ada")


def test_a_mapping_of_one_side_tells_the_other():
    assert shares(SIDES, {"ann": "yue", "bob": None}) == (1, None, None, 0)
    assert shares(SIDES, {"xia": "bob"}) == (None, 0, 1, None)
    assert shares(SIDES, {"ann": "xia", "bob": "xia"}) == (0, 0, 0, None)  # infeasible, and read as it is
    assert shares(SIDES, {"ann": "xia", "xia": None}) == (0, None, None, None)


def test_pairs_and_lists_of_partners_are_read():
    assert shares(SIDES, [("ann", "yue"), ("bob", None)], "pairs") == (1, None, None, 0)
    assert shares(SIDES, [(0, 1)], "pairs") == (1, None, None, 0)
    assert shares(SIDES, ["yue", None, None, "ann"], "shares") == (1, None, None, 0)
    assert shares(HOUSES, ["inn", 0], "shares") == (1, 0)
    assert shares(HOUSES, {"ann": "inn"}) == (1, None)
    assert shares(VOTES, "ben", "elected") == (1, 1)
    assert shares(VOTES, 0, "elected") == (0, 0)


@pytest.mark.parametrize(
    ("domain", "result", "form", "complaint"),
    [
        (VOTES, "bet", "elected", "is none of ada, ben"),
        (VOTES, 2, "elected", "neither a name nor a place"),
        (VOTES, None, "elected", "nobody is elected"),
        (HOUSES, ["inn"], "shares", "1 entries for 2 agents"),
        (HOUSES, "inn", "shares", "not one entry per agent"),
        (HOUSES, 3, "shares", "not one entry per agent"),
        (HOUSES, ["inn"], "by-agent", "not a mapping"),
        (HOUSES, {"cyd": "inn"}, "by-agent", "who is no agent"),
        (OWNED, {}, "by-agent", "has no object"),
        (SIDES, {"ann": "bob"}, "by-agent", "is none of xia, yue"),
        (SIDES, 5, "pairs", "not pairs"),
        (SIDES, [("ann", "xia"), ("bob", "xia")], "pairs", "xia is in two pairs"),
        (SIDES, [("ann", "xia", "yue")], "pairs", "too many values"),
    ],
)
def test_what_cannot_be_read_is_said(domain, result, form, complaint):
    with pytest.raises(ProtocolFault) as caught:
        shares(domain, result, form)
    assert caught.value.kind == "protocol"
    assert complaint in str(caught.value)


def test_who_takes_names_off_a_list_changes_the_callers_bids():
    with pytest.raises(ProtocolFault, match="changed the caller's bids"):
        observed(VOTES, lambda bids: bids[0].pop(0), "elected")


def test_a_lottery_over_winners_is_read_draw_by_draw():
    outcome = observed(
        VOTES, lambda bids: [("1/2", "ada"), ("1/2", "ben")][:0] or [(1, "ada")], "elected", randomised=True
    )
    assert [draw.shares for draw in outcome.draws] == [(0, 0)]
