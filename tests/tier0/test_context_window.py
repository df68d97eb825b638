"""Context windows: the exact allocation against trying everything, both payments against closed forms, fairness, usage.

Which of them is truthful, and what the specification's own algorithm breaks, is in `specs/claims/allocation`.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechanisms.allocation.context import (
    ContextConstraints,
    ContextError,
    ContextRequest,
    allocate,
    compute_prices,
    update_allocation,
)
from mechanisms.allocation.context.mechanisms import critical, exact, greedy
from mechanisms.allocation.context.optimum import optimum
from mechanisms.allocation.context.requests import wants
from mechanisms.allocation.priority import Priority
from mechanisms.flawed.context import greedy_with_clarke_payments
from verifier.audit import ENGINES, audit
from verifier.properties import PROPERTIES
from verifier.resources import specs_dir
from verifier.spec import load_spec

CLAIMS = sorted((specs_dir() / "claims" / "allocation").glob("context-*.toml"))


def requests_of(*asked, minimum=(0,) * 9, saturation=(None,) * 9):
    return [
        ContextRequest(name, tokens, value, least, most)
        for name, (tokens, value), least, most in zip("abcdefghi", asked, minimum, saturation, strict=False)
    ]


UP_TO_FOUR, ONE_OR_NONE = st.integers(1, 4), st.integers(0, 1)


@st.composite
def windows(draw, agents=UP_TO_FOUR, guarantees=ONE_OR_NONE):
    """Small requests and constraints whose guarantees fit."""
    count = draw(agents)
    requests = []
    for name in "abcd"[:count]:
        requested = draw(st.integers(0, 4))
        saturation = draw(st.integers(0, requested))
        minimum = draw(st.integers(0, saturation))
        requests.append(ContextRequest(name, requested, draw(st.integers(0, 5)), minimum, saturation))
    guarantee = draw(guarantees)
    total = draw(st.integers(guarantee * count, 10))
    cap = draw(st.none() | st.integers(max(guarantee, 1), 4))
    return requests, ContextConstraints(total, min_per_agent=guarantee, max_per_agent=cap)


def most_value(requests, constraints):
    """The most value of all ways to give out whole tokens."""
    cap = constraints.total if constraints.max_per_agent is None else constraints.max_per_agent
    ranges = [
        range(min(constraints.min_per_agent, one.requested), min(cap, one.requested) + 1 or 1) for one in requests
    ]
    return max(
        sum(one.value_per_token * one.useful(tokens) for one, tokens in zip(requests, chosen, strict=True))
        for chosen in product(*ranges)
        if sum(chosen) <= constraints.total
    )


@settings(max_examples=150, deadline=None)
@given(windows())
def test_the_exact_allocation_is_worth_what_trying_everything_finds(window):
    requests, constraints = window
    found = allocate(requests, constraints)
    assert found.social_welfare == most_value(requests, constraints)
    assert found.efficiency == 1


@settings(max_examples=80, deadline=None)
@given(windows(), st.sampled_from(["exact", "greedy"]))
def test_context_allocation_respects_constraints(window, mechanism):
    requests, constraints = window
    found = allocate(requests, constraints, mechanism)
    assert found.total_allocated + found.remaining == constraints.total
    for request in requests:
        tokens = found.allocations[request.agent].tokens
        floor = min(constraints.min_per_agent, request.requested)
        assert floor <= tokens <= max(floor, min(request.requested, constraints.max_per_agent or 10))


@settings(max_examples=60, deadline=None)
@given(windows(guarantees=st.just(0)))
def test_greedy_loses_no_more_than_the_largest_minimum(window):
    requests, constraints = window
    if not constraints.total:
        return
    found = allocate(requests, constraints, "greedy")
    served = [one.minimum for one in requests if one.minimum <= constraints.total]
    least = 1 - Fraction(max([0, *served]), constraints.total)
    assert least <= found.efficiency <= 1


def utility(mechanism, requests, constraints, agent, report):
    """What the agent gains by a value per token that it reports."""
    told = [replace(one, value_per_token=report) if one.agent == agent else one for one in requests]
    (true,) = [one for one in requests if one.agent == agent]
    got = allocate(told, constraints, mechanism).allocations[agent]
    return true.value_per_token * true.useful(got.tokens) - got.price


@settings(max_examples=60, deadline=None)
@given(windows(), st.sampled_from(["exact", "greedy"]))
def test_no_lie_about_value_gains_and_nobody_loses(window, mechanism):
    """Guarantees below minimum amounts and caps included, which the claims leave out."""
    requests, constraints = window
    for request in requests:
        truthful = utility(mechanism, requests, constraints, request.agent, request.value_per_token)
        assert truthful >= 0
        for lie in range(7):
            assert utility(mechanism, requests, constraints, request.agent, lie) <= truthful


@settings(max_examples=60, deadline=None)
@given(windows(agents=st.integers(2, 4)), st.sampled_from(["exact", "greedy"]), st.integers(2, 5))
def test_money_scales_and_a_bidder_of_nothing_changes_nothing(window, mechanism, factor):
    requests, constraints = window
    found = allocate(requests, constraints, mechanism)
    scaled = allocate(
        [replace(one, value_per_token=factor * one.value_per_token) for one in requests], constraints, mechanism
    )
    for agent, one in found.allocations.items():
        assert (scaled.allocations[agent].tokens, scaled.allocations[agent].price) == (one.tokens, factor * one.price)
    more = allocate([*requests, ContextRequest("nobody", 0, 3)], constraints, mechanism)
    assert {agent: one for agent, one in more.allocations.items() if agent != "nobody"} == found.allocations


def test_the_windows_of_the_specification():
    """A wants 50,000 of 100,000 tokens a minute, B and C 10,000 each: all complete, 30,000 remain."""
    found = allocate(requests_of((50_000, 9), (10_000, 1), (10_000, 1)), ContextConstraints(100_000))
    assert [one.tokens for one in found.allocations.values()] == [50_000, 10_000, 10_000]
    assert [one.price for one in found.allocations.values()] == [0, 0, 0]  # nobody is in anybody's way
    assert (found.remaining, found.efficiency) == (30_000, 1)


def test_clarke_payments_are_what_others_lose():
    """Without b, a has 4,000 and c 1,000: 45,000 in the place of 30,000."""
    found = allocate(requests_of((4_000, 10), (2_000, 15), (1_000, 5)), ContextConstraints(5_000))
    assert [one.price for one in found.allocations.values()] == [5_000, 15_000, 0]
    assert found.social_welfare == 60_000


def test_greedy_and_exact_differ_where_a_small_request_comes_first():
    """1 token at 3 keeps out 4 tokens at 2, which are needed together: half a loaf for 3 in the place of 8."""
    small, large = requests_of((1, 3), (4, 2), minimum=(1, 4))
    window = ContextConstraints(4)
    assert allocate([small, large], window).efficiency == 1
    found = allocate([small, large], window, "greedy")
    assert found.efficiency == Fraction(3, 8)
    assert found.allocations["a"].price == 2  # below 2 it would have come last


@pytest.mark.parametrize(("fairness", "tokens"), [("proportional", [200, 100, 300]), ("max-min", [200, 200, 200])])
def test_context_allocation_fair(fairness, tokens):
    """Equal values: in proportion to what is asked for, or level by level; all of it costs what others lose."""
    asked = requests_of((400, 1), (200, 1), (600, 1))
    found = allocate(asked, ContextConstraints(600, fairness=fairness))
    assert [one.tokens for one in found.allocations.values()] == tokens
    assert [one.price for one in found.allocations.values()] == tokens
    assert found.efficiency == 1


@settings(max_examples=60, deadline=None)
@given(windows(), st.sampled_from(["proportional", "max-min"]))
def test_fairness_costs_no_value_and_keeps_truthfulness(window, fairness):
    requests, constraints = window
    fair = replace(constraints, fairness=fairness)
    assert allocate(requests, fair).social_welfare == most_value(requests, constraints)
    for request in requests:
        truthful = utility("exact", requests, fair, request.agent, request.value_per_token)
        assert all(utility("exact", requests, fair, request.agent, lie) <= truthful for lie in range(7))


def test_urgency_breaks_ties_and_buys_nothing():
    calm, hurried = requests_of((5, 2), (5, 2))
    found = allocate([calm, replace(hurried, urgency=Priority.CRITICAL)], ContextConstraints(5))
    assert [one.tokens for one in found.allocations.values()] == [0, 5]
    assert found.allocations["b"].price == 10  # all that it is worth
    assert found.allocations["b"].expires_at == 60_000


def test_context_allocation_dynamic():
    """B uses 500 of 2,000; a, which used all that it had and wanted 1,000 more, gets them, and c the rest."""
    asked = requests_of((4_000, 10), (2_000, 15), (1_000, 5))
    window = ContextConstraints(5_000, min_per_agent=0)
    first = allocate(asked, window)
    found = update_allocation(asked, first, {"a": 3_000, "b": 500, "c": 0}, window)
    assert {agent: one.tokens for agent, one in found.allocations.items()} == {"a": 4_000, "b": 500, "c": 500}
    assert found.allocations["a"].price - first.allocations["a"].price == 500 * 5  # c could have had 500 more
    assert found.allocations["b"].price == first.allocations["b"].price
    assert (found.total_allocated, found.remaining, found.efficiency) == (5_000, 0, 1)


def test_guarantees_and_caps_hold_when_usage_is_reported():
    asked = requests_of((4, 3), (4, 2))
    window = ContextConstraints(6, min_per_agent=1, max_per_agent=4)
    first = allocate(asked, window)
    found = update_allocation(asked, first, {"a": 0, "b": 2}, window)
    assert {agent: one.tokens for agent, one in found.allocations.items()} == {"a": 1, "b": 4}


def test_prices_of_three_kinds():
    asked = requests_of((4_000, 10), (2_000, 15), (1_000, 5))
    result = allocate(asked, ContextConstraints(5_000))
    vcg, uniform, own = (compute_prices(asked, result, kind) for kind in ("vcg", "uniform", "discriminatory"))
    assert (vcg["a"].total, vcg["a"].per_token) == (5_000, Fraction(5, 3))
    assert [uniform[agent].total for agent in "abc"] == [30_000, 20_000, 0]  # a itself wanted more, at 10
    assert [own[agent].total for agent in "abc"] == [30_000, 30_000, 0]
    assert vcg["c"].per_token == 0


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda: ContextRequest("a", -1, 1), "requested must be a whole number"),
        (lambda: ContextRequest("a", 3, 1, minimum=4), "more than it could use"),
        (lambda: ContextConstraints(3, reserved=4), "4 tokens are reserved of a window of 3"),
        (lambda: ContextConstraints(3, min_per_agent=2, max_per_agent=1), "above the cap"),
        (lambda: ContextConstraints(3, fairness="equal"), "fairness must be one of"),
        (lambda: ContextConstraints(1.5), "total must be a whole number"),
        (lambda: allocate(requests_of((1, -1)), ContextConstraints(3)), "is negative"),
        (lambda: allocate(requests_of((1, 1)) * 2, ContextConstraints(3)), "a has 2 requests"),
        (lambda: allocate(requests_of((2, 1), (2, 1)), ContextConstraints(3, min_per_agent=2)), "1 tokens more than"),
        (lambda: allocate(requests_of((1, 1)), ContextConstraints(3), "best"), "there are exact, greedy"),
        (lambda: allocate([], ContextConstraints(3, fairness="max-min"), "greedy"), "fairness goes with exact"),
        (lambda: compute_prices([], allocate([], ContextConstraints(3)), "free"), "there are vcg, uniform"),
    ],
)
def test_what_contradicts_itself_is_refused(call, complaint):
    with pytest.raises(ContextError, match=complaint):
        call()


@pytest.mark.parametrize("usage", [{}, {"a": -1}, {"a": 4}])
def test_usage_that_cannot_be_is_refused(usage):
    asked, window = requests_of((3, 1)), ContextConstraints(3)
    with pytest.raises(ContextError, match="a: usage is"):
        update_allocation(asked, allocate(asked, window), usage, window)


def test_the_specification_charges_one_token_for_four():
    shares, payments = greedy_with_clarke_payments([12, 8], 4, [1, 4], [1, 4])
    assert (shares, payments) == ([Fraction(1, 4), 0], [8, 0])  # worth 3 to the first
    shares, _ = greedy_with_clarke_payments([12, 8, 4], 4, [4, 2, 2], [0, 0, 0], min_per_agent=1)
    assert shares == [1, 0, 0]  # of a guarantee nothing is left
    shares, _ = greedy_with_clarke_payments([12, 8, 4], 4, [4, 2, 2], [0, 0, 3], min_per_agent=1, max_per_agent=2)
    assert shares == [Fraction(1, 2), Fraction(1, 2), 0]


@settings(max_examples=100, deadline=None)
@given(windows())
def test_without_minimum_amounts_critical_payments_are_what_others_wanted_more(window):
    requests, constraints = window
    wanted, capacity = wants([replace(one, minimum=0) for one in requests], constraints)
    order = sorted(range(len(wanted)), key=lambda agent: wanted[agent].value, reverse=True)
    assert greedy(wanted, capacity)[1] == [critical(wanted, order, agent, capacity) for agent in range(len(wanted))]
    assert greedy(wanted, capacity)[1] == exact(wanted, capacity)[1]  # and Clarke's


def test_fifty_agents_and_one_solve_each():
    """A window for a hundred thousand tokens, with minimum amounts: the relaxation decides nearly everything."""
    asked = [ContextRequest(f"agent {k}", 1_000 + 97 * k, 1 + 7 * k % 50, 900) for k in range(50)]
    wanted, capacity = wants(asked, ContextConstraints(60_000))
    extra, payments = exact(wanted, capacity)
    assert sum(extra) <= capacity
    assert optimum(wanted, capacity)[0] == sum(
        want.value * want.useful(more) for want, more in zip(wanted, extra, strict=True)
    )
    assert all(paid >= 0 for paid in payments)
    assert sum(greedy(wanted, capacity)[0]) <= capacity


@pytest.mark.parametrize("path", CLAIMS, ids=lambda path: path.stem)
def test_claims_are_met(path, monkeypatch):
    monkeypatch.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
    *_, last = audit(load_spec(path, properties=PROPERTIES, engines=ENGINES))
    assert [claim["id"] for claim in last.certificate["claims"] if not claim["met"]] == []


def test_a_guarantee_that_becomes_useful_is_worth_more_than_the_line_to_the_most():
    """One token is left beyond the guarantees of 1: with it b has a use for 2 at 4 each, a for 2 at 3 each."""
    asked = requests_of((2, 3), (3, 4), (1, 0), (1, 0), minimum=(2, 2, 0, 0), saturation=(2, 3, 0, 0))
    found = allocate(asked, ContextConstraints(5, min_per_agent=1))
    assert found.social_welfare == 8
    assert [one.tokens for one in found.allocations.values()] == [1, 2, 1, 1]
